package alert

import (
	"fmt"
	"slices"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize"
)

// grouped holds an opening that follows another one on its channel within Calm.Group, so that all of them go in one
// message. One that comes when held ones are due goes with them.
func (p *draft) grouped(r *row) (time.Time, string, bool) {
	var until time.Time
	due := false
	for _, other := range p.rows {
		if other == r || other.Channel != r.Channel || other.Reason != string(message.ReasonFirst) {
			continue
		}
		due = due || p.Calm.Group > 0 && other.State == ledger.DeliveryHeld && !other.notBefore.After(p.Now)
		// A held opening does not extend the window: only one that went out begins one.
		if other.State == ledger.DeliveryPending || other.State == ledger.DeliveryDelivered {
			if end := other.outAt().Add(p.window(r, other)); end.After(until) {
				until = end
			}
		}
	}
	if due && !until.After(p.Now) {
		until = p.Now
	}
	return until, "grouped with whatever else opens by then", due || until.After(p.Now)
}

// storyWindow is for how long openings of a story that a channel was told of are collected into one message.
const storyWindow = 10 * time.Minute

// window is for how long an opening is held after another one.
func (p *draft) window(r, after *row) time.Duration {
	if p.Calm.Group > 0 && p.oneStory(r, after) {
		return max(p.Calm.Group, storyWindow)
	}
	return p.Calm.Group
}

// oneStory reports whether two messages are about incidents of one story.
func (p *draft) oneStory(a, b *row) bool {
	of := map[int64]bool{}
	for _, id := range a.events {
		if s, have := p.subject(id); have && s.StoryID != 0 {
			of[s.StoryID] = true
		}
	}
	return slices.ContainsFunc(b.events, func(id int64) bool {
		s, have := p.subject(id)
		return have && of[s.StoryID]
	})
}

// release looks at every held message: what is over is suppressed, what still has a reason to be held stays held, and
// the rest is sent, with the openings of one channel in one message.
func (p *draft) release() {
	due := map[string][]*row{}
	var channels []string
	for _, r := range slices.Clone(p.rows) {
		if r.State != ledger.DeliveryHeld {
			continue
		}
		if r.Reason == string(message.ReasonHeldBack) {
			if !r.notBefore.After(p.Now) {
				r.free(p.Now)
			}
			continue
		}
		if p.stale(r) {
			r.skip("it ended before this was sent (" + r.Note + "); the digest reports it")
			continue
		}
		if until, note, held := p.stillHeld(r); held {
			r.hold(until, note)
			continue
		}
		if r.Reason == string(message.ReasonFirst) && !p.PerIncident[r.Channel] {
			if due[r.Channel] == nil {
				channels = append(channels, r.Channel)
			}
			due[r.Channel] = append(due[r.Channel], r)
			continue
		}
		r.free(p.Now)
		p.capped(r)
	}
	for _, channel := range channels {
		p.together(due[channel])
	}
}

// stale reports whether a held message would report something that has ended since.
func (p *draft) stale(r *row) bool {
	if message.Reason(r.Reason) == message.ReasonResolved || message.Reason(r.Reason) == message.ReasonPostmortem ||
		message.Reason(r.Reason) == message.ReasonMaintenance || len(r.events) == 0 {
		return false
	}
	for _, id := range r.events {
		if s, have := p.subject(id); !have || !s.Over() {
			return false
		}
	}
	return true
}

func (p *draft) subject(event int64) (route.Subject, bool) {
	if s, have := p.Subjects[event]; have {
		return s, true
	}
	for _, s := range p.Subjects {
		if s.Event() == event {
			return s, true
		}
	}
	return route.Subject{}, false
}

// stillHeld returns until when a held message stays held, and why. Its reasons are looked at again, since mutes may
// have been ended early and severities may have risen; only the end of a group's window stands.
func (p *draft) stillHeld(r *row) (time.Time, string, bool) {
	window := p.Calm.Group
	if s, have := p.subjectOf(r); have {
		if s.StoryID != 0 {
			window = max(window, storyWindow)
		}
		r.severity = s.EffectiveSeverity(normalize.Severity(s.Severity))
	}
	if until, note, held := p.Calm.hold(p.Now, p.Mutes, p.scopeOf(r)); held && !p.quietEdit(r) {
		return until, note, true
	}
	if until, note, held := p.waits(r); held {
		return until, note, true
	}
	switch {
	case p.PerIncident[r.Channel]:
	case r.Reason == string(message.ReasonResolved):
		return p.flapping(r)
	case r.Reason == string(message.ReasonFirst) && r.severity != normalize.SeverityCritical &&
		r.notBefore.Sub(words.Time(r.CreatedAt)) <= window:
		return r.notBefore, r.Note, r.notBefore.After(p.Now)
	}
	return time.Time{}, "", false
}

func (p *draft) subjectOf(r *row) (route.Subject, bool) {
	if len(r.events) == 0 {
		return route.Subject{}, false
	}
	return p.subject(r.events[0])
}

// together plans openings of one channel as one message.
func (p *draft) together(openings []*row) {
	first := openings[0]
	if len(openings) == 1 {
		first.free(p.Now)
		p.capped(first)
		return
	}
	one := &row{vendor: first.vendor, changed: true}
	one.Channel, one.Reason, one.Route, one.State = first.Channel, first.Reason, first.Route, ledger.DeliveryPending
	one.CreatedAt, one.severity = normalize.FormatTime(p.Now), normalize.SeverityNone
	one.Note = words.Count(len(openings), "opening") + " in one message"
	for _, r := range openings {
		one.EventIDs = append(one.EventIDs, r.EventIDs...)
		one.events = append(one.events, r.events...)
		one.Mention = max(one.Mention, r.Mention)
		if r.severity.Rank() > one.severity.Rank() {
			one.severity = r.severity
		}
		r.skip(fmt.Sprintf("sent in one message with %s", words.Count(len(openings)-1, "other opening")))
	}
	slices.Sort(one.EventIDs)
	one.EventIDs = slices.Compact(one.EventIDs)
	one.DedupKey = fmt.Sprintf("first:together:event-%d", one.EventIDs[0])
	p.rows = append(p.rows, one)
	p.capped(one)
}

// capped suppresses a message where its channel has reached the cap for the hour, and plans the one message that says
// how many. Critical ones pass, and so do resolutions.
func (p *draft) capped(r *row) {
	if r.severity == normalize.SeverityCritical || r.Reason == string(message.ReasonResolved) ||
		r.Reason == string(message.ReasonReadable) ||
		p.OnCall[r.Channel] && endsAlert(r) {
		return
	}
	hour := p.Now.UTC().Truncate(time.Hour)
	if !p.Calm.overCap(p.sentSince(r.Channel, hour, r)) {
		return
	}
	r.skip(p.Calm.capNote())
	dedup := "held_back:" + normalize.FormatTime(hour)
	for _, line := range p.rows {
		if line.Channel == r.Channel && line.DedupKey == dedup {
			for _, id := range r.EventIDs {
				line.tell(id)
			}
			return
		}
	}
	line := &row{changed: true, notBefore: hour.Add(time.Hour)}
	line.Channel, line.Reason, line.Route, line.State = r.Channel, string(message.ReasonHeldBack), r.Route,
		ledger.DeliveryHeld
	line.CreatedAt, line.DedupKey, line.EventIDs = normalize.FormatTime(p.Now), dedup, slices.Clone(r.EventIDs)
	line.from = hour
	line.Note = "counts the messages over the cap until the hour is over"
	p.rows = append(p.rows, line)
}

// sentSince counts the alerts of a channel that were due at that time or later, without the one given.
func (p *draft) sentSince(channel string, since time.Time, but *row) int {
	n := 0
	for _, r := range p.rows {
		if r != but && r.Channel == channel && (r.State == ledger.DeliveryPending ||
			r.State == ledger.DeliveryDelivered) &&
			r.Reason != string(message.ReasonHeldBack) && r.Reason != string(message.ReasonTest) &&
			!r.outAt().Before(since) {
			n++
		}
	}
	return n
}
