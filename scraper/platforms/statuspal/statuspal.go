// Package statuspal reads the status pages of Statuspal by the summary of its API, known from documents only:
// https://www.statuspal.io/api-docs/v2 and open-source readers with recorded answers.
//
//	https://statuspal.io/api/v2/status_pages/<subdomain>/summary   services, what is open, what is planned
//	the home page                                                  read for the subdomain alone
//
// Pages in Europe are served by statuspal.eu in place of statuspal.io. What has ended is not listed, so that there
// is no history. Times are UTC, and written without a zone.
package statuspal

import (
	"bytes"
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

// The kinds of Statuspal's documents, for normalize.Raw.
const (
	summary = "summary"
	home    = "home"
)

const want = "the summary of Statuspal's API (status_page with its subdomain, services, incidents, maintenances, " +
	"upcoming_maintenances), " +
	"or a page that names its address <subdomain>.statuspal.io,"

var (
	host    = lazyregexp.New(`(?i)^([a-z0-9][a-z0-9-]*)\.statuspal\.(io|eu|us)$`)
	apiHost = lazyregexp.New(`(?i)^(?:www\.)?statuspal\.(?:io|eu|us)$`)
	apiPath = lazyregexp.New(`^/api/v2/status_pages/([A-Za-z0-9_-]+)(?:/|$)`)
	// named finds what a home page calls itself; state is its own element.
	named = lazyregexp.New(
		`(?i)//([a-z0-9][a-z0-9-]*)\.statuspal\.(io|eu|us)\b|\bstatuspal\.(io|eu|` +
			`us)/api/v[12]/status_pages/([a-z0-9_-]+)`,
	)
	state = lazyregexp.New(`class=["'][^"']*\bsystem-status\b`)
)

// own are names below statuspal's own domain that are no status page.
var own = []string{"www", "app", "api", "docs", "assets", "cdn", "static", "help", "blog"}

// Start requests the summary where the source's address tells the subdomain; else for the home page, which may
// lead to it.
func (Platform) Start(s scraper.Source) []scraper.Request {
	u, err := url.Parse(s.URL)
	if err != nil {
		return []scraper.Request{{URL: s.URL}}
	}
	if m := host.FindStringSubmatch(u.Hostname()); m != nil && !slices.Contains(own, strings.ToLower(m[1])) {
		return []scraper.Request{{URL: apiURL(strings.ToLower(m[2]), strings.ToLower(m[1]))}}
	}
	if m := apiPath.FindStringSubmatch(u.Path); m != nil {
		return []scraper.Request{{URL: page.Site(u) + "/api/v2/status_pages/" + m[1] + "/summary"}}
	}
	return []scraper.Request{{URL: s.URL}}
}

func apiURL(region, subdomain string) string {
	return "https://statuspal." + region + "/api/v2/status_pages/" + subdomain + "/summary"
}

// Home returns scheme and host of a status page; of the API, the page that its address tells.
func (Platform) Home(u *url.URL) string {
	if m := apiPath.FindStringSubmatch(u.Path); m != nil && apiHost.MatchString(u.Hostname()) {
		return u.Scheme + "://" + m[1] + "." + strings.TrimPrefix(strings.ToLower(u.Host), "www.")
	}
	return page.Site(u)
}

// Words are Statuspal's types of incidents, of which its services have the one that concerns them.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{"issue": normalize.StateInvestigating},
		Severities: map[string]normalize.Severity{
			"performance": normalize.SeverityMinor, "info": normalize.SeverityNone,
			"scheduled": normalize.SeverityNone, "emergency_maintenance": normalize.SeverityNone,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"none": normalize.StatusOperational, "info": normalize.StatusOperational,
			"performance": normalize.StatusDegraded, "minor": normalize.StatusDegraded, "major": normalize.StatusMajor,
			"scheduled": normalize.StatusMaintenance, "emergency_maintenance": normalize.StatusMaintenance,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Statuspal",
		Documents: []string{"api/v2/status_pages/<subdomain>/summary", "home page (for the subdomain)"},
		History:   "none: ended incidents are not listed",
		Fields: []string{
			"url", "state", "severity", "started_at", "scheduled_start_at", "scheduled_end_at", "updates",
			"affected", "components",
		},
		Source:  scraper.FromDocuments,
		Address: "https://<subdomain>.statuspal.io or .eu; the page's own where it names that one",
	}
}

// Detect reports whether the page is a summary of Statuspal's, or a home page of Statuspal that names itself.
func (Platform) Detect(p page.Page) bool {
	body := page.Body(p)
	switch {
	case page.IsJSON(body):
		if !bytes.Contains(body, []byte(`"upcoming_maintenances"`)) {
			return false // cheaper than parsing the page
		}
		_, err := Platform{}.Parse(scraper.Source{}, p)
		return err == nil
	case page.IsHTML(body):
		return state.Match(body) && names(body) != ""
	}
	return false
}

// names returns the address of the summary that a whole web page leads to, "" unless it names one
// status page only.
func names(body []byte) string {
	if page.BreaksOff(body) {
		return ""
	}
	address := ""
	for _, m := range named.FindAllSubmatch(body, -1) {
		subdomain, region := strings.ToLower(string(m[1])+string(m[4])), strings.ToLower(string(m[2])+string(m[3]))
		if slices.Contains(own, subdomain) {
			continue
		}
		found := apiURL(region, subdomain)
		if address != "" && found != address {
			return ""
		}
		address = found
	}
	return address
}

type spalService struct {
	ID       page.Scalar     `json:"id"`
	Name     string          `json:"name"`
	Type     json.RawMessage `json:"current_incident_type"`
	Children []spalService   `json:"children"`
}

type spalEvent struct {
	ID       page.Scalar   `json:"id"`
	Type     string        `json:"type"`
	Title    string        `json:"title"`
	URL      string        `json:"url"`
	Created  string        `json:"inserted_at"`
	Updated  string        `json:"updated_at"`
	Start    string        `json:"starts_at"`
	End      string        `json:"ends_at"`
	Services []page.Scalar `json:"service_ids"`
	Updates  []spalUpdate  `json:"updates"`
}

type spalUpdate struct {
	ID       page.Scalar `json:"id"`
	Type     string      `json:"type"`
	Text     string      `json:"description"`
	HTML     string      `json:"description_html"`
	Inserted string      `json:"inserted_at"`
	Posted   string      `json:"posted_at"` // the time readers are shown
}

// Parse reads a summary, or finds its address in a home page. It returns an error that wraps ErrShape for anything
// else, and for a summary that lacks one of its lists.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if page.IsHTML(body) {
		if address := names(body); address != "" {
			return scraper.Result{Document: home, Part: true, Follow: []scraper.Request{{URL: address}}}, nil
		}
	}
	var doc struct {
		Page *struct {
			Name      string          `json:"name"`
			Subdomain string          `json:"subdomain"`
			Type      json.RawMessage `json:"current_incident_type"`
		} `json:"status_page"`
		Services     []spalService     `json:"services"`
		Incidents    []json.RawMessage `json:"incidents"`
		Notices      []json.RawMessage `json:"info_notices"`
		Maintenances []json.RawMessage `json:"maintenances"`
		Upcoming     []json.RawMessage `json:"upcoming_maintenances"`
	}
	if err := page.DecodeJSON(p, &doc, want); err != nil {
		return scraper.Result{}, err
	}
	if doc.Page == nil || doc.Page.Subdomain == "" || doc.Page.Type == nil || doc.Services == nil ||
		doc.Incidents == nil || doc.Maintenances == nil || doc.Upcoming == nil {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{
		Document: summary, PageName: page.OneLine(doc.Page.Name), PageURL: pageOf(s, p),
		// Without its notices, which it has not always had, a summary does not tell all that is open.
		Indicator: typeOf(doc.Page.Type), Coverage: scraper.Coverage{Open: doc.Notices != nil, Components: true},
	}
	parts := map[page.Scalar]normalize.RawComponent{}
	if !spalComponents(doc.Services, "", parts, &res.Components) {
		return scraper.Result{}, page.Errorf("a summary of Statuspal with a service that lacks its id or its name")
	}
	for _, list := range []struct {
		name    string
		entries []json.RawMessage
	}{{"incidents", doc.Incidents}, {"info_notices", doc.Notices}, {"maintenances", doc.Maintenances},
		{"upcoming_maintenances", doc.Upcoming}} {
		for i, text := range list.entries {
			var e spalEvent
			if err := json.Unmarshal(text, &e); err != nil {
				return scraper.Result{}, page.Errorf(
					"a summary of Statuspal whose %s %d cannot be read: %v",
					list.name,
					i+1,
					err,
				)
			}
			if e.ID == "" || e.Title == "" {
				return scraper.Result{}, page.Errorf(
					"a summary of Statuspal whose %s %d lacks its id or its title",
					list.name,
					i+1,
				)
			}
			res.Incidents = append(res.Incidents, e.raw(list.name, parts, p.At))
		}
	}
	return res, nil
}

// pageOf returns the status page's address: the source's, unless that is the API's.
func pageOf(s scraper.Source, p page.Page) string {
	for _, address := range []string{s.URL, p.URL} {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			return Platform{}.Home(u)
		}
	}
	return ""
}

// typeOf is a current_incident_type as it stands; null says that there is no incident.
func typeOf(text json.RawMessage) string {
	var word *string
	switch err := json.Unmarshal(text, &word); {
	case text == nil:
		return ""
	case err != nil:
		return page.Clip(string(text), 40)
	case word == nil:
		return "none"
	}
	return *word
}

// spalComponents lists services with those below them, each in the group of its path; ok is false if one of them
// lacks its id or its name.
func spalComponents(
	services []spalService,
	group string,
	parts map[page.Scalar]normalize.RawComponent,
	out *[]normalize.RawComponent,
) (ok bool) {
	for _, service := range services {
		if service.ID == "" || service.Name == "" {
			return false
		}
		c := normalize.RawComponent{ID: string(service.ID), Name: service.Name, Group: group}
		parts[service.ID] = c
		c.Status = typeOf(service.Type)
		*out = append(*out, c)
		path := service.Name
		if group != "" {
			path = group + " / " + service.Name
		}
		if !spalComponents(service.Children, path, parts, out) {
			return false
		}
	}
	return true
}

// raw reads an incident, a notice or a maintenance, according to the list that it stands in.
func (e spalEvent) raw(list string, parts map[page.Scalar]normalize.RawComponent, now time.Time) normalize.Raw {
	raw := normalize.Raw{
		Document: summary, ID: string(e.ID), URL: e.URL, Kind: string(normalize.KindIncident), Title: e.Title,
		Impact:  e.Type,
		Zone:    "UTC",
		Created: page.Time(e.Created, ""), Updated: page.Time(e.Updated, ""),
	}
	planned := list == "maintenances" || list == "upcoming_maintenances"
	switch word := normalize.Word(e.Type); {
	case planned || word == "scheduled" || word == "emergency_maintenance":
		raw.Kind = string(normalize.KindMaintenance)
		raw.ScheduledStart, raw.ScheduledEnd = page.Time(e.Start, ""), page.Time(e.End, "")
		if raw.State = page.WindowState(e.Start, e.End, now); list == "upcoming_maintenances" {
			raw.State = "scheduled"
		}
	case list == "info_notices" || word == "info":
		raw.Kind = string(normalize.KindNotice)
		raw.Started, raw.Resolved = page.Time(e.Start, ""), page.Time(e.End, "")
	default:
		raw.Started, raw.Resolved = page.Time(e.Start, ""), page.Time(e.End, "")
	}
	for _, id := range e.Services {
		c, known := parts[id]
		if !known {
			c = normalize.RawComponent{ID: string(id), Name: string(id)}
		}
		raw.Components = append(raw.Components, c)
	}
	for _, u := range e.Updates {
		up := normalize.RawUpdate{
			ID:      string(u.ID),
			State:   u.Type,
			Posted:  page.Time(u.Posted, ""),
			Created: page.Time(u.Inserted, ""),
			Body:    u.HTML,
			Format:  normalize.FormatHTML,
		}
		if up.Body == "" {
			up.Body, up.Format = u.Text, normalize.FormatMarkdown
		}
		if up.Posted.IsZero() {
			up.Posted = up.Created
		}
		raw.Updates = append(raw.Updates, up)
	}
	page.OldestFirst(raw.Updates)
	return raw
}
