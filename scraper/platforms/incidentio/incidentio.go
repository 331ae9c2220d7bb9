// Package incidentio reads the status pages of incident.io.
//
// Known from bytes: the home page, whose data (see page.NextData) holds open incidents with their timelines, planned
// maintenances, the components in their groups, and past incidents: on pages with a calendar the timelines of recent
// weeks, on others the titles of three months; and the Statuspage-compatible /api/v2/summary.json. Known from other
// readers of the format: /api/v2/incidents.json (the 25 newest), /proxy/<host>, which is the home page's data as
// JSON, /proxy/<host>/incidents and /proxy/<host>/component_impacts. The page of one incident is read by the shape
// that an incident has on the home page. An incident's impacts say when it began and ended, also where the post that
// resolved it came later. A backfill reaches as far back as the home page: three months.
package incidentio

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/statuspage"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const (
	docProxy          = "proxy"           // /proxy/<host>
	docProxyIncidents = "proxy_incidents" // /proxy/<host>/incidents
	docImpacts        = "component_impacts"
	docHistoryLink    = "history_link" // a title of the home page's history
)

// Start returns the JSON that the home page is made from. If that is refused, the home page follows, then the
// compatible summary. A page below a host's root has its data in the home page only. A backfill begins with the home
// page, which links to the incidents of three months.
func (Platform) Start(s scraper.Source) []scraper.Request {
	base := base(s.URL)
	home := scraper.Request{URL: base, Fallback: []scraper.Request{{URL: base + "/api/v2/summary.json"}}}
	if host := host(base); s.Mode == scraper.Poll && host != "" {
		return []scraper.Request{{URL: base + "/proxy/" + host, Fallback: []scraper.Request{home}}}
	}
	return []scraper.Request{home}
}

func base(address string) string {
	return strings.TrimSuffix(strings.TrimSpace(address), "/")
}

// host returns the host of a status page at the root of its host, "" for one below it.
func host(base string) string {
	u, err := url.Parse(base)
	if err != nil || strings.Trim(u.Path, "/") != "" {
		return ""
	}
	return u.Host
}

var below = lazyregexp.New(
	`/(?:incidents|api|proxy|history|feed\.(?:rss|atom)|calendar|maintenances?|write-up)(?:/.*)?$|/feed\.(?:rss|` +
		`atom)$`,
)

// Home returns the address without the paths below a status page. A host can serve several pages: one for all
// regions, and below it one for each region.
func (Platform) Home(page *url.URL) string {
	home := url.URL{
		Scheme: page.Scheme,
		Host:   page.Host,
		Path:   strings.TrimSuffix(below.ReplaceAllString(page.Path, ""), "/"),
	}
	return home.String()
}

// Words are incident.io's words for the life of a maintenance.
func (Platform) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"maintenance_scheduled": normalize.StateScheduled, "maintenance_in_progress": normalize.StateInProgress,
		"maintenance_verifying": normalize.StateVerifying,
		"maintenance_complete":  normalize.StateCompleted, "maintenance_completed": normalize.StateCompleted,
		"maintenance_cancelled": normalize.StateCancelled, "maintenance_canceled": normalize.StateCancelled,
	}}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name: "incident.io",
		Documents: []string{
			"home page", "incident page", "summary.json", "incidents.json", "components.json", "status.json",
			"/proxy/<host> and its incidents and component_impacts",
		},
		History: "three months, as far as the home page lists them",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "postmortem", "affected", "components",
		},
		Source: scraper.FromBoth,
	}
}

// Parse reads any document of incident.io; its kind is found from the bytes. It returns an error that
// wraps ErrShape for any other page, and for one of these without its lists.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	switch {
	case page.IsJSON(body):
		return readJSON(s, p, body)
	case page.IsHTML(body):
		return readPage(s, p, body)
	}
	return scraper.Result{}, unexpected(p)
}

func unexpected(p page.Page) error {
	return page.Unexpected(p, "a document of incident.io")
}

// readJSON reads the compatible API and the JSON below /proxy. Answers of Statuspage itself have ids of another form.
func readJSON(s scraper.Source, p page.Page, body []byte) (scraper.Result, error) {
	var doc struct {
		Page      *statuspage.PageInfo `json:"page"`
		Summary   json.RawMessage      `json:"summary"`
		Ongoing   json.RawMessage      `json:"ongoing_incidents"`
		Incidents []json.RawMessage    `json:"incidents"`
		Impacts   json.RawMessage      `json:"component_impacts"`
		Links     json.RawMessage      `json:"incident_links"`
	}
	if json.Unmarshal(body, &doc) != nil {
		return scraper.Result{}, unexpected(p)
	}
	switch {
	case doc.Page != nil && page.IsULID(doc.Page.ID):
		return readCompatible(s, p, body)
	case doc.Page != nil:
		return scraper.Result{}, unexpected(p)
	case len(doc.Summary) > 0 && doc.Summary[0] == '{':
		return readProxy(s, p, doc.Summary)
	case len(doc.Ongoing) > 0:
		return readProxy(s, p, body)
	case len(doc.Impacts) > 0 && len(doc.Links) > 0:
		return readImpacts(p, body)
	case len(doc.Incidents) > 0:
		return readProxyIncidents(p, body)
	}
	return scraper.Result{}, unexpected(p)
}

// compatibleKind tells a document of the compatible API by its keys.
func compatibleKind(d statuspage.Document) string {
	status := len(d.Status) > 0 && d.Status[0] == '{'
	switch {
	case d.Incident != nil || d.Maintenance != nil:
		return page.DocIncident
	case status && d.Components != nil && d.Incidents != nil:
		return page.DocSummary
	case status && d.Components == nil && d.Incidents == nil:
		return page.DocStatus
	case !status && d.Incidents != nil && d.Components == nil:
		return page.DocIncidents
	case !status && d.Components != nil && d.Incidents == nil:
		return page.DocComponents
	case !status && d.Maintenances != nil && d.Components == nil && d.Incidents == nil:
		return page.DocMaintenances
	}
	return ""
}

// readCompatible reads the API that has Statuspage's keys. Its summary does not list planned maintenances, so that
// their absence proves nothing. What the 25 newest in incidents.json leave out is unknown, too.
func readCompatible(s scraper.Source, p page.Page, body []byte) (scraper.Result, error) {
	var doc statuspage.Document
	if err := json.Unmarshal(body, &doc); err != nil {
		return scraper.Result{}, page.Errorf(
			"an answer of incident.io's Statuspage-compatible API that cannot be read: %v",
			err,
		)
	}
	kind := compatibleKind(doc)
	if kind == "" {
		return scraper.Result{}, page.Errorf(
			"an answer of incident.io's Statuspage-compatible API without the lists it has",
		)
	}
	read, err := doc.Read(s, p, kind)
	if err != nil {
		return scraper.Result{}, err
	}
	res := read.Result
	res.PageURL = pageURL(s, p, doc.Page.URL)
	for i := range res.Incidents {
		in := &res.Incidents[i]
		in.URL = page.IncidentURL(res.PageURL, in.ID)
		in.Kind = kindOf(in.Kind, in.State)
	}
	res.Coverage = scraper.Coverage{
		Open:       kind == page.DocSummary && doc.Maintenances != nil,
		Components: kind == page.DocSummary || kind == page.DocComponents,
	}
	if kind == page.DocSummary && s.URL != "" {
		res.Follow = recentIncidents(s)
	}
	return res, nil
}

// recentIncidents requests the newest incidents with their timelines, including those that have ended.
func recentIncidents(s scraper.Source) []scraper.Request {
	base := base(s.URL)
	request := scraper.Request{URL: base + "/api/v2/incidents.json", Optional: true}
	if host := host(base); host != "" {
		request.Fallback = []scraper.Request{{URL: base + "/proxy/" + host + "/incidents", Optional: true}}
	}
	return []scraper.Request{request}
}

// pageURL returns the status page's address: the one in the document, otherwise the source's.
func pageURL(s scraper.Source, p page.Page, own string) string {
	if home := base(own); page.SiteOf(home) != "" {
		return home
	}
	if s.URL != "" {
		return base(s.URL)
	}
	u, err := url.Parse(p.URL)
	if err != nil || u.Host == "" {
		return ""
	}
	return Platform{}.Home(u)
}

func kindOf(kind, state string) string {
	if strings.HasPrefix(strings.ToLower(state), "maintenance") || kind == string(normalize.KindMaintenance) {
		return string(normalize.KindMaintenance)
	}
	return string(normalize.KindIncident)
}

// readPage reads a page's HTML by the data it was rendered from.
func readPage(s scraper.Source, p page.Page, body []byte) (scraper.Result, error) {
	data := page.ReadNextData(body)
	if data == nil {
		return scraper.Result{}, unexpected(p)
	}
	summaries := data.Find(`"ongoing_incidents"`, func(o map[string]any) bool {
		_, listed := o["ongoing_incidents"].([]any)
		_, named := o["name"].(string)
		return listed && named && o["affected_components"] != nil
	})
	if len(summaries) == 0 {
		return scraper.Result{}, unexpected(p)
	}
	var summary summary
	if err := data.Decode(summaries[0], &summary); err != nil {
		return scraper.Result{}, page.Errorf("a page of incident.io whose data cannot be read: %v", err)
	}
	doc := pageData{document: page.DocHome, summary: summary}
	if page.IncidentID(p.URL) != "" {
		doc.document = page.DocIncidentPage
	}
	if err := doc.readLists(data); err != nil {
		return scraper.Result{}, page.Errorf("a page of incident.io whose incidents cannot be read: %v", err)
	}
	res, err := doc.result(s, p)
	if err != nil {
		return scraper.Result{}, err
	}
	if data.Cut {
		res.Coverage = scraper.Coverage{}
		if len(res.Incidents)+len(res.Components) == 0 {
			return scraper.Result{}, page.Errorf("a page of incident.io that breaks off before its end")
		}
	}
	return res, nil
}

// readProxy reads the home page's data as JSON.
func readProxy(s scraper.Source, p page.Page, text []byte) (scraper.Result, error) {
	doc := pageData{document: docProxy}
	if err := json.Unmarshal(text, &doc.summary); err != nil {
		return scraper.Result{}, page.Errorf("data of a page of incident.io that cannot be read: %v", err)
	}
	return doc.result(s, p)
}

// readProxyIncidents reads a list of incidents without anything of the page around it. An empty list cannot be
// recognised, and is refused.
func readProxyIncidents(p page.Page, body []byte) (scraper.Result, error) {
	var doc struct {
		Incidents []incident `json:"incidents"`
	}
	foreign := func(in incident) bool {
		return !page.IsULID(in.ID) || in.PublishedAt == "" || in.Updates == nil
	}
	if err := json.Unmarshal(body, &doc); err != nil || slices.ContainsFunc(doc.Incidents, foreign) {
		return scraper.Result{}, unexpected(p)
	}
	page := pageData{document: docProxyIncidents, home: pageURL(scraper.Source{}, p, "")}
	res := scraper.Result{Document: docProxyIncidents, PageURL: page.home}
	for _, in := range doc.Incidents {
		res.Incidents = append(res.Incidents, page.incident(in))
	}
	return res, nil
}

// readImpacts reads the titles and impacts of a period of history.
func readImpacts(p page.Page, body []byte) (scraper.Result, error) {
	page := pageData{document: docImpacts, home: pageURL(scraper.Source{}, p, "")}
	if err := json.Unmarshal(body, &page.history); err != nil || page.history.Links == nil ||
		page.history.Impacts == nil {
		return scraper.Result{}, unexpected(p)
	}
	return scraper.Result{Document: docImpacts, PageURL: page.home, Incidents: page.links(nil)}, nil
}
