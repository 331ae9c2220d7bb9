package simulate

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// The types below have the keys of Statuspage's public API in the order in which it sends them.

type spPage struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	URL       string `json:"url"`
	TimeZone  string `json:"time_zone"`
	UpdatedAt string `json:"updated_at"`
}

type spStatus struct {
	Indicator   string `json:"indicator"`
	Description string `json:"description"`
}

type spComponent struct {
	ID                 string  `json:"id"`
	Name               string  `json:"name"`
	Status             string  `json:"status"`
	CreatedAt          string  `json:"created_at"`
	UpdatedAt          string  `json:"updated_at"`
	Position           int     `json:"position"`
	Description        *string `json:"description"`
	Showcase           bool    `json:"showcase"`
	StartDate          *string `json:"start_date"`
	GroupID            *string `json:"group_id"`
	PageID             string  `json:"page_id"`
	Group              bool    `json:"group"`
	OnlyShowIfDegraded bool    `json:"only_show_if_degraded"`

	Components []string `json:"components,omitempty"` // of a group
}

type spAffected struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	OldStatus string `json:"old_status"`
	NewStatus string `json:"new_status"`
}

type spUpdate struct {
	ID                   string       `json:"id"`
	Status               string       `json:"status"`
	Body                 string       `json:"body"`
	IncidentID           string       `json:"incident_id"`
	CreatedAt            string       `json:"created_at"`
	UpdatedAt            string       `json:"updated_at"`
	DisplayAt            string       `json:"display_at"`
	AffectedComponents   []spAffected `json:"affected_components"`
	DeliverNotifications bool         `json:"deliver_notifications"`
	CustomTweet          *string      `json:"custom_tweet"`
	TweetID              *string      `json:"tweet_id"`
}

type spCommon struct {
	ID              string        `json:"id"`
	Name            string        `json:"name"`
	Status          string        `json:"status"`
	CreatedAt       string        `json:"created_at"`
	UpdatedAt       string        `json:"updated_at"`
	MonitoringAt    *string       `json:"monitoring_at"`
	ResolvedAt      *string       `json:"resolved_at"`
	Impact          string        `json:"impact"`
	Shortlink       string        `json:"shortlink"`
	StartedAt       string        `json:"started_at"`
	PageID          string        `json:"page_id"`
	IncidentUpdates []spUpdate    `json:"incident_updates"`
	Components      []spComponent `json:"components"`
}

type spIncident struct {
	spCommon
	ReminderIntervals *string `json:"reminder_intervals"`
}

type spMaintenance struct {
	spCommon
	ScheduledFor   string `json:"scheduled_for"`
	ScheduledUntil string `json:"scheduled_until"`
}

type spSummaryDoc struct {
	Page                  spPage          `json:"page"`
	Components            []spComponent   `json:"components"`
	Incidents             []spIncident    `json:"incidents"`
	ScheduledMaintenances []spMaintenance `json:"scheduled_maintenances"`
	Status                spStatus        `json:"status"`
}

type spStatusDoc struct {
	Page   spPage   `json:"page"`
	Status spStatus `json:"status"`
}

type spComponentsDoc struct {
	Page       spPage        `json:"page"`
	Components []spComponent `json:"components"`
}

type spIncidentsDoc struct {
	Page      spPage       `json:"page"`
	Incidents []spIncident `json:"incidents"`
}

type spMaintenancesDoc struct {
	Page                  spPage          `json:"page"`
	ScheduledMaintenances []spMaintenance `json:"scheduled_maintenances"`
}

type spSingleDoc struct {
	Page     spPage `json:"page"`
	Incident any    `json:"incident"`
}

// json encodes as Statuspage does: on one line, with < and > as they are.
func (p page) json(body any) document {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		panic("simulate: encode a document of strings and numbers: " + err.Error())
	}
	return document{contentType: "application/json; charset=utf-8", body: bytes.TrimSuffix(buf.Bytes(), []byte("\n")),
		changedAt: p.updatedAt}
}

func (p page) summary() spSummaryDoc {
	return spSummaryDoc{
		Page: p.spPage(), Components: p.spComponents(),
		Incidents:             p.spIncidents(p.pick(false, story.open)),
		ScheduledMaintenances: p.spMaintenances(p.pick(true, story.open)),
		Status:                p.spStatus(),
	}
}

func (p page) incidentsDoc(pass func(story) bool) spIncidentsDoc {
	return spIncidentsDoc{p.spPage(), p.spIncidents(p.pick(false, pass))}
}

func (p page) maintenancesDoc(pass func(story) bool) spMaintenancesDoc {
	return spMaintenancesDoc{p.spPage(), p.spMaintenances(p.pick(true, pass))}
}

func (p page) single(s story) spSingleDoc {
	if s.Maintenance() {
		return spSingleDoc{p.spPage(), p.spMaintenances([]story{s})[0]}
	}
	return spSingleDoc{p.spPage(), p.spIncidents([]story{s})[0]}
}

func (p page) spPage() spPage {
	zone := p.Zone
	if zone == "" {
		zone = "Etc/UTC"
	}
	return spPage{ID: p.ID, Name: p.Name, URL: p.base, TimeZone: zone, UpdatedAt: p.stamp(p.updatedAt)}
}

func (p page) spStatus() spStatus {
	worst := p.worst()
	return spStatus{worst, indicatorWords[worst]}
}

// indicatorWords are Statuspage's own sentences for the state of a whole page.
var indicatorWords = map[string]string{
	"none":        "All Systems Operational",
	"minor":       "Partially Degraded Service",
	"major":       "Partial System Outage",
	"critical":    "Major System Outage",
	"maintenance": "Service Under Maintenance",
}

// spComponents gives the groups after the components, as Statuspage mixes them by position.
func (p page) spComponents() []spComponent {
	out := []spComponent{}
	for _, c := range p.parts {
		out = append(out, p.spComponent(c))
	}
	for i, name := range p.groups() {
		g := spComponent{
			ID: p.groupID(name), Name: name, Status: "operational", CreatedAt: p.stamp(p.CreatedAt),
			Position: i + 1, PageID: p.ID, Group: true,
		}
		changed := p.CreatedAt
		for _, c := range p.parts {
			if c.Group == name {
				g.Components = append(g.Components, c.ID)
				changed = later(changed, c.updatedAt)
				g.Status = worseStatus(g.Status, c.status)
			}
		}
		g.UpdatedAt = p.stamp(changed)
		out = append(out, g)
	}
	return out
}

func worseStatus(a, b string) string {
	order := []string{"operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage"}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

func (p page) spComponent(c part) spComponent {
	day := p.CreatedAt.In(p.location()).Format(time.DateOnly)
	out := spComponent{
		ID: c.ID, Name: c.Name, Status: c.status, CreatedAt: p.stamp(p.CreatedAt), UpdatedAt: p.stamp(c.updatedAt),
		Position: c.position, Showcase: true, StartDate: &day, PageID: p.ID,
	}
	if c.Group != "" {
		id := p.groupID(c.Group)
		out.GroupID = &id
	}
	return out
}

func (p page) spIncidents(stories []story) []spIncident {
	out := []spIncident{}
	for _, s := range stories {
		out = append(out, spIncident{spCommon: p.spCommon(s)})
	}
	return out
}

func (p page) spMaintenances(stories []story) []spMaintenance {
	out := []spMaintenance{}
	for _, s := range stories {
		out = append(out, spMaintenance{p.spCommon(s), p.stamp(s.ScheduledFor), p.stamp(s.ScheduledUntil)})
	}
	return out
}

func (p page) spCommon(s story) spCommon {
	out := spCommon{
		ID: s.ID, Name: s.title, Status: s.state, CreatedAt: p.stamp(s.createdAt), UpdatedAt: p.stamp(s.updatedAt),
		MonitoringAt: p.optionalStamp(s.monitorAt), ResolvedAt: p.optionalStamp(s.resolvedAt), Impact: s.impact,
		// Real short links lie under stspg.io; ours lead nowhere (RFC 2606).
		Shortlink: "https://stspg.example/" + s.ID, StartedAt: p.stamp(s.startedAt), PageID: p.ID,
		IncidentUpdates: []spUpdate{}, Components: []spComponent{},
	}
	for _, u := range s.posts {
		row := spUpdate{
			ID: u.ID, Status: u.State, Body: u.body, IncidentID: s.ID, CreatedAt: p.stamp(u.At),
			UpdatedAt: p.stamp(u.updatedAt), DisplayAt: p.stamp(u.date), DeliverNotifications: true,
		}
		for _, c := range u.changes {
			row.AffectedComponents = append(row.AffectedComponents,
				spAffected{c.component.ID, c.component.qualifiedName(), c.from, c.to})
		}
		out.IncidentUpdates = append(out.IncidentUpdates, row)
	}
	for _, c := range p.parts {
		if slices.Contains(s.affected, c.ID) {
			out.Components = append(out.Components, p.spComponent(c))
		}
	}
	return out
}

// qualifiedName is how updates name a component: with its group.
func (c Component) qualifiedName() string {
	if c.Group == "" {
		return c.Name
	}
	return c.Group + " - " + c.Name
}

// stamp writes a time in the page's zone with milliseconds. As in Rails, UTC is Z, and a zone that
// happens to have no offset is +00:00.
func (p page) stamp(t time.Time) string {
	loc := p.location()
	if loc == time.UTC || strings.HasSuffix(p.Zone, "UTC") {
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return t.In(loc).Format("2006-01-02T15:04:05.000-07:00")
}

func (p page) optionalStamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := p.stamp(t)
	return &s
}

// code makes an id in the look of Statuspage's: twelve lower-case letters and digits without vowels.
func code(parts ...string) string {
	const alphabet = "0123456789bcdfghjklmnpqrstvwxyz"
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	out := make([]byte, 12)
	for i := range out {
		out[i] = alphabet[int(sum[i])%len(alphabet)]
	}
	return string(out)
}
