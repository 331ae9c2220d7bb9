// Package gatus reads the pages of Gatus:
//
//	api/v1/endpoints/statuses   the endpoints, with the results of their last checks
//	api/v1/config               announcements, in Gatus 5.2 and later
//
// It is known from the program's source, version 5. An endpoint that fails its checks is a component's status, and
// not an incident. Announcements are the only incidents of Gatus. They are shown for as long as they are configured,
// and there is no older history.
package gatus

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

// The kinds of Gatus's documents, for normalize.Raw.
const (
	endpoints = "endpoints"
	docConfig = "announcements"
)

// Start requests the endpoints and the announcements.
func (Platform) Start(s scraper.Source) []scraper.Request {
	return []scraper.Request{
		{URL: s.URL + "/api/v1/endpoints/statuses"},
		{URL: s.URL + "/api/v1/config", Optional: true},
	}
}

var below = lazyregexp.New(`/(?:api/v1/.*|(?:endpoints|suites)/.*)?$`)

// Home returns the address without Gatus's own paths.
func (Platform) Home(u *url.URL) string {
	if u.Host == "" {
		return u.String()
	}
	return page.Site(u) + below.ReplaceAllString(u.EscapedPath(), "")
}

// Words are the types of an announcement, and the words for the results of checks; see status.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"outage": normalize.StateInvestigating, "warning": normalize.StateInvestigating,
			"operational": normalize.StateResolved, "archived": normalize.StateResolved,
		},
		Severities: map[string]normalize.Severity{
			"outage":  normalize.SeverityMajor,
			"warning": normalize.SeverityMinor,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"healthy": normalize.StatusOperational, "unhealthy": normalize.StatusMajor,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Gatus",
		Documents: []string{"api/v1/endpoints/statuses", "api/v1/config (announcements)"},
		History:   "none: only what is configured now",
		Fields:    []string{"state", "severity", "started_at", "resolved_at", "updates", "components"},
		Source:    scraper.FromDocuments,
	}
}

func unexpected(p page.Page) error {
	return page.Unexpected(p, "Gatus's list of endpoints with their results, or its configuration")
}

// Parse reads one document. It returns an error that wraps ErrShape for a page that is not one of Gatus's, and for a
// list without an endpoint.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if len(body) > 0 && body[0] == '[' {
		return readEndpoints(p, body)
	}
	var config struct {
		OIDC          *bool          `json:"oidc"`
		Authenticated *bool          `json:"authenticated"`
		Announcements []announcement `json:"announcements"`
	}
	if !page.IsJSON(body) || json.Unmarshal(body, &config) != nil || config.OIDC == nil ||
		config.Authenticated == nil {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{Document: docConfig, Coverage: scraper.Coverage{Open: config.Announcements != nil}}
	of := map[string]int{}
	for n, a := range config.Announcements {
		if a.Type == "" || a.Message == "" || a.Timestamp == "" {
			return scraper.Result{}, page.Errorf(
				"a configuration of Gatus with an announcement that lacks its type, message or timestamp",
			)
		}
		if slices.Contains(config.Announcements[:n], a) {
			continue
		}
		raw := a.raw()
		if of[a.Timestamp]++; of[a.Timestamp] > 1 {
			raw.ID += "#" + strconv.Itoa(of[a.Timestamp])
		}
		res.Incidents = append(res.Incidents, raw)
	}
	return res, nil
}

type announcement struct {
	Timestamp string `json:"timestamp"`
	Type      string `json:"type"`
	Message   string `json:"message"`
	Archived  bool   `json:"archived"`
}

// raw reads an announcement. It has neither title nor id. The title is the beginning of its message, which may be
// edited; the key is its time, which does not change.
func (a announcement) raw() normalize.Raw {
	first, _, _ := strings.Cut(strings.TrimSpace(a.Message), "\n")
	raw := normalize.Raw{
		Document: docConfig, ID: a.Timestamp, Kind: string(normalize.KindNotice),
		Title:  page.Clip(page.OneLine(first), 120),
		Impact: a.Type, Started: normalize.RawTime{Text: a.Timestamp},
	}
	switch a.Type {
	case "outage", "warning":
		raw.Kind, raw.State = string(normalize.KindIncident), a.Type
	case "operational":
		raw.State = a.Type
	}
	state := raw.State
	if state == "" {
		state = "update"
	}
	if a.Archived {
		raw.State = "archived" // the time of archiving is not given
	}
	raw.Updates = []normalize.RawUpdate{
		{State: state, Posted: raw.Started, Body: a.Message, Format: normalize.FormatMarkdown},
	}
	return raw
}

type endpoint struct {
	Name    string            `json:"name"`
	Group   string            `json:"group"`
	Key     string            `json:"key"`
	Results []json.RawMessage `json:"results"`
}

func readEndpoints(p page.Page, body []byte) (scraper.Result, error) {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) != nil || len(list) == 0 {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{Document: endpoints, Coverage: scraper.Coverage{Components: true}}
	for n, text := range list {
		var e endpoint
		var keys map[string]json.RawMessage
		if json.Unmarshal(text, &e) != nil || json.Unmarshal(text, &keys) != nil || keys["results"] == nil ||
			!e.owns() {
			return scraper.Result{}, unexpected(p)
		}
		status, ok := e.status()
		if !ok {
			return scraper.Result{}, page.Errorf(
				"a list of endpoints whose entry %d has a result that is none of Gatus's (it lacks duration, "+
					"success or timestamp)",
				n+1,
			)
		}
		res.Components = append(
			res.Components,
			normalize.RawComponent{ID: e.Key, Name: e.Name, Group: e.Group, Status: status},
		)
	}
	return res, nil
}

var folded = lazyregexp.New(`[^\pL\pN]`)

// owns reports whether the key is made from group and name as Gatus does it: in lower case, other characters as
// hyphens, joined by an underscore. Names of endpoints on another server may have a prefix that the key lacks.
func (e endpoint) owns() bool {
	group, name, found := strings.Cut(e.Key, "_")
	fold := func(s string) string { return folded.ReplaceAllString(strings.ToLower(s), "-") }
	return found && name != "" && fold(group) == fold(e.Group) && strings.HasSuffix(fold(e.Name), fold(name))
}

// status returns a word for the newest result, "" for an endpoint that has not been checked yet. Results are listed
// oldest first.
func (e endpoint) status() (word string, ok bool) {
	for _, text := range e.Results {
		var r struct {
			Duration  *json.Number `json:"duration"`
			Success   *bool        `json:"success"`
			Timestamp string       `json:"timestamp"`
		}
		if json.Unmarshal(text, &r) != nil || r.Duration == nil || r.Success == nil || r.Timestamp == "" {
			return "", false
		}
		word = "unhealthy"
		if *r.Success {
			word = "healthy"
		}
	}
	return word, true
}
