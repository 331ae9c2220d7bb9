// Package normalize turns what vendors write into what it means: one incident and
// update schema for all of them. It is pure: no network, no file, no clock.
package normalize

import (
	"time"
	"vendorwatch/normalize/markdown"
	"vendorwatch/normalize/times"
)

// Kind says what sort of thing a vendor published.
type Kind string

// The kinds of an incident.
const (
	KindIncident    Kind = "incident"    // something is or was broken
	KindMaintenance Kind = "maintenance" // planned work with a window
	KindNotice      Kind = "notice"      // an announcement that breaks nothing
)

// Origin is who says that there is an incident.
type Origin string

// Who may say so.
const (
	OriginVendor Origin = "vendor" // its vendor posted it
	OriginPage   Origin = "page"   // its page is red, and no open incident of the vendor is as bad
)

// Severity is how bad an incident is by the vendor's own impact word.
type Severity string

// The severities, mildest first; SeverityUnknown means that the vendor did not say.
const (
	SeverityNone     Severity = "none"
	SeverityMinor    Severity = "minor"
	SeverityMajor    Severity = "major"
	SeverityCritical Severity = "critical"
	SeverityUnknown  Severity = "unknown"
)

// Rank orders severities for reports: critical 4, major 3, unknown 2, minor 1, none 0.
// Unknown stands above minor because silence about the impact is not a sign of health.
func (s Severity) Rank() int {
	switch s {
	case SeverityCritical:
		return 4
	case SeverityMajor:
		return 3
	case SeverityMinor:
		return 1
	case SeverityNone:
		return 0
	default:
		return 2
	}
}

// State is where an incident or an update stands in its life.
type State string

// The states. StateUpdate and StatePostmortem are states of updates only.
const (
	StateInvestigating State = "investigating"
	StateIdentified    State = "identified"
	StateMonitoring    State = "monitoring"
	StateResolved      State = "resolved"
	StateScheduled     State = "scheduled"
	StateInProgress    State = "in_progress"
	StateVerifying     State = "verifying"
	StateCompleted     State = "completed"
	StateCancelled     State = "cancelled"
	StateUnknown       State = "unknown"
	StateUpdate        State = "update"     // a post that changes no state, its state before not being shown
	StatePostmortem    State = "postmortem" // a report after the end
)

// Over reports whether the state ends an incident or a maintenance.
func (s State) Over() bool {
	return s == StateResolved || s == StateCompleted || s == StateCancelled
}

// ComponentStatus is how one component of a vendor is doing.
type ComponentStatus string

// The component statuses; StatusUnknown means that the vendor did not say, or used a word we do not know.
const (
	StatusOperational ComponentStatus = "operational"
	StatusDegraded    ComponentStatus = "degraded_performance"
	StatusPartial     ComponentStatus = "partial_outage"
	StatusMajor       ComponentStatus = "major_outage"
	StatusMaintenance ComponentStatus = "under_maintenance"
	StatusUnknown     ComponentStatus = "unknown"
)

// Raw is one incident in the vendor's own words, as one document shows it. It holds strings only, so that it can be
// stored beside its meaning and the meaning be made again later. A field is empty where the document does not show it.
type Raw struct {
	// kind of document it was read from: "summary", "incident_page", …
	Document string `json:"document"`
	ID       string `json:"id,omitempty"`      // the vendor's own id
	URL      string `json:"url,omitempty"`     // the incident's own page, absolute
	Kind     string `json:"kind,omitempty"`    // Kind where the document's structure tells it
	Title    string `json:"title,omitempty"`   //
	State    string `json:"state,omitempty"`   // state word
	Impact   string `json:"impact,omitempty"`  // impact or severity word
	Message  string `json:"message,omitempty"` // latest words where no timeline is shown
	// the page's time zone: IANA or Rails name, or abbreviation
	Zone           string  `json:"zone,omitempty"`
	Duration       string  `json:"duration,omitempty"` // printed duration, such as "8h 38m"
	Started        RawTime `json:"started,omitzero"`   //
	Resolved       RawTime `json:"resolved,omitzero"`  //
	ScheduledStart RawTime `json:"scheduled_start,omitzero"`
	ScheduledEnd   RawTime `json:"scheduled_end,omitzero"`
	// start and end printed as one text: "Feb 29, 22:00 - 23:00 GMT"
	Period     RawTime        `json:"period,omitzero"`
	Created    RawTime        `json:"created,omitzero"`  // when the vendor made the entry
	Updated    RawTime        `json:"updated,omitzero"`  // when the vendor last touched the entry
	Detected   RawTime        `json:"detected,omitzero"` // when an aggregator saw it
	Components []RawComponent `json:"components,omitempty"`
	Updates    []RawUpdate    `json:"updates,omitempty"` // oldest first
	Excerpt    bool           `json:"excerpt,omitempty"` // the document shows a part of the timeline only
	// what read it, where the same bytes may be read in several ways: other selectors make other words of them
	ReadBy string `json:"read_by,omitempty"`
}

// RawTime is a time as printed, with what the page says around it.
type RawTime = times.Printed

// RawUpdate is one post of an incident's timeline in the vendor's own words.
type RawUpdate struct {
	ID      string  `json:"id,omitempty"`
	State   string  `json:"state,omitempty"`
	Posted  RawTime `json:"posted,omitzero"`  // the time readers are shown
	Created RawTime `json:"created,omitzero"` // when it was written, where the vendor tells both
	Body    string  `json:"body,omitempty"`
	Format  string  `json:"format,omitempty"` // FormatMarkdown, FormatHTML or FormatText
}

// The formats of a RawUpdate's body.
const (
	FormatMarkdown = "markdown"    // Markdown, perhaps with HTML tags in it
	FormatHTML     = markdown.HTML // an HTML fragment
	FormatText     = markdown.Text // visible text of a page: line ends may be lost
)

// RawComponent is one component in the vendor's own words.
type RawComponent struct {
	ID     string `json:"id,omitempty"`
	Name   string `json:"name"`
	Group  string `json:"group,omitempty"`
	Status string `json:"status,omitempty"`
	// of an incident: since when the component was affected, and until when, where the vendor tells it of each
	Started  RawTime `json:"started,omitzero"`
	Resolved RawTime `json:"resolved,omitzero"`
}

// Incident is one incident, maintenance or notice in the common schema. Times are UTC; a zero time is unknown.
type Incident struct {
	Key              string // the vendor's id, else the canonical URL, else "#" and a hash of title and start
	Kind             Kind
	Title            string
	URL              string
	Severity         Severity
	State            State
	VendorSeverity   string
	VendorState      string
	StartedAt        time.Time
	ResolvedAt       time.Time
	ScheduledStartAt time.Time
	ScheduledEndAt   time.Time
	CreatedAt        time.Time     // when the vendor made the entry
	UpdatedAt        time.Time     // when the vendor last touched the entry
	StatedDuration   time.Duration // what the vendor's postmortem says the impact lasted; 0 if it does not say
	StartGiven       bool          // the vendor states the start; otherwise it is the first update's time
	EndGiven         bool          // the document states the end; otherwise it is the time of the update that ended it
	Components       []Component
	Updates          []Update // oldest first
	Excerpt          bool     // the timeline is known in part only
	Raws             []Raw    // the newest words of each kind of document it was read from
}

// Update is one post of an incident's timeline.
type Update struct {
	Key         string // the vendor's id, else "@", minute and state, with an ordinal from the second on
	Was         string // the key it is stored under, where a better one is known now
	State       State
	VendorState string
	PostedAt    time.Time
	CreatedAt   time.Time
	Body        string // Markdown
}

// Component is a part of a vendor's service.
type Component struct {
	Key          string // the vendor's id, else group and name, with an ordinal for a second one of that name
	Name         string
	Group        string
	Status       ComponentStatus
	VendorStatus string
	StartedAt    time.Time // since when an incident affected it, where the vendor tells that of the component
	ResolvedAt   time.Time // until when, likewise; zero also while it goes on
}

// Finding is something that could not be read, or that contradicts itself. The incident it belongs
// to is kept all the same.
type Finding struct {
	Key     string // Key of the incident or component; empty for the page itself
	Field   string // name of the field, as in SQL
	Value   string // the vendor's words
	Problem string // what is wrong with them, in a sentence
	Lost    bool   `json:"-"` // an entry was left out, so that what it is about is not in the record
}

// EventKind is a sort of news.
type EventKind string

// The kinds of events.
const (
	EventIncidentOpened       EventKind = "incident_opened"
	EventUpdatePosted         EventKind = "update_posted"
	EventStateChanged         EventKind = "state_changed"
	EventSeverityChanged      EventKind = "severity_changed"
	EventIncidentResolved     EventKind = "incident_resolved"
	EventIncidentReopened     EventKind = "incident_reopened"
	EventPostmortemPosted     EventKind = "postmortem_posted"
	EventIncidentEdited       EventKind = "incident_edited"
	EventIncidentLeftFeed     EventKind = "incident_left_feed"
	EventMaintenanceScheduled EventKind = "maintenance_scheduled"
	EventMaintenanceStarted   EventKind = "maintenance_started"
	EventMaintenanceCompleted EventKind = "maintenance_completed"
	EventComponentChanged     EventKind = "component_changed"
	EventSourceUnreadable     EventKind = "source_unreadable"
	EventSourceReadable       EventKind = "source_readable"
	// a page went to another address or product, and is followed
	EventSourceMoved EventKind = "source_moved"
)

// TimeLayout is how every time is stored and printed for machines: UTC, milliseconds, fixed width.
const TimeLayout = times.Layout

// FormatTime writes t in TimeLayout; a zero time gives the empty string.
func FormatTime(t time.Time) string { return times.Format(t) }
