// Package watch reads sources on their schedules: when to scrape, and one scrape from the first request
// to saved events.
package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/db"
	"vendorwatch/normalize"
	"vendorwatch/scraper"
)

// Source is one status page to watch.
type Source struct {
	ID       int64         // source_id in the file
	Vendor   string        // slug
	URL      string        // address of the status page
	Platform string        // name of a registered platform
	Schedule cron.Schedule // when Run scrapes it
	Timeout  time.Duration // of one scrape
	Auth     *scraper.Auth // what the page asks for; nil: it is public

	Selectors *scraper.Selectors // of a page of the platform scraper.Custom; nil for all others

	Interval time.Duration // from one scrape to the next by the clock of what is saved; 0: as Schedule says
}

// Watcher scrapes sources into a file. Its fields are set before first use; it is safe for concurrent use.
type Watcher struct {
	DB          *db.DB
	Fetcher     scraper.Fetcher
	Log         *slog.Logger
	Now         func() time.Time // the clock of what is saved
	Concurrency int              // sources scraped at one time
	OnEvents    func([]db.Event) // told of events after they were saved; calls do not overlap

	mu       sync.Mutex
	told     sync.Mutex
	resting  map[int64]time.Time // sources whose server asked to be left alone until then
	slotOnce sync.Once
	slots    chan struct{}
}

// slot waits for one of Concurrency places and returns what gives it back.
func (w *Watcher) slot(ctx context.Context) (func(), error) {
	w.slotOnce.Do(func() { w.slots = make(chan struct{}, max(w.Concurrency, 1)) })
	select {
	case w.slots <- struct{}{}:
		return func() { <-w.slots }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Scrape reads a source once and saves what it brought. A page that cannot be read is saved as such and
// is an error too; an error of the file is one that wraps no error of the page.
func (w *Watcher) Scrape(ctx context.Context, s Source) (db.Saved, error) {
	release, err := w.slot(ctx)
	if err != nil {
		return db.Saved{}, fmt.Errorf("source %q: %w", s.Vendor, err)
	}
	defer release()
	began := time.Now()
	scrape := db.Scrape{SourceID: s.ID, At: w.Now().UTC()}
	state, err := w.DB.SourceState(ctx, s.ID)
	if err != nil {
		return db.Saved{}, fmt.Errorf("source %q: %w", s.Vendor, err)
	}
	configured := s
	s.URL, s.Platform = state.PageURL, state.Platform
	platform, err := scraper.Lookup(s.Platform)
	if err != nil {
		return db.Saved{}, fmt.Errorf("source %q: %w", s.Vendor, err)
	}
	documents, last := remembered(state), state.LastSuccessAt
	scrape.Interval = s.interval(scrape.At, last)
	if !last.IsZero() && scrape.At.Sub(last) > db.Tolerance(scrape.Interval) {
		forget(documents)
	}
	within, cancel := s.within(ctx)
	defer cancel()
	out, readErr := scraper.Scrape(within, w.Fetcher, platform, w.source(s, scraper.Poll), documents)
	if ctx.Err() != nil {
		// Stopped from outside: what the source looks like is not known, and the next scrape will tell.
		return db.Saved{}, fmt.Errorf("source %q: %w", s.Vendor, context.Cause(ctx))
	}
	if readErr == nil && out.MovedTo != "" && w.DB.CanMove(ctx, s.ID, out.MovedTo) == nil {
		scrape.Moved = &db.Move{PageURL: out.MovedTo, Platform: s.Platform}
	}
	patience := failuresToSearch
	if last.IsZero() {
		patience = 1 // what serves it is not known yet, whatever the config guesses
	}
	if state.ConsecutiveFailures+1 >= patience && strange(readErr) {
		if r, err := w.search(ctx, s, configured.URL, scrape.At, readErr); err != nil {
			return db.Saved{}, fmt.Errorf("source %q: %w", s.Vendor, err)
		} else if r.moved != nil {
			s, platform, out, readErr, scrape.Moved = r.source, r.platform, r.out, nil, r.moved
		} else {
			readErr = r.err
		}
	}
	fill(&scrape, s, platform, out, readErr)
	scrape.Took = time.Since(began)
	saved, err := w.save(ctx, s, scrape)
	if err != nil {
		return saved, err
	}
	w.rest(s.ID, readErr)
	if readErr != nil {
		return saved, fmt.Errorf("source %q: %w", s.Vendor, readErr)
	}
	return saved, nil
}

func (w *Watcher) save(ctx context.Context, s Source, scrape db.Scrape) (db.Saved, error) {
	// What was fetched is worth the moment that saving takes, even when the service is told to stop.
	saved, err := w.DB.SaveScrape(context.WithoutCancel(ctx), scrape)
	if err != nil {
		return saved, fmt.Errorf("source %q: save: %w", s.Vendor, err)
	}
	w.log(s, scrape, saved)
	if w.OnEvents != nil && len(saved.Events) > 0 {
		w.told.Lock()
		defer w.told.Unlock()
		w.OnEvents(saved.Events)
	}
	return saved, nil
}

func (w *Watcher) log(s Source, scrape db.Scrape, saved db.Saved) {
	attrs := []any{
		"vendor", s.Vendor, "outcome", saved.Outcome, "took", scrape.Took.Round(time.Millisecond),
		"requests", scrape.Requests, "bytes", scrape.Bytes, "incidents_seen", len(scrape.Incidents), "events", len(saved.Events),
	}
	switch {
	case scrape.Err != nil:
		w.Log.Warn("scrape", append(attrs, "error", scrape.Err)...)
	case saved.Outcome == db.OutcomeUnchanged:
		w.Log.Debug("scrape", attrs...)
	default:
		w.Log.Info("scrape", attrs...)
	}
}

// selectors are those that apply: a described page that has moved to a product is read as that product's.
func (s Source) selectors() *scraper.Selectors {
	if s.Platform != scraper.Custom {
		return nil
	}
	return s.Selectors
}

// source is s as a platform sees it.
func (w *Watcher) source(s Source, mode scraper.Mode) scraper.Source {
	return scraper.Source{
		Name: s.Vendor, URL: s.URL, Mode: mode, Auth: s.Auth, Selectors: s.selectors(),
		LoadKnown: func(ctx context.Context) (map[string]scraper.Known, error) {
			known, err := w.DB.Known(ctx, s.ID)
			if err != nil {
				return nil, err
			}
			out := make(map[string]scraper.Known, len(known))
			for key, k := range known {
				out[key] = scraper.Known(k)
			}
			return out, nil
		},
	}
}

// within bounds the time of one scrape.
func (s Source) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.Timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, s.Timeout, fmt.Errorf("no complete answer within %s (timeout): %w", s.Timeout, context.DeadlineExceeded))
}

// remembered is what is remembered of a source's addresses.
func remembered(state db.State) map[string]scraper.Document {
	out := make(map[string]scraper.Document, len(state.Documents))
	for url, d := range state.Documents {
		out[url] = scraper.Document(d)
	}
	return out
}

// forget makes pages be read in full. After a time in which a source was not read, they are to tell what happened
// meanwhile, which an answer that nothing has changed does not.
func forget(documents map[string]scraper.Document) {
	for url, d := range documents {
		d.ETag, d.LastModified, d.Hash = "", "", ""
		documents[url] = d
	}
}

// interval is how far scrapes lie apart by the schedule: those after now, or the last good one and the one that
// was due after it, whichever lie further, since a schedule can leave out nights and weekends. It is 0 if
// that is not known.
func (s Source) interval(now, last time.Time) time.Duration {
	if s.Interval > 0 || s.Schedule == nil {
		return s.Interval
	}
	next := s.Schedule.Next(now)
	apart := s.Schedule.Next(next).Sub(next)
	if !last.IsZero() {
		apart = max(apart, s.Schedule.Next(last).Sub(last))
	}
	return max(apart, 0).Round(time.Second)
}

// fill puts what was read into the form that the file takes.
func fill(scrape *db.Scrape, s Source, p scraper.Platform, out scraper.Outcome, readErr error) {
	words := scraper.WordsFor(p, s.selectors())
	incidents, findings := normalize.Incidents(out.Raws, words)
	components, more := normalize.Components(out.Components, words)
	scrape.HTTPStatus, scrape.Requests, scrape.Bytes = out.Status, out.Requests, out.Bytes
	scrape.Err = readErr
	scrape.Unreadable = errors.Is(readErr, scraper.ErrShape) || errors.Is(readErr, scraper.ErrBlocked)
	scrape.Unchanged = out.Unchanged
	scrape.Incidents, scrape.Components = incidents, components
	scrape.AllOpen, scrape.AllComponents = out.Coverage.Open, out.Coverage.Components
	scrape.CoverageStart, scrape.CoverageEnd = covered(out.Coverage)
	scrape.Findings = append(append(out.Findings, findings...), more...)
	for _, d := range out.Documents {
		scrape.Documents = append(scrape.Documents, db.Document(d))
	}
	scrape.PageName, scrape.Indicator, scrape.IndicatorText = out.PageName, out.Indicator, out.Headline
}

// covered is the time of which everything was told; zero times if that is not known, and a zero end if it
// lasts until the page was read.
func covered(c scraper.Coverage) (start, end time.Time) {
	start, err := normalize.ParseTime(normalize.RawTime{Text: c.Since}, "")
	if err != nil || c.Since == "" || c.Until == "" {
		return start, time.Time{}
	}
	if end, err = normalize.ParseTime(normalize.RawTime{Text: c.Until}, ""); err != nil {
		return time.Time{}, time.Time{}
	}
	return start, end
}

// rest remembers how long a server asked to be left alone.
func (w *Watcher) rest(sourceID int64, err error) {
	var h *scraper.HTTPError
	if !errors.As(err, &h) || h.RetryAfter <= 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.resting == nil {
		w.resting = map[int64]time.Time{}
	}
	w.resting[sourceID] = time.Now().Add(min(h.RetryAfter, 24*time.Hour))
}

func (w *Watcher) restsUntil(sourceID int64) (time.Time, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	until, ok := w.resting[sourceID]
	return until, ok && time.Now().Before(until)
}
