// Package custom reads any HTML or JSON page by selectors, which the vendor's entry in the config has: a Page says
// where everything is, and its Selectors are the Platform that reads it.
package custom

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"vendorwatch/normalize"
)

// The formats of a CustomPage.
const (
	FormatHTML = "html" // selectors are CSS
	FormatJSON = "json" // selectors are JSONPath, as ojg reads it, a leading "$." may be left out
)

// Page says where a page shows what. A selector of an HTML page is CSS, alone for the text of the
// first element that matches or followed by "@" and an attribute for its value: "time@datetime"; "." is the
// place itself and "@data-id" its attribute. Selectors of an incident, of an update and of a component are
// looked up within theirs. docs/custom-pages.md explains each key.
type Page struct {
	Format   string `toml:"format" json:"format,omitempty"`     // FormatHTML, the default, or FormatJSON
	Anchor   string `toml:"anchor" json:"anchor,omitempty"`     // what this page always has, and no other
	Complete bool   `toml:"complete" json:"complete,omitempty"` // the lists have every open incident and component
	// where the document is, from the address of the page; default: the page is the document
	Path string `toml:"path" json:"path,omitempty"`

	Marks   []string `toml:"marks" json:"marks,omitempty"`     // texts that are all in the document
	Require []string `toml:"require" json:"require,omitempty"` // selectors of what the document always has
	Refuse  []string `toml:"refuse" json:"refuse,omitempty"`   // selectors of what it never has

	Indicator string `toml:"indicator" json:"indicator,omitempty"` // word for the state of the whole page
	Headline  string `toml:"headline" json:"headline,omitempty"`   // the page's own sentence for it
	PageName  string `toml:"page_name" json:"page_name,omitempty"`

	List           string `toml:"list" json:"list,omitempty"`   // each match is an incident
	Empty          string `toml:"empty" json:"empty,omitempty"` // what the page shows in place of an empty list
	ID             string `toml:"id" json:"id,omitempty"`
	Link           string `toml:"link" json:"link,omitempty"`
	Title          string `toml:"title" json:"title,omitempty"`
	Kind           string `toml:"kind" json:"kind,omitempty"`
	State          string `toml:"state" json:"state,omitempty"`
	Severity       string `toml:"severity" json:"severity,omitempty"`
	Start          string `toml:"start" json:"start,omitempty"`
	End            string `toml:"end" json:"end,omitempty"`
	ScheduledStart string `toml:"scheduled_start" json:"scheduled_start,omitempty"`
	ScheduledEnd   string `toml:"scheduled_end" json:"scheduled_end,omitempty"`
	// in or above the incident, for times without one
	Date       string `toml:"date" json:"date,omitempty"`
	Components string `toml:"components" json:"components,omitempty"` // each match names an affected component
	// selectors of what each incident has
	ListRequire []string `toml:"list_require" json:"list_require,omitempty"`

	Updates     string `toml:"updates" json:"updates,omitempty"` // each match within an incident is an update
	UpdateID    string `toml:"update_id" json:"update_id,omitempty"`
	UpdateState string `toml:"update_state" json:"update_state,omitempty"`
	UpdateTime  string `toml:"update_time" json:"update_time,omitempty"`
	UpdateBody  string `toml:"update_body" json:"update_body,omitempty"`
	// selectors of what each update has
	UpdateRequire []string `toml:"update_require" json:"update_require,omitempty"`

	ComponentList   string `toml:"component_list" json:"component_list,omitempty"` // each match is a component
	ComponentID     string `toml:"component_id" json:"component_id,omitempty"`
	ComponentName   string `toml:"component_name" json:"component_name,omitempty"`
	ComponentGroup  string `toml:"component_group" json:"component_group,omitempty"` // in the component or above it
	ComponentStatus string `toml:"component_status" json:"component_status,omitempty"`
	// selectors of what each component has
	ComponentRequire []string `toml:"component_require" json:"component_require,omitempty"`

	// by key: a regular expression; its first group counts
	Match map[string]string `toml:"match" json:"match,omitempty"`
	// by key: a regular expression that the text matches; a page where it does not is another one
	Form map[string]string `toml:"form" json:"form,omitempty"`
	// by key: the list that has what the text stands for
	Lookup     map[string]Lookup `toml:"lookup" json:"lookup,omitempty"`
	Kinds      map[string]string `toml:"kinds" json:"kinds,omitempty"` // by the page's word: ours
	States     map[string]string `toml:"states" json:"states,omitempty"`
	Severities map[string]string `toml:"severities" json:"severities,omitempty"`
	Statuses   map[string]string `toml:"statuses" json:"statuses,omitempty"`

	// form of every time: "DD.MM.YYYY HH:mm", or as in Go
	TimeLayout string `toml:"time_layout" json:"time_layout,omitempty"`
	// language of the months and weekdays in times of that form, such as "de"; default English
	TimeLanguage string `toml:"time_language" json:"time_language,omitempty"`
	TimeZone     string `toml:"time_zone" json:"time_zone,omitempty"` // IANA zone of times without one; default UTC
}

// Lookup puts the text of another place in place of an id.
type Lookup struct {
	List string `toml:"list" json:"list"` // each match in the document is an entry
	ID   string `toml:"id" json:"id"`     // the id within an entry
	Take string `toml:"take" json:"take"` // what is put in place of the id, within the same entry
}

// scope is where a selector is looked up.
type scope string

// The scopes of selectors, in the words of Match.Within.
const (
	inPage      scope = "page"
	inIncident  scope = "incident"
	inUpdate    scope = "update"
	inComponent scope = "component"
)

// field is one selector of a CustomPage.
type field struct {
	key, selector string
	within        scope
	list          bool // every match counts, not only the first
}

// fields returns a page's selectors, the empty ones too, in the order of the documentation.
func (p Page) fields() []field {
	return []field{
		{"anchor", p.Anchor, inPage, false},
		{"indicator", p.Indicator, inPage, false},
		{"headline", p.Headline, inPage, false},
		{"page_name", p.PageName, inPage, false},
		{"list", p.List, inPage, true},
		{"empty", p.Empty, inPage, false},
		{"id", p.ID, inIncident, false},
		{"link", p.Link, inIncident, false},
		{"title", p.Title, inIncident, false},
		{"kind", p.Kind, inIncident, false},
		{"state", p.State, inIncident, false},
		{"severity", p.Severity, inIncident, false},
		{"start", p.Start, inIncident, false},
		{"end", p.End, inIncident, false},
		{"scheduled_start", p.ScheduledStart, inIncident, false},
		{"scheduled_end", p.ScheduledEnd, inIncident, false},
		{"date", p.Date, inIncident, false},
		{"components", p.Components, inIncident, true},
		{"updates", p.Updates, inIncident, true},
		{"update_id", p.UpdateID, inUpdate, false},
		{"update_state", p.UpdateState, inUpdate, false},
		{"update_time", p.UpdateTime, inUpdate, false},
		{"update_body", p.UpdateBody, inUpdate, false},
		{"component_list", p.ComponentList, inPage, true},
		{"component_id", p.ComponentID, inComponent, false},
		{"component_name", p.ComponentName, inComponent, false},
		{"component_group", p.ComponentGroup, inComponent, false},
		{"component_status", p.ComponentStatus, inComponent, false},
	}
}

// Selectors are those of a CustomPage, ready for use. They are the Platform of that page, and safe for concurrent use.
type Selectors struct {
	page    Page
	finders map[string]*finder // by key; none for a key that is not set
	words   normalize.Words
	kinds   map[string]normalize.Kind
	layout  string // in the form of package time
	id      string

	required map[scope][]*finder // what a document, an incident, an update and a component must have
	refused  []*finder           // what a document must not have
	lookups  map[string]lookup   // by key
	second   *Selectors          // of a second document of the same page; nil: there is none
	about    file                // of a description in a file, else empty
}

// Page returns what the selectors were made of.
func (s *Selectors) Page() Page { return s.page }

// Fingerprint differs for selectors that may read another thing in the same page.
func (s *Selectors) Fingerprint() string {
	if s == nil {
		return ""
	}
	return s.id
}

// Mistake is something wrong in a CustomPage.
type Mistake struct {
	Key     string // as in config.toml; of a table's entry "states.Fixed"
	Problem string
	Write   string // what to write instead
}

// Compile makes a page's selectors. The selectors are nil if there are mistakes.
func (p Page) Compile() (*Selectors, []Mistake) {
	if p.Format == "" {
		p.Format = FormatHTML
	}
	c := &compiler{page: p, out: &Selectors{page: p, finders: map[string]*finder{}}}
	c.format()
	c.required()
	for _, f := range p.fields() {
		c.field(f)
	}
	c.match()
	c.form()
	c.requirements()
	c.lookups()
	c.places()
	c.commonAnchor()
	c.out.kinds = ourWords(c, "kinds", p.Kinds, normalize.Kinds())
	c.out.words = normalize.Words{
		States:     ourWords(c, "states", p.States, normalize.States()),
		Severities: ourWords(c, "severities", p.Severities, normalize.Severities()),
		Statuses:   ourWords(c, "statuses", p.Statuses, normalize.Statuses()),
	}
	c.times()
	if len(c.mistakes) > 0 {
		return nil, c.mistakes
	}
	text, err := json.Marshal(p)
	if err != nil {
		return nil, []Mistake{{Problem: err.Error()}}
	}
	sum := sha256.Sum256(text)
	c.out.id = hex.EncodeToString(sum[:8])
	return c.out, nil
}

// ourWords checks a table of words and folds the page's. A word as it is written goes before one that is
// folded alike.
func ourWords[V ~string](c *compiler, table string, given map[string]string, known []V) map[string]V {
	out := map[string]V{}
	words := slices.Sorted(maps.Keys(given))
	for _, word := range words {
		v := V(given[word])
		if !slices.Contains(known, v) {
			names := make([]string, len(known))
			for n, k := range known {
				names[n] = string(k)
			}
			c.mistake(
				table+"."+word,
				"\""+given[word]+"\" is none of our words",
				"write one of: "+strings.Join(names, ", "),
			)
		}
		if folded := normalize.Word(word); folded != "" {
			if _, taken := out[folded]; !taken {
				out[folded] = v
			}
		}
	}
	for _, word := range words {
		out[strings.TrimSpace(word)] = V(given[word])
	}
	return out
}
