package watch

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/scraper"
)

// archive is the history of a vendor on loopback, three months a page, with one incident in the first month of each.
type archive struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []string // pages of the history
	broken map[string]int
}

// fails makes a path answer with a status.
func (a *archive) fails(path string, status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.broken[path] = status
}

// pages returns which pages of the history were asked for since it was called last.
func (a *archive) pages() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	asked := strings.Join(a.asked, " ")
	a.asked = nil
	return asked
}

func (a *archive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := r.URL.Query().Get("page")
	if r.URL.Path == "/history.json" {
		a.asked = append(a.asked, n)
	}
	for _, path := range []string{r.URL.Path, r.URL.Path + "?page=" + n} {
		if status := a.broken[path]; status != 0 {
			http.Error(w, "no", status)
			return
		}
	}
	page, _ := strconv.Atoi(n)
	if r.URL.Path != "/history.json" || page < 1 || page > 3 {
		http.NotFound(w, r)
		return
	}
	var months []string
	for i := range 3 {
		month := monthsAgo(3*(page-1) + i)
		entry := ""
		if i == 0 {
			entry = fmt.Sprintf(`{"code":"code%d","name":"Kites fall in %s","message":"They fly again.",`+
				`"impact":"minor",`+
				`"timestamp":"%s <var data-var='date'>1</var>, <var data-var='time'>00:10</var> - `+
				`<var data-var='time'>00:20</var> UTC"}`, page, month.Month(), month.Format("Jan"))
		}
		months = append(months, fmt.Sprintf(`{"name":%q,"year":%d,"incidents":[%s]}`, month.Month(), month.Year(),
			entry))
	}
	_, _ = fmt.Fprintf(w, `{"page_status":{"page":{"id":"p1","name":"Kites","subdomain":"kites","created_at":%q,`+
		`"time_zone":"Etc/UTC"},"status":{"indicator":"none","description":"All Systems Operational"}},`+
		`"components":[],`+
		`"months":[%s],"start_time":%q,"end_time":%q}`, monthsAgo(8).AddDate(0, 0, 14).Format(time.RFC3339),
		strings.Join(months, ","),
		monthsAgo(3*page-1).Format(time.RFC3339), monthsAgo(3*(page-1)-1).Add(-time.Second).Format(time.RFC3339))
}

// monthsAgo returns the first day of a month. The archive ends in this one, by the same clock as the fetcher's.
func monthsAgo(n int) time.Time {
	now := time.Now().UTC()
	return time.Date(now.Year(), now.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
}

// archiveWatcher watches an archive over HTTP.
func archiveWatcher(t *testing.T) (*archive, *Watcher, Source) {
	t.Helper()
	a := &archive{broken: map[string]int{}}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	w, s := watcher(t, nil)
	w.Fetcher = scraper.NewCollector(scraper.FetchOptions{UserAgent: "vendorwatch test", Timeout: 10 * time.Second,
		MaxBytes: 1 << 20})
	id, err := w.Record.EnsureSource(t.Context(), vendorOf(t, w), a.URL, "statuspage")
	if err != nil {
		t.Fatal(err)
	}
	s.ID, s.URL = id, a.URL
	return a, w, s
}

func incidentsOnRecord(t *testing.T, w *Watcher) []string {
	t.Helper()
	var keys []string
	for n := range 4 {
		key := fmt.Sprintf("code%d", n)
		if i, err := w.DB.IncidentByKey(t.Context(), key, time.Now()); err == nil {
			keys = append(keys, key+" "+i.State)
		}
	}
	return keys
}

// TestBackfillReadsToTheFirstDay holds that a whole history is stored, stretch by stretch, and that none of it is told.
func TestBackfillReadsToTheFirstDay(t *testing.T) {
	a, w, s := archiveWatcher(t)
	w.OnEvents = func(events []query.Event) { t.Errorf("events: %+v", events) }
	var steps []Progress
	got, err := w.Backfill(t.Context(), s, func(p Progress) { steps = append(steps, p) })
	if err != nil {
		t.Fatal(err)
	}
	want := []Progress{{1, 1, 0}, {2, 2, 0}, {3, 3, 0}}
	if got != want[2] || !slices.Equal(steps, want) {
		t.Errorf("%+v, after %+v", got, steps)
	}
	if asked := a.pages(); asked != "1 2 3" {
		t.Errorf("asked for pages %s", asked)
	}
	if keys := incidentsOnRecord(t, w); !slices.Equal(keys, []string{"code1 resolved", "code2 resolved",
		"code3 resolved"}) {
		t.Errorf("on record: %v", keys)
	}
	health := sourceHealth(t, w, s.ID)
	if health.CoverageStartAt != normalize.FormatTime(monthsAgo(8)) {
		t.Errorf("covered from %q on", health.CoverageStartAt)
	}
	// After a complete run only its end is read again, and brings nothing new.
	if got, err := w.Backfill(t.Context(), s, nil); err != nil || got != (Progress{Page: 2}) {
		t.Errorf("again: %+v, %v", got, err)
	}
	if asked := a.pages(); asked != "2 3" {
		t.Errorf("again: asked for pages %s", asked)
	}
}

// TestABackfillThatWasStoppedGoesOn holds that what was read before a failure is kept, and that the next run goes on
// one page before the one that failed, since entries move on to the next page as time passes.
func TestABackfillThatWasStoppedGoesOn(t *testing.T) {
	a, w, s := archiveWatcher(t)
	a.fails("/history.json?page=3", http.StatusServiceUnavailable)
	got, err := w.Backfill(t.Context(), s, nil)
	if err == nil || !strings.Contains(err.Error(), `source "acme": history page 3: `) ||
		!strings.Contains(err.Error(), "503") {
		t.Errorf("error: %v", err)
	}
	if got.Page != 2 || got.Incidents != 2 || len(incidentsOnRecord(t, w)) != 2 {
		t.Errorf("%+v, on record %v", got, incidentsOnRecord(t, w))
	}
	a.pages()
	a.fails("/history.json?page=3", 0)
	if got, err = w.Backfill(t.Context(), s, nil); err != nil || got.Page != 2 || got.Incidents != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if asked := a.pages(); asked != "2 3" {
		t.Errorf("asked for pages %s", asked)
	}
	// The stretches of the two runs join.
	if health := sourceHealth(t, w, s.ID); health.CoverageStartAt != normalize.FormatTime(monthsAgo(8)) {
		t.Errorf("covered from %q on", health.CoverageStartAt)
	}
}

// TestAStretchThatIsReadInPartIsKeptAndReadAgain holds that an incident which cannot be read stops a backfill, that the
// stretch counts as not seen, and that nothing of it is lost.
func TestAStretchThatIsReadInPartIsKeptAndReadAgain(t *testing.T) {
	a, w, s := archiveWatcher(t)
	a.fails("/api/v2/incidents/code2.json", http.StatusInternalServerError)
	got, err := w.Backfill(t.Context(), s, nil)
	if err == nil || !strings.Contains(err.Error(), "history page 2") || got.Page != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if keys := incidentsOnRecord(t, w); len(keys) != 2 {
		t.Errorf("on record: %v", keys)
	}
	if health := sourceHealth(t, w, s.ID); health.CoverageStartAt != normalize.FormatTime(monthsAgo(2)) {
		t.Errorf("covered from %q on", health.CoverageStartAt)
	}
	a.pages()
	a.fails("/api/v2/incidents/code2.json", 0)
	if _, err := w.Backfill(t.Context(), s, nil); err != nil {
		t.Error(err)
	}
	if asked := a.pages(); asked != "1 2 3" {
		t.Errorf("asked for pages %s", asked)
	}
}

func TestABackfillOfWhatIsNotThere(t *testing.T) {
	_, w, s := archiveWatcher(t)
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := w.Backfill(stopped, s, nil); err == nil || got != (Progress{}) {
		t.Errorf("stopped: %+v, %v", got, err)
	}
	s.ID = 99
	if _, err := w.Backfill(t.Context(), s, nil); err == nil || !strings.Contains(err.Error(), `source "acme"`) {
		t.Errorf("no such source: %v", err)
	}
	if _, err := w.Scrape(t.Context(), s); err == nil || !strings.Contains(err.Error(), `source "acme"`) {
		t.Errorf("no such source: %v", err)
	}
	id, err := w.Record.EnsureSource(t.Context(), vendorOf(t, w), "https://other.example", "telepathy")
	if err != nil {
		t.Fatal(err)
	}
	s.ID = id
	if _, err := w.Backfill(t.Context(), s, nil); err == nil || !strings.Contains(err.Error(), "telepathy") {
		t.Errorf("no such platform: %v", err)
	}
	if _, err := w.Scrape(t.Context(), s); err == nil || !strings.Contains(err.Error(), "telepathy") {
		t.Errorf("no such platform: %v", err)
	}
}

func sourceHealth(t *testing.T, w *Watcher, id int64) query.SourceHealth {
	t.Helper()
	list, err := w.DB.SourceHealth(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range list {
		if h.SourceID == id {
			return h
		}
	}
	t.Fatalf("there is no source %d", id)
	return query.SourceHealth{}
}
