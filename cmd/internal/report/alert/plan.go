// Package alert plans alerts: which news goes to which channel at once, and what is held or suppressed. MakePlan is
// pure; Planner reads the record for it and saves the plan.
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
	"vendorwatch/db/servicetime"
	"vendorwatch/normalize"
)

// Facts are all that a plan depends on.
type Facts struct {
	Now         time.Time
	Since       time.Time               // when alerts were first used; nothing that had ended by then is announced
	Events      []query.Event           // not planned yet, in the order in which they were recorded
	Subjects    map[int64]route.Subject // the incidents of Events and of Rows, by id
	Vendors     map[string]route.Vendor // by slug
	Routes      []route.Route           // in the order in which they are tried
	PerIncident map[string]bool         // channels that keep one message per incident
	OnCall      map[string]bool         // those of them that page people, and keep an alert open until it is closed
	Calm        Calm
	Mutes       []query.Action // that hold at Now
	Actions     []query.Action // what people did about incidents of late
	Rows        []Planned      // alerts on the incidents and pages above, all that are held, and those of the last hour
	Reminders   ReminderFacts
	OwnOutages  []query.OwnOutage      // of our own network, the oldest first
	Targets     []servicetime.Standing // that are at risk or missed

	OpenComponents []ledger.OpenComponent // of channels in OnCall, see ledger.OpenComponents
	OpenPages      []ledger.OpenPage      // likewise

	later []query.Event // planned events after Events; they show what severities were at the time of those
}

// Planned is an alert that was planned before, with the incidents that it reports.
type Planned struct {
	ledger.Delivery
	Incidents []int64
}

// Plan is what is to be done: messages to add, and changes of those that are held.
type Plan struct {
	Add    []ledger.NewDelivery
	Change []ledger.DeliveryChange
}

// row is an alert while a plan is made. A new one has no DeliveryID.
type row struct {
	ledger.Delivery
	events    []int64 // the incidents that it reports, see Subject.Event
	vendor    string  // slug
	severity  normalize.Severity
	notBefore time.Time
	from      time.Time // start of the hour, for the message that counts what the cap suppressed
	more      []int64   // EventIDs that this plan added
	changed   bool
}

// live reports whether the receiver has it, or will get it, or one that tells of the same in its place.
func (r *row) live() bool {
	return r.State == ledger.DeliveryPending || r.State == ledger.DeliveryHeld ||
		r.State == ledger.DeliveryDelivered || r.FoldedInto != 0
}

// unsent reports whether it is held, or new in this plan. A message is rendered when it is sent, so that news which
// follows until then needs no message of its own.
func (r *row) unsent() bool {
	return r.State == ledger.DeliveryHeld || r.State == ledger.DeliveryPending && r.DeliveryID == 0
}

// opens reports whether it announces that an incident is open.
func (r *row) opens() bool {
	return r.Reason == string(message.ReasonFirst) || r.Reason == string(message.ReasonReopened)
}

// outAt is when it was due.
func (r *row) outAt() time.Time {
	if at := words.Time(r.CreatedAt); at.After(r.notBefore) {
		return at
	}
	return r.notBefore
}

// free makes it due now.
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

// draft is a plan while it is made.
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
			// The incident has left the record, and there is nothing to report.
		case n.Subject.Kind == string(normalize.KindMaintenance):
			p.maintenance(n)
		default:
			p.incident(n)
		}
	}
	p.ownNetwork()
	p.targets()
	p.settle()
	p.release()
	p.remind()
	p.tellActions()
	return p.plan()
}

func newDraft(f Facts) *draft {
	p := &draft{Facts: f}
	for _, known := range f.Rows {
		r := &row{Delivery: known.Delivery, notBefore: words.Time(known.NotBeforeAt)}
		r.EventIDs = slices.Clone(known.EventIDs)
		for _, id := range known.Incidents {
			if s, have := f.Subjects[id]; have {
				r.events, r.vendor, r.severity = append(r.events, s.Event()), s.Vendor,
					s.EffectiveSeverity(normalize.Severity(s.Severity))
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

// severities returns, by event, the severity of the event's incident at that time.
func (p *draft) severities() map[int64]normalize.Severity {
	at := map[int64]normalize.Severity{}
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
			note = "it was already open when its page was first read"
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
			p.lowered(n)
		}
	case normalize.EventUpdatePosted:
		p.catchUp(n)
		p.follow(n, message.ReasonUpdate)
	case normalize.EventStateChanged, normalize.EventIncidentEdited:
		if !n.Subject.Over() && slices.Contains(message.EditedFields(n.Event), "kind") {
			p.announce(n, "the vendor files it as "+n.Subject.Kind+" now")
		}
		p.catchUp(n)
		p.follow(n, message.ReasonChanged)
	case normalize.EventPostmortemPosted:
		p.follow(n, message.ReasonPostmortem)
	case normalize.EventIncidentLeftFeed:
		p.follow(n, message.ReasonLeftFeed)
	}
}

// announce plans the first message on an incident for each channel that a route chooses and that has none.
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

// catchUp announces an open incident that a route matches only now, as when its severity or its components have become
// known. Where a channel has any alert on it, even a suppressed one, nothing is announced.
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

// worsened plans news of a severity that rose: for the channels that were notified, and for those whose route matches
// only now.
func (p *draft) worsened(n route.News) {
	for _, channel := range p.notifiedChannels(n) {
		opening := p.lastOpening(channel, n.Subject.Event())
		switch {
		case opening == nil, p.resolutionAfter(channel, n.Subject.Event()) != nil:
		case opening.unsent():
			opening.tell(n.Event.EventID) // release sees whether it breaks through
			opening.severity = n.Subject.EffectiveSeverity(n.Severity)
			opening.Mention = max(opening.Mention, bit(calls(p.routeOf(opening), *n.Subject, n.Severity)))
		default:
			p.goOn(channel, opening, message.ReasonWorsened, n)
		}
	}
	p.announce(n, "severity rose from "+cmp.Or(n.Event.Detail["from"], "unknown"))
}

// lowered plans news of a severity that fell, for the channels that were notified.
func (p *draft) lowered(n route.News) {
	if n.Subject.Over() {
		return // the end says how severe it was
	}
	for _, channel := range p.notifiedChannels(n) {
		opening := p.lastOpening(channel, n.Subject.Event())
		switch {
		case opening == nil, p.resolutionAfter(channel, n.Subject.Event()) != nil:
		case opening.unsent():
			opening.tell(n.Event.EventID)
			opening.severity = n.Subject.EffectiveSeverity(n.Severity)
		default:
			p.goOn(channel, opening, message.ReasonLowered, n)
		}
	}
}

// goOn plans what follows on a message that a channel was sent. Where its route does not name the event, that is on
// record.
func (p *draft) goOn(channel string, began *row, reason message.Reason, n route.News) {
	c := route.Choice{Channel: channel, Route: p.routeOf(began)}
	if p.PerIncident[channel] || p.names(began, n.Event.Kind) {
		p.add(c, reason, n, "")
		return
	}
	r := p.newRow(c, reason, n, "")
	p.rows = append(p.rows, r)
	r.skip("its route does not name " + string(n.Event.Kind) + "; the digest reports it")
}

// follow plans news that neither opens nor ends an incident: for channels that keep one message per incident and were
// notified of it, and for those whose route names the event.
func (p *draft) follow(n route.News, reason message.Reason) {
	var done []string
	for channel := range p.PerIncident {
		if !p.PerIncident[channel] {
			continue
		}
		if opening := p.lastOpening(channel, n.Subject.Event()); opening != nil &&
			(!opening.unsent() || reason == message.ReasonPostmortem && opening.State != ledger.DeliveryHeld) {
			done = append(done, channel)
		}
	}
	slices.Sort(done)
	for _, channel := range done {
		p.add(route.Choice{Channel: channel, Route: p.routeOf(p.lastOpening(channel, n.Subject.Event()))}, reason, n,
			"")
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

// maintenance plans news of planned work, where a route names the event.
func (p *draft) maintenance(n route.News) {
	for _, c := range route.Choose(p.Routes, n) {
		reason := message.ReasonMaintenance
		if p.OnCall[c.Channel] && n.Subject.Over() {
			reason = message.ReasonResolved
		}
		p.add(c, reason, n, "")
	}
}

// newRow makes a message to a channel.
func (p *draft) newRow(c route.Choice, reason message.Reason, n route.News, note string) *row {
	r := &row{vendor: n.Event.Vendor, severity: n.Severity, changed: true}
	r.Channel, r.Reason, r.Route, r.Note, r.State = c.Channel, string(reason), c.Route.Name, note,
		ledger.DeliveryPending
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
	return r
}

// add plans a message to a channel. Mutes, quiet hours and groups hold it, the cap suppresses it. What comes with other
// news of the incident that this plan tells the channel is one message with that.
func (p *draft) add(c route.Choice, reason message.Reason, n route.News, note string) {
	r := p.newRow(c, reason, n, note)
	p.rows = append(p.rows, r)
	if n.Subject != nil && n.Subject.Over() && words.Time(n.Event.At).Before(p.Since) {
		r.skip("it ended before alerts were first used; the digest reports it")
		return
	}
	if p.OnCall[r.Channel] && n.Subject != nil && n.Subject.Unwatched && !n.Subject.Over() {
		r.skip("its page is not watched, so that nobody would learn when it ends; the digest reports it")
		return
	}
	_, muted, isMuted := Calm{Zone: p.Calm.Zone}.hold(p.Now, p.Mutes, p.scopeOf(r))
	ends := p.OnCall[r.Channel] && reason == message.ReasonLeftFeed
	if isMuted && p.PerIncident[r.Channel] && isFollowUp(reason) && !ends {
		r.skip(muted)
		return
	}
	if until, note, held := p.keep(r); held {
		r.hold(until, note)
		return
	}
	if p.joined(r) {
		p.rows = p.rows[:len(p.rows)-1]
		return
	}
	p.capped(r)
}

// keep returns until when a message is held, and why; false if it is not.
func (p *draft) keep(r *row) (time.Time, string, bool) {
	if until, note, held := p.Calm.hold(p.Now, p.Mutes, p.scopeOf(r)); held && !p.quietEdit(r) {
		return until, note, true
	}
	if until, note, held := p.waits(r); held {
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

// waits returns until when the route of a first message holds it, in case what it tells of ends before.
func (p *draft) waits(r *row) (time.Time, string, bool) {
	if message.Reason(r.Reason) != message.ReasonFirst && message.Reason(r.Reason) != message.ReasonUnreadable {
		return time.Time{}, "", false
	}
	hold := p.routeOf(r).Hold
	until := words.Time(r.CreatedAt).Add(hold)
	return until, "waits " + words.Duration(hold) + " in case it ends before", until.After(p.Now)
}

// isFollowUp reports whether a message for that reason adds to one that the channel has.
func isFollowUp(r message.Reason) bool {
	return r == message.ReasonUpdate || r == message.ReasonChanged || r == message.ReasonLowered ||
		r == message.ReasonPostmortem ||
		r == message.ReasonLeftFeed
}

// quietEdit reports whether a message only edits or ends one that the channel has. That wakes nobody, and an alert that
// stays open after its incident has ended would.
func (p *draft) quietEdit(r *row) bool {
	return p.PerIncident[r.Channel] && (r.Reason == string(message.ReasonResolved) ||
		r.Reason == string(message.ReasonReadable) || isFollowUp(message.Reason(r.Reason)))
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

// calls reports whether a route mentions people for an incident of that severity.
func calls(r route.Route, s route.Subject, severity normalize.Severity) bool {
	return r.Mention != "" && s.EffectiveSeverity(severity).Rank() >= r.Mention.Rank()
}
