package scraper_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/normalize/goldentest"
	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/custom"
	"vendorwatch/scraper/platforms/platformtest"
)

// goldenRaw is raw.json: what was read, in the vendor's words.
type goldenRaw struct {
	Incidents  []normalize.Raw          `json:"incidents"`
	Components []normalize.RawComponent `json:"components,omitempty"`
	Open       bool                     `json:"covers_open,omitempty"`
	All        bool                     `json:"covers_components,omitempty"`
	Since      string                   `json:"covers_since,omitempty"`
	Until      string                   `json:"covers_until,omitempty"`
	PageName   string                   `json:"page_name,omitempty"`
	PageURL    string                   `json:"page_url,omitempty"`
	Indicator  string                   `json:"indicator,omitempty"`
	Requests   int                      `json:"requests"`
}

// goldenIncident is an element of incidents.json: what it means.
type goldenIncident struct {
	Key            string            `json:"key"`
	Kind           string            `json:"kind"`
	Title          string            `json:"title"`
	URL            string            `json:"url,omitempty"`
	Severity       string            `json:"severity"`
	State          string            `json:"state"`
	StartedAt      string            `json:"started_at,omitempty"`
	ResolvedAt     string            `json:"resolved_at,omitempty"`
	ScheduledStart string            `json:"scheduled_start_at,omitempty"`
	ScheduledEnd   string            `json:"scheduled_end_at,omitempty"`
	CreatedAt      string            `json:"created_at,omitempty"`
	UpdatedAt      string            `json:"updated_at,omitempty"`
	StatedDuration string            `json:"stated_duration,omitempty"`
	Excerpt        bool              `json:"excerpt,omitempty"`
	Components     []goldenComponent `json:"components,omitempty"`
	Updates        []goldenUpdate    `json:"updates,omitempty"`
}

type goldenUpdate struct {
	Key       string `json:"key"`
	State     string `json:"state"`
	PostedAt  string `json:"posted_at,omitempty"`
	CreatedAt string `json:"created_at,omitempty"`
	Body      string `json:"body,omitempty"`
}

type goldenComponent struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Group  string `json:"group,omitempty"`
	Status string `json:"status"`
}

type goldenFinding struct {
	Key     string `json:"key,omitempty"`
	Field   string `json:"field"`
	Value   string `json:"value"`
	Problem string `json:"problem"`
	Lost    bool   `json:"lost,omitempty"`
}

func goldenOf(i normalize.Incident) goldenIncident {
	g := goldenIncident{
		Key: i.Key, Kind: string(i.Kind), Title: i.Title, URL: i.URL, Severity: string(i.Severity),
		State:     string(i.State),
		StartedAt: normalize.FormatTime(i.StartedAt), ResolvedAt: normalize.FormatTime(i.ResolvedAt),
		ScheduledStart: normalize.FormatTime(i.ScheduledStartAt), ScheduledEnd: normalize.FormatTime(i.ScheduledEndAt),
		CreatedAt: normalize.FormatTime(i.CreatedAt), UpdatedAt: normalize.FormatTime(i.UpdatedAt), Excerpt: i.Excerpt,
	}
	if i.StatedDuration > 0 {
		g.StatedDuration = i.StatedDuration.String()
	}
	for _, c := range i.Components {
		g.Components = append(g.Components, goldenComponent{c.Key, c.Name, c.Group, string(c.Status)})
	}
	for _, u := range i.Updates {
		g.Updates = append(g.Updates, goldenUpdate{
			u.Key, string(u.State), normalize.FormatTime(u.PostedAt), normalize.FormatTime(u.CreatedAt), u.Body,
		})
	}
	return g
}

// readerOf is the platform that reads a case's pages.
func readerOf(t testing.TB, c *platformtest.Case) scraper.Platform {
	t.Helper()
	if c.Source.Page != nil {
		return compiledOf(t, c)
	}
	p, err := platforms.Lookup(c.Platform)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// compiledOf makes the selectors of a case's page.
func compiledOf(t testing.TB, c *platformtest.Case) *custom.Selectors {
	t.Helper()
	var page custom.Page
	c.DecodePage(t, &page)
	s, mistakes := page.Compile()
	if len(mistakes) > 0 {
		t.Fatalf("%s/case.json: %+v", c.Dir, mistakes)
	}
	return s
}

// TestEveryPlatformRefuses holds that the cases of each platform have a page that it must refuse: one that looks like
// its own, and lacks what tells that nothing is wrong.
func TestEveryPlatformRefuses(t *testing.T) {
	racetest.Skip(t, "reads page after page")
	dirs := platformtest.CaseDirs(t)
	for _, name := range platforms.Names() {
		refused := false
		for _, dir := range dirs[name] {
			c := platformtest.ReadCase(t, name, dir)
			out, err := c.Scrape(t, readerOf(t, c))
			refused = refused || errors.Is(err, scraper.ErrShape) && out.Parsed == 0
		}
		if !refused {
			t.Errorf("platform %q refuses the page of no case: add testdata/%s/refused_<why>/case.json", name, name)
		}
	}
}

func TestGolden(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	dirs := platformtest.CaseDirs(t)
	for _, name := range platforms.Names() {
		if len(dirs[name]) == 0 {
			t.Errorf("platform %q has no case: add testdata/%s/<case>/case.json and run go test ./scraper -update",
				name, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(dirs)) {
		for _, dir := range dirs[name] {
			t.Run(name+"/"+filepath.Base(dir), func(t *testing.T) {
				c := platformtest.ReadCase(t, name, dir)
				checkCase(t, readerOf(t, c), c)
			})
		}
	}
}

// checkCase scrapes a case, checks what must hold of every output, and compares with the golden files.
func checkCase(t *testing.T, p scraper.Platform, c *platformtest.Case) {
	out, err := c.Scrape(t, p)
	words := scraper.WordsOf(p)
	incidents, findings := normalize.Incidents(out.Raws, words)
	_, more := normalize.Components(out.Components, words)
	findings = slices.Concat(out.Findings, findings, more)

	files := map[string]bool{"case.json": true}
	for url, page := range c.Pages {
		files[page.File] = true
		if !c.Asked[url] {
			t.Errorf("case.json lists %s, which the scrape never asks for", url)
		}
	}
	golden := func(name string, got []byte) {
		files[name] = true
		goldentest.Held(t, filepath.Join(c.Dir, name), got)
	}
	if err != nil {
		var status *scraper.HTTPError
		if !errors.Is(err, scraper.ErrShape) && !errors.Is(err, scraper.ErrBlocked) && !errors.As(err, &status) {
			t.Errorf("the error is of no known class: %v", err)
		}
		golden("error.txt", []byte(err.Error()+"\n"))
	}
	if err == nil || out.Parsed > 0 {
		raws := out.Raws
		if raws == nil {
			raws = []normalize.Raw{}
		}
		golden("raw.json", encode(t, goldenRaw{
			raws, out.Components, out.Coverage.Open, out.Coverage.Components, out.Coverage.Since, out.Coverage.Until,
			out.PageName, out.PageURL, out.Indicator, out.Requests,
		}))
		meant := []goldenIncident{}
		for _, i := range incidents {
			meant = append(meant, goldenOf(i))
		}
		golden("incidents.json", encode(t, meant))
		found := []goldenFinding{}
		for _, f := range findings {
			found = append(found, goldenFinding(f))
		}
		golden("findings.json", encode(t, found))
	} else if len(out.Raws) > 0 || len(out.Components) > 0 || out.Coverage != (scraper.Coverage{}) {
		t.Errorf("refused, and yet it brought %d incidents, %d components, coverage %+v", len(out.Raws),
			len(out.Components), out.Coverage)
	}
	platformtest.CheckIncidents(t, out.Raws, incidents, findings, words)
	noStrayFiles(t, c.Dir, files)
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noStrayFiles fails for files of a case that nothing refers to: a golden file of a case that is now
// refused, or a page that no address serves.
func noStrayFiles(t *testing.T, dir string, used map[string]bool) {
	t.Helper()
	golden := []string{"raw.json", "incidents.json", "findings.json", "error.txt"}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch {
		case used[e.Name()]:
		case goldentest.Update() && slices.Contains(golden, e.Name()):
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s/%s: no page of case.json and no golden file is named so", dir, e.Name())
		}
	}
}
