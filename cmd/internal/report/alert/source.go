package alert

import (
	"slices"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// sourceSeverity is the severity of news of a page itself, for routes and quiet hours. A page that cannot be read may
// hide anything, but that is no reason to wake somebody.
const sourceSeverity = normalize.SeverityMajor

// source plans news of a status page.
func (p *draft) source(n route.News) {
	n.Severity = severityOfSourceEvent(n.Event)
	switch n.Event.Kind {
	case normalize.EventSourceUnreadable:
		p.toAll(n, message.ReasonUnreadable)
	case normalize.EventSourceMoved:
		p.toAll(n, message.ReasonMoved)
	case normalize.EventSourceReadable:
		p.ended(n, message.ReasonUnreadable, message.ReasonReadable)
	}
}

// component plans news of a component. A major outage that begins may reveal how bad an incident of unknown severity
// is.
func (p *draft) component(n route.News) {
	n.Severity = severityOfSourceEvent(n.Event)
	p.toAll(n, message.ReasonComponent)
	if n.Event.Detail["to"] != string(normalize.StatusMajor) {
		return
	}
	ids := make([]int64, 0, len(p.Subjects))
	for id, s := range p.Subjects {
		if s.SourceID == n.Event.SourceID && s.Kind == string(normalize.KindIncident) &&
			normalize.Severity(s.Severity).Rank() == normalize.SeverityUnknown.Rank() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		e := n.Event
		e.IncidentID = id
		p.catchUp(p.news(e, normalize.SeverityUnknown))
	}
}

func (p *draft) toAll(n route.News, reason message.Reason) {
	for _, c := range route.Choose(p.Routes, n) {
		p.add(c, reason, n, "")
	}
}

// ended plans the end of a page's trouble for the channels that were notified of it. Where the beginning is still held,
// neither is sent.
func (p *draft) ended(n route.News, began, over message.Reason) {
	type last struct{ began, over *row }
	byChannel := map[string]last{}
	var channels []string
	for _, r := range p.rows {
		if r.SourceID != n.Event.SourceID || r.IncidentID != 0 || !r.live() {
			continue
		}
		l, known := byChannel[r.Channel]
		if !known {
			channels = append(channels, r.Channel)
		}
		switch {
		case r.Reason == string(over), r.Reason == string(message.ReasonNotWatched):
			l.over = r
		case r.Reason == string(began):
			l = last{began: r}
		}
		byChannel[r.Channel] = l
	}
	for _, channel := range channels {
		switch l := byChannel[channel]; {
		case l.began == nil, l.over != nil:
		case l.began.State == ledger.DeliveryHeld:
			l.began.tell(n.Event.EventID)
			l.began.skip("it ended before this was sent (" + l.began.Note + "); the digest reports it")
		default:
			p.goOn(channel, l.began, over, n)
		}
	}
}

// severityOfSourceEvent is the severity of news of a page or a component.
func severityOfSourceEvent(e query.Event) normalize.Severity {
	switch e.Kind {
	case normalize.EventComponentChanged:
		from, to := componentSeverity(e.Detail["from"]), componentSeverity(e.Detail["to"])
		if from.Rank() > to.Rank() {
			return from // the end goes where the beginning went
		}
		return to
	}
	return sourceSeverity
}

// componentSeverity is the severity of a component's status, for routes.
func componentSeverity(status string) normalize.Severity {
	switch normalize.ComponentStatus(status) {
	case normalize.StatusMajor:
		return normalize.SeverityMajor
	case normalize.StatusPartial, normalize.StatusDegraded:
		return normalize.SeverityMinor
	case normalize.StatusOperational, normalize.StatusMaintenance, "":
		return normalize.SeverityNone
	}
	return normalize.SeverityUnknown
}
