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
)

// maxSpread is how far a source's start may be moved from its schedule, so that many sources of one
// schedule do not start in one second.
const maxSpread = time.Minute

// grace is how long running scrapes may go on after Run was told to stop.
const grace = 8 * time.Second

// Run scrapes every source now and then on its schedule, until ctx ends. It stops starting scrapes at
// once, lets those that run finish for up to 8 seconds and then cancels them; a cancelled scrape leaves
// nothing half-written. A scrape that still runs when its next one is due makes that one be skipped.
func (w *Watcher) Run(ctx context.Context, sources []Source) error {
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	var running sync.WaitGroup
	job := func(s Source) cron.Job {
		// Recover stands inside: outside of it, a scrape that panics would count as running for ever.
		chain := cron.NewChain(cron.SkipIfStillRunning(skipLog{w.Log, s.Vendor}), w.recover(s))
		return chain.Then(cron.FuncJob(func() {
			if ctx.Err() == nil {
				w.scheduled(work, s)
			}
		}))
	}
	schedule := cron.New()
	for _, s := range sources {
		j := job(s)
		schedule.Schedule(spread(s), cron.FuncJob(func() { j.Run() }))
		running.Go(j.Run)
	}
	schedule.Start()
	<-ctx.Done()
	stopped := schedule.Stop()
	done := make(chan struct{})
	go func() {
		running.Wait()
		<-stopped.Done()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(grace):
	}
	cancel(errors.New("the service is stopping"))
	<-done
	return nil
}

// scheduled is one scrape of the schedule; what went wrong has been logged with the scrape.
func (w *Watcher) scheduled(ctx context.Context, s Source) {
	if until, rests := w.restsUntil(s.ID); rests {
		w.Log.Info("scrape put off, the server asked for it", "vendor", s.Vendor, "until", until.UTC().Format(time.RFC3339))
		return
	}
	if saved, err := w.Scrape(ctx, s); err != nil && saved.Outcome == "" {
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

// skipLog hears from cron that a scrape was skipped.
type skipLog struct {
	log    *slog.Logger
	vendor string
}

func (l skipLog) Info(string, ...any) {
	l.log.Warn("scrape skipped, the one before still runs", "vendor", l.vendor)
}

func (l skipLog) Error(err error, msg string, _ ...any) {
	l.log.Error(msg, "vendor", l.vendor, "error", err)
}

// spreadSchedule is a schedule moved by a fixed time.
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

// spread moves a source's schedule by a part of its interval, at the most a minute, that depends on its
// vendor and address alone.
func spread(s Source) cron.Schedule {
	first := s.Schedule.Next(time.Now())
	interval := min(s.Schedule.Next(first).Sub(first), maxSpread)
	if interval <= time.Second {
		return s.Schedule
	}
	h := fnv.New64a()
	h.Write([]byte(s.Vendor + " " + s.URL))
	return spreadSchedule{s.Schedule, time.Duration(h.Sum64() % uint64(interval)).Truncate(time.Millisecond)}
}
