package watch

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db/record"
	"vendorwatch/scraper"
)

// Progress is how far a backfill has come.
type Progress struct {
	Page      int // history pages read by this run
	Incidents int // incidents that this run added to the database
	Updates   int // updates that this run added to the database
}

// Backfill reads a source's whole history, back to the page's first day, and saves it without announcing
// any of it. Each stretch of pages is saved before the next one is read, so that a run that was stopped
// resumes where it ended. A run after a complete one reads the last stretches only: scrapes have read what is newer.
// progress, if not nil, is called after every stretch.
func (w *Watcher) Backfill(ctx context.Context, s Source, progress func(Progress)) (Progress, error) {
	var p Progress
	state, err := w.DB.SourceState(ctx, s.ID)
	if err != nil {
		return p, fmt.Errorf("source %q: %w", s.Vendor, err)
	}
	s.URL, s.Platform = state.PageURL, state.Platform
	platform, err := s.platform()
	if err != nil {
		return p, fmt.Errorf("source %q: %w", s.Vendor, err)
	}
	page := max(state.BackfillPage, 1)
	if page > 1 {
		page-- // pages are counted from today: what was on this one may have moved on to the next since then
	}
	var until time.Time // end of the joined stretches read so far; zero: the present
	joined := false
	for {
		from := w.source(s, scraper.Backfill)
		from.FromPage = page
		began := time.Now()
		scrape := record.Scrape{SourceID: s.ID, At: w.Now().UTC(), Backfill: true}
		out, readErr := scraper.Scrape(ctx, w.Fetcher, platform, from, nil)
		fillScrape(&scrape, platform, out, readErr)
		scrape.BackfillPage, scrape.Took = out.NextPage, time.Since(began)
		if readErr != nil {
			scrape.BackfillPage = page // what was read is kept, and the next run reads this stretch again
			scrape.CoverageStart = time.Time{}
		}
		switch {
		case scrape.CoverageStart.IsZero():
			joined = false
		case joined:
			scrape.CoverageEnd = until
		default:
			until, joined = scrape.CoverageEnd, true
		}
		if readErr != nil && out.Parsed == 0 {
			return p, fmt.Errorf("source %q: history page %d: %w", s.Vendor, page, readErr)
		}
		saved, err := w.save(ctx, s, scrape)
		if err != nil {
			return p, err
		}
		p.Page++
		p.Incidents += saved.Incidents
		p.Updates += saved.Updates
		if progress != nil {
			progress(p)
		}
		if readErr != nil {
			return p, fmt.Errorf("source %q: history page %d: %w", s.Vendor, page, readErr)
		}
		if out.NextPage <= page {
			return p, nil
		}
		page = out.NextPage
	}
}
