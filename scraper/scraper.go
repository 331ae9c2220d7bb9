// Package scraper reads status pages into normalize.Raw, in the vendor's own words. It has the scrape loop
// ([Scrape]), the fetcher ([Collector]), detection ([Registry]) and the catalogue of well-known vendors
// ([LookupVendor]).
//
// What a product's pages look like is known to its [Platform] only. Package platforms lists all of them; package page
// is the kit that they are made with.
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
	// Start returns the requests that a scrape begins with.
	Start(Source) []Request
	// Parse reads one page. It tells from the bytes which kind of document the page is. Its error wraps ErrShape if
	// the page lacks what every such document has.
	Parse(Source, Page) (Result, error)
}

// Marked is a Platform whose documents all contain one of a few texts. A page without any of these texts is not one of
// its documents, which saves parsing it.
type Marked interface{ Marks() []string }

// Detector is a Platform with a detection of its own. All others recognise a page if it has one of their marks and
// can be parsed; see Detects.
type Detector interface{ Detect(Page) bool }

// Vocabulary is a Platform that uses words of its own for states, severities or statuses.
type Vocabulary interface{ Words() normalize.Words }

// PageAddress is a Platform that can derive a status page's address from that of a page below it.
type PageAddress interface{ Home(page *url.URL) string }

// Recognised is a Platform that is known by marks in a page that was fetched for whatever reason. Find asks for none of
// its addresses, unless the catalogue names it for the page, so that there may be any number of such platforms.
type Recognised interface{ ByMarks() bool }

// Configured is a Platform that reads by settings. If its fingerprint changes, it may find something else in the same
// bytes, and an unchanged page is parsed again.
type Configured interface{ Fingerprint() string }

// Fetcher gets a page. It returns an *HTTPError for an answer with an error status, an error that wraps ErrBlocked
// for a bot challenge, and a Page with NotModified set for a 304.
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
	Mode     Mode             // the zero value is Poll
	Known    map[string]Known // what the database has already, by the incident's key
	FromPage int              // Backfill: the history page to begin with; 0 and 1 are the newest
	TimeZone string           // zone of times that a page prints without one, IANA; "": UTC, with a finding
	Auth     *Auth            // sent with every request to its own servers; nil: the page is public

	// Now returns the current time, from which a Backfill counts its pages back; nil: time.Now.
	Now func() time.Time

	// LoadKnown returns Known. It is called once, when the first page is about to be parsed, so that an unchanged page
	// costs no query. If it is nil, Known is used as it is.
	LoadKnown func(context.Context) (map[string]Known, error)
}

// Known is what the database has of an incident, so that a crawl need not read the incident's page again.
type Known struct {
	Kind       normalize.Kind
	Over       bool // it has ended, or has left the page
	Updates    int  // number of updates
	Postmortem bool // one of them is a postmortem
	Excerpt    bool // only a part of the timeline is known
}

// Request is a page to fetch.
type Request struct {
	URL          string
	Fallback     []Request // requested instead if this is refused: a 4xx but 429, ErrBlocked, ErrShape
	Optional     bool      // the scrape succeeds without it: a refusal becomes a finding
	NextPage     int       // Backfill: this request begins a new stretch of history, the page of this number
	ETag         string    // filled in by Scrape
	LastModified string    // filled in by Scrape
	Auth         *Auth     // filled in by Scrape, from the Source
	Page         string    // address of the page it is read for, filled in by Scrape; "": its own
}

// Result is what a page says, in the vendor's words.
type Result struct {
	Document   string          // kind of document, as in normalize.Raw
	Incidents  []normalize.Raw //
	Components []normalize.RawComponent
	Follow     []Request // further pages needed
	Coverage   Coverage
	Findings   []normalize.Finding // what is wrong with the page itself; normalize adds what is wrong with incidents
	PageName   string              // the vendor's name as the page gives it
	PageURL    string              // the status page's address as the document gives it
	Indicator  string              // page-level state word where there is one: none, minor, …
	Headline   string              // the page's own sentence for that state: "Minor Service Outage"

	// Part is set if the page must be read together with others: a page of a long list, or a home page that only
	// links to what is wanted. Such a page is read on every poll, even if it has not changed, so that its Follow is
	// followed. Its components are added to those of the pages before.
	Part bool
}

// Coverage says what may be concluded from an incident's absence.
type Coverage struct {
	Open       bool   // every incident and maintenance open now is in the Result
	Components bool   // every component of the page is in the Result
	Since      string // every incident that began since this time is in the Result; times.Parse reads it
	Until      string // the end of that period; empty: when the page was fetched
}

// Page is a fetched document.
type Page = page.Page

// Saved returns a page that was saved as its server sent it, as a Fetcher would have returned it: unpacked and in
// UTF-8. The error is that of page.Decoded.
func Saved(p Page) (Page, error) { return page.Decoded(p, DefaultMaxBytes) }

// ErrShape says that a page is not what its platform serves: another page, another format, or a new one.
var ErrShape = page.ErrShape

// ErrBlocked says that the server answered with a bot challenge instead of the page.
var ErrBlocked = errors.New("blocked by a bot challenge")

// HTTPError is an answer whose status is not a success.
type HTTPError struct {
	URL        string
	Status     int
	RetryAfter time.Duration // from the Retry-After header; 0 if there is none
	Login      bool          // the server asks for credentials
	Refused    bool          // the request had credentials
	Redirects  []string      // the addresses that it was redirected to, if there was no end to them
}

// Error names the address and the status, where redirects lead that do not end, and what to do if credentials are
// missing or wrong.
func (e *HTTPError) Error() string {
	text := fmt.Sprintf("fetch %s: %s", e.URL, statusText(e.Status))
	switch {
	case e.Refused && (e.Login || e.Status == http.StatusForbidden):
		text += ": the credentials under [vendor.auth] are not accepted"
	case e.Login:
		text += ": " + page.LoginHint
	case len(e.Redirects) > 0:
		text += ": " + endless(e.URL, e.Redirects)
	}
	return text
}

// endless says where redirects lead that do not end.
func endless(from string, to []string) string {
	way := append([]string{from}, to...)
	for n, address := range way {
		if before := slices.Index(way, address); before < n {
			if before == n-1 {
				return "the page redirects to itself: " + address
			}
			return "the redirects go round in a circle: " + strings.Join(way[before:n+1], " → ")
		}
	}
	last := len(to) - 1
	return fmt.Sprintf("redirected %d times without an end, to %s, …, %s", len(to), to[0], to[last])
}

// Names of the platforms that a Registry treats differently.
const (
	Generic = "feed"   // reads any feed, including those of other platforms, and is asked last
	Custom  = "custom" // reads pages by selectors from the config, and is never detected
)

// Unknown returns the error for a page that no platform recognises. It wraps ErrShape and says what the page is.
func Unknown(p Page) error { return page.Errorf("%s", page.Describe(p)) }

// Time returns the current time by the source's clock.
func (s Source) Time() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// MissesOpen reports whether a list of open incidents lacks one that is open in the database, or the database has no
// incident of the source yet.
func (s Source) MissesOpen(listed []normalize.Raw) bool {
	for id, known := range s.Known {
		if !known.Over && !slices.ContainsFunc(listed, func(r normalize.Raw) bool { return r.ID == id }) {
			return true
		}
	}
	return len(s.Known) == 0
}

// WordsOf returns the platform's Vocabulary; of a platform without one, no words.
func WordsOf(p Platform) normalize.Words {
	if v, ok := p.(Vocabulary); ok {
		return v.Words()
	}
	return normalize.Words{}
}

// HomeOf returns the address of the status page that a page belongs to, without a slash at the end.
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
