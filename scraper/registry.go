package scraper

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"vendorwatch/scraper/page"
)

// Registry has platforms by name. platforms.All returns the one with every platform of this module.
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

// Detect returns the name of the platform that recognises the page, "" if none does. Generic is asked last, since
// other platforms serve feeds too. A page that nobody recognises as it is may be one with a bad entry; see Read.
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
	for _, name := range names {
		if name == Custom {
			continue
		}
		if _, err := Read(detecting{r[name]}, Source{}, p); err == nil {
			return name
		}
	}
	return ""
}

// detecting is a platform that refuses the pages that it does not recognise.
type detecting struct{ Platform }

// Parse implements Platform.
func (d detecting) Parse(s Source, p Page) (Result, error) {
	if m, ok := d.Platform.(Marked); ok && !marked(m, p) {
		return Result{}, page.Unexpected(p, "a page with one of the platform's marks")
	}
	res, err := d.Platform.Parse(s, p)
	if err == nil && !Detects(d.Platform, p) {
		return Result{}, page.Unexpected(p, "a page that the platform recognises")
	}
	return res, err
}

// marked reports whether a page has one of a platform's marks.
func marked(m Marked, p Page) bool {
	return slices.ContainsFunc(m.Marks(), func(mark string) bool { return bytes.Contains(p.Body, []byte(mark)) })
}

// Detects reports whether a platform recognises a page: whether the page has one of the platform's marks, and can be
// parsed. A Detector decides for itself.
func Detects(p Platform, page Page) bool {
	if d, ok := p.(Detector); ok {
		return d.Detect(page)
	}
	if m, ok := p.(Marked); ok && !marked(m, page) {
		return false
	}
	_, err := p.Parse(Source{}, page)
	return err == nil
}

// Unread returns what serves the page of a vendor if it is something that no platform of the registry reads, "" if
// that is not so, or not known.
func (r Registry) Unread(e Entry) string {
	if e.Platform != "" {
		return ""
	}
	for _, name := range e.ServedBy {
		if _, exists := r[name]; exists {
			return ""
		}
	}
	return strings.Join(e.ServedBy, " or ")
}

// PlatformOf returns the platform that the catalogue names for the page of that address. It returns "" if the
// catalogue does not have the page, or has it at another address by now, or the registry not its platform.
func (r Registry) PlatformOf(page string) string {
	e, _ := LookupPage(page)
	if e.Page != page {
		return ""
	}
	if _, exists := r[e.Platform]; !exists {
		return ""
	}
	return e.Platform
}
