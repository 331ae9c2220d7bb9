package alert

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// ReminderFacts are what reminders depend on. A length of 0 switches that reminder off.
type ReminderFacts struct {
	Maintenance []time.Duration      // how long before planned work begins
	SilentAfter time.Duration        // after how long without an update, on an open incident
	Unreadable  time.Duration        // how often, while a page cannot be read
	Open        []route.Subject      // open incidents, and maintenance that is not over
	Pages       []query.SourceHealth // pages that may be unreadable
}

// remind plans the reminders that are due. One that would be held is looked at again later.
func (p *draft) remind() {
	for _, s := range p.Reminders.Open {
		switch {
		case s.Over() || s.LeftFeedAt != "":
		case s.Kind == string(normalize.KindMaintenance):
			p.remindMaintenance(s)
		case s.Kind == string(normalize.KindIncident):
			p.remindSilentVendor(s)
		}
	}
	for _, h := range p.Reminders.Pages {
		if h.Watched == 1 && h.Health == "unreadable" && p.Reminders.Unreadable > 0 {
			p.remindUnreadable(h)
		}
	}
}

// remindMaintenance plans reminders of planned work: one for each lead, and none where a message on it went out since.
func (p *draft) remindMaintenance(s route.Subject) {
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
		for _, c := range route.Choose(p.Routes, n, normalize.EventMaintenanceScheduled,
			normalize.EventMaintenanceStarted, normalize.EventMaintenanceCompleted) {
			toldSince := slices.ContainsFunc(p.about(c.Channel, s.Event()),
				func(r *row) bool { return r.live() && !r.outAt().Before(due) })
			if !toldSince {
				p.addReminder(c, n, fmt.Sprintf("reminder:work-%d:%s:%s", s.Event(), s.ScheduledStartAt, lead),
					words.Duration(lead)+" before it begins")
			}
		}
		return // of two leads that have passed, only the nearer one counts
	}
}

// remindSilentVendor plans a reminder of an open incident that the vendor has not updated, once for each such time.
// What somebody has acknowledged needs none.
func (p *draft) remindSilentVendor(s route.Subject) {
	silent := p.Reminders.SilentAfter
	last := cmp.Or(s.LatestPostedAt, s.StartedAt, s.FirstSeenAt)
	if silent <= 0 || p.Now.Sub(words.Time(last)) < silent || s.AcknowledgedAt != "" {
		return
	}
	n := p.newsOf(s, normalize.EventUpdatePosted)
	for _, channel := range p.notifiedChannels(n) {
		opening := p.lastOpening(channel, s.Event())
		if opening == nil || opening.State == ledger.DeliveryHeld || p.Now.Sub(opening.outAt()) < silent ||
			p.resolutionAfter(channel, s.Event()) != nil {
			continue
		}
		p.addReminder(route.Choice{Channel: channel, Route: p.routeOf(opening)}, n,
			fmt.Sprintf("reminder:silence-%d:%s", s.Event(), last),
			"nothing new of it for "+words.Duration(silent))
	}
}

// remindUnreadable plans a reminder of a page that still cannot be read.
func (p *draft) remindUnreadable(h query.SourceHealth) {
	told := map[string]*row{}
	var channels []string
	for _, r := range p.rows {
		if r.SourceID != h.SourceID || r.IncidentID != 0 || !r.live() {
			continue
		}
		switch message.Reason(r.Reason) {
		case message.ReasonUnreadable:
			if told[r.Channel] == nil {
				channels = append(channels, r.Channel)
			}
			told[r.Channel] = r
		case message.ReasonReadable, message.ReasonNotWatched:
			delete(told, r.Channel)
			channels = slices.DeleteFunc(channels, func(c string) bool { return c == r.Channel })
		}
	}
	for _, channel := range channels {
		r := told[channel]
		times := p.Now.Sub(r.outAt()) / p.Reminders.Unreadable
		if r.State == ledger.DeliveryHeld || times < 1 {
			continue
		}
		n := route.News{Event: query.Event{Kind: normalize.EventSourceUnreadable, SourceID: h.SourceID,
			Vendor: h.Vendor, VendorName: h.VendorName},
			Vendor: p.Vendors[h.Vendor], Severity: sourceSeverity}
		p.addReminder(route.Choice{Channel: channel, Route: p.routeOf(r)}, n,
			fmt.Sprintf("reminder:page-%d:%s:%d", h.SourceID, r.CreatedAt, times),
			"not readable for "+words.Duration(p.Now.Sub(words.Time(cmp.Or(h.FailingSince, r.CreatedAt)))))
	}
}

// newsOf makes news of an incident without an event.
func (p *draft) newsOf(s route.Subject, kind normalize.EventKind) route.News {
	return route.News{
		Event: query.Event{Kind: kind, IncidentID: s.IncidentID, SourceID: s.SourceID, Vendor: s.Vendor,
			VendorName: s.VendorName},
		Vendor: p.Vendors[s.Vendor], Subject: &s, Severity: normalize.Severity(s.Severity),
	}
}

// addReminder plans a reminder, unless it was planned before or would be held.
func (p *draft) addReminder(c route.Choice, n route.News, dedup, note string) {
	if slices.ContainsFunc(p.rows, func(r *row) bool { return r.Channel == c.Channel && r.DedupKey == dedup }) {
		return
	}
	r := &row{vendor: n.Event.Vendor, severity: n.Severity, changed: true}
	r.Channel, r.Reason, r.Route, r.Note, r.State, r.DedupKey = c.Channel, string(message.ReasonReminder), c.Route.Name,
		note, ledger.DeliveryPending, dedup
	r.CreatedAt = normalize.FormatTime(p.Now)
	if n.Subject == nil {
		r.SourceID = n.Event.SourceID
	} else {
		r.IncidentID, r.events, r.severity = n.Event.IncidentID, []int64{n.Subject.Event()},
			n.Subject.EffectiveSeverity(n.Severity)
	}
	if _, _, held := p.Calm.hold(p.Now, p.Mutes, p.scopeOf(r)); held {
		return
	}
	p.rows = append(p.rows, r)
	p.capped(r)
}
