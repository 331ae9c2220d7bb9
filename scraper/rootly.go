package scraper

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vendorwatch/normalize"
)

func init() { Register("rootly", rootly{}) }

// rootly reads the public API of a Rootly status page, which exists where the page has a domain of its own:
//
//   - /api/v1/status.json, the page's state and every incident open now;
//   - /api/v1/incidents.json, the same incidents with their updates, up to 100 a page.
//
// There is no history, and no list of components. Known from documents:
// https://docs.rootly.com/configuration/status-page-public-api .
//
// The keys are Statuspage's, but neither the page nor an incident has an id; by that it is told.
type rootly struct{}

const wantRootly = "Rootly's status.json or incidents.json (a page without an id, and incidents)"

// The kinds of Rootly's documents.
const (
	rootlyStatus    = "status"
	rootlyIncidents = "incidents"
)

// rootlyPage is how many incidents a page of the list holds at the most.
const rootlyPage = 100

// Start asks for the page's state and for the first page of the list.
func (rootly) Start(s Source) []Request {
	home := HomeOf(rootly{}, s.URL)
	return []Request{{URL: home + "/api/v1/status.json"}, {URL: rootlyList(home, 1)}}
}

func rootlyList(home string, page int) string {
	return fmt.Sprintf("%s/api/v1/incidents.json?page=%d&per_page=%d", home, page, rootlyPage)
}

// Home returns scheme and host: one host serves one status page.
func (rootly) Home(page *url.URL) string { return siteOf(page) }

// rootlyTool are states of the incident tool behind the page. Of an incident that has updates, the newest of them
// says more to the page's readers.
var rootlyTool = []string{"in_triage", "started", "detected", "acknowledged", "mitigated"}

// Words are the tool's states, in which what is mitigated is not over yet.
func (rootly) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"in_triage": normalize.StateInvestigating, "started": normalize.StateInvestigating,
		"detected": normalize.StateInvestigating, "acknowledged": normalize.StateInvestigating,
		"mitigated": normalize.StateMonitoring,
	}}
}

// Describe says what is read of Rootly.
func (rootly) Describe() Description {
	return Description{
		Name:      "Rootly",
		Documents: []string{"api/v1/status.json", "api/v1/incidents.json"},
		History:   "none: only what is open is listed",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "updates",
		},
		Source: FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (rootly) Marks() []string { return []string{`"incidents"`} }

type rootlyDocument struct {
	Page *struct {
		ID        *jsonText `json:"id"` // never there
		Name      string    `json:"name"`
		URL       string    `json:"url"`
		TimeZone  *string   `json:"time_zone"`
		UpdatedAt *string   `json:"updated_at"`
	} `json:"page"`
	Status *struct {
		Indicator   string `json:"indicator"` // none, minor, major, maintenance
		Description string `json:"description"`
	} `json:"status"`
	Incidents  *[]rootlyIncident `json:"incidents"`
	Components *[]any            `json:"components"` // never there
}

type rootlyIncident struct {
	ID      *jsonText      `json:"id"` // never there
	Name    string         `json:"name"`
	Status  string         `json:"status"` // started, mitigated, … ; scheduled, in_progress of a maintenance
	Impact  string         `json:"impact"` // none, minor, major, critical
	Started string         `json:"started_at"`
	Ended   string         `json:"resolved_at"`
	URL     string         `json:"url"`
	Updates []rootlyUpdate `json:"incident_updates"`
}

type rootlyUpdate struct {
	Body    string `json:"body"`
	Status  string `json:"status"`
	Created string `json:"created_at"`
}

// Parse reads either document. It returns an error that wraps ErrShape where the list of incidents is none,
// and for pages and incidents with an id, which are another product's.
func (rootly) Parse(_ Source, p Page) (Result, error) {
	var doc rootlyDocument
	if err := readJSON(p, &doc, wantRootly); err != nil {
		return Result{}, err
	}
	page := doc.Page
	if page == nil || page.ID != nil || page.Name == "" || page.URL == "" || page.TimeZone == nil || page.UpdatedAt == nil ||
		doc.Incidents == nil || doc.Components != nil {
		return Result{}, notWanted(p, wantRootly)
	}
	res := Result{Document: rootlyIncidents, PageName: page.Name, PageURL: strings.TrimSuffix(page.URL, "/")}
	if doc.Status != nil {
		if doc.Status.Indicator == "" {
			return Result{}, notWanted(p, wantRootly)
		}
		res.Document, res.Coverage.Open = rootlyStatus, true
		res.Indicator, res.Headline = doc.Status.Indicator, doc.Status.Description
	}
	for _, in := range *doc.Incidents {
		if in.ID != nil || in.Name == "" || in.URL == "" || in.Status == "" {
			return Result{}, notWanted(p, wantRootly)
		}
		res.Incidents = append(res.Incidents, in.raw(res.Document, *page.TimeZone))
	}
	if next := rootlyNext(p, len(*doc.Incidents)); next > 0 && res.Document == rootlyIncidents {
		res.Follow = []Request{{URL: rootlyList(HomeOf(rootly{}, p.URL), next)}}
	}
	return res, nil
}

// rootlyNext returns the number of the page after a full one; 0 where there is none, or where it is not known
// which page this is.
func rootlyNext(p Page, listed int) int {
	u, err := url.Parse(p.URL)
	if err != nil || listed < rootlyPage {
		return 0
	}
	page, err := strconv.Atoi(u.Query().Get("page"))
	if err != nil || page < 1 {
		return 0
	}
	return page + 1
}

// raw reads one incident, which is known by its address.
func (in rootlyIncident) raw(document, zone string) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		URL:      in.URL,
		Zone:     zone,
		Title:    in.Name,
		State:    in.Status,
		Impact:   in.Impact,
		Started:  rawTime(in.Started, ""),
		Resolved: rawTime(in.Ended, ""),
		Excerpt:  len(in.Updates) == 0,
	}
	for _, u := range in.Updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			State: u.Status, Posted: rawTime(u.Created, ""), Body: u.Body, Format: normalize.FormatMarkdown,
		})
	}
	oldestFirst(raw.Updates)
	if posted := stateOf(raw.Updates); posted != "" && slices.Contains(rootlyTool, in.Status) {
		raw.State = posted
	}
	return raw
}
