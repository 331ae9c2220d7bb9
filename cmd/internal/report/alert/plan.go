// Package alert plans alerts: which news goes to which channel at once, and what is held or suppressed. The plan is
// pure; the Planner reads the record for it and saves what comes of it.
package alert

import (
	"cmp"
	"slices"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Facts is all that a plan of alerts is made of.
type Facts struct {
	Now         time.Time
	Since       time.Time               // since when there are alerts: of what was over by then, none is sent
	Events      []query.Event           // not planned so far, in the order in which they were learned
	Subjects    map[int64]route.Subject // the incidents of Events and of Rows, by id
	Vendors     map[string]route.Vendor // by slug
	Routes      []route.Route           // in the order in which they are tried
	PerIncident map[string]bool         // channels that keep one message an incident
	Calm        Calm
	Mutes       []ledger.Mute // that hold at Now
	Rows        []Planned     // alerts on the incidents and pages above, those that are held, and the last hour's
	Reminders   ReminderFacts

	later []query.Event // that came after Events and were planned, by which severities are known at the time of those
}

// Planned is an alert that was planned before, with the incidents that it tells of.
type Planned struct {
	ledger.Delivery
	Incidents []int64
}

// Plan is what news becomes: messages to be sent, and changes of those that wait.
type Plan struct {
	Add    []ledger.NewDelivery
	Change []ledger.DeliveryChange
}

// row is an alert while a plan is made. One without a DeliveryID is new.
type row struct {
	ledger.Delivery
	events    []int64 // numbers of the events, see Subject.event, that it tells of
	vendor    string  // slug
	severity  normalize.Severity
	notBefore time.Time
	from      time.Time // of a line that counts what was held back
	more      []int64   // EventIDs that came to it in this plan
	changed   bool
}

// live reports whether the receiver has it or is to get it.
func (r *row) live() bool {
	return r.State == ledger.DeliveryPending || r.State == ledger.DeliveryHeld || r.State == ledger.DeliveryDelivered
}

// unsent reports whether it waits, or is made by this very plan: what it tells is put in words when it is sent,
// so that news that follows needs no message of its own.
func (r *row) unsent() bool {
	return r.State == ledger.DeliveryHeld || r.State == ledger.DeliveryPending && r.DeliveryID == 0
}

// opens reports whether it says that an incident is there.
func (r *row) opens() bool {
	return r.Reason == string(message.ReasonFirst) || r.Reason == string(message.ReasonReopened)
}

// outAt is when it was free to be sent.
func (r *row) outAt() time.Time {
	if at := words.Time(r.CreatedAt); at.After(r.notBefore) {
		return at
	}
	return r.notBefore
}

// free lets it be sent.
func (r *row) free(now time.Time) {
	r.State, r.changed = ledger.DeliveryPending, true
	if r.notBefore.After(now) {
		r.notBefore = now
	}
}

func (r *row) skip(note string) {
	r.State, r.Note, r.changed = ledger.DeliverySkipped, note, true
}

func (r *row) hold(until time.Time, note string) {
	if r.State == ledger.DeliveryHeld && r.notBefore.Equal(until) && r.Note == note {
		return
	}
	r.State, r.notBefore, r.Note, r.changed = ledger.DeliveryHeld, until, note, true
}

func (r *row) tell(eventID int64) {
	if !slices.Contains(r.EventIDs, eventID) {
		r.EventIDs, r.more, r.changed = append(r.EventIDs, eventID), append(r.more, eventID), true
	}
}

// draft makes one plan.
type draft struct {
	Facts
	rows []*row // in the order in which they were planned
}

// MakePlan turns news into messages. It is pure: the same facts give the same plan.
func MakePlan(f Facts) Plan {
	p := newDraft(f)
	severities := p.severities()
	for _, e := range f.Events {
		if e.Withheld != "" || e.Detail["late"] == "true" {
			continue // for the digest
		}
		n := p.news(e, severities[e.EventID])
		switch {
		case e.Kind == normalize.EventComponentChanged:
			p.component(n)
		case n.Subject == nil && e.IncidentID == 0:
			p.source(n)
		case n.Subject == nil:
			// An event whose incident is gone from the record tells nothing any more.
		case n.Subject.Kind == string(normalize.KindMaintenance):
			p.maintenance(n)
		default:
			p.incident(n)
		}
	}
	p.release()
	p.remind()
	return p.plan()
}

func newDraft(f Facts) *draft {
	p := &draft{Facts: f}
	for _, known := range f.Rows {
		r := &row{Delivery: known.Delivery, notBefore: words.Time(known.NotBeforeAt)}
		r.EventIDs = slices.Clone(known.EventIDs)
		for _, id := range known.Incidents {
			if s, have := f.Subjects[id]; have {
				r.events, r.vendor, r.severity = append(r.events, s.Event()), s.Vendor, s.EffectiveSeverity(normalize.Severity(s.Severity))
			} else {
				r.events = append(r.events, id)
			}
		}
		if known.SourceID != 0 {
			r.vendor, r.severity = known.Vendor, sourceSeverity
		}
		p.rows = append(p.rows, r)
	}
	slices.SortStableFunc(p.rows, func(a, b *row) int { return int(a.DeliveryID - b.DeliveryID) })
	return p
}

// severities returns the severity of each event's incident when the event happened.
func (p *draft) severities() map[int64]normalize.Severity {
	at := map[int64]normalize.Severity{} // by event
	now := map[int64]normalize.Severity{}
	for _, e := range slices.Backward(slices.Concat(p.Events, p.later)) {
		if e.IncidentID == 0 {
			continue
		}
		severity, seen := now[e.IncidentID]
		if !seen {
			severity = normalize.Severity(cmp.Or(p.Subjects[e.IncidentID].Severity, e.Severity))
		}
		if e.Kind == normalize.EventSeverityChanged {
			severity = normalize.Severity(cmp.Or(e.Detail["to"], string(severity)))
		}
		at[e.EventID] = severity
		if e.Kind == normalize.EventSeverityChanged {
			severity = normalize.Severity(cmp.Or(e.Detail["from"], string(severity)))
		}
		now[e.IncidentID] = severity
	}
	return at
}

func (p *draft) news(e query.Event, severity normalize.Severity) route.News {
	n := route.News{Event: e, Vendor: p.Vendors[e.Vendor], Severity: severity}
	if s, have := p.Subjects[e.IncidentID]; have {
		n.Subject = &s
	}
	return n
}

// incident plans news of an incident or a notice.
func (p *draft) incident(n route.News) {
	switch n.Event.Kind {
	case normalize.EventIncidentOpened:
		note := ""
		if n.Event.Detail["already_open"] == "true" {
			note = "it was open already when its page was first read"
		}
		p.announce(n, note)
	case normalize.EventIncidentReopened:
		p.reopened(n)
	case normalize.EventIncidentResolved:
		p.resolved(n)
	case normalize.EventSeverityChanged:
		if normalize.Severity(n.Event.Detail["to"]).Rank() > normalize.Severity(n.Event.Detail["from"]).Rank() {
			p.worsened(n)
		} else {
			p.follow(n, message.ReasonChanged)
		}
	case normalize.EventUpdatePosted:
		p.catchUp(n)
		p.follow(n, message.ReasonUpdate)
	case normalize.EventStateChanged, normalize.EventIncidentEdited:
		p.catchUp(n)
		p.follow(n, message.ReasonChanged)
	case normalize.EventPostmortemPosted:
		p.follow(n, message.ReasonPostmortem)
	case normalize.EventIncidentLeftFeed:
		p.follow(n, message.ReasonLeftFeed)
	}
}

// announce tells the channels that a route chooses, and that were not told, of an incident.
func (p *draft) announce(n route.News, note string) {
	kinds := []normalize.EventKind{n.Event.Kind}
	if n.Event.Kind != normalize.EventIncidentOpened {
		kinds = append(kinds, normalize.EventIncidentOpened)
	}
	for _, c := range route.Choose(p.Routes, n, kinds...) {
		if p.lastOpening(c.Channel, n.Subject.Event()) == nil {
			p.add(c, message.ReasonFirst, n, note)
		}
	}
}

// catchUp announces an open incident that a route wants by now and did not before, as where its severity or
// its components became known. What was kept from a channel for a reason is not brought up again.
func (p *draft) catchUp(n route.News) {
	if n.Subject.Over() {
		return
	}
	for _, c := range route.Choose(p.Routes, n, normalize.EventIncidentOpened) {
		if len(p.about(c.Channel, n.Subject.Event())) == 0 {
			p.add(c, message.ReasonFirst, n, "the route did not match when it opened")
		}
	}
}

// worsened tells of a severity that rose: the channels that were told, and those whose route matches only now.
func (p *draft) worsened(n route.News) {
	for _, channel := range p.notifiedChannels(n) {
		opening := p.lastOpening(channel, n.Subject.Event())
		switch {
		case opening == nil, p.resolutionAfter(channel, n.Subject.Event()) != nil:
		case opening.unsent():
			opening.tell(n.Event.EventID) // release looks whether it breaks through by now
			opening.severity = n.Subject.EffectiveSeverity(n.Severity)
			opening.Mention = max(opening.Mention, bit(calls(p.routeOf(opening), *n.Subject, n.Severity)))
		case p.names(opening, n.Event.Kind) || p.PerIncident[channel]:
			p.add(route.Choice{Channel: channel, Route: p.routeOf(opening)}, message.ReasonWorsened, n, "")
		}
	}
	p.announce(n, "severity rose from "+cmp.Or(n.Event.Detail["from"], "unknown"))
}

// follow tells of what goes on in an incident: channels that keep one message an incident and were told of it,
// and those whose route names the event.
func (p *draft) follow(n route.News, reason message.Reason) {
	var done []string
	for channel := range p.PerIncident {
		if !p.PerIncident[channel] {
			continue
		}
		if opening := p.lastOpening(channel, n.Subject.Event()); opening != nil && (!opening.unsent() || reason == message.ReasonPostmortem && opening.State != ledger.DeliveryHeld) {
			done = append(done, channel)
		}
	}
	slices.Sort(done)
	for _, channel := range done {
		p.add(route.Choice{Channel: channel, Route: p.routeOf(p.lastOpening(channel, n.Subject.Event()))}, reason, n, "")
	}
	if n.Event.Kind == normalize.EventSeverityChanged {
		return // a route that names it asks for what rises
	}
	for _, c := range route.Choose(p.Routes, n) {
		opening := p.lastOpening(c.Channel, n.Subject.Event())
		switch {
		case slices.Contains(done, c.Channel):
		case opening != nil && opening.unsent():
			opening.tell(n.Event.EventID)
		default:
			p.add(c, reason, n, "")
		}
	}
}

// maintenance tells of planned work where a route names the event.
func (p *draft) maintenance(n route.News) {
	for _, c := range route.Choose(p.Routes, n) {
		p.add(c, message.ReasonMaintenance, n, "")
	}
}

// add makes a message to a channel, and keeps it back where mutes, quiet hours, a group or the cap say so.
func (p *draft) add(c route.Choice, reason message.Reason, n route.News, note string) *row {
	r := &row{vendor: n.Event.Vendor, severity: n.Severity, changed: true}
	r.Channel, r.Reason, r.Route, r.Note, r.State = c.Channel, string(reason), c.Route.Name, note, ledger.DeliveryPending
	r.CreatedAt, r.EventIDs = normalize.FormatTime(p.Now), []int64{n.Event.EventID}
	if s := n.Subject; s != nil {
		r.IncidentID, r.events, r.severity = n.Event.IncidentID, []int64{s.Event()}, s.EffectiveSeverity(n.Severity)
		if reason == message.ReasonFirst || reason == message.ReasonReopened || reason == message.ReasonWorsened {
			r.Mention = bit(calls(c.Route, *s, n.Severity))
		}
	} else {
		r.SourceID = n.Event.SourceID
	}
	r.DedupKey = dedupKey(string(reason), r.IncidentID, r.SourceID, n.Event.EventID)
	p.rows = append(p.rows, r)
	if n.Subject != nil && n.Subject.Over() && words.Time(n.Event.At).Before(p.Since) {
		r.skip("it was over before there were alerts; the digest tells it")
		return r
	}
	_, muted, isMuted := Calm{Zone: p.Calm.Zone}.hold(p.Now, p.Mutes, p.scopeOf(r))
	if isMuted && p.PerIncident[r.Channel] && isFollowUp(reason) {
		r.skip(muted)
		return r
	}
	if until, note, held := p.keep(r); held {
		r.hold(until, note)
		return r
	}
	p.capped(r)
	return r
}

// keep says until when a message waits, and why; false if it does not.
func (p *draft) keep(r *row) (time.Time, string, bool) {
	if until, note, held := p.Calm.hold(p.Now, p.Mutes, p.scopeOf(r)); held && !p.quietEdit(r) {
		return until, note, true
	}
	switch {
	case p.PerIncident[r.Channel]:
		return time.Time{}, "", false
	case r.Reason == string(message.ReasonResolved):
		return p.flapping(r)
	case r.Reason == string(message.ReasonFirst) && r.severity != normalize.SeverityCritical:
		return p.grouped(r)
	}
	return time.Time{}, "", false
}

// isFollowUp reports whether a message for a reason adds to one that the channel has.
func isFollowUp(r message.Reason) bool {
	return r == message.ReasonUpdate || r == message.ReasonChanged || r == message.ReasonPostmortem || r == message.ReasonLeftFeed
}

// quietEdit reports whether a message only edits or ends one that the channel has: that wakes nobody, and an
// alarm that rings on is no calm.
func (p *draft) quietEdit(r *row) bool {
	return p.PerIncident[r.Channel] && (r.Reason == string(message.ReasonResolved) || isFollowUp(message.Reason(r.Reason)))
}

func (p *draft) scopeOf(r *row) scope {
	m := scope{vendor: r.vendor, severity: r.severity}
	for _, id := range r.events {
		m.incidents = append(m.incidents, id)
		for own, s := range p.Subjects {
			if s.Event() == id {
				m.incidents = append(append(m.incidents, own), s.Also...)
			}
		}
	}
	return m
}

// calls reports whether people are to be called.
func calls(r route.Route, s route.Subject, severity normalize.Severity) bool {
	return r.Mention != "" && s.EffectiveSeverity(severity).Rank() >= r.Mention.Rank()
}
