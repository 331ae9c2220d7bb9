// Package page is the kit that platforms are made with. It reads JSON, HTML, feeds and the data in pages made with
// Next.js; it puts addresses, times and timelines into the types of package normalize; and it says what a page is if
// it is not the expected one.
//
// A platform implements scraper.Platform, whose method Parse is given a Page. Parse first refuses a page that is not
// its own. A page that lacks its list must never pass for a page without incidents:
//
//	const want = "Acme's incidents.json"
//
//	func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
//		var doc struct {
//			Incidents []incident `json:"incidents"`
//		}
//		if err := page.DecodeJSON(p, &doc, want); err != nil {
//			return scraper.Result{}, err
//		}
//		if err := page.Require(p, want, doc.Incidents); err != nil {
//			return scraper.Result{}, err
//		}
//		…
//	}
//
// Then Parse returns a normalize.Raw for each incident, in the vendor's own words, with the oldest update first.
// Package normalize gives the words their meaning.
//
// What there is, by purpose:
//   - what a page is written in: [Decoded]
//   - which document a page is: [Body], [IsJSON], [IsHTML], [IsFeed], [MayHoldNextData]
//   - refusing a page: [Unexpected], [Require], [Errorf]; their errors wrap [ErrShape]
//   - JSON: [DecodeJSON], and [Scalar] for a field that is a string in one document and a number in another
//   - HTML: [Title], [Visible], [StripTags], [BreakBlocks], [ClassWord], [RenderBody]; [BreaksOff] recognises a
//     document that was cut off
//   - feeds: [ReadFeed], [ReadRSS], [ReadItems], [ReadItem], [ItemState], [StatedImpact], [NamedParts]
//   - pages made with Next.js: [ReadNextData]
//   - addresses: [Site], [SiteOf], [Home], [Resolve], [IncidentID], [IncidentURL]
//   - times: [Time], [Before], [After], [WindowState]
//   - timelines: [OldestFirst], [LatestState], [DatedUpdates], [FeedUpdates]
package page

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"vendorwatch/normalize"
)

// Page is a fetched document.
type Page struct {
	URL          string // after redirects
	MovedTo      string // where permanent redirects (301, 308) led, before any other redirect; "" if there were none
	Status       int
	ContentType  string
	Body         []byte              // UTF-8, once Decoded
	Encoding     string              // what the body was written in before that: "utf-8", "utf-16be", "windows-1251"
	Findings     []normalize.Finding // what had to be left out of the body
	ETag         string
	LastModified string
	NotModified  bool
	At           time.Time // when it was fetched; of a saved page, when it was saved
}

// ErrShape says that a page does not have the shape of its platform's documents: it is another page, or the format has
// changed.
var ErrShape = errors.New("not the expected page")

// Errorf returns an error that wraps ErrShape. The text says what the page is: "a feed without items".
func Errorf(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrShape, fmt.Sprintf(format, args...))
}

// Body returns a page's body without a byte order mark and without white space around it.
func Body(p Page) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(p.Body, []byte("\xef\xbb\xbf")))
}
