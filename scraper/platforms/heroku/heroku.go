// Package heroku reads Heroku Status, API version 4:
//
//   - /api/v4/current-status: the systems, open incidents, and announced maintenances;
//   - /api/v4/incidents: a list of past incidents, requested if an open one is gone from the first.
//
// The depth of history is that of the second document. Known from documents: the client of Heroku's own
// command line (github.com/heroku/cli) and other readers' notes of what was served in 2026. There is no severity.
package heroku

import (
	"net/url"
	"slices"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const want = "Heroku's current-status (with status, incidents and scheduled) or its list of incidents"

// The kinds of Heroku's documents, for normalize.Raw.
const (
	current = "current"
	history = "history"
)

// Start requests the current status; for a backfill, the list of past incidents.
func (Platform) Start(s scraper.Source) []scraper.Request {
	home := scraper.HomeOf(Platform{}, s.URL)
	if s.Mode == scraper.Backfill {
		return []scraper.Request{{URL: home + "/api/v4/incidents"}}
	}
	return []scraper.Request{{URL: home + "/api/v4/current-status"}}
}

// Home returns scheme and host: one host serves one status page.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words: the colours of the systems, and "issue" for every incident that is not over. The last one is a maintenance's
// state with its newest update, since the state stays "upcoming" for months afterwards.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"issue":                   normalize.StateInvestigating,
			"upcoming_" + doneMeaning: normalize.StateCompleted,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"green": normalize.StatusOperational, "yellow": normalize.StatusDegraded, "red": normalize.StatusMajor,
			"blue": normalize.StatusMaintenance,
		},
	}
}

const doneMeaning = "maintenance_is_complete"

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Heroku Status",
		Documents: []string{"api/v4/current-status", "api/v4/incidents"},
		History:   "what api/v4/incidents lists",
		Fields:    []string{"url", "state", "started_at", "resolved_at", "updates", "affected", "components"},
		Source:    scraper.FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{`"scheduled"`, `"full_url"`} }

type status struct {
	Systems   *[]system   `json:"status"`
	Incidents *[]incident `json:"incidents"`
	Scheduled *[]incident `json:"scheduled"`
}

type system struct {
	System string `json:"system"`
	Status string `json:"status"` // green, yellow, red, blue
}

type incident struct {
	ID       page.Scalar `json:"id"`
	Title    string      `json:"title"`
	State    string      `json:"state"` // resolved, issue or upcoming; the flag "resolved" cannot be trusted
	Created  string      `json:"created_at"`
	Updated  string      `json:"updated_at"`
	Resolved string      `json:"resolved_at"`
	URL      string      `json:"full_url"`
	Systems  []struct {
		Name   string `json:"name"`
		Status string `json:"status"`
	} `json:"systems"`
	Updates *[]update `json:"updates"` // newest first
}

type update struct {
	ID       page.Scalar `json:"id"`
	Type     string      `json:"update_type"`
	Created  string      `json:"created_at"`
	Contents string      `json:"contents"`
}

// Parse reads the current status or the list of incidents. It returns an error that wraps ErrShape if one of the
// three lists is missing or no system is listed, and for an empty list of past incidents, which is not credible.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	res := scraper.Result{Document: current, PageName: "Heroku", PageURL: page.SiteOf(p.URL)}
	var past []incident
	var now status
	if err := page.DecodeJSON(p, &now, want); err != nil {
		if page.DecodeJSON(p, &past, want) != nil || len(past) == 0 {
			return scraper.Result{}, err
		}
		res.Document = history
	} else {
		if now.Systems == nil || len(*now.Systems) == 0 || now.Incidents == nil || now.Scheduled == nil {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		past = *now.Incidents
		for _, sys := range *now.Systems {
			if sys.System == "" || sys.Status == "" {
				return scraper.Result{}, page.Unexpected(p, want)
			}
			res.Components = append(res.Components, normalize.RawComponent{Name: sys.System, Status: sys.Status})
		}
		res.Coverage = scraper.Coverage{Open: true, Components: true}
		for _, in := range *now.Scheduled {
			if !in.whole() {
				return scraper.Result{}, page.Unexpected(p, want)
			}
			res.Incidents = append(res.Incidents, in.raw(res.Document, normalize.KindMaintenance))
		}
	}
	for _, in := range past {
		if !in.whole() {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		kind := normalize.KindIncident
		if in.planned() {
			kind = normalize.KindMaintenance
		}
		res.Incidents = append(res.Incidents, in.raw(res.Document, kind))
	}
	if res.Document == current && s.Mode == scraper.Poll && res.PageURL != "" && s.MissesOpen(res.Incidents) {
		// The end of an incident that is no longer current is in the list of past incidents only.
		res.Follow = []scraper.Request{{URL: res.PageURL + "/api/v4/incidents", Optional: true}}
	}
	return res, nil
}

// whole reports whether an incident has what every one has.
func (in incident) whole() bool {
	return in.ID != "" && in.State != "" && in.Created != "" && in.Updates != nil && page.IncidentID(in.URL) != ""
}

// planned reports whether an entry of a list of both is a maintenance.
func (in incident) planned() bool {
	return in.State == "upcoming" ||
		slices.ContainsFunc(*in.Updates, func(u update) bool { return u.Type == "scheduled" })
}

var done = lazyregexp.New(`(?i)\bmaintenance (?:is|has been|was) (?:now )?complete`)

// raw reads one incident or maintenance. A maintenance's window is in its text only.
func (in incident) raw(document string, kind normalize.Kind) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		ID:       string(in.ID),
		URL:      in.URL,
		Kind:     string(kind),
		Title:    in.Title,
		State:    in.State,
		Started:  page.Time(in.Created, ""),
		Resolved: page.Time(in.Resolved, ""),
		Created:  page.Time(in.Created, ""),
		Updated:  page.Time(in.Updated, ""),
	}
	if kind == normalize.KindMaintenance {
		raw.Started = normalize.RawTime{}
	}
	for _, sys := range in.Systems {
		if sys.Name != "" {
			raw.Components = append(raw.Components, normalize.RawComponent{Name: sys.Name, Status: sys.Status})
		}
	}
	for _, u := range *in.Updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: string(
				u.ID,
			), State: u.Type, Posted: page.Time(u.Created, ""), Body: u.Contents, Format: normalize.FormatMarkdown,
		})
	}
	page.OldestFirst(raw.Updates)
	for _, u := range raw.Updates {
		// "issue" is the state of everything that is not over; the updates have the exact one.
		if in.State == "issue" && (u.State == "investigating" || u.State == "identified" || u.State == "monitoring") {
			raw.State = u.State
		}
	}
	if n := len(raw.Updates); n > 0 && in.State == "upcoming" && done.MatchString(raw.Updates[n-1].Body) {
		raw.State += " (maintenance is complete)"
	}
	return raw
}
