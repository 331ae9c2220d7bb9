package watch

import (
	"context"
	"errors"

	"vendorwatch/db"
	"vendorwatch/normalize"
	"vendorwatch/scraper"
)

// Capture is a saved page.
type Capture struct {
	Page scraper.Page
	Read scraper.Result // what a platform read in it
	Err  error          // why nothing could be read
}

// ReadCapture reads a saved page as the named platform would; with an empty name, as the platform whose
// shape it has. It returns the platform's name beside what was read. The error in Capture.Err wraps
// scraper.ErrShape where the bytes are no page of a platform.
func ReadCapture(platform string, page scraper.Page, s scraper.Source) (string, Capture) {
	c := Capture{Page: page}
	if platform == "" {
		if platform = scraper.Detect(page); platform == "" {
			c.Err = scraper.Unknown(page)
			return "", c
		}
	}
	p, err := scraper.Lookup(platform)
	if err != nil {
		c.Err = err
		return platform, c
	}
	if s.URL == "" && page.URL != "" {
		s.URL = scraper.HomeOf(p, page.URL)
	}
	c.Read, c.Err = p.Parse(s, page)
	return platform, c
}

// Import saves a capture as a scrape of its own time. One that could not be read is saved as such and
// empties nothing. How long it took is not stored: the same pages give the same file.
func (w *Watcher) Import(ctx context.Context, s Source, c Capture) (db.Saved, error) {
	scrape := db.Scrape{SourceID: s.ID, At: c.Page.At.UTC(), Archived: true}
	out := scraper.Outcome{Bytes: int64(len(c.Page.Body))}
	var words scraper.Platform
	if p, err := scraper.Lookup(s.Platform); err == nil {
		words = p
	}
	if c.Err == nil {
		out.Parsed = 1
		out.Raws, out.Components, out.Coverage = c.Read.Incidents, c.Read.Components, c.Read.Coverage
		out.PageName, out.PageURL, out.Indicator = c.Read.PageName, c.Read.PageURL, c.Read.Indicator
		out.Headline = c.Read.Headline
	}
	fill(&scrape, s, words, out, c.Err)
	scrape.Unreadable = c.Err != nil && (scrape.Unreadable || errors.Is(c.Err, scraper.ErrShape))
	return w.save(ctx, s, scrape)
}

// PageAddress is the status page's address as a capture tells it: from the address it was saved under,
// else from its own bytes; empty if neither tells.
func PageAddress(platform string, c Capture) string {
	p, err := scraper.Lookup(platform)
	if err != nil {
		return ""
	}
	for _, address := range []string{c.Page.URL, c.Read.PageURL, firstURL(c.Read.Incidents)} {
		if address != "" {
			return scraper.HomeOf(p, address)
		}
	}
	return ""
}

func firstURL(raws []normalize.Raw) string {
	for _, r := range raws {
		if r.URL != "" {
			return r.URL
		}
	}
	return ""
}
