package scraper

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"vendorwatch/normalize"
)

func init() { Register("uptimerobot", uptimerobot{}) }

// uptimerobot reads the status pages of UptimeRobot:
//
//	api/getMonitorList/<key>   the monitors with their statuses, page by page
//	api/getEventFeed/<key>     what people have announced of late, about a week
//	the home page              for the key, where the page has a domain of its own
//
// They are known from documents: readers of them that others have published, and answers recorded there in 2025 and 2026.
// The list of monitors stands in psp.monitors in the one and in data in the other year. A monitor that is down is a
// component's status, and no incident. The number that newer events have for a status is not read, since readers
// disagree about its meaning: the state of an event is what its words say, or unknown.
type uptimerobot struct{}

// The kinds of UptimeRobot's documents, as in normalize.Raw.
const (
	uptimerobotMonitors = "monitors"
	uptimerobotEvents   = "events"
	uptimerobotHome     = "home"
)

const uptimerobotHost = "stats.uptimerobot.com"

var uptimerobotAPI = regexp.MustCompile(`^/api/(?:getMonitorList|getEventFeed|getMonitor)/([A-Za-z0-9_-]+)$`)

// Start asks for the monitors and the events, or for the home page where the address does not tell the key.
func (uptimerobot) Start(s Source) []Request {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" {
		return []Request{{URL: s.URL}}
	}
	key, _, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if m := uptimerobotAPI.FindStringSubmatch(u.Path); m != nil {
		key = m[1]
	} else if !strings.EqualFold(u.Host, uptimerobotHost) {
		key = ""
	}
	if key == "" {
		return []Request{{URL: s.URL}}
	}
	return uptimerobotRequests(siteOf(u)+"/api/getMonitorList/"+key, siteOf(u)+"/api/getEventFeed/"+key)
}

func uptimerobotRequests(monitors, events string) []Request {
	return []Request{{URL: monitors}, {URL: events, Optional: true}}
}

// Home returns the page's address at UptimeRobot, or scheme and host of one with a domain of its own.
func (uptimerobot) Home(page *url.URL) string {
	key, _, _ := strings.Cut(strings.Trim(page.Path, "/"), "/")
	m := uptimerobotAPI.FindStringSubmatch(page.Path)
	switch {
	case strings.EqualFold(page.Host, uptimerobotHost) && m != nil:
		return siteOf(page) + "/" + m[1]
	case strings.EqualFold(page.Host, uptimerobotHost) && key != "":
		return siteOf(page) + "/" + key
	case m != nil && page.Host != "":
		return siteOf(page) + "/api/getMonitorList/" + m[1]
	}
	return siteOf(page)
}

// Words are the classes of a monitor's status. One that is paused, or has not been checked, says nothing of what it watches.
func (uptimerobot) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"ended": normalize.StateResolved, "ended_maintenance": normalize.StateCompleted,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"success": normalize.StatusOperational, "warning": normalize.StatusDegraded, "danger": normalize.StatusMajor,
			"paused": normalize.StatusUnknown, "black": normalize.StatusUnknown,
		},
	}
}

// Describe says what is read of UptimeRobot's pages.
func (uptimerobot) Describe() Description {
	return Description{
		Name:      "UptimeRobot",
		Documents: []string{"api/getMonitorList/<key>", "api/getEventFeed/<key>", "home page (for the key)"},
		History:   "what the event feed lists, about a week",
		Fields:    []string{"state", "started_at", "resolved_at", "updates", "components"},
		Source:    FromDocuments,
		Address:   "https://stats.uptimerobot.com/<key>, or the page's own domain",
	}
}

// Detect reports whether the page is a document of UptimeRobot.
func (uptimerobot) Detect(p Page) bool {
	body := feedBody(p)
	if !isJSON(body) {
		return isUptimerobotHome(body)
	}
	_, err := uptimerobot{}.Parse(Source{}, Page{Body: body})
	return err == nil
}

func notUptimerobot(p Page) error {
	return notWanted(p, "a status page of UptimeRobot")
}

// Parse reads one document. It returns an error that wraps ErrShape for what is none of UptimeRobot's, and for a list
// without a monitor.
func (uptimerobot) Parse(_ Source, p Page) (Result, error) {
	body := feedBody(p)
	if !isJSON(body) {
		return readUptimerobotHome(p, body)
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(body, &keys) != nil {
		return Result{}, notUptimerobot(p)
	}
	if keys["results"] != nil && keys["meta"] != nil {
		return readUptimerobotEvents(p, body)
	}
	return readUptimerobotMonitors(p, body)
}

var (
	uptimerobotList = regexp.MustCompile(`\bpspApiPath\s*=\s*['"]([^'"\s]*/api/getMonitorList/[A-Za-z0-9_-]+)['"]`)
	uptimerobotFeed = regexp.MustCompile(`\beventsApiPath\s*=\s*['"]([^'"\s]*/api/getEventFeed/[A-Za-z0-9_-]+)['"]`)
)

func isUptimerobotHome(body []byte) bool {
	return bytes.Contains(body, []byte("pspApiPath")) && uptimerobotList.Match(body) && looksLikeHTML(body) && !openEnded(body)
}

// readUptimerobotHome finds the addresses that the page's own script asks.
func readUptimerobotHome(p Page, body []byte) (Result, error) {
	if !isUptimerobotHome(body) {
		return Result{}, notUptimerobot(p)
	}
	monitors := uptimerobotAddress(p.URL, string(uptimerobotList.FindSubmatch(body)[1]))
	events := strings.Replace(monitors, "/getMonitorList/", "/getEventFeed/", 1)
	if feed := uptimerobotFeed.FindSubmatch(body); feed != nil {
		events = uptimerobotAddress(p.URL, string(feed[1]))
	}
	if monitors == "" || events == "" {
		return Result{}, notUptimerobot(p)
	}
	res := Result{Document: uptimerobotHome, Part: true, Follow: uptimerobotRequests(monitors, events)}
	if m := pageTitle.FindSubmatch(body); m != nil {
		res.PageName = visible(string(m[1]))
	}
	return res, nil
}

var pageTitle = regexp.MustCompile(`(?i)<title[^>]*>([^<]{1,200})</title>`)

// uptimerobotAddress resolves an address that a page names; "" for one on a server that is neither the page's nor
// UptimeRobot's.
func uptimerobotAddress(page, address string) string {
	base, err := url.Parse(page)
	if err != nil || base.Host == "" {
		return ""
	}
	u, err := base.Parse(address)
	if err != nil || !strings.EqualFold(u.Host, base.Host) && !strings.HasSuffix(strings.ToLower(u.Host), ".uptimerobot.com") {
		return ""
	}
	return u.String()
}

type uptimerobotMonitor struct {
	ID        jsonText `json:"monitorId"`
	Name      string   `json:"name"`
	Status    string   `json:"statusClass"`
	GroupID   jsonText `json:"groupId"`
	GroupName string   `json:"groupName"`
}

func readUptimerobotMonitors(p Page, body []byte) (Result, error) {
	var doc struct {
		Status string               `json:"status"`
		Data   []uptimerobotMonitor `json:"data"`
		Page   struct {
			Monitors []uptimerobotMonitor `json:"monitors"`
			Total    int                  `json:"totalMonitors"`
		} `json:"psp"`
		Statistics struct {
			Counts struct {
				Up     int `json:"up"`
				Down   int `json:"down"`
				Paused int `json:"paused"`
				Total  int `json:"total"`
			} `json:"counts"`
		} `json:"statistics"`
	}
	if json.Unmarshal(body, &doc) != nil || doc.Status != "ok" {
		return Result{}, notUptimerobot(p)
	}
	monitors, counts := doc.Data, doc.Statistics.Counts
	if monitors == nil {
		monitors = doc.Page.Monitors
	}
	if len(monitors) == 0 {
		return Result{}, notUptimerobot(p)
	}
	res := Result{Document: uptimerobotMonitors}
	for _, m := range monitors {
		if m.ID == "" || m.Name == "" || m.Status == "" {
			return Result{}, notUptimerobot(p)
		}
		c := normalize.RawComponent{ID: string(m.ID), Name: m.Name, Status: m.Status}
		if m.GroupID != "" && m.GroupID != "0" {
			c.Group = m.GroupName
		}
		res.Components = append(res.Components, c)
	}
	total := max(doc.Page.Total, counts.Total, counts.Up+counts.Down+counts.Paused)
	addPages(&res, p.URL, len(monitors), total)
	return res, nil
}

// uptimerobotPages bounds the pages of one list.
const uptimerobotPages = 100

// addPages asks for the next page of a list. Which is the last is known from how many there are and how many were read: that
// goes from page to page in the fragment of the request, which no server is sent.
func addPages(r *Result, address string, have, total int) {
	u, err := url.Parse(address)
	if err != nil || total == 0 {
		return
	}
	n, before := 1, 0
	if page, err := strconv.Atoi(u.Query().Get("page")); err == nil && page > 1 {
		n = page
		before, _ = strconv.Atoi(strings.TrimPrefix(u.Fragment, "after="))
	}
	r.Part = n > 1 || before+have < total
	switch have += before; {
	case have >= total:
		r.Coverage.Components = true
	case u.Host != "" && n < uptimerobotPages:
		u.RawQuery, u.Fragment = "page="+strconv.Itoa(n+1), "after="+strconv.Itoa(have)
		r.Follow = []Request{{URL: u.String()}}
	}
}

type uptimerobotEvent struct {
	ID        jsonText `json:"id"`
	Type      string   `json:"type"`
	EventType string   `json:"eventType"`
	Title     string   `json:"title"`
	Content   string   `json:"content"`
	TS        jsonText `json:"ts"`
	Timestamp jsonText `json:"timestamp"`
	EndGMT    string   `json:"endDateGMT"` // "April 24, 2025, 23:38"; null where no end is known
}

func readUptimerobotEvents(p Page, body []byte) (Result, error) {
	var doc struct {
		Status  *bool              `json:"status"`
		Results []uptimerobotEvent `json:"results"`
		Meta    struct {
			Count *int            `json:"count"`
			Total json.RawMessage `json:"total"`
			Range json.RawMessage `json:"date_range"`
		} `json:"meta"`
	}
	if json.Unmarshal(body, &doc) != nil || doc.Status == nil || !*doc.Status || doc.Results == nil || doc.Meta.Count == nil ||
		doc.Meta.Total == nil && doc.Meta.Range == nil {
		return Result{}, notUptimerobot(p)
	}
	res := Result{Document: uptimerobotEvents}
	for _, e := range doc.Results {
		if e.Title == "" || e.TS == "" && e.Timestamp == "" || e.Type == "" && e.EventType == "" {
			return Result{}, shapeErrorf("an event feed of UptimeRobot with an event that lacks its title, type or time")
		}
		res.Incidents = append(res.Incidents, e.raw(p))
	}
	return res, nil
}

// raw reads an event. Not every announcement is of an incident, and nothing tells which are. That of a maintenance is dated
// when it was made: its window is in its words only. An end that lay ahead when the page was fetched is a plan, and
// ends nothing.
func (e uptimerobotEvent) raw(p Page) normalize.Raw {
	at := rawTime(cmp.Or(string(e.Timestamp), string(e.TS)), "")
	raw := normalize.Raw{
		Document: uptimerobotEvents, ID: string(e.ID), Kind: string(normalize.KindIncident), Title: oneLine(e.Title),
		State: itemState(e.Title, nil, e.Content), Started: at,
	}
	if e.Type == "maintenance" || e.EventType == "maintenance" {
		raw.Kind, raw.Started, raw.Created = string(normalize.KindMaintenance), normalize.RawTime{}, at
	}
	end := rawTime(strings.TrimSpace(e.EndGMT), "")
	if ended, err := normalize.ParseTime(end, ""); err == nil && (p.At.IsZero() || !ended.After(p.At)) {
		raw.Resolved = end
		switch normalize.Word(raw.State) {
		case "resolved", "completed", "cancelled", "canceled":
		default:
			raw.State = "ended"
			if raw.Kind == string(normalize.KindMaintenance) {
				raw.State = "ended (maintenance)"
			}
		}
	}
	if content := strings.TrimSpace(e.Content); content != "" {
		state := raw.State
		if state == "" {
			state = "update"
		}
		raw.Updates = []normalize.RawUpdate{{ID: "content", State: state, Posted: at, Body: content, Format: formatOf(content)}}
	}
	return raw
}
