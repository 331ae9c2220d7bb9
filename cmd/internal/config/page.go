package config

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/scraper"
)

// LoadPage reads a file with one [[vendor]], as it is to stand in a config file, for trying out the selectors of its
// page. The error is Mistakes if the file is wrong.
func LoadPage(path string) (Vendor, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Vendor{}, fmt.Errorf("page description: %w", err)
	}
	c := checker{file: path, env: os.Getenv}
	if c.decode(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))); c.index == nil {
		return Vendor{}, c.mistakes
	}
	if !c.broken {
		c.config.Zone = time.UTC
		c.vendors()
		if n := len(c.config.Vendors); n > 1 {
			c.add("vendor[1]", fmt.Sprintf("there are %d vendors", n), "write one [[vendor]] only")
		}
	}
	if len(c.mistakes) > 0 {
		c.mistakes.sort()
		return Vendor{}, c.mistakes
	}
	return c.config.Vendors[0], nil
}

// selectors makes the selectors of a vendor's pages that no product makes. A source without a description of its own
// has the vendor's.
func (c *checker) selectors(v *Vendor, path string) {
	written := 0 // sources in the file; that of the vendor's url stands before them
	for c.index.under(fmt.Sprintf("%s.source[%d]", path, written)) {
		written++
	}
	own := len(v.Sources) - written
	shared := path + ".page"
	var compiled *scraper.Selectors
	used := !c.index.under(shared)
	for i := range v.Sources {
		s, at := &v.Sources[i], path
		if i >= own {
			at = fmt.Sprintf("%s.source[%d]", path, i-own)
		}
		described := i >= own && c.index.under(at+".page")
		switch {
		case s.Platform != scraper.Custom && described:
			c.notCustom(at, s.Platform)
		case s.Platform != scraper.Custom:
		case described:
			s.Selectors = c.compile(s.Page, at+".page")
		case !c.index.under(shared):
			if !c.refused(at + ".page") {
				c.add(at+".page", `it is missing: platform "custom" is read as this table says`, "write it as docs/custom-pages.md shows, or name a platform")
			}
		default:
			if !used {
				compiled, used = c.compile(v.Page, shared), true
			}
			s.Selectors = compiled
		}
	}
	if !used && !c.refused(shared) {
		c.notCustom(path, v.Platform)
	}
}

func (c *checker) notCustom(path, platform string) {
	c.add(path+".page", fmt.Sprintf("it describes a page that no product makes, and the platform here is %q", platform), `write platform = "custom", or leave the table out`)
}

func (c *checker) compile(page scraper.CustomPage, path string) *scraper.Selectors {
	if c.refused(path) {
		return nil
	}
	selectors, mistakes := page.Compile()
	for _, m := range mistakes {
		key := path + "." + m.Key
		switch {
		case c.refused(key) && c.index.has(key):
		case m.Key == "time_zone":
			c.zone(key, page.TimeZone)
		case m.Key == "format":
			write := m.Write
			if near := words.Nearest(page.Format, []string{scraper.FormatHTML, scraper.FormatJSON}); near != "" {
				write = fmt.Sprintf("write %q", near)
			}
			c.add(key, m.Problem, write)
		default:
			c.add(key, m.Problem, m.Write)
		}
	}
	return selectors
}

// under reports whether the file has a table or anything in it.
func (x *index) under(path string) bool {
	return x.has(path) || slices.ContainsFunc(x.entries, func(e entry) bool { return strings.HasPrefix(e.path, path+".") })
}

// DefaultFetch is how pages are asked for where there is no config file.
func DefaultFetch() Fetch { return defaults().Fetch }
