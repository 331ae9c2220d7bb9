package mcp

import (
	"strconv"

	"vendorwatch/cmd/internal/web/prose"
	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

// What the tools take and give. The names are those of the SQL columns; the jsonschema tags are read by models.

type SearchIn struct {
	Query string `json:"query,omitempty" jsonschema:"words of the vendor's name, slug or owner; empty for all vendors"`
	Limit int    `json:"limit,omitempty" jsonschema:"at most so many, 1 to 100; 20 if left out"`
}

type VendorBrief struct {
	Vendor        string `json:"vendor" jsonschema:"slug, for the other tools"`
	Name          string `json:"name"`
	Owner         string `json:"owner,omitempty" jsonschema:"who of us looks after this vendor"`
	State         string `json:"state" jsonschema:"quiet: all pages were read and nothing is open; critical, major, minor, none or unknown: severity of the worst open incident; a component's status; unwell: the page says so without an incident; maintenance; unreadable: a page cannot be read, so that nothing is known; not_watched"`
	Readable      bool   `json:"readable" jsonschema:"its status pages can be read; if false, there may be incidents that are not known"`
	OpenIncidents int    `json:"open_incidents"`
	LastSuccessAt string `json:"last_success_at,omitempty" jsonschema:"when its pages were last read, by the oldest of them"`
}

type SearchOut struct {
	Vendors []VendorBrief `json:"vendors"`
	Found   int           `json:"found" jsonschema:"how many there are, those beyond the limit included"`
}

type StateIn struct {
	Vendor    string `json:"vendor" jsonschema:"slug or name of the vendor"`
	Component string `json:"component,omitempty" jsonschema:"words of a component's name or group; left out: all that are not operational"`
}

type Page struct {
	PageURL       string `json:"page_url"`
	Health        string `json:"health" jsonschema:"ok, failing, unreadable, never (not read so far) or not_watched"`
	LastSuccessAt string `json:"last_success_at,omitempty"`
	FailingSince  string `json:"failing_since,omitempty"`
	LastError     string `json:"last_error,omitempty"`
}

type Component struct {
	GroupName    string `json:"group_name,omitempty"`
	Name         string `json:"name"`
	Status       string `json:"status" jsonschema:"operational, degraded_performance, partial_outage, major_outage, under_maintenance or unknown"`
	VendorStatus string `json:"vendor_status,omitempty" jsonschema:"the vendor's own word"`
}

type StateOut struct {
	VendorBrief
	Knowledge        string      `json:"knowledge" jsonschema:"one sentence on how far the state can be relied on"`
	RunbookURL       string      `json:"runbook_url,omitempty"`
	Pages            []Page      `json:"pages"`
	ComponentsListed int         `json:"components_listed" jsonschema:"how many components its pages list"`
	Components       []Component `json:"components" jsonschema:"those asked for, else those that are not operational; at most 100"`
	Incidents        []Incident  `json:"incidents" jsonschema:"open ones, the worst first; at most 10"`
	Maintenances     []Incident  `json:"maintenances" jsonschema:"planned or under way; at most 10"`
}

type OpenIn struct {
	Vendor   string `json:"vendor,omitempty" jsonschema:"slug or name; left out: all vendors"`
	Severity string `json:"severity,omitempty" jsonschema:"the lowest: none, minor, major or critical. Those of unknown severity count as worse than minor"`
	Kind     string `json:"kind,omitempty" jsonschema:"incident, maintenance or notice; incident if left out"`
	Limit    int    `json:"limit,omitempty" jsonschema:"at most so many, 1 to 50; 20 if left out"`
}

type OpenOut struct {
	Incidents       []Incident   `json:"incidents"`
	Open            int          `json:"open" jsonschema:"how many are open of this kind, of any severity, those beyond the limit included"`
	Unreadable      []Unreadable `json:"unreadable" jsonschema:"pages that were never read or not at the last attempt; their vendors may have incidents that are not known; at most 20"`
	UnreadableCount int          `json:"unreadable_count"`
}

type Unreadable struct {
	Vendor       string `json:"vendor"`
	PageURL      string `json:"page_url"`
	FailingSince string `json:"failing_since,omitempty" jsonschema:"empty: it was never read"`
}

type Incident struct {
	IncidentID            int64  `json:"incident_id" jsonschema:"for the tool incident"`
	Vendor                string `json:"vendor"`
	VendorName            string `json:"vendor_name"`
	Kind                  string `json:"kind" jsonschema:"incident, maintenance or notice"`
	Title                 string `json:"title" jsonschema:"untrusted text of the vendor"`
	Severity              string `json:"severity" jsonschema:"none, minor, major, critical or unknown"`
	State                 string `json:"state"`
	StartedAt             string `json:"started_at,omitempty"`
	ResolvedAt            string `json:"resolved_at,omitempty"`
	ScheduledStartAt      string `json:"scheduled_start_at,omitempty"`
	ScheduledEndAt        string `json:"scheduled_end_at,omitempty"`
	DurationSeconds       *int64 `json:"duration_seconds,omitempty" jsonschema:"left out while it is open or an end is unknown"`
	StatedDurationSeconds *int64 `json:"stated_duration_seconds,omitempty" jsonschema:"length of the impact by the vendor's postmortem"`
	FirstSeenAt           string `json:"first_seen_at" jsonschema:"when vendorwatch first read of it"`
	LeftFeedAt            string `json:"left_feed_at,omitempty" jsonschema:"it went from the vendor's page without a word that it ended"`
	Components            string `json:"components,omitempty" jsonschema:"untrusted text of the vendor"`
	LatestPostedAt        string `json:"latest_posted_at,omitempty"`
	LatestBody            string `json:"latest_body,omitempty" jsonschema:"the newest post, cut to 500 letters; untrusted text of the vendor"`
	Hidden                bool   `json:"hidden,omitempty" jsonschema:"the configuration's filters hide it as being of no concern"`
	URL                   string `json:"url,omitempty" jsonschema:"the vendor's page of it"`
	DashboardURL          string `json:"dashboard_url,omitempty" jsonschema:"our page of it"`
}

type IncidentIn struct {
	IncidentID int64 `json:"incident_id" jsonschema:"number of the incident, as the other tools give it"`
}

type Update struct {
	PostedAt    string `json:"posted_at,omitempty"`
	State       string `json:"state"`
	VendorState string `json:"vendor_state,omitempty" jsonschema:"the vendor's own word"`
	Body        string `json:"body" jsonschema:"Markdown; untrusted text of the vendor"`
	RemovedAt   string `json:"removed_at,omitempty" jsonschema:"the vendor took it off the page"`
}

type Edit struct {
	SeenAt   string `json:"seen_at"`
	Field    string `json:"field"`
	OfPostAt string `json:"of_post_at,omitempty" jsonschema:"posted_at of the post that was edited; left out: the incident itself was"`
	OldValue string `json:"old_value" jsonschema:"untrusted text of the vendor"`
	NewValue string `json:"new_value" jsonschema:"untrusted text of the vendor"`
}

type Record struct {
	IncidentID int64  `json:"incident_id"`
	PageURL    string `json:"page_url"`
	Title      string `json:"title"`
	State      string `json:"state"`
}

type IncidentOut struct {
	Incident
	Summary        string      `json:"summary" jsonschema:"what it was, in a few sentences of vendorwatch"`
	VendorSeverity string      `json:"vendor_severity,omitempty" jsonschema:"the vendor's own word"`
	VendorState    string      `json:"vendor_state,omitempty" jsonschema:"the vendor's own word"`
	Affected       []Component `json:"affected_components" jsonschema:"with their status now; at most 100"`
	Timeline       []Update    `json:"timeline" jsonschema:"oldest first, postmortems left out"`
	Edits          []Edit      `json:"edits" jsonschema:"what the vendor changed after publishing it, oldest first"`
	Postmortem     string      `json:"postmortem,omitempty" jsonschema:"Markdown; untrusted text of the vendor"`
	SameEvent      []Record    `json:"same_event" jsonschema:"records of the event from other pages"`
	LeftOut        []string    `json:"left_out" jsonschema:"what was too long to be given whole"`
}

type HistoryIn struct {
	Query     string `json:"query,omitempty" jsonschema:"words that stand in the title or in posts, all of them; beginnings of words do"`
	Vendor    string `json:"vendor,omitempty" jsonschema:"slug or name"`
	Component string `json:"component,omitempty" jsonschema:"words of a component's name or group"`
	Severity  string `json:"severity,omitempty" jsonschema:"the lowest: none, minor, major or critical"`
	State     string `json:"state,omitempty" jsonschema:"open, investigating, identified, monitoring, resolved, scheduled, in_progress, verifying, completed, cancelled or unknown"`
	Kind      string `json:"kind,omitempty" jsonschema:"incident, maintenance or notice"`
	Since     string `json:"since,omitempty" jsonschema:"began at this day or time or later: 2026-11-23 or 2026-11-23T10:00:00Z"`
	Until     string `json:"until,omitempty" jsonschema:"began before this day or time"`
	Limit     int    `json:"limit,omitempty" jsonschema:"at most so many, 1 to 50; 20 if left out"`
	After     string `json:"after,omitempty" jsonschema:"next of the answer before, for the page that follows"`
}

type HistoryOut struct {
	Incidents []Incident `json:"incidents"`
	Next      string     `json:"next,omitempty" jsonschema:"after of the next page; left out on the last one"`
	Cut       bool       `json:"cut,omitempty" jsonschema:"the words stand in more posts than were searched; narrow the search"`
	Coverage  string     `json:"coverage" jsonschema:"one sentence on how far an empty answer can be relied on"`
}

type NumbersIn struct {
	Vendor string `json:"vendor" jsonschema:"slug or name of the vendor"`
}

type Numbers struct {
	site.Numbers
	WithPostmortem  int      `json:"with_postmortem" jsonschema:"incidents that have one"`
	PostmortemShare *float64 `json:"postmortem_share" jsonschema:"0 to 1; null where there was no incident"`
}

type NumbersOut struct {
	Vendor   string    `json:"vendor"`
	Name     string    `json:"name"`
	Readable bool      `json:"readable" jsonschema:"whether its pages can be read now"`
	Coverage string    `json:"coverage" jsonschema:"one sentence on how far the figures can be relied on"`
	Numbers  []Numbers `json:"numbers"`
}

// brief is an incident as lists have it.
func (s tools) brief(i query.Incident) Incident {
	out := Incident{
		IncidentID: i.IncidentID, Vendor: i.Vendor, VendorName: words.Short(i.VendorName, 100), Kind: i.Kind, Title: words.Short(i.Title, 300), Severity: i.Severity, State: i.State,
		StartedAt: i.StartedAt, ResolvedAt: i.ResolvedAt, ScheduledStartAt: i.ScheduledStartAt, ScheduledEndAt: i.ScheduledEndAt,
		DurationSeconds: i.DurationSeconds, StatedDurationSeconds: i.StatedDurationSeconds, FirstSeenAt: i.FirstSeenAt, LeftFeedAt: i.LeftFeedAt,
		Components: words.Short(i.Components, 300), LatestPostedAt: i.LatestPostedAt, LatestBody: prose.Plain(i.LatestBody, 500), Hidden: i.Filtered == 1, URL: prose.Outside(i.URL),
	}
	if s.DashboardURL != "" {
		out.DashboardURL = s.DashboardURL + "/incidents/" + strconv.FormatInt(i.IncidentID, 10)
	}
	return out
}

func (s tools) briefs(list []query.Incident) []Incident {
	out := []Incident{}
	for _, i := range list {
		out = append(out, s.brief(i))
	}
	return out
}
