package config

import (
	"crypto/x509"
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/cmd/internal/config/tomlcheck"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/scraper/platforms"
)

// A checker checks the values of a file, and notes its mistakes in the document that they were read from.
type checker struct {
	*tomlcheck.Document
	file           string
	kinds          ChannelKinds
	env            func(string) string
	config         *Config
	withoutSecrets bool                     // secrets of pages are not looked up
	withoutVendors bool                     // that there is no vendor is no mistake
	schedules      map[string]cron.Schedule // of cron lines read so far, by zone and line
	elsewhere      tomlcheck.Mistakes       // in files that the config file leads to
}

// check fills in what depends on other values, and notes every value that makes no sense. A value
// that the decoder could not read has a mistake already and is its default here. channels are the tables [[channel]].
func (c *checker) check(channels reflect.Value) {
	cfg := c.config
	if cfg.Database == "" {
		c.Add("database", "it is empty", `write for example "vendorwatch.db"`)
	}
	cfg.Zone = c.zone("time_zone", cfg.TimeZone)
	c.schedule("schedule", cfg.Schedule, cfg.Zone)
	c.positive("timeout", cfg.Timeout, "60s")
	c.positive("late_after", cfg.LateAfter, "24h")
	c.positive("keep_scrapes", cfg.KeepScrapes, "720h")
	c.between("concurrency", cfg.Concurrency, 1, 1000)
	c.fetch()
	c.web()
	if cfg.DashboardURL != "" {
		c.link("dashboard_url", &cfg.DashboardURL)
	}
	c.channels(channels)
	c.descriptions()
	c.vendors()
	if !c.Has("concurrency") {
		cfg.Concurrency = concurrencyFor(cfg.Vendors)
	}
	c.services()
	c.probes()
	c.pace()
	c.routes()
	c.digests()
	c.calm()
	c.reminders()
	c.delivery()
}

func (c *checker) fetch() {
	f := &c.config.Fetch
	f.UserAgent, f.Contact = strings.TrimSpace(f.UserAgent), strings.TrimSpace(f.Contact)
	if f.UserAgent == "" || !printable(f.UserAgent) {
		c.Add("fetch.user_agent", fmt.Sprintf("%q cannot be sent in a header", f.UserAgent),
			`write for example "vendorwatch"`)
	}
	switch {
	case f.Contact == "" && !c.Refused("fetch.contact"):
		c.Add("fetch.contact", "it is missing: vendors block readers that do not say who they are",
			`write a mail address or a URL of yours, for example contact = "ops@your-company.com" under [fetch]`)
	case f.Contact != "" && !GoodContact(f.Contact):
		c.Add("fetch.contact", fmt.Sprintf("%q is neither a mail address nor a URL", f.Contact),
			`write for example "ops@your-company.com"`)
	case strings.Contains(f.Contact, "example."):
		c.remark("fetch.contact is still %s; write your own address, so that a vendor can reach you instead of "+
			"blocking you", f.Contact)
	}
	c.positive("fetch.request_timeout", f.RequestTimeout, "20s")
	c.between("fetch.retries", f.Retries, 0, 10)
	if f.WhenOpen.Duration > 0 && f.WhenOpen.Duration < shortestInterval {
		c.Add("fetch.when_open", fmt.Sprintf("%s is more often than every %s", short(f.WhenOpen.Duration),
			short(shortestInterval)), `write for example "1m", or "0s" to read no page more often`)
	}
	if f.MaxBytes < 1 || f.MaxBytes > 1<<30 {
		c.Add("fetch.max_bytes", fmt.Sprintf("%d is not between 1 and 1GiB", int64(f.MaxBytes)),
			`write for example "16MiB"`)
	}
	for n, host := range f.PrivateHosts {
		c.host(fmt.Sprintf("fetch.private_hosts[%d]", n), host, "status.intern.example.com")
	}
	if f.CAFile != "" {
		c.authorities(f)
	}
	switch whole := c.config.Timeout.Duration; {
	case f.RequestTimeout.Duration <= whole || whole <= 0:
	case !c.Has("fetch.request_timeout"):
		f.RequestTimeout.Duration = whole
	default:
		c.Add("fetch.request_timeout",
			fmt.Sprintf("%s for one request is longer than the timeout of %s for a whole scrape",
				short(f.RequestTimeout.Duration), short(whole)), "write a shorter one, or a longer timeout")
	}
}

// authorities reads the certificates of fetch.ca_file.
func (c *checker) authorities(f *Fetch) {
	const write = "write the path of a file with certificates in PEM, which begin with -----BEGIN CERTIFICATE-----"
	if !filepath.IsAbs(f.CAFile) {
		f.CAFile = filepath.Join(filepath.Dir(c.file), f.CAFile)
	}
	text, err := os.ReadFile(f.CAFile)
	if err != nil {
		c.Add("fetch.ca_file", "it cannot be read: "+err.Error(), write)
		return
	}
	if f.Roots, err = x509.SystemCertPool(); err != nil {
		f.Roots = x509.NewCertPool() // the system has none that could be read
	}
	if !f.Roots.AppendCertsFromPEM(text) {
		c.Add("fetch.ca_file", f.CAFile+" has no certificate", write)
	}
}

// host notes what is not the name or the IP address of a host alone.
func (c *checker) host(path, host, example string) {
	u, err := url.Parse("http://" + bracketed(host))
	if err != nil || host == "" || u.Hostname() != host || u.Port() != "" {
		c.Add(path, fmt.Sprintf("%q is not a host", host),
			"write a name or an IP address alone, for example "+strconv.Quote(example))
	}
}

// bracketed is a host as it stands in a URL.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// GoodContact reports whether text can be fetch.contact: a bare mail address, or an http(s) URL.
func GoodContact(text string) bool {
	if _, err := parseURL(text); err == nil {
		return true
	}
	a, err := mail.ParseAddress(strings.TrimPrefix(text, "mailto:"))
	if err != nil || !printable(text) {
		return false
	}
	domain := a.Address[strings.LastIndex(a.Address, "@")+1:]
	return a.Address == strings.TrimPrefix(text, "mailto:") && strings.Contains(strings.Trim(domain, "."), ".")
}

// unique notes a name that is missing or that another of its kind has.
func (c *checker) unique(first map[string]int, path, name, kind string) {
	folded := strings.ToLower(strings.TrimSpace(name))
	line := c.Line(path)
	if folded == "" {
		if !c.Refused(path) {
			c.Add(path, "it is missing", `write for example name = "…"`)
		}
		return
	}
	if before, taken := first[folded]; taken {
		c.Add(path, fmt.Sprintf("two %ss have this name, the other is on line %d", kind, before),
			"give one of them another name")
		return
	}
	first[folded] = line
}

func (c *checker) remark(format string, args ...any) {
	c.config.Notes = append(c.config.Notes, fmt.Sprintf(format, args...))
}

func (c *checker) zone(path, name string) *time.Location {
	zone, err := ParseZone(name)
	if err != nil {
		c.AddError(path, err)
		return time.UTC
	}
	return zone
}

// schedule reads a cron line, and notes it under path where it is wrong; no path is for a line that is noted where
// it stands.
func (c *checker) schedule(path, line string, zone *time.Location) cron.Schedule {
	key := zone.String() + " " + line
	if s, known := c.schedules[key]; known {
		return s
	}
	s, err := ParseSchedule(line, zone)
	if err != nil {
		if path != "" {
			c.AddError(path, err)
		}
		return nil
	}
	if c.schedules == nil {
		c.schedules = map[string]cron.Schedule{}
	}
	c.schedules[key] = s
	return s
}

func (c *checker) positive(path string, d Duration, example string) {
	if d.Duration <= 0 {
		c.Add(path, fmt.Sprintf("%q is not longer than 0s", short(d.Duration)),
			"write for example "+strconv.Quote(example))
	}
}

func (c *checker) between(path string, n, low, high int) {
	if n < low || n > high {
		c.Add(path, fmt.Sprintf("%d is not between %d and %d", n, low, high),
			fmt.Sprintf("write for example %d", min(high, max(low, 3))))
	}
}

// platform notes a platform that does not exist.
func (c *checker) platform(path, name string) {
	_, err := platforms.Lookup(name)
	if _, described := c.config.Described[name]; err == nil || described {
		return
	}
	known := append(platforms.Names(), slices.Collect(maps.Keys(c.config.Described))...)
	slices.Sort(known)
	write := "write one of: " + strings.Join(known, ", ")
	if near := words.Nearest(name, known); near != "" {
		write = fmt.Sprintf("write %q, or another of: %s", near, strings.Join(known, ", "))
	}
	c.Add(path, fmt.Sprintf("platform %q is unknown", name), write)
}

func printable(s string) bool {
	for _, r := range s {
		if r < ' ' || r > '~' {
			return false
		}
	}
	return true
}

// short writes a duration without the zeroes at its end: 24h, 1m30s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
