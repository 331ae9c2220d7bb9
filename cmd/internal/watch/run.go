package watch

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/db/record"
)

// maxSpread is the longest delay by which a source starts after its schedule, so that many sources with the
// same schedule do not start in the same second.
const maxSpread = time.Minute

// shutdownGrace is how long running scrapes may go on after Run was told to stop, and abandonAfter how long Run waits
// for them once they are cancelled: one that parses a large page looks up only when it is through, and saves nothing
// then.
const (
	shutdownGrace = 8 * time.Second
	abandonAfter  = time.Second
)

// Run scrapes every source at once, and then on its schedule until ctx ends. It then starts no further scrape,
// gives running scrapes 8 seconds to finish, and cancels them after that; a cancelled scrape is rolled back and saves
// nothing. If a scrape is still running when the next one of its source is due, the next one is skipped.
func (w *Watcher) Run(ctx context.Context, sources []Source) error {
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	defer w.countWarnings()()
	var running sync.WaitGroup
	job := func(s Source) cron.Job {
		// SkipIfStillRunning must come first: inside Recover, a scrape that panicked once would count as running
		// from then on.
		skipped := skipLog{w.Log, s.Vendor, func() {
			if w.late.ours(s.ID) {
				w.putOff(s)
				return
			}
			w.warn("still running", "scrape skipped, the previous one is still running", "vendor", s.Vendor)
			w.missed(work, s, errors.New("not read: the reading before it was still running"))
		}}
		chain := cron.NewChain(cron.SkipIfStillRunning(skipped), w.recover(s))
		t := &turn{source: s}
		t.read = func() {
			w.turns.whileOpen(func() { running.Go(func() { w.outOfTurn(work, t) }) })
		}
		w.turns.add(t)
		return chain.Then(cron.FuncJob(func() {
			if ctx.Err() == nil && t.begin() {
				defer t.end()
				w.scheduled(work, s)
			}
		}))
	}
	var all agenda
	for _, s := range sources {
		j := job(s)
		all.add(spread(s, time.Now()), func() { running.Go(j.Run) })
		running.Go(j.Run)
	}
	running.Go(func() { w.hurry(ctx) })
	w.turns.open()
	all.run(ctx)
	w.turns.close()
	done := make(chan struct{})
	go func() {
		running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(shutdownGrace):
	}
	cancel(errors.New("the service is stopping"))
	select {
	case <-done:
	case <-time.After(abandonAfter):
		w.Log.Warn("a scrape is still at work and is abandoned; it saves nothing")
	}
	return nil
}

// scheduled runs one scrape of the schedule. Errors of the page are logged by Scrape itself.
func (w *Watcher) scheduled(ctx context.Context, s Source) {
	if until, rests := w.retryAfterOf(s.ID); rests {
		w.Log.Info("scrape postponed, the server sent Retry-After",
			"vendor", s.Vendor, "until", until.UTC().Format(time.RFC3339))
		w.missed(ctx, s, fmt.Errorf("not read: the server wishes no request before %s (Retry-After)",
			until.UTC().Format(time.RFC3339)))
		return
	}
	if saved, err := w.Scrape(ctx, s); err != nil && saved.Outcome == "" {
		w.Log.Error("scrape", "vendor", s.Vendor, "error", err)
	}
}

// missed records that a source was due and was not read. It counts like a failed attempt: for whoever relies on the
// page it makes no difference why nothing is known of it.
func (w *Watcher) missed(ctx context.Context, s Source, why error) {
	state, _, err := w.stateOf(ctx, s.ID)
	if err == nil {
		now := w.Now().UTC()
		_, err = w.save(ctx, s, record.Scrape{SourceID: s.ID, At: now, Interval: s.interval(now),
			Due: s.due(state.LastSuccessAt), Err: why})
	}
	if err != nil {
		w.Log.Error("scrape", "vendor", s.Vendor, "error", err)
	}
}

func (w *Watcher) recover(s Source) cron.JobWrapper {
	return func(j cron.Job) cron.Job {
		return cron.FuncJob(func() {
			defer func() {
				if r := recover(); r != nil {
					w.Log.Error("scrape", "vendor", s.Vendor, "error", fmt.Sprint("panic: ", r))
				}
			}()
			j.Run()
		})
	}
}

// skipLog is the logger of cron.SkipIfStillRunning, whose only message is that a run was skipped.
type skipLog struct {
	log     *slog.Logger
	vendor  string
	skipped func() // called for each skipped run
}

func (l skipLog) Info(string, ...any) {
	l.skipped()
}

func (l skipLog) Error(err error, msg string, _ ...any) {
	l.log.Error(msg, "vendor", l.vendor, "error", err)
}

// spreadSchedule is a schedule delayed by a fixed time.
type spreadSchedule struct {
	cron.Schedule
	by time.Duration
}

func (s spreadSchedule) Next(t time.Time) time.Time {
	next := s.Schedule.Next(t.Add(-s.by))
	if next.IsZero() {
		return next
	}
	return next.Add(s.by)
}

// everySchedule is a fixed interval, counted from a first time.
type everySchedule struct {
	first time.Time
	every time.Duration
}

// Next implements cron.Schedule.
func (s everySchedule) Next(t time.Time) time.Time {
	if t.Before(s.first) {
		return s.first
	}
	return s.first.Add((t.Sub(s.first)/s.every + 1) * s.every)
}

// spread delays a source's schedule by a part of its interval, a minute at most. The delay depends on the vendor
// and the address alone, so that it is the same after a restart.
func spread(s Source, now time.Time) cron.Schedule {
	first := s.Schedule.Next(now)
	interval := min(s.Schedule.Next(first).Sub(first), maxSpread)
	if interval <= time.Second {
		return s.Schedule
	}
	h := fnv.New64a()
	h.Write([]byte(s.Vendor + " " + s.URL))
	by := time.Duration(h.Sum64() % uint64(interval)).Truncate(time.Millisecond)
	if constant, ok := s.Schedule.(cron.ConstantDelaySchedule); ok {
		// It counts from whatever time it is given, so that moving that time would move nothing.
		return everySchedule{first.Add(by), constant.Delay}
	}
	return spreadSchedule{s.Schedule, by}
}
