package watch

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/robfig/cron/v3"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/custom"
)

// casesDir has pages that were read wrongly once.
var casesDir = filepath.Join("..", "..", "..", "..", "shared", "cases")

// caseRow is pages of one source at successive polls, and what is right to read in them.
type caseRow struct {
	files       string // with spaces between them
	contentType string
	zone        string
	want        []string // incidents: title, kind, state, severity, start, end, posts
	findings    string   // their fields
	text        string   // stands in a post
	parts       string   // components that recovered before their incident ended, and after how many seconds
}

// TestCases reads every page of ../shared/cases, saved and live.
func TestCases(t *testing.T) {
	racetest.Skip(t, "imports documents one after the other")
	if _, err := os.Stat(casesDir); err != nil {
		t.Skip("the cases are not beside this checkout: no ../shared/cases")
	}
	named := map[string]bool{"README.md": true, "localised-dates/dates.html": true}
	for _, row := range caseRows {
		for _, f := range strings.Fields(row.files) {
			named[f] = true
		}
		t.Run("import "+row.files, func(t *testing.T) { row.check(t, importCase) })
		t.Run("scrape "+row.files, func(t *testing.T) { row.check(t, scrapeCase) })
	}
	err := filepath.WalkDir(casesDir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(casesDir, path)
		if rel = filepath.ToSlash(rel); err == nil && !named[rel] {
			t.Errorf("no row says what is right to read in %s", rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// read reads the pages of a row one after the other, ten minutes apart.
type read func(t *testing.T, w *Watcher, row caseRow, pages []scraper.Page)

// importCase imports the pages as files.
func importCase(t *testing.T, w *Watcher, row caseRow, pages []scraper.Page) {
	i := &Importer{Watcher: w, Vendor: "quartzline", URL: "https://status.quartzline.example",
		Reading: Reading{TimeZone: row.zone}}
	for _, p := range pages {
		if unreadable, err := i.Take(t.Context(), "", p); err != nil || unreadable != nil {
			t.Fatalf("%s: %v, %v", row.files, unreadable, err)
		}
	}
	if err := i.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// scrapeCase scrapes a server that answers with the pages, one each poll.
func scrapeCase(t *testing.T, w *Watcher, row caseRow, pages []scraper.Page) {
	now := pages[0]
	w.Now = func() time.Time { return now.At }
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.Header()["Content-Type"] = nil
		if row.contentType != "" {
			out.Header().Set("Content-Type", row.contentType)
		}
		_, _ = out.Write(now.Body)
	}))
	t.Cleanup(server.Close)
	collector := scraper.NewCollector(scraper.FetchOptions{})
	w.Fetcher = fetchFunc(func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
		p, err := collector.Fetch(ctx, scraper.Request{URL: server.URL, ETag: r.ETag, LastModified: r.LastModified})
		p.URL, p.At = r.URL, now.At
		return p, err
	})
	saved, err := scraper.Saved(now)
	if err != nil {
		t.Fatal(err)
	}
	vendor, err := w.Record.EnsureVendor(t.Context(), query.Vendor{Slug: "quartzline", Name: "Quartzline"})
	if err != nil {
		t.Fatal(err)
	}
	s := Source{Vendor: "quartzline", URL: "https://status.quartzline.example", Platform: platforms.Detect(saved),
		Schedule: cron.Every(10 * time.Minute), Timeout: 20 * time.Second, Reading: Reading{TimeZone: row.zone}}
	if s.ID, err = w.Record.EnsureSource(t.Context(), vendor, s.URL, s.Platform); err != nil {
		t.Fatal(err)
	}
	for _, now = range pages {
		if _, err := w.Scrape(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", row.files, err)
		}
	}
}

func (row caseRow) check(t *testing.T, read read) {
	w, _ := watcher(t, nil)
	var pages []scraper.Page
	for n, f := range strings.Fields(row.files) {
		body, err := os.ReadFile(filepath.Join(casesDir, filepath.FromSlash(f)))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, scraper.Page{Status: 200, Body: body, ContentType: row.contentType,
			At: time.Date(2026, 11, 27, 22, 10*n, 0, 0, time.UTC)})
	}
	read(t, w, row, pages)
	list, err := w.DB.Incidents(t.Context(), query.Filter{AllSources: true})
	if err != nil {
		t.Fatal(err)
	}
	var got, parts []string
	for _, in := range list {
		whole, err := w.DB.IncidentByID(t.Context(), in.IncidentID, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range whole.AffectedComponents {
			if c.DurationSeconds != nil {
				parts = append(parts, fmt.Sprintf("%s %d", c.Name, *c.DurationSeconds))
			}
		}
		got = append(got, fmt.Sprintf("%s | %s %s %s | %s %s | %d", in.Title, in.Kind, in.State, in.Severity,
			cmp.Or(in.StartedAt, "-"), cmp.Or(in.ResolvedAt, "-"), in.UpdateCount))
	}
	slices.Sort(got)
	posts, err := w.DB.UpdatesAfter(t.Context(), "", 0, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(posts, func(u query.ListedUpdate) bool { return strings.Contains(u.Body, row.text) }) &&
		row.text != "" {
		t.Errorf("no post says %q: %+v", row.text, posts)
	}
	found, err := w.DB.RecentFindings(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, f := range found {
		fields = append(fields, f.Field)
	}
	slices.Sort(fields)
	if diff := gocmp.Diff(row.want, got); diff != "" {
		t.Errorf("(-right +read)\n%s", diff)
	}
	if text := strings.Join(parts, ", "); text != row.parts {
		t.Errorf("components %q, want %q", text, row.parts)
	}
	if text := strings.Join(slices.Compact(fields), " "); text != row.findings {
		t.Errorf("findings of %q, want %q: %+v", text, row.findings, found)
	}
}

// TestLocalisedDates reads a page whose dates have the names of months of many languages.
func TestLocalisedDates(t *testing.T) {
	racetest.Skip(t, "imports documents one after the other")
	body, err := os.ReadFile(filepath.Join(casesDir, "localised-dates", "dates.html"))
	if err != nil {
		t.Skip("the cases are not beside this checkout: no ../shared/cases")
	}
	selectors, mistakes := custom.Page{Anchor: "main#qz", List: "article.card", ID: "@data-id", Title: "h3",
		State: ".state", Start: "time"}.Compile()
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	res, err := selectors.Parse(scraper.Source{URL: "https://status.quartzline.example"}, scraper.Page{Body: body,
		At: time.Date(2026, 11, 27, 22, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(selectors))
	var got []string
	for _, in := range incidents {
		got = append(got, in.Key+" "+in.StartedAt.Format("2006-01-02T15:04"))
	}
	if diff := gocmp.Diff(strings.Split(localisedDates, "\n"), got); diff != "" {
		t.Errorf("(-right +read)\n%s", diff)
	}
	for _, in := range incidents {
		if told := slices.ContainsFunc(findings, func(f normalize.Finding) bool {
			return f.Key == in.Key && f.Field == "started_at"
		}); told != in.StartedAt.IsZero() {
			t.Errorf("%s: %s, findings %+v", in.Key, in.StartedAt, findings)
		}
	}
}

const localisedDates = `de 2026-11-27T10:15
de2 2026-11-27T10:15
de3 2026-03-27T10:15
de4 2025-12-03T07:00
fr 2026-11-27T10:15
fr2 2025-12-03T10:15
fr3 2026-08-01T10:15
fr4 2026-09-14T10:15
es 2026-11-27T10:15
pt 2026-11-27T10:15
it 2026-11-27T10:15
nl 2026-11-27T10:15
nl2 2026-05-03T10:15
sv 2026-11-27T10:15
pl 2026-11-27T10:15
ru 2026-11-27T10:15
ja 2026-11-27T10:15
ja2 2026-11-27T10:15
zh 2026-11-27T10:15
ko 2026-11-27T10:15
tr 2026-11-27T10:15
en12 2026-11-28T03:15
en12b 2026-11-27T10:15
enord 2026-11-27T10:15
enmid 2026-11-27T00:15
ennoon 2026-11-27T12:15
amb 0001-01-01T00:00
isoweek 0001-01-01T00:00
eur 2026-11-27T10:15
ar 2026-11-27T10:15
rel 0001-01-01T00:00
today 0001-01-01T00:00
noyear 2026-11-27T10:15
noyear2 2025-12-30T10:15
nozone 2026-11-27T16:15`
