// Package discover finds vendors of the catalogue in what a company has lying about: a DNS zone, a list of its apps,
// an export of expenses, bookmarks, dependency manifests, Terraform. Nothing leaves the machine. Precision comes before
// recall: a name that is also an English word counts only where a domain or a package says it.
package discover

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
)

// maxLine bounds the bytes of a line: minified files have lines of megabytes.
const maxLine = 8 << 20

// ErrBinary says that a file is no text.
var ErrBinary = errors.New("it is not a text file; export it as CSV or text")

// Kinds of evidence, the strongest first.
const (
	Domain  = "domain"  // a host of the vendor
	Package = "package" // a library of the vendor, in a file that lists dependencies
	Name    = "name"    // the vendor's name, as the whole of a line or of a cell of a table
)

// Hit is one place where a vendor was found.
type Hit struct {
	Kind string `json:"kind"` // Domain, Package or Name
	What string `json:"what"` // the words found: api.stripe.com, @adyen/api-library
	File string `json:"file"`
	Line int    `json:"line"`
}

// Found is a vendor and where it was found.
type Found struct {
	scraper.Entry
	Hits []Hit `json:"hits"`
}

// Finder collects hits over several files.
type Finder struct {
	domains  map[string]int // domain of an entry, by its number in the catalogue
	packages map[string]int
	names    map[string]int
	scopes   map[string]int // every name, as npm writes owners: @sentry
	entries  []scraper.Entry
	hits     map[int][]Hit
}

// New returns a Finder of the vendors of the catalogue.
func New(entries []scraper.Entry) *Finder {
	f := &Finder{domains: map[string]int{}, packages: map[string]int{}, names: map[string]int{},
		scopes: map[string]int{}, entries: entries, hits: map[int][]Hit{}}
	for n, e := range entries {
		for _, d := range e.Domains {
			f.domains[d] = n
		}
		for _, p := range e.Packages {
			f.packages[p] = n
		}
		for _, name := range append([]string{e.Name}, e.Aliases...) {
			if distinct(name) {
				f.names[fold(name)] = n
			}
			f.scopes["@"+fold(name)] = n
		}
	}
	return f
}

// Read looks for vendors in a text. name is the file's, and decides how it is read: a manifest of dependencies is
// searched for packages only, since the addresses in it say where code is kept, and not what the company uses. The
// error wraps ErrBinary for what is no text.
func (f *Finder) Read(name string, r io.Reader) error {
	look := f.text
	if manifest, ok := manifests[strings.ToLower(filepath.Base(name))]; ok {
		look = func(line string) []hit { return f.dependencies(manifest, line) }
	} else if strings.HasSuffix(name, ".tf") {
		look = f.terraform
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if strings.Contains(line, "\x00") {
			return fmt.Errorf("%s:%d: %w", name, n, ErrBinary)
		}
		for _, h := range look(line) {
			f.add(h, name, n)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

type hit struct {
	entry      int
	kind, what string
}

func (f *Finder) add(h hit, file string, line int) {
	place := Hit{Kind: h.kind, What: h.what, File: file, Line: line}
	if !slices.Contains(f.hits[h.entry], place) {
		f.hits[h.entry] = append(f.hits[h.entry], place)
	}
}

// Found returns the vendors, those with the strongest evidence first, then those that were found more often.
func (f *Finder) Found() []Found {
	out := []Found{}
	for n, hits := range f.hits {
		out = append(out, Found{f.entries[n], hits})
	}
	slices.SortFunc(out, func(a, b Found) int {
		if x, y := strength(a), strength(b); x != y {
			return x - y
		}
		if len(a.Hits) != len(b.Hits) {
			return len(b.Hits) - len(a.Hits)
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

func strength(f Found) int {
	order := []string{Domain, Package, Name}
	best := len(order)
	for _, h := range f.Hits {
		best = min(best, slices.Index(order, h.Kind))
	}
	return best
}

var hostForm = lazyregexp.New(`(?i)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+`)

// text finds hosts anywhere, and names that are the whole of a line or of a cell.
func (f *Finder) text(line string) []hit {
	var out []hit
	out = append(out, f.hosts(line)...)
	for _, cell := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;|\t", r) }) {
		cell = strings.Trim(cell, " \"'*-#")
		if n, ok := f.names[company(cell)]; ok {
			out = append(out, hit{n, Name, cell})
		}
	}
	return out
}

// hosts finds the hosts of vendors. That of a mail address says where a person has their mail.
func (f *Finder) hosts(line string) []hit {
	var out []hit
	for _, at := range hostForm.FindAllStringIndex(line, -1) {
		host := strings.ToLower(line[at[0]:at[1]])
		if n, ok := f.hostOf(host); ok && (at[0] == 0 || line[at[0]-1] != '@') {
			out = append(out, hit{n, Domain, host})
		}
	}
	return out
}

// hostOf returns the vendor that has a domain, or one above it.
func (f *Finder) hostOf(host string) (int, bool) {
	for {
		if n, ok := f.domains[host]; ok {
			return n, true
		}
		_, above, more := strings.Cut(host, ".")
		if !more {
			return 0, false
		}
		host = above
	}
}

// manifests are files that list dependencies, and the kinds of packages in them.
var manifests = map[string]string{
	"package.json": "npm", "package-lock.json": "npm", "yarn.lock": "npm", "pnpm-lock.yaml": "npm",
	"requirements.txt": "pypi", "pyproject.toml": "pypi", "pipfile": "pypi", "poetry.lock": "pypi",
	"go.mod": "go", "go.sum": "go", "gemfile": "gem", "gemfile.lock": "gem", "cargo.toml": "cargo",
}

var (
	tokenForm = lazyregexp.New(`[@A-Za-z0-9_][A-Za-z0-9_./-]*`)
	pypiForm  = lazyregexp.New(`[-_.]+`)
)

// dependencies finds the packages of vendors in a line of a manifest.
func (f *Finder) dependencies(kind, line string) []hit {
	if kind == "pypi" || kind == "gem" {
		line, _, _ = strings.Cut(line, "#")
	}
	var out []hit
	for _, token := range tokenForm.FindAllString(line, -1) {
		name := strings.TrimRight(token, "./-")
		if kind == "pypi" { // https://packaging.python.org/en/latest/specifications/name-normalization/
			name = pypiForm.ReplaceAllString(strings.ToLower(name), "-")
		}
		if n, ok := f.packageOf(kind, name); ok {
			out = append(out, hit{n, Package, name})
		}
	}
	return out
}

func (f *Finder) packageOf(kind, name string) (int, bool) {
	if n, ok := f.packages[kind+":"+name]; ok {
		return n, true
	}
	switch kind {
	case "npm": // a scope belongs to one owner: https://docs.npmjs.com/about-scopes
		if scope, _, ok := strings.Cut(name, "/"); ok && strings.HasPrefix(scope, "@") {
			n, known := f.scopes[scope]
			return n, known
		}
	case "go": // a package of a module, or a later major version of it
		for above := name; strings.Contains(above, "/"); above = above[:strings.LastIndex(above, "/")] {
			if n, ok := f.packages["go:"+above]; ok {
				return n, true
			}
		}
	}
	return 0, false
}

var providerForm = lazyregexp.New(
	`^\s*provider\s+"([a-z0-9-]+)"|^\s*(?:source)\s*=\s*"(?:registry\.terraform\.io/)?[a-z0-9-]+/([a-z0-9-]+)"`)

// providers are names of Terraform's providers that are not those of their vendors.
var providers = map[string]string{"google": "gcp", "google-beta": "gcp", "azurerm": "azure"}

// terraform finds the providers that a line of Terraform names (provider "datadog", source = "datadog/datadog"), and
// hosts.
func (f *Finder) terraform(line string) []hit {
	out := f.hosts(line)
	if m := providerForm.FindStringSubmatch(line); m != nil {
		name := m[1] + m[2]
		if n, ok := f.scopes["@"+fold(cmp.Or(providers[name], name))]; ok {
			out = append(out, hit{n, Package, name})
		}
	}
	return out
}
