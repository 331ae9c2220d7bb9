package message

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

// Digest is the regular report. JSON names are those of the SQL columns; times are UTC.
type Digest struct {
	FromAt        string            `json:"from_at,omitempty"` // start of the window; empty for the whole record
	UntilAt       string            `json:"until_at"`
	Zone          string            `json:"zone"` // of the reader, as an IANA name
	Headline      string            `json:"headline"`
	Counts        Counts            `json:"counts"`
	EventIDs      []int64           `json:"event_ids"` // the events that it reports
	New           []Item            `json:"new"`       // opened, or reopened
	AlreadyOpen   []Item            `json:"already_open"`
	StillOpen     []Item            `json:"still_open"` // opened before the window
	LeftFeed      []Item            `json:"left_feed"`  // left the page without a resolution
	Resolved      []Item            `json:"resolved"`   // opened before the window, resolved within it
	Running       []Item            `json:"maintenance_running"`
	Upcoming      []Item            `json:"maintenance_upcoming"`
	Ended         []Item            `json:"maintenance_ended"`
	Postmortems   []Item            `json:"postmortems"`
	AddedToPast   []Item            `json:"added_to_the_past"`
	Changed       []Item            `json:"changed"` // incidents with events that fit no other section
	Components    []ComponentChange `json:"components_changed"`
	NotWell       []query.Status    `json:"not_well"` // vendors that no other list explains
	Unreadable    []Source          `json:"could_not_read"`
	ReadableAgain []Source          `json:"readable_again"`
	// pages that moved to another address or platform, and are still watched
	Moved        []Source       `json:"moved"`
	NotFullySeen []CoverageGaps `json:"not_fully_seen"` // readable pages with coverage gaps in the window

	// with the window before; absent where the record does not cover it
	Compared     *Comparison `json:"compared,omitempty"`
	DashboardURL string      `json:"dashboard_url,omitempty"`

	Location  *time.Location   `json:"-"` // of the reader; nil means that of Zone
	Unwatched map[int64]string `json:"-"` // when each page that is not watched was last read, by source
}

// Counts is the digest in numbers.
type Counts struct {
	New             int `json:"new"` // incidents, with those already open at the first scrape
	StillOpen       int `json:"still_open"`
	NotWell         int `json:"not_well"`     // vendors that the list of them has
	VendorsWell     int `json:"vendors_well"` // vendors known to be well
	Resolved        int `json:"resolved"`
	Filtered        int `json:"filtered"` // open incidents and upcoming maintenance that the vendors' filters hide
	News            int `json:"news"`     // items with events, in all sections
	Sources         int `json:"sources"`  // pages that are watched
	SourcesReadable int `json:"sources_readable"`
	Vendors         int `json:"vendors"`
	VendorsReadable int `json:"vendors_readable"` // vendors all of whose pages could be read
	SourcesCovered  int `json:"sources_covered"`  // readable, without coverage gaps
	// counted as readable, though the last scrape failed wholly or in part
	SourcesUncertain int `json:"sources_failing"`
}

// Item is one incident or maintenance in a digest.
type Item struct {
	query.Incident
	EventIDs   []int64  `json:"event_ids,omitempty"`  // its events
	Notes      []string `json:"notes,omitempty"`      // its events in words, beyond what the fields show
	Postmortem string   `json:"postmortem,omitempty"` // Markdown, in the section of postmortems
	Reopened   bool     `json:"reopened,omitempty"`   // it opened before the window, and reopened within it
}

// ComponentChange is a component whose status changed.
type ComponentChange struct {
	EventIDs   []int64 `json:"event_ids"`
	Vendor     string  `json:"vendor"`
	VendorName string  `json:"vendor_name"`
	Component  string  `json:"component"` // "Group › Name"
	// the first status before the window's changes, and each later one
	Statuses []string `json:"statuses"`
	At       string   `json:"at"`                     // of the last change
	Renamed  string   `json:"renamed_from,omitempty"` // the former name; then there are no statuses
}

// CoverageGaps are the parts of the window in which a page was not read.
type CoverageGaps struct {
	SourceID   int64       `json:"source_id"`
	Vendor     string      `json:"vendor"`
	VendorName string      `json:"vendor_name"`
	PageURL    string      `json:"page_url,omitempty"`
	Gaps       []query.Gap `json:"stretches"`
}

// Source is a page that could not be read, can be read again, or moved.
type Source struct {
	SourceID   int64   `json:"source_id"`
	Vendor     string  `json:"vendor"`
	VendorName string  `json:"vendor_name"`
	PageURL    string  `json:"page_url,omitempty"`
	SinceAt    string  `json:"since_at,omitempty"` // since when it is unreadable, readable again, or moved
	LastGoodAt string  `json:"last_success_at,omitempty"`
	Reason     string  `json:"reason,omitempty"`
	EventIDs   []int64 `json:"event_ids,omitempty"`
}

// Quiet reports whether there is no news.
func (d Digest) Quiet() bool { return d.Counts.News == 0 }

// location returns the time zone of the reader; UTC if it is not known.
func (d Digest) location() *time.Location {
	if d.Location != nil {
		return d.Location
	}
	if zone, err := time.LoadLocation(d.Zone); err == nil {
		return zone
	}
	return time.UTC
}

// UnreadableSource returns a page from the list of those that could not be read; false if it is not there.
func (d Digest) UnreadableSource(sourceID int64) (Source, bool) {
	n := slices.IndexFunc(d.Unreadable, func(s Source) bool { return s.SourceID == sourceID })
	if n < 0 {
		return Source{}, false
	}
	return d.Unreadable[n], true
}

// NotWellTitle heads the list of vendors of which something is wrong or not known, and no incident says what.
const NotWellTitle = "Not known to be well"

// NotWellText says how a vendor does, and since when.
func (d Digest) NotWellText(s query.Status) string {
	text := words.Status(s)
	if s.SinceAt != "" {
		text += " since " + words.Moment(words.Time(s.SinceAt), d.location(), words.Time(d.UntilAt))
	}
	return text
}

// Section is a titled list of incidents in a digest.
type Section struct {
	Title string
	Items []Item
	Brief bool // a short form of the items is enough
}

func (d Digest) Sections() []Section {
	all := []Section{
		{Title: "New incidents", Items: d.opened(false)},
		{Title: "Reopened", Items: d.opened(true)},
		{Title: "Already open when we started watching", Items: d.AlreadyOpen},
		{Title: "Still open", Items: d.StillOpen},
		{Title: "Gone from the page without a resolution", Items: d.LeftFeed},
		{Title: "Resolved", Items: d.Resolved},
		{Title: "Maintenance under way", Items: d.Running},
		{Title: "Maintenance ahead", Items: d.Upcoming},
		{Title: "Maintenance ended", Items: d.Ended, Brief: true},
		{Title: "Postmortems published", Items: d.Postmortems},
		{Title: "Added to the history", Items: d.AddedToPast, Brief: true},
		{Title: "Changed by the vendor", Items: d.Changed, Brief: true},
	}
	kept := all[:0]
	for _, s := range all {
		if len(s.Items) > 0 {
			kept = append(kept, s)
		}
	}
	return kept
}

// opened returns the incidents of New that reopened, or the others.
func (d Digest) opened(again bool) []Item {
	var items []Item
	for _, i := range d.New {
		if i.Reopened == again {
			items = append(items, i)
		}
	}
	return items
}

// HeadlineText says the most important in one line. It never calls a page quiet that could not be read.
func (d Digest) HeadlineText() string {
	c := d.Counts
	blind := c.Sources - c.SourcesReadable
	switch {
	case c.Sources == 0 && d.Quiet():
		return "No page is watched yet"
	case c.SourcesReadable == 0 && d.Quiet():
		return "Blind: none of " + words.Count(c.Sources, "page") + " could be read" + stillOpen(c.StillOpen)
	}
	var parts []string
	seen := "on " + words.Count(c.Sources, "page")
	if blind > 0 {
		seen = "on the one page we could read"
		if c.SourcesReadable > 1 {
			seen = "on the " + words.Count(c.SourcesReadable, "page") + " we could read"
		}
	}
	switch {
	case d.Quiet() && c.StillOpen == 0 && (c.VendorsWell < c.VendorsReadable || c.NotWell > 0):
		parts = append(parts, "Nothing new "+seen)
	case d.Quiet() && c.StillOpen == 0:
		parts = append(parts, "All quiet "+seen)
	case d.Quiet():
		parts = append(parts, "Nothing new "+seen, words.Count(c.StillOpen, "incident")+" still open")
	default:
		parts = append(parts, d.newsWords()...)
	}
	if c.NotWell > 0 {
		parts = append(parts, words.Count(c.NotWell, "vendor")+" not known to be well")
	}
	if blind > 0 {
		parts = append(parts, words.Count(blind, "page")+" could not be read")
	}
	if len(d.Moved) > 0 {
		parts = append(parts, words.Count(len(d.Moved), "page")+" moved")
	}
	return strings.Join(parts, ", ")
}

func stillOpen(n int) string {
	if n == 0 {
		return ""
	}
	return ", " + words.Count(n, "incident") + " still open when last seen"
}

func (d Digest) newsWords() []string {
	parts := []string{"No new incident"}
	if n := len(d.opened(false)); n > 0 {
		parts[0] = words.Count(n, "new incident")
	}
	for _, p := range []struct {
		items []Item
		words string
	}{
		{d.opened(true), "reopened"}, {d.AlreadyOpen, "already open"}, {d.StillOpen, "still open"},
		{d.LeftFeed, "gone from the page"},
		{d.Resolved, "resolved"},
	} {
		if n := len(p.items); n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+p.words)
		}
	}
	if n := len(d.Postmortems); n > 0 {
		parts = append(parts, words.Count(n, "postmortem"))
	}
	return parts
}
