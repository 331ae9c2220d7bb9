package mcp

import (
	"context"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
)

// maxServiceIncidents is how many open incidents of a service are returned.
const maxServiceIncidents = 20

func (s tools) services(ctx context.Context, in ServicesIn) (ServicesOut, error) {
	out := ServicesOut{Services: []ServiceBrief{}}
	all, err := s.DB.Services(ctx, s.Clock())
	if err != nil {
		return out, err
	}
	needs, err := s.DB.ServiceNeeds(ctx, "", s.Clock())
	if err != nil {
		return out, err
	}
	var known []string
	for _, one := range all {
		known = append(known, one.Service, one.Name)
		if in.Service != "" && words.Fold(one.Service) != words.Fold(in.Service) &&
			!strings.EqualFold(one.Name, strings.TrimSpace(in.Service)) {
			continue
		}
		out.Services = append(out.Services, serviceBrief(one, needs))
	}
	if in.Service == "" {
		return out, nil
	}
	if len(out.Services) == 0 {
		return out, unknown("service of ours", in.Service, known, "without service, all are listed")
	}
	for n := range out.Services {
		open, err := s.DB.Incidents(ctx, query.Filter{Service: out.Services[n].Service, Open: true,
			Limit: maxServiceIncidents})
		if err != nil {
			return out, err
		}
		out.Services[n].Incidents = s.briefs(open)
		figures, err := servicetime.Of(ctx, s.DB, out.Services[n].Service, s.Clock())
		if err != nil {
			return out, err
		}
		out.Services[n].Uptime, out.Services[n].SLA = figures.Uptime, figures.SLA
	}
	return out, nil
}

func serviceBrief(s query.ServiceStatus, needs []query.ServiceNeed) ServiceBrief {
	b := ServiceBrief{Service: s.Service, Name: s.Name, Owner: s.Owner, RunbookURL: s.RunbookURL,
		Critical: s.Critical == 1, Status: string(s.Status), Needs: []ServiceNeed{}}
	for _, n := range needs {
		if n.Service == s.Service {
			b.Needs = append(b.Needs, ServiceNeed{Need: n.Need, Vendor: n.Vendor,
				Components: words.Short(n.Components, 300), Status: string(n.Status), Because: string(n.Because),
				SinceAt: n.SinceAt, Severity: string(n.Severity), IncidentID: n.IncidentID})
		}
	}
	return b
}
