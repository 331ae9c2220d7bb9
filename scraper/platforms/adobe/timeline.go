package adobe

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/scraper/page"
)

// timeline is what the histories of an event's products say together.
type timeline struct {
	updates  []normalize.RawUpdate
	title    string
	state    string
	impact   string
	over     bool
	findings []normalize.Finding
}

// timeline joins the histories of the products. Posts of the same time, status and text are one.
func (e event) timeline(texts map[string]message) (t timeline) {
	newest := map[string]post{} // by product
	products := slices.Sorted(maps.Keys(e.Products))
	for _, at := range e.times() {
		var said []post
		by := map[post]string{} // the first product that has it
		for _, id := range products {
			p, posted := e.Products[id].History[at]
			if !posted {
				continue
			}
			if p.Severity == "" || normalize.Word(p.Severity) == "none" {
				p.Severity = newest[id].Severity
			}
			newest[id] = p
			if title := texts[p.Title].title(); title != "" {
				t.title = title
			}
			p.Title, p.Severity = "", ""
			if _, there := by[p]; !there {
				by[p] = id
				said = append(said, p)
			}
		}
		t.over = allOver(newest)
		for _, p := range said {
			u := normalize.RawUpdate{ID: at, State: p.Status, Posted: normalize.RawTime{Text: at}}
			if len(said) > 1 {
				u.ID += "/" + by[p]
			}
			if p.over() && !t.over {
				u.State += ofSome
			}
			text, there := texts[p.Message]
			if p.Message != "" && !there {
				t.findings = append(t.findings, normalize.Finding{Field: "updates", Value: p.Message,
					Problem: "the text of the post is not among the messages"})
			}
			u.Body, u.Format = text.HTML, normalize.FormatHTML
			if strings.TrimSpace(u.Body) == "" {
				u.Body, u.Format = text.Text, normalize.FormatText
			}
			t.updates = append(t.updates, u)
		}
	}
	t.state, t.impact = standing(newest, t.over)
	return t
}

// standing returns the state of an event and its severest impact. While the event goes on for some products, those for
// which it is over do not count.
func standing(newest map[string]post, over bool) (state, impact string) {
	words := Platform{}.Words()
	rank := func(word string) int {
		severity, _ := words.Severity(word)
		return severity.Rank()
	}
	for _, id := range slices.Sorted(maps.Keys(newest)) {
		p := newest[id]
		if p.over() && !over {
			continue
		}
		state = cmp.Or(state, p.Status)
		if p.Severity != "" && (impact == "" || rank(p.Severity) > rank(impact)) {
			impact = p.Severity
		}
	}
	return state, impact
}

// over reports whether the post ends the event for its product.
func (p post) over() bool {
	state, _ := Platform{}.Words().State(p.Status)
	return state == normalize.StateResolved
}

func allOver(newest map[string]post) bool {
	for _, p := range newest {
		if !p.over() {
			return false
		}
	}
	return len(newest) > 0
}

// times returns the times of all posts, oldest first. They have nine digits or ten.
func (e event) times() []string {
	set := map[string]bool{}
	for _, p := range e.Products {
		for at := range p.History {
			set[at] = true
		}
	}
	return slices.SortedFunc(maps.Keys(set), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}

// title returns a message as the title of an event.
func (m message) title() string {
	return page.OneLine(cmp.Or(strings.TrimSpace(m.Text), page.Visible(m.HTML)))
}
