package watch

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/scraper"
)

// served is a page whose content is its validator too, and which a test may change.
type served struct{ body, etag string }

func (s *served) fetch(_ context.Context, r scraper.Request) (scraper.Page, error) {
	if !strings.HasSuffix(r.URL, "/summary.json") {
		return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 404}
	}
	p := scraper.Page{URL: r.URL, Status: http.StatusOK, ETag: s.etag, At: time.Now()}
	if r.ETag == s.etag {
		p.Status, p.NotModified = http.StatusNotModified, true
		return p, nil
	}
	p.Body = []byte(s.body)
	return p, nil
}

const troubled = `{"page":{"id":"p1","name":"Acme","url":"https://status.acme.example","time_zone":"Etc/UTC",` +
	`"updated_at":"2026-11-23T09:00:00.000Z"},` +
	`"status":{"indicator":"minor","description":"Minor"},"components":[],"incidents":[{"id":"i1","name":"Slow",` +
	`"status":"investigating","impact":"minor","created_at":"2026-11-23T09:00:00.000Z",` +
	`"started_at":"2026-11-23T09:00:00.000Z","shortlink":"","incident_updates":[{"id":"u1","status":"investigating",` +
	`"body":"We look into it.","created_at":"2026-11-23T09:00:00.000Z","display_at":"2026-11-23T09:00:00.000Z",` +
	`"affected_components":null}]}],"scheduled_maintenances":[]}`

// What a scrape knows from memory is held to the file: whatever another process did there since, the record is the one
// that a watcher without memory makes.
func TestAnUnchangedPageIsHeldToTheFile(t *testing.T) {
	for name, other := range map[string]func(t *testing.T, page *served, w *Watcher, s Source){
		"nothing happened": func(*testing.T, *served, *Watcher, Source) {},
		"another process read it unchanged": func(t *testing.T, _ *served, w *Watcher, s Source) {
			scrapeWell(t, w, s, 5)
		},
		"another process read other content": func(t *testing.T, page *served, w *Watcher, s Source) {
			was := *page
			page.body, page.etag = troubled, "b"
			scrapeWell(t, w, s, 5)
			*page = was
		},
		"another process moved the source": func(t *testing.T, _ *served, w *Watcher, s Source) {
			if err := w.Record.IdentifySource(t.Context(), s.ID, "https://new.acme.example", "statuspage"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			recorded := func(memory bool) []string {
				page := &served{quiet, "a"}
				w, s, file := watcherOf(t, page.fetch)
				w.Record.Gather = time.Millisecond
				for minute := range 3 {
					scrapeWell(t, w, s, minute)
				}
				if _, kept := w.known.states[s.ID]; !kept {
					t.Fatal("an unchanged page leaves nothing in memory")
				}
				if !memory {
					w.known.take(s.ID)
				}
				other(t, page, processOf(t, w, file), s)
				scrapeWell(t, w, s, 10)
				scrapeWell(t, w, s, 11)
				return recordOf(t, file)
			}
			if diff := cmp.Diff(recorded(false), recorded(true)); diff != "" {
				t.Errorf("the record without memory and with it (-want +got)\n%s", diff)
			}
		})
	}
}

// An unchanged page costs no reading of the file: not once the readers are closed does its scrape fail.
func TestAnUnchangedPageIsNotLookedUp(t *testing.T) {
	page := &served{quiet, "a"}
	w, s, file := watcherOf(t, page.fetch)
	w.Record.Gather = time.Millisecond
	scrapeWell(t, w, s, 0)
	scrapeWell(t, w, s, 1)
	other, err := db.Open(t.Context(), file.Path())
	if err != nil {
		t.Fatal(err)
	}
	w.DB = query.New(other)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	scrapeWell(t, w, s, 2)
	page.etag = "b" // the body has not changed
	scrapeWell(t, w, s, 3)
	if d := w.known.states[s.ID].Documents["https://status.acme.example/api/v2/summary.json"]; d.ETag != "b" {
		t.Errorf("the validator in memory is %q", d.ETag)
	}
}

// processOf is a watcher with connections of its own to the file of another, as another process has.
func processOf(t *testing.T, w *Watcher, of *db.DB) *Watcher {
	t.Helper()
	file, err := db.Open(t.Context(), of.Path())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return &Watcher{DB: query.New(file), Record: record.New(file), Fetcher: w.Fetcher, Log: w.Log,
		Concurrency: 1}
}

// scrapeWell scrapes at a minute of the hour.
func scrapeWell(t *testing.T, w *Watcher, s Source, minute int) {
	t.Helper()
	at := time.Date(2026, 11, 23, 9, minute, 0, 0, time.UTC)
	w.Now = func() time.Time { return at }
	if _, err := w.Scrape(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// recordOf is what the file holds of the source, its documents and its incidents.
func recordOf(t *testing.T, file *db.DB) []string {
	t.Helper()
	rows, err := file.Reader().QueryContext(t.Context(), `
		SELECT concat_ws('|', page_url, last_success_at, consecutive_failures, indicator) FROM sources
		UNION ALL SELECT concat_ws('|', url, etag, hash, fetched_at) FROM documents
		UNION ALL SELECT concat_ws('|', title, state, left_feed_at) FROM incidents
		UNION ALL SELECT concat_ws('|', started_at, last_started_at, times, outcome) FROM scrapes`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
