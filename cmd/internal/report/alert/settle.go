package alert

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// settle ends what channels that page people were told is open and is over, whatever opened it there, and whether or
// not a route or a filter lets its end through: the alert would stay open for ever. So it would where its page is not
// watched any more. It opens again what is back on its page, or whose page is watched again.
func (p *draft) settle() {
	channels := slices.Sorted(maps.Keys(p.OnCall))
	for _, channel := range channels {
		var done []int64
		for _, r := range slices.Clone(p.rows) {
			for _, event := range r.events {
				if r.Channel == channel && !slices.Contains(done, event) {
					done = append(done, event)
					p.settleIncident(channel, event)
				}
			}
		}
	}
	for _, open := range p.OpenComponents {
		p.settleComponent(open)
	}
	for _, open := range p.OpenPages {
		p.settlePage(open)
	}
}

func (p *draft) settleIncident(channel string, event int64) {
	s, have := p.subject(event)
	if !have {
		return
	}
	lost := s.LeftFeedAt != "" || s.Unwatched // nobody will see its end
	var began, ended *row
	for _, r := range p.about(channel, event) {
		switch {
		case !r.live() || r.Reason == string(message.ReasonTest):
		case endsAlert(r):
			ended = r
		case began == nil, opensAlert(r):
			began = r
			if opensAlert(r) {
				ended = nil
			}
		case r.DeliveryID == 0 && ended != nil && !s.Over() && !lost:
			r.Reason, began, ended = string(message.ReasonReopened), r, nil // to be known as what opened it
		}
	}
	switch {
	case began == nil:
	case s.Over() && ended == nil:
		p.settled(channel, began, message.ReasonResolved, s)
	case s.Over():
	case s.LeftFeedAt != "" && ended == nil:
		p.settled(channel, began, message.ReasonLeftFeed, s)
	case s.Unwatched && ended == nil:
		p.settled(channel, began, message.ReasonNotWatched, s)
	case !lost && ended != nil && ended.Reason != string(message.ReasonResolved):
		p.settled(channel, ended, message.ReasonReopened, s)
	}
}

// endsAlert reports whether a message ends its alert in a channel that pages people.
func endsAlert(r *row) bool {
	return r.Reason == string(message.ReasonResolved) || r.Reason == string(message.ReasonLeftFeed) ||
		r.Reason == string(message.ReasonNotWatched)
}

// opensAlert reports whether a message opens an alert that has ended before.
func opensAlert(r *row) bool {
	switch message.Reason(r.Reason) {
	case message.ReasonFirst, message.ReasonReopened, message.ReasonWorsened, message.ReasonMaintenance,
		message.ReasonReminder:
		return true
	}
	return false
}

// settled plans a message that brings an alert to where its incident is. Where what opened it is still held, neither is
// sent.
func (p *draft) settled(channel string, last *row, reason message.Reason, s route.Subject) {
	if last.State == ledger.DeliveryHeld && reason != message.ReasonReopened {
		last.skip(tooLate(last, reason))
		return
	}
	r := &row{vendor: s.Vendor, severity: s.EffectiveSeverity(normalize.Severity(s.Severity)),
		events: []int64{s.Event()}, changed: true}
	r.Channel, r.Reason, r.Route, r.State = channel, string(reason), last.Route, ledger.DeliveryPending
	r.IncidentID, r.CreatedAt = s.IncidentID, normalize.FormatTime(p.Now)
	r.DedupKey = fmt.Sprintf("close:%s:incident-%d:after-%s", reason, s.Event(), p.nameOf(last))
	r.Note = "the alert was open in this channel"
	switch {
	case reason == message.ReasonReopened && last.Reason == string(message.ReasonNotWatched):
		r.Note = "its page is watched again"
	case reason == message.ReasonReopened:
		r.Note = "it is back on its page"
	}
	p.rows = append(p.rows, r)
}

// tooLate says why a message is not sent that was still held when its alert ended for a reason.
func tooLate(held *row, reason message.Reason) string {
	if reason == message.ReasonNotWatched {
		return "its page was not watched any more before this was sent (" + held.Note + ")"
	}
	return "it ended before this was sent (" + held.Note + "); the digest reports it"
}

// nameOf names a message in a key, also before it has a number.
func (p *draft) nameOf(r *row) string {
	if r.DeliveryID != 0 {
		return strconv.FormatInt(r.DeliveryID, 10)
	}
	return r.DedupKey
}

// settleComponent brings an alert on a component to where that is, unless this plan tells so already.
func (p *draft) settleComponent(open ledger.OpenComponent) {
	for _, r := range p.rows {
		if r.DeliveryID == 0 && r.Channel == open.Channel && r.Reason == string(message.ReasonComponent) &&
			r.live() && p.componentOf(r) == open.ComponentID {
			return
		}
	}
	r := p.pageRow(open.OpenPage, message.ReasonComponent)
	r.EventIDs = []int64{open.EventID}
	reason, key := message.ReasonComponent, "close"
	switch {
	case open.Back:
		key = "again"
	case open.Unwatched:
		reason, key = message.ReasonNotWatched, ledger.UnwatchedKey
	}
	r.DedupKey = fmt.Sprintf("%s:component-%d:after-%d", key, open.ComponentID, open.DeliveryID)
	p.settleAs(r, open.OpenPage, reason)
}

// settlePage brings an alert on a page that could not be read to where that is: ended where the page is not watched any
// more, open where it is watched again and still cannot be read.
func (p *draft) settlePage(open ledger.OpenPage) {
	reason := message.ReasonNotWatched
	if open.Back {
		reason = message.ReasonUnreadable
	}
	r := p.pageRow(open, reason)
	r.DedupKey = fmt.Sprintf("%s:page-%d:after-%d", reason, open.SourceID, open.DeliveryID)
	p.settleAs(r, open, reason)
}

// pageRow makes a message on a page to a channel that has an alert on it.
func (p *draft) pageRow(open ledger.OpenPage, reason message.Reason) *row {
	r := &row{vendor: open.Vendor, severity: normalize.SeverityNone, changed: true}
	r.Channel, r.Reason, r.Route, r.State = open.Channel, string(reason), open.Route, ledger.DeliveryPending
	r.SourceID, r.CreatedAt = open.SourceID, normalize.FormatTime(p.Now)
	r.Note = "the alert was open in this channel"
	if open.Back {
		r.Note = "its page is watched again"
	}
	return r
}

// settleAs plans a message that ends an alert or opens it again. Where what opened it is still held, neither is sent.
func (p *draft) settleAs(r *row, open ledger.OpenPage, reason message.Reason) {
	for _, known := range p.rows {
		if known.DeliveryID == open.DeliveryID && known.State == ledger.DeliveryHeld && !open.Back {
			known.skip(tooLate(known, reason))
			return
		}
	}
	p.rows = append(p.rows, r)
}

// componentOf returns the component of a message that this plan adds; 0 if it is about none.
func (p *draft) componentOf(r *row) int64 {
	for _, e := range p.Events {
		if slices.Contains(r.EventIDs, e.EventID) {
			return componentID(e)
		}
	}
	return 0
}

// componentID returns the number of the component that an event is about; 0 if it is about none.
func componentID(e query.Event) int64 {
	id, _ := strconv.ParseInt(e.Detail["component_id"], 10, 64)
	return id
}
