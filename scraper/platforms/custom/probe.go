package custom

import (
	"encoding/json"

	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Match is what one selector finds in a page.
type Match struct {
	Key      string   `json:"key"`      // in [vendor.page]
	Selector string   `json:"selector"` // as it is written
	Within   string   `json:"within"`   // where it is looked up: page, or each incident, update or component
	Places   int      `json:"places"`   // how many of these there are
	Matched  int      `json:"matched"`  // in how many of them it matches
	Count    int      `json:"count"`    // how often it matches in all
	First    []string `json:"first"`    // what the first matches give; "" where they match and give nothing
}

// firstMatches is how many matches Probe quotes, and quoted how long each may be.
const (
	firstMatches = 3
	quoted       = 80
)

// Probe looks up each selector that is set on a page, whatever page it is. The error says why the page cannot be
// looked into at all, and wraps ErrShape. Keys of a second document begin with "second.".
func (s *Selectors) Probe(p page.Page) ([]Match, error) {
	if doc := s.of(scraper.Source{}, p); doc != s {
		found, err := doc.Probe(p)
		for n := range found {
			found[n].Key = "second." + found[n].Key
		}
		return found, err
	}
	body := page.Body(p)
	root, err := parseNode(s.page.Format, body)
	if err != nil || len(body) == 0 {
		return nil, page.Unexpected(p, "a page in the format "+s.page.Format)
	}
	r, err := newReading(s, scraper.Source{}, p)
	if err != nil {
		// Without its anchor the page is not read, and yet what the other selectors find tells why.
		r = &reading{Selectors: s, root: root, entries: map[string]map[string]string{}}
		r.number()
	}
	root = r.root
	places := map[scope][]node{
		inPage:      {root},
		inIncident:  s.finders["list"].all(root),
		inComponent: s.finders["component_list"].all(root),
	}
	for _, at := range places[inIncident] {
		places[inUpdate] = append(places[inUpdate], s.finders["updates"].all(at)...)
	}
	var out []Match
	for _, f := range s.page.fields() {
		if s.finders[f.key] != nil {
			out = append(out, r.probe(f, s.finders[f.key], places[f.within]))
		}
	}
	return append(out, r.probeRequirements(places)...), nil
}

// probe looks up one selector at its places.
func (r *reading) probe(f field, finder *finder, places []node) Match {
	m := Match{Key: f.key, Selector: f.selector, Within: string(f.within), Places: len(places), First: []string{}}
	for _, at := range places {
		found := finder.all(at)
		if f.within == inPage && len(found) == 0 && finder.there(at) {
			m.Matched, m.Count = 1, 1 // an empty list is there all the same
		}
		var texts []string
		for _, n := range found {
			text := excerpt(finder, f, n)
			if _, looked := r.lookups[f.key]; looked {
				text = page.Clip(r.meant(f.key, finder.of(n)), quoted)
			}
			texts = append(texts, text)
		}
		if above := r.above(f.key, at); len(found) == 0 && above != "" &&
			(f.key == "date" || f.key == "component_group") {
			texts = append(texts, above)
		}
		if len(texts) > 0 {
			m.Matched++
		}
		m.Count += len(texts)
		m.First = append(m.First, texts[:min(len(texts), firstMatches-len(m.First))]...)
	}
	return m
}

// probeRequirements looks up what must be there, and what must not.
func (r *reading) probeRequirements(places map[scope][]node) []Match {
	var out []Match
	for _, of := range []struct {
		key     string
		finders []*finder
		within  scope
	}{
		{"require", r.required[inPage], inPage}, {"refuse", r.refused, inPage},
		{"list_require", r.required[inIncident], inIncident}, {"update_require", r.required[inUpdate], inUpdate},
		{"component_require", r.required[inComponent], inComponent},
	} {
		for _, f := range of.finders {
			out = append(out, r.probe(field{key: of.key, selector: f.text, within: of.within}, f, places[of.within]))
		}
	}
	return out
}

// excerpt is what a match gives, shortened; of one that is a place to look into, the text it holds.
func excerpt(f *finder, as field, n node) string {
	text := f.of(n)
	switch {
	case text != "" || as.within != inPage && as.key != "updates":
	case n.element != nil:
		text = shownText(n.element)
	default:
		if b, err := json.Marshal(n.value); err == nil {
			text = string(b)
		}
	}
	return page.Clip(text, quoted)
}
