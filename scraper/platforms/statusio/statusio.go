// Package statusio reads the status pages of Status.io by the JSON of its public API, known from documents only:
// https://kb.status.io/developers/public-status-api/ , https://kb.status.io/developers/status-codes/ and open-source
// readers of it.
//
//	https://api.status.io/1.0/status/<page id>   components, open incidents, maintenance active and planned
//	any web page of a status page                read for the page id alone, which its address does not tell
//
// What has ended is not listed, so that there is no history.
package statusio

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

// The kinds of Status.io's documents, for normalize.Raw.
const (
	status = "status"
	home   = "home"
)

const want = "the status API of Status.io (result.status_overall, status, incidents, maintenance.active and " +
	"maintenance.upcoming), " +
	"or a page of Status.io that names its page id,"

var (
	// apiPath is the path of the API, on whichever of its hosts.
	apiPath = lazyregexp.New(`^/1\.0/status/([0-9a-fA-F]{24})/?$`)
	// path is the path of a web page below /pages: the page id follows, after the kind of page.
	path = lazyregexp.New(`^/pages/(?:[a-z_]+/)?([0-9a-fA-F]{24})(?:/|$)`)
	// own is what only a page of Status.io has: other sites may have pages with such ids too.
	own = lazyregexp.New(
		`/pages/(?:history|incident|maintenance)/[0-9a-f]{24}\b|/pages/[0-9a-f]{24}/rss\b|` +
			`/1\.0/status/[0-9a-f]{24}\b|(?i:\bstatuspage(?:_?id)?)["']?\s*[:=]\s*["'][0-9a-f]{24}["']`,
	)
	// named finds a page id in a web page: in links to its own pages, and in its scripts.
	named = lazyregexp.New(
		`(?:/pages/(?:[a-z_]+/)?|/1\.0/status/)([0-9a-f]{24})\b|` +
			`(?i:\bstatuspage(?:_?id)?)["']?\s*[:=]\s*["']([0-9a-f]{24})["']`,
	)
)

// Start requests the status where the source's address tells the page id, as https://status.acme.example/pages/<page
// id> does; else for the home page, which leads to it.
func (Platform) Start(s scraper.Source) []scraper.Request {
	if id := id(s.URL); id != "" {
		return []scraper.Request{request(id)}
	}
	return []scraper.Request{{URL: s.URL}}
}

// request asks for a page's status. The API answers under two names.
func request(id string) scraper.Request {
	return scraper.Request{
		URL:      "https://api.status.io/1.0/status/" + id,
		Fallback: []scraper.Request{{URL: "https://status-api.hostedstatus.com/1.0/status/" + id}},
	}
}

// id returns the page id that an address tells, "" if it tells none.
func id(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	for _, path := range []*lazyregexp.Regexp{apiPath, path} {
		if m := path.FindStringSubmatch(u.Path); m != nil {
			return strings.ToLower(m[1])
		}
	}
	return ""
}

// Home returns scheme and host of a status page. Of the API, and of pages that share the host of Status.io, it
// returns the page that people open there, since the host alone would not tell which page is meant.
func (Platform) Home(u *url.URL) string {
	id := id(u.String())
	if id != "" && (apiPath.MatchString(u.Path) || strings.EqualFold(u.Hostname(), "status.io")) {
		return "https://status.io/pages/" + id
	}
	return page.Site(u)
}

// Words are those of Status.io's code tables.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"pending": normalize.StateScheduled,
			"active":  normalize.StateInProgress,
			"closed":  normalize.StateCompleted,
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

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Status.io",
		Documents: []string{"1.0/status/<page id>", "home page (for the page id)"},
		History:   "none: ended incidents are not listed",
		Fields: []string{
			"url", "state", "severity", "started_at", "scheduled_start_at", "scheduled_end_at", "updates",
			"affected", "components",
		},
		Source:  scraper.FromDocuments,
		Address: "the status page's, or https://status.acme.example/pages/<page id>, which saves a request",
	}
}

// Detect reports whether the page is the status API's answer, or a web page that names its Status.io page id.
func (Platform) Detect(p page.Page) bool {
	body := page.Body(p)
	switch {
	case page.IsJSON(body):
		if !bytes.Contains(body, []byte(`"status_overall"`)) {
			return false // cheaper than parsing the page
		}
		_, err := Platform{}.Parse(scraper.Source{}, p)
		return err == nil
	case page.IsHTML(body):
		return own.Match(body) && pageID(body) != ""
	}
	return false
}

// pageID returns the page id that a whole web page names, if it names one only.
func pageID(body []byte) string {
	if page.BreaksOff(body) {
		return ""
	}
	id := ""
	for _, m := range named.FindAllSubmatch(body, -1) {
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
	statuses = map[page.Scalar]string{
		"100": "Operational",
		"200": "Planned Maintenance",
		"300": "Degraded Performance",
		"400": "Partial Service Disruption",
		"500": "Service Disruption",
		"600": "Security Event",
	}
	states = map[page.Scalar]string{
		"100": "Investigating",
		"200": "Identified",
		"300": "Monitoring",
		"400": "Resolved",
	}
	maintenances = map[page.Scalar]string{"100": "Pending", "200": "Active", "300": "Closed"}
)

// nameOf returns the name of a code; of one that is none of them the code as it is, so that it is asked about.
func nameOf(names map[page.Scalar]string, code page.Scalar, otherwise string) string {
	switch name := names[code]; {
	case name != "":
		return name
	case code != "":
		return string(code)
	}
	return otherwise
}

type part struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Status     string      `json:"status"`
	Code       page.Scalar `json:"status_code"`
	Containers []struct {
		ID     string      `json:"id"`
		Name   string      `json:"name"`
		Status string      `json:"status"`
		Code   page.Scalar `json:"status_code"`
	} `json:"containers"`
}

type event struct {
	ID         string     `json:"_id"`
	Name       string     `json:"name"`
	Open       string     `json:"datetime_open"`
	Start      string     `json:"datetime_planned_start"`
	End        string     `json:"datetime_planned_end"`
	Messages   []message  `json:"messages"`
	Components []affected `json:"components_affected"`
	Containers []affected `json:"containers_affected"`
}

type message struct {
	ID      string      `json:"_id"`
	At      string      `json:"datetime"`
	Details string      `json:"details"`
	State   page.Scalar `json:"state"`
	Status  page.Scalar `json:"status"`
}

type affected struct {
	ID   string `json:"_id"`
	Name string `json:"name"`
}

// Parse reads the status API's answer, or finds its address in a web page. It returns an error that wraps ErrShape
// for anything else, and for an answer that lacks one of its lists.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if page.IsHTML(body) {
		if id := pageID(body); id != "" {
			return scraper.Result{Document: home, Part: true, Follow: []scraper.Request{request(id)}}, nil
		}
	}
	var doc struct {
		Result *struct {
			Overall *struct {
				Status string      `json:"status"`
				Code   page.Scalar `json:"status_code"`
			} `json:"status_overall"`
			Parts       []part            `json:"status"`
			Incidents   []json.RawMessage `json:"incidents"`
			Maintenance *struct {
				Active   []json.RawMessage `json:"active"`
				Upcoming []json.RawMessage `json:"upcoming"`
			} `json:"maintenance"`
		} `json:"result"`
	}
	if err := page.DecodeJSON(p, &doc, want); err != nil {
		return scraper.Result{}, err
	}
	r := doc.Result
	if r == nil || r.Overall == nil || r.Overall.Code == "" || r.Parts == nil || r.Incidents == nil ||
		r.Maintenance == nil || r.Maintenance.Active == nil || r.Maintenance.Upcoming == nil {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{
		Document:  status,
		Indicator: nameOf(statuses, r.Overall.Code, ""),
		Headline:  r.Overall.Status,
		Coverage:  scraper.Coverage{Open: true, Components: true},
	}
	if u, err := url.Parse(s.URL); err == nil && !apiPath.MatchString(u.Path) {
		res.PageURL = page.SiteOf(s.URL)
	}
	for i, part := range r.Parts {
		if part.ID == "" || part.Name == "" {
			return scraper.Result{}, page.Errorf(
				"the status of a Status.io page whose component %d lacks its id or its name",
				i+1,
			)
		}
		res.Components = append(res.Components, part.components()...)
	}
	link := link{home: res.PageURL, page: id(p.URL)}
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
			var e event
			if err := json.Unmarshal(text, &e); err != nil {
				return scraper.Result{}, page.Errorf(
					"the status of a Status.io page whose %s %d cannot be read: %v",
					list.kind,
					i+1,
					err,
				)
			}
			if e.ID == "" || e.Name == "" {
				return scraper.Result{}, page.Errorf(
					"the status of a Status.io page whose %s %d lacks its id or its name",
					list.kind,
					i+1,
				)
			}
			res.Incidents = append(res.Incidents, e.raw(list.kind, list.state, link))
		}
	}
	return res, nil
}

// components returns a component, and the places it runs in where there are several, each with its own status.
// Places are shared between components, so that their ids are told apart as Status.io's own API does.
func (c part) components() []normalize.RawComponent {
	out := []normalize.RawComponent{{ID: c.ID, Name: c.Name, Status: nameOf(statuses, c.Code, c.Status)}}
	if len(c.Containers) < 2 {
		return out
	}
	for _, place := range c.Containers {
		out = append(out, normalize.RawComponent{
			ID: c.ID + "-" + place.ID, Name: place.Name, Group: c.Name, Status: nameOf(statuses, place.Code,
				place.Status),
		})
	}
	return out
}

// link makes the addresses of incidents, which the API does not give.
type link struct{ home, page string }

func (l link) to(kind normalize.Kind, id string) string {
	if l.home == "" || l.page == "" {
		return ""
	}
	return l.home + "/pages/" + string(kind) + "/" + l.page + "/" + id
}

var done = lazyregexp.New(
	`(?i)^\s*(?:(?:the|this|our) )?(?:scheduled |planned )?maintenance (?:(?:is|was|has been|has now been|has) )?` +
		`(?:now )?(?:successfully )?completed?(?: successfully)?\s*[.!]?\s*$`,
)

// raw reads an incident or a maintenance. Its components are those affected and, beside them, the places, so that
// either may be filtered by. Which of them belong together is not said.
func (e event) raw(kind normalize.Kind, state string, link link) normalize.Raw {
	raw := normalize.Raw{
		Document: status, ID: e.ID, URL: link.to(kind, e.ID), Kind: string(kind), Title: e.Name, State: state,
	}
	states := states
	if kind == normalize.KindMaintenance {
		states = maintenances
		raw.Created, raw.ScheduledStart, raw.ScheduledEnd = page.Time(
			e.Open,
			"",
		), page.Time(
			e.Start,
			"",
		), page.Time(
			e.End,
			"",
		)
	} else {
		raw.Started = page.Time(e.Open, "")
	}
	for _, c := range e.Components {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: c.ID, Name: c.Name})
	}
	for _, c := range e.Containers {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: c.ID, Name: c.Name, Group: "Containers"})
	}
	worst := page.Scalar("")
	for _, m := range e.Messages {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: m.ID, State: nameOf(states, m.State, ""), Posted: page.Time(m.At, ""), Body: m.Details,
			Format: page.FormatOf(m.Details),
		})
		// The last message often has the components back to normal, which does not make less of what was.
		// Codes of one length compare like numbers.
		if len(m.Status) > len(worst) || len(m.Status) == len(worst) && m.Status > worst {
			worst = m.Status
		}
	}
	raw.Impact = nameOf(statuses, worst, "")
	page.OldestFirst(raw.Updates)
	if n := len(raw.Updates); n > 0 && kind == normalize.KindMaintenance &&
		done.MatchString(page.Visible(raw.Updates[n-1].Body)) {
		// The code and the list can stay behind; Status.io itself writes this message at the end.
		raw.State, raw.Updates[n-1].State = "Closed", "Closed"
	}
	return raw
}
