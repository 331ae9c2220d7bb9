package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
)

// Filter says which of a vendor's incidents concern us. What it hides is recorded and not announced. An incident that
// names no component is never hidden by components, groups or regions.
type Filter struct {
	Components []string `toml:"components"` // globs of component names, or of "Group › Name"
	Groups     []string `toml:"groups"`     // globs of component groups
	// groups of regions that the catalogue has for the vendor ("eu"), or globs of the vendor's own words for places
	// ("eu-central-*")
	Regions []string `toml:"regions"`

	Kinds    []normalize.Kind   `toml:"kinds"`    // incident, maintenance, notice
	Severity normalize.Severity `toml:"severity"` // the lowest; an unknown one is never hidden

	// the mildest status that a component of an incident must have itself
	ComponentStatus normalize.ComponentStatus `toml:"component_status"`

	Of normalize.Filter `toml:"-"` // the same, with the regions in the vendor's words
}

// filter checks a vendor's filter and gives its regions the vendor's words.
func (c *checker) filter(v *Vendor, path string) {
	f := &v.Filter
	of := normalize.Filter{Components: f.Components, Groups: f.Groups, Kinds: f.Kinds, Severity: f.Severity,
		Status: f.ComponentStatus}
	c.patterns(path+".components", f.Components)
	c.patterns(path+".groups", f.Groups)
	c.patterns(path+".regions", f.Regions)
	c.severity(path+".severity", f.Severity)
	if f.ComponentStatus != "" {
		c.oneOf(path+".component_status", string(f.ComponentStatus), "a status of components",
			componentStatuses)
	}
	for n, k := range f.Kinds {
		c.oneOf(fmt.Sprintf("%s.kinds[%d]", path, n), string(k), "a kind of incident", kinds)
	}
	if len(f.Regions) > 0 {
		places := placesOf(*v)
		for n, glob := range f.Regions {
			of.Regions = append(of.Regions, c.region(fmt.Sprintf("%s.regions[%d]", path, n), glob, places)...)
		}
		for _, group := range slices.Sorted(maps.Keys(places)) {
			of.Places = append(of.Places, places[group]...)
		}
		of.Places = append(of.Places, of.Regions...)
	}
	f.Of = of
}

// placesOf returns the groups of places that the catalogue has for a vendor, by its name or its page.
func placesOf(v Vendor) map[string][]string {
	if entry, found := scraper.LookupVendor(v.Name); found && len(entry.Regions) > 0 {
		return entry.Regions
	}
	for _, s := range v.Sources {
		if entry, found := scraper.LookupPage(s.URL); found {
			return entry.Regions
		}
	}
	return nil
}

// region returns the vendor's words for a group of places, or the glob itself.
func (c *checker) region(path, glob string, places map[string][]string) []string {
	name := strings.ToLower(strings.TrimSpace(glob))
	if of, known := places[name]; known {
		return of
	}
	// A short word without a wildcard is meant as a group; places have longer names.
	if len(name) <= 3 && !strings.ContainsAny(name, "*?") {
		write := `write the vendor's own words for the place, for example "eu-central-*"`
		if len(places) > 0 {
			write = "write one of: " + strings.Join(slices.Sorted(maps.Keys(places)), ", ") + "; or " +
				strings.TrimPrefix(write, "write ")
		}
		c.Add(path, fmt.Sprintf("the catalogue has no regions %q for this vendor", glob), write)
	}
	return []string{glob}
}

// patterns notes empty patterns, which would match what has no name.
func (c *checker) patterns(path string, globs []string) {
	for n, glob := range globs {
		if strings.TrimSpace(glob) == "" {
			c.Add(fmt.Sprintf("%s[%d]", path, n), "the pattern is empty", `leave it out, or write "*" for everything`)
		}
	}
}
