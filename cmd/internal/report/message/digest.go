package message

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

// Digest is what one message to one channel says. Field names are those of the SQL columns; times are UTC.
type Digest struct {
	FromAt        string            `json:"from_at,omitempty"` // start of the window; empty if everything before is meant
	UntilAt       string            `json:"until_at"`
	Zone          string            `json:"zone"` // of the reader, as an IANA name
	Headline      string            `json:"headline"`
	Counts        Counts            `json:"counts"`
	EventIDs      []int64           `json:"event_ids"` // the news that this digest delivers
	New           []Item            `json:"new"`       // opened, or opened again
	AlreadyOpen   []Item            `json:"already_open"`
	StillOpen     []Item            `json:"still_open"` // from before the window
	LeftFeed      []Item            `json:"left_feed"`  // taken off the page without a resolution
	Resolved      []Item            `json:"resolved"`   // announced before the window
	Running       []Item            `json:"maintenance_running"`
	Upcoming      []Item            `json:"maintenance_upcoming"`
	Ended         []Item            `json:"maintenance_ended"`
	Postmortems   []Item            `json:"postmortems"`
	AddedToPast   []Item            `json:"added_to_the_past"`
	Changed       []Item            `json:"changed"` // news of incidents that are in no other section
	Components    []ComponentChange `json:"components_changed"`
	Indicators    []Indicator       `json:"page_indicators"` // raised without an incident, now or within the window
	Unreadable    []Source          `json:"could_not_read"`
	ReadableAgain []Source          `json:"readable_again"`
	Moved         []Source          `json:"moved"`          // pages that went to another address or platform, and are followed there
	NotFullySeen  []CoverageGaps    `json:"not_fully_seen"` // readable pages of whose window a part is not known

	Compared     *Comparison `json:"compared,omitempty"` // with the window before; absent where that is not known
	DashboardURL string      `json:"dashboard_url,omitempty"`

	Location  *time.Location   `json:"-"` // of the reader; nil means that of Zone
	Unwatched map[int64]string `json:"-"` // when each page that is not watched was last read, by source
}

// Counts is the digest in numbers.
type Counts struct {
	New              int `json:"new"` // incidents, those already open at the first look included
	StillOpen        int `json:"still_open"`
	Indicators       int `json:"page_indicators"` // pages that say that something is wrong while no incident says what
	Resolved         int `json:"resolved"`
	Filtered         int `json:"filtered"` // open ones, and maintenance ahead, that the vendors' filters hide
	News             int `json:"news"`     // items of every section that tells something new
	Sources          int `json:"sources"`  // pages that are watched
	SourcesReadable  int `json:"sources_readable"`
	Vendors          int `json:"vendors"`
	VendorsReadable  int `json:"vendors_readable"` // vendors all of whose pages could be read
	SourcesCovered   int `json:"sources_covered"`  // readable, and seen throughout the window
	SourcesUncertain int `json:"sources_failing"`  // counted as readable, though the last attempt failed in whole or part
}

// Item is one incident or maintenance in a digest.
type Item struct {
	query.Incident
	EventIDs   []int64  `json:"event_ids,omitempty"`  // what is new about it
	Notes      []string `json:"notes,omitempty"`      // the same in words
	Postmortem string   `json:"postmortem,omitempty"` // its text in Markdown, in the section of postmortems
	Reopened   bool     `json:"reopened,omitempty"`   // it had opened before the window, and began again within it
}

// ComponentChange is a component whose status changed.
type ComponentChange struct {
	EventIDs   []int64  `json:"event_ids"`
	Vendor     string   `json:"vendor"`
	VendorName string   `json:"vendor_name"`
	Component  string   `json:"component"`              // "Group › Name"
	Statuses   []string `json:"statuses"`               // the status before, and each that came after
	At         string   `json:"at"`                     // of the latest change
	Renamed    string   `json:"renamed_from,omitempty"` // the name before; the statuses say nothing then
}

// Indicator is a page that says that something is wrong while no incident on it says what.
type Indicator struct {
	SourceID   int64   `json:"source_id"`
	Vendor     string  `json:"vendor"`
	VendorName string  `json:"vendor_name"`
	PageURL    string  `json:"page_url,omitempty"`
	Indicator  string  `json:"indicator"`             // the vendor's word: minor
	Text       string  `json:"description,omitempty"` // the vendor's sentence for it
	SinceAt    string  `json:"since_at,omitempty"`
	ClearedAt  string  `json:"cleared_at,omitempty"` // empty while it lasts
	Explained  bool    `json:"explained,omitempty"`  // it was cleared by an incident that says why
	EventIDs   []int64 `json:"event_ids,omitempty"`  // what is new about it
}

// CoverageGaps is a page of which parts of the window were not seen.
type CoverageGaps struct {
	SourceID   int64       `json:"source_id"`
	Vendor     string      `json:"vendor"`
	VendorName string      `json:"vendor_name"`
	PageURL    string      `json:"page_url,omitempty"`
	Gaps       []query.Gap `json:"stretches"`
}

// Source is a page that could not be read, or can be read again.
type Source struct {
	SourceID   int64   `json:"source_id"`
	Vendor     string  `json:"vendor"`
	VendorName string  `json:"vendor_name"`
	PageURL    string  `json:"page_url,omitempty"`
	SinceAt    string  `json:"since_at,omitempty"` // blind since, or readable again since
	LastGoodAt string  `json:"last_success_at,omitempty"`
	Reason     string  `json:"reason,omitempty"`
	EventIDs   []int64 `json:"event_ids,omitempty"`
}

// Quiet reports whether no vendor published anything new.
func (d Digest) Quiet() bool { return d.Counts.News == 0 }

// location returns the reader's zone, UTC where it is not known.
func (d Digest) location() *time.Location {
	if d.Location != nil {
		return d.Location
	}
	if zone, err := time.LoadLocation(d.Zone); err == nil {
		return zone
	}
	return time.UTC
}

// UnreadableSource returns the page if it could not be read.
func (d Digest) UnreadableSource(sourceID int64) (Source, bool) {
	n := slices.IndexFunc(d.Unreadable, func(s Source) bool { return s.SourceID == sourceID })
	if n < 0 {
		return Source{}, false
	}
	return d.Unreadable[n], true
}

// Section is a titled list of a digest, in the order of reading.
type Section struct {
	Title string
	Items []Item
	Brief bool // one line an item is enough
}

func (d Digest) Sections() []Section {
	all := []Section{
		{Title: "New incidents", Items: d.opened(false)},
		{Title: "Opened again", Items: d.opened(true)},
		{Title: "Already open when we began to watch", Items: d.AlreadyOpen},
		{Title: "Still open", Items: d.StillOpen},
		{Title: "Gone from the page without a resolution", Items: d.LeftFeed},
		{Title: "Resolved", Items: d.Resolved},
		{Title: "Maintenance under way", Items: d.Running},
		{Title: "Maintenance ahead", Items: d.Upcoming},
		{Title: "Maintenance ended", Items: d.Ended, Brief: true},
		{Title: "Postmortems published", Items: d.Postmortems},
		{Title: "Added to the past", Items: d.AddedToPast, Brief: true},
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

// opened returns those of New that were told to have opened before and began again, or the others.
func (d Digest) opened(again bool) []Item {
	var items []Item
	for _, i := range d.New {
		if i.Reopened == again {
			items = append(items, i)
		}
	}
	return items
}

// HeadlineText says the most important in one line. It never calls quiet what could not be seen.
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
	case d.Quiet() && c.StillOpen == 0 && c.Indicators > 0:
		parts = append(parts, "Nothing new "+seen)
	case d.Quiet() && c.StillOpen == 0:
		parts = append(parts, "All quiet "+seen)
	case d.Quiet():
		parts = append(parts, "Nothing new "+seen, words.Count(c.StillOpen, "incident")+" still open")
	default:
		parts = append(parts, d.newsWords()...)
	}
	if c.Indicators > 0 {
		parts = append(parts, words.Count(c.Indicators, "page indicator")+" raised")
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
		{d.opened(true), "opened again"}, {d.AlreadyOpen, "already open"}, {d.StillOpen, "still open"}, {d.LeftFeed, "gone from the page"},
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
