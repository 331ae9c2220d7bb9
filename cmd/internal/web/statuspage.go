package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// The documents below /api/v2 are those of Atlassian Statuspage (https://confluence.status.atlassian.com/api),
// so that readers and exporters made for it read vendors through us: /vendors/{slug} is the base address of one
// vendor, the dashboard's own that of all of them, where each vendor is a component.
//
// Statuspage has no word for what is not known. Where a page cannot be read, or a vendor's word is not known, we
// say "unknown" nevertheless: a reader that knows Statuspage's words only takes it for trouble or stops, and
// both are better than "none" or "operational", which would be said of something that nobody looked at.

// spRecent is how many incidents the lists have that do not end with what is open, as Statuspage has it.
const spRecent = 50

// statuspageRoutes adds the documents in the form of Statuspage.
func (s *Server) statuspageRoutes(mux *http.ServeMux) {
	for path, build := range map[string]func(*spScene) (any, error){
		"summary":                         (*spScene).summary,
		"status":                          (*spScene).status,
		"components":                      (*spScene).components,
		"incidents":                       (*spScene).incidents,
		"incidents/unresolved":            (*spScene).unresolved,
		"scheduled-maintenances":          (*spScene).maintenances,
		"scheduled-maintenances/upcoming": (*spScene).upcoming,
		"scheduled-maintenances/active":   (*spScene).active,
	} {
		answer := s.api(func(r *http.Request) (any, error) {
			if _, err := parameters(r); err != nil {
				return nil, err
			}
			scene, err := s.spScene(r, r.PathValue("slug"))
			if err != nil {
				return nil, err
			}
			return build(scene)
		})
		mux.HandleFunc("GET /api/v2/"+path+".json", answer)
		mux.HandleFunc("GET /vendors/{slug}/api/v2/"+path+".json", answer)
	}
	mux.HandleFunc("/vendors/{slug}/api/", s.api(s.noSuchPath))
}

// spScene is what all documents of one base address share.
type spScene struct {
	ctx       context.Context
	s         *Server
	r         *http.Request
	slug      string // empty: all vendors
	page      spPage
	indicator indicator
	listed    []spComponent           // as components.json has them
	byID      map[int64]*spComponent  // components of the one vendor, those its pages list no more included
	byVendor  map[string]*spComponent // vendors as components, by slug
}

type spPage struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	URL       string  `json:"url"`
	TimeZone  string  `json:"time_zone"`
	UpdatedAt *string `json:"updated_at"` // when it was last read whole; null if it never was
}

type spStatus struct {
	Indicator   string `json:"indicator"`
	Description string `json:"description"`
}

func (s *Server) spScene(r *http.Request, slug string) (*spScene, error) {
	c := &spScene{ctx: r.Context(), s: s, r: r, slug: slug}
	states, err := s.db.VendorStates(c.ctx)
	if err != nil {
		return nil, err
	}
	pages, err := s.db.WatchedPages(c.ctx)
	if err != nil {
		return nil, err
	}
	if slug == "" {
		c.ofAll(states, pages)
		return c, nil
	}
	v, err := s.db.VendorBySlug(c.ctx, slug)
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(states, func(state db.VendorState) bool { return state.VendorID == v.VendorID })
	if n < 0 {
		return nil, errNotFound
	}
	c.indicator = s.indicator(states[n], pages[v.VendorID].Raised)
	c.page = spPage{ID: slug, Name: v.Name, URL: s.permalink(r, "/vendors/"+slug), TimeZone: "Etc/UTC", UpdatedAt: orNull(states[n].LastSuccessAt)}
	return c, c.ofVendor(v, states[n])
}

// spAllID is the id of the page of all vendors.
const spAllID = "vendorwatch"

// ofAll makes each watched vendor a component.
func (c *spScene) ofAll(states []db.VendorState, pages map[int64]db.WatchedPages) {
	c.page = spPage{ID: spAllID, Name: "All vendors", URL: c.s.permalink(c.r, "/"), TimeZone: "Etc/UTC"}
	c.listed, c.byVendor = []spComponent{}, map[string]*spComponent{}
	newest := ""
	var all []indicator
	for _, v := range states {
		if v.Sources == 0 {
			continue
		}
		is := c.s.indicator(v, pages[v.VendorID].Raised)
		all = append(all, is)
		newest = max(newest, v.LastSuccessAt)
		c.listed = append(c.listed, spComponent{
			ID: v.Slug, Name: v.Name, Status: is.componentStatus(), CreatedAt: orNull(pages[v.VendorID].FirstReadAt), UpdatedAt: orNull(v.LastSuccessAt),
			Position: len(c.listed) + 1, Description: orNull(is.description), Showcase: true, PageID: spAllID,
		})
	}
	for n := range c.listed {
		c.byVendor[c.listed[n].ID] = &c.listed[n]
	}
	c.page.UpdatedAt = orNull(newest)
	c.indicator = indicatorOfAll(all)
}

func (c *spScene) state() spStatus {
	return spStatus{Indicator: c.indicator.word, Description: c.indicator.description}
}

func (c *spScene) summary() (any, error) {
	incidents, err := c.list(db.WholeFilter{Open: true})
	if err != nil {
		return nil, err
	}
	maintenances, err := c.openMaintenances(true, true)
	return struct {
		Page         spPage          `json:"page"`
		Components   []spComponent   `json:"components"`
		Incidents    []spIncident    `json:"incidents"`
		Maintenances []spMaintenance `json:"scheduled_maintenances"`
		Status       spStatus        `json:"status"`
	}{c.page, c.listed, incidents, maintenances, c.state()}, err
}

func (c *spScene) status() (any, error) {
	return struct {
		Page   spPage   `json:"page"`
		Status spStatus `json:"status"`
	}{c.page, c.state()}, nil
}

func (c *spScene) components() (any, error) {
	return struct {
		Page       spPage        `json:"page"`
		Components []spComponent `json:"components"`
	}{c.page, c.listed}, nil
}

type spIncidents struct {
	Page      spPage       `json:"page"`
	Incidents []spIncident `json:"incidents"`
}

func (c *spScene) incidents() (any, error) {
	list, err := c.list(db.WholeFilter{Limit: spRecent})
	return spIncidents{c.page, list}, err
}

func (c *spScene) unresolved() (any, error) {
	list, err := c.list(db.WholeFilter{Open: true})
	return spIncidents{c.page, list}, err
}

type spMaintenances struct {
	Page         spPage          `json:"page"`
	Maintenances []spMaintenance `json:"scheduled_maintenances"`
}

func (c *spScene) maintenances() (any, error) {
	whole, err := c.s.db.WholeIncidents(c.ctx, db.WholeFilter{Vendor: c.slug, Maintenances: true, Limit: spRecent})
	list := []spMaintenance{}
	for _, w := range whole {
		list = append(list, c.maintenance(w))
	}
	return spMaintenances{c.page, list}, err
}

func (c *spScene) upcoming() (any, error) {
	list, err := c.openMaintenances(true, false)
	return spMaintenances{c.page, list}, err
}

func (c *spScene) active() (any, error) {
	list, err := c.openMaintenances(false, true)
	return spMaintenances{c.page, list}, err
}

// openMaintenances returns the maintenances that are announced, or under way, or both. One that is announced
// still when its window has passed is neither: its vendor forgot to say how it went.
func (c *spScene) openMaintenances(upcoming, active bool) ([]spMaintenance, error) {
	whole, err := c.s.db.WholeIncidents(c.ctx, db.WholeFilter{Vendor: c.slug, Maintenances: true, Open: true})
	list := []spMaintenance{}
	now := normalize.FormatTime(c.s.now())
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

func (c *spScene) list(f db.WholeFilter) ([]spIncident, error) {
	f.Vendor = c.slug
	whole, err := c.s.db.WholeIncidents(c.ctx, f)
	list := []spIncident{}
	for _, w := range whole {
		list = append(list, spIncident{spTold: c.told(w)})
	}
	return list, err
}

func number(id int64) string { return strconv.FormatInt(id, 10) }

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
