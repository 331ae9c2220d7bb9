package scraper

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"vendorwatch/normalize"
)

// spDocument is any JSON document of Statuspage: which keys are there tells which it is. A list that
// is null or missing stays nil and never counts as an empty one.
type spDocument struct {
	Page         *spPage         `json:"page"`
	Status       json.RawMessage `json:"status"` // an object in summary and status, a word in a bare incident
	Components   []spComponent   `json:"components"`
	Incidents    []spIncident    `json:"incidents"`
	Maintenances []spIncident    `json:"scheduled_maintenances"`
	Incident     *spIncident     `json:"incident"`
	Maintenance  *spIncident     `json:"scheduled_maintenance"`

	PageStatus *spPageStatus `json:"page_status"`
	Months     []spMonth     `json:"months"`
	StartTime  string        `json:"start_time"`
	EndTime    string        `json:"end_time"`

	ID      string          `json:"id"`               // of a bare incident
	Updates json.RawMessage `json:"incident_updates"` // of a bare incident
}

type spPage struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	URL       string `json:"url"` // the status page in summaries, the vendor's own site in histories
	TimeZone  string `json:"time_zone"`
	Domain    string `json:"domain"`    // in histories
	Subdomain string `json:"subdomain"` // in histories
	CreatedAt string `json:"created_at"`
}

type spPageStatus struct {
	Page   *spPage  `json:"page"`
	Status spStatus `json:"status"`
}

type spStatus struct {
	Indicator   string `json:"indicator"`
	Description string `json:"description"`
}

type spComponent struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Status  string `json:"status"`
	Group   bool   `json:"group"`
	GroupID string `json:"group_id"`
}

type spIncident struct {
	ID             string        `json:"id"`
	Name           string        `json:"name"`
	Status         string        `json:"status"`
	Impact         string        `json:"impact"`
	CreatedAt      string        `json:"created_at"`
	UpdatedAt      string        `json:"updated_at"`
	StartedAt      string        `json:"started_at"`
	ResolvedAt     string        `json:"resolved_at"`
	ScheduledFor   string        `json:"scheduled_for"`
	ScheduledUntil string        `json:"scheduled_until"`
	Components     []spComponent `json:"components"`
	Updates        []spUpdate    `json:"incident_updates"`

	PostmortemBody        string `json:"postmortem_body"` // in /incidents/<id>.json
	PostmortemUpdatedAt   string `json:"postmortem_body_last_updated_at"`
	PostmortemPublishedAt string `json:"postmortem_published_at"`
}

type spUpdate struct {
	ID        string       `json:"id"`
	Status    string       `json:"status"`
	Body      string       `json:"body"`
	CreatedAt string       `json:"created_at"`
	DisplayAt string       `json:"display_at"`
	Affected  []spAffected `json:"affected_components"`
}

type spAffected struct {
	Code      string `json:"code"`
	Name      string `json:"name"` // "Group - Component" for a component of a group
	NewStatus string `json:"new_status"`
}

// readStatuspageJSON reads a JSON document.
func readStatuspageJSON(s Source, p Page, body []byte) (spResult, error) {
	var doc spDocument
	if err := json.Unmarshal(body, &doc); err != nil {
		var typed *json.UnmarshalTypeError
		if errors.As(err, &typed) && json.Valid(body) && body[0] == '{' {
			return spResult{}, shapeErrorf("JSON with %q of type %s (byte %d), which Statuspage does not serve", typed.Field, typed.Value, typed.Offset)
		}
		return spResult{}, notStatuspage(p)
	}
	kind, why := doc.kind()
	if kind == "" {
		if why == "" {
			return spResult{}, notStatuspage(p)
		}
		return spResult{}, shapeErrorf("%s, where a Statuspage document is expected", why)
	}
	if kind == docHistory {
		return readHistory(s, p, doc)
	}
	var bare spIncident
	if kind == docIncident && doc.Incident == nil && doc.Maintenance == nil {
		if err := json.Unmarshal(body, &bare); err != nil {
			return spResult{}, shapeErrorf("an incident that cannot be read: %v", err)
		}
		doc.Incident = &bare
	}
	return doc.read(s, p, kind)
}

// ulid is an id as incident.io makes them. Its compatible API has Statuspage's keys; Statuspage's own
// ids are twelve small letters and digits.
var ulid = regexp.MustCompile(`^[0-7][0-9A-HJKMNP-TV-Z]{25}$`)

// kind tells which document it is, by the keys that such a document always has. Where it is none,
// why says what is wrong, if there is anything to say beyond wrongPage.
func (d *spDocument) kind() (kind, why string) {
	status := len(d.Status) > 0 && d.Status[0] == '{'
	switch {
	case d.Months != nil && (len(d.Months) > 0 || d.PageStatus != nil):
		return docHistory, ""
	case d.Page == nil && d.ID != "" && len(d.Updates) > 0 && d.Updates[0] == '[':
		return docIncident, ""
	case d.Page == nil || d.Page.ID == "":
		return "", "" // others too serve a "page" beside "incidents"; Statuspage's has an id
	case ulid.MatchString(d.Page.ID):
		return "", "the answer of incident.io's Statuspage-compatible API (its ids are ULIDs)"
	case d.Incident != nil || d.Maintenance != nil:
		return docIncident, ""
	case status && d.Components != nil && d.Incidents != nil && d.Maintenances != nil:
		return docSummary, ""
	case d.Incidents != nil && !status && d.Components == nil && d.Maintenances == nil:
		return docIncidents, ""
	case d.Maintenances != nil && !status && d.Components == nil && d.Incidents == nil:
		return docMaintenances, ""
	case d.Components != nil && !status && d.Incidents == nil && d.Maintenances == nil:
		return docComponents, ""
	case status && d.Components == nil && d.Incidents == nil && d.Maintenances == nil:
		return docStatus, ""
	case status && d.Maintenances != nil:
		return "", "a summary without its list of " + d.missing()
	}
	return "", ""
}

// missing names the lists a summary lacks or has as null.
func (d *spDocument) missing() string {
	var names []string
	if d.Components == nil {
		names = append(names, "components")
	}
	if d.Incidents == nil {
		names = append(names, "incidents")
	}
	return strings.Join(names, " and ")
}

// read turns every document but a history into a Result.
func (d *spDocument) read(s Source, p Page, kind string) (spResult, error) {
	out := spResult{Result: Result{Document: kind}}
	reader := spReader{document: kind, groups: map[string]string{}, listed: d.Components}
	if d.Page != nil {
		out.PageName, reader.zone = d.Page.Name, d.Page.TimeZone
		reader.home = pageHome(d.Page.URL, s.URL, p.URL)
	} else {
		reader.home = pageHome("", s.URL, p.URL)
	}
	out.PageURL = reader.home
	if kind == docSummary || kind == docStatus {
		var status spStatus
		if err := json.Unmarshal(d.Status, &status); err != nil || status.Indicator == "" {
			return spResult{}, shapeErrorf("a %s without its indicator where a Statuspage document is expected", kind)
		}
		out.Indicator, out.Headline = status.Indicator, oneLine(status.Description)
	}
	out.Components = reader.components(d.Components)
	for _, list := range [][]spIncident{d.Incidents, d.Maintenances} {
		for i := range list {
			if list[i].ID == "" && list[i].Name == "" {
				return spResult{}, shapeErrorf("a list of incidents whose entry %d has neither id nor name", i+1)
			}
		}
	}
	for _, in := range d.Incidents {
		out.Incidents = append(out.Incidents, reader.incident(in))
	}
	for _, in := range d.Maintenances {
		raw := reader.incident(in)
		raw.Kind = string(normalize.KindMaintenance)
		out.Incidents = append(out.Incidents, raw)
	}
	for _, in := range []*spIncident{d.Incident, d.Maintenance} {
		if in == nil {
			continue
		}
		if in.ID == "" || in.Updates == nil {
			return spResult{}, shapeErrorf("an incident without id or incident_updates where a Statuspage document is expected")
		}
		raw := reader.incident(*in)
		if in == d.Maintenance {
			raw.Kind = string(normalize.KindMaintenance)
		}
		out.Incidents = append(out.Incidents, raw)
	}
	out.Coverage = d.coverage(p, kind)
	return out, nil
}

// coverage says what the document is complete in. /incidents.json lists the 50 newest, so it is
// complete from the oldest of them on.
func (d *spDocument) coverage(p Page, kind string) Coverage {
	switch kind {
	case docSummary:
		return Coverage{Open: true, Components: true}
	case docComponents:
		return Coverage{Components: true}
	case docIncidents:
		if strings.Contains(p.URL, "/unresolved") {
			return Coverage{}
		}
		oldest := ""
		for _, in := range d.Incidents {
			if in.CreatedAt != "" && (oldest == "" || before(in.CreatedAt, oldest)) {
				oldest = in.CreatedAt
			}
		}
		return Coverage{Since: oldest}
	}
	return Coverage{}
}

// spReader holds what the incidents of one document share.
type spReader struct {
	document string
	home     string
	zone     string
	groups   map[string]string // name by id
	listed   []spComponent     // the page's own
}

// components returns the components of the page without the groups, which are noted for the incidents.
func (r *spReader) components(list []spComponent) []normalize.RawComponent {
	for _, c := range list {
		if c.Group {
			r.groups[c.ID] = c.Name
		}
	}
	out := slices.Grow([]normalize.RawComponent(nil), len(list))
	for _, c := range list {
		if !c.Group {
			out = append(out, normalize.RawComponent{ID: c.ID, Name: c.Name, Group: r.groups[c.GroupID], Status: c.Status})
		}
	}
	return out
}

// incident reads one incident or maintenance.
func (r *spReader) incident(in spIncident) normalize.Raw {
	raw := normalize.Raw{
		Document:       r.document,
		ID:             in.ID,
		URL:            incidentURL(r.home, in.ID),
		Title:          in.Name,
		State:          in.Status,
		Impact:         in.Impact,
		Zone:           r.zone,
		Started:        rawTime(in.StartedAt, ""),
		Resolved:       rawTime(in.ResolvedAt, ""),
		ScheduledStart: rawTime(in.ScheduledFor, ""),
		ScheduledEnd:   rawTime(in.ScheduledUntil, ""),
		Created:        rawTime(in.CreatedAt, ""),
		Updated:        rawTime(in.UpdatedAt, ""),
		Components:     r.affected(in),
	}
	for _, u := range slices.Backward(in.Updates) {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: u.ID, State: u.Status, Posted: rawTime(u.DisplayAt, ""), Created: rawTime(u.CreatedAt, ""),
			Body: u.Body, Format: normalize.FormatMarkdown,
		})
	}
	raw.Updates = withPostmortem(raw.Updates, in)
	raw.Kind = kindOf(in.Impact, raw.Updates)
	if in.ScheduledFor != "" {
		raw.Kind = string(normalize.KindMaintenance)
	}
	return raw
}

// withPostmortem adds the postmortem that /incidents/<id>.json keeps beside the updates, unless it
// is among them already.
func withPostmortem(updates []normalize.RawUpdate, in spIncident) []normalize.RawUpdate {
	if strings.TrimSpace(in.PostmortemBody) == "" {
		return updates
	}
	for i, u := range updates {
		if strings.EqualFold(u.State, "postmortem") {
			if strings.TrimSpace(u.Body) == "" {
				updates[i].Body = in.PostmortemBody
			}
			return updates
		}
	}
	posted := in.PostmortemPublishedAt
	if posted == "" {
		posted = in.PostmortemUpdatedAt
	}
	return append(updates, normalize.RawUpdate{
		State: "postmortem", Posted: rawTime(posted, ""), Body: in.PostmortemBody, Format: normalize.FormatMarkdown,
	})
}

// affected returns an incident's components. Where it lists none, those its updates changed are taken.
// An update names a component of a group "Group - Component": the one place that tells the group in a
// document without the page's groups.
func (r *spReader) affected(in spIncident) []normalize.RawComponent {
	var out []normalize.RawComponent
	seen := map[string]int{}
	for _, c := range in.Components {
		if c.Group && r.groups[c.ID] == "" {
			r.groups[c.ID] = c.Name
		}
	}
	for _, c := range in.Components {
		seen[c.ID] = len(out)
		out = append(out, normalize.RawComponent{ID: c.ID, Name: c.Name, Group: r.groups[c.GroupID], Status: c.Status})
	}
	for _, u := range in.Updates {
		for _, a := range u.Affected {
			if i, ok := seen[a.Code]; ok {
				if group, found := strings.CutSuffix(a.Name, " - "+out[i].Name); found && out[i].Group == "" {
					out[i].Group = group
				}
				continue
			}
			if len(in.Components) > 0 {
				continue
			}
			seen[a.Code] = len(out)
			c := normalize.RawComponent{ID: a.Code, Name: a.Name, Status: a.NewStatus}
			if n := slices.IndexFunc(r.listed, func(l spComponent) bool { return l.ID == a.Code }); n >= 0 {
				c.Name, c.Group = r.listed[n].Name, r.groups[r.listed[n].GroupID]
			}
			out = append(out, c)
		}
	}
	return out
}
