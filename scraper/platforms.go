package scraper

import (
	"context"
	"maps"
)

// registry is the one list of the platforms that there are.
var registry = Registry{}

// Register is for init.
func Register(name string, p Platform) { registry[name] = p }

// All returns the platforms by name. The map is the caller's own.
func All() Registry { return maps.Clone(registry) }

// Platforms returns the names of all platforms in order.
func Platforms() []string { return registry.Names() }

// Lookup returns the platform of that name. The error names those that exist.
func Lookup(name string) (Platform, error) { return registry.Lookup(name) }

// Detect returns the name of the platform whose shape the page has, "" if none recognises it.
func Detect(p Page) string { return registry.Detect(p) }

// Find tells what the page at s.URL is made with; see Registry.Find.
func Find(ctx context.Context, f Fetcher, s Source) (Found, error) { return registry.Find(ctx, f, s) }

// PlatformOf returns the platform of a page that the catalogue knows by its address, "" for another page or one
// whose platform is not known or not read.
func PlatformOf(page string) string { return registry.PlatformOf(page) }
