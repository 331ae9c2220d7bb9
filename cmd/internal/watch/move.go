package watch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"vendorwatch/db"
	"vendorwatch/scraper"
)

// failuresToSearch is from which failure in a row on it is looked for what serves a page that was read before, and
// searchAgain how long after that it is not looked for once more.
const (
	failuresToSearch = 3
	searchAgain      = 24 * time.Hour
)

// strange reports whether an error says that the page is not there, or is another one: its vendor may have moved.
// That a server is down or turns us away says nothing of the kind.
func strange(err error) bool {
	var h *scraper.HTTPError
	if errors.As(err, &h) {
		return h.Status == http.StatusNotFound || h.Status == http.StatusGone || h.Status == http.StatusMethodNotAllowed
	}
	return errors.Is(err, scraper.ErrShape)
}

// searched is what a search for a source's page brought.
type searched struct {
	moved    *db.Move // nil if it was not found elsewhere, or cannot be read there
	err      error    // why the page cannot be read, if it was not found
	source   Source   // as it is now
	platform scraper.Platform
	out      scraper.Outcome
}

// search looks for what serves a source's page now, by its address and by the configured one, and reads it. It
// does so once a day. The error is one of the file, or that the work was stopped.
func (w *Watcher) search(ctx context.Context, s Source, configured string, now time.Time, readErr error) (searched, error) {
	none := searched{err: readErr}
	last, err := w.DB.LastSearch(ctx, s.ID)
	if err != nil || !last.At.IsZero() && now.Sub(last.At) < searchAgain {
		return none, err
	}
	result, outcome := none, ""
	addresses := []string{s.URL}
	if configured != s.URL {
		addresses = append(addresses, configured)
	}
	for _, address := range addresses {
		if result, outcome = w.find(ctx, s, address, readErr); result.moved != nil {
			break
		}
	}
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	if result.moved != nil {
		w.Log.Warn("the page has moved; the config should name it", "vendor", s.Vendor, "was_url", s.URL, "was_platform", s.Platform,
			"url", result.moved.PageURL, "platform", result.moved.Platform)
		return result, nil
	}
	w.Log.Info("looked for what serves the page", "vendor", s.Vendor, "found", outcome)
	return result, w.DB.SaveSearch(context.WithoutCancel(ctx), s.ID, db.Search{At: now, Outcome: outcome})
}

// find tells what serves an address and reads it, and says in words what came of it.
func (w *Watcher) find(ctx context.Context, s Source, address string, readErr error) (searched, string) {
	none := searched{err: readErr}
	within, cancel := s.within(ctx)
	defer cancel()
	page := w.source(s, scraper.Poll)
	page.URL = address
	found, err := scraper.Find(within, w.Fetcher, page)
	switch {
	case err != nil:
		return none, err.Error()
	case found.URL == s.URL && found.Platform == s.Platform:
		return none, "the same as before"
	case found.Platform == scraper.Generic && s.Platform != scraper.Generic:
		return none, fmt.Sprintf("a feed at %s", found.URL) // of whatever
	}
	outcome := fmt.Sprintf("%s at %s", found.Platform, found.URL)
	if err := w.DB.CanMove(ctx, s.ID, found.URL); err != nil {
		if errors.Is(err, db.ErrTaken) {
			none.err = fmt.Errorf("%w; the page has moved to %s, which another source of this vendor reads: take one of them out of the config", readErr, found.URL)
		}
		return none, outcome + ": " + err.Error()
	}
	platform, err := scraper.Lookup(found.Platform)
	if err != nil {
		return none, err.Error()
	}
	now := s
	now.URL, now.Platform = found.URL, found.Platform
	reading, stop := s.within(ctx)
	defer stop()
	out, err := scraper.Scrape(reading, w.Fetcher, platform, w.source(now, scraper.Poll), nil)
	if err != nil {
		return none, outcome + ", which cannot be read: " + err.Error()
	}
	return searched{moved: &db.Move{PageURL: found.URL, Platform: found.Platform}, source: now, platform: platform, out: out}, outcome
}
