package scraper

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"vendorwatch/normalize"
)

func init() { Register("statusio", statusio{}) }

// statusio reads the status pages of Status.io by the JSON of its public API, known from documents only:
// https://kb.status.io/developers/public-status-api/ , https://kb.status.io/developers/status-codes/ and open-source
// readers of it.
//
//	https://api.status.io/1.0/status/<page id>   components, open incidents, maintenance active and planned
//	any web page of a status page                read for the page id alone, which its address does not tell
//
// What has ended is not listed, so that there is no history to go back to.
type statusio struct{}

// The kinds of Status.io's documents, as in normalize.Raw.
const (
	statusioStatus = "status"
	statusioHome   = "home"
)

const wantStatusio = "the status API of Status.io (result.status_overall, status, incidents, maintenance.active and maintenance.upcoming), " +
	"or a page of Status.io that names its page id,"

var (
	// statusioAPIPath is the path of the API, on whichever of its hosts.
	statusioAPIPath = regexp.MustCompile(`^/1\.0/status/([0-9a-fA-F]{24})/?$`)
	// statusioPath is the path of a web page below /pages: the page id follows, after the kind of page.
	statusioPath = regexp.MustCompile(`^/pages/(?:[a-z_]+/)?([0-9a-fA-F]{24})(?:/|$)`)
	// statusioOwn is what only a page of Status.io has: other sites may have pages with such ids too.
	statusioOwn = regexp.MustCompile(`/pages/(?:history|incident|maintenance)/[0-9a-f]{24}\b|/pages/[0-9a-f]{24}/rss\b|/1\.0/status/[0-9a-f]{24}\b|(?i:\bstatuspage(?:_?id)?)["']?\s*[:=]\s*["'][0-9a-f]{24}["']`)
	// statusioNamed finds a page id in a web page: in links to its own pages, and in its scripts.
	statusioNamed = regexp.MustCompile(`(?:/pages/(?:[a-z_]+/)?|/1\.0/status/)([0-9a-f]{24})\b|(?i:\bstatuspage(?:_?id)?)["']?\s*[:=]\s*["']([0-9a-f]{24})["']`)
)

// Start asks for the status where the source's address tells the page id, as https://status.acme.example/pages/<page id>
// does; else for the home page, which leads to it.
func (statusio) Start(s Source) []Request {
	if id := statusioID(s.URL); id != "" {
		return []Request{statusioRequest(id)}
	}
	return []Request{{URL: s.URL}}
}

// statusioRequest asks for a page's status. The API answers under two names.
func statusioRequest(id string) Request {
	return Request{
		URL:      "https://api.status.io/1.0/status/" + id,
		Fallback: []Request{{URL: "https://status-api.hostedstatus.com/1.0/status/" + id}},
	}
}

// statusioID returns the page id that an address tells, "" if it tells none.
func statusioID(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	for _, path := range []*regexp.Regexp{statusioAPIPath, statusioPath} {
		if m := path.FindStringSubmatch(u.Path); m != nil {
			return strings.ToLower(m[1])
		}
	}
	return ""
}

// Home returns scheme and host of a status page. Of the API, and of pages that share the host of Status.io, it
// returns the page that people open there, since the host alone would not tell which page is meant.
func (statusio) Home(page *url.URL) string {
	id := statusioID(page.String())
	if id != "" && (statusioAPIPath.MatchString(page.Path) || strings.EqualFold(page.Hostname(), "status.io")) {
		return "https://status.io/pages/" + id
	}
	return siteOf(page)
}

// Words are those of Status.io's code tables.
func (statusio) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"pending": normalize.StateScheduled, "active": normalize.StateInProgress, "closed": normalize.StateCompleted,
		},
		Severities: map[string]normalize.Severity{
			"planned_maintenance": normalize.SeverityNone, "partial_service_disruption": normalize.SeverityMajor,
			"service_disruption": normalize.SeverityCritical, "security_event": normalize.SeverityCritical,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"planned_maintenance": normalize.StatusMaintenance, "partial_service_disruption": normalize.StatusPartial,
			"service_disruption": normalize.StatusMajor, "security_event": normalize.StatusMajor,
		},
	}
}

// Describe says what is read of Status.io.
func (statusio) Describe() Description {
	return Description{
		Name:      "Status.io",
		Documents: []string{"1.0/status/<page id>", "home page (for the page id)"},
		History:   "none: what has ended is not listed",
		Fields:    []string{"url", "state", "severity", "started_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected", "components"},
		Source:    FromDocuments,
		Address:   "the status page's, or https://status.acme.example/pages/<page id>, which saves a request",
	}
}

// Detect reports whether the page is the status API's answer, or a web page that names its Status.io page id.
func (statusio) Detect(p Page) bool {
	body := feedBody(p)
	switch {
	case isJSON(body):
		if !bytes.Contains(body, []byte(`"status_overall"`)) {
			return false // before the page is parsed to say what else it is
		}
		_, err := statusio{}.Parse(Source{}, p)
		return err == nil
	case looksLikeHTML(body):
		return statusioOwn.Match(body) && statusioPageID(body) != ""
	}
	return false
}

// statusioPageID returns the page id that a whole web page names, if it names one only.
func statusioPageID(body []byte) string {
	if openEnded(body) {
		return ""
	}
	id := ""
	for _, m := range statusioNamed.FindAllSubmatch(body, -1) {
		found := string(m[1]) + string(m[2])
		if id != "" && found != id {
			return ""
		}
		id = found
	}
	return id
}

// Codes of Status.io by their names in its documentation; a vendor can put other labels on its page.
var (
	statusioStatuses     = map[jsonText]string{"100": "Operational", "200": "Planned Maintenance", "300": "Degraded Performance", "400": "Partial Service Disruption", "500": "Service Disruption", "600": "Security Event"}
	statusioStates       = map[jsonText]string{"100": "Investigating", "200": "Identified", "300": "Monitoring", "400": "Resolved"}
	statusioMaintenances = map[jsonText]string{"100": "Pending", "200": "Active", "300": "Closed"}
)

// sioName returns the name of a code; of one that is none of them the code as it is, so that it is asked about.
func sioName(names map[jsonText]string, code jsonText, otherwise string) string {
	switch name := names[code]; {
	case name != "":
		return name
	case code != "":
		return string(code)
	}
	return otherwise
}

type sioPart struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Status     string   `json:"status"`
	Code       jsonText `json:"status_code"`
	Containers []struct {
		ID     string   `json:"id"`
		Name   string   `json:"name"`
		Status string   `json:"status"`
		Code   jsonText `json:"status_code"`
	} `json:"containers"`
}

type sioEvent struct {
	ID         string        `json:"_id"`
	Name       string        `json:"name"`
	Open       string        `json:"datetime_open"`
	Start      string        `json:"datetime_planned_start"`
	End        string        `json:"datetime_planned_end"`
	Messages   []sioMessage  `json:"messages"`
	Components []sioAffected `json:"components_affected"`
	Containers []sioAffected `json:"containers_affected"`
}

type sioMessage struct {
	ID      string   `json:"_id"`
	At      string   `json:"datetime"`
	Details string   `json:"details"`
	State   jsonText `json:"state"`
	Status  jsonText `json:"status"`
}

type sioAffected struct {
	ID   string `json:"_id"`
	Name string `json:"name"`
}

// Parse reads the status API's answer, or finds its address in a web page. It returns an error that wraps ErrShape
// for anything else, and for an answer that lacks one of its lists.
func (statusio) Parse(s Source, p Page) (Result, error) {
	body := feedBody(p)
	if looksLikeHTML(body) {
		if id := statusioPageID(body); id != "" {
			return Result{Document: statusioHome, Part: true, Follow: []Request{statusioRequest(id)}}, nil
		}
	}
	var doc struct {
		Result *struct {
			Overall *struct {
				Status string   `json:"status"`
				Code   jsonText `json:"status_code"`
			} `json:"status_overall"`
			Parts       []sioPart         `json:"status"`
			Incidents   []json.RawMessage `json:"incidents"`
			Maintenance *struct {
				Active   []json.RawMessage `json:"active"`
				Upcoming []json.RawMessage `json:"upcoming"`
			} `json:"maintenance"`
		} `json:"result"`
	}
	if err := readJSON(p, &doc, wantStatusio); err != nil {
		return Result{}, err
	}
	r := doc.Result
	if r == nil || r.Overall == nil || r.Overall.Code == "" || r.Parts == nil || r.Incidents == nil ||
		r.Maintenance == nil || r.Maintenance.Active == nil || r.Maintenance.Upcoming == nil {
		return Result{}, notWanted(p, wantStatusio)
	}
	res := Result{
		Document:  statusioStatus,
		Indicator: sioName(statusioStatuses, r.Overall.Code, ""),
		Headline:  r.Overall.Status,
		Coverage:  Coverage{Open: true, Components: true},
	}
	if u, err := url.Parse(s.URL); err == nil && !statusioAPIPath.MatchString(u.Path) {
		res.PageURL = homeOfStatuspage(s.URL)
	}
	for i, part := range r.Parts {
		if part.ID == "" || part.Name == "" {
			return Result{}, shapeErrorf("the status of a Status.io page whose component %d lacks its id or its name", i+1)
		}
		res.Components = append(res.Components, part.components()...)
	}
	link := statusioLink{home: res.PageURL, page: statusioID(p.URL)}
	for _, list := range []struct {
		kind    normalize.Kind
		state   string // where the list itself tells it
		entries []json.RawMessage
	}{
		{normalize.KindIncident, "", r.Incidents},
		{normalize.KindMaintenance, "Active", r.Maintenance.Active},
		{normalize.KindMaintenance, "Pending", r.Maintenance.Upcoming},
	} {
		for i, text := range list.entries {
			var e sioEvent
			if err := json.Unmarshal(text, &e); err != nil {
				return Result{}, shapeErrorf("the status of a Status.io page whose %s %d cannot be read: %v", list.kind, i+1, err)
			}
			if e.ID == "" || e.Name == "" {
				return Result{}, shapeErrorf("the status of a Status.io page whose %s %d lacks its id or its name", list.kind, i+1)
			}
			res.Incidents = append(res.Incidents, e.raw(list.kind, list.state, link))
		}
	}
	return res, nil
}

// components returns a component, and the places it runs in where there are several, each with its own status.
// Places are shared between components, so that their ids are told apart as Status.io's own API does.
func (c sioPart) components() []normalize.RawComponent {
	out := []normalize.RawComponent{{ID: c.ID, Name: c.Name, Status: sioName(statusioStatuses, c.Code, c.Status)}}
	if len(c.Containers) < 2 {
		return out
	}
	for _, place := range c.Containers {
		out = append(out, normalize.RawComponent{
			ID: c.ID + "-" + place.ID, Name: place.Name, Group: c.Name, Status: sioName(statusioStatuses, place.Code, place.Status),
		})
	}
	return out
}

// statusioLink makes the addresses of incidents, which the API does not give.
type statusioLink struct{ home, page string }

func (l statusioLink) to(kind normalize.Kind, id string) string {
	if l.home == "" || l.page == "" {
		return ""
	}
	return l.home + "/pages/" + string(kind) + "/" + l.page + "/" + id
}

var statusioDone = regexp.MustCompile(`(?i)^\s*(?:the )?scheduled maintenance (?:is|has been|was) (?:now )?completed?\s*[.!]?\s*$`)

// raw reads an incident or a maintenance. Its components are those affected and, beside them, the places, so that
// either may be filtered by. Which of them belong together is not said.
func (e sioEvent) raw(kind normalize.Kind, state string, link statusioLink) normalize.Raw {
	raw := normalize.Raw{
		Document: statusioStatus, ID: e.ID, URL: link.to(kind, e.ID), Kind: string(kind), Title: e.Name, State: state,
	}
	states := statusioStates
	if kind == normalize.KindMaintenance {
		states = statusioMaintenances
		raw.Created, raw.ScheduledStart, raw.ScheduledEnd = rawTime(e.Open, ""), rawTime(e.Start, ""), rawTime(e.End, "")
	} else {
		raw.Started = rawTime(e.Open, "")
	}
	for _, c := range e.Components {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: c.ID, Name: c.Name})
	}
	for _, c := range e.Containers {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: c.ID, Name: c.Name, Group: "Containers"})
	}
	worst := jsonText("")
	for _, m := range e.Messages {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: m.ID, State: sioName(states, m.State, ""), Posted: rawTime(m.At, ""), Body: m.Details, Format: formatOf(m.Details),
		})
		// The last message often has the components back to normal, which does not make less of what was.
		// Codes of one length compare like numbers.
		if len(m.Status) > len(worst) || len(m.Status) == len(worst) && m.Status > worst {
			worst = m.Status
		}
	}
	raw.Impact = sioName(statusioStatuses, worst, "")
	oldestFirst(raw.Updates)
	if n := len(raw.Updates); n > 0 && kind == normalize.KindMaintenance && statusioDone.MatchString(raw.Updates[n-1].Body) {
		// The code and the list can stay behind; Status.io itself writes this message at the end.
		raw.State, raw.Updates[n-1].State = "Closed", "Closed"
	}
	return raw
}
