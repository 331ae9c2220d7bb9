// Package feed reads any RSS, Atom or JSON feed whose items are incidents.
package feed

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform reads the pages that this package is about. Its zero value is ready for use.
type Platform struct{}

// Start asks for the feed itself.
func (Platform) Start(s scraper.Source) []scraper.Request { return []scraper.Request{{URL: s.URL}} }

// Describe says what is read of a feed.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Any feed",
		Documents: []string{"RSS", "Atom", "JSON Feed"},
		History:   "what the feed lists",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected"},
		Source:    scraper.FromBoth,
		Address:   "the feed's own",
	}
}

// Detect reports whether the page is an RSS, Atom or JSON feed.
func (Platform) Detect(p page.Page) bool { return page.IsFeed(page.Body(p)) || isJSON(page.Body(p)) }

// Parse reads every item as one incident. It returns an error that wraps ErrShape for what is no feed
// and for a feed that breaks off.
//
// A feed is no list of what is open: an item that is missing may have been dropped for its age. All
// that may be concluded is that nothing is missing since the oldest item.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	switch {
	case page.IsFeed(body):
		if err := page.WholeXML(body); err != nil {
			return scraper.Result{}, page.Errorf("a feed that cannot be read to its end: %v", err)
		}
	case !isJSON(body):
		return scraper.Result{}, page.Unexpected(p, "an RSS, Atom or JSON feed")
	}
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(page.DeclareUTF8(body)))
	if err != nil {
		return scraper.Result{}, page.Errorf("a feed that cannot be read: %v", err)
	}
	res := scraper.Result{Document: "feed", PageName: page.OneLine(parsed.Title)}
	if u := page.Resolve(p.URL, parsed.Link); strings.HasPrefix(u, "http") {
		res.PageURL = strings.TrimSuffix(u, "/")
	}
	var oldest time.Time
	dated := true
	shared := page.SharedLinks(parsed)
	for _, item := range parsed.Items {
		res.Incidents = append(res.Incidents, page.ReadItem(item, p, shared))
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

// isJSON reports whether the body is a whole JSON document that calls itself a JSON Feed and has a
// list of items; see https://www.jsonfeed.org/version/1.1/ .
func isJSON(body []byte) bool {
	if len(body) == 0 || body[0] != '{' {
		return false
	}
	var doc struct {
		Version string             `json:"version"`
		Items   *[]json.RawMessage `json:"items"`
	}
	return json.Unmarshal(body, &doc) == nil && strings.Contains(doc.Version, "jsonfeed.org/version/") && doc.Items != nil
}
