// Package page is the kit that platforms are made with: it reads JSON, HTML, feeds and embedded data, resolves addresses and
// printed times, puts timelines in order, and says what a page is that is not what was expected.
//
// A platform implements scraper.Platform, whose Parse is given a Page. The kit never decides what an incident means: it hands on
// the vendor's own words in the types normalize.Raw, normalize.RawUpdate, normalize.RawComponent and normalize.RawTime.
//
//   - Which document is it?          IsJSON, IsHTML, IsFeed; Body leaves out the byte order mark and surrounding space
//   - Refuse what it is not:         Unexpected, Errorf; both wrap ErrShape. A page is never taken for healthy because a list is missing
//   - JSON:                          DecodeJSON, Scalar (a string, or a number written as one)
//   - HTML:                          Visible, StripTags, ClassWord, RenderBody; BreaksOff tells a document that was cut short
//   - feeds:                         ReadRSS, ReadItem, ItemState, FeedUpdates
//   - pages made with Next.js:       ReadNextData
//   - addresses:                     Site, SiteOf, Home, Resolve, IncidentID
//   - times and timelines:           Time, Before, WindowState, OldestFirst, LatestState
package page

import (
	"bytes"
	"errors"
	"fmt"
	"time"
)

// Body returns a page's body without a byte order mark and the white space around it.
func Body(p Page) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(p.Body, []byte("\xef\xbb\xbf")))
}

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

// Errorf returns an error that wraps ErrShape; the format says what is there in words.
func Errorf(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrShape, fmt.Sprintf(format, args...))
}
