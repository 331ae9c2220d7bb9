// Package pagerduty reads the status pages of PagerDuty: the JSON that every page carries in script#data, known from
// bytes of 2023. It lists the open incidents, the resolved ones with their whole timelines (a year and a half
// of them on PagerDuty's own page) and the services. The host answers every path with that page, so that there
// is nothing beyond it to read: a backfill reads the same. Maintenance comes in the list "posts", which was
// empty in all bytes known; its entries are read as those of the other lists, with the fields "starts_at" and
// "ends_at" of the REST API (https://developer.pagerduty.com/api-reference, Status Pages).
package pagerduty

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const home = "home"

var selData = cascadia.MustCompile(`script#data[type="application/json"]`)

// Start requests the page itself.
func (Platform) Start(s scraper.Source) []scraper.Request { return []scraper.Request{{URL: s.URL}} }

// Home returns the scheme and host of the page: all paths below show the same one.
func (Platform) Home(page *url.URL) string {
	if page.Host == "" {
		return page.String()
	}
	return page.Scheme + "://" + page.Host
}

// Words are PagerDuty's own. The page lists the words in use in post_enums: three states ("detected",
// "investigating", "resolved"), and by rank the severities all good, minor, major beside the impacts
// operational, partial outage, outage. Until the middle of 2023 "outage" stood where "major" stands now.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{"detected": normalize.StateInvestigating},
		Severities: map[string]normalize.Severity{
			"all_good": normalize.SeverityNone, "outage": normalize.SeverityMajor,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"all_good": normalize.StatusOperational, "minor": normalize.StatusPartial,
			"major": normalize.StatusMajor, "outage": normalize.StatusMajor,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "PagerDuty",
		Documents: []string{"any page (script#data)"},
		History:   "what the page contains, more than a year",
		Fields: []string{
			"state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "postmortem", "affected", "components",
		},
		Source: scraper.FromBytes,
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{"open_incidents"} }

// document is the JSON in script#data. A list that is missing or null stays nil, and never counts as empty.
type document struct {
	Summary *struct {
		Open     []incident `json:"open_incidents"`
		Resolved []incident `json:"resolved_incidents"`
		Posts    []incident `json:"posts"`
		Services []service  `json:"post_status_page_services"`
	} `json:"summary"`
	Layout struct {
		Settings struct {
			Name     string     `json:"name"`
			Services []position `json:"business_services"`
		} `json:"layout_settings"`
	} `json:"layout"`
}

type incident struct {
	ID         string  `json:"id"`
	Title      string  `json:"title"`
	PostType   string  `json:"post_type"`
	StartsAt   string  `json:"starts_at"`
	EndsAt     string  `json:"ends_at"`
	Updates    []post  `json:"updates"` // newest first
	Postmortem *report `json:"postmortem"`
}

type post struct {
	ID         string   `json:"id"`
	Status     string   `json:"status"`
	Severity   string   `json:"severity"`
	Message    string   `json:"message"`
	ReportedAt string   `json:"reported_at"`
	CreatedAt  string   `json:"created_at"`
	Impacted   []impact `json:"impacted_business_services"`
}

type report struct {
	ID         string `json:"id"`
	Message    string `json:"message"`
	ReportedAt string `json:"reported_at"`
	CreatedAt  string `json:"created_at"`
}

type impact struct {
	ServiceID string `json:"business_service_id"` // external_business_service_id of a service
	Name      string `json:"name"`
	Severity  string `json:"severity"`
}

type service struct {
	ServiceID string `json:"external_business_service_id"`
	Name      string `json:"name"`
	Active    *bool  `json:"is_active"`
}

// position is a group of services, or a service with the id of its group.
type position struct {
	ID    string          `json:"id"`
	Name  string          `json:"name"`
	Head  json.RawMessage `json:"Head_ID"` // -1, or the id of the group
	Group bool            `json:"grouping_element"`
}

// Parse reads the data of a page. It returns an error that wraps ErrShape for a page without it, and for data
// without the lists of open and of resolved incidents.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	data, whole := data(p.Body)
	if data == "" {
		return scraper.Result{}, page.Unexpected(p, "a PagerDuty status page (with script#data)")
	}
	var doc document
	if err := json.Unmarshal([]byte(data), &doc); err != nil {
		return scraper.Result{}, page.Errorf(
			"a page whose script#data, as PagerDuty has it, is %s",
			page.BrokenJSON([]byte(data), err),
		)
	}
	if doc.Summary == nil || doc.Summary.Open == nil || doc.Summary.Resolved == nil || doc.Summary.Services == nil {
		return scraper.Result{}, page.Errorf(
			"a page whose script#data lacks the open_incidents, resolved_incidents or services of a PagerDuty " +
				"status page",
		)
	}
	sum := doc.Summary
	res := scraper.Result{Document: home, PageName: doc.Layout.Settings.Name}
	groups := doc.groups()
	for _, list := range [][]incident{sum.Open, sum.Posts, sum.Resolved} {
		for _, in := range list {
			if in.ID == "" && in.Title == "" {
				return scraper.Result{}, page.Errorf(
					"a PagerDuty status page that lists an incident with neither id nor title",
				)
			}
			res.Incidents = append(res.Incidents, in.raw(groups))
		}
	}
	res.Components, res.Findings = doc.components(groups)
	if whole {
		// Without the list of posts a maintenance may be open that is not shown.
		res.Coverage = scraper.Coverage{Open: sum.Posts != nil, Components: len(res.Findings) == 0,
			Since: oldestEnd(sum.Resolved)}
	}
	return res, nil
}

// data returns the JSON in script#data, "" if there is none; whole says that the page does not break off.
func data(body []byte) (data string, whole bool) {
	if !bytes.Contains(body, []byte("open_incidents")) || !bytes.Contains(body, []byte("<script")) {
		return "", false
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return "", false
	}
	return strings.TrimSpace(doc.FindMatcher(selData).First().Text()), !page.BreaksOff(body)
}

// groups returns the name of each service's group by the service's id.
func (d *document) groups() map[string]string {
	names, out := map[string]string{}, map[string]string{}
	for _, s := range d.Layout.Settings.Services {
		if s.Group {
			names[s.ID] = s.Name
		}
	}
	for _, s := range d.Layout.Settings.Services {
		var head string
		if !s.Group && json.Unmarshal(s.Head, &head) == nil && names[head] != "" {
			out[s.ID] = names[head]
		}
	}
	return out
}

// raw reads one incident. Its impact is the worst severity of its posts: the last one says "all good".
func (in incident) raw(groups map[string]string) normalize.Raw {
	raw := normalize.Raw{Document: home, ID: in.ID, Title: in.Title}
	switch in.PostType {
	case "maintenance":
		raw.Kind = string(normalize.KindMaintenance)
		raw.ScheduledStart, raw.ScheduledEnd = page.Time(in.StartsAt, ""), page.Time(in.EndsAt, "")
	case "", "incident":
		raw.Kind = string(normalize.KindIncident)
		raw.Started = page.Time(in.StartsAt, "")
	default:
		raw.Kind = in.PostType
		raw.Started = page.Time(in.StartsAt, "")
	}
	at := map[string]int{}
	for _, u := range slices.Backward(in.Updates) {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: u.ID, State: u.Status, Posted: page.Time(u.ReportedAt, ""), Created: page.Time(u.CreatedAt, ""),
			Body: u.Message, Format: normalize.FormatHTML,
		})
		raw.Impact = worse(raw.Impact, u.Severity)
		raw.State = cmp.Or(u.Status, raw.State)
		for _, s := range u.Impacted {
			c := normalize.RawComponent{ID: s.ServiceID, Name: s.Name, Group: groups[s.ServiceID], Status: s.Severity}
			key := cmp.Or(c.ID, c.Name)
			if n, ok := at[key]; ok {
				raw.Components[n] = c
				continue
			}
			at[key] = len(raw.Components)
			raw.Components = append(raw.Components, c)
		}
	}
	if r := in.Postmortem; r != nil && strings.TrimSpace(r.Message) != "" {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: r.ID, State: "postmortem", Posted: page.Time(r.ReportedAt, ""), Created: page.Time(r.CreatedAt, ""),
			Body: r.Message, Format: normalize.FormatHTML,
		})
	}
	return raw
}

// worse returns the worse of two severity words. A word that is not known stands above "minor", as
// it does wherever severities are compared.
func worse(a, b string) string {
	rank := func(word string) int {
		switch normalize.Word(word) {
		case "":
			return -1
		case "all_good":
			return 0
		case "maintenance":
			return 1
		case "minor":
			return 2
		case "major", "outage":
			return 4
		}
		return 3
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// idle are the states in which a post impairs nothing: before its time, and after it.
var idle = map[string]bool{"scheduled": true, "completed": true, "resolved": true, "cancelled": true, "canceled": true}

// components returns the services in use. The page gives them no status of their own: what it shows is what
// the newest post of an open incident says of a service, and "all good" for the others, as the list of open
// incidents is complete. While an incident names no service, nothing is known of those no other one names.
func (d *document) components(groups map[string]string) (out []normalize.RawComponent, lost []normalize.Finding) {
	status, silent := map[string]string{}, d.Summary.Posts == nil
	for _, list := range [][]incident{d.Summary.Open, d.Summary.Posts} {
		for _, in := range list {
			if len(in.Updates) > 0 && idle[normalize.Word(in.Updates[0].Status)] {
				continue
			}
			if len(in.Updates) == 0 || len(in.Updates[0].Impacted) == 0 {
				silent = true
				continue
			}
			for _, s := range in.Updates[0].Impacted {
				status[s.ServiceID] = worse(status[s.ServiceID], s.Severity)
			}
		}
	}
	for n, s := range d.Summary.Services {
		if s.Active != nil && !*s.Active {
			continue
		}
		if s.Active == nil || strings.TrimSpace(s.Name) == "" {
			lost = append(lost, page.Nameless("components", n+1, len(d.Summary.Services)))
			continue
		}
		c := normalize.RawComponent{
			ID:     s.ServiceID,
			Name:   s.Name,
			Group:  groups[s.ServiceID],
			Status: status[s.ServiceID],
		}
		if c.Status == "" && !silent {
			c.Status = "all_good"
		}
		out = append(out, c)
	}
	return out, lost
}

// oldestEnd returns the earliest time at which a listed incident ended: whatever began after that is open, or
// ended later, and so is listed, in whatever order and however cut the list may be.
func oldestEnd(list []incident) string {
	text, oldest := "", time.Time{}
	for _, in := range list {
		if len(in.Updates) == 0 {
			continue
		}
		at, err := times.Parse(page.Time(in.Updates[0].ReportedAt, ""), "")
		if err == nil && (oldest.IsZero() || at.Before(oldest)) {
			text, oldest = in.Updates[0].ReportedAt, at
		}
	}
	return text
}
