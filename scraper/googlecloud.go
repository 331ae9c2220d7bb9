package scraper

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vendorwatch/normalize"
)

func init() { Register("googlecloud", googleCloud{}) }

// googleCloud reads incidents.json of the dashboards of Google Cloud, Google Workspace and Firebase,
// which are one product. Known from bytes, in the four spellings it has had:
//
//   - until April 2021: keys with hyphens, numbers counted by service, no ids, no states;
//   - April 2021: ids, affected_products, states of updates; no created and modified;
//   - from May 2021: created, modified and service_key;
//   - from 2022: locations.
//
// The document is the whole list: what is open, and the past as far back as the vendor keeps it.
type googleCloud struct{}

const wantGoogleCloud = "Google's incidents.json (a list of incidents with begin, external_desc and updates)"

// googleList is the kind of the one document.
const googleList = "incidents"

// Start asks for the list.
func (googleCloud) Start(s Source) []Request {
	return []Request{{URL: HomeOf(googleCloud{}, s.URL) + "/incidents.json"}}
}

var googleBelow = regexp.MustCompile(`/(?:incidents?(?:\.json|/.*)?|summary|products\.json|regional(?:/.*)?|[a-z]{2}/feed\.atom|feed\.atom|)/*$`)

// Home returns the dashboard's address: several share a host, each below a path of its own.
func (googleCloud) Home(page *url.URL) string {
	home := &url.URL{Scheme: page.Scheme, Host: page.Host, Path: googleBelow.ReplaceAllString(page.Path, "")}
	return strings.TrimSuffix(home.String(), "/")
}

// Words: status_impact, else severity, tells how bad it is. Google names no states beyond that of the
// service: until it is available again, the incident is looked into.
func (googleCloud) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"available": normalize.StateResolved, "service_information": normalize.StateInvestigating,
			"service_disruption": normalize.StateInvestigating, "service_outage": normalize.StateInvestigating,
			"incident_report": normalize.StatePostmortem, "incident_statement": normalize.StatePostmortem, "issue_summary": normalize.StatePostmortem,
		},
		Severities: map[string]normalize.Severity{
			"service_information": normalize.SeverityNone, "service_disruption": normalize.SeverityMajor, "service_outage": normalize.SeverityCritical,
			"low": normalize.SeverityMinor, "medium": normalize.SeverityMajor, "high": normalize.SeverityCritical,
		},
	}
}

// Describe says what is read of Google's dashboards.
func (googleCloud) Describe() Description {
	return Description{
		Name:      "Google Cloud, Google Workspace, Firebase",
		Documents: []string{"incidents.json"},
		History:   "what incidents.json lists, as far back as Google keeps it",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "updates", "postmortem", "affected"},
		Source:    FromBytes,
	}
}

type googleIncident struct {
	ID           string          `json:"id"`
	Begin        string          `json:"begin"`
	Created      string          `json:"created"`
	End          string          `json:"end"` // absent while it is open
	Modified     string          `json:"modified"`
	Description  *string         `json:"external_desc"`
	Updates      *[]googleUpdate `json:"updates"` // newest first
	StatusImpact string          `json:"status_impact"`
	Severity     string          `json:"severity"`
	ServiceName  string          `json:"service_name"`
	Products     []googlePart    `json:"affected_products"`
	URI          string          `json:"uri"`

	Current  []googlePart `json:"currently_affected_locations"`
	Previous []googlePart `json:"previously_affected_locations"`
}

type googleUpdate struct {
	Created string `json:"created"`
	When    string `json:"when"`
	Text    string `json:"text"`
	Status  string `json:"status"`
}

type googlePart struct {
	Title string `json:"title"`
	ID    string `json:"id"`
}

// Parse reads the list. It returns an error that wraps ErrShape where an element lacks what every
// incident has, and for an empty list: it always shows the past.
func (googleCloud) Parse(s Source, p Page) (Result, error) {
	var list []googleIncident
	if err := readJSON(p, &list, wantGoogleCloud); err != nil {
		return Result{}, err
	}
	if len(list) == 0 {
		return Result{}, shapeErrorf("an empty list, where Google's incidents.json always shows past incidents")
	}
	home := ""
	for _, address := range []string{p.URL, s.URL} {
		if u, err := url.Parse(address); home == "" && err == nil && u.Host != "" {
			home = googleCloud{}.Home(u)
		}
	}
	res := Result{Document: googleList, PageURL: home, Coverage: Coverage{Open: true}}
	same := map[string]int{}
	for _, in := range list {
		if in.Begin == "" || in.Description == nil || in.Updates == nil || in.ID == "" && in.URI == "" {
			return Result{}, shapeErrorf("a list with an entry that lacks one of begin, external_desc, updates and uri, where %s is expected", wantGoogleCloud)
		}
		same[in.title()]++
	}
	for _, in := range list {
		raw := in.raw(home)
		if in.ID == "" && same[in.title()] == 1 {
			// The numbers of 2020 went away with the addresses made of them; title and start are what
			// these incidents have in common with the same ones under today's ids.
			raw.ID, raw.URL = "", ""
		}
		res.Incidents = append(res.Incidents, raw)
		if res.Coverage.Since == "" || before(in.Begin, res.Coverage.Since) {
			res.Coverage.Since = in.Begin
		}
	}
	return res, nil
}

func (in googleIncident) title() string {
	return in.Begin + "\n" + strings.ToLower(oneLine(*in.Description))
}

// raw reads one incident. An end that is given ends it; without one it is open, even where its newest
// update says that the service is available: that it is over is for Google to say.
func (in googleIncident) raw(home string) normalize.Raw {
	raw := normalize.Raw{
		Document: googleList,
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
		_, raw.ID, _ = strings.Cut(path, "/") // "incident/compute/20005"
	}
	if home != "" && path != "" {
		raw.URL = home + "/" + path
	}
	used := map[string]int{}
	for _, u := range slices.Backward(*in.Updates) {
		update := normalize.RawUpdate{
			ID: googleUpdateID(u, used), State: u.Status, Posted: normalize.RawTime{Text: cmp.Or(u.When, u.Created)},
			Created: normalize.RawTime{Text: u.Created}, Body: u.Text, Format: normalize.FormatMarkdown,
		}
		if in.End != "" && before(in.End, update.Posted.Text) {
			update.State = cmp.Or(googleReport(u.Text), u.Status)
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

// googleUpdateID is the time an update was made at, which no later edit changes. The spellings of the
// years write one time in two ways.
func googleUpdateID(u googleUpdate, used map[string]int) string {
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

var googleReportHead = regexp.MustCompile(`(?i)^(?:[#*\\\s]*(?:preliminary |mini |full )?(incident report|incident statement|issue summary)\b|following is the (incident report)\b)`)

// googleReport returns the words by which an update after the end names itself a report, "" if it does not.
func googleReport(text string) string {
	if m := googleReportHead.FindStringSubmatch(text); m != nil {
		return m[1] + m[2]
	}
	return ""
}

// components are the products and, beside them, the locations, so that either may be filtered by. Which
// product was affected where is told of none.
func (in googleIncident) components() []normalize.RawComponent {
	var out []normalize.RawComponent
	add := func(group string, parts []googlePart) {
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
		add("Products", []googlePart{{Title: in.ServiceName}})
	}
	add("Locations", in.Current)
	add("Locations", in.Previous)
	return out
}
