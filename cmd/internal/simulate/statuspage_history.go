package simulate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// historyDoc is what history.json holds and what the history page passes to its script.
type historyDoc struct {
	PageStatus          historyStatus      `json:"page_status"`
	Components          []historyComponent `json:"components"`
	Months              []historyMonth     `json:"months"`
	ShowComponentFilter bool               `json:"show_component_filter"`
	ShowUptimeCalendar  bool               `json:"show_uptime_calendar"`
	ComponentFilter     *string            `json:"component_filter"`
	StartTime           string             `json:"start_time"`
	EndTime             string             `json:"end_time"`
	A11yHeadings        bool               `json:"a11yHeadings"`
}

// historyStatus holds the page. Statuspage sends its whole settings, mostly colours; these are those
// that say something.
type historyStatus struct {
	Page historyPage `json:"page"`
}

type historyPage struct {
	Name             string  `json:"name"`
	Subdomain        string  `json:"subdomain"`
	Domain           string  `json:"domain"`
	CreatedAt        string  `json:"created_at"`
	UpdatedAt        string  `json:"updated_at"`
	URL              string  `json:"url"`
	HiddenFromSearch bool    `json:"hidden_from_search"`
	PageDescription  *string `json:"page_description"`
	Headline         string  `json:"headline"`
	TimeZone         string  `json:"time_zone"`
	AllowFeeds       bool    `json:"allow_rss_atom_feeds"`
	ID               string  `json:"id"`
	OrganizationID   string  `json:"organization_id"`
}

type historyComponent struct {
	Status             string   `json:"status"`
	Name               string   `json:"name"`
	CreatedAt          string   `json:"created_at"`
	UpdatedAt          string   `json:"updated_at"`
	Position           int      `json:"position"`
	Description        *string  `json:"description"`
	Showcase           bool     `json:"showcase"`
	StartDate          *string  `json:"start_date"`
	ID                 string   `json:"id"`
	GroupID            *string  `json:"group_id"`
	PageID             string   `json:"page_id"`
	Group              bool     `json:"group"`
	OnlyShowIfDegraded bool     `json:"only_show_if_degraded"`
	Components         []string `json:"components,omitempty"`
}

type historyMonth struct {
	Name      string            `json:"name"`
	Year      int               `json:"year"`
	StartsOn  int               `json:"starts_on"` // weekday of the first, Sunday 0
	Days      int               `json:"days"`
	Incidents []historyIncident `json:"incidents"`
}

type historyIncident struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Message   string `json:"message"`
	Impact    string `json:"impact"`
	Timestamp string `json:"timestamp"`
}

// monthsPerPage is how many months a history page holds.
const monthsPerPage = 3

// history gives three months, newest first; page 1 ends with the current month. Months before the
// page's creation are left out, so that pages beyond it have none.
func (p page) history(number int) historyDoc {
	loc := p.location()
	y, m, _ := p.now.In(loc).Date()
	newest := time.Date(y, m, 1, 0, 0, 0, 0, loc).AddDate(0, -monthsPerPage*(number-1), 0)
	oldest := newest.AddDate(0, -(monthsPerPage - 1), 0)
	doc := historyDoc{
		PageStatus: historyStatus{p.historyPage()}, Components: p.historyComponents(), Months: []historyMonth{},
		ShowComponentFilter: len(p.parts) > 1, ShowUptimeCalendar: true, A11yHeadings: true,
		StartTime: p.second(oldest), EndTime: p.second(newest.AddDate(0, 1, 0).Add(-time.Second)),
	}
	cy, cm, _ := p.CreatedAt.In(loc).Date()
	first := time.Date(cy, cm, 1, 0, 0, 0, 0, loc)
	for month := newest; !month.Before(oldest) && !month.Before(first); month = month.AddDate(0, -1, 0) {
		doc.Months = append(doc.Months, p.historyMonth(month))
	}
	return doc
}

func (p page) historyMonth(month time.Time) historyMonth {
	next := month.AddDate(0, 1, 0)
	out := historyMonth{
		Name: month.Month().String(), Year: month.Year(), StartsOn: int(month.Weekday()),
		Days: next.AddDate(0, 0, -1).Day(), Incidents: []historyIncident{},
	}
	for _, s := range p.incidents {
		from := s.startedAt
		if s.Maintenance() {
			from = s.ScheduledFor
		}
		if from.Before(month) || !from.Before(next) {
			continue
		}
		out.Incidents = append(out.Incidents, historyIncident{
			Code: s.ID, Name: s.title, Message: historyMessage(s), Impact: s.impact, Timestamp: p.historySpan(s, from),
		})
	}
	return out
}

// historyMessage is the newest words; of a postmortem Statuspage shows none here.
func historyMessage(s story) string {
	for _, u := range s.posts {
		if u.State != "postmortem" {
			return u.body
		}
	}
	return ""
}

// historySpan prints from when to when, without a year: the second day only if it is another.
func (p page) historySpan(s story, from time.Time) string {
	loc := p.location()
	start, end := from.In(loc), s.resolvedAt.In(loc)
	switch {
	case s.Maintenance():
		end = s.ScheduledUntil.In(loc)
	case s.open():
		return historyDay(start) + ", " + historyTime(start) + " " + zoneName(start)
	}
	out := historyDay(start) + ", " + historyTime(start) + " - "
	if start.YearDay() != end.YearDay() || start.Year() != end.Year() {
		out += historyDay(end) + ", "
	}
	return out + historyTime(end) + " " + zoneName(end)
}

func historyDay(t time.Time) string {
	return t.Format("Jan ") + "<var data-var='date'>" + t.Format("2") + "</var>"
}
func historyTime(t time.Time) string {
	return "<var data-var='time'>" + t.Format("15:04") + "</var>"
}

func zoneName(t time.Time) string {
	name, _ := t.Zone()
	return name
}

func (p page) historyPage() historyPage {
	zone := railsZones[p.Zone]
	if zone == "" {
		zone = "UTC"
	}
	host := strings.TrimPrefix(strings.TrimPrefix(p.base, "http://"), "https://")
	return historyPage{
		Name: p.Name, Subdomain: p.Slug, Domain: host, CreatedAt: p.stamp(p.CreatedAt), UpdatedAt: p.stamp(p.updatedAt),
		URL: p.base, Headline: p.Name + " Status", TimeZone: zone, AllowFeeds: true, ID: p.ID,
		OrganizationID: code("organization", p.ID),
	}
}

// railsZones are the names under which Statuspage keeps zones; its JSON API gives the IANA names.
var railsZones = map[string]string{
	"America/New_York": "Eastern Time (US & Canada)",
	"Europe/London":    "London",
	"Europe/Berlin":    "Berlin",
}

func (p page) historyComponents() []historyComponent {
	var out []historyComponent
	for _, c := range p.spComponents() {
		if c.StartDate != nil {
			at := *c.StartDate + "T00:00:00.000Z"
			c.StartDate = &at
		}
		out = append(out, historyComponent{
			Status: c.Status, Name: c.Name, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Position: c.Position,
			Showcase: c.Showcase, StartDate: c.StartDate, ID: c.ID, GroupID: c.GroupID, PageID: c.PageID,
			Group:      c.Group,
			Components: c.Components,
		})
	}
	return slices.Clip(out)
}

// second writes a time in the page's zone in whole seconds.
func (p page) second(t time.Time) string {
	if p.Zone == "" || strings.HasSuffix(p.Zone, "UTC") {
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return t.In(p.location()).Format("2006-01-02T15:04:05-07:00")
}

// historyHTML is the history page: a frame around the document, which the browser's script draws.
func (p page) historyHTML(number int) string {
	// Unlike the API, the page escapes < and > as \u003c and \u003e.
	props, err := json.Marshal(p.history(number))
	if err != nil {
		panic("simulate: encode a document of strings and numbers: " + err.Error())
	}
	return p.frame("history", "Incident History", p.base+"/history",
		fmt.Sprintf(`  <div class="layout-content status status-full-history premium">
%s  <div class="container">
      <h4>Incident History</h4>

    <div data-react-class="HistoryIndex" data-react-props="%s"></div>

    <div class="page-footer border-color font-small">
  <a href="/" aria-label="Back to current status">
    <span class="current-status-arrow">←</span> Current Status
  </a>
  %s
</div>

  </div>

</div>
`, p.masthead(), esc(string(props)), poweredBy))
}
