package custom

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
	"vendorwatch/scraper/platforms/slack"
)

// compiled returns the selectors of a page that has no mistakes.
// selectorsOf makes the selectors of a golden case.
func selectorsOf(t testing.TB, c *platformtest.Case) *Selectors {
	t.Helper()
	var p Page
	c.DecodePage(t, &p)
	return compiled(t, p)
}

func compiled(t testing.TB, p Page) *Selectors {
	t.Helper()
	s, mistakes := p.Compile()
	if len(mistakes) > 0 {
		t.Fatalf("mistakes: %+v", mistakes)
	}
	return s
}

func TestCompileFindsMistakes(t *testing.T) {
	good := Page{Anchor: "#status", List: ".incident", Title: "h3"}
	for what, c := range map[string]struct {
		page Page
		want []string // "key: a part of the problem"
	}{
		"nothing at all": {Page{}, []string{"anchor: it is missing", "list: it is missing"}},
		"another format": {Page{Format: "xml", Anchor: "#s", List: "li", Title: "b"},
			[]string{`format: "xml" is no format`}},
		"no CSS": {Page{Anchor: "#status", List: "li[", Title: "b"},
			[]string{`list: "li[" cannot be read`}},
		"no path": {Page{Format: "json", Anchor: "incidents", List: "incidents[*", Title: "name"},
			[]string{`list: "incidents[*" cannot be read`}},
		"the body as anchor": {Page{Anchor: "body", List: "li", Title: "b"},
			[]string{`anchor: "body" is on other pages too`}},
		"a heading as anchor": {Page{Anchor: "h1", List: "li", Title: "b"},
			[]string{`anchor: "h1" is on other pages too`}},
		"the JSON as anchor": {Page{Format: "json", Anchor: "$", List: "a", Title: "b"},
			[]string{`anchor: "$" is the whole page`}},
		"any key as anchor": {Page{Format: "json", Anchor: "$.*", List: "a", Title: "b"},
			[]string{`anchor: "$.*" is on other pages too`}},
		"an error's key": {Page{Format: "json", Anchor: "status", List: "a", Title: "b"},
			[]string{`anchor: "status" is on other pages too`}},
		"no title": {Page{Anchor: "#status", List: "li"}, []string{"title: it is missing"}},
		"no name": {Page{Anchor: "#status", ComponentList: "li"},
			[]string{"component_name: it is missing"}},
		"an update of nothing": {Page{Anchor: "#status", List: "li", Title: "b", UpdateBody: "p"},
			[]string{"update_body: it is looked up within each match of updates"}},
		"nothing of an update": {Page{Anchor: "#status", List: "li", Title: "b", Updates: "p"},
			[]string{"updates: nothing within an update"}},
		"a word that is not us": {with(good,
			func(p *Page) { p.State, p.States = "i", map[string]string{"Fixed": "done"} }),
			[]string{`states.Fixed: "done" is none of our words`}},
		"a form of no time": {with(good, func(p *Page) { p.TimeLayout = "whenever" }),
			[]string{`time_layout: "whenever" is no form of a time`}},
		"a language nobody knows": {with(good, func(p *Page) { p.TimeLayout, p.TimeLanguage = "D. MMMM YYYY", "xx" }),
			[]string{`time_language: the names of months in the language "xx" are not known`}},
		"a language of no layout": {with(good, func(p *Page) { p.TimeLanguage = "de" }),
			[]string{"time_language: it is the language of time_layout, which is missing"}},
		"a zone of nowhere": {with(good, func(p *Page) { p.TimeZone = "Local" }),
			[]string{`time_zone: "Local" is not a time zone`}},
		"a match of no key": {with(good, func(p *Page) { p.Match = map[string]string{"begin": "x"} }),
			[]string{"match.begin: there is no selector of that name"}},
		"a match of no text": {with(good, func(p *Page) { p.Match = map[string]string{"start": "x"} }),
			[]string{"match.start: start selects no text"}},
		"a broken match": {with(good, func(p *Page) { p.Match = map[string]string{"title": "("} }),
			[]string{`match.title: "(" is no regular expression`}},
	} {
		s, mistakes := c.page.Compile()
		if s != nil || len(mistakes) != len(c.want) {
			t.Errorf("%s: mistakes %+v, want %q", what, mistakes, c.want)
			continue
		}
		for n, m := range mistakes {
			if got := m.Key + ": " + m.Problem; !strings.HasPrefix(got, c.want[n]) || m.Write == "" {
				t.Errorf("%s: %q (%q), want %q and what to write", what, got, m.Write, c.want[n])
			}
		}
	}
	compiled(t, good)
}

func with(p Page, change func(*Page)) Page {
	change(&p)
	return p
}

func TestFriendlyLayouts(t *testing.T) {
	for friendly, want := range map[string]string{
		"DD.MM.YYYY HH:mm":            "02.01.2006 15:04",
		"D. MMMM YYYY 'um' HH:mm ZZZ": "2. January 2006 um 15:04 MST",
		"MMM D, YYYY h:mm A":          "Jan 2, 2006 3:04 PM",
		"dddd DD/MM/YY":               "Monday 02/01/06",
		"YYYY-MM-DDTHH:mm:ssZ":        "2006-01-02T15:04:05Z07:00",
		"Jan 2, 2006 3:04 PM":         "Jan 2, 2006 3:04 PM",
		"02.01.2006":                  "02.01.2006",
		"15:04":                       "15:04",
	} {
		if got := goLayout(friendly); got != want {
			t.Errorf("goLayout(%q) = %q, want %q", friendly, got, want)
		}
	}
}

const twoItems = `<!DOCTYPE html><html><body><div id="status">
<div class="item" data-id="a"><a href="/x">One</a><time datetime="2026-11-02T10:00:00Z">today</time></div>
<div class="item" data-id="b"><a href="/x">Two</a></div></div></body></html>`

// TestSelectorsOfHTML holds what each form of a selector gives.
func TestSelectorsOfHTML(t *testing.T) {
	page := page.Page{URL: "https://status.acme.example/", Body: []byte(twoItems)}
	for selector, want := range map[string][]string{
		"a": {"One", "Two"}, ".": {"Onetoday", "Two"}, "@data-id": {"a", "b"},
		"time@datetime":  {"2026-11-02T10:00:00Z"},
		"time @datetime": {"2026-11-02T10:00:00Z"}, "time, a": {"One", "Two"}, "b": {}, "@data-none": {},
	} {
		s := compiled(t, Page{Anchor: "#status", List: ".item", Title: "a", State: selector})
		matches, err := s.Probe(page)
		if err != nil {
			t.Fatal(err)
		}
		n := slices.IndexFunc(matches, func(m Match) bool { return m.Key == "state" })
		got := matches[n].First
		if selector == "time, a" {
			got = []string{got[0], got[2]}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", selector, diff)
		}
	}
}

// TestLinksThatAreNobodysOwn holds that incidents which lead to one page stay two.
func TestLinksThatAreNobodysOwn(t *testing.T) {
	for link, want := range map[string]int{"a@href": 2, "": 2} {
		s := compiled(t, Page{Anchor: "#status", List: ".item", Title: "a", Link: link})
		res, err := s.Parse(scraper.Source{URL: "https://status.acme.example"},
			page.Page{URL: "https://status.acme.example/", Body: []byte(twoItems)})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := normalize.Incidents(res.Incidents, normalize.Words{}); len(got) != want {
			t.Errorf("link %q: %d incidents", link, len(got))
		}
	}
}

// TestCompleteIsWhatThePersonSays holds that nothing is concluded from an absence unless the description says so.
func TestCompleteIsWhatThePersonSays(t *testing.T) {
	for _, complete := range []bool{false, true} {
		for _, cut := range []bool{false, true} {
			body := twoItems
			if cut {
				body = strings.TrimSuffix(body, "</body></html>")
			}
			s := compiled(t, Page{Anchor: "#status", Complete: complete, List: ".item", Title: "a"})
			res, err := s.Parse(scraper.Source{}, page.Page{Body: []byte(body)})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := res.Coverage, (scraper.Coverage{Open: complete && !cut}); got != want {
				t.Errorf("complete %t, cut %t: coverage %+v, want %+v", complete, cut, got, want)
			}
		}
	}
}

// TestEmptyListNeedsItsAnchor holds that no incidents are read only from a page that is there, and whole.
func TestEmptyListNeedsItsAnchor(t *testing.T) {
	doc := Page{Anchor: "#status", Complete: true, List: ".item", Title: "a"}
	for body, ok := range map[string]bool{
		`<html><body><div id="status"></div></body></html>`: true,
		`<html><body><div id="state"></div></body></html>`:  false,
		`<html><body><div id="status"></div>`:               false,
		`<div id="status"></div>`:                           true,
		``:                                                  false,
	} {
		res, err := compiled(t, doc).Parse(scraper.Source{}, page.Page{Body: []byte(body)})
		if ok != (err == nil) || ok != res.Coverage.Open || err != nil && !errors.Is(err, page.ErrShape) {
			t.Errorf("%s: %+v, %v", body, res, err)
		}
	}
}

// TestOtherSelectorsReadThePageAgain holds that a page which has not changed is parsed once for each set of selectors.
func TestOtherSelectorsReadThePageAgain(t *testing.T) {
	doc := Page{Anchor: "#status", List: ".item", Title: "a"}
	docs := map[string]scraper.Document{}
	scrapeAs := func(p *Page) scraper.Outcome {
		t.Helper()
		s := scraper.Source{Name: "acme", URL: "https://status.acme.example"}
		var platform scraper.Platform = slack.Platform{}
		if p != nil {
			platform = compiled(t, *p)
		}
		f := validated{page: page.Page{URL: s.URL, Body: []byte(twoItems), ETag: `"1"`}}
		out, err := scraper.Scrape(t.Context(), f, platform, s, docs)
		if p == nil {
			return out // another platform cannot read it, but must have been given the page
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range out.Documents {
			docs[d.URL] = d
		}
		return out
	}
	for n, step := range []struct {
		change func(*Page)
		Parsed int
	}{
		{func(*Page) {}, 1},
		{func(*Page) {}, 0},
		{func(p *Page) { p.Title = "time" }, 1},
		{func(*Page) {}, 0},
		{func(p *Page) { p.States = map[string]string{"x": "resolved"} }, 1},
		{func(*Page) {}, 0},
	} {
		step.change(&doc)
		out := scrapeAs(&doc)
		if out.Parsed != step.Parsed || out.Unchanged != (step.Parsed == 0) {
			t.Errorf("step %d: parsed %d, unchanged %t", n, out.Parsed, out.Unchanged)
		}
	}
	if out := scrapeAs(nil); out.Unchanged {
		t.Error("another platform takes the page for unchanged")
	}
}

// validated serves one page, and 304 to who has it.
type validated struct{ page page.Page }

func (v validated) Fetch(_ context.Context, r scraper.Request) (page.Page, error) {
	if r.ETag == v.page.ETag {
		return page.Page{URL: r.URL, Status: 304, NotModified: true}, nil
	}
	return v.page, nil
}

// TestNobodysWordsAreGuessed holds that a page's own words go before those that everyone uses.
func TestNobodysWordsAreGuessed(t *testing.T) {
	s := compiled(t, Page{
		Anchor: "#status", List: ".item", Title: "a",
		States: map[string]string{"Fixed": "monitoring", "●": "resolved", "All done!": "resolved",
			"all-done": "completed"},
	})
	words := s.Words()
	for word, want := range map[string]normalize.State{
		"Fixed": normalize.StateMonitoring, "FIXED": normalize.StateMonitoring, "●": normalize.StateResolved,
		"All done!": normalize.StateResolved, "all-done": normalize.StateCompleted,
	} {
		incidents, _ := normalize.Incidents([]normalize.Raw{{Title: "x", State: word}}, words)
		if got := incidents[0].State; got != want {
			t.Errorf("%q means %s, want %s", word, got, want)
		}
	}
}

// FuzzParse reads any page by the selectors of every golden case.
func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, scraper.Custom)
	var all []*Selectors
	for _, dir := range platformtest.CaseDirs(f)[scraper.Custom] {
		all = append(all, selectorsOf(f, platformtest.ReadCase(f, scraper.Custom, dir)))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, s := range all {
			p := page.Page{URL: "https://status.acme.example", Body: body}
			res, err := s.Parse(scraper.Source{}, p)
			if err != nil && (!errors.Is(err, page.ErrShape) || len(res.Incidents) > 0) {
				t.Fatalf("%d incidents, error %v", len(res.Incidents), err)
			}
			for _, raw := range res.Incidents {
				platformtest.CheckUpdatesKept(t, raw, s.words)
			}
			if _, err := s.Probe(p); err != nil && !errors.Is(err, page.ErrShape) {
				t.Errorf("Probe: %v", err)
			}
		}
	})
}

// FuzzSelectors makes selectors of any text, and lets those that are none be told.
func FuzzSelectors(f *testing.F) {
	for _, p := range []Page{{Format: FormatHTML}, {Format: FormatJSON}} {
		for _, s := range []string{"", ".", "@", "a@b", ".a > b", "$..x", "$[?@.a == 1]", "a[*].b", "[0:1:2]",
			"$.a[?length(@) > 1]", "$.a[?match(@.b, '(')]"} {
			f.Add(p.Format, s, "(x", "HH:mm")
		}
	}
	f.Fuzz(func(t *testing.T, format, selector, match, layout string) {
		p := Page{Format: format, Anchor: selector, List: selector, Title: selector, State: selector,
			Match: map[string]string{"title": match}, TimeLayout: layout}
		s, mistakes := p.Compile()
		if (s == nil) != (len(mistakes) > 0) {
			t.Fatalf("selectors %v, mistakes %+v", s, mistakes)
		}
		if s == nil {
			return
		}
		for _, body := range []string{twoItems, anyJSON, `[[1,"a",{"b":[null,true]}]]`} {
			if _, err := s.Parse(scraper.Source{}, page.Page{Body: []byte(body)}); err != nil && !errors.Is(err,
				page.ErrShape) {
				t.Errorf("Parse: %v", err)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, dir := range platformtest.CaseDirs(b)[scraper.Custom] {
		c := platformtest.ReadCase(b, scraper.Custom, dir)
		selectors := selectorsOf(b, c)
		for url := range c.Pages {
			page, err := c.Page(url)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprint(filepath.Base(dir)), func(b *testing.B) {
				for b.Loop() {
					// A page that is refused is read as far as the others.
					_, _ = selectors.Parse(c.Reading(), page)
				}
			})
		}
	}
}

// TestProbeTellsWhatEachSelectorFinds holds counts and quotes, above a place too, and where there is nothing.
func TestProbeTellsWhatEachSelectorFinds(t *testing.T) {
	s := compiled(t, Page{
		Anchor: "#status", List: ".item", Title: "a", State: ".badge", Updates: ".log", UpdateBody: "p",
		ComponentList: ".part", ComponentName: "b", ComponentGroup: "h2",
	})
	body := strings.Replace(twoItems, "</body>", `<h2>North</h2><p class="part"><b>Pier</b></p></body>`, 1)
	for what, body := range map[string]string{"a page": body, "a page without its anchor": strings.Replace(body,
		`id="status"`, "", 1)} {
		got, err := s.Probe(page.Page{Body: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		anchor := Match{Key: "anchor", Selector: "#status", Within: "page", Places: 1, Matched: 1, Count: 1,
			First: []string{"Onetoday Two"}}
		if what != "a page" {
			anchor.Matched, anchor.Count, anchor.First = 0, 0, []string{}
		}
		want := []Match{
			anchor,
			{Key: "list", Selector: ".item", Within: "page", Places: 1, Matched: 1, Count: 2,
				First: []string{"Onetoday", "Two"}},
			{Key: "title", Selector: "a", Within: "incident", Places: 2, Matched: 2, Count: 2, First: []string{"One",
				"Two"}},
			{Key: "state", Selector: ".badge", Within: "incident", Places: 2, First: []string{}},
			{Key: "updates", Selector: ".log", Within: "incident", Places: 2, First: []string{}},
			{Key: "update_body", Selector: "p", Within: "update", First: []string{}},
			{Key: "component_list", Selector: ".part", Within: "page", Places: 1, Matched: 1, Count: 1,
				First: []string{"Pier"}},
			{Key: "component_name", Selector: "b", Within: "component", Places: 1, Matched: 1, Count: 1,
				First: []string{"Pier"}},
			{Key: "component_group", Selector: "h2", Within: "component", Places: 1, Matched: 1, Count: 1,
				First: []string{"North"}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	if _, err := compiled(t, Page{Format: FormatJSON, Anchor: "board", List: "board",
		Title: "a"}).Probe(page.Page{Body: []byte(twoItems)}); !errors.Is(err, page.ErrShape) {
		t.Errorf("HTML is looked into as JSON: %v", err)
	}
}

// TestYearsThatAreNotPrinted holds that what has begun lies in the past, and what is planned may not.
func TestYearsThatAreNotPrinted(t *testing.T) {
	s := compiled(t, Page{
		Anchor: "#status", List: ".i", Title: "b", Kind: "@class", State: "s", Start: ".from",
		ScheduledStart: ".window", Date: "h2",
		Kinds: map[string]string{"i work": "maintenance"}, States: map[string]string{"on its way": "scheduled"},
	})
	for _, c := range []struct{ what, item, start, scheduled string }{
		{"yesterday", `<p class="i"><b>x</b><u class="from">Nov 22, 10:00</u></p>`, "2026-11-22T10:00:00.000Z", ""},
		{"some hours on, by another clock", `<p class="i"><b>x</b><u class="from">Nov 23, 20:00</u></p>`,
			"2026-11-23T20:00:00.000Z", ""},
		{"last December", `<p class="i"><b>x</b><u class="from">Dec 28, 10:00</u></p>`, "2025-12-28T10:00:00.000Z",
			""},
		{"planned work next December", `<p class="i work"><b>x</b><u class="from">Dec 28, 10:00</u></p>`, "",
			"2026-12-28T10:00:00.000Z"},
		{"a window next January", `<p class="i"><b>x</b><u class="window">Jan 3, 10:00</u></p>`, "",
			"2027-01-03T10:00:00.000Z"},
		{"a state that says so", `<p class="i"><b>x</b><s>on its way</s><u class="window">Dec 3, 10:00</u></p>`, "",
			"2026-12-03T10:00:00.000Z"},
		{"only a time of day", `<p class="i"><b>x</b><u class="from">10:00</u></p>`, "", ""},
		{"a time of day below a date", `<h2>December 30</h2><p class="i"><b>x</b><u class="from">10:00</u></p>`,
			"2025-12-30T10:00:00.000Z", ""},
		{"a time of day below no date", `<h2>Lately</h2><p class="i"><b>x</b><u class="from">10:00</u></p>`, "", ""},
	} {
		page := page.Page{Body: []byte(`<html><body><div id="status">` + c.item + `</div></body></html>`),
			At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
		res, err := s.Parse(scraper.Source{}, page)
		if err != nil {
			t.Fatal(err)
		}
		incidents, findings := normalize.Incidents(res.Incidents, s.words)
		got := incidents[0]
		start := normalize.FormatTime(got.StartedAt)
		if normalize.FormatTime(got.ScheduledStartAt) != c.scheduled || start != c.start {
			t.Errorf("%s: started %q, scheduled %q", c.what, start, normalize.FormatTime(got.ScheduledStartAt))
		}
		if unread := slices.ContainsFunc(findings,
			func(f normalize.Finding) bool { return f.Field == "started_at" }); unread != (c.start+c.scheduled == "") {
			t.Errorf("%s: findings %+v", c.what, findings)
		}
	}
}

// TestLayoutWithALanguage holds that a layout reads months and weekdays of the language that goes with it.
func TestLayoutWithALanguage(t *testing.T) {
	for _, c := range []struct{ language, layout, text, want string }{
		{"de", "dddd, D. MMMM YYYY, HH:mm", "Freitag, 27. März 2026, 10:15", "2026-03-27T10:15:00.000Z"},
		{"fr", "D MMM YYYY [HH:mm]", "3 févr. 2026 [10:15]", "2026-02-03T10:15:00.000Z"},
		{"pl", "D MMMM YYYY", "27 listopada 2026", "2026-11-27T00:00:00.000Z"},
		{"hr", "D. MMMM YYYY", "27. listopada 2026", "2026-10-27T00:00:00.000Z"}, // another month than in Polish
	} {
		selectors, mistakes := Page{Anchor: "#s", List: "li", Title: "b", Start: "i", TimeLayout: c.layout,
			TimeLanguage: c.language}.Compile()
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		body := `<html><body id="s"><ul><li><b>Late</b><i>` + c.text + `</i></li></ul></body></html>`
		res, err := selectors.Parse(scraper.Source{}, page.Page{Body: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		incidents, findings := normalize.Incidents(res.Incidents, selectors.Words())
		if got := normalize.FormatTime(incidents[0].StartedAt); got != c.want {
			t.Errorf("%s: %q, want %q, findings %+v", c.text, got, c.want, findings)
		}
	}
}
