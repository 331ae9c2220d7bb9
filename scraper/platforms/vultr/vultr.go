// Package vultr reads the status page of the cloud Vultr, known from bytes:
//
//   - /status.json: every region with its ongoing alerts;
//   - /alerts.json: the ongoing alerts and those that ended lately.
//
// There is no deeper history. Alerts have no pages and no severity.
package vultr

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const want = "Vultr's alerts.json or status.json (with service_alerts)"

// The kinds of Vultr's documents, for normalize.Raw.
const (
	alerts = "alerts"
	status = "status"
)

// Start requests the alerts, which name regions by their codes, and for the regions' names.
func (Platform) Start(s scraper.Source) []scraper.Request {
	home := scraper.HomeOf(Platform{}, s.URL)
	return []scraper.Request{{URL: home + "/alerts.json"}, {URL: home + "/status.json"}}
}

// Home returns scheme and host: one host serves one status page.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words: "ongoing" is said of a maintenance, too, from the day it is announced, so that the words of its
// text stand beside it.
func (Platform) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"ongoing":                       normalize.StateInvestigating,
		"ongoing_scheduled_maintenance": normalize.StateScheduled,
		"ongoing_maintenance":           normalize.StateInProgress,
		"resolved_maintenance":          normalize.StateCompleted,
	}}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Vultr",
		Documents: []string{"alerts.json", "status.json"},
		History:   "ongoing and recently ended alerts, as alerts.json lists them",
		Fields: []string{
			"state", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates",
			"affected", "components",
		},
		Source: scraper.FromBytes,
	}
}

type document struct {
	Alerts  *[]alert           `json:"service_alerts"`
	Regions *map[string]region `json:"regions"`
}

type region struct {
	Location string   `json:"location"`
	Country  string   `json:"country_name"`
	Alerts   *[]alert `json:"alerts"`
}

type alert struct {
	ID      page.Scalar `json:"id"`
	Region  string      `json:"region"`
	Subject string      `json:"subject"`
	Start   string      `json:"start_date"`
	Updated string      `json:"updated_at"` // empty until the first change
	Status  string      `json:"status"`     // ongoing, resolved
	Entries []entry     `json:"entries"`    // newest first; null in alerts without any
}

type entry struct {
	Updated string `json:"updated_at"`
	Message string `json:"message"`
}

// Parse reads the alerts, or the regions with theirs. It returns an error that wraps ErrShape where
// service_alerts is no list, where no alert of those listed has what every alert has, and for regions without
// lists of alerts. One alert that lacks something costs that alert, with a finding.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	var doc document
	if err := page.DecodeJSON(p, &doc, want); err != nil {
		return scraper.Result{}, err
	}
	if doc.Alerts == nil || doc.Regions != nil && len(*doc.Regions) == 0 {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	if u, err := url.Parse(p.URL); err == nil && doc.Regions == nil && strings.HasSuffix(u.Path, "/status.json") {
		return scraper.Result{}, page.Errorf("Vultr's status.json without its regions, and so without their alerts")
	}
	res := scraper.Result{Document: alerts, Coverage: scraper.Coverage{Open: true}}
	if p.URL != "" {
		res.PageURL = scraper.HomeOf(Platform{}, p.URL)
	}
	at := map[string]int{}
	add := func(a alert, c normalize.RawComponent) {
		if a.Subject == "" || a.Start == "" || a.Status == "" {
			// Whether what cannot be read is open is not known, so that no absence proves anything.
			res.Coverage.Open = false
			lost := a.finding("the alert lacks its subject, start or status, and is not read")
			lost.Lost = true
			res.Findings = append(res.Findings, lost)
			return
		}
		key := string(a.ID)
		if key == "" {
			key = a.Start + " " + a.Subject
			res.Findings = append(res.Findings, a.finding("the alert has no id; it is known by its subject and start"))
		}
		key += "\n" + a.Start + "\n" + a.Subject // two alerts may have one id; each region shows the alert again
		n, ok := at[key]
		if !ok {
			n = len(res.Incidents)
			at[key] = n
			res.Incidents = append(res.Incidents, a.raw(res.Document, p))
		}
		raw := &res.Incidents[n]
		if c.ID != "" &&
			!slices.ContainsFunc(raw.Components, func(o normalize.RawComponent) bool { return o.ID == c.ID }) {
			raw.Components = append(raw.Components, c)
		}
	}
	var regions map[string]region
	if doc.Regions != nil {
		regions = *doc.Regions
		res.Document, res.Coverage.Components = status, true
	}
	component := func(code string) normalize.RawComponent {
		c := normalize.RawComponent{ID: code, Name: code}
		if r, ok := regions[code]; ok && r.Location != "" {
			c.Name, c.Group = r.Location, r.Country
		}
		return c
	}
	listed := 0
	for _, a := range *doc.Alerts {
		listed++
		add(a, component(a.Region))
	}
	for _, code := range slices.Sorted(maps.Keys(regions)) {
		r := regions[code]
		if r.Alerts == nil || r.Location == "" {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		res.Components = append(res.Components, component(code))
		for _, a := range *r.Alerts {
			listed++
			add(a, component(code))
		}
	}
	if listed > 0 && len(res.Incidents) == 0 {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	return res, nil
}

var (
	windowStart = lazyregexp.New(`(?i)\bStart Time: *([^\r\n]+)`)
	windowEnd   = lazyregexp.New(`(?i)\bEnd Time: *([^\r\n]+)`)
)

// finding says what is wrong with an alert, by what it has to name it.
func (a alert) finding(problem string) normalize.Finding {
	return normalize.Finding{
		Key:     string(a.ID),
		Field:   "service_alerts",
		Value:   page.OneLine(a.Region + " " + a.Start + " " + a.Subject),
		Problem: problem,
	}
}

// raw reads one alert. The window of a maintenance stands in the newest text that names one.
func (a alert) raw(document string, p page.Page) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		ID:       string(a.ID),
		Title:    a.Subject,
		State:    a.Status,
		Started:  normalize.RawTime{Text: a.Start},
		Created:  normalize.RawTime{Text: a.Start},
		Updated:  normalize.RawTime{Text: a.Updated},
	}
	if normalize.Word(a.Status) == "resolved" {
		raw.Resolved = raw.Updated
	}
	for _, e := range slices.Backward(a.Entries) {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			Posted: normalize.RawTime{Text: e.Updated}, Body: e.Message, Format: normalize.FormatMarkdown,
		})
		if m := windowStart.FindStringSubmatch(e.Message); m != nil {
			raw.ScheduledStart = normalize.RawTime{Text: strings.TrimSpace(m[1])}
		}
		if m := windowEnd.FindStringSubmatch(e.Message); m != nil {
			raw.ScheduledEnd = normalize.RawTime{Text: strings.TrimSpace(m[1])}
		}
	}
	raw.Kind = string(normalize.KindIncident)
	if !raw.ScheduledStart.IsZero() || strings.Contains(strings.ToLower(a.Subject), "scheduled maintenance") {
		raw.Kind = string(normalize.KindMaintenance)
		switch normalize.Word(a.Status) {
		case "ongoing":
			raw.State += " (" + maintenancePhase(raw.ScheduledStart, p) + ")"
		case "resolved":
			raw.State += " (Maintenance)"
		}
	}
	return raw
}

// maintenancePhase tells whether a maintenance lay ahead when the page was fetched, or had begun.
func maintenancePhase(start normalize.RawTime, p page.Page) string {
	begin, err := times.Parse(start, "")
	if err != nil || p.At.IsZero() || p.At.Before(begin) {
		return "Scheduled Maintenance"
	}
	return "Maintenance"
}
