package scraper

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Registry is the platforms that there are, by name. Package platforms has all of this module's.
type Registry map[string]Platform

// Names returns the platforms' names in order.
func (r Registry) Names() []string { return slices.Sorted(maps.Keys(r)) }

// Lookup returns the platform of that name. The error names those that exist.
func (r Registry) Lookup(name string) (Platform, error) {
	if p, ok := r[name]; ok {
		return p, nil
	}
	return nil, fmt.Errorf("platform %q is unknown; write one of: %s", name, strings.Join(r.Names(), ", "))
}

// Detect returns the name of the platform whose shape the page has, "" if none recognises it.
// Generic is asked last, since other platforms serve feeds too.
func (r Registry) Detect(p Page) string {
	names := slices.DeleteFunc(r.Names(), func(name string) bool { return name == Generic })
	if _, ok := r[Generic]; ok {
		names = append(names, Generic)
	}
	for _, name := range names {
		if name != Custom && Detects(r[name], p) {
			return name
		}
	}
	return ""
}

// Detects reports whether a page is of a platform: whether it has one of the platform's marks, and can be parsed. A
// Detector is asked itself.
func Detects(p Platform, page Page) bool {
	if d, ok := p.(Detector); ok {
		return d.Detect(page)
	}
	marked := func(mark string) bool { return bytes.Contains(page.Body, []byte(mark)) }
	if m, ok := p.(Marked); ok && !slices.ContainsFunc(m.Marks(), marked) {
		return false
	}
	_, err := p.Parse(Source{}, page)
	return err == nil
}

// PlatformOf returns the platform of a page that the catalogue knows by its address, "" for another page or one
// whose platform is not known or not read.
func (r Registry) PlatformOf(page string) string {
	e, _ := LookupPage(page)
	if _, exists := r[e.Platform]; !exists {
		return ""
	}
	return e.Platform
}
