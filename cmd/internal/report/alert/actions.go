package alert

import (
	"slices"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize"
)

// tellActionsFor is how long after somebody did something it is still told: longer than the service is ever off for an
// update, and short enough that nobody is told what is long known.
const tellActionsFor = 24 * time.Hour

// tellActions plans, for channels that keep one message per incident and page nobody, that it says what people did: who
// has acknowledged it, muted it or written a note. Each is told once, and so is that it was taken back.
func (p *draft) tellActions() {
	since := normalize.FormatTime(p.Now.Add(-tellActionsFor))
	for _, a := range p.Actions {
		s, have := p.Subjects[a.IncidentID]
		if !have {
			continue
		}
		if a.CreatedAt >= since {
			p.tellAction(s.Event(), a.IncidentID, message.ActionKey(a.ActionID, false))
		}
		if a.EndedAt != "" {
			p.tellAction(s.Event(), a.IncidentID, message.ActionKey(a.ActionID, true))
		}
	}
}

func (p *draft) tellAction(event, incident int64, key string) {
	for channel, keeps := range p.PerIncident {
		opening := p.lastOpening(channel, event)
		if !keeps || p.OnCall[channel] || opening == nil || opening.unsent() ||
			slices.ContainsFunc(p.rows, func(r *row) bool { return r.Channel == channel && r.DedupKey == key }) {
			continue
		}
		r := &row{vendor: opening.vendor, severity: opening.severity, changed: true, events: []int64{event}}
		r.Channel, r.Reason, r.Route, r.IncidentID = channel, string(message.ReasonAction), opening.Route, incident
		r.State, r.DedupKey, r.CreatedAt = ledger.DeliveryPending, key, normalize.FormatTime(p.Now)
		p.rows = append(p.rows, r)
	}
}
