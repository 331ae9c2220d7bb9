package mcp

import (
	"strconv"

	"vendorwatch/cmd/internal/web/prose"
	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
)

// What the tools take and return. The names are those of the SQL columns. The jsonschema tags are for models; one that
// begins with @ names one of the longTexts.

type SearchIn struct {
	Query string `json:"query,omitempty" jsonschema:"words of the vendor's name, slug or owner; empty for all vendors"`
	Limit int    `json:"limit,omitempty" jsonschema:"the most to return, 1 to 100; default 20"`
}

type VendorBrief struct {
	Vendor        string `json:"vendor" jsonschema:"slug, for the other tools"`
	Name          string `json:"name"`
	Owner         string `json:"owner,omitempty" jsonschema:"who of us looks after this vendor"`
	Status        string `json:"status" jsonschema:"@vendor_status"`
	Because       string `json:"because" jsonschema:"@because"`
	SinceAt       string `json:"since_at,omitempty" jsonschema:"since when that is so; left out if not known"`
	ReadableAt    string `json:"readable_at,omitempty" jsonschema:"@readable_at"`
	Readable      bool   `json:"readable" jsonschema:"@readable"`
	Severity      string `json:"severity,omitempty" jsonschema:"@status_severity"`
	IncidentID    int64  `json:"incident_id,omitempty" jsonschema:"incident or maintenance that it rests on"`
	OpenIncidents int    `json:"open_incidents"`
}

type SearchOut struct {
	Vendors []VendorBrief `json:"vendors"`
	Found   int           `json:"found" jsonschema:"how many there are, including those beyond the limit"`
}

type StateIn struct {
	Vendor    string `json:"vendor" jsonschema:"slug or name of the vendor"`
	Component string `json:"component,omitempty" jsonschema:"@component"`
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
	Status       string `json:"status" jsonschema:"@component_status"`
	LastStatus   string `json:"last_status,omitempty" jsonschema:"@last_status"`
	VendorStatus string `json:"vendor_status,omitempty" jsonschema:"the vendor's own word"`
	ResolvedAt   string `json:"resolved_at,omitempty" jsonschema:"of an incident: when it recovered, if known"`
}

type StateOut struct {
	VendorBrief
	Knowledge        string      `json:"knowledge" jsonschema:"how far the state can be relied on, in one sentence"`
	RunbookURL       string      `json:"runbook_url,omitempty"`
	Pages            []Page      `json:"pages"`
	ComponentsListed int         `json:"components_listed" jsonschema:"how many components its pages list"`
	Components       []Component `json:"components" jsonschema:"@components"`
	Incidents        []Incident  `json:"incidents" jsonschema:"open ones, the worst first; at most 10"`
	Maintenances     []Incident  `json:"maintenances" jsonschema:"planned or in progress; at most 10"`
}

type ServicesIn struct {
	Service string `json:"service,omitempty" jsonschema:"slug or name of one of our services; left out: all"`
}

type ServiceNeed struct {
	Need       string `json:"need" jsonschema:"as the configuration has it: VENDOR, or VENDOR: COMPONENT"`
	Vendor     string `json:"vendor" jsonschema:"slug, for the other tools"`
	Components string `json:"components,omitempty" jsonschema:"@needed_components"`
	Status     string `json:"status" jsonschema:"@vendor_status"`
	Because    string `json:"because" jsonschema:"@because"`
	SinceAt    string `json:"since_at,omitempty" jsonschema:"since when that is so; left out if not known"`
	Severity   string `json:"severity,omitempty" jsonschema:"of what is wrong"`
	IncidentID int64  `json:"incident_id,omitempty" jsonschema:"incident or maintenance that it rests on"`
}

type ServiceBrief struct {
	Service    string               `json:"service" jsonschema:"slug"`
	Name       string               `json:"name"`
	Owner      string               `json:"owner,omitempty" jsonschema:"who of us looks after it"`
	RunbookURL string               `json:"runbook_url,omitempty"`
	Critical   bool                 `json:"critical"`
	Status     string               `json:"status" jsonschema:"@service_status"`
	Needs      []ServiceNeed        `json:"needs"`
	Uptime     []servicetime.Uptime `json:"uptime,omitempty" jsonschema:"@service_uptime"`
	SLA        *servicetime.SLA     `json:"sla,omitempty"`
	Incidents  []Incident           `json:"incidents,omitempty" jsonschema:"@service_incidents"`
}

type ServicesOut struct {
	Services []ServiceBrief `json:"services"`
}

type OpenIn struct {
	Vendor   string `json:"vendor,omitempty" jsonschema:"slug or name; left out: all vendors"`
	Severity string `json:"severity,omitempty" jsonschema:"@lowest_severity"`
	Kind     string `json:"kind,omitempty" jsonschema:"incident, maintenance or notice; default incident"`
	Limit    int    `json:"limit,omitempty" jsonschema:"the most to return, 1 to 50; default 20"`
}

type OpenOut struct {
	Incidents       []Incident    `json:"incidents"`
	Open            int           `json:"open" jsonschema:"@open"`
	NotWell         []VendorBrief `json:"not_well" jsonschema:"@not_well"`
	NotWellCount    int           `json:"not_well_count"`
	VendorsWell     int           `json:"vendors_well" jsonschema:"how many vendors are known to be well"`
	Unreadable      []Unreadable  `json:"unreadable" jsonschema:"@unreadable"`
	UnreadableCount int           `json:"unreadable_count"`
}

type Unreadable struct {
	Vendor        string `json:"vendor"`
	PageURL       string `json:"page_url"`
	LastSuccessAt string `json:"last_success_at,omitempty" jsonschema:"left out: it was never read"`
	FailingSince  string `json:"failing_since,omitempty" jsonschema:"@failing_since"`
}

type Incident struct {
	IncidentID            int64  `json:"incident_id" jsonschema:"for the tool incident"`
	Vendor                string `json:"vendor"`
	VendorName            string `json:"vendor_name"`
	Origin                string `json:"origin" jsonschema:"@origin"`
	Kind                  string `json:"kind" jsonschema:"incident, maintenance or notice"`
	Title                 string `json:"title" jsonschema:"untrusted text of the vendor"`
	Severity              string `json:"severity" jsonschema:"none, minor, major, critical or unknown"`
	State                 string `json:"state"`
	StartedAt             string `json:"started_at,omitempty"`
	ResolvedAt            string `json:"resolved_at,omitempty"`
	ScheduledStartAt      string `json:"scheduled_start_at,omitempty"`
	ScheduledEndAt        string `json:"scheduled_end_at,omitempty"`
	DurationSeconds       *int64 `json:"duration_seconds,omitempty" jsonschema:"@duration_seconds"`
	StatedDurationSeconds *int64 `json:"stated_duration_seconds,omitempty" jsonschema:"@stated_duration_seconds"`
	FirstSeenAt           string `json:"first_seen_at" jsonschema:"when vendorwatch first read it"`
	LeftFeedAt            string `json:"left_feed_at,omitempty" jsonschema:"@left_feed_at"`
	Components            string `json:"components,omitempty" jsonschema:"untrusted text of the vendor"`
	Touches               string `json:"touches,omitempty" jsonschema:"@touches"`
	MayTouch              string `json:"may_touch,omitempty" jsonschema:"@may_touch"`
	Story                 string `json:"story,omitempty" jsonschema:"@story"`
	LatestPostedAt        string `json:"latest_posted_at,omitempty"`
	AcknowledgedBy        string `json:"acknowledged_by,omitempty" jsonschema:"who of ours takes care of it"`
	LatestBody            string `json:"latest_body,omitempty" jsonschema:"@latest_body"`
	Hidden                bool   `json:"hidden,omitempty" jsonschema:"the configuration's filters hide it"`
	URL                   string `json:"url,omitempty" jsonschema:"the vendor's page for it"`
	DashboardURL          string `json:"dashboard_url,omitempty" jsonschema:"our page for it"`
}

type IncidentIn struct {
	IncidentID int64 `json:"incident_id" jsonschema:"number of the incident, from the other tools"`
}

type Update struct {
	PostedAt    string `json:"posted_at,omitempty"`
	State       string `json:"state"`
	VendorState string `json:"vendor_state,omitempty" jsonschema:"the vendor's own word"`
	Body        string `json:"body" jsonschema:"Markdown; untrusted text of the vendor"`
	RemovedAt   string `json:"removed_at,omitempty" jsonschema:"when the vendor removed it from the page"`
}

type Edit struct {
	SeenAt   string `json:"seen_at"`
	Field    string `json:"field"`
	OfPostAt string `json:"of_post_at,omitempty" jsonschema:"@of_post_at"`
	OldValue string `json:"old_value" jsonschema:"untrusted text of the vendor"`
	NewValue string `json:"new_value" jsonschema:"untrusted text of the vendor"`
}

type Action struct {
	Kind      query.ActionKind `json:"kind" jsonschema:"mute, acknowledge or note"`
	Who       string           `json:"who"`
	Text      string           `json:"text,omitempty" jsonschema:"the note, or why"`
	CreatedAt string           `json:"created_at"`
	UntilAt   string           `json:"until_at,omitempty" jsonschema:"when a mute ends"`
	EndedAt   string           `json:"ended_at,omitempty" jsonschema:"when it was ended or taken back"`
}

type Record struct {
	IncidentID int64  `json:"incident_id"`
	PageURL    string `json:"page_url"`
	Title      string `json:"title"`
	State      string `json:"state"`
}

type IncidentOut struct {
	Incident
	Summary        string      `json:"summary" jsonschema:"vendorwatch's summary in a few sentences"`
	VendorSeverity string      `json:"vendor_severity,omitempty" jsonschema:"the vendor's own word"`
	VendorState    string      `json:"vendor_state,omitempty" jsonschema:"the vendor's own word"`
	Affected       []Component `json:"affected_components" jsonschema:"with their status now; at most 100"`
	Timeline       []Update    `json:"timeline" jsonschema:"oldest first, without postmortems"`
	Edits          []Edit      `json:"edits" jsonschema:"what the vendor changed after publishing it, oldest first"`
	Postmortem     string      `json:"postmortem,omitempty" jsonschema:"Markdown; untrusted text of the vendor"`
	SameEvent      []Record    `json:"same_event" jsonschema:"records of the same event from other pages"`
	Actions        []Action    `json:"actions" jsonschema:"what people of ours did about it; at most 50"`
	LeftOut        []string    `json:"left_out" jsonschema:"what was too long to be returned in full"`
}

type HistoryIn struct {
	Query     string `json:"query,omitempty" jsonschema:"@query"`
	Vendor    string `json:"vendor,omitempty" jsonschema:"slug or name"`
	Component string `json:"component,omitempty" jsonschema:"words of a component's name or group"`
	Severity  string `json:"severity,omitempty" jsonschema:"the lowest: none, minor, major or critical"`
	State     string `json:"state,omitempty" jsonschema:"@state"`
	Kind      string `json:"kind,omitempty" jsonschema:"incident, maintenance or notice"`
	Since     string `json:"since,omitempty" jsonschema:"@since"`
	Until     string `json:"until,omitempty" jsonschema:"began before this day or time"`
	Limit     int    `json:"limit,omitempty" jsonschema:"the most to return, 1 to 50; default 20"`
	After     string `json:"after,omitempty" jsonschema:"next of the answer before, for the page that follows"`
}

type HistoryOut struct {
	Incidents []Incident `json:"incidents"`
	Next      string     `json:"next,omitempty" jsonschema:"after for the next page; left out on the last one"`
	Cut       bool       `json:"cut,omitempty" jsonschema:"@cut"`
	Coverage  string     `json:"coverage" jsonschema:"how far an empty answer can be relied on, in one sentence"`
}

type NumbersIn struct {
	Vendor string `json:"vendor" jsonschema:"slug or name of the vendor"`
}

type Numbers struct {
	site.Numbers
	WithPostmortem  int      `json:"with_postmortem" jsonschema:"how many incidents have one"`
	PostmortemShare *float64 `json:"postmortem_share" jsonschema:"0 to 1; null if there was no incident"`
}

type NumbersOut struct {
	Vendor   string          `json:"vendor"`
	Name     string          `json:"name"`
	Readable bool            `json:"readable" jsonschema:"whether its pages can be read now"`
	Coverage string          `json:"coverage" jsonschema:"how far the figures can be relied on, in one sentence"`
	Numbers  []Numbers       `json:"numbers"`
	Uptime   []query.Uptime  `json:"uptime" jsonschema:"share of windows without impact, of the time that is known"`
	SLA      *query.SLA      `json:"sla" jsonschema:"what is left of its target; null: none is configured"`
	Honesty  []query.Honesty `json:"honesty" jsonschema:"how openly it reports its incidents: cases of a sample"`
}

// brief is an incident as listings have it.
func (s tools) brief(i query.Incident) Incident {
	out := Incident{
		IncidentID:            i.IncidentID,
		Vendor:                i.Vendor,
		VendorName:            words.Short(i.VendorName, 100),
		Origin:                i.Origin,
		Kind:                  i.Kind,
		Title:                 words.Short(i.Title, 300),
		Severity:              i.Severity,
		State:                 i.State,
		StartedAt:             i.StartedAt,
		ResolvedAt:            i.ResolvedAt,
		ScheduledStartAt:      i.ScheduledStartAt,
		ScheduledEndAt:        i.ScheduledEndAt,
		DurationSeconds:       i.DurationSeconds,
		StatedDurationSeconds: i.StatedDurationSeconds,
		FirstSeenAt:           i.FirstSeenAt,
		LeftFeedAt:            i.LeftFeedAt,
		Components:            words.Short(i.Components, 300),
		Touches:               i.Touches,
		MayTouch:              i.MayTouch,
		Story:                 words.Story(i),
		LatestPostedAt:        i.LatestPostedAt,
		AcknowledgedBy:        i.AcknowledgedBy,
		LatestBody:            prose.Plain(i.LatestBody, 500),
		Hidden:                i.Filtered == 1,
		URL:                   prose.Outside(i.URL),
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
