package scraper

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
)

func init() { Register("uptimecom", uptimecom{}) }

// uptimecom reads the status pages of Uptime.com, known from documents only: open-source readers with recorded
// answers, and the status page fields of https://uptime.com/api/v1/docs/ .
//
//	<page>/ajax      the page's flag, the components, what is open and the maintenance planned
//	<page>/history   what has ended, as far back as the page is set to show it
//	the page itself  holds the first of them in a script
//
// A page lies at https://status.acme.example/ or, several of them on one host, at …/statuspage/<name>.
type uptimecom struct{}

// The kinds of Uptime.com's documents, as in normalize.Raw.
const (
	uptimecomPage    = "page"
	uptimecomHistory = "history"
)

const wantUptimecom = "a status page of Uptime.com (global_is_operational, components, active_incidents), or its history (past_incidents),"

// uptimecomScript is where a web page hands its data to the script that shows it.
var uptimecomScript = regexp.MustCompile(`StatusPageDisplayController\s*,\s*\{`)

// uptimecomSlug is the path of one of several pages of a host.
var uptimecomSlug = regexp.MustCompile(`^(/statuspage/[^/]+)(?:/|$)`)

// Start asks for what the page is made of, else for the page itself; and for what has ended.
func (uptimecom) Start(s Source) []Request {
	home := HomeOf(uptimecom{}, s.URL)
	return []Request{
		{URL: home + "/ajax", Fallback: []Request{{URL: home}}},
		{URL: home + "/history", Optional: true},
	}
}

// Home returns scheme and host, with the page's name where a host serves several.
func (uptimecom) Home(page *url.URL) string {
	if m := uptimecomSlug.FindStringSubmatch(page.Path); m != nil {
		return siteOf(page) + m[1]
	}
	return siteOf(page)
}

// Words are Uptime.com's own. A maintenance is called so from its announcement to its end, so that the word says
// nothing of how it stands.
func (uptimecom) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{"maintenance": normalize.StateUpdate}}
}

// Describe says what is read of Uptime.com.
func (uptimecom) Describe() Description {
	return Description{
		Name:      "Uptime.com",
		Documents: []string{"ajax", "history", "home page"},
		History:   "what history lists, as far back as the page is set to show it",
		Fields:    []string{"state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected", "components"},
		Source:    FromDocuments,
		Address:   "the status page's, or https://status.acme.example/statuspage/<name>",
	}
}

// Marks returns texts of which every document of this platform has one.
func (uptimecom) Marks() []string { return []string{`global_is_operational`, `"past_incidents"`} }

// utcPage is what a status page is made of. What is missing or null stays nil, and never counts as empty.
type utcPage struct {
	Name       string            `json:"name"`
	Well       *bool             `json:"global_is_operational"`
	Components []utcPart         `json:"components"`
	Active     []json.RawMessage `json:"active_incidents"`
	Upcoming   []json.RawMessage `json:"upcoming_maintenance"`
	Past       []json.RawMessage `json:"past_incidents"` // of the history only
}

type utcPart struct {
	ID     jsonText  `json:"id"`
	Name   string    `json:"name"`
	Status string    `json:"status"`
	Parts  []utcPart `json:"subcomponents"`
}

type utcIncident struct {
	ID         jsonText    `json:"id"`
	Name       string      `json:"name"`
	Type       string      `json:"incident_type"` // INCIDENT, SCHEDULED_MAINTENANCE
	Start      string      `json:"starts_at"`
	End        string      `json:"ends_at"`
	State      string      `json:"latest_update_incident_state"`
	Components []utcPart   `json:"affected_components"`
	Updates    []utcUpdate `json:"updates"`
}

type utcUpdate struct {
	ID    jsonText `json:"id"`
	At    string   `json:"updated_at"`
	State string   `json:"incident_state"`
	Text  string   `json:"description"`
}

// Parse reads a status page or its history. It returns an error that wraps ErrShape for anything else.
func (uptimecom) Parse(s Source, p Page) (Result, error) {
	body := feedBody(p)
	if looksLikeHTML(body) {
		at := uptimecomScript.FindIndex(body)
		var props struct {
			Page *utcPage `json:"statuspage"`
		}
		// The script goes on behind the object, where the decoder stops.
		if at == nil || openEnded(body) || json.NewDecoder(bytes.NewReader(body[at[1]-1:])).Decode(&props) != nil || props.Page == nil {
			return Result{}, notWanted(p, wantUptimecom)
		}
		return readUptimecomPage(s, p, *props.Page)
	}
	var doc struct {
		Error json.RawMessage `json:"error"`
		Data  *utcPage        `json:"data"`
	}
	if err := readJSON(p, &doc, wantUptimecom); err != nil {
		return Result{}, err
	}
	switch {
	case doc.Data == nil || doc.Error != nil && string(doc.Error) != "null":
		return Result{}, notWanted(p, wantUptimecom)
	case doc.Data.Well == nil && doc.Data.Past != nil:
		return readUptimecomHistory(p, *doc.Data)
	}
	return readUptimecomPage(s, p, *doc.Data)
}

func readUptimecomPage(s Source, p Page, page utcPage) (Result, error) {
	if page.Well == nil || page.Components == nil || page.Active == nil {
		return Result{}, notWanted(p, wantUptimecom)
	}
	res := Result{
		Document: uptimecomPage, PageName: oneLine(page.Name), Indicator: "operational",
		Coverage: Coverage{Open: page.Upcoming != nil, Components: true},
	}
	if address := cmp.Or(s.URL, p.URL); homeOfStatuspage(address) != "" {
		res.PageURL = HomeOf(uptimecom{}, address)
	}
	if !*page.Well {
		res.Indicator = "not operational"
	}
	if !utcComponents(page.Components, "", &res.Components) {
		return Result{}, shapeErrorf("a status page of Uptime.com with a component that lacks its id or its name")
	}
	for _, list := range []struct {
		name    string
		entries []json.RawMessage
	}{{"active_incidents", page.Active}, {"upcoming_maintenance", page.Upcoming}} {
		if err := readUptimecomList(&res, list.name, list.entries, p.At); err != nil {
			return Result{}, err
		}
	}
	return res, nil
}

func readUptimecomHistory(p Page, page utcPage) (Result, error) {
	res := Result{Document: uptimecomHistory}
	if err := readUptimecomList(&res, "past_incidents", page.Past, p.At); err != nil {
		return Result{}, err
	}
	return res, readUptimecomList(&res, "active_incidents", page.Active, p.At)
}

// utcComponents lists components, those below a group in its name; ok is false if one lacks its id or its name.
func utcComponents(parts []utcPart, group string, out *[]normalize.RawComponent) (ok bool) {
	for _, part := range parts {
		if part.ID == "" || part.Name == "" {
			return false
		}
		if len(part.Parts) == 0 {
			*out = append(*out, normalize.RawComponent{ID: string(part.ID), Name: part.Name, Group: group, Status: part.Status})
			continue
		}
		path := part.Name
		if group != "" {
			path = group + " / " + part.Name
		}
		if !utcComponents(part.Parts, path, out) {
			return false
		}
	}
	return true
}

func readUptimecomList(res *Result, name string, entries []json.RawMessage, now time.Time) error {
	for i, text := range entries {
		var in utcIncident
		if err := json.Unmarshal(text, &in); err != nil {
			return shapeErrorf("a status page of Uptime.com whose %s %d cannot be read: %v", name, i+1, err)
		}
		if in.ID == "" || in.Name == "" {
			return shapeErrorf("a status page of Uptime.com whose %s %d lacks its id or its name", name, i+1)
		}
		res.Incidents = append(res.Incidents, in.raw(res.Document, name, now))
	}
	return nil
}

func (in utcIncident) raw(document, list string, now time.Time) normalize.Raw {
	raw := normalize.Raw{Document: document, ID: string(in.ID), Title: in.Name, State: in.State}
	over := list == "past_incidents"
	switch {
	case normalize.Word(in.Type) == "scheduled_maintenance" || list == "upcoming_maintenance":
		raw.Kind = string(normalize.KindMaintenance)
		raw.ScheduledStart, raw.ScheduledEnd = rawTime(in.Start, ""), rawTime(in.End, "")
		if raw.State = windowState(in.Start, in.End, now); over {
			raw.State, raw.Resolved = "completed", rawTime(in.End, "")
		}
	default:
		if normalize.Word(in.Type) == "incident" {
			raw.Kind = string(normalize.KindIncident)
		}
		if raw.Started = rawTime(in.Start, ""); over {
			raw.Resolved = rawTime(in.End, "")
		}
	}
	worst := -1
	for _, c := range in.Components {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: string(c.ID), Name: c.Name})
		// An incident has no impact of its own: while it lasts, that of its worst component is meant. Afterwards
		// the components tell how they are now.
		if at := slices.Index(utcImpacts, strings.ToLower(c.Status)); !over && at > worst {
			worst, raw.Impact = at, c.Status
		}
	}
	for _, u := range in.Updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: string(u.ID), State: u.State, Posted: rawTime(u.At, ""), Body: u.Text, Format: formatOf(u.Text),
		})
	}
	oldestFirst(raw.Updates)
	return raw
}

// utcImpacts are the statuses of components that say that something is wrong, the worst last.
var utcImpacts = []string{"under-maintenance", "degraded-performance", "partial-outage", "major-outage"}
