package watch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"vendorwatch/db/record"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

// A page that was read before is searched for at its failuresToSearch-th failure in a row, and then at most once
// every searchAgain.
const (
	failuresToSearch = 3
	searchAgain      = 24 * time.Hour
)

// mayHaveMoved reports whether an error says that the page is gone or is a different one, so that the vendor may
// have moved. A server that is down or refuses us says nothing of the kind.
func mayHaveMoved(err error) bool {
	var h *scraper.HTTPError
	if errors.As(err, &h) {
		switch h.Status {
		case http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed:
			return true
		}
		return false
	}
	return errors.Is(err, scraper.ErrShape)
}

// relocation is the result of searching for a source's page.
type relocation struct {
	moved    *record.Move // nil if the page was not found elsewhere, or cannot be read there
	err      error        // why the page cannot be read; set if moved is nil
	source   Source       // with the new address and platform
	platform scraper.Platform
	out      scraper.Outcome
}

// search finds out what serves a source's page now, at its present address and at the configured one, and reads
// it. It does so once a day at most. The error returned is that of the database, or the cause for which ctx ended.
func (w *Watcher) search(ctx context.Context, fetcher scraper.Fetcher, s Source, configured string, now time.Time,
	readErr error) (relocation, error) {
	none := relocation{err: readErr}
	last, err := w.Record.LastSearch(ctx, s.ID)
	if err != nil || !last.At.IsZero() && now.Sub(last.At) < searchAgain {
		return none, err
	}
	result, outcome := none, ""
	addresses := []string{s.URL}
	if configured != s.URL {
		addresses = append(addresses, configured)
	}
	for _, address := range addresses {
		if result, outcome = w.find(ctx, fetcher, s, address, readErr); result.moved != nil {
			break
		}
	}
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	if result.moved != nil {
		said := "the page has moved; put the new address into the config"
		if result.moved.PageURL == s.URL {
			said = "detected the page's platform; put it into the config"
		}
		w.Log.Warn(said, "vendor", s.Vendor, "was_url", s.URL, "was_platform", s.Platform, "url", result.moved.PageURL,
			"platform", result.moved.Platform)
		return result, nil
	}
	w.Log.Info("searched for the page", "vendor", s.Vendor, "found", outcome)
	return result, w.Record.SaveSearch(context.WithoutCancel(ctx), s.ID, record.Search{At: now, Outcome: outcome})
}

// find recognizes what serves an address and reads it. The string says for the record what came of it.
func (w *Watcher) find(ctx context.Context, fetcher scraper.Fetcher, s Source, address string,
	readErr error) (relocation, string) {
	none := relocation{err: readErr}
	within, limit := s.withTimeout(ctx)
	defer limit.Stop()
	page := w.source(s, scraper.Poll)
	page.URL = address
	found, err := platforms.Find(within, fetcher, page)
	switch {
	case err != nil:
		return none, err.Error()
	case found.URL == s.URL && found.Platform == s.Platform:
		return none, "the same as before"
	case found.Platform == scraper.Generic && s.Platform != scraper.Generic:
		return none, fmt.Sprintf("a feed at %s", found.URL) // it may be a feed of anything
	}
	outcome := fmt.Sprintf("%s at %s", found.Platform, found.URL)
	if err := w.Record.CanMove(ctx, s.ID, found.URL); err != nil {
		if errors.Is(err, record.ErrTaken) {
			none.err = fmt.Errorf("%w; the page has moved to %s, which is the address of another source: "+
				"remove one of the two from the config", readErr, found.URL)
		}
		return none, outcome + ": " + err.Error()
	}
	moved := s
	moved.URL, moved.Platform = found.URL, found.Platform
	platform, err := moved.platform()
	if err != nil {
		return none, err.Error()
	}
	reading, again := s.withTimeout(ctx)
	defer again.Stop()
	out, err := scraper.Scrape(reading, fetcher, platform, w.source(moved, scraper.Poll), nil)
	if err != nil {
		return none, outcome + ", which cannot be read: " + err.Error()
	}
	return relocation{
		moved: &record.Move{PageURL: found.URL, Platform: found.Platform}, source: moved, platform: platform, out: out,
	}, outcome
}
