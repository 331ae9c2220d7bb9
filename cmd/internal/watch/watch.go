// Package watch decides when each source is scraped, and runs one scrape from the first request to the
// saved events.
package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/custom"
	"vendorwatch/scraper/platforms/feed"
)

// Source is one status page to watch.
type Source struct {
	ID       int64         // source_id in the file
	Vendor   string        // slug
	URL      string        // address of the status page
	Platform string        // name of a registered platform
	Schedule cron.Schedule // when Run scrapes it
	Timeout  time.Duration // of one scrape
	Auth     *scraper.Auth // credentials for the page; nil if it is public

	Reading // how it is read, as far as the config says so

	// Interval is the time between two scrapes by Watcher.Now; 0 takes it from Schedule.
	Interval time.Duration
}

// Reading is what the config says of how a page is read.
type Reading struct {
	Selectors *custom.Selectors // for the platform scraper.Custom; nil for all others
	Dialect   *feed.Dialect     // for the platform scraper.Generic; nil: as feeds usually speak
	TimeZone  string            // of times that the page prints without one; "": UTC

	// pages that the config describes in files, by name, for a page whose platform is to be found
	Described map[string]*custom.Selectors
}

// Watcher scrapes sources into a file. Its fields are set before first use; it is safe for concurrent use.
type Watcher struct {
	DB          *query.DB
	Record      *record.Recorder
	Fetcher     scraper.Fetcher
	Log         *slog.Logger
	Now         func() time.Time    // the clock for all times that are saved
	Concurrency int                 // pages parsed and saved at the same time; below 1 means 1
	WhenOpen    time.Duration       // how often Run reads pages of vendors that have trouble; 0: as any other
	OnEvents    func([]query.Event) // called with the events of each scrape once they are saved; calls do not overlap

	eventsMu sync.Mutex // held while OnEvents runs

	retryMu    sync.Mutex
	retryAfter map[int64]time.Time // by source: no request before this time, because the server asked for it

	slotOnce sync.Once
	slots    chan struct{}

	late  late
	again again
	turns turns
	known known
}

// Scrape reads a source once and saves the result. A page that cannot be read is saved as a failed scrape, and
// its error is returned as well; Saved.Outcome is then set. An error with an empty Saved.Outcome means that
// nothing was saved: the database failed, or ctx ended.
func (w *Watcher) Scrape(ctx context.Context, s Source) (record.Saved, error) {
	saved, err := w.scrape(ctx, s)
	if errors.Is(err, record.ErrOutdated) {
		return w.scrape(ctx, s) // by what the file holds now
	}
	return saved, err
}

func (w *Watcher) scrape(ctx context.Context, s Source) (record.Saved, error) {
	within, limit := s.withTimeout(ctx)
	defer limit.Stop()
	w.late.begin(s.ID, limit)
	defer w.late.end(s.ID)
	at := place{w: w}
	if err := at.take(within); err != nil {
		return record.Saved{}, fmt.Errorf("source %q: %w", s.Vendor, err)
	}
	defer at.leave()
	fetcher := &apart{Fetcher: w.Fetcher, place: &at}
	began := time.Now()
	scrape := record.Scrape{SourceID: s.ID, At: w.Now().UTC()}
	state, remembered, err := w.stateOf(ctx, s.ID)
	if err != nil {
		return record.Saved{}, fmt.Errorf("source %q: %w", s.Vendor, err)
	}
	scrape.Known = remembered
	configured := s
	s.URL, s.Platform = state.PageURL, state.Platform
	platform, err := s.platform()
	if err != nil {
		return record.Saved{}, fmt.Errorf("source %q: %w", s.Vendor, err)
	}
	documents, last := knownDocuments(state), state.LastSuccessAt
	scrape.Interval, scrape.Due, scrape.Queued = s.interval(scrape.At), s.due(last), w.late.readBefore(s.ID)
	scrape.Told = scrape.Queued && w.late.tellsAll(s.ID)
	if !last.IsZero() && scrape.Late(last) && !scrape.Told {
		dropValidators(documents) // something may have been missed
	}
	out, readErr := scraper.Scrape(within, fetcher, platform, w.source(s, scraper.Poll), documents)
	if ctx.Err() != nil {
		// Stopped from outside, which says nothing about the vendor. The next scrape will tell.
		return record.Saved{}, fmt.Errorf("source %q: %w", s.Vendor, context.Cause(ctx))
	}
	if ours := (*fileError)(nil); errors.As(readErr, &ours) {
		return record.Saved{}, fmt.Errorf("source %q: %w", s.Vendor, ours.err)
	}
	if limit.Waited() > waitsLong && !fetcher.first.IsZero() {
		scrape.At = fetcher.first // what is read is not as old as the queue is long
	}
	if readErr == nil && out.MovedTo != "" && w.Record.CanMove(ctx, s.ID, out.MovedTo) == nil {
		scrape.Moved = &record.Move{PageURL: out.MovedTo, Platform: s.Platform}
	}
	failuresNeeded := failuresToSearch
	if last.IsZero() {
		failuresNeeded = 1 // never read before: the platform in the config may be a guess
	}
	saving := within // what is read is saved within the limit, too
	if state.ConsecutiveFailures+1 >= failuresNeeded && mayHaveMoved(readErr) {
		saving = ctx
		if r, err := w.search(ctx, fetcher, s, configured.URL, scrape.At, readErr); err != nil {
			return record.Saved{}, fmt.Errorf("source %q: %w", s.Vendor, err)
		} else if r.moved != nil {
			s, platform, out, readErr, scrape.Moved = r.source, r.platform, r.out, nil, r.moved
		} else {
			readErr = r.err
		}
	}
	fillScrape(&scrape, platform, out, readErr)
	scrape.Took = time.Since(began) - limit.Waited()
	if readErr != nil {
		saving = ctx // that there was no answer in time is known after it only
	}
	if scrape.Unchanged {
		scrape.Documents = slices.DeleteFunc(scrape.Documents, func(d query.Document) bool {
			return state.Documents[d.URL] == d
		})
		at.leave() // it may wait for others to be saved with
	}
	saved, err := w.save(saving, s, scrape)
	if err != nil {
		return saved, err
	}
	w.noteRetryAfter(s.ID, readErr)
	w.late.read(s.ID, readErr == nil, scrape)
	w.keep(state, scrape, saved)
	if readErr != nil {
		return saved, fmt.Errorf("source %q: %w", s.Vendor, readErr)
	}
	return saved, nil
}

func (w *Watcher) save(ctx context.Context, s Source, scrape record.Scrape) (record.Saved, error) {
	saved, err := w.Record.SaveScrape(ctx, scrape)
	if err != nil {
		return saved, fmt.Errorf("source %q: save: %w", s.Vendor, err)
	}
	w.log(s, scrape, saved)
	w.Tell(saved.Events)
	return saved, nil
}

// Tell calls OnEvents with events that are saved, if there are any.
func (w *Watcher) Tell(events []query.Event) {
	if w.OnEvents != nil && len(events) > 0 {
		w.eventsMu.Lock()
		defer w.eventsMu.Unlock()
		w.OnEvents(events)
	}
}

func (w *Watcher) log(s Source, scrape record.Scrape, saved record.Saved) {
	attrs := []any{
		"vendor", s.Vendor, "outcome", saved.Outcome, "took", scrape.Took.Round(time.Millisecond),
		"requests", scrape.Requests, "bytes", scrape.Bytes,
		"incidents_seen", len(scrape.Incidents), "events", len(saved.Events),
	}
	switch {
	case scrape.Err != nil:
		w.warn(causeOf(scrape.Err), "scrape", append(attrs, "error", scrape.Err)...)
	case saved.Outcome == query.OutcomeUnchanged:
		w.Log.Debug("scrape", attrs...)
	default:
		w.Log.Info("scrape", attrs...)
	}
}

// platform returns what reads the source: its selectors, its dialect, or the platform it names. A custom page that has
// moved to a known platform needs no selectors.
func (s Source) platform() (scraper.Platform, error) {
	if s.Platform == scraper.Custom && s.Selectors != nil {
		return s.Selectors, nil
	}
	if s.Platform == scraper.Generic && s.Dialect != nil {
		return s.Dialect, nil
	}
	return s.registry().Lookup(s.Platform)
}

// registry has all platforms, those of the config's own descriptions among them.
func (s Source) registry() scraper.Registry { return platforms.With(s.Described) }

// source returns s in the form that a platform takes.
func (w *Watcher) source(s Source, mode scraper.Mode) scraper.Source {
	return scraper.Source{
		Name: s.Vendor, URL: s.URL, Mode: mode, Auth: s.Auth, TimeZone: s.TimeZone, Now: w.Now,
		LoadKnown: func(ctx context.Context) (map[string]scraper.Known, error) {
			known, err := w.DB.KnownIncidents(ctx, s.ID)
			if err != nil {
				return nil, &fileError{err}
			}
			out := make(map[string]scraper.Known, len(known))
			for key, k := range known {
				out[key] = scraper.Known(k)
			}
			return out, nil
		},
	}
}

// fileError is trouble with our own file in the middle of a scrape. It says nothing of the vendor.
type fileError struct{ err error }

func (e *fileError) Error() string { return e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// withTimeout limits ctx to the time that one scrape may take.
func (s Source) withTimeout(ctx context.Context) (context.Context, *scraper.Limit) {
	return scraper.WithLimit(ctx, max(s.Timeout, 0),
		fmt.Errorf("no complete answer within %s (timeout): %w", s.Timeout, context.DeadlineExceeded))
}

// knownDocuments returns what is stored about a source's documents, by address: validators and hashes.
func knownDocuments(state query.SourceState) map[string]scraper.Document {
	out := make(map[string]scraper.Document, len(state.Documents))
	for url, d := range state.Documents {
		out[url] = scraper.Document(d)
	}
	return out
}

// dropValidators makes the next requests unconditional and their answers parsed. After a coverage gap the pages
// must show what happened meanwhile; "not modified" would not.
func dropValidators(documents map[string]scraper.Document) {
	for url, d := range documents {
		d.ETag, d.LastModified, d.Hash, d.Words = "", "", "", ""
		documents[url] = d
	}
}

// interval returns the time from a scrape to the next by the schedule: a schedule can leave out nights and weekends.
// Where scrapes are evenly spaced it is their distance, though this one may be late. It is 0 if the source has no
// schedule.
func (s Source) interval(now time.Time) time.Duration {
	if s.Interval > 0 || s.Schedule == nil {
		return s.Interval
	}
	next := s.Schedule.Next(now)
	second := s.Schedule.Next(next)
	apart := next.Sub(now)
	if even := second.Sub(next); even == s.Schedule.Next(second).Sub(second) {
		apart = max(apart, even)
	}
	return max(apart, 0).Round(time.Second)
}

// due returns when the scrape after the last good one was due by the schedule; zero if that is not known.
func (s Source) due(last time.Time) time.Time {
	switch {
	case last.IsZero():
		return time.Time{}
	case s.Interval > 0:
		return last.Add(s.Interval)
	case s.Schedule == nil:
		return time.Time{}
	}
	return s.Schedule.Next(last)
}

// fillScrape puts what was read into the form that the database takes.
func fillScrape(scrape *record.Scrape, p scraper.Platform, out scraper.Outcome, readErr error) {
	words := scraper.WordsOf(p)
	incidents, findings := normalize.Incidents(out.Raws, words)
	components, more := normalize.Components(out.Components, words)
	scrape.HTTPStatus, scrape.Requests, scrape.Bytes = out.Status, out.Requests, out.Bytes
	scrape.Err = readErr
	scrape.Unreadable = errors.Is(readErr, scraper.ErrShape) || errors.Is(readErr, scraper.ErrBlocked)
	scrape.Unchanged, scrape.SomeSame = out.Unchanged, out.SomeSame
	scrape.Incidents, scrape.Components, scrape.Words = incidents, components, words
	scrape.WordsOf = func(name string) (normalize.Words, bool) {
		former, err := platforms.Lookup(name)
		if err != nil {
			return normalize.Words{}, false
		}
		return scraper.WordsOf(former), true
	}
	scrape.AllOpen, scrape.AllComponents = out.Coverage.Open, out.Coverage.Components
	scrape.CoverageStart, scrape.CoverageEnd = covered(out.Coverage)
	scrape.Findings = append(append(out.Findings, findings...), more...)
	if !scrape.Archived {
		limitIncidents(scrape)
	}
	for _, d := range out.Documents {
		scrape.Documents = append(scrape.Documents, query.Document(d))
	}
	scrape.PageName, scrape.Indicator, scrape.IndicatorText = out.PageName, out.Indicator, out.Headline
}

// covered returns the period about which the page shows everything. Both times are zero if that is not known; a
// zero end means that the period lasts until the page was read.
func covered(c scraper.Coverage) (start, end time.Time) {
	start, err := times.Parse(normalize.RawTime{Text: c.Since}, "")
	if err != nil || c.Since == "" || c.Until == "" {
		return start, time.Time{}
	}
	if end, err = times.Parse(normalize.RawTime{Text: c.Until}, ""); err != nil {
		return time.Time{}, time.Time{}
	}
	return start, end
}

// noteRetryAfter remembers the Retry-After of a server's refusal, up to a day.
func (w *Watcher) noteRetryAfter(sourceID int64, err error) {
	var h *scraper.HTTPError
	if !errors.As(err, &h) || h.RetryAfter <= 0 {
		return
	}
	w.retryMu.Lock()
	defer w.retryMu.Unlock()
	if w.retryAfter == nil {
		w.retryAfter = map[int64]time.Time{}
	}
	w.retryAfter[sourceID] = time.Now().Add(min(h.RetryAfter, 24*time.Hour))
}

// retryAfterOf returns the time before which a source must not be asked again, and whether it lies ahead.
func (w *Watcher) retryAfterOf(sourceID int64) (time.Time, bool) {
	w.retryMu.Lock()
	defer w.retryMu.Unlock()
	until, ok := w.retryAfter[sourceID]
	return until, ok && time.Now().Before(until)
}
