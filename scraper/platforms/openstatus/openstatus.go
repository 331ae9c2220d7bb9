// Package openstatus reads the status pages of openstatus by the JSON that each of them serves at feed/json. It is
// known from the product's source alone: https://github.com/openstatusHQ/openstatus .
//
// The document lists all that the page has: its components, its status reports with their updates, and its
// maintenances. What is said of the health of a component is said of the monitor behind it. A component without one
// has no status. A status report has no severity, and no start but that of its first update.
package openstatus

import (
	"net/url"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const (
	document = "feed"
	want     = "openstatus's feed/json (title, status, updatedAt, monitors, pageComponents, pageComponentGroups, " +
		"maintenances and statusReports)"
)

// Start requests the one document.
func (Platform) Start(s scraper.Source) []scraper.Request {
	return []scraper.Request{{URL: scraper.HomeOf(Platform{}, s.URL) + "/feed/json"}}
}

// Home returns scheme and host: one host serves one status page.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words are the words for the page and its monitors. "info" is a maintenance that goes on.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		Severities: map[string]normalize.Severity{
			"success": normalize.SeverityNone, "info": normalize.SeverityNone,
			"degraded": normalize.SeverityMinor, "error": normalize.SeverityMajor,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"success": normalize.StatusOperational, "info": normalize.StatusMaintenance,
			"degraded": normalize.StatusDegraded, "error": normalize.StatusMajor,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "openstatus",
		Documents: []string{"feed/json"},
		History:   "all",
		Fields: []string{
			"url", "state", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates",
			"affected", "components",
		},
		Source: scraper.FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{`"statusReports"`} }

type feed struct {
	Title        string         `json:"title"`
	Status       string         `json:"status"` // success, info, degraded, error
	UpdatedAt    string         `json:"updatedAt"`
	Monitors     *[]monitor     `json:"monitors"`
	Components   *[]component   `json:"pageComponents"`
	Groups       *[]group       `json:"pageComponentGroups"`
	Maintenances *[]maintenance `json:"maintenances"`
	Reports      *[]report      `json:"statusReports"`
}

type monitor struct {
	ID     page.Scalar `json:"id"`
	Status string      `json:"status"` // success, info, degraded, error
}

type component struct {
	ID      page.Scalar `json:"id"`
	Name    string      `json:"name"`
	Monitor page.Scalar `json:"monitorId"`
	Group   page.Scalar `json:"groupId"`
}

type group struct {
	ID   page.Scalar `json:"id"`
	Name string      `json:"name"`
}

type maintenance struct {
	ID         page.Scalar    `json:"id"`
	Name       string         `json:"name"`
	Message    string         `json:"message"`
	From       string         `json:"from"`
	To         string         `json:"to"`
	UpdatedAt  string         `json:"updatedAt"`
	Components *[]page.Scalar `json:"pageComponents"`
}

type report struct {
	ID         page.Scalar    `json:"id"`
	Title      string         `json:"title"`
	UpdatedAt  string         `json:"updatedAt"`
	Status     string         `json:"status"` // investigating, identified, monitoring, resolved
	Components *[]page.Scalar `json:"pageComponents"`
	Updates    *[]struct {
		ID      page.Scalar `json:"id"`
		Status  string      `json:"status"`
		Message string      `json:"message"`
		Date    string      `json:"date"`
	} `json:"statusReportUpdates"`
}

// Parse reads the document. It returns an error that wraps ErrShape where a key of the document, a name, an id, or what
// tells when or how an event is, is missing.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	var f feed
	if err := page.DecodeJSON(p, &f, want); err != nil {
		return scraper.Result{}, err
	}
	if err := page.Require(p, want, f.Title, f.Status, f.UpdatedAt, f.Monitors, f.Components, f.Groups,
		f.Maintenances, f.Reports); err != nil {
		return scraper.Result{}, err
	}
	res := scraper.Result{
		Document: document, PageName: f.Title, Indicator: f.Status,
		Coverage: scraper.Coverage{Open: true, Components: true},
	}
	parts := map[page.Scalar]normalize.RawComponent{}
	for _, c := range *f.Components {
		if err := page.Require(p, want, c.ID, c.Name); err != nil {
			return scraper.Result{}, err
		}
		raw := normalize.RawComponent{ID: string(c.ID), Name: c.Name}
		parts[c.ID] = raw
		raw.Group, raw.Status = f.group(c.Group), f.status(c.Monitor)
		res.Components = append(res.Components, raw)
	}
	home := scraper.HomeOf(Platform{}, p.URL)
	for _, m := range *f.Maintenances {
		if err := page.Require(p, want, m.ID, m.Name, m.From, m.To, m.Components); err != nil {
			return scraper.Result{}, err
		}
		raw := m.raw(p)
		raw.URL, raw.Components = address(home, raw.ID), affected(*m.Components, parts)
		res.Incidents = append(res.Incidents, raw)
	}
	for _, r := range *f.Reports {
		if err := page.Require(p, want, r.ID, r.Title, r.Status, r.Components, r.Updates); err != nil {
			return scraper.Result{}, err
		}
		raw := r.raw()
		raw.URL, raw.Components = address(home, raw.ID), affected(*r.Components, parts)
		res.Incidents = append(res.Incidents, raw)
	}
	return res, nil
}

// address returns that of an event's page; "" for a saved document, which does not tell where it was served.
func address(home, id string) string {
	if !page.IsAddress(home) {
		return ""
	}
	return home + "/events/" + id
}

func (f feed) group(id page.Scalar) string {
	for _, g := range *f.Groups {
		if id != "" && g.ID == id {
			return g.Name
		}
	}
	return ""
}

func (f feed) status(id page.Scalar) string {
	for _, m := range *f.Monitors {
		if id != "" && m.ID == id {
			return m.Status
		}
	}
	return ""
}

// affected names the components of an event. One that the page does not list is known by its id alone.
func affected(ids []page.Scalar, parts map[page.Scalar]normalize.RawComponent) []normalize.RawComponent {
	var out []normalize.RawComponent
	for _, id := range ids {
		c, listed := parts[id]
		if !listed {
			c = normalize.RawComponent{ID: string(id), Name: string(id)}
		}
		out = append(out, c)
	}
	return out
}

// raw reads a maintenance, whose one text may be edited. Maintenances and reports are counted apart, so that the key
// says which of the two it is.
func (m maintenance) raw(p page.Page) normalize.Raw {
	raw := normalize.Raw{
		Document: document, ID: "maintenance/" + string(m.ID), Kind: string(normalize.KindMaintenance), Title: m.Name,
		State:          page.WindowState(m.From, m.To, p.At),
		ScheduledStart: page.Time(m.From, ""), ScheduledEnd: page.Time(m.To, ""),
		Updated: page.Time(m.UpdatedAt, ""),
	}
	if m.Message != "" {
		raw.Updates = []normalize.RawUpdate{{
			ID: "message", State: "update", Posted: raw.Updated, Body: m.Message, Format: normalize.FormatMarkdown,
		}}
	}
	return raw
}

func (r report) raw() normalize.Raw {
	raw := normalize.Raw{
		Document: document, ID: "report/" + string(r.ID), Kind: string(normalize.KindIncident), Title: r.Title,
		State: r.Status, Updated: page.Time(r.UpdatedAt, ""),
	}
	for _, u := range *r.Updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: string(u.ID), State: u.Status, Posted: page.Time(u.Date, ""), Body: u.Message,
			Format: normalize.FormatMarkdown,
		})
	}
	page.OldestFirst(raw.Updates)
	return raw
}
