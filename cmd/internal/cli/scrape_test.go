package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/normalize/racetest"
)

// folder is a folder with a config file for vendors of a world.
func folder(t *testing.T, w *world, slugs []string, more string) string {
	t.Helper()
	dir := t.TempDir()
	writeConfig(t, dir, w.configText(slugs, more))
	return dir
}

func writeConfig(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// mustRun runs the program in this process, on a folder's config and database. It must succeed.
func mustRun(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	args = append([]string{"--config", filepath.Join(dir, "config.toml"), "--db", filepath.Join(dir, "vendorwatch.db")},
		args...)
	if code := cli.Run(t.Context(), args, strings.NewReader(""), &out, &out); code != 0 {
		t.Fatalf("vendorwatch %s: exit code %d\n%s", strings.Join(args, " "), code, &out)
	}
	return out.String()
}

func TestPollCosts(t *testing.T) {
	racetest.Skip(t, "passes over one source, in one goroutine")
	t.Parallel()
	const (
		summary      = "/api/v2/summary.json"
		incidents    = "/api/v2/incidents.json"
		maintenances = "/api/v2/scheduled-maintenances.json"
		outages      = "/providers/ledgerline/outage-history"
		feed         = "/status/feed.atom"
	)
	// Every list holds the time of the page's last change, so that all of them change together.
	changed := []string{"200 " + summary, "200 " + incidents, "200 " + maintenances}
	type scrape struct {
		what string
		wait time.Duration
		want []string // nil: not looked at
	}
	for slug, scrapes := range map[string][]scrape{
		"kustomer": {
			{"the first time", 0, changed},
			{"unchanged", 0, []string{"304 " + summary}},
			{"unchanged once more", time.Minute, []string{"304 " + summary}},
			{"an incident opens", 9 * time.Minute, changed},
			{"a maintenance is announced", 5 * time.Minute, changed},
			{"unchanged", 0, []string{"304 " + summary}},
			{"an update is edited, another is posted", 5 * time.Minute, changed},
		},
		"parcelwise": {
			{what: "the first time"},
			{"unchanged: the home page alone, the API was refused", 0, []string{"304 /"}},
			{"unchanged once more", time.Minute, []string{"304 /"}},
			{what: "an incident opens", wait: 10 * time.Minute},
			{"unchanged", 0, []string{"304 /"}},
		},
		"ledgerline": {
			{what: "the first time"},
			{"unchanged", 0, []string{"304 " + outages}},
			{what: "an incident opens", wait: 20 * time.Minute},
			{"unchanged", 0, []string{"304 " + outages}},
		},
		"quillpay": {
			{"the first time", 0, []string{"200 " + feed}},
			{"unchanged", 0, []string{"304 " + feed}},
			{"an incident opens", 10 * time.Minute, []string{"200 " + feed}},
			{"unchanged", 0, []string{"304 " + feed}},
		},
	} {
		t.Run(slug, func(t *testing.T) {
			t.Parallel()
			w := startWorld(t, slug)
			dir := folder(t, w, []string{slug}, "")
			for n, s := range scrapes {
				w.step(s.wait)
				before := mustCount(t, dir, `SELECT count(*) FROM events`, n > 0)
				mustRun(t, dir, "scrape")
				got := w.sites[slug].answers()
				if s.want != nil {
					if diff := cmp.Diff(s.want, got); diff != "" {
						t.Errorf("scrape %d, %s (- want + got)\n%s", n+1, s.what, diff)
					}
				} else if refused := func(a string) bool { return strings.HasPrefix(a, "403") }; n > 0 &&
					slices.ContainsFunc(got, refused) {
					t.Errorf("scrape %d, %s: what had been refused was asked for again: %q", n+1, s.what, got)
				}
				news := mustCount(t, dir, `SELECT count(*) FROM events`, true) != before
				if opens := s.wait > time.Minute; news != opens && n > 0 {
					t.Errorf("scrape %d, %s: new events: %v", n+1, s.what, news)
				}
			}
		})
	}
}

// A changed page whose API is refused costs the pages of the incidents that changed, and no others.
func TestPollReadsOnlyTheIncidentsThatChanged(t *testing.T) {
	racetest.Skip(t, "runs one command after the other")
	t.Parallel()
	w := startWorld(t, "parcelwise")
	dir := folder(t, w, []string{"parcelwise"}, "")
	mustRun(t, dir, "scrape")
	w.sites["parcelwise"].answers()
	w.step(10 * time.Minute)
	mustRun(t, dir, "scrape")
	url := mustQuery(t, filepath.Join(dir, "vendorwatch.db"),
		`SELECT url FROM incidents WHERE title = 'Labels fail to print'`)
	if len(url) != 1 {
		t.Fatalf("the new incident is there %d times", len(url))
	}
	want := []string{"200 /", "200 " + strings.TrimPrefix(url[0], w.sites["parcelwise"].url())}
	if diff := cmp.Diff(want, w.sites["parcelwise"].answers()); diff != "" {
		t.Errorf("(- want + got)\n%s", diff)
	}
}

func mustCount(t *testing.T, dir, statement string, there bool) string {
	t.Helper()
	if !there {
		return "0"
	}
	return mustQuery(t, filepath.Join(dir, "vendorwatch.db"), statement)[0]
}

// clocks are the columns that a scrape without news does change: when we last looked.
var clocks = []string{"scrapes", "sources.last_attempt_at", "sources.last_success_at", "sources.latest_at"}

func TestTheSameScrapeTwiceChangesNoRow(t *testing.T) {
	racetest.Skip(t, "scrapes page after page; TestServe and others have what runs at once")
	t.Parallel()
	for _, slug := range storySlugs {
		t.Run(slug, func(t *testing.T) {
			t.Parallel()
			w := startWorld(t, slug)
			dir := folder(t, w, []string{slug}, "")
			path := filepath.Join(dir, "vendorwatch.db")
			for range 7 {
				mustRun(t, dir, "scrape")
				before := dump(t, path, clocks...)
				if out := mustRun(t, dir, "scrape"); strings.Contains(out, "—") {
					t.Errorf("the second scrape has news: %s", out)
				}
				if diff := cmp.Diff(before, dump(t, path, clocks...)); diff != "" {
					t.Errorf("at %s: after a scrape of an unchanged page (- before + after)\n%s", w.Now(), diff)
				}
				// Without what is remembered of the pages all of them are read again.
				leftOut := append([]string{"documents"}, clocks...)
				before = dump(t, path, leftOut...)
				if _, err := rowsOf(path, `DELETE FROM documents`); err != nil {
					t.Fatal(err)
				}
				mustRun(t, dir, "scrape")
				if diff := cmp.Diff(before, dump(t, path, leftOut...)); diff != "" {
					t.Errorf("at %s: after reading all pages again (- before + after)\n%s", w.Now(), diff)
				}
				w.step(storyLength / 6)
				longAgo(t, path)
			}
		})
	}
}

// longAgo makes a file believe that it read its documents long ago, as it did by the story's time, which passes faster.
// What says what it said a moment ago leads nowhere for some minutes.
func longAgo(t *testing.T, path string) {
	t.Helper()
	if _, err := rowsOf(path, `UPDATE documents SET fetched_at = '2000-01-01T00:00:00.000Z'`); err != nil {
		t.Fatal(err)
	}
}

func TestTheSameImportTwiceChangesNoRow(t *testing.T) {
	racetest.Skip(t, "imports documents one after the other")
	t.Parallel()
	w := startWorld(t)
	for _, path := range []string{"/api/v2/summary.json", "/api/v2/incidents.json", "/history.json?page=1", "/",
		"/history", "/history.atom", "/history.rss"} {
		t.Run(path, func(t *testing.T) {
			w := startWorld(t, "kustomer")
			dir := t.TempDir()
			for range 7 {
				save(t, w.sites["kustomer"], path, filepath.Join(dir, w.Now().Format("2006-01-02T15-04-05Z")+".page"))
				w.step(storyLength / 6)
			}
			importTwice(t, dir, w.sites["kustomer"].url())
		})
	}
	for _, slug := range []string{"ledgerline", "quillpay"} {
		t.Run(slug, func(t *testing.T) {
			dir, site := t.TempDir(), w.sites[slug]
			save(t, site, strings.TrimPrefix(site.url(), site.server.URL),
				filepath.Join(dir, "2026-08-22T06-30-24Z.page"))
			importTwice(t, dir, site.url())
		})
	}
}

// save keeps a page of a vendor as a file.
func save(t *testing.T, s *site, path, file string) {
	t.Helper()
	res, err := s.server.Client().Get(s.server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := out.ReadFrom(res.Body); err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %s %v", path, res.Status, err)
	}
}

func importTwice(t *testing.T, dir, url string) {
	t.Helper()
	home := t.TempDir()
	path := filepath.Join(home, "vendorwatch.db")
	first := mustRun(t, home, "import", "--vendor", "acme", "--url", url, dir)
	if strings.Contains(first, "incidents 0,") || !strings.Contains(first, "unreadable 0;") {
		t.Errorf("the pages are not read: %s", first)
	}
	before := dump(t, path)
	again := mustRun(t, home, "import", "--vendor", "acme", "--url", url, dir)
	if !strings.HasSuffix(again, "incidents 0, updates 0, revisions 0, events 0, findings 0\n") {
		t.Errorf("the second import says: %s", again)
	}
	if diff := cmp.Diff(before, dump(t, path)); diff != "" {
		t.Errorf("after a second import (- before + after)\n%s", diff)
	}
}
