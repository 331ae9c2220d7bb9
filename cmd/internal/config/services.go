package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize/target"
)

// Service is a service of ours, and what it needs.
type Service struct {
	Name string `toml:"name"` // required, unique; without a comma
	// name for the command line, the file and URLs: a-z, 0-9 and dashes; default made from Name
	Slug       string `toml:"slug"`
	Owner      string `toml:"owner"`       // who in the company looks after it
	RunbookURL string `toml:"runbook_url"` // what to do when it is down
	Critical   bool   `toml:"critical"`    // it is listed first; default false
	// what it needs, at least one: "VENDOR" for a vendor as a whole, or "VENDOR: COMPONENT", by slug or name
	Needs []string `toml:"needs"`
	SLA   Goal     `toml:"sla"` // what it is held to; default: nothing

	Need []Need `toml:"-"` // of Needs
}

// Goal is what a service is held to.
type Goal struct {
	Target      string   `toml:"target"`      // least uptime of a period, such as "99.5%"; required
	Period      string   `toml:"period"`      // month or quarter, in UTC; default month
	Severities  []string `toml:"severities"`  // of incidents that count; default: all
	Maintenance bool     `toml:"maintenance"` // planned work counts too; default false

	Of *target.Target `toml:"-"` // the same; nil without a target
}

// Need is something that a service needs.
type Need struct {
	Text      string // as written
	Vendor    string // slug
	Component string // words of the components, as needed.Components reads them; empty for the whole vendor
}

// services checks the services. A need of a vendor that the file does not have is a mistake: the service would look
// well for ever.
func (c *checker) services() {
	names, slugs := map[string]int{}, map[string]int{}
	for i := range c.config.Services {
		s, path := &c.config.Services[i], fmt.Sprintf("service[%d]", i)
		s.Name = strings.Join(strings.Fields(s.Name), " ")
		before := c.Count()
		c.unique(names, path+".name", s.Name, "service")
		if c.Count() == before {
			c.slug(&s.Slug, s.Name, path, "service", slugs)
		}
		if strings.Contains(s.Name, ",") {
			c.Add(path+".name", fmt.Sprintf("%q has a comma, which separates services in lists", s.Name),
				"write a name without one")
		}
		if s.RunbookURL != "" {
			c.link(path+".runbook_url", &s.RunbookURL)
		}
		if len(s.Needs) == 0 && !c.Refused(path+".needs") {
			c.Add(path+".needs", "it is missing: without it nothing can be said of the service",
				`write for example needs = ["stripe: Card payments", "cloudflare"]`)
		}
		c.needs(s, path)
		sla := SLA{Target: s.SLA.Target, Period: s.SLA.Period, Severities: s.SLA.Severities,
			Maintenance: s.SLA.Maintenance}
		c.sla(&sla, path+".sla")
		s.SLA.Of = sla.Of
	}
}

func (c *checker) needs(s *Service, path string) {
	for n, text := range s.Needs {
		key := fmt.Sprintf("%s.needs[%d]", path, n)
		need, found := c.need(text)
		switch {
		case !found:
			c.Add(key, fmt.Sprintf("%q names no vendor of this file", text), c.vendorToWrite(text))
			continue
		case strings.HasSuffix(strings.TrimSpace(text), ":") && need.Component == "":
			c.Add(key, fmt.Sprintf("%q names no component", text),
				fmt.Sprintf("write %q for the whole vendor", strings.TrimRight(strings.TrimSpace(text), ": ")))
			continue
		case slices.ContainsFunc(s.Need, func(o Need) bool {
			return o.Vendor == need.Vendor && strings.EqualFold(o.Component, need.Component)
		}):
			c.Add(key, fmt.Sprintf("%q is needed twice", text), "keep one of the two")
			continue
		}
		s.Need = append(s.Need, need)
		if at := c.vendorOf(need.Vendor); !c.config.Vendors[at].Enabled {
			c.remark("service %q needs %q, which is switched off: how that does is not known", s.Name, text)
		}
	}
}

// need reads the words of a need. The vendor is what stands before a colon; its name may have one itself.
func (c *checker) need(text string) (Need, bool) {
	text = strings.TrimSpace(text)
	if at := c.vendorOf(text); at >= 0 {
		return Need{Text: text, Vendor: c.config.Vendors[at].Slug}, true
	}
	for n := range len(text) {
		if text[n] != ':' {
			continue
		}
		if at := c.vendorOf(text[:n]); at >= 0 {
			return Need{Text: text, Vendor: c.config.Vendors[at].Slug,
				Component: strings.Join(strings.Fields(text[n+1:]), " ")}, true
		}
	}
	return Need{}, false
}

// vendorOf returns which vendor of the file has that slug or name; -1 if none has.
func (c *checker) vendorOf(name string) int {
	name = strings.TrimSpace(name)
	for i, v := range c.config.Vendors {
		if name != "" && (strings.EqualFold(v.Slug, name) || strings.EqualFold(v.Name, name)) {
			return i
		}
	}
	return -1
}

// vendorToWrite suggests what a need may have been meant to say.
func (c *checker) vendorToWrite(text string) string {
	var known []string
	for _, v := range c.config.Vendors {
		known = append(known, v.Slug, v.Name)
	}
	vendor, rest, colon := strings.Cut(text, ":")
	if near := words.Nearest(vendor, known); near != "" {
		if colon {
			near += ":" + rest
		}
		return "write " + strconv.Quote(near)
	}
	return `write "VENDOR" or "VENDOR: COMPONENT", with the slug or the name of a [[vendor]]`
}

// Needing returns the names of the services that need something of a vendor, the critical ones first.
func (c *Config) Needing(vendor string) []string {
	var critical, others []string
	for _, s := range c.Services {
		if !slices.ContainsFunc(s.Need, func(n Need) bool { return n.Vendor == vendor }) {
			continue
		}
		if s.Critical {
			critical = append(critical, s.Name)
		} else {
			others = append(others, s.Name)
		}
	}
	return append(critical, others...)
}
