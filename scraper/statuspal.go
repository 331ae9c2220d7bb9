package scraper

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
)

func init() { Register("statuspal", statuspal{}) }

// statuspal reads the status pages of Statuspal by the summary of its API, known from documents only:
// https://www.statuspal.io/api-docs/v2 and open-source readers with recorded answers.
//
//	https://statuspal.io/api/v2/status_pages/<subdomain>/summary   services, what is open, what is planned
//	the home page                                                  read for the subdomain alone
//
// Pages in Europe are served by statuspal.eu in place of statuspal.io. What has ended is not listed, so that there
// is no history to go back to. Times are UTC, and written without a zone.
type statuspal struct{}

// The kinds of Statuspal's documents, as in normalize.Raw.
const (
	statuspalSummary = "summary"
	statuspalHome    = "home"
)

const wantStatuspal = "the summary of Statuspal's API (status_page with its subdomain, services, incidents, maintenances, upcoming_maintenances), " +
	"or a page that names its address <subdomain>.statuspal.io,"

var (
	statuspalHost    = regexp.MustCompile(`(?i)^([a-z0-9][a-z0-9-]*)\.statuspal\.(io|eu|us)$`)
	statuspalAPIHost = regexp.MustCompile(`(?i)^(?:www\.)?statuspal\.(?:io|eu|us)$`)
	statuspalAPIPath = regexp.MustCompile(`^/api/v2/status_pages/([A-Za-z0-9_-]+)(?:/|$)`)
	// statuspalNamed finds what a home page calls itself; statuspalState is its own element.
	statuspalNamed = regexp.MustCompile(`(?i)//([a-z0-9][a-z0-9-]*)\.statuspal\.(io|eu|us)\b|\bstatuspal\.(io|eu|us)/api/v[12]/status_pages/([a-z0-9_-]+)`)
	statuspalState = regexp.MustCompile(`class=["'][^"']*\bsystem-status\b`)
)

// statuspalOwn are names below statuspal's own domain that are no status page.
var statuspalOwn = []string{"www", "app", "api", "docs", "assets", "cdn", "static", "help", "blog"}

// Start asks for the summary where the source's address tells the subdomain; else for the home page, which may
// lead to it.
func (statuspal) Start(s Source) []Request {
	u, err := url.Parse(s.URL)
	if err != nil {
		return []Request{{URL: s.URL}}
	}
	if m := statuspalHost.FindStringSubmatch(u.Hostname()); m != nil && !slices.Contains(statuspalOwn, strings.ToLower(m[1])) {
		return []Request{{URL: statuspalURL(strings.ToLower(m[2]), strings.ToLower(m[1]))}}
	}
	if m := statuspalAPIPath.FindStringSubmatch(u.Path); m != nil {
		return []Request{{URL: siteOf(u) + "/api/v2/status_pages/" + m[1] + "/summary"}}
	}
	return []Request{{URL: s.URL}}
}

func statuspalURL(region, subdomain string) string {
	return "https://statuspal." + region + "/api/v2/status_pages/" + subdomain + "/summary"
}

// Home returns scheme and host of a status page; of the API, the page that its address tells.
func (statuspal) Home(page *url.URL) string {
	if m := statuspalAPIPath.FindStringSubmatch(page.Path); m != nil && statuspalAPIHost.MatchString(page.Hostname()) {
		return page.Scheme + "://" + m[1] + "." + strings.TrimPrefix(strings.ToLower(page.Host), "www.")
	}
	return siteOf(page)
}

// Words are Statuspal's types of incidents, of which its services have the one that concerns them.
func (statuspal) Words() normalize.Words {
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

// Describe says what is read of Statuspal.
func (statuspal) Describe() Description {
	return Description{
		Name:      "Statuspal",
		Documents: []string{"api/v2/status_pages/<subdomain>/summary", "home page (for the subdomain)"},
		History:   "none: what has ended is not listed",
		Fields:    []string{"url", "state", "severity", "started_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected", "components"},
		Source:    FromDocuments,
		Address:   "https://<subdomain>.statuspal.io or .eu; the page's own where it names that one",
	}
}

// Detect reports whether the page is a summary of Statuspal's, or a home page of Statuspal that names itself.
func (statuspal) Detect(p Page) bool {
	body := feedBody(p)
	switch {
	case isJSON(body):
		if !bytes.Contains(body, []byte(`"upcoming_maintenances"`)) {
			return false // before the page is parsed to say what else it is
		}
		_, err := statuspal{}.Parse(Source{}, p)
		return err == nil
	case looksLikeHTML(body):
		return statuspalState.Match(body) && statuspalNames(body) != ""
	}
	return false
}

// statuspalNames returns the address of the summary that a whole web page leads to, "" unless it names one
// status page only.
func statuspalNames(body []byte) string {
	if openEnded(body) {
		return ""
	}
	address := ""
	for _, m := range statuspalNamed.FindAllSubmatch(body, -1) {
		subdomain, region := strings.ToLower(string(m[1])+string(m[4])), strings.ToLower(string(m[2])+string(m[3]))
		if slices.Contains(statuspalOwn, subdomain) {
			continue
		}
		found := statuspalURL(region, subdomain)
		if address != "" && found != address {
			return ""
		}
		address = found
	}
	return address
}

type spalService struct {
	ID       jsonText        `json:"id"`
	Name     string          `json:"name"`
	Type     json.RawMessage `json:"current_incident_type"`
	Children []spalService   `json:"children"`
}

type spalEvent struct {
	ID       jsonText     `json:"id"`
	Type     string       `json:"type"`
	Title    string       `json:"title"`
	URL      string       `json:"url"`
	Created  string       `json:"inserted_at"`
	Updated  string       `json:"updated_at"`
	Start    string       `json:"starts_at"`
	End      string       `json:"ends_at"`
	Services []jsonText   `json:"service_ids"`
	Updates  []spalUpdate `json:"updates"`
}

type spalUpdate struct {
	ID       jsonText `json:"id"`
	Type     string   `json:"type"`
	Text     string   `json:"description"`
	HTML     string   `json:"description_html"`
	Inserted string   `json:"inserted_at"`
	Posted   string   `json:"posted_at"` // the time readers are shown
}

// Parse reads a summary, or finds its address in a home page. It returns an error that wraps ErrShape for anything
// else, and for a summary that lacks one of its lists.
func (statuspal) Parse(s Source, p Page) (Result, error) {
	body := feedBody(p)
	if looksLikeHTML(body) {
		if address := statuspalNames(body); address != "" {
			return Result{Document: statuspalHome, Part: true, Follow: []Request{{URL: address}}}, nil
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
	if err := readJSON(p, &doc, wantStatuspal); err != nil {
		return Result{}, err
	}
	if doc.Page == nil || doc.Page.Subdomain == "" || doc.Page.Type == nil || doc.Services == nil ||
		doc.Incidents == nil || doc.Maintenances == nil || doc.Upcoming == nil {
		return Result{}, notWanted(p, wantStatuspal)
	}
	res := Result{
		Document: statuspalSummary, PageName: oneLine(doc.Page.Name), PageURL: statuspalPage(s, p),
		// Without its notices, which it has not always had, a summary does not tell all that is open.
		Indicator: statuspalType(doc.Page.Type), Coverage: Coverage{Open: doc.Notices != nil, Components: true},
	}
	parts := map[jsonText]normalize.RawComponent{}
	if !spalComponents(doc.Services, "", parts, &res.Components) {
		return Result{}, shapeErrorf("a summary of Statuspal with a service that lacks its id or its name")
	}
	for _, list := range []struct {
		name    string
		entries []json.RawMessage
	}{{"incidents", doc.Incidents}, {"info_notices", doc.Notices}, {"maintenances", doc.Maintenances}, {"upcoming_maintenances", doc.Upcoming}} {
		for i, text := range list.entries {
			var e spalEvent
			if err := json.Unmarshal(text, &e); err != nil {
				return Result{}, shapeErrorf("a summary of Statuspal whose %s %d cannot be read: %v", list.name, i+1, err)
			}
			if e.ID == "" || e.Title == "" {
				return Result{}, shapeErrorf("a summary of Statuspal whose %s %d lacks its id or its title", list.name, i+1)
			}
			res.Incidents = append(res.Incidents, e.raw(list.name, parts, p.At))
		}
	}
	return res, nil
}

// statuspalPage returns the status page's address: the source's, unless that is the API's.
func statuspalPage(s Source, p Page) string {
	for _, address := range []string{s.URL, p.URL} {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			return statuspal{}.Home(u)
		}
	}
	return ""
}

// statuspalType is a current_incident_type as it stands; null says that there is no incident.
func statuspalType(text json.RawMessage) string {
	var word *string
	switch err := json.Unmarshal(text, &word); {
	case text == nil:
		return ""
	case err != nil:
		return clip(string(text), 40)
	case word == nil:
		return "none"
	}
	return *word
}

// spalComponents lists services with those below them, each in the group of its path; ok is false if one of them
// lacks its id or its name.
func spalComponents(services []spalService, group string, parts map[jsonText]normalize.RawComponent, out *[]normalize.RawComponent) (ok bool) {
	for _, service := range services {
		if service.ID == "" || service.Name == "" {
			return false
		}
		c := normalize.RawComponent{ID: string(service.ID), Name: service.Name, Group: group}
		parts[service.ID] = c
		c.Status = statuspalType(service.Type)
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
func (e spalEvent) raw(list string, parts map[jsonText]normalize.RawComponent, now time.Time) normalize.Raw {
	raw := normalize.Raw{
		Document: statuspalSummary, ID: string(e.ID), URL: e.URL, Kind: string(normalize.KindIncident), Title: e.Title, Impact: e.Type,
		Created: rawTime(e.Created, ""), Updated: rawTime(e.Updated, ""),
	}
	planned := list == "maintenances" || list == "upcoming_maintenances"
	switch word := normalize.Word(e.Type); {
	case planned || word == "scheduled" || word == "emergency_maintenance":
		raw.Kind = string(normalize.KindMaintenance)
		raw.ScheduledStart, raw.ScheduledEnd = rawTime(e.Start, ""), rawTime(e.End, "")
		if raw.State = windowState(e.Start, e.End, now); list == "upcoming_maintenances" {
			raw.State = "scheduled"
		}
	case list == "info_notices" || word == "info":
		raw.Kind = string(normalize.KindNotice)
		raw.Started, raw.Resolved = rawTime(e.Start, ""), rawTime(e.End, "")
	default:
		raw.Started, raw.Resolved = rawTime(e.Start, ""), rawTime(e.End, "")
	}
	for _, id := range e.Services {
		c, known := parts[id]
		if !known {
			c = normalize.RawComponent{ID: string(id), Name: string(id)}
		}
		raw.Components = append(raw.Components, c)
	}
	for _, u := range e.Updates {
		up := normalize.RawUpdate{ID: string(u.ID), State: u.Type, Posted: rawTime(u.Posted, ""), Created: rawTime(u.Inserted, ""), Body: u.HTML, Format: normalize.FormatHTML}
		if up.Body == "" {
			up.Body, up.Format = u.Text, normalize.FormatMarkdown
		}
		if up.Posted.IsZero() {
			up.Posted = up.Created
		}
		raw.Updates = append(raw.Updates, up)
	}
	oldestFirst(raw.Updates)
	return raw
}
