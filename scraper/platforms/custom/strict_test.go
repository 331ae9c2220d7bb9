package custom_test

import (
	"errors"
	"strings"
	"testing"

	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/custom"
)

const quarry = `{"board":{"made":"2026-11-23T10:00:00Z","light":"amber","says":""},
"parts":[{"nr":7,"label":"Crane"},{"nr":8,"label":"Belt"}],
"halls":{"north":{"belts":[{"nr":1,"state":"runs"},{"nr":2,"state":"stands"}]},"east":{"belts":[]}},
"faults":[{"nr":41,"name":"The belt stands","part":[8,9],"phase":2,
"posts":[{"at":"2026-11-23T09:05:00Z","text":"We look."}]}],
"phases":{"1":{"word":"scheduled"},"2":{"word":"identified"}}}`

func strict() custom.Page {
	return custom.Page{
		Format: custom.FormatJSON, Anchor: "board.made", Complete: true, Indicator: "board.light",
		Headline: "board.says",
		Require:  []string{"faults", "board.made"}, Refuse: []string{"page.id"},
		List: "faults", ID: "nr", Title: "name", State: "phase", Link: "/faults/{nr}", Components: "part",
		ListRequire: []string{"nr", "posts"},
		Updates:     "posts", UpdateTime: "at", UpdateBody: "text", UpdateRequire: []string{"at"},
		ComponentList: "halls.*.belts[*]", ComponentID: "{^~}-{nr}", ComponentName: "Belt {nr}",
		ComponentGroup: "^~", ComponentStatus: "state", ComponentRequire: []string{"nr", "state"},
		Lookup: map[string]custom.Lookup{
			"components": {List: "parts", ID: "nr", Take: "label"},
			"state":      {List: "phases.*", ID: "~", Take: "word"},
		},
		Form:       map[string]string{"id": "^[0-9]+$"},
		Severities: map[string]string{"amber": "minor"},
		Statuses:   map[string]string{"runs": "operational", "stands": "major_outage"},
	}
}

func compiled(t *testing.T, p custom.Page) *custom.Selectors {
	t.Helper()
	s, mistakes := p.Compile()
	if len(mistakes) > 0 {
		t.Fatalf("%+v", mistakes)
	}
	return s
}

func quarryPage(body string) page.Page {
	return page.Page{URL: "https://quarry.example/board.json", Status: 200, Body: []byte(body)}
}

func TestPlacesAndLookups(t *testing.T) {
	out, err := compiled(t, strict()).Parse(scraper.Source{URL: "https://quarry.example"}, quarryPage(quarry))
	if err != nil {
		t.Fatal(err)
	}
	raw := out.Incidents[0]
	if raw.State != "identified" || raw.URL != "https://quarry.example/faults/41" || len(raw.Components) != 2 ||
		raw.Components[0].Name != "Belt" || raw.Components[1].Name != "9" {
		t.Errorf("incident %+v", raw)
	}
	if len(out.Findings) != 1 || out.Findings[0].Value != "9" || out.Findings[0].Field != "components" {
		t.Errorf("an id that stands in no list: %+v", out.Findings)
	}
	if out.Indicator != "amber" || out.Headline != "" {
		t.Errorf("the page says %q, %q", out.Indicator, out.Headline)
	}
	c := out.Components
	if len(c) != 2 || c[0].ID != "north-1" || c[0].Name != "Belt 1" || c[1].Group != "north" ||
		c[1].Status != "stands" {
		t.Errorf("components %+v", c)
	}
}

// A page that lacks what it must have, or has what it must not have, is another one, and never a calm one.
func TestStrictnessRefuses(t *testing.T) {
	s := compiled(t, strict())
	for what, swap := range map[string][2]string{
		"what is required is missing":      {`"faults"`, `"errors"`},
		"what is required is null":         {`"made":"2026-11-23T10:00:00Z"`, `"made":null`},
		"what is required is empty":        {`"made":"2026-11-23T10:00:00Z"`, `"made":""`},
		"what is refused is there":         {`"board"`, `"page":{"id":"x"},"board"`},
		"no word for the page":             {`"light":"amber"`, `"light":""`},
		"no sentence for the page":         {`,"says":""`, ``},
		"an incident without its id":       {`"nr":41,`, ``},
		"an incident without its posts":    {`"posts"`, `"notes"`},
		"an id in another form":            {`"nr":41`, `"nr":"F-41"`},
		"a post without its time":          {`"at":"2026-11-23T09:05:00Z",`, ``},
		"a component without its state":    {`"nr":2,"state":"stands"`, `"nr":2`},
		"a component with an empty state":  {`"state":"stands"`, `"state":""`},
		"a component whose state is null":  {`"state":"stands"`, `"state":null`},
		"a list of incidents that is null": {`"faults":[`, `"faults":null,"errors":[`},
	} {
		body := strings.Replace(quarry, swap[0], swap[1], 1)
		if body == quarry {
			t.Fatalf("%s: nothing to replace", what)
		}
		out, err := s.Parse(scraper.Source{URL: "https://quarry.example"}, quarryPage(body))
		if !errors.Is(err, scraper.ErrShape) || len(out.Incidents)+len(out.Components) > 0 ||
			out.Coverage != (scraper.Coverage{}) {
			t.Errorf("%s: %v, %+v", what, err, out)
		}
	}
	calm := strings.Replace(quarry, `"faults":[`, `"faults":[],"errors":[`, 1)
	if out, err := s.Parse(scraper.Source{}, quarryPage(calm)); err != nil || len(out.Incidents) > 0 ||
		!out.Coverage.Open {
		t.Errorf("an empty list: %v, %+v", err, out)
	}
}

func described(t *testing.T, f custom.File) *custom.Selectors {
	t.Helper()
	s, mistakes := f.Compile("quarry")
	if len(mistakes) > 0 {
		t.Fatalf("%+v", mistakes)
	}
	return s
}

func twoDocuments() custom.File {
	return custom.File{
		Name: "Quarry", Home: []string{`<meta name="generator" content="Quarryboard">`},
		Page: custom.Page{
			Format: custom.FormatJSON, Path: "/api/faults", Anchor: "faults", Marks: []string{`"faults"`, `"quarry"`},
			Complete: true, List: "faults", ID: "nr", Title: "name", State: "phase",
			States: map[string]string{"dug out": "resolved"},
		},
		Second: custom.Page{
			Format: custom.FormatJSON, Path: "/api/works", Anchor: "works", Marks: []string{`"works"`, `"quarry"`},
			List: "works", ID: "nr", Title: "name", Kind: "kind", Start: "from", End: "to", State: "phase",
			States: map[string]string{"booked": "scheduled"}, Kinds: map[string]string{"work": "maintenance"},
		},
	}
}

const (
	faults = `{"quarry":1,"faults":[{"nr":1,"name":"The crane stands","phase":"dug out"}]}`
	works  = `{"quarry":1,"works":[{"nr":2,"name":"New ropes","kind":"work","phase":"booked",` +
		`"from":"2026-12-01T06:00:00Z","to":"2026-12-01T08:00:00Z"}]}`
	home = `<!DOCTYPE html><html><head><meta name="generator" content="Quarryboard"><title>Quarry</title></head>` +
		`<body><div id="app"></div></body></html>`
)

func TestASecondDocument(t *testing.T) {
	s := described(t, twoDocuments())
	requests := s.Start(scraper.Source{URL: "https://quarry.example"})
	if len(requests) != 2 || requests[0].URL != "https://quarry.example/api/faults" ||
		requests[1].URL != "https://quarry.example/api/works" {
		t.Fatalf("begins with %+v", requests)
	}
	from := scraper.Source{URL: "https://quarry.example"}
	first, err := s.Parse(from, page.Page{URL: requests[0].URL, Status: 200, Body: []byte(faults)})
	if err != nil || len(first.Incidents) != 1 || !first.Coverage.Open {
		t.Fatalf("the first document: %v, %+v", err, first)
	}
	second, err := s.Parse(from, page.Page{URL: requests[1].URL, Status: 200, Body: []byte(works)})
	if err != nil || len(second.Incidents) != 1 || second.Incidents[0].Kind != "maintenance" ||
		second.Document == first.Document || second.Coverage.Open {
		t.Fatalf("the second document: %v, %+v", err, second)
	}
	words := s.Words()
	if words.States["booked"] != "scheduled" || words.States["dug out"] != "resolved" {
		t.Errorf("the words are not those of both: %+v", words)
	}
	if _, err := s.Parse(from, page.Page{URL: requests[1].URL, Status: 200,
		Body: []byte(`{"quarry":1,"jobs":[]}`)}); !errors.Is(err, scraper.ErrShape) {
		t.Errorf("neither document: %v", err)
	}
}

// A description is recognised in what was fetched anyway: in each of its documents, and in the page that leads to them.
func TestDetectByMarks(t *testing.T) {
	s := described(t, twoDocuments())
	for what, c := range map[string]struct {
		body string
		want bool
	}{
		"the first document":           {faults, true},
		"the second document":          {works, true},
		"the home page":                {home, true},
		"a home page without the mark": {strings.Replace(home, "Quarryboard", "Board", 1), false},
		"a document without a mark":    {strings.Replace(faults, "quarry", "query", 1), false},
		"a document without a title":   {strings.Replace(faults, `"name"`, `"title"`, 1), false},
		"a home page that breaks off":  {strings.TrimSuffix(home, "</html>"), false},
	} {
		p := page.Page{URL: "https://quarry.example/", Status: 200, Body: []byte(c.body)}
		if got := scraper.Detects(s, p); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
	out, err := s.Parse(scraper.Source{}, page.Page{URL: "https://quarry.example/", Status: 200, Body: []byte(home)})
	if err != nil || !out.Part || len(out.Follow) != 2 || out.Follow[0].URL != "https://quarry.example/api/faults" {
		t.Errorf("the home page: %v, %+v", err, out)
	}
}
