package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/db"
	"vendorwatch/db/dbtest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/scraper"
)

// fetchFunc is a Fetcher made of one function.
type fetchFunc func(ctx context.Context, r scraper.Request) (scraper.Page, error)

func (f fetchFunc) Fetch(ctx context.Context, r scraper.Request) (scraper.Page, error) {
	return f(ctx, r)
}

const quiet = `{"page":{"id":"p1","name":"Acme","url":"https://status.acme.example","time_zone":"Etc/UTC",` +
	`"updated_at":"2026-03-01T09:00:00.000Z"},` +
	`"status":{"indicator":"none","description":"All Systems Operational"},"components":[],"incidents":[],` +
	`"scheduled_maintenances":[]}`

// healthy answers every request with a Statuspage on which nothing is open.
func healthy(_ context.Context, r scraper.Request) (scraper.Page, error) {
	if !strings.HasSuffix(r.URL, "/summary.json") {
		return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 404}
	}
	return scraper.Page{URL: r.URL, Status: 200, Body: []byte(quiet), At: time.Now()}, nil
}

// emptyFile puts a migrated file at a path.
var emptyFile = dbtest.Empty(db.Open)

func watcher(t *testing.T, fetch fetchFunc) (*Watcher, Source) {
	t.Helper()
	w, s, _ := watcherOf(t, fetch)
	return w, s
}

// watcherOf is a watcher, its source and its file.
func watcherOf(t *testing.T, fetch fetchFunc) (*Watcher, Source, *db.DB) {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	emptyFile(t, path)
	file, err := db.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	vendor, err := record.New(file).EnsureVendor(ctx, query.Vendor{Slug: "acme", Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := record.New(file).EnsureSource(ctx, vendor, "https://status.acme.example", "statuspage")
	if err != nil {
		t.Fatal(err)
	}
	w := &Watcher{DB: query.New(file), Record: record.New(file), Fetcher: fetch, Log: slog.New(slog.DiscardHandler),
		Now: time.Now, Concurrency: 2}
	return w, Source{ID: id, Vendor: "acme", URL: "https://status.acme.example", Platform: "statuspage",
		Schedule: cron.Every(time.Hour), Timeout: 5 * time.Second}, file
}

func health(t *testing.T, w *Watcher) query.SourceHealth {
	t.Helper()
	list, err := w.DB.SourceHealth(context.Background(), time.Now())
	if err != nil || len(list) != 1 {
		t.Fatalf("health %v, error %v", list, err)
	}
	return list[0]
}

func TestAScrapeThatFailsIsOnRecordWithItsReason(t *testing.T) {
	w, s := watcher(t, func(_ context.Context, r scraper.Request) (scraper.Page, error) {
		return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 503}
	})
	saved, err := w.Scrape(context.Background(), s)
	var h *scraper.HTTPError
	if !errors.As(err, &h) || saved.Outcome != query.OutcomeFailed {
		t.Fatalf("outcome %q, error %v", saved.Outcome, err)
	}
	if got := health(t, w); got.ConsecutiveFailures != 1 || !strings.Contains(got.LastError, "503") {
		t.Errorf("health: %+v", got)
	}
}

func TestAPageThatIsSomethingElseIsUnreadable(t *testing.T) {
	w, s := watcher(t, func(_ context.Context, r scraper.Request) (scraper.Page, error) {
		return scraper.Page{URL: r.URL, Status: 200, Body: []byte(`{"message":"Forbidden"}`), At: time.Now()}, nil
	})
	saved, err := w.Scrape(context.Background(), s)
	if !errors.Is(err, scraper.ErrShape) || saved.Outcome != query.OutcomeUnreadable {
		t.Errorf("outcome %q, error %v", saved.Outcome, err)
	}
}

func TestAScrapeStoppedFromOutsideSaysNothingOfTheVendor(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("the service is stopping")
	w, s := watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
		cancel(why)
		<-ctx.Done()
		return scraper.Page{}, fmt.Errorf("fetch %s: %w", r.URL, context.Cause(ctx))
	})
	if _, err := w.Scrape(ctx, s); !errors.Is(err, why) {
		t.Errorf("error: %v", err)
	}
	if got := health(t, w); got.ConsecutiveFailures != 0 || got.LastAttemptAt != "" {
		t.Errorf("health: %+v", got)
	}
}

func TestAScrapeHasItsTimeLimit(t *testing.T) {
	w, s := watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
		<-ctx.Done()
		return scraper.Page{}, fmt.Errorf("fetch %s: %w", r.URL, context.Cause(ctx))
	})
	s.Timeout = 20 * time.Millisecond
	saved, err := w.Scrape(context.Background(), s)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "20ms (timeout)") ||
		saved.Outcome != query.OutcomeFailed {
		t.Errorf("outcome %q, error %v", saved.Outcome, err)
	}
}

func TestAServerThatAsksForRestIsLeftAlone(t *testing.T) {
	asked := 0
	w, s := watcher(t, func(_ context.Context, r scraper.Request) (scraper.Page, error) {
		asked++
		return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 429, RetryAfter: time.Hour}
	})
	for range 3 {
		w.scheduled(context.Background(), s)
	}
	if asked != 1 {
		t.Errorf("asked %d times within the hour it asked for", asked)
	}
	// What was due and was not read is not known, whatever the reason.
	if h := health(t, w); h.ConsecutiveFailures != 3 ||
		!strings.Contains(h.LastError, "Retry-After") {
		t.Errorf("health %+v", h)
	}
	events, err := w.DB.EventsSince(t.Context(), time.Time{})
	if err != nil || len(events) != 1 || events[0].Kind != normalize.EventSourceUnreadable {
		t.Errorf("events %+v, %v", events, err)
	}
}

func TestManySourcesOfOneScheduleAreSpread(t *testing.T) {
	parse := func(line string) cron.Schedule {
		s, err := cron.ParseStandard(line)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	base := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	seconds := map[int]int{}
	for n := range 1000 {
		s := Source{Vendor: fmt.Sprint("vendor-", n), URL: "https://status.example", Schedule: parse("*/5 * * * *")}
		next := spread(s, base).Next(base)
		if again := spread(s, base).Next(base); !again.Equal(next) {
			t.Fatal("the same source starts at another second each time")
		}
		if plain := s.Schedule.Next(base.Add(-time.Minute)); next.Sub(plain) >= 5*time.Minute+maxSpread ||
			next.Before(base) {
			t.Fatalf("%s instead of %s", next, plain)
		}
		seconds[next.Second()]++
	}
	for second, sources := range seconds {
		if sources > 60 {
			t.Errorf("%d of 1,000 sources start in second %d", sources, second)
		}
	}
	// A fixed interval has no second of its own: it is counted from the start, and moved as the others are.
	every := Source{Vendor: "vendor-1", URL: "https://status.example", Schedule: cron.Every(5 * time.Minute)}
	times := spread(every, base)
	first := times.Next(base)
	if first.Sub(base) < 5*time.Minute || first.Sub(base) >= 5*time.Minute+maxSpread ||
		first.Sub(base) == 5*time.Minute {
		t.Errorf("the first of every five minutes is %s after the start", first.Sub(base))
	}
	for at, want := range map[time.Time]time.Time{
		first.Add(-time.Second): first, first: first.Add(5 * time.Minute),
		first.Add(time.Second):      first.Add(5 * time.Minute),
		first.Add(12 * time.Minute): first.Add(15 * time.Minute),
	} {
		if next := times.Next(at); !next.Equal(want) {
			t.Errorf("after %s it is %s, want %s", at.Sub(first), next.Sub(first), want.Sub(first))
		}
	}
	second := Source{Vendor: "a", Schedule: cron.Every(time.Second)}
	if spread(second, base) != second.Schedule {
		t.Error("a schedule of seconds is moved")
	}
	never := Source{Vendor: "a", Schedule: parse("0 0 31 2 *")}
	if next := (spreadSchedule{never.Schedule, time.Minute}).Next(base); !next.IsZero() {
		t.Errorf("what never happens happens at %s", next)
	}
	daily := Source{Vendor: "a", Schedule: parse("0 9 * * *")}
	if next := spread(daily, base).Next(base.Add(-time.Hour)); next.Before(base) || next.After(base.Add(maxSpread)) {
		t.Errorf("a daily scrape at 9:00 starts at %s", next)
	}
}
