package scraper

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata")

// goldenCase is testdata/<platform>/<case>/case.json: the pages of one source and the scrape to make of
// them. An address that is not listed answers 404.
type goldenCase struct {
	Source struct {
		Name  string           `json:"name"`
		URL   string           `json:"url"`
		Mode  string           `json:"mode"` // poll or backfill
		Known map[string]Known `json:"known"`
		Page  json.RawMessage  `json:"page"` // of the platform custom: its selectors
	} `json:"source"`
	At    time.Time             `json:"at"`
	Pages map[string]goldenPage `json:"pages"`

	platform string          `json:"-"`
	dir      string          `json:"-"`
	asked    map[string]bool `json:"-"`
}

type goldenPage struct {
	File        string            `json:"file"` // beside case.json; none is an empty body
	Status      int               `json:"status"`
	ContentType string            `json:"content_type"`
	Headers     map[string]string `json:"headers"`  // Etag, Last-Modified; "Cf-Mitigated": "challenge" blocks
	Location    string            `json:"location"` // where redirects ended, if elsewhere
}

func readCase(t testing.TB, platform, dir string) *goldenCase {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(dir, "case.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := &goldenCase{platform: platform, dir: dir, asked: map[string]bool{}}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		t.Fatalf("%s/case.json: %v", dir, err)
	}
	if c.Source.Name == "" || c.Source.URL == "" || c.At.IsZero() || c.Source.Mode != "poll" && c.Source.Mode != "backfill" {
		t.Fatalf("%s/case.json: needs source.name, source.url, source.mode (poll or backfill) and at", dir)
	}
	return c
}

// source is what the case's platform reads, without a mode and a record.
func (c *goldenCase) source() Source {
	return Source{Name: c.Source.Name, URL: c.Source.URL}
}

// decodePage reads the case's selectors into a CustomPage.
func (c *goldenCase) decodePage(t testing.TB, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(c.Source.Page))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s/case.json: %v", c.dir, err)
	}
}

// Fetch serves the case's pages as a Fetcher does.
func (c *goldenCase) Fetch(_ context.Context, r Request) (Page, error) {
	c.asked[r.URL] = true
	p, ok := c.Pages[r.URL]
	if !ok {
		return Page{}, &HTTPError{URL: r.URL, Status: http.StatusNotFound}
	}
	if p.Headers["Cf-Mitigated"] == "challenge" {
		return Page{}, fmt.Errorf("fetch %s: %w", r.URL, ErrBlocked)
	}
	if p.Status != 0 && p.Status/100 != 2 {
		return Page{}, &HTTPError{URL: r.URL, Status: p.Status}
	}
	return c.page(r.URL)
}

func (c *goldenCase) page(url string) (Page, error) {
	p := c.Pages[url]
	page := Page{
		URL: url, Status: http.StatusOK, ContentType: p.ContentType, At: c.At,
		ETag: p.Headers["Etag"], LastModified: p.Headers["Last-Modified"],
	}
	if p.Location != "" {
		page.URL = p.Location
	}
	if p.File == "" {
		return page, nil
	}
	var err error
	page.Body, err = os.ReadFile(filepath.Join(c.dir, p.File))
	return page, err
}

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
}

func goldenOf(i normalize.Incident) goldenIncident {
	g := goldenIncident{
		Key: i.Key, Kind: string(i.Kind), Title: i.Title, URL: i.URL, Severity: string(i.Severity), State: string(i.State),
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

// scrape runs the loop that serves live sources over the case's files; a backfill goes on to its end.
func (c *goldenCase) scrape(t *testing.T, p Platform) (Outcome, error) {
	s := c.source()
	s.Known = c.Source.Known
	if c.Source.Mode == "backfill" {
		s.Mode = Backfill
	}
	out, err := Scrape(t.Context(), c, p, s, nil)
	for rounds := 0; s.Mode == Backfill && err == nil && out.NextPage > 0; rounds++ {
		if rounds > 100 || out.NextPage <= s.FromPage {
			t.Fatalf("the backfill does not end: page %d leads to page %d", s.FromPage, out.NextPage)
		}
		s.FromPage = out.NextPage
		var more Outcome
		more, err = Scrape(t.Context(), c, p, s, nil)
		more.Raws = append(out.Raws, more.Raws...)
		more.Components = append(out.Components, more.Components...)
		more.Findings = append(out.Findings, more.Findings...)
		more.Requests += out.Requests
		more.Parsed += out.Parsed
		out = more
	}
	return out, err
}

// repository is the folder of go.mod.
func repository() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			panic("there is no go.mod above " + dir)
		}
		dir = above
	}
}

// testdata is the folder of the golden cases.
func testdata() string { return filepath.Join(repository(), "scraper", "testdata") }

// capturesDir holds what real pages served. It is no part of the project; without it, tests that read it skip.
func capturesDir() string { return filepath.Join(repository(), "..", "shared", "captures") }

// caseDirs returns the case folders of testdata by platform; testdata/fuzz is the Go fuzzer's.
func caseDirs(t testing.TB) map[string][]string {
	t.Helper()
	dirs := map[string][]string{}
	platforms, err := os.ReadDir(testdata())
	if err != nil {
		t.Fatal(err)
	}
	for _, platform := range platforms {
		if !platform.IsDir() || platform.Name() == "fuzz" {
			continue
		}
		cases, err := os.ReadDir(filepath.Join(testdata(), platform.Name()))
		if err != nil {
			t.Fatal(err)
		}
		dirs[platform.Name()] = nil
		for _, c := range cases {
			if !c.IsDir() {
				t.Errorf("testdata/%s/%s lies in no case folder", platform.Name(), c.Name())
				continue
			}
			dirs[platform.Name()] = append(dirs[platform.Name()], filepath.Join(testdata(), platform.Name(), c.Name()))
		}
	}
	return dirs
}

// readerOf is the platform that reads a case's pages.
func readerOf(t testing.TB, c *goldenCase) Platform {
	t.Helper()
	if c.Source.Page != nil {
		return compiledOf(t, c)
	}
	p, err := Lookup(c.platform)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// compiledOf makes the selectors of a case's page.
func compiledOf(t testing.TB, c *goldenCase) *Selectors {
	t.Helper()
	var page CustomPage
	c.decodePage(t, &page)
	s, mistakes := page.Compile()
	if len(mistakes) > 0 {
		t.Fatalf("%s/case.json: %+v", c.dir, mistakes)
	}
	return s
}

func TestGolden(t *testing.T) {
	dirs := caseDirs(t)
	for _, name := range Platforms() {
		if len(dirs[name]) == 0 {
			t.Errorf("platform %q has no case: add testdata/%s/<case>/case.json and run go test ./scraper -update", name, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(dirs)) {
		for _, dir := range dirs[name] {
			t.Run(name+"/"+filepath.Base(dir), func(t *testing.T) {
				c := readCase(t, name, dir)
				checkCase(t, readerOf(t, c), c)
			})
		}
	}
}

// checkCase scrapes a case, checks what must hold of every output, and compares with the golden files.
func checkCase(t *testing.T, p Platform, c *goldenCase) {
	out, err := c.scrape(t, p)
	words := WordsOf(p)
	incidents, findings := normalize.Incidents(out.Raws, words)
	_, more := normalize.Components(out.Components, words)
	findings = slices.Concat(out.Findings, findings, more)

	files := map[string]bool{"case.json": true}
	for url, page := range c.Pages {
		files[page.File] = true
		if !c.asked[url] {
			t.Errorf("case.json lists %s, which the scrape never asks for", url)
		}
	}
	golden := func(name string, got []byte) {
		files[name] = true
		compareGolden(t, filepath.Join(c.dir, name), got)
	}
	if err != nil {
		var status *HTTPError
		if !errors.Is(err, ErrShape) && !errors.Is(err, ErrBlocked) && !errors.As(err, &status) {
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
	} else if len(out.Raws) > 0 || len(out.Components) > 0 || out.Coverage != (Coverage{}) {
		t.Errorf("refused, and yet it brought %d incidents, %d components, coverage %+v", len(out.Raws), len(out.Components), out.Coverage)
	}
	checkIncidents(t, out.Raws, incidents, findings, words)
	noStrayFiles(t, c.dir, files)
}

// checkIncidents holds what is true of every incident of every platform.
func checkIncidents(t *testing.T, raws []normalize.Raw, incidents []normalize.Incident, findings []normalize.Finding, words normalize.Words) {
	t.Helper()
	kinds := []normalize.Kind{normalize.KindIncident, normalize.KindMaintenance, normalize.KindNotice}
	severities := []normalize.Severity{normalize.SeverityNone, normalize.SeverityMinor, normalize.SeverityMajor, normalize.SeverityCritical, normalize.SeverityUnknown}
	states := []normalize.State{
		normalize.StateInvestigating, normalize.StateIdentified, normalize.StateMonitoring, normalize.StateResolved,
		normalize.StateScheduled, normalize.StateInProgress, normalize.StateVerifying, normalize.StateCompleted,
		normalize.StateCancelled, normalize.StateUnknown,
	}
	statuses := []normalize.ComponentStatus{
		normalize.StatusOperational, normalize.StatusDegraded, normalize.StatusPartial, normalize.StatusMajor,
		normalize.StatusMaintenance, normalize.StatusUnknown,
	}
	byKey := map[string]normalize.Incident{}
	for _, i := range incidents {
		fail := func(format string, args ...any) {
			t.Helper()
			t.Errorf("incident %q: "+format, append([]any{i.Key}, args...)...)
		}
		if _, twice := byKey[i.Key]; twice || i.Key == "" {
			fail("the key is empty or another's too")
		}
		byKey[i.Key] = i
		if !slices.Contains(kinds, i.Kind) || !slices.Contains(severities, i.Severity) || !slices.Contains(states, i.State) {
			fail("kind %q, severity %q or state %q is none of the schema's", i.Kind, i.Severity, i.State)
		}
		if !i.ResolvedAt.IsZero() && i.ResolvedAt.Before(i.StartedAt) {
			fail("resolved at %s, before it started at %s", i.ResolvedAt, i.StartedAt)
		}
		if i.Title == "" && !slices.ContainsFunc(findings, func(f normalize.Finding) bool { return f.Key == i.Key && f.Field == "title" }) {
			fail("no title, and no finding says so")
		}
		if len(i.Raws) == 0 {
			fail("the vendor's words are not kept")
		}
		keys, last := map[string]bool{}, time.Time{}
		for _, u := range i.Updates {
			if keys[u.Key] || u.Key == "" {
				fail("the key %q of an update is empty or another's too", u.Key)
			}
			keys[u.Key] = true
			if !slices.Contains(append(states, normalize.StateUpdate, normalize.StatePostmortem), u.State) {
				fail("the state %q of an update is none of the schema's", u.State)
			}
			if !u.PostedAt.IsZero() && u.PostedAt.Before(last) {
				fail("the updates are not sorted by their time")
			}
			last = u.PostedAt
		}
		for _, comp := range i.Components {
			if comp.Name == "" || comp.Key == "" || !slices.Contains(statuses, comp.Status) {
				fail("component %+v lacks a name, a key or a status of the schema's", comp)
			}
		}
	}
	for _, raw := range raws {
		alone, _ := normalize.Incidents([]normalize.Raw{raw}, words)
		if len(alone) != 1 {
			t.Fatalf("raw %q became %d incidents", raw.Title, len(alone))
		}
		became, ok := byKey[alone[0].Key]
		if !ok && normalize.WeakKey(alone[0].Key) {
			n := slices.IndexFunc(incidents, func(i normalize.Incident) bool { return normalize.SameByTitle(i, alone[0]) })
			if ok = n >= 0; ok {
				became = incidents[n]
			}
		}
		if !ok {
			t.Errorf("raw %q (%s %s) became no incident", raw.Title, raw.ID, raw.URL)
		} else if len(became.Updates) < len(raw.Updates) {
			t.Errorf("raw %q shows %d updates, its incident has %d", raw.Title, len(raw.Updates), len(became.Updates))
		}
	}
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

func compareGolden(t *testing.T, path string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(path)
	if *update {
		if !bytes.Equal(want, got) || err != nil {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	if errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is missing; run go test ./scraper -update and read it", path)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
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
		case *update && slices.Contains(golden, e.Name()):
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s/%s: no page of case.json and no golden file is named so", dir, e.Name())
		}
	}
}
