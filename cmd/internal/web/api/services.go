package api

import (
	"errors"
	"net/http"
	"time"

	"vendorwatch/cmd/internal/web/site"
	wording "vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
)

// ServiceState is a service of ours and how it does, as v_services has it.
type ServiceState struct {
	query.ServiceStatus
	URL string `json:"api_url"` // path of the Service
}

// ServiceList is all services of ours, the critical ones first.
type ServiceList struct {
	Services []ServiceState `json:"services"`
}

func (a *API) services(r *http.Request) (ServiceList, error) {
	out := ServiceList{[]ServiceState{}}
	if _, err := site.ReadParams(r); err != nil {
		return out, err
	}
	all, err := a.DB.Services(r.Context(), a.Clock())
	for _, s := range all {
		out.Services = append(out.Services, ServiceState{s, a.Link("/api/v1/services/" + s.Service)})
	}
	return out, err
}

// Service is one service of ours in full.
type Service struct {
	ServiceState
	Needed    []query.ServiceNeed  `json:"needed"`
	Uptime    []servicetime.Uptime `json:"uptime"`        // the shortest window first
	SLA       *servicetime.SLA     `json:"sla,omitempty"` // nil where the configuration has no target
	Incidents []query.Incident     `json:"incidents"`     // open ones that touch it, or may
}

func (a *API) service(r *http.Request) (out Service, err error) {
	if _, err := site.ReadParams(r); err != nil {
		return out, err
	}
	ctx, slug := r.Context(), r.PathValue("slug")
	if out.ServiceStatus, err = a.DB.Service(ctx, slug, a.Clock()); err != nil {
		return out, err
	}
	out.URL = a.Link("/api/v1/services/" + slug)
	if out.Needed, err = a.DB.ServiceNeeds(ctx, slug, a.Clock()); err != nil {
		return out, err
	}
	figures, err := servicetime.Of(ctx, a.DB, slug, a.Clock())
	if err != nil {
		return out, err
	}
	out.Uptime, out.SLA = figures.Uptime, figures.SLA
	out.Incidents, err = a.DB.Incidents(ctx, query.Filter{Service: slug, Open: true, Limit: site.MaxLimit})
	return out, err
}

// Ok is whether all is well, with a line that says why.
type Ok struct {
	query.Ok
	Text string `json:"text"`
}

// longestAhead is how far ahead it may be asked.
const longestAhead = 31 * 24 * time.Hour

func (a *API) ok(r *http.Request) (out Ok, err error) {
	p, err := site.ReadParams(r, "service", "tag", "for")
	if err != nil {
		return out, err
	}
	f := query.OkFilter{Until: a.Clock()}
	if service, err := a.Site.Service(r, p); err != nil {
		return out, err
	} else if service != "" {
		f.Services = []string{service}
	}
	if tag := p.Get("tag"); tag != "" {
		f.Tags = []string{tag}
	}
	if text := p.Get("for"); text != "" {
		ahead, err := time.ParseDuration(text)
		if err != nil || ahead < 0 || ahead > longestAhead {
			return out, site.BadRequest("for is a length of time from 0s to 744h, such as 2h or 90m.")
		}
		f.Until = f.Until.Add(ahead)
	}
	out.Ok, err = a.DB.Ok(r.Context(), f, a.Clock())
	if errors.Is(err, db.ErrNotFound) {
		err = site.BadRequest("No vendor has the tag " + p.Get("tag") + ".")
	}
	out.Text = wording.Ok(out.Ok, a.Clock())
	return out, err
}
