package api

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// VendorState is a vendor and how it does, as v_status has it.
type VendorState struct {
	query.Vendor
	Status        normalize.ComponentStatus `json:"status"`
	Because       query.Because             `json:"because"`
	SinceAt       string                    `json:"since_at,omitempty"`
	ReadableAt    string                    `json:"readable_at,omitempty"`
	Readable      bool                      `json:"readable"` // all of its pages were read when last due
	Severity      normalize.Severity        `json:"severity,omitempty"`
	IncidentID    int64                     `json:"incident_id,omitempty"`
	OpenIncidents int                       `json:"open_incidents"`
	Maintenances  int                       `json:"maintenances_under_way"`
	Sources       int                       `json:"sources"` // pages that the configuration lists
	SourcesUnread int                       `json:"sources_unread"`
	URL           string                    `json:"api_url"` // path of the Vendor
}

func (a *API) vendorState(v query.Status) VendorState {
	return VendorState{
		Vendor: query.Vendor{VendorID: v.VendorID, Slug: v.Vendor, Name: v.VendorName, Owner: v.Owner},
		Status: v.Status, Because: v.Because, SinceAt: v.SinceAt, ReadableAt: v.ReadableAt, Readable: v.Readable(),
		Severity: v.Severity, IncidentID: v.IncidentID, OpenIncidents: v.OpenIncidents, Maintenances: v.Maintenances,
		Sources: v.Sources, SourcesUnread: v.SourcesUnread, URL: a.Link("/api/v1/vendors/" + v.Vendor),
	}
}

// VendorList is a page of the vendors, in the order of their numbers.
type VendorList struct {
	Vendors []VendorState `json:"vendors"`
	Next    string        `json:"next,omitempty"`
}

func (a *API) vendors(r *http.Request) (VendorList, error) {
	out := VendorList{Vendors: []VendorState{}}
	p, err := site.ReadParams(r, "after", "limit")
	if err != nil {
		return out, err
	}
	after, limit, err := p.After()
	if err != nil {
		return out, err
	}
	states, err := a.DB.StatusesAfter(r.Context(), a.Clock(), after, limit)
	for _, v := range states {
		out.Vendors = append(out.Vendors, a.vendorState(v))
	}
	out.Next = site.Next(states, limit, func(v query.Status) int64 { return v.VendorID })
	return out, err
}

// Vendor is one vendor in full.
type Vendor struct {
	VendorState
	Pages     []query.SourceHealth `json:"pages"`
	Incidents []query.Incident     `json:"incidents"` // open ones, the worst first
	Numbers   []site.Numbers       `json:"numbers"`
}

func (a *API) vendor(r *http.Request) (Vendor, error) {
	if _, err := site.ReadParams(r); err != nil {
		return Vendor{}, err
	}
	v, err := a.DB.VendorBySlug(r.Context(), r.PathValue("slug"), a.Clock())
	if err != nil {
		return Vendor{}, err
	}
	state, err := a.Status(r.Context(), v.Slug)
	if err != nil {
		return Vendor{}, err
	}
	out := Vendor{VendorState: a.vendorState(state), Pages: v.Sources, Incidents: []query.Incident{}}
	out.VendorState.Vendor = v.Vendor
	for _, kind := range []normalize.Kind{normalize.KindIncident, normalize.KindMaintenance, normalize.KindNotice} {
		open, _, err := a.DB.OpenByKind(r.Context(), kind, v.Slug, site.DefaultLimit)
		if err != nil {
			return Vendor{}, err
		}
		out.Incidents = append(out.Incidents, open...)
	}
	out.Numbers, err = a.Numbers(r.Context(), v.Slug)
	return out, err
}

// SourceList is a page of the status pages, in the order of their numbers.
type SourceList struct {
	Sources []query.SourceHealth `json:"sources"`
	Next    string               `json:"next,omitempty"`
}

func (a *API) sources(r *http.Request) (SourceList, error) {
	p, err := site.ReadParams(r, "vendor", "after", "limit")
	if err != nil {
		return SourceList{}, err
	}
	after, limit, err := p.After()
	if err != nil {
		return SourceList{}, err
	}
	vendor, err := a.Site.Vendor(r, p)
	if err != nil {
		return SourceList{}, err
	}
	rows, err := a.DB.SourcesAfter(r.Context(), a.Clock(), vendor, after, limit)
	return SourceList{rows, site.Next(rows, limit, func(h query.SourceHealth) int64 { return h.SourceID })}, err
}

var componentStatuses = []string{"operational", "degraded_performance", "partial_outage", "major_outage",
	"under_maintenance", "unknown"}

// ComponentList is a page of the components, in the order of their numbers.
type ComponentList struct {
	Components []query.ListedComponent `json:"components"`
	Next       string                  `json:"next,omitempty"`
}

func (a *API) components(r *http.Request) (ComponentList, error) {
	p, err := site.ReadParams(r, "vendor", "status", "after", "limit")
	if err != nil {
		return ComponentList{}, err
	}
	after, limit, err := p.After()
	if err != nil {
		return ComponentList{}, err
	}
	vendor, err := a.Site.Vendor(r, p)
	if err != nil {
		return ComponentList{}, err
	}
	status, err := p.OneOf("status", componentStatuses)
	if err != nil {
		return ComponentList{}, err
	}
	rows, err := a.DB.ComponentsAfter(r.Context(), a.Clock(), vendor, status, after, limit)
	next := site.Next(rows, limit, func(c query.ListedComponent) int64 { return c.ComponentID })
	return ComponentList{rows, next}, err
}

// IncidentList is a page of incidents, maintenances and notices, the newest first.
type IncidentList struct {
	Incidents []query.Incident `json:"incidents"`
	Next      string           `json:"next,omitempty"`
	Cut       bool             `json:"cut,omitempty"` // the words of q stand in more posts than were searched
}

func (a *API) incidents(r *http.Request) (IncidentList, error) {
	p, err := site.ReadParams(r, append([]string{"updated_since", "limit"}, site.Fields...)...)
	if err != nil {
		return IncidentList{}, err
	}
	// The form of the page has days, for people; programs may also give times.
	since, err := p.Moment("since")
	if err != nil {
		return IncidentList{}, err
	}
	until, err := p.Moment("until")
	if err != nil {
		return IncidentList{}, err
	}
	p.Del("since")
	p.Del("until")
	q, err := site.ReadQuery(p.Values)
	if err != nil {
		return IncidentList{}, err
	}
	if q.Filter.Vendor, err = a.Site.Vendor(r, p); err != nil {
		return IncidentList{}, err
	}
	if q.Filter.Service, err = a.Site.Service(r, p); err != nil {
		return IncidentList{}, err
	}
	q.Filter.Since, q.Filter.Until = since, until
	if q.Filter.Changed, err = p.Moment("updated_since"); err != nil {
		return IncidentList{}, err
	}
	if q.Filter.Limit, err = p.Limit(); err != nil {
		return IncidentList{}, err
	}
	page, err := a.DB.History(r.Context(), q.Filter)
	if errors.Is(err, db.ErrNotFound) {
		err = site.BadRequest(fmt.Sprintf("after=%q is nothing that next gave.", q.Filter.After))
	}
	return IncidentList{page.Incidents, page.Next, page.Cut}, err
}

func (a *API) incident(r *http.Request) (query.IncidentDetail, error) {
	if _, err := site.ReadParams(r); err != nil {
		return query.IncidentDetail{}, err
	}
	id, err := site.PathID(r)
	if err != nil {
		return query.IncidentDetail{}, err
	}
	return a.DB.IncidentByID(r.Context(), id, a.Clock())
}

// UpdateList is a page of posts, in the order in which they were stored.
type UpdateList struct {
	Updates []query.ListedUpdate `json:"updates"`
	Next    string               `json:"next,omitempty"`
}

func (a *API) incidentUpdates(r *http.Request) (UpdateList, error) {
	p, err := site.ReadParams(r, "after", "limit")
	if err != nil {
		return UpdateList{}, err
	}
	id, err := site.PathID(r)
	if err != nil {
		return UpdateList{}, err
	}
	if _, err := a.DB.IncidentByID(r.Context(), id, a.Clock()); err != nil {
		return UpdateList{}, err
	}
	return a.listUpdates(r, p, "", id)
}

func (a *API) updates(r *http.Request) (UpdateList, error) {
	p, err := site.ReadParams(r, "vendor", "after", "limit")
	if err != nil {
		return UpdateList{}, err
	}
	vendor, err := a.Site.Vendor(r, p)
	if err != nil {
		return UpdateList{}, err
	}
	return a.listUpdates(r, p, vendor, 0)
}

func (a *API) listUpdates(r *http.Request, p site.Params, vendor string, incident int64) (UpdateList, error) {
	after, limit, err := p.After()
	if err != nil {
		return UpdateList{}, err
	}
	rows, err := a.DB.UpdatesAfter(r.Context(), vendor, incident, after, limit)
	return UpdateList{rows, site.Next(rows, limit, func(u query.ListedUpdate) int64 { return u.UpdateID })}, err
}

// Health is how vendorwatch itself does.
type Health struct {
	Version           string                `json:"version"`
	LastCheckAt       string                `json:"last_check_at,omitempty"`
	LastEventID       int64                 `json:"last_event_id"`
	SourcesUnreadable int                   `json:"sources_unreadable"`
	Unreadable        []query.SourceHealth  `json:"unreadable"`
	Channels          []query.ChannelHealth `json:"channels"`
	Probes            []query.Probe         `json:"probes"`
	OwnOutages        []query.OwnOutage     `json:"own_outages"`
}

// ownOutagesTold is for how long outages of our own network are told.
const ownOutagesTold = 30 * 24 * time.Hour

func (a *API) health(r *http.Request) (Health, error) {
	if _, err := site.ReadParams(r); err != nil {
		return Health{}, err
	}
	ctx := r.Context()
	facts, err := a.DB.FileFacts(ctx)
	if err != nil {
		return Health{}, err
	}
	unreadable, count, err := a.DB.FailingSources(ctx, a.Clock(), site.MaxLimit)
	if err != nil {
		return Health{}, err
	}
	channels, err := a.DB.ChannelHealth(ctx)
	if err != nil {
		return Health{}, err
	}
	last, err := a.DB.LastEventID(ctx)
	if err != nil {
		return Health{}, err
	}
	probes, own, err := a.DB.OwnChecks(ctx, a.Clock().Add(-ownOutagesTold))
	return Health{a.Version, facts.LastCheckAt, last, count, unreadable, channels, probes, own}, err
}
