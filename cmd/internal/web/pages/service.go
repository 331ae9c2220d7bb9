package pages

import (
	"net/http"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
	"vendorwatch/normalize"
)

const shownServiceIncidents = 25

// servicesBody is the page of all services of ours.
type servicesBody struct {
	Services []query.ServiceStatus
}

func (p *Pages) services(r *http.Request) (view, error) {
	all, err := p.DB.Services(r.Context(), p.Clock())
	return view{Template: "services", Title: "Services", Nav: "services", Body: servicesBody{all}}, err
}

// serviceBody is the page of one service.
type serviceBody struct {
	query.ServiceStatus
	Needs   []query.ServiceNeed
	Open    []query.Incident // what is open and touches it, or may
	Ahead   []query.Incident // maintenance that does
	Figures servicetime.Figures
	History historyList
}

func (p *Pages) service(r *http.Request) (view, error) {
	ctx, now := r.Context(), p.Clock()
	s, err := p.DB.Service(ctx, r.PathValue("slug"), now)
	if err != nil {
		return view{}, err
	}
	b := serviceBody{ServiceStatus: s}
	if b.Needs, err = p.DB.ServiceNeeds(ctx, s.Service, now); err != nil {
		return view{}, err
	}
	if b.Figures, err = servicetime.Of(ctx, p.DB, s.Service, now); err != nil {
		return view{}, err
	}
	open, err := p.DB.Incidents(ctx, query.Filter{Service: s.Service, Open: true})
	if err != nil {
		return view{}, err
	}
	for _, i := range open {
		switch {
		case i.Filtered == 1:
		case i.Kind == string(normalize.KindMaintenance):
			b.Ahead = append(b.Ahead, i)
		case i.Kind == string(normalize.KindIncident):
			b.Open = append(b.Open, i)
		}
	}
	q, err := site.ReadQuery(r.URL.Query())
	if err != nil {
		return view{}, err
	}
	q.Filter.Service, q.Filter.Limit = s.Service, shownServiceIncidents
	if b.History, err = p.list(r, q, "/services/"+s.Service); err != nil {
		return view{}, err
	}
	b.History.ShowVendors = true
	return view{Template: "service", Title: s.Name, Nav: "services", Body: b}, nil
}
