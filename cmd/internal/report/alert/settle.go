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
// not a route or a filter lets its end through: the alert would stay open for ever. It opens again what is back on its
// page.
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
		p.closeComponent(open)
	}
}

func (p *draft) settleIncident(channel string, event int64) {
	s, have := p.subject(event)
	if !have {
		return
	}
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
		case r.DeliveryID == 0 && ended != nil && !s.Over() && s.LeftFeedAt == "":
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
	case s.LeftFeedAt == "" && ended != nil && ended.Reason == string(message.ReasonLeftFeed):
		p.settled(channel, ended, message.ReasonReopened, s)
	}
}

// endsAlert reports whether a message ends its alert in a channel that pages people.
func endsAlert(r *row) bool {
	return r.Reason == string(message.ReasonResolved) || r.Reason == string(message.ReasonLeftFeed)
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
		last.skip("it ended before this was sent (" + last.Note + "); the digest reports it")
		return
	}
	r := &row{vendor: s.Vendor, severity: s.EffectiveSeverity(normalize.Severity(s.Severity)),
		events: []int64{s.Event()}, changed: true}
	r.Channel, r.Reason, r.Route, r.State = channel, string(reason), last.Route, ledger.DeliveryPending
	r.IncidentID, r.CreatedAt = s.IncidentID, normalize.FormatTime(p.Now)
	r.DedupKey = fmt.Sprintf("close:%s:incident-%d:after-%s", reason, s.Event(), p.nameOf(last))
	r.Note = "the alert was open in this channel"
	if reason == message.ReasonReopened {
		r.Note = "it is back on its page"
	}
	p.rows = append(p.rows, r)
}

// nameOf names a message in a key, also before it has a number.
func (p *draft) nameOf(r *row) string {
	if r.DeliveryID != 0 {
		return strconv.FormatInt(r.DeliveryID, 10)
	}
	return r.DedupKey
}

// closeComponent ends an alert on a component that is well again or gone, unless this plan tells so already.
func (p *draft) closeComponent(open ledger.OpenComponent) {
	for _, r := range p.rows {
		if r.DeliveryID == 0 && r.Channel == open.Channel && r.Reason == string(message.ReasonComponent) &&
			r.live() && p.componentOf(r) == open.ComponentID {
			return
		}
	}
	r := &row{vendor: open.Vendor, severity: normalize.SeverityNone, changed: true}
	r.Channel, r.Reason, r.Route, r.State = open.Channel, string(message.ReasonComponent), open.Route,
		ledger.DeliveryPending
	r.SourceID, r.CreatedAt, r.EventIDs = open.SourceID, normalize.FormatTime(p.Now), []int64{open.EventID}
	r.DedupKey = fmt.Sprintf("close:component-%d:after-%d", open.ComponentID, open.DeliveryID)
	r.Note = "the alert was open in this channel"
	for n, known := range p.rows {
		if known.DeliveryID == open.DeliveryID && known.State == ledger.DeliveryHeld {
			p.rows[n].skip("it ended before this was sent (" + known.Note + "); the digest reports it")
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
