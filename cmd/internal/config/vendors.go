package config

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper/platforms"
)

var slugForm = lazyregexp.New(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (c *checker) vendors() {
	if len(c.config.Vendors) == 0 && !c.withoutVendors && !c.Refused("vendor") && !c.Refused("vendor[0]") {
		c.Add("vendor", "there is no vendor",
			`write for example [[vendor]], name = "GitHub" and url = "https://www.githubstatus.com", each on its `+
				`own line`)
	}
	names, slugs, pages := map[string]int{}, map[string]int{}, map[string]int{}
	for i := range c.config.Vendors {
		v, path := &c.config.Vendors[i], fmt.Sprintf("vendor[%d]", i)
		v.Name = strings.TrimSpace(v.Name)
		before := c.Count()
		c.unique(names, path+".name", v.Name, "vendor")
		// Two vendors of one name have one slug too, which is no second mistake.
		if c.Count() == before {
			c.slug(&v.Slug, v.Name, path, "vendor", slugs)
		}
		c.vendor(v, path, pages)
	}
}

// Slug makes a vendor's slug of its name: lower-case letters and digits, with single dashes for all
// that is between them.
func Slug(name string) string {
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(parts, "-")
}

// slug checks the slug of a vendor or a service, and makes one of its name where there is none.
func (c *checker) slug(slug *string, name, path, kind string, taken map[string]int) {
	key := path + ".slug"
	if *slug == "" {
		*slug = Slug(name)
	}
	line := c.Line(key)
	switch before, twice := taken[*slug]; {
	case *slug == "":
		c.Add(key, fmt.Sprintf("no slug can be made from the name %q", name), `write for example slug = "acme"`)
	case !slugForm.MatchString(*slug):
		write := `write for example "acme"`
		if s := Slug(*slug); s != "" && !strings.Contains(*slug, "://") {
			write = "write " + strconv.Quote(s)
		}
		c.Add(key, fmt.Sprintf("%q is not made of a-z, 0-9 and single dashes", *slug), write)
	case twice:
		c.Add(key, fmt.Sprintf("two %ss have the slug %q, the other is on line %d", kind, *slug, before),
			"write another slug for one of them")
	default:
		taken[*slug] = line
	}
}

func (c *checker) vendor(v *Vendor, path string, pages map[string]int) {
	if !c.Has(path + ".enabled") {
		v.Enabled = true
	}
	addressed := c.named(v, path)
	if v.Platform == "" {
		v.Platform = "statuspage"
	} else {
		c.platform(path+".platform", v.Platform)
	}
	if v.Schedule == "" {
		v.Schedule = c.config.Schedule
	} else {
		c.schedule(path+".schedule", v.Schedule, c.config.Zone)
	}
	if c.Has(path+".timeout") && !c.Refused(path+".timeout") {
		c.positive(path+".timeout", v.Timeout, "60s")
	} else {
		v.Timeout = c.config.Timeout
	}
	if v.TimeZone != "" {
		c.zone(path+".time_zone", v.TimeZone)
	}
	if v.Homepage != "" {
		c.link(path+".homepage", &v.Homepage)
	}
	if v.RunbookURL != "" {
		c.link(path+".runbook_url", &v.RunbookURL)
	}
	for i, tag := range v.Tags {
		if strings.TrimSpace(tag) == "" {
			c.Add(fmt.Sprintf("%s.tags[%d]", path, i), "a tag is empty", "leave it out")
		}
	}
	for i := range v.Sources {
		c.source(v, &v.Sources[i], fmt.Sprintf("%s.source[%d]", path, i), pages)
	}
	if !addressed {
		return
	}
	if v.URL != "" || len(v.Sources) == 0 {
		own := Source{
			URL: v.URL, Platform: v.Platform, Schedule: v.Schedule, Timeout: v.Timeout, TimeZone: v.TimeZone,
		}
		c.page(&own, path+".url", pages)
		if known := platforms.PlatformOf(own.URL); known != "" && !c.Has(path+".platform") {
			v.Platform, own.Platform = known, known
		}
		own.Cron = c.schedule("", own.Schedule, c.config.Zone)
		v.URL = own.URL
		v.Sources = append([]Source{own}, v.Sources...)
	} else {
		v.URL = v.Sources[0].URL
	}
	c.selectors(v, path)
	c.describe(v)
	c.dialects(v, path)
	c.filter(v, path+".filter")
	c.sla(&v.SLA, path+".sla")
	c.credentials(v, path)
}

func (c *checker) source(v *Vendor, s *Source, path string, pages map[string]int) {
	c.page(s, path+".url", pages)
	if s.Platform == "" {
		s.Platform = v.Platform
	} else {
		c.platform(path+".platform", s.Platform)
	}
	if s.Schedule == "" {
		s.Schedule = v.Schedule
		s.Cron = c.schedule("", s.Schedule, c.config.Zone)
	} else {
		s.Cron = c.schedule(path+".schedule", s.Schedule, c.config.Zone)
	}
	if c.Has(path+".timeout") && !c.Refused(path+".timeout") {
		c.positive(path+".timeout", s.Timeout, "60s")
	} else {
		s.Timeout = v.Timeout
	}
	if s.TimeZone == "" {
		s.TimeZone = v.TimeZone
	} else {
		c.zone(path+".time_zone", s.TimeZone)
	}
}

// page checks a source's address and notes one that another source has.
func (c *checker) page(s *Source, path string, pages map[string]int) {
	if s.URL == "" {
		if !c.Refused(path) {
			c.Add(path, "it is missing",
				`write the address of the status page, for example url = "https://www.githubstatus.com"`)
		}
		return
	}
	if !c.link(path, &s.URL) {
		return
	}
	if name := secretParameter(s.URL); name != "" {
		c.Add(path, fmt.Sprintf("the URL contains %s, which is a secret and does not belong in a file", name),
			fmt.Sprintf(`write the URL without it, and [vendor.auth] with query = [{ name = %q, env = "ACME_TOKEN" }]`,
				name))
		return
	}
	_, page, _ := strings.Cut(s.URL, "://") // http and https of one page are one page
	if before, twice := pages[page]; twice {
		c.Add(path, fmt.Sprintf("two sources read %s, the other is on line %d", s.URL, before), "remove one of them")
		return
	}
	pages[page] = c.Line(path)
}

// link checks an address and brings it into its one form.
func (c *checker) link(path string, address *string) bool {
	u, err := parseURL(*address)
	if err != nil {
		c.AddError(path, err)
		return false
	}
	*address = u
	return true
}

// parseURL returns an absolute http or https address in one form: scheme and host in lower case, no
// default port, no slash at the end. It refuses a user or password, which would end up in logs and
// in the file, and a fragment, which no server sees. The error says what to write.
func parseURL(text string) (string, error) {
	const example = `; write for example "https://www.githubstatus.com"`
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	switch {
	case err == nil && u.User != nil:
		return "", errors.New(`the URL contains a user name or a password, which is a secret; write it without, as ` +
			`"https://host/path"`)
	case err != nil && strings.Contains(text, "@"):
		return "", errors.New("that is not a URL" + example)
	case err == nil && u.Scheme == "" && u.Host == "" && strings.Contains(text, "."):
		return "", fmt.Errorf("%q is not an absolute URL; write %q", text, "https://"+strings.TrimLeft(text, "/"))
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || !goodPort(u.Port()):
		return "", fmt.Errorf("%q is not an http or https URL%s", text, example)
	case u.Fragment != "" || strings.HasSuffix(text, "#"):
		whole, _, _ := strings.Cut(text, "#")
		return "", fmt.Errorf("%q has a part after #, which no server sees; write %q", text, whole)
	}
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u.String(), nil
}

func goodPort(port string) bool {
	n, err := strconv.Atoi(port)
	return port == "" || err == nil && n > 0 && n < 1<<16
}
