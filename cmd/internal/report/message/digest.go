package message

import (
	"cmp"
	"slices"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
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
	// times in the window in which our own network was taken for the cause of what our checks missed
	OwnOutages []query.OwnOutage `json:"own_outages,omitempty"`

	// with the window before; absent where the record does not cover it
	Compared *Comparison `json:"compared,omitempty"`
	// what a digest of the kind review tells, in place of all lists above
	Review       *Review `json:"review,omitempty"`
	DashboardURL string  `json:"dashboard_url,omitempty"`

	Location  *time.Location   `json:"-"` // of the reader; nil means that of Zone
	Times     TimeFormat       `json:"-"` // nil leaves times as they are
	Unwatched map[int64]string `json:"-"` // when each page that is not watched was last read, by source
}

// Counts is the digest in numbers.
type Counts struct {
	New       int `json:"new"` // incidents, with those already open at the first scrape
	StillOpen int `json:"still_open"`
	// open incidents of pages that are read, by severity
	OpenBySeverity map[normalize.Severity]int `json:"open_by_severity"`
	OpenUnseen     int                        `json:"open_when_last_read"` // open incidents of the other pages
	NotWell        int                        `json:"not_well"`            // vendors that the list of them has
	VendorsWell    int                        `json:"vendors_well"`        // vendors known to be well
	Resolved       int                        `json:"resolved"`
	// open incidents and upcoming maintenance that the vendors' filters hide
	Filtered        int `json:"filtered"`
	News            int `json:"news"`    // items with events, in all sections
	Sources         int `json:"sources"` // pages that are watched
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
	Postmortem string   `json:"postmortem,omitempty"` // Markdown, in the list of postmortems
	Reopened   bool     `json:"reopened,omitempty"`   // it opened before the window, and reopened within it
	// every event of it in the window was in an earlier message of the digest
	ToldBefore bool   `json:"told_before,omitempty"`
	Owner      string `json:"owner,omitempty"` // who looks after the vendor in our organisation
	// what people did about it, oldest first
	Actions []query.Action `json:"actions,omitempty"`
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

// TimeFormat writes a time in the form of a channel. text is the time in the reader's zone.
type TimeFormat func(t time.Time, text string) string

func (d Digest) moment(t time.Time) string {
	text := words.Moment(t, d.location(), words.Time(d.UntilAt))
	if d.Times == nil || t.IsZero() {
		return text
	}
	return d.Times(t, text)
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

// The titles of lists.
const (
	openTitle        = "Open"
	overTitle        = "New, and over"
	resolvedTitle    = "Resolved"
	goneTitle        = "Gone from the page without a resolution"
	runningTitle     = "Maintenance under way"
	upcomingTitle    = "Maintenance ahead"
	endedTitle       = "Maintenance ended"
	postmortemsTitle = "Postmortems published"
	changedTitle     = "Changed by the vendor"
	pastTitle        = "Added to the history"
	componentsTitle  = "Components"
	unreadableTitle  = "Could not read"
	readableTitle    = "Readable again"
)

// Section is a titled list in a digest, with one line for each item.
type Section struct {
	Title string
	Items []Item
}

// Sections are the incidents and the maintenance of the digest in the order in which they are told, each once: first
// what is open, the worst first whatever the vendor, then what is over, then planned work.
func (d Digest) Sections() []Section {
	opened := slices.Concat(d.New, d.AlreadyOpen)
	all := []Section{
		{openTitle, WorstFirst(slices.Concat(only(opened, Item.open), d.StillOpen))},
		{overTitle, only(opened, Item.over)},
		{resolvedTitle, d.Resolved},
		{goneTitle, slices.Concat(only(opened, Item.gone), d.LeftFeed)},
		{runningTitle, d.Running},
		{upcomingTitle, d.Upcoming},
		{endedTitle, d.Ended},
		{postmortemsTitle, d.Postmortems},
		{changedTitle, d.Changed},
		{pastTitle, d.AddedToPast},
	}
	told := map[int64]bool{}
	kept := all[:0]
	for _, s := range all {
		s.Items = only(s.Items, func(i Item) bool {
			again := told[i.IncidentID]
			told[i.IncidentID] = true
			return !again
		})
		if len(s.Items) > 0 {
			kept = append(kept, s)
		}
	}
	return kept
}

func (i Item) over() bool { return normalize.State(i.State).Over() }
func (i Item) gone() bool { return i.LeftFeedAt != "" && !i.over() }
func (i Item) open() bool { return i.LeftFeedAt == "" && !i.over() }

func only(items []Item, want func(Item) bool) []Item {
	var kept []Item
	for _, i := range items {
		if want(i) {
			kept = append(kept, i)
		}
	}
	return kept
}

// WorstFirst sorts items by severity, and then the newest first.
func WorstFirst(items []Item) []Item {
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Or(
			cmp.Compare(normalize.Severity(b.Severity).Rank(), normalize.Severity(a.Severity).Rank()),
			cmp.Compare(cmp.Or(b.StartedAt, b.FirstSeenAt), cmp.Or(a.StartedAt, a.FirstSeenAt)),
			cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.IncidentID, b.IncidentID))
	})
	return items
}
