package report

import (
	"slices"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// Facts is all that a plan of alerts is made of.
type Facts struct {
	Now       time.Time
	Since     time.Time              // since when there are alerts: of what was over by then, none is sent
	Events    []db.Event             // not planned so far, in the order in which they were learned
	Subjects  map[int64]Subject      // the incidents of Events and of Rows, by id
	Vendors   map[string]VendorFacts // by slug
	Routes    []Route                // in the order in which they are tried
	PerThread map[string]bool        // channels that keep one message an incident, see PerIncident
	Calm      Calm
	Mutes     []db.Mute // that hold at Now
	Rows      []PlanRow // alerts on the incidents and pages above, those that are held, and the last hour's
	Reminders ReminderFacts

	later []db.Event // that came after Events and were planned, by which severities are known at the time of those
}

// PlanRow is an alert that was planned before, with the incidents that it tells of.
type PlanRow struct {
	db.Delivery
	Incidents []int64
}

// Plan is what news becomes: messages to be sent, and changes of those that wait.
type Plan struct {
	Add    []db.NewDelivery
	Change []db.DeliveryChange
}

// row is an alert while a plan is made. One without a DeliveryID is new.
type row struct {
	db.Delivery
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
	return r.State == db.DeliveryPending || r.State == db.DeliveryHeld || r.State == db.DeliveryDelivered
}

// unsent reports whether it waits, or is made by this very plan: what it tells is put in words when it is sent,
// so that news that follows needs no message of its own.
func (r *row) unsent() bool {
	return r.State == db.DeliveryHeld || r.State == db.DeliveryPending && r.DeliveryID == 0
}

// opens reports whether it says that an incident is there.
func (r *row) opens() bool {
	return r.Reason == string(ReasonFirst) || r.Reason == string(ReasonReopened)
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
	r.State, r.changed = db.DeliveryPending, true
	if r.notBefore.After(now) {
		r.notBefore = now
	}
}

func (r *row) skip(note string) {
	r.State, r.Note, r.changed = db.DeliverySkipped, note, true
}

func (r *row) hold(until time.Time, note string) {
	if r.State == db.DeliveryHeld && r.notBefore.Equal(until) && r.Note == note {
		return
	}
	r.State, r.notBefore, r.Note, r.changed = db.DeliveryHeld, until, note, true
}

func (r *row) tell(eventID int64) {
	if !slices.Contains(r.EventIDs, eventID) {
		r.EventIDs, r.more, r.changed = append(r.EventIDs, eventID), append(r.more, eventID), true
	}
}

// planner makes one plan.
type planner struct {
	Facts
	rows []*row // in the order in which they were planned
}

// MakePlan turns news into messages. It is pure: the same facts give the same plan.
func MakePlan(f Facts) Plan {
	p := newPlanner(f)
	severities := p.severities()
	for _, e := range f.Events {
		if e.Withheld != "" || e.Detail["late"] == "true" {
			continue // for the digest
		}
		n := p.news(e, severities[e.EventID])
		switch {
		case e.Kind == normalize.EventComponentChanged:
			p.component(n)
		case n.subject == nil && e.IncidentID == 0:
			p.page(n)
		case n.subject == nil:
			// An event whose incident is gone from the record tells nothing any more.
		case n.subject.Kind == string(normalize.KindMaintenance):
			p.maintenance(n)
		default:
			p.incident(n)
		}
	}
	p.release()
	p.remind()
	return p.plan()
}

func newPlanner(f Facts) *planner {
	p := &planner{Facts: f}
	for _, known := range f.Rows {
		r := &row{Delivery: known.Delivery, notBefore: words.Time(known.NotBeforeAt)}
		r.EventIDs = slices.Clone(known.EventIDs)
		for _, id := range known.Incidents {
			if s, have := f.Subjects[id]; have {
				r.events, r.vendor, r.severity = append(r.events, s.event()), s.Vendor, s.effective(normalize.Severity(s.Severity))
			} else {
				r.events = append(r.events, id)
			}
		}
		if known.SourceID != 0 {
			r.vendor, r.severity = known.Vendor, pageSeverity
		}
		p.rows = append(p.rows, r)
	}
	slices.SortStableFunc(p.rows, func(a, b *row) int { return int(a.DeliveryID - b.DeliveryID) })
	return p
}

// severities returns the severity of each event's incident when the event happened.
func (p *planner) severities() map[int64]normalize.Severity {
	at := map[int64]normalize.Severity{} // by event
	now := map[int64]normalize.Severity{}
	for _, e := range slices.Backward(slices.Concat(p.Events, p.later)) {
		if e.IncidentID == 0 {
			continue
		}
		severity, seen := now[e.IncidentID]
		if !seen {
			severity = normalize.Severity(firstOf(p.Subjects[e.IncidentID].Severity, e.Severity))
		}
		if e.Kind == normalize.EventSeverityChanged {
			severity = normalize.Severity(firstOf(e.Detail["to"], string(severity)))
		}
		at[e.EventID] = severity
		if e.Kind == normalize.EventSeverityChanged {
			severity = normalize.Severity(firstOf(e.Detail["from"], string(severity)))
		}
		now[e.IncidentID] = severity
	}
	return at
}

func (p *planner) news(e db.Event, severity normalize.Severity) news {
	n := news{event: e, vendor: p.Vendors[e.Vendor], severity: severity}
	if s, have := p.Subjects[e.IncidentID]; have {
		n.subject = &s
	}
	return n
}

// incident plans news of an incident or a notice.
func (p *planner) incident(n news) {
	switch n.event.Kind {
	case normalize.EventIncidentOpened:
		note := ""
		if n.event.Detail["already_open"] == "true" {
			note = "it was open already when its page was first read"
		}
		p.announce(n, note)
	case normalize.EventIncidentReopened:
		p.reopened(n)
	case normalize.EventIncidentResolved:
		p.resolved(n)
	case normalize.EventSeverityChanged:
		if normalize.Severity(n.event.Detail["to"]).Rank() > normalize.Severity(n.event.Detail["from"]).Rank() {
			p.worsened(n)
		} else {
			p.follow(n, ReasonChanged)
		}
	case normalize.EventUpdatePosted:
		p.catchUp(n)
		p.follow(n, ReasonUpdate)
	case normalize.EventStateChanged, normalize.EventIncidentEdited:
		p.catchUp(n)
		p.follow(n, ReasonChanged)
	case normalize.EventPostmortemPosted:
		p.follow(n, ReasonPostmortem)
	case normalize.EventIncidentLeftFeed:
		p.follow(n, ReasonLeftFeed)
	}
}

// announce tells the channels that a route chooses, and that were not told, of an incident.
func (p *planner) announce(n news, note string) {
	kinds := []normalize.EventKind{n.event.Kind}
	if n.event.Kind != normalize.EventIncidentOpened {
		kinds = append(kinds, normalize.EventIncidentOpened)
	}
	for _, c := range choose(p.Routes, n, kinds...) {
		if p.lastOpening(c.channel, n.subject.event()) == nil {
			p.add(c, ReasonFirst, n, note)
		}
	}
}

// catchUp announces an open incident that a route wants by now and did not before, as where its severity or
// its components became known. What was kept from a channel for a reason is not brought up again.
func (p *planner) catchUp(n news) {
	if n.subject.over() {
		return
	}
	for _, c := range choose(p.Routes, n, normalize.EventIncidentOpened) {
		if len(p.about(c.channel, n.subject.event())) == 0 {
			p.add(c, ReasonFirst, n, "the route did not match when it opened")
		}
	}
}

// worsened tells of a severity that rose: the channels that were told, and those whose route matches only now.
func (p *planner) worsened(n news) {
	for _, channel := range p.channelsTold(n) {
		opening := p.lastOpening(channel, n.subject.event())
		switch {
		case opening == nil, p.resolutionAfter(channel, n.subject.event()) != nil:
		case opening.unsent():
			opening.tell(n.event.EventID) // release looks whether it breaks through by now
			opening.severity = n.subject.effective(n.severity)
			opening.Mention = max(opening.Mention, bit(calls(p.routeOf(opening), *n.subject, n.severity)))
		case p.names(opening, n.event.Kind) || p.PerThread[channel]:
			p.add(choice{channel, p.routeOf(opening)}, ReasonWorsened, n, "")
		}
	}
	p.announce(n, "severity rose from "+firstOf(n.event.Detail["from"], "unknown"))
}

// follow tells of what goes on in an incident: channels that keep one message an incident and were told of it,
// and those whose route names the event.
func (p *planner) follow(n news, reason Reason) {
	var done []string
	for channel := range p.PerThread {
		if !p.PerThread[channel] {
			continue
		}
		if opening := p.lastOpening(channel, n.subject.event()); opening != nil && (!opening.unsent() || reason == ReasonPostmortem && opening.State != db.DeliveryHeld) {
			done = append(done, channel)
		}
	}
	slices.Sort(done)
	for _, channel := range done {
		p.add(choice{channel, p.routeOf(p.lastOpening(channel, n.subject.event()))}, reason, n, "")
	}
	if n.event.Kind == normalize.EventSeverityChanged {
		return // a route that names it asks for what rises
	}
	for _, c := range choose(p.Routes, n) {
		opening := p.lastOpening(c.channel, n.subject.event())
		switch {
		case slices.Contains(done, c.channel):
		case opening != nil && opening.unsent():
			opening.tell(n.event.EventID)
		default:
			p.add(c, reason, n, "")
		}
	}
}

// maintenance tells of planned work where a route names the event.
func (p *planner) maintenance(n news) {
	for _, c := range choose(p.Routes, n) {
		p.add(c, ReasonMaintenance, n, "")
	}
}

// add makes a message to a channel, and keeps it back where mutes, quiet hours, a group or the cap say so.
func (p *planner) add(c choice, reason Reason, n news, note string) *row {
	r := &row{vendor: n.event.Vendor, severity: n.severity, changed: true}
	r.Channel, r.Reason, r.Route, r.Note, r.State = c.channel, string(reason), c.route.Name, note, db.DeliveryPending
	r.CreatedAt, r.EventIDs = normalize.FormatTime(p.Now), []int64{n.event.EventID}
	if s := n.subject; s != nil {
		r.IncidentID, r.events, r.severity = n.event.IncidentID, []int64{s.event()}, s.effective(n.severity)
		if reason == ReasonFirst || reason == ReasonReopened || reason == ReasonWorsened {
			r.Mention = bit(calls(c.route, *s, n.severity))
		}
	} else {
		r.SourceID = n.event.SourceID
	}
	r.DedupKey = dedupKey(string(reason), r.IncidentID, r.SourceID, n.event.EventID)
	p.rows = append(p.rows, r)
	if n.subject != nil && n.subject.over() && words.Time(n.event.At).Before(p.Since) {
		r.skip("it was over before there were alerts; the digest tells it")
		return r
	}
	_, muted, isMuted := Calm{Zone: p.Calm.Zone}.hold(p.Now, p.Mutes, p.matter(r))
	if isMuted && p.PerThread[r.Channel] && isFollowUp(reason) {
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
func (p *planner) keep(r *row) (time.Time, string, bool) {
	if until, note, held := p.Calm.hold(p.Now, p.Mutes, p.matter(r)); held && !p.quietEdit(r) {
		return until, note, true
	}
	switch {
	case p.PerThread[r.Channel]:
		return time.Time{}, "", false
	case r.Reason == string(ReasonResolved):
		return p.flapping(r)
	case r.Reason == string(ReasonFirst) && r.severity != normalize.SeverityCritical:
		return p.grouped(r)
	}
	return time.Time{}, "", false
}

// isFollowUp reports whether a message for a reason adds to one that the channel has.
func isFollowUp(r Reason) bool {
	return r == ReasonUpdate || r == ReasonChanged || r == ReasonPostmortem || r == ReasonLeftFeed
}

// quietEdit reports whether a message only edits or ends one that the channel has: that wakes nobody, and an
// alarm that rings on is no calm.
func (p *planner) quietEdit(r *row) bool {
	return p.PerThread[r.Channel] && (r.Reason == string(ReasonResolved) || isFollowUp(Reason(r.Reason)))
}

func (p *planner) matter(r *row) matter {
	m := matter{vendor: r.vendor, severity: r.severity}
	for _, id := range r.events {
		m.incidents = append(m.incidents, id)
		for own, s := range p.Subjects {
			if s.event() == id {
				m.incidents = append(append(m.incidents, own), s.Also...)
			}
		}
	}
	return m
}

// calls reports whether people are to be called.
func calls(r Route, s Subject, severity normalize.Severity) bool {
	return r.Mention != "" && s.effective(severity).Rank() >= r.Mention.Rank()
}
