package alert

import (
	"fmt"
	"slices"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize"
)

// about returns the alerts of a channel on an incident, in the order in which they were planned.
func (p *draft) about(channel string, event int64) []*row {
	var out []*row
	for _, r := range p.rows {
		if r.Channel == channel && slices.Contains(r.events, event) {
			out = append(out, r)
		}
	}
	return out
}

// lastOpening returns the last alert that notified a channel that an incident is open, or is about to; nil if there is
// none.
func (p *draft) lastOpening(channel string, event int64) *row {
	for _, r := range slices.Backward(p.about(channel, event)) {
		if r.opens() && r.live() {
			return r
		}
	}
	return nil
}

// resolutionAfter returns the resolution that a channel was sent, or is about to be, since the last opening; nil if
// there is none.
func (p *draft) resolutionAfter(channel string, event int64) *row {
	for _, r := range slices.Backward(p.about(channel, event)) {
		switch {
		case !r.live():
		case r.Reason == string(message.ReasonResolved):
			return r
		case r.opens():
			return nil
		}
	}
	return nil
}

// notifiedChannels returns the channels with an alert on the incident, in the order of their first alert.
func (p *draft) notifiedChannels(n route.News) []string {
	var out []string
	for _, r := range p.rows {
		if slices.Contains(r.events, n.Subject.Event()) && r.live() && !slices.Contains(out, r.Channel) {
			out = append(out, r.Channel)
		}
	}
	return out
}

// routeOf returns the route that chose an alert's channel. Where it has left the configuration, what was begun is
// brought to its end with the default events.
func (p *draft) routeOf(r *row) route.Route {
	for _, route := range p.Routes {
		if route.Name == r.Route {
			return route
		}
	}
	return route.Route{Name: r.Route, Match: route.Match{Events: []normalize.EventKind{
		normalize.EventIncidentResolved, normalize.EventIncidentReopened, normalize.EventSeverityChanged,
		normalize.EventSourceReadable,
	}}}
}

// names reports whether the route of an alert includes events of a kind.
func (p *draft) names(r *row, kind normalize.EventKind) bool {
	events := p.routeOf(r).Events
	return len(events) == 0 || slices.Contains(events, kind)
}

// plan returns the alerts to add, and those to change.
func (p *draft) plan() Plan {
	var out Plan
	for _, r := range p.rows {
		switch {
		case r.DeliveryID == 0:
			n := ledger.NewDelivery{
				Channel: r.Channel, Reason: r.Reason, Route: r.Route, DedupKey: r.DedupKey, Note: r.Note,
				State:      r.State,
				IncidentID: r.IncidentID, SourceID: r.SourceID, EventIDs: r.EventIDs, Mention: r.Mention != 0,
				From: r.from,
			}
			if r.State == ledger.DeliveryHeld {
				n.NotBefore = r.notBefore
			}
			out.Add = append(out.Add, n)
		case r.changed:
			out.Change = append(out.Change, ledger.DeliveryChange{
				DeliveryID: r.DeliveryID, State: r.State, NotBefore: r.notBefore, Note: r.Note, EventIDs: r.more,
				Mention: r.Mention != 0,
			})
		}
	}
	return out
}

// dedupKey names a message by what caused it, so that two planners on one file plan it once.
func dedupKey(reason string, incident, source, event int64) string {
	return fmt.Sprintf("%s:incident-%d:source-%d:event-%d", reason, incident, source, event)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
