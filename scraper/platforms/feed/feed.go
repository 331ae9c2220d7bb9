// Package feed reads any RSS, Atom or JSON feed whose items are incidents.
package feed

import (
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

// Start requests the feed itself.
func (Platform) Start(s scraper.Source) []scraper.Request { return []scraper.Request{{URL: s.URL}} }

// Words: what titles of posts say when an incident is over ("Mail recovered"), and severities of feeds that name them
// by what can be reached.
func (Platform) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"back_to_normal": normalize.StateResolved,
		"back_up":        normalize.StateResolved,
		"up_again":       normalize.StateResolved,
	}, Severities: map[string]normalize.Severity{ // xAI's
		"unavailable": normalize.SeverityMajor,
		"available":   normalize.SeverityNone,
	}}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Any feed",
		Documents: []string{"RSS", "Atom", "JSON Feed"},
		History:   "what the feed lists",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "affected",
		},
		Source:  scraper.FromBoth,
		Address: "the feed's own",
	}
}

// Detect reports whether the page is an RSS, Atom or JSON feed.
func (Platform) Detect(p page.Page) bool {
	return page.IsFeed(page.Body(p)) || page.IsJSONFeed(page.Body(p))
}

// Parse reads every item as one incident. It returns an error that wraps ErrShape for what is no feed
// and for a feed that breaks off.
//
// A feed is no list of what is open: an item that is missing may have been dropped for its age. All
// that may be concluded is that nothing is missing since the oldest item.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) { return read(p, nil) }

func read(p page.Page, hear page.Hearing) (scraper.Result, error) {
	parsed, err := page.ReadFeed(p, "an RSS, Atom or JSON feed")
	if err != nil {
		return scraper.Result{}, err
	}
	res := scraper.Result{Document: "feed", PageName: page.OneLine(parsed.Title)}
	if u := page.Resolve(p.URL, parsed.Link); strings.HasPrefix(u, "http") {
		res.PageURL = strings.TrimSuffix(u, "/")
	}
	var oldest time.Time
	dated := true
	res.Incidents, res.Findings = page.ReadItems(parsed, p, hear)
	for _, item := range parsed.Items {
		at := item.PublishedParsed
		if at == nil {
			at = item.UpdatedParsed
		}
		switch {
		case at == nil:
			dated = false
		case oldest.IsZero() || at.Before(oldest):
			oldest = *at
		}
	}
	if dated && !oldest.IsZero() {
		res.Coverage.Since = oldest.UTC().Format(time.RFC3339)
	}
	return res, nil
}
