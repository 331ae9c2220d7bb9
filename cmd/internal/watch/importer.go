package watch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/scraper"
)

// unknownPlatform is the platform of a page of which no capture could be read yet.
const unknownPlatform = "unknown"

// Importer takes the captures of one vendor, in the order in which they were saved.
type Importer struct {
	Watcher *Watcher

	Vendor   string        // slug
	Platform string        // empty: detected from the bytes
	URL      string        // address that the pages were saved from; empty: as the captures tell
	Reading                // how they are read, as far as the config says so
	Every    time.Duration // how often the pages were saved; 0: as often as pages are polled

	Counts Imported // of the captures so far

	sources map[string]Source // by platform
	last    string            // platform of the capture before
	waiting []Capture         // unreadable ones before the first that tells whose page they are
	pending []taken           // not saved yet
	size    int64             // of the bodies of those
}

// taken is a capture that was read and is to be saved.
type taken struct {
	source Source
	scrape record.Scrape
}

// Captures are saved together until there are so many of them, or so many bytes: a service that runs on the same file
// does not wait long, and little is held.
const (
	maxPending      = 100
	maxPendingBytes = 8 << 20
)

// Imported is what an import brought. Of incidents, updates and the rest only what is new to the file is counted.
type Imported struct {
	Captures   int `json:"captures"`
	Unreadable int `json:"unreadable"`
	Incidents  int `json:"incidents"`
	Updates    int `json:"updates"`
	Revisions  int `json:"revisions"`
	Events     int `json:"events"`
	Findings   int `json:"findings"`
}

// Take reads a capture from a file, to be saved as a scrape made at page.At: by this call of Take, by a later one or by
// Finish, which must be called at the end, whatever happened. It returns why the capture could not be read, which is
// counted and is no failure; err says that captures could not be saved. An unreadable capture is saved with the page
// among whose captures it lies.
func (i *Importer) Take(ctx context.Context, file string, page scraper.Page) (unreadable, err error) {
	page.URL = i.URL
	platform, capture := i.read(page)
	capture.File = file
	i.Counts.Captures++
	if capture.Err != nil {
		i.Counts.Unreadable++
	}
	platform = cmp.Or(platform, i.last)
	if platform == "" {
		capture.Page.Body = nil
		i.waiting = append(i.waiting, capture)
		return capture.Err, nil
	}
	i.last = platform
	return capture.Err, i.add(ctx, platform, capture)
}

// read reads a capture as the one before it was read, if that succeeds: to detect the platform anew would be to read
// every capture twice.
func (i *Importer) read(page scraper.Page) (string, Capture) {
	source := Source{Vendor: i.Vendor, Reading: i.Reading}
	if i.Platform == "" && i.last != "" && i.last != scraper.Generic {
		source.Platform = i.last
		if platform, capture := ReadCapture(source, page); capture.Err == nil {
			return platform, capture
		}
	}
	source.Platform = i.Platform
	return ReadCapture(source, page)
}

// Finish saves what is not saved yet. Unreadable captures that no readable one followed go to the vendor's only page,
// if it has one.
func (i *Importer) Finish(ctx context.Context) error {
	if len(i.waiting) == 0 {
		return i.save(ctx)
	}
	known, err := i.Watcher.DB.SourcesOf(ctx, i.Vendor)
	if err != nil {
		return err
	}
	platform := unknownPlatform
	if len(known) == 1 {
		platform = known[0].Platform
	}
	last := i.waiting[len(i.waiting)-1]
	i.waiting = i.waiting[:len(i.waiting)-1]
	if err := i.add(ctx, platform, last); err != nil {
		return err
	}
	return i.save(ctx)
}

// add puts a capture, and those that waited for it, among what is to be saved.
func (i *Importer) add(ctx context.Context, platform string, c Capture) error {
	source, err := i.source(ctx, platform, c)
	if err != nil {
		return err
	}
	for _, c := range append(i.waiting, c) {
		i.pending = append(i.pending, taken{source, source.scrapeOf(c)})
		i.size += int64(len(c.Page.Body))
	}
	i.waiting = nil
	if len(i.pending) < maxPending && i.size < maxPendingBytes {
		return nil
	}
	return i.save(ctx)
}

// save saves what is pending, in one transaction. If one of the captures cannot be saved, those before it are.
func (i *Importer) save(ctx context.Context) error {
	pending := i.pending
	i.pending, i.size = nil, 0
	scrapes := make([]record.Scrape, len(pending))
	for n, r := range pending {
		scrapes[n] = r.scrape
	}
	all, err := i.Watcher.Record.SaveScrapes(ctx, scrapes)
	for n := 0; err != nil && n < len(pending); n++ {
		one, failed := i.Watcher.Record.SaveScrape(ctx, scrapes[n])
		if failed != nil {
			err = fmt.Errorf("import %s: source %q: save: %w", scrapes[n].Archive, i.Vendor, failed)
			break
		}
		if all = append(all, one); len(all) == len(pending) {
			err = nil
		}
	}
	for n, saved := range all {
		i.Watcher.log(pending[n].source, scrapes[n], saved)
		i.Counts.Incidents += saved.Incidents
		i.Counts.Updates += saved.Updates
		i.Counts.Revisions += saved.Revisions
		i.Counts.Events += len(saved.Events)
		i.Counts.Findings += saved.Findings
	}
	return err
}

// source is where a capture belongs: the vendor's page on that platform. If nothing tells its address, the page is
// called "import:" and the vendor's slug; with the platform behind it, if a page of another platform has the address.
func (i *Importer) source(ctx context.Context, platform string, c Capture) (Source, error) {
	if s, ok := i.sources[platform]; ok {
		return s, nil
	}
	known, err := i.Watcher.DB.SourcesOf(ctx, i.Vendor)
	if err != nil {
		return Source{}, err
	}
	address := PageAddress(platform, c)
	if len(known) == 1 && known[0].Platform == unknownPlatform && platform != unknownPlatform {
		// The first capture that can be read tells whose the unreadable ones before it were.
		page := cmp.Or(address, known[0].PageURL)
		if err := i.Watcher.Record.IdentifySource(ctx, known[0].SourceID, page, platform); err != nil {
			return Source{}, err
		}
		known[0].PageURL, known[0].Platform = page, platform
	}
	if i.URL == "" && slices.ContainsFunc(known, func(s query.Source) bool {
		return s.PageURL == address && s.Platform != platform
	}) {
		// Nobody says that the page went to another product: a feed of it, say, is a page of its own.
		address = "import:" + i.Vendor + ":" + platform
	}
	known = slices.DeleteFunc(known, func(s query.Source) bool {
		return s.Platform != platform || i.URL != "" && s.PageURL != address
	})
	s := Source{Vendor: i.Vendor, URL: address, Platform: platform, Reading: i.Reading, Interval: i.Every}
	if len(known) == 1 {
		s.ID, s.URL = known[0].SourceID, known[0].PageURL
	} else {
		s.URL = cmp.Or(s.URL, "import:"+i.Vendor)
		vendorID, err := i.Watcher.Record.EnsureVendor(ctx, query.Vendor{Slug: i.Vendor})
		if err != nil {
			return s, err
		}
		if s.ID, err = i.Watcher.Record.EnsureSource(ctx, vendorID, s.URL, platform); err != nil {
			return s, err
		}
	}
	if i.sources == nil {
		i.sources = map[string]Source{}
	}
	i.sources[platform] = s
	return s, nil
}
