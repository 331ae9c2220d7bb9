package statuspage

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Document is any JSON document of Statuspage: which keys are there tells which it is. A list that
// is null or missing stays nil and never counts as an empty one.
type Document struct {
	Page         *PageInfo       `json:"page"`
	Status       json.RawMessage `json:"status"` // an object in summary and status, a word in a bare incident
	Components   []component     `json:"components"`
	Incidents    []incident      `json:"incidents"`
	Maintenances []incident      `json:"scheduled_maintenances"`
	Incident     *incident       `json:"incident"`
	Maintenance  *incident       `json:"scheduled_maintenance"`

	PageStatus *pageStatus `json:"page_status"`
	Months     []month     `json:"months"`
	StartTime  string      `json:"start_time"`
	EndTime    string      `json:"end_time"`

	ID      string          `json:"id"`               // of a bare incident
	Updates json.RawMessage `json:"incident_updates"` // of a bare incident
}

type PageInfo struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	URL       string `json:"url"` // the status page in summaries, the vendor's own site in histories
	TimeZone  string `json:"time_zone"`
	Domain    string `json:"domain"`    // in histories
	Subdomain string `json:"subdomain"` // in histories
	CreatedAt string `json:"created_at"`
}

type pageStatus struct {
	Page   *PageInfo `json:"page"`
	Status status    `json:"status"`
}

type status struct {
	Indicator   string `json:"indicator"`
	Description string `json:"description"`
}

type component struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Status  string `json:"status"`
	Group   bool   `json:"group"`
	GroupID string `json:"group_id"`
	Updated string `json:"updated_at"` // no earlier than when it took its status
}

type incident struct {
	ID             string      `json:"id"`
	Name           string      `json:"name"`
	Status         string      `json:"status"`
	Impact         string      `json:"impact"`
	CreatedAt      string      `json:"created_at"`
	UpdatedAt      string      `json:"updated_at"`
	StartedAt      string      `json:"started_at"`
	ResolvedAt     string      `json:"resolved_at"`
	ScheduledFor   string      `json:"scheduled_for"`
	ScheduledUntil string      `json:"scheduled_until"`
	Components     []component `json:"components"`
	Updates        []update    `json:"incident_updates"`

	PostmortemBody        string `json:"postmortem_body"` // in /incidents/<id>.json
	PostmortemUpdatedAt   string `json:"postmortem_body_last_updated_at"`
	PostmortemPublishedAt string `json:"postmortem_published_at"`
}

type update struct {
	ID        string     `json:"id"`
	Status    string     `json:"status"`
	Body      string     `json:"body"`
	CreatedAt string     `json:"created_at"`
	DisplayAt string     `json:"display_at"`
	Affected  []affected `json:"affected_components"`
}

type affected struct {
	Code      string `json:"code"`
	Name      string `json:"name"` // "Group - Component" for a component of a group
	OldStatus string `json:"old_status"`
	NewStatus string `json:"new_status"`
}

// readJSON reads a JSON document.
func readJSON(s scraper.Source, p page.Page, body []byte) (Reading, error) {
	var doc Document
	if err := json.Unmarshal(body, &doc); err != nil {
		var typed *json.UnmarshalTypeError
		if errors.As(err, &typed) && json.Valid(body) && body[0] == '{' {
			return Reading{}, page.Errorf(
				"JSON with %q of type %s (byte %d), which Statuspage does not serve",
				typed.Field,
				typed.Value,
				typed.Offset,
			)
		}
		return Reading{}, unexpected(p)
	}
	kind, why := doc.kind()
	if kind == "" {
		if why == "" {
			return Reading{}, unexpected(p)
		}
		return Reading{}, page.Errorf("%s, where a Statuspage document is expected", why)
	}
	if kind == page.DocHistory {
		return readHistory(s, p, doc)
	}
	var bare incident
	if kind == page.DocIncident && doc.Incident == nil && doc.Maintenance == nil {
		if err := json.Unmarshal(body, &bare); err != nil {
			return Reading{}, page.Errorf("an incident that cannot be read: %v", err)
		}
		doc.Incident = &bare
	}
	return doc.Read(s, p, kind)
}

// kind tells which document it is, by the keys that such a document always has. Where it is none,
// why says what is wrong, if there is anything to say beyond page.Describe.
func (d *Document) kind() (kind, why string) {
	status := len(d.Status) > 0 && d.Status[0] == '{'
	switch {
	case d.Months != nil && (len(d.Months) > 0 || d.PageStatus != nil):
		return page.DocHistory, ""
	case d.Page == nil && d.ID != "" && len(d.Updates) > 0 && d.Updates[0] == '[':
		return page.DocIncident, ""
	case d.Page == nil || d.Page.ID == "":
		return "", "" // others too serve a "page" beside "incidents"; Statuspage's has an id
	case page.IsULID(d.Page.ID):
		return "", "the answer of incident.io's Statuspage-compatible API (its ids are ULIDs)"
	case d.Incident != nil || d.Maintenance != nil:
		return page.DocIncident, ""
	case status && d.Components != nil && d.Incidents != nil && d.Maintenances != nil:
		return page.DocSummary, ""
	case d.Incidents != nil && !status && d.Components == nil && d.Maintenances == nil:
		return page.DocIncidents, ""
	case d.Maintenances != nil && !status && d.Components == nil && d.Incidents == nil:
		return page.DocMaintenances, ""
	case d.Components != nil && !status && d.Incidents == nil && d.Maintenances == nil:
		return page.DocComponents, ""
	case status && d.Components == nil && d.Incidents == nil && d.Maintenances == nil:
		return page.DocStatus, ""
	case status && d.Maintenances != nil:
		return "", "a summary without its list of " + d.missing()
	}
	return "", ""
}

// missing names the lists a summary lacks or has as null.
func (d *Document) missing() string {
	var names []string
	if d.Components == nil {
		names = append(names, "components")
	}
	if d.Incidents == nil {
		names = append(names, "incidents")
	}
	return strings.Join(names, " and ")
}

// Read turns every document but a history into a Result.
func (d *Document) Read(s scraper.Source, p page.Page, kind string) (Reading, error) {
	out := Reading{Result: scraper.Result{Document: kind}}
	reader := reader{document: kind, groups: map[string]string{}, listed: d.Components}
	if d.Page != nil {
		out.PageName, reader.zone = d.Page.Name, d.Page.TimeZone
		reader.home = page.SourceHome(d.Page.URL, homeOf(s.URL), p.URL)
	} else {
		reader.home = page.SourceHome("", homeOf(s.URL), p.URL)
	}
	out.PageURL = reader.home
	if kind == page.DocSummary || kind == page.DocStatus {
		var status status
		if err := json.Unmarshal(d.Status, &status); err != nil || status.Indicator == "" {
			return Reading{}, page.Errorf("a %s without its indicator where a Statuspage document is expected", kind)
		}
		out.Indicator, out.Headline = status.Indicator, page.OneLine(status.Description)
	}
	out.Components = reader.components(d.Components)
	for _, list := range [][]incident{d.Incidents, d.Maintenances} {
		for i := range list {
			if list[i].ID == "" && list[i].Name == "" {
				return Reading{}, page.Errorf("a list of incidents whose entry %d has neither id nor name", i+1)
			}
		}
	}
	for _, in := range d.Incidents {
		raw := reader.incident(in)
		raw.Kind = string(normalize.KindIncident)
		out.Incidents = append(out.Incidents, raw)
	}
	for _, in := range d.Maintenances {
		raw := reader.incident(in)
		raw.Kind = string(normalize.KindMaintenance)
		out.Incidents = append(out.Incidents, raw)
	}
	for _, in := range []*incident{d.Incident, d.Maintenance} {
		if in == nil {
			continue
		}
		if in.ID == "" || in.Updates == nil {
			return Reading{}, page.Errorf(
				"an incident without id or incident_updates where a Statuspage document is expected",
			)
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
func (d *Document) coverage(p page.Page, kind string) scraper.Coverage {
	switch kind {
	case page.DocSummary:
		return scraper.Coverage{Open: true, Components: true}
	case page.DocComponents:
		return scraper.Coverage{Components: true}
	case page.DocIncidents:
		if strings.Contains(p.URL, "/unresolved") {
			return scraper.Coverage{}
		}
		oldest := ""
		for _, in := range d.Incidents {
			if in.CreatedAt != "" && (oldest == "" || page.Before(in.CreatedAt, oldest)) {
				oldest = in.CreatedAt
			}
		}
		return scraper.Coverage{Since: oldest}
	}
	return scraper.Coverage{}
}

// reader holds what the incidents of one document share.
type reader struct {
	document string
	home     string
	zone     string
	groups   map[string]string // name by id
	listed   []component       // the page's own
}

// components returns the components of the page without the groups, which are noted for the incidents.
func (r *reader) components(list []component) []normalize.RawComponent {
	for _, c := range list {
		if c.Group {
			r.groups[c.ID] = c.Name
		}
	}
	out := slices.Grow([]normalize.RawComponent(nil), len(list))
	for _, c := range list {
		if !c.Group {
			out = append(
				out,
				normalize.RawComponent{ID: c.ID, Name: c.Name, Group: r.groups[c.GroupID], Status: c.Status},
			)
		}
	}
	return out
}

// incident reads one incident or maintenance.
func (r *reader) incident(in incident) normalize.Raw {
	raw := normalize.Raw{
		Document:       r.document,
		ID:             in.ID,
		URL:            page.IncidentURL(r.home, in.ID),
		Title:          in.Name,
		State:          in.Status,
		Impact:         in.Impact,
		Zone:           r.zone,
		Started:        page.Time(in.StartedAt, ""),
		Resolved:       page.Time(in.ResolvedAt, ""),
		ScheduledStart: page.Time(in.ScheduledFor, ""),
		ScheduledEnd:   page.Time(in.ScheduledUntil, ""),
		Created:        page.Time(in.CreatedAt, ""),
		Updated:        page.Time(in.UpdatedAt, ""),
		Components:     r.affected(in),
	}
	for _, u := range slices.Backward(in.Updates) {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: u.ID, State: u.Status, Posted: page.Time(u.DisplayAt, ""), Created: page.Time(u.CreatedAt, ""),
			Body: u.Body, Format: normalize.FormatMarkdown,
		})
	}
	raw.Updates = withPostmortem(raw.Updates, in)
	raw.Kind = kindOf(in.Impact, raw.Updates)
	if in.ScheduledFor != "" && kindByPosts(raw.Updates) == "" {
		raw.Kind = string(normalize.KindMaintenance)
	}
	return raw
}

// withPostmortem adds the postmortem that /incidents/<id>.json keeps beside the updates, unless it
// is among them already.
func withPostmortem(updates []normalize.RawUpdate, in incident) []normalize.RawUpdate {
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
		State: "postmortem", Posted: page.Time(posted, ""), Body: in.PostmortemBody, Format: normalize.FormatMarkdown,
	})
}

// affected returns an incident's components. Where it lists none, those its updates changed are taken.
// An update names a component of a group "Group - Component": the one place that tells the group in a
// document without the page's groups.
func (r *reader) affected(in incident) []normalize.RawComponent {
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
			if n := slices.IndexFunc(r.listed, func(l component) bool { return l.ID == a.Code }); n >= 0 {
				c.Name, c.Group = r.listed[n].Name, r.groups[r.listed[n].GroupID]
			}
			out = append(out, c)
		}
	}
	for i := range out {
		date(&out[i], in)
	}
	return out
}
