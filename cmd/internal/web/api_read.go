package web

import (
	"errors"
	"fmt"
	"net/http"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// apiVendorState is how a vendor does, in the words of the pages.
type apiVendorState struct {
	db.Vendor
	State          string `json:"state"`                    // quiet, critical, major, minor, none, unknown (severity of the worst open incident), a component's status, maintenance, unwell, unreadable, not_watched
	Readable       bool   `json:"readable"`                 // all of its pages were read when their schedule last asked for it
	OpenIncidents  int    `json:"open_incidents"`           //
	WorstSeverity  string `json:"worst_severity,omitempty"` // of those
	WorstStatus    string `json:"worst_status,omitempty"`   // of its components, where one is not operational
	Maintenances   int    `json:"maintenances_under_way"`   //
	Sources        int    `json:"sources"`                  // pages that the configuration lists
	SourcesFailing int    `json:"sources_failing"`          //
	LastSuccessAt  string `json:"last_success_at,omitempty"`
	URL            string `json:"api_url"` // of the vendor whole
}

func (s *Server) vendorState(v db.VendorState) apiVendorState {
	return apiVendorState{
		Vendor: db.Vendor{VendorID: v.VendorID, Slug: v.Slug, Name: v.Name, Owner: v.Owner}, State: s.stateOf(v), Readable: s.readable(v),
		OpenIncidents: v.Incidents, WorstSeverity: v.WorstSeverity, WorstStatus: v.WorstStatus, Maintenances: v.Maintenances,
		Sources: v.Sources, SourcesFailing: v.Failing, LastSuccessAt: v.LastSuccessAt, URL: s.link("/api/v1/vendors/" + v.Slug),
	}
}

// stateOf is one word for how a vendor does. What is known to be broken comes first, then what cannot be seen;
// quiet is said of a vendor whose pages were all read.
func (s *Server) stateOf(v db.VendorState) string {
	switch {
	case v.Sources == 0:
		return "not_watched"
	case v.WorstSeverity != "":
		return v.WorstSeverity
	case !s.readable(v):
		return "unreadable"
	case v.WorstStatus != "" && v.WorstStatus != string(normalize.StatusMaintenance):
		return v.WorstStatus
	case v.IndicatorSinceAt != "":
		return "unwell"
	case v.Maintenances > 0 || v.WorstStatus != "":
		return "maintenance"
	}
	return "quiet"
}

func (s *Server) apiVendors(r *http.Request) (any, error) {
	if _, err := parameters(r); err != nil {
		return nil, err
	}
	states, err := s.db.VendorStates(r.Context())
	if err != nil {
		return nil, err
	}
	out := struct {
		Vendors []apiVendorState `json:"vendors"`
	}{[]apiVendorState{}}
	for _, v := range states {
		out.Vendors = append(out.Vendors, s.vendorState(v))
	}
	return out, nil
}

func (s *Server) apiVendor(r *http.Request) (any, error) {
	if _, err := parameters(r); err != nil {
		return nil, err
	}
	v, err := s.db.VendorBySlug(r.Context(), r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	states, err := s.db.VendorStates(r.Context())
	if err != nil {
		return nil, err
	}
	out := struct {
		apiVendorState
		Pages     []db.SourceHealth `json:"pages"`
		Incidents []db.Incident     `json:"incidents"` // open ones, the worst first
		Numbers   []apiNumbers      `json:"numbers"`
	}{Pages: v.Sources, Incidents: []db.Incident{}}
	for _, state := range states {
		if state.VendorID == v.VendorID {
			out.apiVendorState = s.vendorState(state)
		}
	}
	out.Vendor = v.Vendor
	for _, kind := range []normalize.Kind{normalize.KindIncident, normalize.KindMaintenance, normalize.KindNotice} {
		open, _, err := s.db.OpenByKind(r.Context(), kind, v.Slug, apiLimit)
		if err != nil {
			return nil, err
		}
		out.Incidents = append(out.Incidents, open...)
	}
	out.Numbers, err = s.numbersOf(r.Context(), v.Slug)
	return out, err
}

func (s *Server) apiSources(r *http.Request) (any, error) {
	a, err := parameters(r, "vendor", "after", "limit")
	if err != nil {
		return nil, err
	}
	after, limit, err := a.after()
	if err != nil {
		return nil, err
	}
	vendor, err := s.vendorAsked(r, a)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.SourcesAfter(r.Context(), vendor, after, limit)
	return struct {
		Sources []db.SourceHealth `json:"sources"`
		Next    string            `json:"next,omitempty"`
	}{rows, next(rows, limit, func(h db.SourceHealth) int64 { return h.SourceID })}, err
}

var componentStatuses = []string{"operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance", "unknown"}

func (s *Server) apiComponents(r *http.Request) (any, error) {
	a, err := parameters(r, "vendor", "status", "after", "limit")
	if err != nil {
		return nil, err
	}
	after, limit, err := a.after()
	if err != nil {
		return nil, err
	}
	vendor, err := s.vendorAsked(r, a)
	if err != nil {
		return nil, err
	}
	status, err := a.oneOf("status", componentStatuses)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.ComponentsAfter(r.Context(), vendor, status, after, limit)
	return struct {
		Components []db.ListedComponent `json:"components"`
		Next       string               `json:"next,omitempty"`
	}{rows, next(rows, limit, func(c db.ListedComponent) int64 { return c.ComponentID })}, err
}

func (s *Server) apiIncidents(r *http.Request) (any, error) {
	a, err := parameters(r, append([]string{"updated_since", "limit"}, fields...)...)
	if err != nil {
		return nil, err
	}
	// Days, as the form of the page has them, are for people; times are for programs.
	since, err := a.moment("since")
	if err != nil {
		return nil, err
	}
	until, err := a.moment("until")
	if err != nil {
		return nil, err
	}
	a.Del("since")
	a.Del("until")
	q, err := readQuery(a.Values)
	if err != nil {
		return nil, err
	}
	if q.filter.Vendor, err = s.vendorAsked(r, a); err != nil {
		return nil, err
	}
	q.filter.Since, q.filter.Until = since, until
	if q.filter.Changed, err = a.moment("updated_since"); err != nil {
		return nil, err
	}
	if q.filter.Limit, err = a.limit(); err != nil {
		return nil, err
	}
	page, err := s.db.History(r.Context(), q.filter)
	if errors.Is(err, db.ErrNotFound) {
		return nil, badRequest{fmt.Sprintf("after=%q is nothing that next gave.", q.filter.After)}
	}
	return struct {
		Incidents []db.Incident `json:"incidents"`
		Next      string        `json:"next,omitempty"`
		Cut       bool          `json:"cut,omitempty"` // the words of q stand in more posts than were searched
	}{page.Incidents, page.Next, page.Cut}, err
}

func (s *Server) apiIncident(r *http.Request) (any, error) {
	if _, err := parameters(r); err != nil {
		return nil, err
	}
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	return s.db.IncidentByID(r.Context(), id)
}

func (s *Server) apiIncidentUpdates(r *http.Request) (any, error) {
	a, err := parameters(r, "after", "limit")
	if err != nil {
		return nil, err
	}
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	if _, err := s.db.IncidentByID(r.Context(), id); err != nil {
		return nil, err
	}
	return s.listUpdates(r, a, "", id)
}

func (s *Server) apiUpdates(r *http.Request) (any, error) {
	a, err := parameters(r, "vendor", "after", "limit")
	if err != nil {
		return nil, err
	}
	vendor, err := s.vendorAsked(r, a)
	if err != nil {
		return nil, err
	}
	return s.listUpdates(r, a, vendor, 0)
}

func (s *Server) listUpdates(r *http.Request, a asked, vendor string, incident int64) (any, error) {
	after, limit, err := a.after()
	if err != nil {
		return nil, err
	}
	rows, err := s.db.UpdatesAfter(r.Context(), vendor, incident, after, limit)
	return struct {
		Updates []db.ListedUpdate `json:"updates"`
		Next    string            `json:"next,omitempty"`
	}{rows, next(rows, limit, func(u db.ListedUpdate) int64 { return u.UpdateID })}, err
}

func (s *Server) apiHealth(r *http.Request) (any, error) {
	if _, err := parameters(r); err != nil {
		return nil, err
	}
	ctx := r.Context()
	facts, err := s.db.Facts(ctx)
	if err != nil {
		return nil, err
	}
	unreadable, count, err := s.db.UnreadableSources(ctx, apiMaxLimit)
	if err != nil {
		return nil, err
	}
	channels, err := s.db.ChannelHealth(ctx)
	if err != nil {
		return nil, err
	}
	last, err := s.db.LastEventID(ctx)
	return struct {
		Version           string             `json:"version"`
		LastCheckAt       string             `json:"last_check_at,omitempty"`
		LastEventID       int64              `json:"last_event_id"`
		SourcesUnreadable int                `json:"sources_unreadable"`
		Unreadable        []db.SourceHealth  `json:"unreadable"`
		Channels          []db.ChannelHealth `json:"channels"`
	}{s.o.Version, facts.LastCheckAt, last, count, unreadable, channels}, err
}
