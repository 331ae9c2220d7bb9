package config

import (
	"fmt"
	"os"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/custom"
)

// LoadPage reads a file with one [[vendor]], as it is to stand in a config file, for trying out the selectors of its
// page. The error is tomlcheck.Mistakes if the file is wrong.
func LoadPage(path string) (Vendor, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Vendor{}, fmt.Errorf("page description: %w", err)
	}
	c := checker{file: path, env: os.Getenv}
	if _, err := c.decode(data); err != nil {
		return Vendor{}, err
	}
	if !c.Broken() {
		c.config.Zone = time.UTC
		c.vendors()
		if n := len(c.config.Vendors); n > 1 {
			c.Add("vendor[1]", fmt.Sprintf("there are %d vendors", n), "write only one [[vendor]]")
		}
	}
	if c.Count() > 0 {
		return Vendor{}, c.Mistakes()
	}
	return c.config.Vendors[0], nil
}

// selectors makes the selectors of a vendor's pages that no product makes. A source without a description of its own
// has the vendor's.
func (c *checker) selectors(v *Vendor, path string) {
	written := 0 // sources in the file; that of the vendor's url stands before them
	for c.Under(fmt.Sprintf("%s.source[%d]", path, written)) {
		written++
	}
	own := len(v.Sources) - written
	shared := path + ".page"
	var compiled *custom.Selectors
	used := !c.Under(shared)
	for i := range v.Sources {
		s, at := &v.Sources[i], path
		if i >= own {
			at = fmt.Sprintf("%s.source[%d]", path, i-own)
		}
		described := i >= own && c.Under(at+".page")
		switch {
		case s.Platform != scraper.Custom && described:
			c.notCustom(at, s.Platform)
		case s.Platform != scraper.Custom:
		case described:
			s.Selectors = c.compile(s.Page, at+".page")
		case !c.Under(shared):
			if !c.Refused(at + ".page") {
				c.Add(at+".page", `it is missing: a page of platform "custom" is read as this table describes`,
					"write it as docs/custom-pages.md shows, or name a platform")
			}
		default:
			if !used {
				compiled, used = c.compile(v.Page, shared), true
			}
			s.Selectors = compiled
		}
	}
	if !used && !c.Refused(shared) {
		c.notCustom(path, v.Platform)
	}
}

func (c *checker) notCustom(path, platform string) {
	c.Add(path+".page", fmt.Sprintf("it describes a custom page, but the platform is %q", platform),
		`write platform = "custom", or remove the table`)
}

func (c *checker) compile(page custom.Page, path string) *custom.Selectors {
	if c.Refused(path) {
		return nil
	}
	selectors, mistakes := page.Compile()
	for _, m := range mistakes {
		key := path + "." + m.Key
		switch {
		case c.Refused(key) && c.Has(key):
		case m.Key == "time_zone":
			c.zone(key, page.TimeZone)
		case m.Key == "format":
			write := m.Write
			if near := words.Nearest(page.Format, []string{custom.FormatHTML, custom.FormatJSON}); near != "" {
				write = fmt.Sprintf("write %q", near)
			}
			c.Add(key, m.Problem, write)
		default:
			c.Add(key, m.Problem, m.Write)
		}
	}
	return selectors
}

// DefaultFetch is how pages are asked for where there is no config file.
func DefaultFetch() Fetch { return defaults().Fetch }
