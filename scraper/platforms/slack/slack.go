// Package slack reads Slack's own status API, version 2.0.0, documented at
// https://docs.slack.dev/reference/slack-status-api :
//
//   - /api/v2.0.0/current, an object with every active incident and maintenance (known from bytes);
//   - /api/v2.0.0/history, a list of past incidents (known from documentation).
//
// The depth of history is that of the second document, which serves it whole.
package slack

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const want = "Slack's current status (with active_incidents) or its history"

// The kinds of Slack's documents, for normalize.Raw.
const (
	docCurrent = "current"
	history    = "history"
)

// Start requests what is active now; for a backfill, the history.
func (Platform) Start(s scraper.Source) []scraper.Request {
	home := scraper.HomeOf(Platform{}, s.URL)
	if s.Mode == scraper.Backfill {
		return []scraper.Request{{URL: home + "/api/v2.0.0/history"}}
	}
	return []scraper.Request{{URL: home + "/api/v2.0.0/current"}}
}

// Home returns scheme and host: one host serves one status page.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words are those that no other platform uses: "active" says no more than that it is not over. Type stands
// for the severity, the API telling none.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"active":             normalize.StateInvestigating,
			"active_maintenance": normalize.StateInProgress,
		},
		Severities: map[string]normalize.Severity{
			"incident": normalize.SeverityMinor, "outage": normalize.SeverityMajor, "notice": normalize.SeverityNone,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Slack Status",
		Documents: []string{"api/v2.0.0/current", "api/v2.0.0/history"},
		History:   "what api/v2.0.0/history lists",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "updates", "affected"},
		Source:    scraper.FromBoth,
	}
}

type status struct {
	Status  string      `json:"status"` // ok or active
	Created string      `json:"date_created"`
	Updated string      `json:"date_updated"`
	Active  *[]incident `json:"active_incidents"`
}

type incident struct {
	ID       page.Scalar `json:"id"`
	Created  string      `json:"date_created"`
	Updated  string      `json:"date_updated"`
	Title    string      `json:"title"`
	Type     string      `json:"type"`   // incident, notice, outage, maintenance
	Status   string      `json:"status"` // active, resolved, scheduled, completed, cancelled
	URL      string      `json:"url"`
	Services []string    `json:"services"`
	Notes    []note      `json:"notes"` // newest first in the current status, oldest first in the history
}

type note struct {
	Created string `json:"date_created"`
	Body    string `json:"body"`
}

// Parse reads the current status or the history. It returns an error that wraps ErrShape for anything
// else: version 1 of the API, which has no active_incidents, and an empty history, which
// is not credible.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	res := scraper.Result{Document: docCurrent}
	if p.URL != "" {
		res.PageURL = scraper.HomeOf(Platform{}, p.URL)
	}
	var incidents []incident
	var current status
	if err := page.DecodeJSON(p, &current, want); err == nil {
		if current.Active == nil || current.Status == "" || current.Created == "" {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		if current.Status != "ok" && len(*current.Active) == 0 {
			return scraper.Result{}, page.Errorf(
				"a status of Slack's that is %q and lists no incident",
				page.Clip(current.Status, 40),
			)
		}
		res.Indicator, res.Coverage.Open = current.Status, true
		incidents = *current.Active
	} else {
		if page.DecodeJSON(p, &incidents, want) != nil || len(incidents) == 0 {
			return scraper.Result{}, err
		}
		res.Document = history
	}
	for _, in := range incidents {
		if in.ID == "" || in.Type == "" || in.Created == "" || in.Status == "" {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		res.Incidents = append(res.Incidents, in.raw(res.Document))
		if since := in.Created; res.Document == history &&
			(res.Coverage.Since == "" || page.Before(since, res.Coverage.Since)) {
			res.Coverage.Since = since
		}
	}
	if res.Document == docCurrent && s.Mode == scraper.Poll && res.PageURL != "" && s.MissesOpen(res.Incidents) {
		// What is no longer active has its end in the history only.
		res.Follow = []scraper.Request{{URL: res.PageURL + "/api/v2.0.0/history", Optional: true}}
	}
	return res, nil
}

// raw reads one incident. A note is known by its time: it has no id, and no state of its own but the
// last of an incident that is over.
func (in incident) raw(document string) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		ID:       string(in.ID),
		URL:      in.URL,
		Title:    in.Title,
		State:    in.Status,
		Impact:   in.Type,
		Started:  normalize.RawTime{Text: in.Created},
		Created:  normalize.RawTime{Text: in.Created},
		Updated:  normalize.RawTime{Text: in.Updated},
	}
	if strings.EqualFold(in.Type, "maintenance") {
		raw.Kind = string(normalize.KindMaintenance)
		if in.Status == "active" {
			raw.State += " (" + in.Type + ")" // the word means another thing of a maintenance
		}
	} else if in.Status != "scheduled" && in.Status != "completed" {
		raw.Kind = string(normalize.KindIncident) // a notice, too, tells of something that does not work
	}
	for _, name := range in.Services {
		raw.Components = append(raw.Components, normalize.RawComponent{Name: name})
	}
	for _, n := range in.Notes {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: n.Created, Posted: normalize.RawTime{Text: n.Created}, Body: n.Body, Format: normalize.FormatMarkdown,
		})
	}
	if document == docCurrent {
		slices.Reverse(raw.Updates) // which tells the order of notes of one time
	}
	page.OldestFirst(raw.Updates)
	used := map[string]int{}
	for n := range raw.Updates {
		u := &raw.Updates[n]
		if used[u.ID]++; used[u.ID] > 1 {
			u.ID += "#" + strconv.Itoa(used[u.ID])
		}
	}
	if n := len(raw.Updates); n > 0 && slices.Contains([]string{"resolved", "completed", "cancelled"}, in.Status) {
		raw.Updates[n-1].State = in.Status
	}
	return raw
}
