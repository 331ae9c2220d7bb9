// Package rootly reads the public API of a Rootly status page, which exists where the page has a domain of its own:
//
//   - /api/v1/status.json, the page's state and every incident open now;
//   - /api/v1/incidents.json, the same incidents with their updates, up to 100 a page.
//
// There is no history, and no list of components. Known from documents:
// https://docs.rootly.com/configuration/status-page-public-api .
//
// The keys are Statuspage's, but neither the page nor an incident has an id; by that it is told.
package rootly

import (
	"fmt"
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

const want = "Rootly's status.json or incidents.json (a page without an id, and incidents)"

// The kinds of Rootly's documents, for normalize.Raw.
const (
	status    = "status"
	incidents = "incidents"
)

// perPage is how many incidents a page of the list holds at the most.
const perPage = 100

// Start requests the page's state and for the first page of the list.
func (Platform) Start(s scraper.Source) []scraper.Request {
	home := scraper.HomeOf(Platform{}, s.URL)
	return []scraper.Request{{URL: home + "/api/v1/status.json"}, {URL: list(home, 1)}}
}

func list(home string, page int) string {
	return fmt.Sprintf("%s/api/v1/incidents.json?page=%d&per_page=%d", home, page, perPage)
}

// Home returns scheme and host: one host serves one status page.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// tool are states of the incident tool behind the page. Of an incident that has updates, the newest of them
// says more to the page's readers.
var tool = []string{"in_triage", "started", "detected", "acknowledged", "mitigated"}

// Words are the tool's states, in which what is mitigated is not over yet.
func (Platform) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"in_triage": normalize.StateInvestigating, "started": normalize.StateInvestigating,
		"detected": normalize.StateInvestigating, "acknowledged": normalize.StateInvestigating,
		"mitigated": normalize.StateMonitoring,
	}}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Rootly",
		Documents: []string{"api/v1/status.json", "api/v1/incidents.json"},
		History:   "none: only open incidents are listed",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "updates",
		},
		Source: scraper.FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{`"incidents"`} }

type document struct {
	Page *struct {
		ID        *page.Scalar `json:"id"` // never there
		Name      string       `json:"name"`
		URL       string       `json:"url"`
		TimeZone  *string      `json:"time_zone"`
		UpdatedAt *string      `json:"updated_at"`
	} `json:"page"`
	Status *struct {
		Indicator   string `json:"indicator"` // none, minor, major, maintenance
		Description string `json:"description"`
	} `json:"status"`
	Incidents  *[]incident `json:"incidents"`
	Components *[]any      `json:"components"` // never there
}

type incident struct {
	ID      *page.Scalar `json:"id"` // never there
	Name    string       `json:"name"`
	Status  string       `json:"status"` // started, mitigated, … ; scheduled, in_progress of a maintenance
	Impact  string       `json:"impact"` // none, minor, major, critical
	Started string       `json:"started_at"`
	Ended   string       `json:"resolved_at"`
	URL     string       `json:"url"`
	Updates []update     `json:"incident_updates"`
}

type update struct {
	Body    string `json:"body"`
	Status  string `json:"status"`
	Created string `json:"created_at"`
}

// Parse reads either document. It returns an error that wraps ErrShape where the list of incidents is none,
// and for pages and incidents with an id, which are another product's.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	var doc document
	if err := page.DecodeJSON(p, &doc, want); err != nil {
		return scraper.Result{}, err
	}
	this := doc.Page
	if this == nil || this.ID != nil || this.Name == "" || this.URL == "" || this.TimeZone == nil ||
		this.UpdatedAt == nil ||
		doc.Incidents == nil ||
		doc.Components != nil {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{Document: incidents, PageName: this.Name, PageURL: strings.TrimSuffix(this.URL, "/")}
	if doc.Status != nil {
		if doc.Status.Indicator == "" {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		// A list that is as long as a page may be may be cut, and proves no end.
		res.Document, res.Coverage.Open = status, len(*doc.Incidents) < perPage
		res.Indicator, res.Headline = doc.Status.Indicator, doc.Status.Description
	}
	for _, in := range *doc.Incidents {
		if in.ID != nil || in.Name == "" || in.URL == "" || in.Status == "" {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		res.Incidents = append(res.Incidents, in.raw(res.Document, *this.TimeZone))
	}
	if next := next(p, len(*doc.Incidents)); next > 0 && res.Document == incidents {
		res.Follow = []scraper.Request{{URL: list(scraper.HomeOf(Platform{}, p.URL), next)}}
	}
	return res, nil
}

// next returns the number of the page after a full one; 0 where there is none, or where it is not known
// which page this is.
func next(p page.Page, listed int) int {
	u, err := url.Parse(p.URL)
	if err != nil || listed < perPage {
		return 0
	}
	page, err := strconv.Atoi(u.Query().Get("page"))
	if err != nil || page < 1 {
		return 0
	}
	return page + 1
}

// raw reads one incident, which is known by its address.
func (in incident) raw(document, zone string) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		URL:      in.URL,
		Zone:     zone,
		Title:    in.Name,
		State:    in.Status,
		Impact:   in.Impact,
		Started:  page.Time(in.Started, ""),
		Resolved: page.Time(in.Ended, ""),
		Excerpt:  len(in.Updates) == 0,
	}
	for _, u := range in.Updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			State: u.Status, Posted: page.Time(u.Created, ""), Body: u.Body, Format: normalize.FormatMarkdown,
		})
	}
	page.OldestFirst(raw.Updates)
	if posted := page.LatestState(raw.Updates); posted != "" && slices.Contains(tool, in.Status) {
		raw.State = posted
	}
	return raw
}
