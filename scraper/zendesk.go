package scraper

import (
	"bytes"
	"cmp"
	"net/url"
	"slices"
	"strings"

	"vendorwatch/normalize"
)

func init() { Register("zendesk", zendesk{}) }

// zendesk reads Zendesk's status API, JSON:API throughout:
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
type zendesk struct{}

const wantZendesk = "a list of Zendesk's incidents or maintenances (data of type incident, and included)"

// The kinds of Zendesk's documents.
const (
	zendeskHistory      = "history"
	zendeskActive       = "active"
	zendeskMaintenances = "maintenances"
)

const zendeskMaintenancePath = "/api/incidents/maintenance"

// Start asks for the incidents and the maintenances, those of one account where the address names its subdomain.
func (zendesk) Start(s Source) []Request {
	return []Request{
		{URL: zendeskURL(s.URL, "/api/ssp/incidents.json")},
		{URL: zendeskURL(s.URL, zendeskMaintenancePath), Optional: true},
	}
}

// zendeskURL returns the address of a document, with the account's subdomain where the page's address has one.
func zendeskURL(page, path string) string {
	u, err := url.Parse(page)
	if err != nil {
		return page
	}
	address := siteOf(u) + path
	if account := u.Query().Get("subdomain"); account != "" {
		address += "?" + url.Values{"subdomain": {account}}.Encode()
	}
	return address
}

// Home returns scheme and host: one host serves one status page.
func (zendesk) Home(page *url.URL) string { return siteOf(page) }

// Words: a state that is left as it was when the end was entered stands beside that end.
func (zendesk) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"investigating_resolved": normalize.StateResolved, "identified_resolved": normalize.StateResolved,
		"monitoring_resolved": normalize.StateResolved,
	}}
}

// Describe says what is read of Zendesk's status API.
func (zendesk) Describe() Description {
	return Description{
		Name:      "Zendesk Status",
		Documents: []string{"api/ssp/incidents.json", "api/incidents/active", "api/incidents/maintenance"},
		History:   "what api/ssp/incidents.json lists: some months, without updates",
		Fields: []string{
			"state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected",
		},
		Source:  FromDocuments,
		Address: "https://status.zendesk.com; with ?subdomain=yours, what concerns that account",
	}
}

// Detect reports whether the page is a list of Zendesk's with something in it.
func (zendesk) Detect(p Page) bool {
	if !isJSON(feedBody(p)) || !bytes.Contains(p.Body, []byte(`"included"`)) {
		return false // told without the cost of saying what the page is instead
	}
	res, err := zendesk{}.Parse(Source{}, p)
	return err == nil && len(res.Incidents) > 0
}

type zendeskDocument struct {
	Data     *[]zendeskIncident `json:"data"`
	Included *[]zendeskIncluded `json:"included"`
}

type zendeskRef struct {
	ID   jsonText `json:"id"`
	Type string   `json:"type"`
}

type zendeskRefs struct {
	Data []zendeskRef `json:"data"`
}

// zendeskIncident has the names of the API, and those of the page's own document where they differ.
type zendeskIncident struct {
	zendeskRef
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
		Updates     zendeskRefs `json:"incident_updates"`
		Services    zendeskRefs `json:"incident_services"`
		ServicesSSP zendeskRefs `json:"incidentServices"`
	} `json:"relationships"`
}

type zendeskIncluded struct {
	zendeskRef
	Attributes struct {
		Created     string `json:"created_at"`
		Description string `json:"description"`
		Name        string `json:"name"`
		ServiceName string `json:"serviceName"`
	} `json:"attributes"`
	Relationships struct {
		Service struct {
			Data zendeskRef `json:"data"`
		} `json:"service"`
	} `json:"relationships"`
}

// document tells of which list an incident is; "" for one that is none of Zendesk's.
func (in zendeskIncident) document() string {
	a := in.Attributes
	switch {
	case in.ID == "" || in.Type != "incident":
	case a.Name != "" && a.StartedSSP.given && a.ResolvedSSP.given && a.Status != "":
		return zendeskHistory
	case a.Title != "" && a.MaintenanceFrom.given && a.MaintenanceTo.given:
		return zendeskMaintenances
	case a.Title != "" && a.Started.given && a.Resolved.given && a.Status != "":
		return zendeskActive
	}
	return ""
}

// Parse reads one of the lists. It returns an error that wraps ErrShape for entries that are no incidents of
// Zendesk's, and for an empty list at another address than that of the maintenances.
func (zendesk) Parse(s Source, p Page) (Result, error) {
	var doc zendeskDocument
	if err := readJSON(p, &doc, wantZendesk); err != nil {
		return Result{}, err
	}
	if doc.Data == nil || doc.Included == nil {
		return Result{}, notWanted(p, wantZendesk)
	}
	res := Result{PageName: "Zendesk", PageURL: homeOfStatuspage(p.URL)}
	if len(*doc.Data) == 0 {
		if u, err := url.Parse(p.URL); err != nil || u.Path != zendeskMaintenancePath || len(*doc.Included) > 0 {
			return Result{}, notWanted(p, wantZendesk+", not an empty one")
		}
		res.Document = zendeskMaintenances
		return res, nil
	}
	included := map[zendeskRef]zendeskIncluded{}
	for _, x := range *doc.Included {
		included[x.zendeskRef] = x
	}
	open := false
	for _, in := range *doc.Data {
		document := in.document()
		if document == "" || res.Document != "" && document != res.Document {
			return Result{}, notWanted(p, wantZendesk)
		}
		res.Document = document
		raw := in.raw(included)
		open = open || raw.Resolved.IsZero()
		res.Incidents = append(res.Incidents, raw)
	}
	switch {
	case res.Document == zendeskActive:
		res.Coverage.Open = true
	case res.Document == zendeskHistory && open && s.Mode == Poll && res.PageURL != "":
		res.Follow = []Request{{URL: zendeskURL(p.URL, "/api/incidents/active"), Optional: true}}
	}
	return res, nil
}

// raw reads one incident or maintenance.
func (in zendeskIncident) raw(included map[zendeskRef]zendeskIncluded) normalize.Raw {
	a := in.Attributes
	raw := normalize.Raw{
		Document: in.document(),
		ID:       string(in.ID),
		Kind:     string(normalize.KindIncident),
		Title:    cmp.Or(a.Title, a.Name),
		State:    a.Status,
		Impact:   a.Impact,
		Started:  zendeskTime(a.Started, a.StartedSSP),
		Resolved: zendeskTime(a.Resolved, a.ResolvedSSP),
	}
	switch raw.Document {
	case zendeskMaintenances:
		raw.Kind = string(normalize.KindMaintenance)
		raw.ScheduledStart, raw.ScheduledEnd = zendeskTime(a.MaintenanceFrom), zendeskTime(a.MaintenanceTo)
		raw.State = cmp.Or(raw.State, "upcoming") // the list is that of the upcoming ones; the entry itself does not say so
	case zendeskHistory:
		raw.Excerpt = true
	}
	if state := normalize.Word(raw.State); !raw.Resolved.IsZero() && state != "resolved" {
		// The state of an incident that is over may stay what it was before.
		raw.State = strings.TrimSpace(a.Status + " (resolved)")
		if _, known := (zendesk{}).Words().States[normalize.Word(raw.State)]; !known {
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
			ID: string(ref.ID), Posted: rawTime(x.Created, ""), Body: x.Description, Format: normalize.FormatMarkdown,
		})
	}
	oldestFirst(raw.Updates)
	if a.Postmortem != "" {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: "postmortem", State: "postmortem", Posted: raw.Resolved, Body: a.Postmortem, Format: normalize.FormatMarkdown,
		})
	}
	return raw
}

// zendeskTime returns the first of the times that is there.
func zendeskTime(times ...givenText) normalize.RawTime {
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
	text  jsonText
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *givenText) UnmarshalJSON(b []byte) error {
	t.given = true
	return t.text.UnmarshalJSON(b)
}
