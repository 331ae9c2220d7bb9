package scraper

import (
	"net/url"
	"regexp"
	"slices"

	"vendorwatch/normalize"
)

func init() { Register("heroku", heroku{}) }

// heroku reads Heroku Status, API version 4:
//
//   - /api/v4/current-status, the systems, what is open, and the maintenances announced;
//   - /api/v4/incidents, a list of past incidents, asked for where one that was open is gone from the other.
//
// The depth of history is that of the second document. Known from documents: the client of Heroku's own
// command line (github.com/heroku/cli) and other readers' notes of what was served in 2026. No severity is told.
type heroku struct{}

const wantHeroku = "Heroku's current-status (with status, incidents and scheduled) or its list of incidents"

// The kinds of Heroku's documents.
const (
	herokuCurrent = "current"
	herokuHistory = "history"
)

// Start asks for what is open now; for a backfill for the list of past incidents.
func (heroku) Start(s Source) []Request {
	home := HomeOf(heroku{}, s.URL)
	if s.Mode == Backfill {
		return []Request{{URL: home + "/api/v4/incidents"}}
	}
	return []Request{{URL: home + "/api/v4/current-status"}}
}

// Home returns scheme and host: one host serves one status page.
func (heroku) Home(page *url.URL) string { return siteOf(page) }

// Words: the systems' lights; "issue" is all that is said of an incident that is not over. The last one is made of
// the word of a maintenance and of what its newest update says: the word stays "upcoming" for months after.
func (heroku) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"issue":                         normalize.StateInvestigating,
			"upcoming_" + herokuDoneMeaning: normalize.StateCompleted,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"green": normalize.StatusOperational, "yellow": normalize.StatusDegraded, "red": normalize.StatusMajor,
			"blue": normalize.StatusMaintenance,
		},
	}
}

const herokuDoneMeaning = "maintenance_is_complete"

// Describe says what is read of Heroku Status.
func (heroku) Describe() Description {
	return Description{
		Name:      "Heroku Status",
		Documents: []string{"api/v4/current-status", "api/v4/incidents"},
		History:   "what api/v4/incidents lists",
		Fields:    []string{"url", "state", "started_at", "resolved_at", "updates", "affected", "components"},
		Source:    FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (heroku) Marks() []string { return []string{`"scheduled"`, `"full_url"`} }

type herokuStatus struct {
	Systems   *[]herokuSystem   `json:"status"`
	Incidents *[]herokuIncident `json:"incidents"`
	Scheduled *[]herokuIncident `json:"scheduled"`
}

type herokuSystem struct {
	System string `json:"system"`
	Status string `json:"status"` // green, yellow, red, blue
}

type herokuIncident struct {
	ID       jsonText `json:"id"`
	Title    string   `json:"title"`
	State    string   `json:"state"` // resolved, issue; upcoming of a maintenance. The flag "resolved" is not to be trusted.
	Created  string   `json:"created_at"`
	Updated  string   `json:"updated_at"`
	Resolved string   `json:"resolved_at"`
	URL      string   `json:"full_url"`
	Systems  []struct {
		Name   string `json:"name"`
		Status string `json:"status"`
	} `json:"systems"`
	Updates *[]herokuUpdate `json:"updates"` // newest first
}

type herokuUpdate struct {
	ID       jsonText `json:"id"`
	Type     string   `json:"update_type"`
	Created  string   `json:"created_at"`
	Contents string   `json:"contents"`
}

// Parse reads the current status or the list of incidents. It returns an error that wraps ErrShape where one of
// the three lists is missing, where no system is listed, and for an empty list of past incidents, which is not to be
// believed.
func (heroku) Parse(s Source, p Page) (Result, error) {
	res := Result{Document: herokuCurrent, PageName: "Heroku", PageURL: homeOfStatuspage(p.URL)}
	var past []herokuIncident
	var now herokuStatus
	if err := readJSON(p, &now, wantHeroku); err != nil {
		if readJSON(p, &past, wantHeroku) != nil || len(past) == 0 {
			return Result{}, err
		}
		res.Document = herokuHistory
	} else {
		if now.Systems == nil || len(*now.Systems) == 0 || now.Incidents == nil || now.Scheduled == nil {
			return Result{}, notWanted(p, wantHeroku)
		}
		past = *now.Incidents
		for _, sys := range *now.Systems {
			if sys.System == "" || sys.Status == "" {
				return Result{}, notWanted(p, wantHeroku)
			}
			res.Components = append(res.Components, normalize.RawComponent{Name: sys.System, Status: sys.Status})
		}
		res.Coverage = Coverage{Open: true, Components: true}
		for _, in := range *now.Scheduled {
			if !in.whole() {
				return Result{}, notWanted(p, wantHeroku)
			}
			res.Incidents = append(res.Incidents, in.raw(res.Document, normalize.KindMaintenance))
		}
	}
	for _, in := range past {
		if !in.whole() {
			return Result{}, notWanted(p, wantHeroku)
		}
		kind := normalize.KindIncident
		if in.planned() {
			kind = normalize.KindMaintenance
		}
		res.Incidents = append(res.Incidents, in.raw(res.Document, kind))
	}
	if res.Document == herokuCurrent && s.Mode == Poll && res.PageURL != "" && s.MissesOpen(res.Incidents) {
		// What is no longer current has its end in the list of past incidents only.
		res.Follow = []Request{{URL: res.PageURL + "/api/v4/incidents", Optional: true}}
	}
	return res, nil
}

// whole reports whether an incident has what every one has.
func (in herokuIncident) whole() bool {
	return in.ID != "" && in.State != "" && in.Created != "" && in.Updates != nil && incidentID(in.URL) != ""
}

// planned reports whether an entry of a list of both is a maintenance.
func (in herokuIncident) planned() bool {
	return in.State == "upcoming" || slices.ContainsFunc(*in.Updates, func(u herokuUpdate) bool { return u.Type == "scheduled" })
}

var herokuDone = regexp.MustCompile(`(?i)\bmaintenance (?:is|has been|was) (?:now )?complete`)

// raw reads one incident or maintenance, whose window stands in its text only.
func (in herokuIncident) raw(document string, kind normalize.Kind) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		ID:       string(in.ID),
		URL:      in.URL,
		Kind:     string(kind),
		Title:    in.Title,
		State:    in.State,
		Started:  rawTime(in.Created, ""),
		Resolved: rawTime(in.Resolved, ""),
		Created:  rawTime(in.Created, ""),
		Updated:  rawTime(in.Updated, ""),
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
			ID: string(u.ID), State: u.Type, Posted: rawTime(u.Created, ""), Body: u.Contents, Format: normalize.FormatMarkdown,
		})
	}
	oldestFirst(raw.Updates)
	for _, u := range raw.Updates {
		// "issue" is said of all that is not over; the updates tell how far it is.
		if in.State == "issue" && (u.State == "investigating" || u.State == "identified" || u.State == "monitoring") {
			raw.State = u.State
		}
	}
	if n := len(raw.Updates); n > 0 && in.State == "upcoming" && herokuDone.MatchString(raw.Updates[n-1].Body) {
		raw.State += " (maintenance is complete)"
	}
	return raw
}
