// Package uptimecom reads the status pages of Uptime.com, known from documents only: open-source readers with recorded
// answers, and the status page fields of https://uptime.com/api/v1/docs/ .
//
//	<page>/ajax      the page's flag, the components, what is open and the maintenance planned
//	<page>/history   what has ended, as far back as the page is set to show it
//	the page itself  holds the first of them in a script
//
// A page lies at https://status.acme.example/ or, several of them on one host, at …/statuspage/<name>.
package uptimecom

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

// The kinds of Uptime.com's documents, for normalize.Raw.
const (
	docPage = "page"
	history = "history"
)

const want = "a status page of Uptime.com (global_is_operational, components, active_incidents), or its history " +
	"(past_incidents),"

// script is where a web page hands its data to the script that shows it.
var script = lazyregexp.New(`StatusPageDisplayController\s*,\s*\{`)

// slug is the path of one of several pages of a host.
var slug = lazyregexp.New(`^(/statuspage/[^/]+)(?:/|$)`)

// Start requests what the page is made of, else for the page itself; and for what has ended.
func (Platform) Start(s scraper.Source) []scraper.Request {
	home := scraper.HomeOf(Platform{}, s.URL)
	return []scraper.Request{
		{URL: home + "/ajax", Fallback: []scraper.Request{{URL: home}}},
		{URL: home + "/history", Optional: true},
	}
}

// Home returns scheme and host, with the page's name where a host serves several.
func (Platform) Home(u *url.URL) string {
	if m := slug.FindStringSubmatch(u.Path); m != nil {
		return page.Site(u) + m[1]
	}
	return page.Site(u)
}

// Words are Uptime.com's own. A maintenance is called so from its announcement to its end, so that the word says
// nothing of how it stands.
func (Platform) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{"maintenance": normalize.StateUpdate}}
}

// Describe implements scraper.Describer.com.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Uptime.com",
		Documents: []string{"ajax", "history", "home page"},
		History:   "what the history page lists; how far back is a setting of the page",
		Fields: []string{
			"state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "affected", "components",
		},
		Source:  scraper.FromDocuments,
		Address: "the status page's, or https://status.acme.example/statuspage/<name>",
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{`global_is_operational`, `"past_incidents"`} }

// pageInfo is what a status page is made of. What is missing or null stays nil, and never counts as empty.
type pageInfo struct {
	Name       string            `json:"name"`
	Well       *bool             `json:"global_is_operational"`
	Components []component       `json:"components"`
	Active     []json.RawMessage `json:"active_incidents"`
	Upcoming   []json.RawMessage `json:"upcoming_maintenance"`
	Past       []json.RawMessage `json:"past_incidents"` // of the history only
}

type component struct {
	ID     page.Scalar `json:"id"`
	Name   string      `json:"name"`
	Status string      `json:"status"`
	Parts  []component `json:"subcomponents"`
}

type incident struct {
	ID         page.Scalar `json:"id"`
	Name       string      `json:"name"`
	Type       string      `json:"incident_type"` // INCIDENT, SCHEDULED_MAINTENANCE
	Start      string      `json:"starts_at"`
	End        string      `json:"ends_at"`
	State      string      `json:"latest_update_incident_state"`
	Components []component `json:"affected_components"`
	Updates    []update    `json:"updates"`
}

type update struct {
	ID    page.Scalar `json:"id"`
	At    string      `json:"updated_at"`
	State string      `json:"incident_state"`
	Text  string      `json:"description"`
}

// Parse reads a status page or its history. It returns an error that wraps ErrShape for anything else.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if page.IsHTML(body) {
		at := script.FindIndex(body)
		var props struct {
			Page *pageInfo `json:"statuspage"`
		}
		// The script goes on behind the object, where the decoder stops.
		if at == nil || page.BreaksOff(body) ||
			json.NewDecoder(bytes.NewReader(body[at[1]-1:])).Decode(&props) != nil ||
			props.Page == nil {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		return readPage(s, p, *props.Page)
	}
	var doc struct {
		Error json.RawMessage `json:"error"`
		Data  *pageInfo       `json:"data"`
	}
	if err := page.DecodeJSON(p, &doc, want); err != nil {
		return scraper.Result{}, err
	}
	switch {
	case doc.Data == nil || doc.Error != nil && string(doc.Error) != "null":
		return scraper.Result{}, page.Unexpected(p, want)
	case doc.Data.Well == nil && doc.Data.Past != nil:
		return readHistory(p, *doc.Data)
	}
	return readPage(s, p, *doc.Data)
}

func readPage(s scraper.Source, p page.Page, doc pageInfo) (scraper.Result, error) {
	if doc.Well == nil || doc.Components == nil || doc.Active == nil {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{
		Document: docPage, PageName: page.OneLine(doc.Name), Indicator: "operational",
		Coverage: scraper.Coverage{Open: doc.Upcoming != nil, Components: true},
	}
	if address := cmp.Or(s.URL, p.URL); page.SiteOf(address) != "" {
		res.PageURL = scraper.HomeOf(Platform{}, address)
	}
	if !*doc.Well {
		res.Indicator = "not operational"
	}
	if !componentStatuses(doc.Components, "", &res.Components) {
		return scraper.Result{}, page.Errorf(
			"a status page of Uptime.com with a component that lacks its id or its name",
		)
	}
	for _, list := range []struct {
		name    string
		entries []json.RawMessage
	}{{"active_incidents", doc.Active}, {"upcoming_maintenance", doc.Upcoming}} {
		if err := readList(&res, list.name, list.entries, p.At); err != nil {
			return scraper.Result{}, err
		}
	}
	return res, nil
}

func readHistory(p page.Page, page pageInfo) (scraper.Result, error) {
	res := scraper.Result{Document: history}
	if err := readList(&res, "past_incidents", page.Past, p.At); err != nil {
		return scraper.Result{}, err
	}
	if err := readList(&res, "active_incidents", page.Active, p.At); err != nil {
		return scraper.Result{}, err
	}
	return res, nil
}

// componentStatuses lists components, those below a group in its name; ok is false if one lacks its id or its name.
func componentStatuses(parts []component, group string, out *[]normalize.RawComponent) (ok bool) {
	for _, part := range parts {
		if part.ID == "" || part.Name == "" {
			return false
		}
		if len(part.Parts) == 0 {
			*out = append(
				*out,
				normalize.RawComponent{ID: string(part.ID), Name: part.Name, Group: group, Status: part.Status},
			)
			continue
		}
		path := part.Name
		if group != "" {
			path = group + " / " + part.Name
		}
		if !componentStatuses(part.Parts, path, out) {
			return false
		}
	}
	return true
}

func readList(res *scraper.Result, name string, entries []json.RawMessage, now time.Time) error {
	for i, text := range entries {
		var in incident
		if err := json.Unmarshal(text, &in); err != nil {
			return page.Errorf("a status page of Uptime.com whose %s %d cannot be read: %v", name, i+1, err)
		}
		if in.ID == "" || in.Name == "" {
			return page.Errorf("a status page of Uptime.com whose %s %d lacks its id or its name", name, i+1)
		}
		res.Incidents = append(res.Incidents, in.raw(res.Document, name, now))
	}
	return nil
}

func (in incident) raw(document, list string, now time.Time) normalize.Raw {
	raw := normalize.Raw{Document: document, ID: string(in.ID), Title: in.Name, State: in.State}
	over := list == "past_incidents"
	switch {
	case normalize.Word(in.Type) == "scheduled_maintenance" || list == "upcoming_maintenance":
		raw.Kind = string(normalize.KindMaintenance)
		raw.ScheduledStart, raw.ScheduledEnd = page.Time(in.Start, ""), page.Time(in.End, "")
		if raw.State = page.WindowState(in.Start, in.End, now); over {
			raw.State, raw.Resolved = "completed", page.Time(in.End, "")
		}
	default:
		if normalize.Word(in.Type) == "incident" {
			raw.Kind = string(normalize.KindIncident)
		}
		if raw.Started = page.Time(in.Start, ""); over {
			raw.Resolved = page.Time(in.End, "")
		}
	}
	worst := -1
	for _, c := range in.Components {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: string(c.ID), Name: c.Name})
		// An incident has no impact of its own: while it lasts, that of its worst component is meant. Afterwards
		// the components tell how they are now.
		if at := slices.Index(impactNames, strings.ToLower(c.Status)); !over && at > worst {
			worst, raw.Impact = at, c.Status
		}
	}
	for _, u := range in.Updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: string(u.ID), State: u.State, Posted: page.Time(u.At, ""), Body: u.Text, Format: page.FormatOf(u.Text),
		})
	}
	page.OldestFirst(raw.Updates)
	return raw
}

// impactNames are the statuses of components that say that something is wrong, the worst last.
var impactNames = []string{"under-maintenance", "degraded-performance", "partial-outage", "major-outage"}
