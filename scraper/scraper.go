// Package scraper reads status pages into normalize.Raw, in the vendor's own words.
// Each platform is one file that registers itself; none of them does I/O.
package scraper

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper/page"
)

// Platform reads the documents of one status-page product. Neither method does I/O.
type Platform interface {
	// Start returns the requests a scrape begins with.
	Start(Source) []Request
	// Parse reads one page, whatever kind of document it is: the kind is found from the bytes. It
	// returns an error that wraps ErrShape if the page lacks what every such document has.
	Parse(Source, Page) (Result, error)
}

// Marked is a Platform of which every document has one of a few texts in it, so that what has none of them is told
// apart without being parsed.
type Marked interface{ Marks() []string }

// Detector is a Platform that knows its own pages by more, or by less, than that they have its marks and can be
// parsed.
type Detector interface{ Detect(Page) bool }

// Vocabulary is a Platform with words of its own, beyond those that every platform uses.
type Vocabulary interface{ Words() normalize.Words }

// PageAddress is a Platform that can tell a status page's address from the address of a page below it.
type PageAddress interface{ Home(page *url.URL) string }

// Configured is a Platform that is told how to read a page. Another fingerprint means that it may find something else
// in the same bytes.
type Configured interface{ Fingerprint() string }

// Fetcher gets a page. It returns an *HTTPError for an answer that is no page, an error that wraps
// ErrBlocked for a bot challenge, and a Page with NotModified set for a 304.
type Fetcher interface {
	Fetch(ctx context.Context, r Request) (Page, error)
}

// Mode is what a scrape is for.
type Mode int

// The modes of a scrape.
const (
	Poll     Mode = iota // what is new, at the least cost
	Backfill             // the whole history, page by page
)

// Source is a status page as a Platform sees it.
type Source struct {
	Name     string           // the vendor's slug, for messages
	URL      string           // the page's address, without a slash at the end
	Mode     Mode             //
	Known    map[string]Known // what the record holds already, by the incident's key
	FromPage int              // Backfill: the history page to begin with; 0 and 1 are the newest
	Auth     *Auth            // sent with every request to its own servers; nil: the page is public

	// Now tells the time, from which a Backfill counts its pages back; nil: time.Now.
	Now func() time.Time

	// LoadKnown gives Known when a page is about to be parsed, so that an unchanged page does not
	// cost reading the record. Known is used as it is where LoadKnown is nil.
	LoadKnown func(context.Context) (map[string]Known, error)
}

// Known is what the record holds of an incident, so that a crawl need not read its page again.
type Known struct {
	Kind       normalize.Kind
	Over       bool // it has ended, or has left the page
	Updates    int  // number of updates
	Postmortem bool // one of them is a postmortem
	Excerpt    bool // the timeline is known in part only
}

// Request is a page to fetch.
type Request struct {
	URL          string
	Fallback     []Request // requested instead if this is refused: a 4xx but 429, ErrBlocked, ErrShape
	Optional     bool      // the scrape is good without it: a refusal is a finding
	NextPage     int       // Backfill: with this request a new stretch of history begins, namely this page
	ETag         string    // filled in by Scrape
	LastModified string    // filled in by Scrape
	Auth         *Auth     // filled in by Scrape, from the Source
}

// Result is what a page says.
type Result struct {
	Document   string          // kind of document, as in normalize.Raw
	Incidents  []normalize.Raw //
	Components []normalize.RawComponent
	Follow     []Request // further pages needed
	Coverage   Coverage
	Findings   []normalize.Finding // what is wrong with the page itself; of incidents, package normalize finds it
	PageName   string              // the vendor's name as the page gives it
	PageURL    string              // the status page's address as the document gives it
	Indicator  string              // page-level state word where there is one: none, minor, …
	Headline   string              // the page's own sentence for that state: "Minor Service Outage"

	// Part says that the page is one of several that are to be read together, such as a page of a long list, or a
	// home page that only leads to what is wanted. It is read on every poll, changed or not, so that what Follow asks
	// for is asked for; its components are added to those of the pages before.
	Part bool
}

// Coverage says what may be concluded from an incident's absence.
type Coverage struct {
	Open       bool   // every incident and maintenance open now is in the Result
	Components bool   // every component of the page is in the Result
	Since      string // every incident since this time (any form times.Parse reads) is in the Result
	Until      string // … that began before this; empty: up to when the page was fetched
}

// Page is a fetched document.
type Page = page.Page

// ErrShape says that a page is not what its platform serves: another page, another format, or a new one.
var ErrShape = page.ErrShape

// ErrBlocked says that a bot challenge was answered in place of the page.
var ErrBlocked = errors.New("blocked by a bot challenge")

// HTTPError is an answer with a status other than success.
type HTTPError struct {
	URL        string
	Status     int
	RetryAfter time.Duration // what the server asked for; 0 if it did not
	Login      bool          // it asks for credentials
	Refused    bool          // it was sent some
}

// Error names the address and the status, and says so where credentials are wanted.
func (e *HTTPError) Error() string {
	text := fmt.Sprintf("fetch %s: %s", e.URL, statusText(e.Status))
	switch {
	case e.Refused && (e.Login || e.Status == http.StatusForbidden):
		text += ": the credentials under [vendor.auth] are not accepted"
	case e.Login:
		text += ": " + page.LoginHint
	}
	return text
}

// Names of platforms that are treated in another way than the rest.
const (
	Generic = "feed"   // reads what several others serve too, and is asked last
	Custom  = "custom" // reads pages that no product makes, and is never asked whether a page is its own
)

// Unknown says in an error that wraps ErrShape what a page is that no platform recognises.
func Unknown(p Page) error { return page.Errorf("%s", page.Describe(p)) }

// Time returns the source's time.
func (s Source) Time() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// MissesOpen reports whether a list of open incidents lacks one that the record holds as open, or the record holds
// nothing yet.
func (s Source) MissesOpen(listed []normalize.Raw) bool {
	for id, known := range s.Known {
		if !known.Over && !slices.ContainsFunc(listed, func(r normalize.Raw) bool { return r.ID == id }) {
			return true
		}
	}
	return len(s.Known) == 0
}

// WordsOf returns the words that only this platform uses.
func WordsOf(p Platform) normalize.Words {
	if v, ok := p.(Vocabulary); ok {
		return v.Words()
	}
	return normalize.Words{}
}

// HomeOf returns the address of the status page that a page belongs to.
func HomeOf(p Platform, page string) string {
	u, err := url.Parse(page)
	if err != nil {
		return page
	}
	if a, ok := p.(PageAddress); ok {
		return a.Home(u)
	}
	return strings.TrimSuffix(page, "/")
}
