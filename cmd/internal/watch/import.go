package watch

import (
	"context"
	"errors"

	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

// Capture is a saved page.
type Capture struct {
	Page scraper.Page
	File string         // that it was read from
	Read scraper.Result // what a platform found in it
	Err  error          // why nothing could be read
}

// ReadCapture reads a saved page as the source's platform would, or detects the platform if the source names none. It
// returns the platform's name and what was read. Capture.Err wraps scraper.ErrShape if the bytes are not a
// page of a platform.
func ReadCapture(s Source, page scraper.Page) (string, Capture) {
	page, err := scraper.Saved(page)
	c := Capture{Page: page, Err: err}
	if err != nil {
		return s.Platform, c
	}
	if s.Platform == "" {
		if s.Platform = s.registry().Detect(page); s.Platform == "" {
			c.Err = scraper.Unknown(page)
			return "", c
		}
	}
	p, err := s.platform()
	if err != nil {
		c.Err = err
		return s.Platform, c
	}
	from := scraper.Source{Name: s.Vendor, URL: s.URL, TimeZone: s.TimeZone}
	if from.URL == "" && page.URL != "" {
		from.URL = scraper.HomeOf(p, page.URL)
	}
	c.Read, c.Err = scraper.Read(p, from, page)
	return s.Platform, c
}

// Import saves a capture as a scrape made at Capture.Page.At. One that could not be read is saved as a failed
// scrape and closes nothing.
func (w *Watcher) Import(ctx context.Context, s Source, c Capture) (record.Saved, error) {
	return w.save(ctx, s, s.scrapeOf(c))
}

// scrapeOf gives a capture the form that the database takes. How long it took to read is not part of it, so that the
// same pages give the same database.
func (s Source) scrapeOf(c Capture) record.Scrape {
	scrape := record.Scrape{SourceID: s.ID, At: c.Page.At.UTC(), Archived: true, Archive: c.File, Interval: s.Interval}
	out := scraper.Outcome{Bytes: int64(len(c.Page.Body))}
	platform, err := s.platform()
	if err != nil {
		platform = nil // read with the words that all platforms share
	}
	if c.Err == nil {
		out.Parsed = 1
		out.Raws, out.Components, out.Coverage = c.Read.Incidents, c.Read.Components, c.Read.Coverage
		out.PageName, out.PageURL, out.Indicator = c.Read.PageName, c.Read.PageURL, c.Read.Indicator
		out.Headline, out.Findings = c.Read.Headline, c.Read.Findings
	}
	fillScrape(&scrape, platform, out, c.Err)
	scrape.Unreadable = c.Err != nil && (scrape.Unreadable || errors.Is(c.Err, scraper.ErrShape))
	return scrape
}

// PageAddress returns the status page's address as far as a capture tells it: from the address it was saved
// under, else from its content; empty if neither tells.
func PageAddress(platform string, c Capture) string {
	p, err := platforms.Lookup(platform)
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
