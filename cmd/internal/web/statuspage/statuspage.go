// Package statuspage serves the documents of Atlassian Statuspage (https://confluence.status.atlassian.com/api), so
// that readers and exporters made for it can read vendors through us. The base address of one vendor is
// /vendors/{slug}; that of all vendors, each of which is a component, is the dashboard's own.
//
// Statuspage has no word for what is not known. If a page cannot be read, or a vendor's word is not known, we say
// "unknown" nevertheless: a reader that knows only Statuspage's words takes it for trouble or stops, and both are
// better than "none" or "operational" for something that nobody could look at.
package statuspage

import (
	"context"
	"net/http"
	"strconv"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// recent is how many incidents the lists hold that are not limited to what is open, as with Statuspage.
const recent = 50

// A Build makes one document.
type Build func(*http.Request) (site.Document, error)

// Documents returns what builds each document, by its path below a base address. The path value slug of a request
// names the vendor; without one, the document is about all vendors.
func Documents(s *site.Site) map[string]Build {
	all := map[string]Build{}
	for name, build := range map[string]func(*scene) (any, error){
		"summary":                         (*scene).summary,
		"status":                          (*scene).status,
		"components":                      (*scene).components,
		"incidents":                       (*scene).incidents,
		"incidents/unresolved":            (*scene).unresolved,
		"scheduled-maintenances":          (*scene).maintenances,
		"scheduled-maintenances/upcoming": (*scene).upcoming,
		"scheduled-maintenances/active":   (*scene).active,
	} {
		all["/api/v2/"+name+".json"] = func(r *http.Request) (site.Document, error) {
			if _, err := site.ReadParams(r); err != nil {
				return site.Document{}, err
			}
			c, err := newScene(s, r, r.PathValue("slug"))
			if err != nil {
				return site.Document{}, err
			}
			v, err := build(c)
			if err != nil {
				return site.Document{}, err
			}
			d, err := site.JSON(v)
			return withVendors(d, c.vendors), err
		}
	}
	return all
}

// scene is what all documents of one base address share.
type scene struct {
	ctx context.Context
	*site.Site
	r         *http.Request
	slug      string // empty: all vendors
	page      Page
	indicator indicator
	unwell    map[int64]query.Status // of all vendors, those that are not known to be well, by number
	listed    []Component            // components of the one vendor as components.json has them
	vendors   []Component            // all vendors as components, once everyVendor was called
	byID      map[int64]*Component   // components of the one vendor, those its pages list no more included
	byVendor  map[string]*Component  // vendors as components, by slug, as far as they were asked for
}

// Page says whose documents they are.
type Page struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	URL       string  `json:"url"`
	TimeZone  string  `json:"time_zone"`
	UpdatedAt *string `json:"updated_at"` // when it was last read; null if it never was
}

// Status is the state of the page as a whole.
type Status struct {
	Indicator   string `json:"indicator"`
	Description string `json:"description"`
}

func newScene(s *site.Site, r *http.Request, slug string) (*scene, error) {
	c := &scene{ctx: r.Context(), Site: s, r: r, slug: slug}
	if slug == "" {
		return c, c.ofAll()
	}
	state, err := s.Status(c.ctx, slug)
	if err != nil {
		return nil, err
	}
	v, err := s.DB.VendorBySlug(c.ctx, slug, s.Clock())
	if err != nil {
		return nil, err
	}
	c.indicator = indicatorOf(state)
	c.page = Page{ID: slug, Name: v.Name, URL: s.Permalink(r, "/vendors/"+slug), TimeZone: "Etc/UTC",
		UpdatedAt: orNull(state.ReadableAt)}
	return c, c.ofVendor(v, state)
}

func (c *scene) state() Status {
	return Status{Indicator: c.indicator.word, Description: c.indicator.description}
}

func (c *scene) summary() (any, error) {
	if err := c.everyVendor(); err != nil {
		return nil, err
	}
	incidents, err := c.list(query.TimelineFilter{Open: true})
	if err != nil {
		return nil, err
	}
	maintenances, err := c.openMaintenances(true, true)
	return struct {
		Page         Page          `json:"page"`
		Components   []Component   `json:"components"`
		Incidents    []Incident    `json:"incidents"`
		Maintenances []Maintenance `json:"scheduled_maintenances"`
		Status       Status        `json:"status"`
	}{c.page, c.listed, incidents, maintenances, c.state()}, err
}

func (c *scene) status() (any, error) {
	return struct {
		Page   Page   `json:"page"`
		Status Status `json:"status"`
	}{c.page, c.state()}, nil
}

func (c *scene) components() (any, error) {
	if err := c.everyVendor(); err != nil {
		return nil, err
	}
	return struct {
		Page       Page        `json:"page"`
		Components []Component `json:"components"`
	}{c.page, c.listed}, nil
}

type IncidentList struct {
	Page      Page       `json:"page"`
	Incidents []Incident `json:"incidents"`
}

func (c *scene) incidents() (any, error) {
	list, err := c.list(query.TimelineFilter{Limit: recent})
	return IncidentList{c.page, list}, err
}

func (c *scene) unresolved() (any, error) {
	list, err := c.list(query.TimelineFilter{Open: true})
	return IncidentList{c.page, list}, err
}

type MaintenanceList struct {
	Page         Page          `json:"page"`
	Maintenances []Maintenance `json:"scheduled_maintenances"`
}

func (c *scene) maintenances() (any, error) {
	whole, err := c.timelines(query.TimelineFilter{Maintenances: true, Limit: recent})
	list := []Maintenance{}
	for _, w := range whole {
		list = append(list, c.maintenance(w))
	}
	return MaintenanceList{c.page, list}, err
}

func (c *scene) upcoming() (any, error) {
	list, err := c.openMaintenances(true, false)
	return MaintenanceList{c.page, list}, err
}

func (c *scene) active() (any, error) {
	list, err := c.openMaintenances(false, true)
	return MaintenanceList{c.page, list}, err
}

// openMaintenances returns the maintenances that are upcoming, or in progress, or both. One that is still announced
// after its window has passed is neither: its vendor forgot to say how it went.
func (c *scene) openMaintenances(upcoming, active bool) ([]Maintenance, error) {
	whole, err := c.timelines(query.TimelineFilter{Maintenances: true, Open: true})
	list := []Maintenance{}
	now := normalize.FormatTime(c.Clock())
	for _, w := range whole {
		announced := w.State == string(normalize.StateScheduled)
		end := w.ScheduledEndAt
		if end == "" {
			end = w.ScheduledStartAt
		}
		passed := end != "" && end < now
		if (announced && upcoming && !passed) || (!announced && active) {
			list = append(list, c.maintenance(w))
		}
	}
	return list, err
}

func (c *scene) list(f query.TimelineFilter) ([]Incident, error) {
	whole, err := c.timelines(f)
	list := []Incident{}
	for _, w := range whole {
		list = append(list, Incident{common: c.told(w)})
	}
	return list, err
}

// timelines reads incidents of the vendor, or of all, with the vendors that they are of.
func (c *scene) timelines(f query.TimelineFilter) ([]query.Timeline, error) {
	f.Vendor = c.slug
	whole, err := c.DB.Timelines(c.ctx, f)
	if err == nil && c.slug == "" {
		err = c.vendorsOf(whole)
	}
	return whole, err
}

func number(id int64) string { return strconv.FormatInt(id, 10) }

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
