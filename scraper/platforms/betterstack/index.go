package betterstack

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// entityID is an id, which is a string in some places of the document and a number in others.
type entityID string

func (id *entityID) UnmarshalJSON(text []byte) error {
	var number json.Number
	if err := json.Unmarshal(text, &number); err == nil {
		*id = entityID(number.String())
		return nil
	}
	return json.Unmarshal(text, (*string)(id))
}

type refs struct {
	Data []struct {
		ID entityID `json:"id"`
	} `json:"data"`
}

// entity is an entry of data or included: a page, a section, a resource, a report or an update. Attributes with the
// same name have the same meaning.
type entity struct {
	ID         entityID `json:"id"`
	Type       string   `json:"type"`
	Attributes struct {
		CompanyName    string           `json:"company_name"`
		Timezone       string           `json:"timezone"` // Rails name
		Subdomain      string           `json:"subdomain"`
		CustomDomain   string           `json:"custom_domain"`
		AggregateState string           `json:"aggregate_state"` // of the page, of a report
		Name           string           `json:"name"`            // of a section
		PublicName     string           `json:"public_name"`     // of a resource
		Status         string           `json:"status"`
		SectionID      entityID         `json:"status_page_section_id"`
		Title          string           `json:"title"` // of a report
		ReportType     string           `json:"report_type"`
		StartsAt       string           `json:"starts_at"`
		EndsAt         string           `json:"ends_at"` // often null
		Affected       []affectedEntity `json:"affected_resources"`
		Message        string           `json:"message"` // of an update
		PublishedAt    string           `json:"published_at"`
		ReportID       entityID         `json:"status_report_id"`
	} `json:"attributes"`
	Relationships struct {
		Reports *refs `json:"status_reports"`
		Updates *refs `json:"status_updates"`
	} `json:"relationships"`
}

type affectedEntity struct {
	ResourceID entityID `json:"status_page_resource_id"`
	Status     string   `json:"status"`
}

// indexDocument is /index.json that is being read into a Result.
type indexDocument struct {
	Data     entity   `json:"data"`
	Included []entity `json:"included"`

	home    string
	now     time.Time
	parts   map[entityID]normalize.RawComponent
	updates map[entityID][]entity // by report
}

// readIndex reads /index.json. The list of the page's reports is required: without it, it is unknown whether there is
// any.
func readIndex(s scraper.Source, p page.Page, body []byte) (scraper.Result, error) {
	var doc indexDocument
	if json.Unmarshal(body, &doc) != nil || doc.Data.Type != "status_page" ||
		doc.Data.Attributes.AggregateState == "" {
		return scraper.Result{}, unexpected(p)
	}
	reports := doc.Data.Relationships.Reports
	if reports == nil || reports.Data == nil || doc.Included == nil {
		return scraper.Result{}, page.Errorf(
			"a status page of Better Stack without its list of reports, or without what is included",
		)
	}
	this := doc.Data.Attributes
	doc.now, doc.home = p.At, page.SourceHome(domainOf(this.CustomDomain, this.Subdomain), s.URL, p.URL)
	res := scraper.Result{
		Document: docIndex, PageName: this.CompanyName, PageURL: doc.home, Indicator: this.AggregateState,
		Components: doc.note(), Coverage: scraper.Coverage{Open: true, Components: true},
	}
	seen := map[entityID]bool{}
	for _, e := range doc.Included {
		if e.Type != "status_report" {
			continue
		}
		seen[e.ID] = true
		if raw := doc.report(e); page.Listed(res.Incidents, raw) < 0 {
			res.Incidents = append(res.Incidents, raw)
		}
	}
	for _, ref := range reports.Data {
		if id := string(ref.ID); !seen[ref.ID] {
			seen[ref.ID] = true
			raw := normalize.Raw{
				Document: docIndex,
				ID:       id,
				URL:      reportURL(doc.home, id),
				Zone:     this.Timezone,
				Excerpt:  true,
			}
			res.Incidents = append(res.Incidents, raw)
			if s.URL != "" {
				res.Follow = append(
					res.Follow,
					scraper.Request{URL: reportURL(strings.TrimSuffix(s.URL, "/"), id), Optional: true},
				)
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
func (d *indexDocument) note() []normalize.RawComponent {
	d.parts, d.updates = map[entityID]normalize.RawComponent{}, map[entityID][]entity{}
	sections := map[entityID]string{}
	owner := map[entityID]entityID{} // report of an update
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
				ID: string(
					e.ID,
				), Name: e.Attributes.PublicName, Group: sections[e.Attributes.SectionID], Status: e.Attributes.Status,
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
func (d *indexDocument) report(e entity) normalize.Raw {
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
			ID: string(u.ID), State: worstState(now), Posted: page.Time(u.Attributes.PublishedAt, ""),
			Body: u.Attributes.Message, Format: normalize.FormatMarkdown,
		})
	}
	page.OldestFirst(raw.Updates)
	raw.Impact = worstState(append(words, a.AggregateState))
	if a.ReportType == string(normalize.KindMaintenance) {
		raw.Kind = a.ReportType
		raw.ScheduledStart, raw.ScheduledEnd = page.Time(a.StartsAt, ""), page.Time(a.EndsAt, "")
		raw.State = page.WindowState(a.StartsAt, a.EndsAt, d.now)
		return raw
	}
	raw.Started = page.Time(a.StartsAt, "")
	switch last := page.LatestState(raw.Updates); {
	case a.EndsAt != "" && !page.After(a.EndsAt, d.now):
		raw.State, raw.Resolved = "resolved", page.Time(a.EndsAt, "")
	case last != "":
		raw.State = last
	case a.AggregateState != "operational":
		// A report without affected services is "operational" from its first day on.
		raw.State = a.AggregateState
	}
	return raw
}

var stateOrder = []string{"", "operational", "resolved", "not_monitored", "maintenance", "degraded", "downtime"}

// worstState returns the worst of Better Stack's words. An unknown word comes before all others, so that a finding
// reports it.
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
