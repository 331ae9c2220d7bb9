package custom

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
)

// File is a description of a page in a file of its own, which vendors name as their platform.
type File struct {
	Name      string   `toml:"name"`       // of the product, or of the vendor whose page it is
	History   string   `toml:"history"`    // how far back the page tells
	Address   string   `toml:"address"`    // what to configure; default: the status page's address
	KnownFrom string   `toml:"known_from"` // "documents", "bytes", or "bytes and documents"
	Document  string   `toml:"document"`   // kind of the first document, as it is stored with what it said
	Want      string   `toml:"want"`       // what the document is, for the message that refuses another one
	Home      []string `toml:"home"`       // texts that are all in the HTML page which leads to the document

	Page   Page `toml:"page"`
	Second Page `toml:"second"` // a second document; without an anchor there is none
}

// file is what Selectors know of the file that describes them.
type file struct {
	File
	builtIn bool
}

var nameForm = lazyregexp.New(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Compile makes the selectors of a description, with a name that vendors give as their platform. The selectors are nil
// if there are mistakes.
func (f File) Compile(name string) (*Selectors, []Mistake) {
	var mistakes []Mistake
	mistake := func(key, problem, write string) { mistakes = append(mistakes, Mistake{key, problem, write}) }
	if !nameForm.MatchString(name) {
		mistake("", fmt.Sprintf("%q is no name of a platform: it is made of a-z, 0-9 and single dashes", name),
			"rename the file, for example to lanternpost.toml")
	}
	if strings.TrimSpace(f.Name) == "" {
		mistake("name", "it is missing: whose page it is", `write for example name = "Lanternpost"`)
	}
	if f.KnownFrom != "" && !slices.Contains(evidence, scraper.Evidence(f.KnownFrom)) {
		mistake("known_from", fmt.Sprintf("%q says nothing of where the page is known from", f.KnownFrom),
			`write "documents", "bytes" or "bytes and documents"`)
	}
	if len(f.Home) > 0 && f.Page.Path == "" {
		mistake("home", "the page that it is found in leads to the document at page.path, which is missing",
			"write page.path, or remove home")
	}
	for n, mark := range f.Home {
		if strings.TrimSpace(mark) == "" {
			mistake(fmt.Sprintf("home[%d]", n), "it is empty, and in every page",
				"write a text that only this page has")
		}
	}
	first, wrong := f.Page.Compile()
	for _, m := range wrong {
		mistake("page."+m.Key, m.Problem, m.Write)
	}
	var second *Selectors
	if !f.Second.empty() {
		second, wrong = f.Second.Compile()
		for _, m := range wrong {
			mistake("second."+m.Key, m.Problem, m.Write)
		}
		if f.Second.Path == f.Page.Path {
			mistake("second.path", "it is that of the first document", "write where the second document is")
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	first.about = file{File: f}
	if second != nil {
		second.about = file{File: File{Document: secondDocument, Want: f.Want}}
		first.join(second)
	}
	return first, nil
}

// evidence is where a page may be known from.
var evidence = []scraper.Evidence{scraper.FromDocuments, scraper.FromBytes, scraper.FromBoth}

func (p Page) empty() bool {
	return p.Anchor == "" && p.List == "" && p.ComponentList == "" && p.Path == ""
}

// join makes one platform of two documents. What both say of words counts for both, the first where they differ.
func (s *Selectors) join(second *Selectors) {
	s.second = second
	s.words.States = merged(second.words.States, s.words.States)
	s.words.Severities = merged(second.words.Severities, s.words.Severities)
	s.words.Statuses = merged(second.words.Statuses, s.words.Statuses)
	second.words = s.words
	s.id += second.id
	second.id = s.id
}

func merged[V any](first, over map[string]V) map[string]V {
	out := maps.Clone(first)
	maps.Copy(out, over)
	return out
}

// BuiltIn reads a description that is part of the program, which is no place for mistakes.
func BuiltIn(name string, data []byte) *Selectors {
	var f File
	d := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		panic(fmt.Sprintf("description %s: %v", name, err))
	}
	s, mistakes := f.Compile(name)
	if len(mistakes) > 0 {
		panic(fmt.Sprintf("description %s: %+v", name, mistakes))
	}
	s.about.builtIn = true
	if s.second != nil {
		s.second.about.builtIn = true
	}
	return s
}

// described says what is read by a description in a file.
func (s *Selectors) described() scraper.Description {
	d := scraper.Description{
		Name: s.about.Name, History: s.about.History, Source: scraper.Evidence(s.about.KnownFrom),
		Address: s.about.Address,
	}
	has := map[string]bool{}
	for _, doc := range []*Selectors{s, s.second} {
		if doc == nil {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(doc.page.Path, "/"), "?")
		if name == "" {
			name = "the page itself"
		}
		d.Documents = append(d.Documents, name)
		for field, selector := range map[string]string{
			"url": doc.page.Link, "state": doc.page.State, "severity": doc.page.Severity, "started_at": doc.page.Start,
			"resolved_at": doc.page.End, "scheduled_start_at": doc.page.ScheduledStart,
			"scheduled_end_at": doc.page.ScheduledEnd, "updates": doc.page.Updates, "affected": doc.page.Components,
			"components": doc.page.ComponentList,
		} {
			has[field] = has[field] || selector != ""
		}
	}
	for _, field := range scraper.Fields() {
		if has[field] {
			d.Fields = append(d.Fields, field)
		}
	}
	return d
}
