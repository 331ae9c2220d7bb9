package scraper

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"vendorwatch/normalize"
)

func init() { Register("incidentio", incidentIO{}) }

// incidentIO reads the status pages of incident.io.
//
// Known from bytes: the home page, whose data (see nextData) holds what is open with its timelines, what
// is planned, the components in their groups, the timelines of recent weeks on pages with a calendar, and
// on others the titles of three months; and the Statuspage-compatible /api/v2/summary.json. Known from other
// readers of the format: /api/v2/incidents.json (the 25 newest), /proxy/<host>, which is the home page's data as
// JSON, /proxy/<host>/incidents and /proxy/<host>/component_impacts. The page of one incident is read by
// the shape an incident has on the home page. A backfill reaches as far back as the home page tells: three
// months.
type incidentIO struct{}

const (
	docProxy          = "proxy"           // /proxy/<host>
	docProxyIncidents = "proxy_incidents" // /proxy/<host>/incidents
	docImpacts        = "component_impacts"
	docHistoryLink    = "history_link" // a title of the home page's history
)

// Start returns the JSON that the home page is made from; where it is refused, the home page, and where
// that is no help either, the compatible summary. A page below a host's root has its data in the home page
// only. A backfill begins with the home page, which links to the incidents of three months.
func (incidentIO) Start(s Source) []Request {
	base := incidentIOBase(s.URL)
	home := Request{URL: base, Fallback: []Request{{URL: base + "/api/v2/summary.json"}}}
	if host := incidentIOHost(base); s.Mode == Poll && host != "" {
		return []Request{{URL: base + "/proxy/" + host, Fallback: []Request{home}}}
	}
	return []Request{home}
}

func incidentIOBase(address string) string {
	return strings.TrimSuffix(strings.TrimSpace(address), "/")
}

// incidentIOHost returns the host of a status page at the root of its host, "" for one below it.
func incidentIOHost(base string) string {
	u, err := url.Parse(base)
	if err != nil || strings.Trim(u.Path, "/") != "" {
		return ""
	}
	return u.Host
}

var incidentIOBelow = regexp.MustCompile(`/(?:incidents|api|proxy|history|feed\.(?:rss|atom)|calendar|maintenances?|write-up)(?:/.*)?$|/feed\.(?:rss|atom)$`)

// Home returns the address without what lies below a status page. A host can serve several pages: one of
// all regions, and one a region below it.
func (incidentIO) Home(page *url.URL) string {
	home := url.URL{Scheme: page.Scheme, Host: page.Host, Path: strings.TrimSuffix(incidentIOBelow.ReplaceAllString(page.Path, ""), "/")}
	return home.String()
}

// Words are incident.io's words for the life of a maintenance.
func (incidentIO) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"maintenance_scheduled": normalize.StateScheduled, "maintenance_in_progress": normalize.StateInProgress,
		"maintenance_verifying": normalize.StateVerifying,
		"maintenance_complete":  normalize.StateCompleted, "maintenance_completed": normalize.StateCompleted,
		"maintenance_cancelled": normalize.StateCancelled, "maintenance_canceled": normalize.StateCancelled,
	}}
}

// Describe says what is read of incident.io.
func (incidentIO) Describe() Description {
	return Description{
		Name:      "incident.io",
		Documents: []string{"home page", "incident page", "summary.json", "incidents.json", "components.json", "status.json", "/proxy/<host> and its incidents and component_impacts"},
		History:   "three months, as far as the home page tells",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates", "postmortem", "affected", "components"},
		Source:    FromBoth,
	}
}

// Parse reads any document of incident.io; its kind is found from the bytes. It returns an error that
// wraps ErrShape for any other page, and for one of these without its lists.
func (incidentIO) Parse(s Source, p Page) (Result, error) {
	body := feedBody(p)
	switch {
	case isJSON(body):
		return readIncidentIOJSON(s, p, body)
	case looksLikeHTML(body):
		return readIncidentIOPage(s, p, body)
	}
	return Result{}, notIncidentIO(p)
}

func notIncidentIO(p Page) error {
	return notWanted(p, "a document of incident.io")
}

// readIncidentIOJSON reads the compatible API and the JSON below /proxy. Statuspage's own answers have ids
// of another form.
func readIncidentIOJSON(s Source, p Page, body []byte) (Result, error) {
	var doc struct {
		Page      *spPage           `json:"page"`
		Summary   json.RawMessage   `json:"summary"`
		Ongoing   json.RawMessage   `json:"ongoing_incidents"`
		Incidents []json.RawMessage `json:"incidents"`
		Impacts   json.RawMessage   `json:"component_impacts"`
		Links     json.RawMessage   `json:"incident_links"`
	}
	if json.Unmarshal(body, &doc) != nil {
		return Result{}, notIncidentIO(p)
	}
	switch {
	case doc.Page != nil && ulid.MatchString(doc.Page.ID):
		return readCompatible(s, p, body)
	case doc.Page != nil:
		return Result{}, notIncidentIO(p)
	case len(doc.Summary) > 0 && doc.Summary[0] == '{':
		return readProxy(s, p, doc.Summary)
	case len(doc.Ongoing) > 0:
		return readProxy(s, p, body)
	case len(doc.Impacts) > 0 && len(doc.Links) > 0:
		return readImpacts(p, body)
	case len(doc.Incidents) > 0:
		return readProxyIncidents(p, body)
	}
	return Result{}, notIncidentIO(p)
}

// compatibleKind tells a document of the compatible API by its keys.
func compatibleKind(d spDocument) string {
	status := len(d.Status) > 0 && d.Status[0] == '{'
	switch {
	case d.Incident != nil || d.Maintenance != nil:
		return docIncident
	case status && d.Components != nil && d.Incidents != nil:
		return docSummary
	case status && d.Components == nil && d.Incidents == nil:
		return docStatus
	case !status && d.Incidents != nil && d.Components == nil:
		return docIncidents
	case !status && d.Components != nil && d.Incidents == nil:
		return docComponents
	case !status && d.Maintenances != nil && d.Components == nil && d.Incidents == nil:
		return docMaintenances
	}
	return ""
}

// readCompatible reads the API that has Statuspage's keys. Its summary does not list what is planned, so
// that a maintenance missing from it has not gone; nor is it known what the 25 of incidents.json leave out.
func readCompatible(s Source, p Page, body []byte) (Result, error) {
	var doc spDocument
	if err := json.Unmarshal(body, &doc); err != nil {
		return Result{}, shapeErrorf("an answer of incident.io's Statuspage-compatible API that cannot be read: %v", err)
	}
	kind := compatibleKind(doc)
	if kind == "" {
		return Result{}, shapeErrorf("an answer of incident.io's Statuspage-compatible API without the lists it has")
	}
	read, err := doc.read(s, p, kind)
	if err != nil {
		return Result{}, err
	}
	res := read.Result
	res.PageURL = incidentIOPageURL(s, p, doc.Page.URL)
	for i := range res.Incidents {
		in := &res.Incidents[i]
		in.URL = incidentURL(res.PageURL, in.ID)
		in.Kind = incidentIOKind(in.Kind, in.State)
	}
	res.Coverage = Coverage{Open: kind == docSummary && doc.Maintenances != nil, Components: kind == docSummary || kind == docComponents}
	if kind == docSummary && s.URL != "" {
		res.Follow = recentIncidents(s)
	}
	return res, nil
}

// recentIncidents asks for the newest incidents with their timelines, those that have ended included.
func recentIncidents(s Source) []Request {
	base := incidentIOBase(s.URL)
	request := Request{URL: base + "/api/v2/incidents.json", Optional: true}
	if host := incidentIOHost(base); host != "" {
		request.Fallback = []Request{{URL: base + "/proxy/" + host + "/incidents", Optional: true}}
	}
	return []Request{request}
}

// incidentIOPageURL returns the status page's address: the document's own word, else the source's.
func incidentIOPageURL(s Source, p Page, own string) string {
	if home := incidentIOBase(own); homeOfStatuspage(home) != "" {
		return home
	}
	if s.URL != "" {
		return incidentIOBase(s.URL)
	}
	u, err := url.Parse(p.URL)
	if err != nil || u.Host == "" {
		return ""
	}
	return incidentIO{}.Home(u)
}

func incidentIOKind(kind, state string) string {
	if strings.HasPrefix(strings.ToLower(state), "maintenance") || kind == string(normalize.KindMaintenance) {
		return string(normalize.KindMaintenance)
	}
	return string(normalize.KindIncident)
}

// readIncidentIOPage reads a page's HTML by the data it was rendered from.
func readIncidentIOPage(s Source, p Page, body []byte) (Result, error) {
	data := readNextData(body)
	if data == nil {
		return Result{}, notIncidentIO(p)
	}
	summaries := data.find(`"ongoing_incidents"`, func(o map[string]any) bool {
		_, listed := o["ongoing_incidents"].([]any)
		_, named := o["name"].(string)
		return listed && named && o["affected_components"] != nil
	})
	if len(summaries) == 0 {
		return Result{}, notIncidentIO(p)
	}
	var summary ioSummary
	if err := data.decode(summaries[0], &summary); err != nil {
		return Result{}, shapeErrorf("a page of incident.io whose data cannot be read: %v", err)
	}
	page := ioPage{document: docHome, summary: summary}
	if incidentID(p.URL) != "" {
		page.document = docIncidentPage
	}
	if err := page.readLists(data); err != nil {
		return Result{}, shapeErrorf("a page of incident.io whose incidents cannot be read: %v", err)
	}
	res, err := page.result(s, p)
	if err != nil {
		return Result{}, err
	}
	if data.cut {
		res.Coverage = Coverage{}
		if len(res.Incidents)+len(res.Components) == 0 {
			return Result{}, shapeErrorf("a page of incident.io that breaks off before its end")
		}
	}
	return res, nil
}

// readProxy reads the home page's data as JSON.
func readProxy(s Source, p Page, text []byte) (Result, error) {
	page := ioPage{document: docProxy}
	if err := json.Unmarshal(text, &page.summary); err != nil {
		return Result{}, shapeErrorf("data of a page of incident.io that cannot be read: %v", err)
	}
	return page.result(s, p)
}

// readProxyIncidents reads a list of incidents without anything of the page around it. An empty one could
// be anybody's, and is refused.
func readProxyIncidents(p Page, body []byte) (Result, error) {
	var doc struct {
		Incidents []ioIncident `json:"incidents"`
	}
	foreign := func(in ioIncident) bool { return !ulid.MatchString(in.ID) || in.PublishedAt == "" || in.Updates == nil }
	if err := json.Unmarshal(body, &doc); err != nil || slices.ContainsFunc(doc.Incidents, foreign) {
		return Result{}, notIncidentIO(p)
	}
	page := ioPage{document: docProxyIncidents, home: incidentIOPageURL(Source{}, p, "")}
	res := Result{Document: docProxyIncidents, PageURL: page.home}
	for _, in := range doc.Incidents {
		res.Incidents = append(res.Incidents, page.incident(in))
	}
	return res, nil
}

// readImpacts reads the titles and impacts of a stretch of history.
func readImpacts(p Page, body []byte) (Result, error) {
	page := ioPage{document: docImpacts, home: incidentIOPageURL(Source{}, p, "")}
	if err := json.Unmarshal(body, &page.history); err != nil || page.history.Links == nil || page.history.Impacts == nil {
		return Result{}, notIncidentIO(p)
	}
	return Result{Document: docImpacts, PageURL: page.home, Incidents: page.links(nil)}, nil
}
