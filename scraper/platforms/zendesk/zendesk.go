// Package zendesk reads Zendesk's status API, JSON:API throughout:
//
//   - /api/ssp/incidents.json, which the status page itself is made of: the incidents of the last months,
//     without their updates;
//   - /api/incidents/active, the incidents open now with their updates, asked for where the other one has such;
//   - /api/incidents/maintenance, the maintenances to come.
//
// Known from documents: https://developer.zendesk.com/api-reference/status_api/status_api/ for the latter two, readers
// of the first one for it. Ten requests a minute are allowed. The depth of history is that of the first document.
//
// An empty list of this form has nothing to be told by, and is refused but for that of the maintenances, from which
// nothing is concluded.
package zendesk

import (
	"bytes"
	"cmp"
	"net/url"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const want = "a list of Zendesk's incidents or maintenances (data of type incident, and included)"

// The kinds of Zendesk's documents, for normalize.Raw.
const (
	history      = "history"
	active       = "active"
	maintenances = "maintenances"
)

const maintenancePath = "/api/incidents/maintenance"

// Start requests the incidents and the maintenances, those of one account where the address names its subdomain.
func (Platform) Start(s scraper.Source) []scraper.Request {
	return []scraper.Request{
		{URL: apiURL(s.URL, "/api/ssp/incidents.json")},
		{URL: apiURL(s.URL, maintenancePath), Optional: true},
	}
}

// apiURL returns the address of a document, with the account's subdomain where the page's address has one.
func apiURL(at, path string) string {
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	address := page.Site(u) + path
	if account := u.Query().Get("subdomain"); account != "" {
		address += "?" + url.Values{"subdomain": {account}}.Encode()
	}
	return address
}

// Home returns scheme and host: one host serves one status page.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words: a state that is left as it was when the end was entered stands beside that end.
func (Platform) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"investigating_resolved": normalize.StateResolved, "identified_resolved": normalize.StateResolved,
		"monitoring_resolved": normalize.StateResolved,
	}}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Zendesk Status",
		Documents: []string{"api/ssp/incidents.json", "api/incidents/active", "api/incidents/maintenance"},
		History:   "what api/ssp/incidents.json lists: a few months, without updates",
		Fields: []string{
			"state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "affected",
		},
		Source:  scraper.FromDocuments,
		Address: "https://status.zendesk.com; with ?subdomain=yours, what concerns that account",
	}
}

// Detect reports whether the page is a list of Zendesk's with something in it.
func (Platform) Detect(p page.Page) bool {
	if !page.IsJSON(page.Body(p)) || !bytes.Contains(p.Body, []byte(`"included"`)) {
		return false // cheaper than parsing the page
	}
	res, err := Platform{}.Parse(scraper.Source{}, p)
	return err == nil && len(res.Incidents) > 0
}

type document struct {
	Data     *[]incident `json:"data"`
	Included *[]included `json:"included"`
}

type ref struct {
	ID   page.Scalar `json:"id"`
	Type string      `json:"type"`
}

type refs struct {
	Data []ref `json:"data"`
}

// incident has the names of the API, and those of the page's own document where they differ.
type incident struct {
	ref
	Attributes struct {
		Title           string    `json:"title"`
		Name            string    `json:"name"`
		Impact          string    `json:"impact"` // minor, major, critical
		Status          string    `json:"status"`
		Started         givenText `json:"started_at"`
		Resolved        givenText `json:"resolved_at"`
		StartedSSP      givenText `json:"startedAt"`
		ResolvedSSP     givenText `json:"resolvedAt"`
		Postmortem      string    `json:"postmortem"`
		MaintenanceFrom givenText `json:"maintenance_start_time"`
		MaintenanceTo   givenText `json:"maintenance_end_time"`
	} `json:"attributes"`
	Relationships struct {
		Updates     refs `json:"incident_updates"`
		Services    refs `json:"incident_services"`
		ServicesSSP refs `json:"incidentServices"`
	} `json:"relationships"`
}

type included struct {
	ref
	Attributes struct {
		Created     string `json:"created_at"`
		Description string `json:"description"`
		Name        string `json:"name"`
		ServiceName string `json:"serviceName"`
	} `json:"attributes"`
	Relationships struct {
		Service struct {
			Data ref `json:"data"`
		} `json:"service"`
	} `json:"relationships"`
}

// document tells of which list an incident is; "" for one that is none of Zendesk's.
func (in incident) document() string {
	a := in.Attributes
	switch {
	case in.ID == "" || in.Type != "incident":
	case a.Name != "" && a.StartedSSP.given && a.ResolvedSSP.given && a.Status != "":
		return history
	case a.Title != "" && a.MaintenanceFrom.given && a.MaintenanceTo.given:
		return maintenances
	case a.Title != "" && a.Started.given && a.Resolved.given && a.Status != "":
		return active
	}
	return ""
}

// Parse reads one of the lists. It returns an error that wraps ErrShape for entries that are no incidents of
// Zendesk's, and for an empty list at another address than that of the maintenances.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	var doc document
	if err := page.DecodeJSON(p, &doc, want); err != nil {
		return scraper.Result{}, err
	}
	if doc.Data == nil || doc.Included == nil {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{PageName: "Zendesk", PageURL: page.SiteOf(p.URL)}
	if len(*doc.Data) == 0 {
		if u, err := url.Parse(p.URL); err != nil || u.Path != maintenancePath || len(*doc.Included) > 0 {
			return scraper.Result{}, page.Unexpected(p, want+", not an empty one")
		}
		res.Document = maintenances
		return res, nil
	}
	included := map[ref]included{}
	for _, x := range *doc.Included {
		included[x.ref] = x
	}
	open := false
	for _, in := range *doc.Data {
		document := in.document()
		if document == "" || res.Document != "" && document != res.Document {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		res.Document = document
		raw := in.raw(included)
		open = open || raw.Resolved.IsZero()
		res.Incidents = append(res.Incidents, raw)
	}
	switch {
	case res.Document == active:
		res.Coverage.Open = true
	case res.Document == history && open && s.Mode == scraper.Poll && res.PageURL != "":
		res.Follow = []scraper.Request{{URL: apiURL(p.URL, "/api/incidents/active"), Optional: true}}
	}
	return res, nil
}

// raw reads one incident or maintenance.
func (in incident) raw(included map[ref]included) normalize.Raw {
	a := in.Attributes
	raw := normalize.Raw{
		Document: in.document(),
		ID:       string(in.ID),
		Kind:     string(normalize.KindIncident),
		Title:    cmp.Or(a.Title, a.Name),
		State:    a.Status,
		Impact:   a.Impact,
		Started:  time(a.Started, a.StartedSSP),
		Resolved: time(a.Resolved, a.ResolvedSSP),
	}
	switch raw.Document {
	case maintenances:
		raw.Kind = string(normalize.KindMaintenance)
		raw.ScheduledStart, raw.ScheduledEnd = time(a.MaintenanceFrom), time(a.MaintenanceTo)
		raw.State = cmp.Or(
			raw.State,
			"upcoming",
		) // the list is that of the upcoming ones; the entry itself does not say so
	case history:
		raw.Excerpt = true
	}
	if state := normalize.Word(raw.State); !raw.Resolved.IsZero() && state != "resolved" {
		// The state of an incident that is over may stay what it was before.
		raw.State = strings.TrimSpace(a.Status + " (resolved)")
		if _, known := (Platform{}).Words().States[normalize.Word(raw.State)]; !known {
			raw.State = "resolved"
		}
	}
	for _, ref := range slices.Concat(in.Relationships.Services.Data, in.Relationships.ServicesSSP.Data) {
		x := included[ref]
		service := included[x.Relationships.Service.Data]
		if name := cmp.Or(x.Attributes.ServiceName, service.Attributes.Name); name != "" {
			raw.Components = append(raw.Components, normalize.RawComponent{Name: name})
		}
	}
	for _, ref := range in.Relationships.Updates.Data {
		x := included[ref].Attributes
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: string(
				ref.ID,
			), Posted: page.Time(x.Created, ""), Body: x.Description, Format: normalize.FormatMarkdown,
		})
	}
	page.OldestFirst(raw.Updates)
	if a.Postmortem != "" {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: "postmortem", State: "postmortem", Posted: raw.Resolved, Body: a.Postmortem,
			Format: normalize.FormatMarkdown,
		})
	}
	return raw
}

// time returns the first of the times that is there.
func time(times ...givenText) normalize.RawTime {
	for _, t := range times {
		if t.text != "" {
			return normalize.RawTime{Text: string(t.text)}
		}
	}
	return normalize.RawTime{}
}

// givenText is a text that may be null, which is another thing than its key being left out.
type givenText struct {
	given bool
	text  page.Scalar
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *givenText) UnmarshalJSON(b []byte) error {
	t.given = true
	return t.text.UnmarshalJSON(b)
}
