package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// Probe is a check of ours: something that is asked whether a vendor, or a service of ours, works.
type Probe struct {
	Name     string   `toml:"name"`     // required, unique
	Vendor   string   `toml:"vendor"`   // slug or name of what it checks; this or Service
	Service  string   `toml:"service"`  // likewise, of a service of ours
	URL      string   `toml:"url"`      // required; http or https
	Every    Duration `toml:"every"`    // default 60s
	Timeout  Duration `toml:"timeout"`  // of one request; default 10s
	Severity string   `toml:"severity"` // how bad it is for us if it fails: minor, major or critical; default major
	Expect   Expect   `toml:"expect"`   // default: any status below 400
}

// Expect is what a good answer to a probe is like.
type Expect struct {
	Status []int  `toml:"status"` // any of these
	Text   string `toml:"text"`   // somewhere in the body
	// path in the body, such as "data.0.status", and the value there
	JSON            map[string]string `toml:"json"`
	Within          Duration          `toml:"within"`           // the whole answer comes within this time
	CertificateDays int               `toml:"certificate_days"` // its certificate is valid for so many days
}

// probeSeverities are what a failing probe may be.
var probeSeverities = []string{string(normalize.SeverityMinor), string(normalize.SeverityMajor),
	string(normalize.SeverityCritical)}

// probes checks the probes. What it would never find, such as a certificate of plain HTTP, is a mistake.
func (c *checker) probes() {
	names := map[string]int{}
	for i := range c.config.Probes {
		p, path := &c.config.Probes[i], fmt.Sprintf("probe[%d]", i)
		p.Name = strings.Join(strings.Fields(p.Name), " ")
		c.unique(names, path+".name", p.Name, "probe")
		c.probed(p, path)
		if p.URL == "" {
			if !c.Refused(path + ".url") {
				c.Add(path+".url", "it is missing", `write for example url = "https://api.vendor.com/health"`)
			}
		} else {
			form := p.URL // its path is asked for as it is written, a slash at the end included
			c.link(path+".url", &form)
		}
		if p.Every.Duration == 0 && !c.Has(path+".every") {
			p.Every.Duration = time.Minute
		}
		if p.Timeout.Duration == 0 && !c.Has(path+".timeout") {
			p.Timeout.Duration = min(10*time.Second, p.Every.Duration)
		}
		if p.Every.Duration < shortestInterval && !c.Refused(path+".every") {
			c.Add(path+".every", fmt.Sprintf("%s is more often than every %s", short(p.Every.Duration),
				short(shortestInterval)), `write for example "60s"`)
		} else if (p.Timeout.Duration <= 0 || p.Timeout.Duration > p.Every.Duration) && !c.Refused(path+".timeout") {
			c.Add(path+".timeout", fmt.Sprintf("%s is not above 0s and up to every, which is %s",
				short(p.Timeout.Duration), short(p.Every.Duration)), `write for example "10s"`)
		}
		if p.Severity == "" {
			p.Severity = string(normalize.SeverityMajor)
		}
		c.oneOf(path+".severity", p.Severity, "a severity of a probe", probeSeverities)
		c.expect(p, path+".expect")
	}
}

// probed finds what a probe checks.
func (c *checker) probed(p *Probe, path string) {
	switch {
	case c.Refused(path+".vendor") || c.Refused(path+".service"):
	case p.Vendor == "" && p.Service == "":
		c.Add(path+".vendor", "it is missing: nothing says what is checked",
			`write for example vendor = "stripe", or service = "checkout" for a service of yours`)
	case p.Vendor != "" && p.Service != "":
		c.Add(path+".service", "there is a vendor too", "keep one of the two")
	case p.Vendor != "":
		at := c.vendorOf(p.Vendor)
		if at < 0 {
			c.Add(path+".vendor", fmt.Sprintf("%q is no vendor of this file", p.Vendor), c.vendorToWrite(p.Vendor))
			return
		}
		p.Vendor = c.config.Vendors[at].Slug
		if !c.config.Vendors[at].Enabled {
			c.remark("probe %q checks %s, which is switched off: it is not asked", p.Name, p.Vendor)
		}
	default:
		at := slices.IndexFunc(c.config.Services, func(s Service) bool {
			return strings.EqualFold(s.Slug, p.Service) || strings.EqualFold(s.Name, p.Service)
		})
		if at < 0 {
			c.Add(path+".service", fmt.Sprintf("%q is no service of this file", p.Service),
				"write the slug or the name of a [[service]]")
			return
		}
		p.Service = c.config.Services[at].Slug
	}
}

func (c *checker) expect(p *Probe, path string) {
	e := p.Expect
	for n, status := range e.Status {
		if status < 100 || status > 599 {
			c.Add(fmt.Sprintf("%s.status[%d]", path, n), fmt.Sprintf("%d is no status of HTTP", status),
				"write for example status = [200]")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.JSON)) {
		if key == "" || slices.Contains(strings.Split(key, "."), "") {
			c.Add(path+".json", fmt.Sprintf("%q is not a path", key),
				`write names and numbers with dots between them, for example { "data.0.status" = "ok" }`)
		}
	}
	switch {
	case e.Within.Duration > 0 && e.Within.Duration > p.Timeout.Duration:
		c.Add(path+".within", fmt.Sprintf("%s is longer than the timeout, which is %s", short(e.Within.Duration),
			short(p.Timeout.Duration)), "write a shorter one, or a longer timeout")
	case e.CertificateDays < 0 || e.CertificateDays > 3650:
		c.Add(path+".certificate_days", fmt.Sprintf("%d is not between 1 and 3650", e.CertificateDays),
			"write for example certificate_days = 14")
	case e.CertificateDays > 0 && !strings.HasPrefix(p.URL, "https://"):
		c.Add(path+".certificate_days", "an address that does not begin with https:// has no certificate",
			"write an https address, or remove the key")
	}
}
