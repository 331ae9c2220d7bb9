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
// looked into at all, and wraps ErrShape.
func (s *Selectors) Probe(p page.Page) ([]Match, error) {
	body := page.Body(p)
	root, err := parseNode(s.page.Format, body)
	if err != nil || len(body) == 0 {
		return nil, page.Unexpected(p, "a page in the format "+s.page.Format)
	}
	r, err := newReading(s, scraper.Source{}, p)
	if err != nil {
		// Without its anchor the page is not read, and yet what the other selectors find tells why.
		r = &reading{Selectors: s, root: root}
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
		finder := s.finders[f.key]
		if finder == nil {
			continue
		}
		m := Match{
			Key:      f.key,
			Selector: f.selector,
			Within:   string(f.within),
			Places:   len(places[f.within]),
			First:    []string{},
		}
		for _, at := range places[f.within] {
			found := finder.all(at)
			if f.key == "anchor" && len(found) == 0 && finder.there(at) {
				m.Matched, m.Count = 1, 1 // an empty list is an anchor all the same
			}
			var texts []string
			for _, n := range found {
				texts = append(texts, excerpt(finder, f, n))
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
		out = append(out, m)
	}
	return out, nil
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
