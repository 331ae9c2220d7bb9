package feed

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// What the date of an item is, in Speech.Date.
const (
	DateStart  = "start"  // when it began, whatever is posted later
	DateLatest = "latest" // when its last word was posted
)

// Speech says how a feed speaks, where its own words do not tell. Patterns are regular expressions, which find text in
// any case; docs/feeds.md explains each key.
type Speech struct {
	Date       string            `toml:"date" json:"date,omitempty"`
	States     map[string]string `toml:"states" json:"states,omitempty"` // by pattern: our word
	Kinds      map[string]string `toml:"kinds" json:"kinds,omitempty"`
	Severities map[string]string `toml:"severities" json:"severities,omitempty"`
	State      string            `toml:"state" json:"state,omitempty"` // of items that say nothing of it
	Kind       string            `toml:"kind" json:"kind,omitempty"`
	Severity   string            `toml:"severity" json:"severity,omitempty"`
}

// Mistake is something wrong in a Speech.
type Mistake struct {
	Key     string // as in config.toml; of a table's entry "states.Fixed"
	Problem string
	Write   string // what to write instead
}

// Dialect is a Speech, ready for use. It is the Platform that reads such a feed, and safe for concurrent use.
type Dialect struct {
	Platform
	speech                    Speech
	states, kinds, severities []pattern
	id                        string
}

// pattern is what an item may say, and what that means.
type pattern struct {
	expression *regexp.Regexp
	means      string
}

// Compile makes the dialect of a speech. It is nil if there are mistakes.
func (s Speech) Compile() (*Dialect, []Mistake) {
	d := &Dialect{speech: s}
	var mistakes []Mistake
	if s.Date != "" && s.Date != DateStart && s.Date != DateLatest {
		mistakes = append(mistakes, Mistake{"date", fmt.Sprintf("%q is nothing that a date can be", s.Date),
			`write "start" if it is when an incident began, or "latest" if it moves with every post`})
	}
	d.states = patterns(&mistakes, "states", s.States, normalize.States())
	d.kinds = patterns(&mistakes, "kinds", s.Kinds, normalize.Kinds())
	d.severities = patterns(&mistakes, "severities", s.Severities, normalize.Severities())
	oneOf(&mistakes, "state", s.State, normalize.States())
	oneOf(&mistakes, "kind", s.Kind, normalize.Kinds())
	oneOf(&mistakes, "severity", s.Severity, normalize.Severities())
	if s.Date+s.State+s.Kind+s.Severity == "" && len(s.States)+len(s.Kinds)+len(s.Severities) == 0 {
		mistakes = append(mistakes, Mistake{"", "it says nothing about the feed",
			`write for example states = { "all systems are back" = "resolved" }, or remove the table`})
	}
	text, err := json.Marshal(s)
	if err != nil {
		mistakes = append(mistakes, Mistake{Problem: err.Error()})
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	sum := sha256.Sum256(text)
	d.id = hex.EncodeToString(sum[:8])
	return d, nil
}

// oneOf notes a word that is not ours.
func oneOf[V ~string](mistakes *[]Mistake, key, word string, known []V) {
	if word == "" || slices.Contains(known, V(word)) {
		return
	}
	names := make([]string, len(known))
	for n, k := range known {
		names[n] = string(k)
	}
	*mistakes = append(*mistakes, Mistake{key, fmt.Sprintf("%q is none of our words", word),
		"write one of: " + strings.Join(names, ", ")})
}

func patterns[V ~string](mistakes *[]Mistake, table string, given map[string]string, known []V) []pattern {
	var out []pattern
	for _, text := range slices.Sorted(maps.Keys(given)) {
		key := table + "." + text
		oneOf(mistakes, key, given[text], known)
		expression, err := regexp.Compile("(?im)" + text)
		switch {
		case err != nil:
			problem := strings.ReplaceAll(err.Error(), "(?im)", "")
			*mistakes = append(*mistakes, Mistake{key, fmt.Sprintf("%q is no regular expression: %s", text, problem),
				`write for example "back to normal|works again", and \ before . ( ) [ ] * + ? meant as such`})
		case expression.MatchString(""):
			*mistakes = append(*mistakes, Mistake{key, fmt.Sprintf("%q is found in every text", text),
				`write words that only such an item has; for all other items there is state, kind and severity`})
		default:
			out = append(out, pattern{expression, given[text]})
		}
	}
	return out
}

// Fingerprint differs for dialects that may read another thing in the same feed.
func (d *Dialect) Fingerprint() string { return d.id }

// Words adds what a dialect may say of an item although nobody knows it.
func (d *Dialect) Words() normalize.Words {
	words := d.Platform.Words()
	words.States["unknown"] = normalize.StateUnknown
	words.Severities["unknown"] = normalize.SeverityUnknown
	return words
}

// Parse reads the feed as Platform does, and each item as the dialect says.
func (d *Dialect) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	return read(p, d.hear)
}

// hear gives what was read of an item the meaning that the dialect has for it.
func (d *Dialect) hear(raw *normalize.Raw, item *gofeed.Item) {
	raw.ReadBy = d.id
	places := []string{raw.Title, strings.Join(item.Categories, "\n"), page.BodyLines(item)}
	raw.Impact = cmp.Or(find(d.severities, places), raw.Impact, d.speech.Severity)
	raw.Kind = cmp.Or(find(d.kinds, places), raw.Kind, d.speech.Kind)
	d.date(raw, item)
	timeline := page.IsTimeline(item)
	for n := range raw.Updates {
		if u := &raw.Updates[n]; timeline {
			u.State = cmp.Or(find(d.states, []string{u.State, page.Visible(u.Body)}), u.State)
		}
	}
	state := find(d.states, places[:2])
	if !timeline {
		state = cmp.Or(find(d.states, places), raw.State, d.speech.State)
	}
	if state == "" {
		return
	}
	raw.State = state
	if len(raw.Updates) == 0 && !timeline {
		at := cmp.Or(raw.Updated, raw.Created)
		raw.Updates = []normalize.RawUpdate{{Posted: at}}
	}
	if n := len(raw.Updates); n > 0 && !timeline {
		raw.Updates[n-1].State = state
	}
}

// find returns the meaning of the pattern that is found in the first place that has one. In a place with several it
// is the one that ends last, as what is said last counts; of two that end there, the one that takes in more.
func find(patterns []pattern, places []string) string {
	for _, text := range places {
		means, from, to := "", 0, -1
		for _, p := range patterns {
			for _, at := range p.expression.FindAllStringIndex(text, -1) {
				if at[1] > to || at[1] == to && at[0] < from {
					means, from, to = p.means, at[0], at[1]
				}
			}
		}
		if means != "" {
			return means
		}
	}
	return ""
}

// date puts the item's date where it belongs.
func (d *Dialect) date(raw *normalize.Raw, item *gofeed.Item) {
	began := normalize.RawTime{Text: strings.TrimSpace(cmp.Or(item.Published, item.Updated))}
	last := normalize.RawTime{Text: strings.TrimSpace(cmp.Or(item.Updated, item.Published))}
	if began.IsZero() || page.IsTimeline(item) {
		return
	}
	switch d.speech.Date {
	case DateStart:
		raw.Started, raw.Created, raw.Updated = began, began, normalize.RawTime{}
		if raw.Kind == string(normalize.KindMaintenance) && raw.ScheduledStart.IsZero() {
			raw.ScheduledStart = began
		}
		last = began
	case DateLatest:
		raw.Started, raw.Created, raw.Updated = normalize.RawTime{}, normalize.RawTime{}, last
	default:
		return
	}
	for n := range raw.Updates {
		raw.Updates[n].Posted = last
	}
}
