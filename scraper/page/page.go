// Package page is the kit that platforms are made with. It reads JSON, HTML, feeds and the data in pages made with
// Next.js, and puts what vendors print into the types of package normalize: addresses, times and timelines. It also
// says what a page is, where it is not the one expected.
//
// A platform implements scraper.Platform, whose method Parse is given a Page. It begins by refusing what is not its
// own page, since a page that merely lacks its list must never count as one without incidents:
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
// Then it hands on the vendor's own words: a normalize.Raw for each incident, with its updates oldest first. What the
// words mean is for package normalize to say.
//
// By what is to be read:
//   - which document it is: [Body], [IsJSON], [IsHTML], [IsFeed], [MayHoldNextData]
//   - refusing a page: [Unexpected], [Require], [Errorf]; their errors wrap [ErrShape]
//   - JSON: [DecodeJSON], and [Scalar] for fields that hold a string now and a number then
//   - HTML: [Title], [Visible], [StripTags], [BreakBlocks], [ClassWord], [RenderBody]; [BreaksOff] tells a document
//     cut short
//   - feeds: [ReadFeed], [ReadRSS], [ReadItem], [ItemState], [StatedImpact], [NamedParts]
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
)

// Page is a fetched document.
type Page struct {
	URL          string // after redirects
	MovedTo      string // where permanent redirects (301, 308) led before any other; "" if none did
	Status       int
	ContentType  string
	Body         []byte // UTF-8 wherever the server or the document names its charset
	ETag         string
	LastModified string
	NotModified  bool
	At           time.Time // when it was fetched; of a saved page, when it was saved
}

// ErrShape says that a page is not what its platform serves: another page, another format, or a new one.
var ErrShape = errors.New("not the expected page")

// Errorf returns an error that wraps ErrShape. The format says what the page is: "a feed without items".
func Errorf(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrShape, fmt.Sprintf(format, args...))
}

// Body returns a page's body without a byte order mark and without white space around it.
func Body(p Page) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(p.Body, []byte("\xef\xbb\xbf")))
}
