package scraper

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// bsID is an id, which the document writes as a string in one place and as a number in another.
type bsID string

func (id *bsID) UnmarshalJSON(text []byte) error {
	var number json.Number
	if err := json.Unmarshal(text, &number); err == nil {
		*id = bsID(number.String())
		return nil
	}
	return json.Unmarshal(text, (*string)(id))
}

type bsRefs struct {
	Data []struct {
		ID bsID `json:"id"`
	} `json:"data"`
}

// bsEntity is an entry of data or included: a page, a section, a resource, a report or an update. They
// share their attributes' names where they mean the same.
type bsEntity struct {
	ID         bsID   `json:"id"`
	Type       string `json:"type"`
	Attributes struct {
		CompanyName    string       `json:"company_name"`
		Timezone       string       `json:"timezone"` // Rails name
		Subdomain      string       `json:"subdomain"`
		CustomDomain   string       `json:"custom_domain"`
		AggregateState string       `json:"aggregate_state"` // of the page, of a report
		Name           string       `json:"name"`            // of a section
		PublicName     string       `json:"public_name"`     // of a resource
		Status         string       `json:"status"`
		SectionID      bsID         `json:"status_page_section_id"`
		Title          string       `json:"title"` // of a report
		ReportType     string       `json:"report_type"`
		StartsAt       string       `json:"starts_at"`
		EndsAt         string       `json:"ends_at"` // often null
		Affected       []bsAffected `json:"affected_resources"`
		Message        string       `json:"message"` // of an update
		PublishedAt    string       `json:"published_at"`
		ReportID       bsID         `json:"status_report_id"`
	} `json:"attributes"`
	Relationships struct {
		Reports *bsRefs `json:"status_reports"`
		Updates *bsRefs `json:"status_updates"`
	} `json:"relationships"`
}

type bsAffected struct {
	ResourceID bsID   `json:"status_page_resource_id"`
	Status     string `json:"status"`
}

// bsIndex is /index.json on its way to a Result.
type bsIndex struct {
	Data     bsEntity   `json:"data"`
	Included []bsEntity `json:"included"`

	home    string
	now     time.Time
	parts   map[bsID]normalize.RawComponent
	updates map[bsID][]bsEntity // by report
}

// readBetterStackIndex reads /index.json. The list of the page's reports is required: without it nobody
// knows whether there is none.
func readBetterStackIndex(s Source, p Page, body []byte) (Result, error) {
	var doc bsIndex
	if json.Unmarshal(body, &doc) != nil || doc.Data.Type != "status_page" || doc.Data.Attributes.AggregateState == "" {
		return Result{}, notBetterStack(p)
	}
	reports := doc.Data.Relationships.Reports
	if reports == nil || reports.Data == nil || doc.Included == nil {
		return Result{}, shapeErrorf("a status page of Better Stack without its list of reports, or without what is included")
	}
	page := doc.Data.Attributes
	doc.now, doc.home = p.At, pageHome(domainOf(page.CustomDomain, page.Subdomain), s.URL, p.URL)
	res := Result{
		Document: docIndex, PageName: page.CompanyName, PageURL: doc.home, Indicator: page.AggregateState,
		Components: doc.note(), Coverage: Coverage{Open: true, Components: true},
	}
	seen := map[bsID]bool{}
	for _, e := range doc.Included {
		if e.Type == "status_report" && !seen[e.ID] {
			seen[e.ID] = true
			res.Incidents = append(res.Incidents, doc.report(e))
		}
	}
	for _, ref := range reports.Data {
		if id := string(ref.ID); !seen[ref.ID] {
			seen[ref.ID] = true
			raw := normalize.Raw{Document: docIndex, ID: id, URL: reportURL(doc.home, id), Zone: page.Timezone, Excerpt: true}
			res.Incidents = append(res.Incidents, raw)
			if s.URL != "" {
				res.Follow = append(res.Follow, Request{URL: reportURL(strings.TrimSuffix(s.URL, "/"), id), Optional: true})
			}
		}
	}
	return res, nil
}

func domainOf(custom, subdomain string) string {
	switch {
	case custom != "":
		return "https://" + custom
	case subdomain != "":
		return "https://" + subdomain + ".betteruptime.com"
	}
	return ""
}

// note notes resources and updates for the reports, and returns the resources.
func (d *bsIndex) note() []normalize.RawComponent {
	d.parts, d.updates = map[bsID]normalize.RawComponent{}, map[bsID][]bsEntity{}
	sections := map[bsID]string{}
	owner := map[bsID]bsID{} // report of an update
	for _, e := range d.Included {
		switch e.Type {
		case "status_page_section":
			sections[e.ID] = e.Attributes.Name
		case "status_report":
			if e.Relationships.Updates != nil {
				for _, ref := range e.Relationships.Updates.Data {
					owner[ref.ID] = e.ID
				}
			}
		}
	}
	var out []normalize.RawComponent
	for _, e := range d.Included {
		switch e.Type {
		case "status_page_resource":
			part := normalize.RawComponent{
				ID: string(e.ID), Name: e.Attributes.PublicName, Group: sections[e.Attributes.SectionID], Status: e.Attributes.Status,
			}
			d.parts[e.ID] = part
			out = append(out, part)
		case "status_update":
			report := e.Attributes.ReportID
			if report == "" {
				report = owner[e.ID]
			}
			d.updates[report] = append(d.updates[report], e)
		}
	}
	return out
}

// report reads an incident or a maintenance.
func (d *bsIndex) report(e bsEntity) normalize.Raw {
	a := e.Attributes
	raw := normalize.Raw{
		Document: docIndex, ID: string(e.ID), URL: reportURL(d.home, string(e.ID)), Title: a.Title,
		Zone: d.Data.Attributes.Timezone, Kind: string(normalize.KindIncident),
	}
	var words []string
	for _, c := range a.Affected {
		words = append(words, c.Status)
		part := d.parts[c.ResourceID]
		if part.Status = c.Status; part.Name != "" {
			raw.Components = append(raw.Components, part)
		}
	}
	for _, u := range d.updates[e.ID] {
		var now []string
		for _, c := range u.Attributes.Affected {
			now = append(now, c.Status)
		}
		words = append(words, now...)
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: string(u.ID), State: worstState(now), Posted: rawTime(u.Attributes.PublishedAt, ""),
			Body: u.Attributes.Message, Format: normalize.FormatMarkdown,
		})
	}
	oldestFirst(raw.Updates)
	raw.Impact = worstState(append(words, a.AggregateState))
	if a.ReportType == string(normalize.KindMaintenance) {
		raw.Kind = a.ReportType
		raw.ScheduledStart, raw.ScheduledEnd = rawTime(a.StartsAt, ""), rawTime(a.EndsAt, "")
		raw.State = windowState(a.StartsAt, a.EndsAt, d.now)
		return raw
	}
	raw.Started = rawTime(a.StartsAt, "")
	switch last := stateOf(raw.Updates); {
	case a.EndsAt != "" && !after(a.EndsAt, d.now):
		raw.State, raw.Resolved = "resolved", rawTime(a.EndsAt, "")
	case last != "":
		raw.State = last
	case a.AggregateState != "operational":
		// A report on which no service is affected says "operational" from its first day on.
		raw.State = a.AggregateState
	}
	return raw
}

// after reports whether a time is to come; no clock, no future.
func after(text string, now time.Time) bool {
	at, err := normalize.ParseTime(normalize.RawTime{Text: text}, "")
	return err == nil && !now.IsZero() && at.After(now)
}

// windowState tells how a maintenance stands from its window, since nothing else does; nothing without a clock.
func windowState(start, end string, now time.Time) string {
	switch {
	case now.IsZero() || start == "":
		return ""
	case after(start, now):
		return "scheduled"
	case end == "" || after(end, now):
		return "in progress"
	}
	return "completed"
}

var stateOrder = []string{"", "operational", "resolved", "not_monitored", "maintenance", "degraded", "downtime"}

// worstState returns the worst of Better Stack's words. A word that is none of them goes before all, so that
// it is asked about.
func worstState(words []string) string {
	worst := ""
	for _, word := range words {
		at := slices.Index(stateOrder, word)
		if at < 0 {
			return word
		}
		if at > slices.Index(stateOrder, worst) {
			worst = word
		}
	}
	return worst
}
