package report

import (
	"slices"
	"strings"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// pageSeverity is what news of a page itself counts as for routes and quiet hours: not to see is as grave as
// what may go on there, and it is nothing to be woken for.
const pageSeverity = normalize.SeverityMajor

// clearedPrefix begins the key of a message that says that a page calls itself well again.
const clearedPrefix = "indicator_cleared:"

// page plans news of a status page.
func (p *planner) page(n news) {
	n.severity = pageSeverityOf(n.event)
	switch n.event.Kind {
	case normalize.EventSourceUnreadable:
		p.toAll(n, ReasonUnreadable)
	case normalize.EventSourceMoved:
		p.toAll(n, ReasonMoved)
	case normalize.EventSourceReadable:
		p.ended(n, ReasonUnreadable, ReasonReadable)
	case normalize.EventIndicatorRaised:
		p.toAll(n, ReasonIndicator)
	case normalize.EventIndicatorCleared:
		p.ended(n, ReasonIndicator, ReasonIndicator)
	}
}

// component plans the change of a component. A major outage that begins may be what shows how bad an incident
// of unknown severity is.
func (p *planner) component(n news) {
	n.severity = pageSeverityOf(n.event)
	p.toAll(n, ReasonComponent)
	if n.event.Detail["to"] != string(normalize.StatusMajor) {
		return
	}
	ids := make([]int64, 0, len(p.Subjects))
	for id, s := range p.Subjects {
		if s.SourceID == n.event.SourceID && s.Kind == string(normalize.KindIncident) && normalize.Severity(s.Severity).Rank() == normalize.SeverityUnknown.Rank() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		e := n.event
		e.IncidentID = id
		p.catchUp(p.news(e, normalize.SeverityUnknown))
	}
}

func (p *planner) toAll(n news, reason Reason) {
	for _, c := range choose(p.Routes, n) {
		p.add(c, reason, n, "")
	}
}

// ended tells the channels that were told of a page's trouble that it is over. Where the beginning waits
// still, neither is sent.
func (p *planner) ended(n news, began, over Reason) {
	type last struct{ began, over *row }
	told := map[string]last{}
	var channels []string
	for _, r := range p.rows {
		if r.SourceID != n.event.SourceID || r.IncidentID != 0 || !r.live() {
			continue
		}
		l, known := told[r.Channel]
		if !known {
			channels = append(channels, r.Channel)
		}
		switch {
		case r.Reason == string(over) && (over != began || strings.HasPrefix(r.DedupKey, clearedPrefix)):
			l.over = r
		case r.Reason == string(began):
			l = last{began: r}
		}
		told[r.Channel] = l
	}
	for _, channel := range channels {
		switch l := told[channel]; {
		case l.began == nil, l.over != nil:
		case l.began.State == db.DeliveryHeld:
			l.began.tell(n.event.EventID)
			l.began.skip("it was over before this was sent (" + l.began.Note + "); the digest tells it")
		case p.names(l.began, n.event.Kind):
			r := p.add(choice{channel, p.routeOf(l.began)}, over, n, "")
			if over == began {
				r.DedupKey = clearedPrefix + r.DedupKey
			}
		}
	}
}

// pageSeverityOf is what news of a page or a component counts as.
func pageSeverityOf(e db.Event) normalize.Severity {
	switch e.Kind {
	case normalize.EventIndicatorRaised:
		return indicatorSeverity(e.Detail["indicator"])
	case normalize.EventIndicatorCleared:
		return indicatorSeverity(e.Detail["from"])
	case normalize.EventComponentChanged:
		from, to := componentSeverity(e.Detail["from"]), componentSeverity(e.Detail["to"])
		if from.Rank() > to.Rank() {
			return from // what ends goes where its beginning went
		}
		return to
	}
	return pageSeverity
}

// indicatorSeverity is how bad a page calls itself.
func indicatorSeverity(word string) normalize.Severity {
	switch s := normalize.Severity(word); s {
	case normalize.SeverityMinor, normalize.SeverityMajor, normalize.SeverityCritical, normalize.SeverityNone:
		return s
	}
	return normalize.SeverityUnknown
}

// componentSeverity is what a component's status counts as for routes.
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
