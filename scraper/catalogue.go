package scraper

import (
	_ "embed"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Entry is a well-known vendor of the built-in catalogue.
type Entry struct {
	Name     string   `json:"name"`     // as the vendor writes it
	Aliases  []string `json:"aliases"`  // what else people type for it: gh, aws, "Office 365"
	Page     string   `json:"page_url"` // of the status page, without a slash at the end; of a feed its own
	Platform string   `json:"platform"` // a platform's name; "" if it is not known for certain
	Category string   `json:"category"` // one word of a short list, such as cloud, payments or ai; "" if not known

	// ServedBy says what serves the page according to those who name no platform of ours with certainty: one name
	// where this version has no reader for it, several where they disagree or could not tell them apart. The platform
	// is detected when the page is first read.
	ServedBy []string `json:"served_by"`
	Domains  []string `json:"domains"`   // of the product: zendesk.com
	Packages []string `json:"packages"`  // of the vendor, as npm:@adyen/api-library or pypi:adyen
	StandsOn []string `json:"stands_on"` // vendors that this one has said to stand on, with regions: aws us-east-1
	AlsoAt   []string `json:"also_at"`   // other addresses of the page, without https://, such as former ones

	// Evidence says how sure the row is: "bytes" if a document of the page was read, otherwise "lists" and how many
	// public lists of status pages name it.
	Evidence string `json:"evidence"`

	// Regions are groups of places by their short names (us, eu, apac, …). Each has the globs that match the vendor's
	// own names for these places, in a component's name or group: "eu-*" at AWS, "UK *" at Azure. It is empty for
	// vendors that do not say where an incident is.
	Regions map[string][]string `json:"regions,omitempty"`
}

// catalogueText is a table with one line for each vendor, whose columns its first line names. | separates the parts of
// a column; a group of regions is written as latam=mx-*,sa-*.
//
//go:embed catalogue.tsv
var catalogueText string

// A catalogue is the table as it is asked: by name, by page, or as a whole.
type catalogue struct {
	entries []Entry
	byName  map[string]int // folded names and aliases
	byPage  map[string]int
}

// readCatalogue returns the built-in catalogue, which is read at its first use.
var readCatalogue = sync.OnceValue(func() catalogue {
	c := catalogue{byName: map[string]int{}, byPage: map[string]int{}}
	n := 0
	for line := range strings.Lines(catalogueText) {
		n++
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(f) != 12 {
			panic(fmt.Sprintf("scraper: catalogue.tsv:%d: %d columns in place of 12", n, len(f)))
		}
		e := Entry{Name: f[0], Aliases: parts(f[1]), Page: f[2], Platform: f[3], ServedBy: parts(f[4]), Category: f[5],
			Domains: parts(f[6]), Packages: parts(f[7]), StandsOn: parts(f[8]), AlsoAt: parts(f[9]), Evidence: f[10],
			Regions: regions(f[11])}
		for _, name := range e.names() {
			c.byName[name] = len(c.entries)
		}
		c.byPage[e.Page] = len(c.entries)
		for _, address := range e.AlsoAt {
			c.byPage["https://"+address] = len(c.entries)
		}
		c.entries = append(c.entries, e)
	}
	return c
})

// Catalogue returns the well-known vendors in the order of their names, upper and lower case alike. Their lists and
// maps are shared by all callers, who must not change them.
func Catalogue() []Entry { return slices.Clone(readCatalogue().entries) }

// parts splits a column; an empty one has no parts.
func parts(column string) []string {
	if column == "" {
		return []string{}
	}
	return strings.Split(column, "|")
}

func regions(column string) map[string][]string {
	if column == "" {
		return nil
	}
	groups := map[string][]string{}
	for _, group := range parts(column) {
		name, globs, _ := strings.Cut(group, "=")
		groups[name] = strings.Split(globs, ",")
	}
	return groups
}

// Row returns the entry as a line of catalogue.tsv, without its end.
func (e Entry) Row() string {
	join := func(parts []string) string { return strings.Join(parts, "|") }
	var groups []string
	for _, name := range slices.Sorted(maps.Keys(e.Regions)) {
		groups = append(groups, name+"="+strings.Join(e.Regions[name], ","))
	}
	return strings.Join([]string{e.Name, join(e.Aliases), e.Page, e.Platform, join(e.ServedBy), e.Category,
		join(e.Domains), join(e.Packages), join(e.StandsOn), join(e.AlsoAt), e.Evidence, join(groups)}, "\t")
}

// LookupVendor returns the vendor of that name or alias. Case, spaces and punctuation do not count.
func LookupVendor(name string) (Entry, bool) {
	c := readCatalogue()
	n, ok := c.byName[foldName(name)]
	if !ok {
		return Entry{}, false
	}
	return c.entries[n], true
}

// LookupPage returns the vendor whose status page has that address, or had it once, written as the catalogue has it:
// without a slash at the end.
func LookupPage(page string) (Entry, bool) {
	c := readCatalogue()
	n, ok := c.byPage[page]
	if !ok {
		return Entry{}, false
	}
	return c.entries[n], true
}

// FindVendors returns the vendors that a query may mean, the likeliest first: those of that name or alias; then those
// with a name or alias that begins with it; then those that have every word of it, as the beginning of a word of their
// names, aliases or host, or as their category. Case and punctuation do not count.
func FindVendors(query string) []Entry {
	want, words := foldName(query), foldWords(query)
	if want == "" {
		return nil
	}
	var same, begins, worded []Entry
	for _, e := range readCatalogue().entries {
		names := e.names()
		switch {
		case slices.Contains(names, want):
			same = append(same, e)
		case slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, want) }):
			begins = append(begins, e)
		case e.has(words):
			worded = append(worded, e)
		}
	}
	return slices.Concat(same, begins, worded)
}

// names returns the folded name and aliases.
func (e Entry) names() []string {
	names := []string{foldName(e.Name)}
	for _, alias := range e.Aliases {
		names = append(names, foldName(alias))
	}
	return names
}

func (e Entry) has(words []string) bool {
	own := foldWords(e.Name + " " + strings.Join(e.Aliases, " "))
	if u, err := url.Parse(e.Page); err == nil {
		own = append(own, foldWords(u.Host)...)
	}
	return !slices.ContainsFunc(words, func(word string) bool {
		return word != e.Category &&
			!slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(o, word) })
	})
}

// foldName leaves letters and digits only, in lower case.
func foldName(s string) string { return strings.Join(foldWords(s), "") }

var apostrophes = strings.NewReplacer("'", "", "’", "")

// foldWords splits at everything that is neither letter nor digit. An apostrophe splits no word.
func foldWords(s string) []string {
	s = apostrophes.Replace(strings.ToLower(s))
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
