// Package googlecloud reads incidents.json of the dashboards of Google Cloud, Google Workspace and Firebase,
// which are the same product. Known from bytes, in the four forms it has had:
//
//   - until April 2021: keys with hyphens, numbers counted by service, no ids, no states;
//   - April 2021: ids, affected_products, states of updates; no created and modified;
//   - from May 2021: created, modified and service_key;
//   - from 2022: locations.
//
// The document is the whole list: open incidents, and past ones for as long as the vendor keeps them.
package googlecloud

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const want = "Google's incidents.json (a list of incidents with begin, external_desc and updates)"

// document is the kind of the only document.
const document = "incidents"

// Start requests the list.
func (Platform) Start(s scraper.Source) []scraper.Request {
	return []scraper.Request{{URL: scraper.HomeOf(Platform{}, s.URL) + "/incidents.json"}}
}

var below = lazyregexp.New(
	`/(?:incidents?(?:\.json|/.*)?|summary|products\.json|regional(?:/.*)?|[a-z]{2}/feed\.atom|feed\.atom|)/*$`,
)

// Home returns the dashboard's address: several dashboards share a host, each under a path of its own.
func (Platform) Home(page *url.URL) string {
	home := &url.URL{Scheme: page.Scheme, Host: page.Host, Path: below.ReplaceAllString(page.Path, "")}
	return strings.TrimSuffix(home.String(), "/")
}

// Words: the severity is status_impact, otherwise severity. Google's only states are those of the service: until it
// is available again, the incident is under investigation.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"available":           normalize.StateResolved,
			"service_information": normalize.StateInvestigating,
			"service_disruption":  normalize.StateInvestigating,
			"service_outage":      normalize.StateInvestigating,
			"incident_report":     normalize.StatePostmortem,
			"incident_statement":  normalize.StatePostmortem,
			"issue_summary":       normalize.StatePostmortem,
		},
		Severities: map[string]normalize.Severity{
			"service_information": normalize.SeverityNone,
			"service_disruption":  normalize.SeverityMajor,
			"service_outage":      normalize.SeverityCritical,
			"low":                 normalize.SeverityMinor,
			"medium":              normalize.SeverityMajor,
			"high":                normalize.SeverityCritical,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Google Cloud, Google Workspace, Firebase",
		Documents: []string{"incidents.json"},
		History:   "what incidents.json lists, as far back as Google keeps it",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "updates", "postmortem", "affected",
		},
		Source: scraper.FromBytes,
	}
}

type incident struct {
	ID           string    `json:"id"`
	Begin        string    `json:"begin"`
	Created      string    `json:"created"`
	End          string    `json:"end"` // absent while it is open
	Modified     string    `json:"modified"`
	Description  *string   `json:"external_desc"`
	Updates      *[]update `json:"updates"` // newest first
	StatusImpact string    `json:"status_impact"`
	Severity     string    `json:"severity"`
	ServiceName  string    `json:"service_name"`
	Products     []part    `json:"affected_products"`
	URI          string    `json:"uri"`

	Current  []part `json:"currently_affected_locations"`
	Previous []part `json:"previously_affected_locations"`
}

type update struct {
	Created string `json:"created"`
	When    string `json:"when"`
	Text    string `json:"text"`
	Status  string `json:"status"`
}

type part struct {
	Title string `json:"title"`
	ID    string `json:"id"`
}

// Parse reads the list. It returns an error that wraps ErrShape if an element lacks what every incident has, and for
// an empty list, since past incidents are always listed.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	var list []incident
	if err := page.DecodeJSON(p, &list, want); err != nil {
		return scraper.Result{}, err
	}
	if len(list) == 0 {
		return scraper.Result{}, page.Errorf(
			"an empty list, where Google's incidents.json always shows past incidents",
		)
	}
	home := ""
	for _, address := range []string{p.URL, s.URL} {
		if u, err := url.Parse(address); home == "" && err == nil && u.Host != "" {
			home = Platform{}.Home(u)
		}
	}
	res := scraper.Result{Document: document, PageURL: home, Coverage: scraper.Coverage{Open: true}}
	for _, in := range list {
		if in.Begin == "" || in.Description == nil || in.Updates == nil || in.ID == "" && in.URI == "" {
			return scraper.Result{}, page.Errorf(
				"a list with an entry that lacks one of begin, external_desc, updates and uri, where %s is expected",
				want,
			)
		}
	}
	for _, in := range list {
		res.Incidents = append(res.Incidents, in.raw(home))
		if res.Coverage.Since == "" || page.Before(in.Begin, res.Coverage.Since) {
			res.Coverage.Since = in.Begin
		}
	}
	return res, nil
}

// raw reads one incident. A given end ends it. Without one it is open, even if its newest update says that the
// service is available, since Google has not ended it.
func (in incident) raw(home string) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		ID:       in.ID,
		Kind:     string(normalize.KindIncident),
		Title:    *in.Description,
		Impact:   cmp.Or(in.StatusImpact, in.Severity),
		Started:  normalize.RawTime{Text: in.Begin},
		Resolved: normalize.RawTime{Text: in.End},
		Created:  normalize.RawTime{Text: in.Created},
		Updated:  normalize.RawTime{Text: in.Modified},
	}
	path := strings.TrimPrefix(in.URI, "/")
	if raw.ID == "" {
		// The numbers of 2020 are gone, and so are the addresses made from them.
		_, id, _ := strings.Cut(path, "/") // "incident/compute/20005"
		raw.ID = normalize.FormerKey + id
	} else if home != "" && path != "" {
		raw.URL = home + "/" + path
	}
	used := map[string]int{}
	for _, u := range slices.Backward(*in.Updates) {
		update := normalize.RawUpdate{
			ID: updateID(u, used), State: u.Status, Posted: normalize.RawTime{Text: cmp.Or(u.When, u.Created)},
			Created: normalize.RawTime{Text: u.Created}, Body: u.Text, Format: normalize.FormatMarkdown,
		}
		if in.End != "" && page.Before(in.End, update.Posted.Text) {
			update.State = cmp.Or(report(u.Text), u.Status)
		}
		if in.End == "" && normalize.Word(u.Status) != "available" {
			raw.State = cmp.Or(u.Status, raw.State)
		}
		raw.Updates = append(raw.Updates, update)
	}
	if in.End == "" {
		raw.State = cmp.Or(raw.State, in.StatusImpact)
	}
	raw.Components = in.components()
	return raw
}

// updateID is the time at which an update was created, which edits do not change. The forms of the years write the
// same time in two ways.
func updateID(u update, used map[string]int) string {
	id := cmp.Or(u.Created, u.When)
	if id == "" {
		return ""
	}
	if utc, ok := strings.CutSuffix(id, "+00:00"); ok {
		id = utc + "Z"
	}
	if used[id]++; used[id] > 1 {
		id += "#" + strconv.Itoa(used[id])
	}
	return id
}

var reportHead = lazyregexp.New(
	`(?i)^(?:[#*\\\s]*(?:preliminary |mini |full )?(incident report|incident statement|issue summary)\b|` +
		`following is the (incident report)\b)`,
)

// report returns the heading that makes an update after the end a report, "" if it has none.
func report(text string) string {
	if m := reportHead.FindStringSubmatch(text); m != nil {
		return m[1] + m[2]
	}
	return ""
}

// components are the products and the locations, so that filters can use both. It is not given which product was
// affected where.
func (in incident) components() []normalize.RawComponent {
	var out []normalize.RawComponent
	add := func(group string, parts []part) {
		for _, part := range parts {
			c := normalize.RawComponent{ID: part.ID, Name: part.Title, Group: group}
			if c.Name == "" {
				c.Name = c.ID
			}
			if c.Name != "" && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	add("Products", in.Products)
	if len(in.Products) == 0 {
		add("Products", []part{{Title: in.ServiceName}})
	}
	add("Locations", in.Current)
	add("Locations", in.Previous)
	return out
}
