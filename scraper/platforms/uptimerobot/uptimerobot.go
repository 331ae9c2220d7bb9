// Package uptimerobot reads the status pages of UptimeRobot:
//
//	api/getMonitorList/<key>   the monitors with their statuses, page by page
//	api/getEventFeed/<key>     what people have announced of late, about a week
//	the home page              for the key, where the page has a domain of its own
//
// They are known from documents: readers of them that others have published, and answers recorded there in 2025 and
// 2026. The list of monitors stands in psp.monitors in the one and in data in the other year. A monitor that is down
// is a component's status, and no incident. The number that newer events have for a status is not read, since readers
// disagree about its meaning: the state of an event is what its words say, or unknown.
package uptimerobot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

// The kinds of UptimeRobot's documents, for normalize.Raw.
const (
	docMonitors = "monitors"
	events      = "events"
	home        = "home"
)

const host = "stats.uptimerobot.com"

var api = lazyregexp.New(`^/api/(?:getMonitorList|getEventFeed|getMonitor)/([A-Za-z0-9_-]+)$`)

// Start requests the monitors and the events, or the home page if the address does not contain the key.
func (Platform) Start(s scraper.Source) []scraper.Request {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" {
		return []scraper.Request{{URL: s.URL}}
	}
	key, _, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if m := api.FindStringSubmatch(u.Path); m != nil {
		key = m[1]
	} else if !strings.EqualFold(u.Host, host) {
		key = ""
	}
	if key == "" {
		return []scraper.Request{{URL: s.URL}}
	}
	return requests(page.Site(u)+"/api/getMonitorList/"+key, page.Site(u)+"/api/getEventFeed/"+key)
}

func requests(monitors, events string) []scraper.Request {
	return []scraper.Request{{URL: monitors}, {URL: events, Optional: true}}
}

// Home returns the page's address at UptimeRobot, or scheme and host of one with a domain of its own.
func (Platform) Home(u *url.URL) string {
	key, _, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	m := api.FindStringSubmatch(u.Path)
	switch {
	case strings.EqualFold(u.Host, host) && m != nil:
		return page.Site(u) + "/" + m[1]
	case strings.EqualFold(u.Host, host) && key != "":
		return page.Site(u) + "/" + key
	case m != nil && u.Host != "":
		return page.Site(u) + "/api/getMonitorList/" + m[1]
	}
	return page.Site(u)
}

// Words are the classes of a monitor's status. One that is paused, or has not been checked, says nothing of what it
// watches.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"ended": normalize.StateResolved, "ended_maintenance": normalize.StateCompleted,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"success": normalize.StatusOperational,
			"warning": normalize.StatusDegraded,
			"danger":  normalize.StatusMajor,
			"paused":  normalize.StatusUnknown,
			"black":   normalize.StatusUnknown,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "UptimeRobot",
		Documents: []string{"api/getMonitorList/<key>", "api/getEventFeed/<key>", "home page (for the key)"},
		History:   "what the event feed lists, about a week",
		Fields:    []string{"state", "started_at", "resolved_at", "updates", "components"},
		Source:    scraper.FromDocuments,
		Address:   "https://stats.uptimerobot.com/<key>, or the page's own domain",
	}
}

// Detect reports whether the page is a document of UptimeRobot.
func (Platform) Detect(p page.Page) bool {
	body := page.Body(p)
	if !page.IsJSON(body) {
		return isHome(body)
	}
	_, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: body})
	return err == nil
}

func unexpected(p page.Page) error {
	return page.Unexpected(p, "a status page of UptimeRobot")
}

// Parse reads one document. It returns an error that wraps ErrShape for a page that is not one of UptimeRobot's, and
// for a list without a monitor.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if !page.IsJSON(body) {
		return readHome(p, body)
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(body, &keys) != nil {
		return scraper.Result{}, unexpected(p)
	}
	if keys["results"] != nil && keys["meta"] != nil {
		return readEvents(p, body)
	}
	return readMonitors(p, body)
}

var (
	list = lazyregexp.New(`\bpspApiPath\s*=\s*['"]([^'"\s]*/api/getMonitorList/[A-Za-z0-9_-]+)['"]`)
	feed = lazyregexp.New(`\beventsApiPath\s*=\s*['"]([^'"\s]*/api/getEventFeed/[A-Za-z0-9_-]+)['"]`)
)

func isHome(body []byte) bool {
	return bytes.Contains(body, []byte("pspApiPath")) && list.Match(body) && page.IsHTML(body) && !page.BreaksOff(body)
}

// readHome finds the addresses that the page's own script asks.
func readHome(p page.Page, body []byte) (scraper.Result, error) {
	if !isHome(body) {
		return scraper.Result{}, unexpected(p)
	}
	monitors := address(p.URL, string(list.FindSubmatch(body)[1]))
	events := strings.Replace(monitors, "/getMonitorList/", "/getEventFeed/", 1)
	if feed := feed.FindSubmatch(body); feed != nil {
		events = address(p.URL, string(feed[1]))
	}
	if monitors == "" || events == "" {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{Document: home, Part: true, Follow: requests(monitors, events)}
	if m := pageTitle.FindSubmatch(body); m != nil {
		res.PageName = page.Visible(string(m[1]))
	}
	return res, nil
}

var pageTitle = lazyregexp.New(`(?i)<title[^>]*>([^<]{1,200})</title>`)

// address resolves an address that a page names; "" for one on a server that is neither the page's nor
// UptimeRobot's.
func address(page, address string) string {
	base, err := url.Parse(page)
	if err != nil || base.Host == "" {
		return ""
	}
	u, err := base.Parse(address)
	if err != nil ||
		!strings.EqualFold(u.Host, base.Host) && !strings.HasSuffix(strings.ToLower(u.Host), ".uptimerobot.com") {
		return ""
	}
	return u.String()
}

type monitor struct {
	ID        page.Scalar `json:"monitorId"`
	Name      string      `json:"name"`
	Status    string      `json:"statusClass"`
	GroupID   page.Scalar `json:"groupId"`
	GroupName string      `json:"groupName"`
}

func readMonitors(p page.Page, body []byte) (scraper.Result, error) {
	var doc struct {
		Status string    `json:"status"`
		Data   []monitor `json:"data"`
		Page   struct {
			Monitors []monitor `json:"monitors"`
			Total    int       `json:"totalMonitors"`
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
		return scraper.Result{}, unexpected(p)
	}
	monitors, counts := doc.Data, doc.Statistics.Counts
	if monitors == nil {
		monitors = doc.Page.Monitors
	}
	if len(monitors) == 0 {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{Document: docMonitors}
	for _, m := range monitors {
		if m.ID == "" || m.Name == "" || m.Status == "" {
			return scraper.Result{}, unexpected(p)
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

// pages bounds the pages of one list.
const pages = 100

// addPages asks for the next page of a list. Which is the last is known from how many there are and how many were
// read: that goes from page to page in the fragment of the request, which is not sent to the server.
func addPages(r *scraper.Result, address string, have, total int) {
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
	case u.Host != "" && n < pages:
		u.RawQuery, u.Fragment = "page="+strconv.Itoa(n+1), "after="+strconv.Itoa(have)
		r.Follow = []scraper.Request{{URL: u.String()}}
	}
}

type event struct {
	ID        page.Scalar `json:"id"`
	Type      string      `json:"type"`
	EventType string      `json:"eventType"`
	Title     string      `json:"title"`
	Content   string      `json:"content"`
	TS        page.Scalar `json:"ts"`
	Timestamp page.Scalar `json:"timestamp"`
	Date      string      `json:"date"`       // "April 24, 2025", in the page's zone
	Time      string      `json:"time"`       // "23:38", in the page's zone
	End       page.Scalar `json:"endDate"`    // as EndGMT, in the page's zone, or epoch seconds
	EndGMT    page.Scalar `json:"endDateGMT"` // "April 24, 2025, 23:38"; null where no end is known
}

// ended returns the end of an event. One that is given in the page's zone only, which no document names, gets the
// offset that the event's start has, which is given in both.
func (e event) ended(at normalize.RawTime) normalize.RawTime {
	end := page.Time(string(e.End), "")
	if gmt := page.Time(string(e.EndGMT), ""); !gmt.IsZero() || end.IsZero() {
		if times.Zoneless(gmt) {
			gmt.Text += " GMT"
		}
		return gmt
	}
	start, err := times.Parse(at, "")
	local, localErr := times.Parse(page.Time(e.Date+", "+e.Time, ""), "")
	if _, machine := strconv.Atoi(end.Text); machine == nil || err != nil || localErr != nil {
		return end
	}
	if offset := local.Sub(start).Round(15 * time.Minute); offset.Abs() <= 14*time.Hour {
		end.Text += time.Time{}.In(time.FixedZone("", int(offset.Seconds()))).Format(" -07:00")
	}
	return end
}

func readEvents(p page.Page, body []byte) (scraper.Result, error) {
	var doc struct {
		Status  *bool   `json:"status"`
		Results []event `json:"results"`
		Meta    struct {
			Count *int            `json:"count"`
			Total json.RawMessage `json:"total"`
			Range json.RawMessage `json:"date_range"`
		} `json:"meta"`
	}
	if json.Unmarshal(body, &doc) != nil || doc.Status == nil || !*doc.Status || doc.Results == nil ||
		doc.Meta.Count == nil ||
		doc.Meta.Total == nil && doc.Meta.Range == nil {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{Document: events}
	for _, e := range doc.Results {
		if e.Title == "" || e.TS == "" && e.Timestamp == "" || e.Type == "" && e.EventType == "" {
			return scraper.Result{}, page.Errorf(
				"an event feed of UptimeRobot with an event that lacks its title, type or time",
			)
		}
		res.Incidents = append(res.Incidents, e.raw(p))
	}
	return res, nil
}

// raw reads an event. Not every announcement is of an incident, and nothing tells which are. That of a maintenance is
// dated when it was made: its window is in its words only. An end that lay ahead when the page was fetched is a plan,
// and ends nothing.
func (e event) raw(p page.Page) normalize.Raw {
	at := page.Time(cmp.Or(string(e.Timestamp), string(e.TS)), "")
	raw := normalize.Raw{
		Document: events, ID: string(e.ID), Kind: string(normalize.KindIncident), Title: page.OneLine(e.Title),
		State: page.ItemState(e.Title, nil, e.Content), Started: at,
	}
	if e.Type == "maintenance" || e.EventType == "maintenance" {
		raw.Kind, raw.Started, raw.Created = string(normalize.KindMaintenance), normalize.RawTime{}, at
	}
	end := e.ended(at)
	if ended, err := times.Parse(end, ""); err == nil && (p.At.IsZero() || !ended.After(p.At)) {
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
		raw.Updates = []normalize.RawUpdate{
			{ID: "content", State: state, Posted: at, Body: content, Format: page.FormatOf(content)},
		}
	}
	return raw
}
