package db

import (
	"time"

	"vendorwatch/normalize"
)

// Vendor is a company whose status is watched. The json names are those of the SQL columns.
type Vendor struct {
	VendorID   int64  `json:"vendor_id"`
	Slug       string `json:"slug"`
	Name       string `json:"name"`
	Homepage   string `json:"homepage,omitempty"`
	Owner      string `json:"owner,omitempty"`
	RunbookURL string `json:"runbook_url,omitempty"`
}

// Outcome is how a scrape ended.
type Outcome string

// The outcomes of a scrape.
const (
	OutcomeChanged    Outcome = "changed"    // read, and something differed
	OutcomeUnchanged  Outcome = "unchanged"  // not modified since the last good scrape, or read and nothing differed
	OutcomePartial    Outcome = "partial"    // what could be read was saved, a further page failed
	OutcomeUnreadable Outcome = "unreadable" // the page is not what it should be (shape, challenge, empty)
	OutcomeFailed     Outcome = "failed"     // no answer, or an error status
)

// Document is what is remembered of one URL of a source, so that an unchanged page costs one conditional request.
type Document struct {
	URL          string
	ETag         string
	LastModified string
	Hash         string    // of the body, hex
	RefusedAt    time.Time // when it was last refused, so that its fallback is taken at once; zero if it was not
}

// Scrape is what one pass over a source brought, to be saved by SaveScrape.
type Scrape struct {
	SourceID   int64
	At         time.Time     // when the pass began; for a saved page, when it was saved
	Interval   time.Duration // from one reading of the source to the next by its schedule; 0 if not known
	Took       time.Duration //
	HTTPStatus int           // of the first request; 0 if there was no answer
	Requests   int
	Bytes      int64
	Err        error // why nothing, or not all, could be read; nil if all was

	Unreadable bool // Err means that the page is not what it should be
	Unchanged  bool // nothing was parsed, because nothing had changed
	Backfill   bool // history: stored, never announced
	Archived   bool // saved pages: At may be long past; the source's live health is left alone

	Incidents     []normalize.Incident
	Components    []normalize.Component
	AllOpen       bool      // every incident open on the page is among Incidents
	AllComponents bool      // every component of the page is among Components
	CoverageStart time.Time // every incident since then is among Incidents; zero if not known
	CoverageEnd   time.Time // … that began before this; zero means At
	Findings      []normalize.Finding
	Documents     []Document // saved only if Err is nil
	BackfillPage  int        // the history page to go on with; 0 leaves it, -1 says that the first day was reached
	PageName      string     // the vendor's name as its page gives it; used where the vendor has none
	Indicator     string     // page-level state word
	IndicatorText string     // the page's own sentence for it
	Moved         *Move      // where the page was found; nil if it is where it was
}

// Saved is what SaveScrape changed in the file.
type Saved struct {
	Events    []Event
	Outcome   Outcome
	Incidents int // incidents new to the file
	Updates   int // updates new to the file
	Revisions int
	Findings  int // findings new to the file
}

// Withheld is why channels are not told of an event; empty if they are.
type Withheld string

// The reasons for not telling.
const (
	WithheldStale     Withheld = "stale"      // a saved page told it, and it was old already
	WithheldSameEvent Withheld = "same_event" // another record of the same event tells it
	WithheldFiltered  Withheld = "filtered"   // the vendor's filters hide its incident or component
)

// Event is one piece of news, with what a reader wants to know of it.
type Event struct {
	EventID    int64               `json:"event_id"`
	Kind       normalize.EventKind `json:"kind"`
	At         string              `json:"at"`
	SourceID   int64               `json:"source_id"`
	IncidentID int64               `json:"incident_id,omitempty"`
	UpdateID   int64               `json:"update_id,omitempty"`
	Detail     map[string]string   `json:"detail,omitempty"`
	Vendor     string              `json:"vendor"` // slug
	VendorName string              `json:"vendor_name"`
	Title      string              `json:"title,omitempty"` // of the incident
	Severity   string              `json:"severity,omitempty"`
	State      string              `json:"state,omitempty"`
	URL        string              `json:"url,omitempty"`
	Body       string              `json:"body,omitempty"` // of the update
	Withheld   Withheld            `json:"withheld,omitempty"`
}

// Incident is a row of v_incidents.
type Incident struct {
	IncidentID            int64  `json:"incident_id"`
	Vendor                string `json:"vendor"` // slug
	VendorName            string `json:"vendor_name"`
	SourceID              int64  `json:"source_id"`
	PageURL               string `json:"page_url"`
	Platform              string `json:"platform"`
	SourceKey             string `json:"source_key"`
	Kind                  string `json:"kind"`
	Title                 string `json:"title"`
	URL                   string `json:"url,omitempty"`
	Severity              string `json:"severity"`
	State                 string `json:"state"`
	VendorSeverity        string `json:"vendor_severity,omitempty"`
	VendorState           string `json:"vendor_state,omitempty"`
	StartedAt             string `json:"started_at,omitempty"`
	ResolvedAt            string `json:"resolved_at,omitempty"`
	ScheduledStartAt      string `json:"scheduled_start_at,omitempty"`
	ScheduledEndAt        string `json:"scheduled_end_at,omitempty"`
	FirstSeenAt           string `json:"first_seen_at"`
	LeftFeedAt            string `json:"left_feed_at,omitempty"`
	DurationSeconds       *int64 `json:"duration_seconds,omitempty"` // null while it is open or an end is unknown
	StatedDurationSeconds *int64 `json:"stated_duration_seconds,omitempty"`
	Announced             int    `json:"announced"`
	Filtered              int    `json:"filtered"`                // 1: the vendor's filters hide it, its news is withheld
	SameEventID           int64  `json:"same_event_id,omitempty"` // the record that stands for the event; 0 if no other page tells of it
	AlsoOn                string `json:"also_on,omitempty"`       // other pages that tell of the event, separated by ", "
	Components            string `json:"components,omitempty"`    // "Group › Name", separated by ", "
	UpdateCount           int    `json:"update_count"`
	LatestBody            string `json:"latest_body,omitempty"` // newest update's text that is no postmortem
	LatestState           string `json:"latest_state,omitempty"`
	LatestPostedAt        string `json:"latest_posted_at,omitempty"`
}

// Update is a row of v_updates.
type Update struct {
	UpdateID    int64  `json:"update_id"`
	IncidentID  int64  `json:"incident_id"`
	State       string `json:"state"`
	VendorState string `json:"vendor_state,omitempty"`
	PostedAt    string `json:"posted_at,omitempty"`
	CreatedAt   string `json:"created_at,omitempty"`
	Body        string `json:"body"`
	FirstSeenAt string `json:"first_seen_at"`
	RemovedAt   string `json:"removed_at,omitempty"` // the vendor took it off the page
}

// Revision is one edit by the vendor.
type Revision struct {
	RevisionID int64  `json:"revision_id"`
	IncidentID int64  `json:"incident_id"`
	UpdateID   int64  `json:"update_id,omitempty"`
	Field      string `json:"field"`
	OldValue   string `json:"old_value"`
	NewValue   string `json:"new_value"`
	SeenAt     string `json:"seen_at"`
}

// EventRecord is another record of the same event, read from another page of the vendor.
type EventRecord struct {
	IncidentID int64  `json:"incident_id"`
	PageURL    string `json:"page_url"`
	Platform   string `json:"platform"`
	SourceKey  string `json:"source_key"`
	URL        string `json:"url,omitempty"`
	Title      string `json:"title"`
	Severity   string `json:"severity"`
	State      string `json:"state"`
	StartedAt  string `json:"started_at,omitempty"`
	ResolvedAt string `json:"resolved_at,omitempty"`
}

// IncidentDetail is one incident whole.
type IncidentDetail struct {
	Incident
	AffectedComponents []Component     `json:"affected_components"`
	Updates            []Update        `json:"updates"` // oldest first
	Revisions          []Revision      `json:"revisions"`
	Findings           []Finding       `json:"findings"`
	SameEvent          []EventRecord   `json:"same_event"` // the event's records from other pages, the one that stands for it first
	Raw                []normalize.Raw `json:"raw"`
}

// Component is a component of a source.
type Component struct {
	ComponentID int64  `json:"component_id"`
	SourceKey   string `json:"source_key"`
	Name        string `json:"name"`
	GroupName   string `json:"group_name,omitempty"`
	Status      string `json:"status"`
}

// Finding is a row of findings.
type Finding struct {
	FindingID   int64  `json:"finding_id"`
	SourceID    int64  `json:"source_id"`
	SourceKey   string `json:"source_key,omitempty"`
	Field       string `json:"field"`
	Value       string `json:"value"`
	Problem     string `json:"problem"`
	FirstSeenAt string `json:"first_seen_at"`
	LastSeenAt  string `json:"last_seen_at"`
	TimesSeen   int    `json:"times_seen"`
}

// SourceHealth is a row of v_source_health.
type SourceHealth struct {
	SourceID            int64  `json:"source_id"`
	Vendor              string `json:"vendor"`
	VendorName          string `json:"vendor_name"`
	PageURL             string `json:"page_url"`
	Platform            string `json:"platform"`
	Watched             int    `json:"watched"` // 1: the configuration lists it
	Health              string `json:"health"`  // ok, failing (1 or 2 failures), unreadable (3 and more), never (no good scrape yet), not_watched (whatever else)
	LastSuccessAt       string `json:"last_success_at,omitempty"`
	LastAttemptAt       string `json:"last_attempt_at,omitempty"`
	ConsecutiveFailures int    `json:"consecutive_failures"`
	FailingSince        string `json:"failing_since,omitempty"`
	LastError           string `json:"last_error,omitempty"`
	LatestAt            string `json:"latest_at,omitempty"` // newest good reading, live or from a saved page
	CoverageStartAt     string `json:"coverage_start_at,omitempty"`
	BaselineAt          string `json:"baseline_at,omitempty"`
	BlindSinceAt        string `json:"blind_since_at,omitempty"` // start of a gap in what was seen that lasts
	Gaps                int    `json:"gaps"`                     // those that no later reading made up for
	BlindSeconds30d     int64  `json:"blind_seconds_30d"`        // how much of the 30 days before LastAttemptAt they make up
	Indicator           string `json:"indicator,omitempty"`
	IndicatorSinceAt    string `json:"indicator_since_at,omitempty"` // since when it is raised without an open incident
	OpenIncidents       int    `json:"open_incidents"`
	Incidents           int    `json:"incidents"`
	OpenFindings        int    `json:"open_findings"`
}
