package report

import (
	"fmt"
	"slices"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// ReminderFacts is what reminders are made of. A length of 0 switches one off.
type ReminderFacts struct {
	Maintenance []time.Duration   // how long before planned work begins
	SilentAfter time.Duration     // how long a vendor says nothing on an open incident
	Unreadable  time.Duration     // how often a page is recalled
	Open        []Subject         // what is not over, maintenance included
	Pages       []db.SourceHealth // those that may be unreadable
}

// remind plans the messages without news that are due. One that would have to wait is looked at again later.
func (p *planner) remind() {
	for _, s := range p.Reminders.Open {
		switch {
		case s.over() || s.LeftFeedAt != "":
		case s.Kind == string(normalize.KindMaintenance):
			p.remindWork(s)
		case s.Kind == string(normalize.KindIncident):
			p.remindSilence(s)
		}
	}
	for _, h := range p.Reminders.Pages {
		if h.Watched == 1 && h.Health == "unreadable" && p.Reminders.Unreadable > 0 {
			p.remindPage(h)
		}
	}
}

// remindWork recalls planned work that is ahead: at each of the leads once, and not what was announced since.
func (p *planner) remindWork(s Subject) {
	start := words.Time(s.ScheduledStartAt)
	if s.State != string(normalize.StateScheduled) || !start.After(p.Now) {
		return
	}
	for _, lead := range slices.Sorted(slices.Values(p.Reminders.Maintenance)) {
		due := start.Add(-lead)
		if due.After(p.Now) {
			continue
		}
		n := p.newsOf(s, normalize.EventMaintenanceScheduled)
		for _, c := range choose(p.Routes, n, normalize.EventMaintenanceScheduled, normalize.EventMaintenanceStarted, normalize.EventMaintenanceCompleted) {
			toldSince := slices.ContainsFunc(p.about(c.channel, s.event()), func(r *row) bool { return r.live() && !r.outAt().Before(due) })
			if !toldSince {
				p.recall(c, n, fmt.Sprintf("reminder:work-%d:%s:%s", s.event(), s.ScheduledStartAt, lead), words.Duration(lead)+" before it begins")
			}
		}
		return // of two leads that are both past, the nearer one says it
	}
}

// remindSilence recalls an incident on which the vendor says nothing any more, once for each silence.
func (p *planner) remindSilence(s Subject) {
	silent := p.Reminders.SilentAfter
	last := firstOf(s.LatestPostedAt, s.StartedAt, s.FirstSeenAt)
	if silent <= 0 || p.Now.Sub(words.Time(last)) < silent {
		return
	}
	n := p.newsOf(s, normalize.EventUpdatePosted)
	for _, channel := range p.channelsTold(n) {
		opening := p.lastOpening(channel, s.event())
		if opening == nil || opening.State == db.DeliveryHeld || p.Now.Sub(opening.outAt()) < silent || p.resolutionAfter(channel, s.event()) != nil {
			continue
		}
		p.recall(choice{channel, p.routeOf(opening)}, n, fmt.Sprintf("reminder:silence-%d:%s", s.event(), last),
			"no word from the vendor for "+words.Duration(silent))
	}
}

// remindPage recalls a page that still cannot be read.
func (p *planner) remindPage(h db.SourceHealth) {
	told := map[string]*row{}
	var channels []string
	for _, r := range p.rows {
		if r.SourceID != h.SourceID || r.IncidentID != 0 || !r.live() {
			continue
		}
		switch Reason(r.Reason) {
		case ReasonUnreadable:
			if told[r.Channel] == nil {
				channels = append(channels, r.Channel)
			}
			told[r.Channel] = r
		case ReasonReadable:
			delete(told, r.Channel)
			channels = slices.DeleteFunc(channels, func(c string) bool { return c == r.Channel })
		}
	}
	for _, channel := range channels {
		r := told[channel]
		times := p.Now.Sub(r.outAt()) / p.Reminders.Unreadable
		if r.State == db.DeliveryHeld || times < 1 {
			continue
		}
		n := news{event: db.Event{Kind: normalize.EventSourceUnreadable, SourceID: h.SourceID, Vendor: h.Vendor, VendorName: h.VendorName},
			vendor: p.Vendors[h.Vendor], severity: pageSeverity}
		p.recall(choice{channel, p.routeOf(r)}, n, fmt.Sprintf("reminder:page-%d:%s:%d", h.SourceID, r.CreatedAt, times),
			"cannot be read for "+words.Duration(p.Now.Sub(words.Time(firstOf(h.FailingSince, r.CreatedAt)))))
	}
}

// newsOf makes news of an incident that has none.
func (p *planner) newsOf(s Subject, kind normalize.EventKind) news {
	return news{
		event:  db.Event{Kind: kind, IncidentID: s.IncidentID, SourceID: s.SourceID, Vendor: s.Vendor, VendorName: s.VendorName},
		vendor: p.Vendors[s.Vendor], subject: &s, severity: normalize.Severity(s.Severity),
	}
}

// recall makes a reminder unless it was made, or would have to wait.
func (p *planner) recall(c choice, n news, dedup, note string) {
	if slices.ContainsFunc(p.rows, func(r *row) bool { return r.Channel == c.channel && r.DedupKey == dedup }) {
		return
	}
	r := &row{vendor: n.event.Vendor, severity: n.severity, changed: true}
	r.Channel, r.Reason, r.Route, r.Note, r.State, r.DedupKey = c.channel, string(ReasonReminder), c.route.Name, note, db.DeliveryPending, dedup
	r.CreatedAt = normalize.FormatTime(p.Now)
	if n.subject == nil {
		r.SourceID = n.event.SourceID
	} else {
		r.IncidentID, r.events, r.severity = n.event.IncidentID, []int64{n.subject.event()}, n.subject.effective(n.severity)
	}
	if _, _, held := p.Calm.hold(p.Now, p.Mutes, p.matter(r)); held {
		return
	}
	p.rows = append(p.rows, r)
	p.capped(r)
}
