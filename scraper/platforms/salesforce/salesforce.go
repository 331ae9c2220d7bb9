// Package salesforce reads the Trust Status API behind https://status.salesforce.com, known from documents: readers
// of it, and an instance's status that one of them carries.
//
//   - /v1/incidents, the newest incidents, open or over, each with its events;
//   - /v1/maintenances, maintenances with their windows.
//
// A backfill reads as many of each as such a list has been seen to give at once. The list of what is active only is
// not read: while all is well it is empty, as is many another answer. An incident has no title; it is named by its
// services and by what it does to them.
//
// Salesforce calls the My Trust Center API its successor, which asks for a personal token:
// https://developer.salesforce.com/docs/mytrust-api/overview.html .
package salesforce

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const want = "Salesforce's incidents (with IncidentImpacts and IncidentEvents) or maintenances"

// The kinds of Salesforce's documents, for normalize.Raw.
const (
	incidents    = "incidents"
	maintenances = "maintenances"
)

// Start requests both lists, on the host of the API.
func (Platform) Start(s scraper.Source) []scraper.Request {
	api := s.URL
	if u, err := url.Parse(s.URL); err == nil && u.Host != "" {
		api = u.Scheme + "://api." + strings.TrimPrefix(u.Host, "api.") + "/v1"
	}
	limit := "100"
	if s.Mode == scraper.Backfill {
		limit = "500"
	}
	return []scraper.Request{
		{URL: api + "/incidents?limit=" + limit},
		{URL: api + "/maintenances?limit=100", Optional: true},
	}
}

// Home returns the status page, whose API has a host of its own.
func (Platform) Home(page *url.URL) string {
	if page.Host == "" {
		return page.String()
	}
	return page.Scheme + "://" + strings.TrimPrefix(page.Host, "api.")
}

// Words are those of the API's states and events.
func (Platform) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"active": normalize.StateInvestigating, "investigatingcauseofissue": normalize.StateInvestigating,
		"confirmed": normalize.StateScheduled, "inprogress": normalize.StateInProgress,
	}}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Salesforce Trust",
		Documents: []string{"v1/incidents", "v1/maintenances"},
		History:   "the newest 500 incidents and 100 maintenances",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "affected",
		},
		Source:  scraper.FromDocuments,
		Address: "https://status.salesforce.com",
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{`"IncidentEvents"`, `"MaintenanceEvents"`} }

// entry is an incident or a maintenance: the lists of the other are missing.
type entry struct {
	ID         page.Scalar `json:"id"`
	Status     string      `json:"status"`
	Type       string      `json:"type"` // Degradation, Disruption
	AffectsAll bool        `json:"affectsAll"`
	Instances  []string    `json:"instanceKeys"`
	Services   []string    `json:"serviceKeys"`
	Created    string      `json:"createdAt"`
	Updated    string      `json:"updatedAt"`
	Impacts    *[]impact   `json:"IncidentImpacts"`
	Events     *[]event    `json:"IncidentEvents"`

	Name     string   `json:"name"`
	From     string   `json:"plannedStartTime"`
	To       string   `json:"plannedEndTime"`
	Info     string   `json:"additionalInformation"`
	Progress *[]event `json:"MaintenanceEvents"`
	Message  struct {
		EventStatus string `json:"eventStatus"` // of a maintenance: confirmed
	} `json:"message"`
}

type impact struct {
	Type     string `json:"type"`     // performanceDegradation, serviceDisruption, …
	Severity string `json:"severity"` // minor, major
	Start    string `json:"startTime"`
	End      string `json:"endTime"` // null or empty while it goes on
}

type event struct {
	ID      page.Scalar `json:"id"`
	Type    string      `json:"type"`
	Message string      `json:"message"`
	Created string      `json:"createdAt"`
}

// Parse reads one of the lists. It returns an error that wraps ErrShape for an empty list, which is not
// credible of either, and for entries without what every one has.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	var entries []entry
	if err := page.DecodeJSON(p, &entries, want); err != nil {
		return scraper.Result{}, err
	}
	if len(entries) == 0 {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{PageName: "Salesforce"}
	if u, err := url.Parse(p.URL); err == nil && u.Host != "" {
		res.PageURL = Platform{}.Home(u)
	}
	for _, e := range entries {
		var raw normalize.Raw
		switch {
		case e.ID == "" || e.Created == "":
			return scraper.Result{}, page.Unexpected(p, want)
		case e.Impacts != nil && e.Events != nil && e.Status != "":
			raw = e.incident()
			if res.PageURL != "" {
				raw.URL = res.PageURL + "/incidents/" + raw.ID
			}
		case e.Progress != nil && e.From != "":
			raw = e.maintenance()
		default:
			return scraper.Result{}, page.Unexpected(p, want)
		}
		if res.Document != "" && res.Document != raw.Document {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		res.Document = raw.Document
		res.Incidents = append(res.Incidents, raw)
	}
	return res, nil
}

// incident reads an incident. It began with its first impact, and is over with its last one where its state says so.
func (e entry) incident() normalize.Raw {
	raw := e.common(incidents, *e.Events)
	raw.ID = string(e.ID)
	raw.Kind = string(normalize.KindIncident)
	does, end := e.Type, ""
	for n, i := range *e.Impacts {
		if n == 0 ||
			normalize.Severity(normalize.Word(i.Severity)).
				Rank() >
				normalize.Severity(normalize.Word(raw.Impact)).
					Rank() {
			raw.Impact = i.Severity
		}
		if i.Start != "" && (raw.Started.IsZero() || page.Before(i.Start, raw.Started.Text)) {
			raw.Started = normalize.RawTime{Text: i.Start}
		}
		if i.End != "" && (end == "" || page.Before(end, i.End)) {
			end = i.End
		}
		does = cmp.Or(does, i.Type)
	}
	if state := normalize.Word(e.Status); state == "resolved" || state == "closed" {
		raw.Resolved = page.Time(end, "")
	}
	raw.Title = strings.Trim(strings.Join(e.Services, ", ")+": "+cmp.Or(does, "incident "+raw.ID), ": ")
	return raw
}

// maintenance reads a maintenance. Its number is counted apart from those of the incidents.
func (e entry) maintenance() normalize.Raw {
	raw := e.common(maintenances, *e.Progress)
	raw.ID = "maintenances/" + string(e.ID)
	raw.Kind = string(normalize.KindMaintenance)
	raw.Title = cmp.Or(e.Name, "Maintenance "+string(e.ID))
	raw.ScheduledStart, raw.ScheduledEnd = page.Time(e.From, ""), page.Time(e.To, "")
	raw.Message = e.Info
	if len(raw.Updates) == 0 {
		raw.State = cmp.Or(raw.State, e.Message.EventStatus)
	}
	return raw
}

func (e entry) common(document string, events []event) normalize.Raw {
	raw := normalize.Raw{
		Document: document, State: e.Status, Created: page.Time(e.Created, ""), Updated: page.Time(e.Updated, ""),
	}
	// Where all instances are affected and none is named, the services alone would pass for all there is to it, and a
	// filter for an instance would hide what concerns it.
	if !e.AffectsAll || len(e.Instances) > 0 {
		for _, name := range e.Instances {
			raw.Components = append(raw.Components, normalize.RawComponent{Name: name, Group: "Instances"})
		}
		for _, name := range e.Services {
			raw.Components = append(raw.Components, normalize.RawComponent{Name: name, Group: "Services"})
		}
	}
	raw.Components = slices.DeleteFunc(
		raw.Components,
		func(c normalize.RawComponent) bool { return strings.TrimSpace(c.Name) == "" },
	)
	for _, ev := range events {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: string(
				ev.ID,
			), State: ev.Type, Posted: page.Time(ev.Created, ""), Body: ev.Message, Format: normalize.FormatMarkdown,
		})
	}
	page.OldestFirst(raw.Updates)
	return raw
}
