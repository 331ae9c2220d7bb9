// Package uptimekuma reads the status pages of Uptime Kuma:
//
//	api/status-page/<slug>                    the page: groups of monitors, the pinned incident, maintenance under way
//	api/status-page/heartbeat/<slug>          the last checks of each monitor, by its number
//	api/status-page/<slug>/incident-history   the incidents that are over, in Uptime Kuma 2.1 and later
//	status/<slug>                             read for the slug, where a page has a domain of its own
//
// The page, the heartbeats and the HTML are known from the program itself, version 2.0.0-dev.0; several incidents at
// once (incidents for incident) and the history from the source of 2.1. Before 2.1 there is no history: an incident
// that is no longer pinned is gone. A monitor that is down is a component's status, and no incident.
//
// Heartbeats bear no names: the request for them carries those that the page gives in its fragment, which is not
// sent to the server.
package uptimekuma

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// preload is the element in which every status page carries its data.
const preload = `id="preload-data"`

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

// The kinds of Uptime Kuma's documents, for normalize.Raw.
const (
	docPage    = "page"
	heartbeats = "heartbeats"
	history    = "history"
	homeOf     = "home"
)

var path = lazyregexp.New(`^/(?:status/|api/status-page/(?:heartbeat/)?)([A-Za-z0-9_-]+)(?:/[a-z.-]+)?/?$`)

// Start requests the page, or the home page if the address does not contain the slug.
func (Platform) Start(s scraper.Source) []scraper.Request {
	u, err := url.Parse(s.URL)
	if err != nil {
		return []scraper.Request{{URL: s.URL}}
	}
	if m := path.FindStringSubmatch(u.EscapedPath()); m != nil && u.Host != "" {
		return []scraper.Request{{URL: page.Site(u) + "/api/status-page/" + m[1]}}
	}
	return []scraper.Request{{URL: s.URL}}
}

// Home returns the address of the status page: one server has several, told apart by their slugs.
func (Platform) Home(u *url.URL) string {
	if m := path.FindStringSubmatch(u.EscapedPath()); m != nil && u.Host != "" {
		return page.Site(u) + "/status/" + m[1]
	}
	return page.Site(u)
}

// Words are Uptime Kuma's: the colours of an incident, the states of a maintenance, and the numbers of a monitor's
// states (0 down, 1 up, 2 pending, 3 under maintenance). A colour other than these three says nothing of the severity.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"active": normalize.StateInvestigating, "inactive": normalize.StateResolved,
			"under_maintenance": normalize.StateInProgress, "ended": normalize.StateCompleted,
		},
		Severities: map[string]normalize.Severity{
			"info":    normalize.SeverityNone,
			"warning": normalize.SeverityMinor,
			"danger":  normalize.SeverityMajor,
			"primary": normalize.SeverityUnknown,
			"light":   normalize.SeverityUnknown,
			"dark":    normalize.SeverityUnknown,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"0": normalize.StatusMajor,
			"1": normalize.StatusOperational,
			"2": normalize.StatusUnknown,
			"3": normalize.StatusMaintenance,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name: "Uptime Kuma",
		Documents: []string{
			"api/status-page/<slug>", "api/status-page/heartbeat/<slug>",
			"api/status-page/<slug>/incident-history", "home page (for the slug)",
		},
		History: "all incidents since Uptime Kuma 2.1; none before",
		Fields: []string{
			"state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "components",
		},
		Source:  scraper.FromDocuments,
		Address: "https://<server>/status/<slug>, or the page's own domain",
	}
}

// Detect reports whether the page is a document of Uptime Kuma.
func (Platform) Detect(p page.Page) bool {
	if !page.IsJSON(page.Body(p)) && !bytes.Contains(p.Body, []byte(preload)) {
		return false
	}
	_, err := Platform{}.Parse(scraper.Source{}, page.Page{URL: "https://status.example/", Body: p.Body})
	return err == nil
}

func unexpected(p page.Page) error {
	return page.Unexpected(p, "a status page of Uptime Kuma (https://<server>/status/<slug>)")
}

// Parse reads one document. It returns an error that wraps ErrShape for a page that is not one of Uptime Kuma's.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if !page.IsJSON(body) {
		return readHome(p, body)
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(body, &keys) != nil {
		return scraper.Result{}, unexpected(p)
	}
	switch {
	case keys["config"] != nil && keys["publicGroupList"] != nil && keys["maintenanceList"] != nil:
		return readPage(p, body, keys)
	case keys["heartbeatList"] != nil && keys["uptimeList"] != nil && len(keys) == 2:
		return readHeartbeats(p, body)
	case keys["incidents"] != nil && keys["hasMore"] != nil && keys["ok"] != nil:
		return readHistory(s, p, body)
	}
	return scraper.Result{}, unexpected(p)
}

var manifest = lazyregexp.New(`href="/api/status-page/([A-Za-z0-9_-]+)/manifest\.json"`)

// readHome finds the slug.
func readHome(p page.Page, body []byte) (scraper.Result, error) {
	m := manifest.FindSubmatch(body)
	home := page.SiteOf(p.URL)
	if m == nil || home == "" || !bytes.Contains(body, []byte(preload)) || !bytes.Contains(body, []byte("</html>")) {
		return scraper.Result{}, unexpected(p)
	}
	return scraper.Result{
		Document: homeOf,
		Part:     true,
		Follow:   []scraper.Request{{URL: home + "/api/status-page/" + string(m[1])}},
	}, nil
}

type incident struct {
	ID        page.Scalar `json:"id"`
	Style     string      `json:"style"`
	Title     string      `json:"title"`
	Content   string      `json:"content"`
	Active    *bool       `json:"active"`
	CreatedAt string      `json:"createdDate"`
	UpdatedAt string      `json:"lastUpdatedDate"`
}

type work struct {
	ID          page.Scalar `json:"id"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Strategy    string      `json:"strategy"`
	Status      string      `json:"status"`
	Timezone    string      `json:"timezone"`
	Slots       []struct {
		Start string `json:"startDate"`
		End   string `json:"endDate"`
	} `json:"timeslotList"`
}

func readPage(p page.Page, body []byte, keys map[string]json.RawMessage) (scraper.Result, error) {
	var doc struct {
		Config struct {
			Slug  string `json:"slug"`
			Title string `json:"title"`
		} `json:"config"`
		Incident  *incident  `json:"incident"`
		Incidents []incident `json:"incidents"`
		Groups    []struct {
			Name     string `json:"name"`
			Monitors []struct {
				ID   page.Scalar `json:"id"`
				Name string      `json:"name"`
			} `json:"monitorList"`
		} `json:"publicGroupList"`
		Work []work `json:"maintenanceList"`
	}
	_, one := keys["incident"]
	if json.Unmarshal(body, &doc) != nil || doc.Config.Slug == "" || doc.Groups == nil || doc.Work == nil ||
		!one && doc.Incidents == nil {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{
		Document: docPage,
		Part:     true,
		PageName: doc.Config.Title,
		Coverage: scraper.Coverage{Open: true},
	}
	if doc.Incident != nil {
		doc.Incidents = append(doc.Incidents, *doc.Incident)
	}
	for _, in := range doc.Incidents {
		if !in.valid() {
			return scraper.Result{}, page.Errorf(
				"a status page of Uptime Kuma with an incident that lacks its id, title or date",
			)
		}
		res.Incidents = append(res.Incidents, in.raw(docPage))
	}
	for _, work := range doc.Work {
		if work.ID == "" || work.Title == "" || work.Status == "" {
			return scraper.Result{}, page.Errorf(
				"a status page of Uptime Kuma with a maintenance that lacks its id, title or status",
			)
		}
		res.Incidents = append(res.Incidents, work.raw(p.At))
	}
	var names []string
	for _, group := range doc.Groups {
		for _, monitor := range group.Monitors {
			if monitor.ID == "" || monitor.Name == "" {
				return scraper.Result{}, page.Errorf(
					"a status page of Uptime Kuma with a monitor that lacks its id or name",
				)
			}
			names = append(names, string(monitor.ID)+"="+url.QueryEscape(group.Name)+"/"+url.QueryEscape(monitor.Name))
		}
	}
	home := page.SiteOf(p.URL)
	if home == "" {
		return res, nil
	}
	api := home + "/api/status-page/"
	if len(names) > 0 {
		res.Follow = append(
			res.Follow,
			scraper.Request{URL: api + "heartbeat/" + doc.Config.Slug + "#" + strings.Join(names, "&")},
		)
	}
	if !one {
		res.Follow = append(
			res.Follow,
			scraper.Request{URL: api + doc.Config.Slug + "/incident-history", Optional: true},
		)
	}
	return res, nil
}

func (in incident) valid() bool { return in.ID != "" && in.Title != "" && in.CreatedAt != "" }

// raw reads an incident. Its text is one post, which people edit as the incident develops.
func (in incident) raw(document string) normalize.Raw {
	raw := normalize.Raw{
		Document: document, ID: "incident-" + string(in.ID), Kind: string(normalize.KindIncident),
		Title: in.Title, Impact: in.Style, State: "active", Zone: "UTC",
		Started: page.Time(in.CreatedAt, ""), Updated: page.Time(in.UpdatedAt, ""),
	}
	if in.Active != nil && !*in.Active {
		raw.State, raw.Resolved = "inactive", raw.Updated
	}
	if in.Content != "" {
		raw.Updates = []normalize.RawUpdate{
			{ID: "content", State: "active", Posted: raw.Started, Body: in.Content, Format: normalize.FormatMarkdown},
		}
	}
	return raw
}

// raw reads a maintenance. One that recurs has a window each time, and is another maintenance each time; the next
// window follows the running one.
func (w work) raw(at time.Time) normalize.Raw {
	raw := normalize.Raw{
		Document: docPage, ID: "maintenance-" + string(w.ID), Kind: string(normalize.KindMaintenance),
		Title: w.Title, State: w.Status, Impact: "maintenance", Zone: w.Timezone,
	}
	if len(w.Slots) > 0 {
		start := page.Time(w.Slots[0].Start, "")
		if begins, err := times.Parse(start, w.Timezone); err == nil &&
			(w.Strategy == "single" || !begins.After(at)) {
			raw.ScheduledStart, raw.ScheduledEnd = start, page.Time(w.Slots[0].End, "")
			if w.Strategy != "single" {
				raw.ID += "@" + start.Text
			}
		}
	}
	if w.Description != "" {
		raw.Updates = []normalize.RawUpdate{
			{
				ID:     "description",
				State:  w.Status,
				Posted: raw.ScheduledStart,
				Body:   w.Description,
				Format: normalize.FormatMarkdown,
			},
		}
	}
	return raw
}

func readHistory(s scraper.Source, p page.Page, body []byte) (scraper.Result, error) {
	var doc struct {
		Incidents []incident `json:"incidents"`
		Next      string     `json:"nextCursor"`
		More      *bool      `json:"hasMore"`
		OK        bool       `json:"ok"`
	}
	if json.Unmarshal(body, &doc) != nil || !doc.OK || doc.Incidents == nil || doc.More == nil {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{Document: history, Part: true}
	for _, in := range doc.Incidents {
		if !in.valid() || in.Active == nil {
			return scraper.Result{}, page.Errorf(
				"a history of Uptime Kuma with an incident that lacks its id, title, date or state",
			)
		}
		res.Incidents = append(res.Incidents, in.raw(history))
	}
	if u, err := url.Parse(p.URL); s.Mode == scraper.Backfill && *doc.More && doc.Next != "" && err == nil {
		u.RawQuery = url.Values{"cursor": {doc.Next}}.Encode()
		res.Follow = []scraper.Request{{URL: u.String(), Optional: true}}
	}
	return res, nil
}

func readHeartbeats(p page.Page, body []byte) (scraper.Result, error) {
	var doc struct {
		Beats map[string][]json.RawMessage `json:"heartbeatList"`
	}
	// A slug that the server does not know gives two empty lists.
	if json.Unmarshal(body, &doc) != nil || len(doc.Beats) == 0 {
		return scraper.Result{}, unexpected(p)
	}
	statuses := map[string]string{}
	for id, beats := range doc.Beats {
		status, ok := status(beats)
		if id == "" || !ok {
			return scraper.Result{}, unexpected(p)
		}
		statuses[id] = status
	}
	res := scraper.Result{Document: heartbeats}
	_, fragment, _ := strings.Cut(p.URL, "#")
	for _, pair := range strings.Split(fragment, "&") {
		id, name, _ := strings.Cut(pair, "=")
		status, have := statuses[id]
		if !have {
			continue
		}
		delete(statuses, id) // a monitor may stand in two groups
		group, name, _ := strings.Cut(name, "/")
		res.Components = append(
			res.Components,
			normalize.RawComponent{ID: id, Name: unescaped(name), Group: unescaped(group), Status: status},
		)
	}
	res.Coverage.Components = len(statuses) == 0
	for _, id := range slices.Sorted(maps.Keys(statuses)) {
		res.Components = append(
			res.Components,
			normalize.RawComponent{ID: id, Name: "monitor " + id, Status: statuses[id]},
		)
	}
	return res, nil
}

func unescaped(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}

// status returns the newest status of a monitor, "" if it has none yet. Pages that show days in place of checks
// have a 0 for each stretch of time without a check, the last of which may just have begun.
func status(beats []json.RawMessage) (status string, ok bool) {
	for n := len(beats) - 1; n >= 0; n-- {
		if string(beats[n]) == "0" {
			if n < len(beats)-1 {
				return "", true
			}
			continue
		}
		var beat struct {
			Status page.Scalar `json:"status"`
			Time   string      `json:"time"`
		}
		if json.Unmarshal(beats[n], &beat) != nil || beat.Status == "" || beat.Time == "" {
			return "", false
		}
		return string(beat.Status), true
	}
	return "", true
}
