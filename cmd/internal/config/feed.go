package config

import (
	"fmt"

	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/feed"
)

// dialects makes the dialects of a vendor's feeds. A source without one of its own has the vendor's.
func (c *checker) dialects(v *Vendor, path string) {
	written := 0 // sources in the file; that of the vendor's url stands before them
	for c.Under(fmt.Sprintf("%s.source[%d]", path, written)) {
		written++
	}
	own := len(v.Sources) - written
	var shared *feed.Dialect
	if c.Under(path + ".feed") {
		shared = c.dialect(v.Feed, path+".feed")
	}
	used := false
	for i := range v.Sources {
		s := &v.Sources[i]
		at := fmt.Sprintf("%s.source[%d]", path, i-own)
		described := i >= own && c.Under(at+".feed")
		switch {
		case s.Platform != scraper.Generic && described:
			c.notFeed(at, s.Platform)
		case s.Platform != scraper.Generic:
		case described:
			s.Dialect = c.dialect(s.Feed, at+".feed")
		default:
			s.Dialect, used = shared, true
		}
	}
	if c.Under(path+".feed") && !used {
		c.notFeed(path, v.Platform)
	}
}

func (c *checker) notFeed(path, platform string) {
	if platform == scraper.Generic {
		c.Add(path+".feed", "every source of the vendor has a table of its own", "remove this one")
		return
	}
	c.Add(path+".feed", fmt.Sprintf("it says how a feed speaks, but the platform is %q", platform),
		`write platform = "feed", or remove the table`)
}

func (c *checker) dialect(speech feed.Speech, path string) *feed.Dialect {
	if c.Refused(path) {
		return nil
	}
	dialect, mistakes := speech.Compile()
	for _, m := range mistakes {
		key := path
		if m.Key != "" {
			key += "." + m.Key
		}
		if c.Refused(key) && c.Has(key) {
			continue
		}
		c.Add(key, m.Problem, m.Write)
	}
	return dialect
}
