package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/db/query"
	"vendorwatch/scraper"
)

// runFor runs a watcher for a time by the clock of the bubble it is called in, and returns how long Run took to stop.
func runFor(t *testing.T, w *Watcher, d time.Duration, sources ...Source) time.Duration {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx, sources) }()
	time.Sleep(d)
	cancel()
	told := time.Now()
	if err := <-done; err != nil {
		t.Error(err)
	}
	return time.Since(told)
}

// wait waits for an answer that takes its time.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("fetch: %w", context.Cause(ctx))
	}
}

// TestRunScrapesAtOnceAndThenOnSchedule holds that a source is read at the start, and then each time it is due.
func TestRunScrapesAtOnceAndThenOnSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var at []time.Duration
		w, s := watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
			if strings.HasSuffix(r.URL, "/summary.json") {
				at = append(at, time.Since(began))
			}
			return healthy(ctx, r)
		})
		s.Schedule = cron.Every(10 * time.Minute)
		if took := runFor(t, w, 55*time.Minute, s); took != 0 {
			t.Errorf("nothing ran, and stopping took %s", took)
		}
		if len(at) != 6 || at[0] != 0 {
			t.Fatalf("scraped after %v", at)
		}
		for n := range at[1:] {
			due := time.Duration(n+1) * 10 * time.Minute
			if late := at[n+1] - due; late < 0 || late > maxSpread {
				t.Errorf("scrape %d was due after %s and made after %s", n+1, due, at[n+1])
			}
		}
		if got := health(t, w); got.Health != "ok" && got.Health != "not_watched" || got.ConsecutiveFailures != 0 {
			t.Errorf("health: %+v", got)
		}
	})
}

// TestAScrapeThatStillRunsIsNotStartedAgain holds that a slow scrape makes the next ones be skipped, and says so.
func TestAScrapeThatStillRunsIsNotStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most, calls atomic.Int32
		w, s := watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
			if strings.HasSuffix(r.URL, "/summary.json") {
				calls.Add(1)
				most.Store(max(most.Load(), running.Add(1)))
				defer running.Add(-1)
				if err := wait(ctx, 25*time.Minute); err != nil {
					return scraper.Page{}, err
				}
			}
			return healthy(ctx, r)
		})
		var log strings.Builder
		w.Log = slog.New(slog.NewTextHandler(&log, nil))
		s.Schedule, s.Timeout = cron.Every(10*time.Minute), 0
		if took := runFor(t, w, time.Hour, s); took > shutdownGrace {
			t.Errorf("stopping took %s", took)
		}
		if calls.Load() != 2 && calls.Load() != 3 || most.Load() != 1 {
			t.Errorf("%d scrapes, %d at one time", calls.Load(), most.Load())
		}
		if n := strings.Count(log.String(), "scrape skipped, the previous one is still running"); n < 3 ||
			!strings.Contains(log.String(), "vendor=acme") {
			t.Errorf("%d were said to be skipped:\n%s", n, &log)
		}
	})
}

// TestRunningScrapesMayFinish holds what becomes of a scrape that runs when the service is stopped: it has eight
// seconds to finish, and after them leaves nothing on record.
func TestRunningScrapesMayFinish(t *testing.T) {
	for _, c := range []struct {
		needs, took time.Duration
		saved       bool
	}{
		{5 * time.Second, 4 * time.Second, true},
		{time.Hour, shutdownGrace, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			w, s := watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
				if strings.HasSuffix(r.URL, "/summary.json") {
					if err := wait(ctx, c.needs); err != nil {
						return scraper.Page{}, err
					}
				}
				return healthy(ctx, r)
			})
			s.Timeout = 0
			if took := runFor(t, w, time.Second, s); took != c.took {
				t.Errorf("a scrape of %s: stopping took %s", c.needs, took)
			}
			if got := health(t, w); (got.LastAttemptAt != "") != c.saved || got.ConsecutiveFailures != 0 {
				t.Errorf("a scrape of %s: %+v", c.needs, got)
			}
		})
	}
}

// TestAScrapeThatPanicsIsFollowedByTheNextOne holds that a bug in a reader stops neither the service nor its source.
func TestAScrapeThatPanicsIsFollowedByTheNextOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		w, s := watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
			if calls++; calls == 1 {
				panic("a bug in a reader")
			}
			return healthy(ctx, r)
		})
		var log strings.Builder
		w.Log = slog.New(slog.NewTextHandler(&log, nil))
		s.Schedule = cron.Every(10 * time.Minute)
		runFor(t, w, 15*time.Minute, s)
		if got := health(t, w); calls < 2 || got.LastSuccessAt == "" {
			t.Errorf("%d requests, %+v", calls, got)
		}
		if !strings.Contains(log.String(), "panic: a bug in a reader") {
			t.Errorf("the log says\n%s", &log)
		}
	})
}

// TestRetryAfterIsHonoured holds that a server which asks for a rest is not asked before it is over, however often the
// schedule comes round, and no longer than a day.
func TestRetryAfterIsHonoured(t *testing.T) {
	for _, c := range []struct{ asked, rest time.Duration }{{35 * time.Minute, 35 * time.Minute},
		{72 * time.Hour, 24 * time.Hour}} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			var at []time.Duration
			w, s := watcher(t, func(_ context.Context, r scraper.Request) (scraper.Page, error) {
				at = append(at, time.Since(began))
				return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 429, RetryAfter: c.asked}
			})
			s.Schedule = cron.Every(10 * time.Minute)
			runFor(t, w, c.rest+15*time.Minute, s)
			if len(at) != 2 || at[1] < c.rest || at[1] > c.rest+10*time.Minute+maxSpread {
				t.Errorf("asked to wait for %s, and came after %v", c.asked, at)
			}
		})
	}
}

// TestHangingVendorsStopNobody holds that vendors which do not answer, however many there are, keep no other from being
// read on schedule.
func TestHangingVendorsStopNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var good atomic.Int32
		w, s := watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
			if !strings.Contains(r.URL, "//status.acme.example") {
				<-ctx.Done()
				return scraper.Page{}, fmt.Errorf("fetch: %w", context.Cause(ctx))
			}
			if strings.HasSuffix(r.URL, "/summary.json") {
				good.Add(1)
			}
			return healthy(ctx, r)
		})
		w.Concurrency = 1
		s.Schedule, s.Timeout = cron.Every(time.Minute), time.Minute
		sources := []Source{s}
		for n := range 40 {
			hanging := s
			hanging.URL = fmt.Sprintf("https://status%d.acme.example", n)
			id, err := w.Record.EnsureSource(t.Context(), vendorOf(t, w), hanging.URL, "statuspage")
			if err != nil {
				t.Fatal(err)
			}
			hanging.ID = id
			sources = append(sources, hanging)
		}
		runFor(t, w, 30*time.Minute, sources...)
		if n := good.Load(); n < 29 {
			t.Errorf("it was read %d times in 30 minutes", n)
		}
		list, err := w.DB.SourceHealth(t.Context(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range list {
			if hangs := h.PageURL != s.URL; hangs != (h.ConsecutiveFailures > 3) {
				t.Errorf("%s: %d failures", h.PageURL, h.ConsecutiveFailures)
			}
		}
	})
}

// TestPagesWaitForASlot holds that no more pages are worked on at one time than allowed, and that one which waits when
// the service stops is not read.
func TestPagesWaitForASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, s := watcher(t, healthy)
		w.Concurrency = 0 // one
		other := place{w: w}
		if err := other.take(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		done := make(chan error)
		go func() {
			_, err := w.Scrape(ctx, s)
			done <- err
		}()
		time.Sleep(time.Hour)
		if late := w.Lateness(); late.Waiting != 1 || late.Longest != time.Hour {
			t.Errorf("while one waits: %+v", late)
		}
		why := errors.New("the service is stopping")
		cancel(why)
		if err := <-done; !errors.Is(err, why) {
			t.Errorf("error: %v", err)
		}
		other.leave()
		if _, err := w.Scrape(t.Context(), s); err != nil {
			t.Errorf("with a free slot: %v", err)
		}
		if late := w.Lateness(); late != (Lateness{}) {
			t.Errorf("when all is read: %+v", late)
		}
	})
}

// TestAQueueIsOurs holds that many pages of one host, of which not all can have their turn when they are due, are late
// and not failed: nothing is told of their vendor, and each is read in the end.
func TestAQueueIsOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn := make(chan struct{}, 1) // who waits longest comes next
		w, s := watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
			err := scraper.Pause(ctx, func(ctx context.Context) error {
				select {
				case turn <- struct{}{}:
				case <-ctx.Done():
					return context.Cause(ctx)
				}
				defer func() { <-turn }()
				return wait(ctx, 10*time.Second)
			})
			if err != nil {
				return scraper.Page{}, err
			}
			return healthy(ctx, r)
		})
		var log strings.Builder
		w.Log = slog.New(slog.NewTextHandler(&log, nil))
		s.Schedule, s.Timeout = cron.Every(time.Minute), 30*time.Second
		sources := []Source{s}
		for n := range 40 {
			one := s
			one.URL = fmt.Sprintf("https://status.acme.example/%d", n)
			id, err := w.Record.EnsureSource(t.Context(), vendorOf(t, w), one.URL, "statuspage")
			if err != nil {
				t.Fatal(err)
			}
			one.ID = id
			sources = append(sources, one)
		}
		runFor(t, w, time.Hour, sources...)
		list, err := w.DB.SourceHealth(t.Context(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range list {
			if h.LastSuccessAt == "" || h.ConsecutiveFailures > 0 || h.LastError != "" {
				t.Errorf("%+v", h)
			}
		}
		if late := w.Lateness(); late.PutOff < 100 {
			t.Errorf("late: %+v", late)
		}
		if n := strings.Count(log.String(), "\n"); n > 200 || !strings.Contains(log.String(), "readings are put off") {
			t.Errorf("%d lines of log: %.2000s", n, log.String())
		}
	})
}

func vendorOf(t *testing.T, w *Watcher) int64 {
	t.Helper()
	id, err := w.Record.EnsureVendor(t.Context(), query.Vendor{Slug: "acme", Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestEventsAreToldOneScrapeAtATime holds that OnEvents hears of what was saved, and never twice at one time.
func TestEventsAreToldOneScrapeAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, s := watcher(t, func(_ context.Context, r scraper.Request) (scraper.Page, error) {
			return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 503}
		})
		var told []query.Event
		inside := false
		w.OnEvents = func(events []query.Event) {
			if inside {
				t.Error("called twice at one time")
			}
			inside = true
			time.Sleep(time.Minute)
			told = append(told, events...)
			inside = false
		}
		s.Schedule = cron.Every(10 * time.Minute)
		runFor(t, w, 35*time.Minute, s)
		if len(told) != 1 || told[0].Kind != "source_unreadable" {
			t.Errorf("events: %+v", told)
		}
	})
}
