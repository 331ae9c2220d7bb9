package watch

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/scraper"
)

// Progress is how far a backfill has come.
type Progress struct {
	Page      int // history pages read in this run
	Incidents int // incidents new to the file, of this run
	Updates   int // updates new to the file, of this run
}

// Backfill walks a source's whole history to the page's first day and stores it, without announcing any
// of it. Each stretch is saved before the next is read, so that a run which was stopped is taken up
// where it ended. tell hears of every stretch. The walk of a source that was walked before begins anew.
func (w *Watcher) Backfill(ctx context.Context, s Source, tell func(Progress)) (Progress, error) {
	var p Progress
	state, err := w.DB.SourceState(ctx, s.ID)
	if err != nil {
		return p, fmt.Errorf("source %q: %w", s.Vendor, err)
	}
	s.URL, s.Platform = state.PageURL, state.Platform
	platform, err := scraper.Lookup(s.Platform)
	if err != nil {
		return p, fmt.Errorf("source %q: %w", s.Vendor, err)
	}
	page := max(state.BackfillPage, 1)
	if page > 1 {
		page-- // pages are counted from today: since then, the last of it may have moved on to the next
	}
	var until time.Time // end of the stretches read so far, which join; zero: the present
	joined := false
	for {
		from := w.source(s, scraper.Backfill)
		from.FromPage = page
		began := time.Now()
		scrape := db.Scrape{SourceID: s.ID, At: w.Now().UTC(), Backfill: true}
		out, readErr := scraper.Scrape(ctx, w.Fetcher, platform, from, nil)
		fill(&scrape, s, platform, out, readErr)
		scrape.BackfillPage, scrape.Took = out.NextPage, time.Since(began)
		if readErr != nil {
			scrape.BackfillPage = page // what was read of it is kept, the stretch is taken up again
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
		if tell != nil {
			tell(p)
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
