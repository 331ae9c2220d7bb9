package alert

import (
	"context"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// ownNetworkFor is for how long after its start an outage of our own network is told, and its end waited for.
const ownNetworkFor = 7 * 24 * time.Hour

// ownEndTold is for how long after an outage of our own network a channel learns of it that was not told of its start.
const ownEndTold = time.Hour

// ownNetwork plans that our own network fails, and that it is back, each once for the channels of the routes that name
// it. Channels that page people are left out: what their receiver opens is about a vendor. An outage that has ended
// when it is first seen is told by its end alone.
func (p *draft) ownNetwork() {
	for _, o := range p.OwnOutages {
		if o.ToAt != "" && words.Time(o.ToAt).Before(p.Since) {
			continue
		}
		n := route.News{Event: query.Event{Kind: words.OwnNetwork, At: o.FromAt}, Severity: sourceSeverity}
		for _, c := range route.Choose(p.Routes, n) {
			if !p.OnCall[c.Channel] {
				p.ownOutage(c, o)
			}
		}
	}
}

func (p *draft) ownOutage(c route.Choice, o query.OwnOutage) {
	began := p.ownRow(c.Channel, message.ReasonOwnNetwork, o)
	back := p.ownRow(c.Channel, message.ReasonOwnNetworkBack, o)
	switch {
	case o.ToAt == "" && began == nil:
		p.addOwn(c, message.ReasonOwnNetwork, o)
	case o.ToAt == "", back != nil:
	case began == nil && (o.Refuted || p.Now.Sub(words.Time(o.ToAt)) > ownEndTold):
		// Nobody was told that it was our network, or the channel has been added since.
	case began != nil && (began.State == ledger.DeliveryHeld || began.State == ledger.DeliverySkipped):
		if began.State == ledger.DeliveryHeld {
			began.skip("it ended before this was sent (" + began.Note + "); the digest reports it")
		}
	default:
		if began != nil && began.State == ledger.DeliveryPending && began.Attempts == 0 {
			began.skip("told in one message with its end")
			if o.Refuted {
				return
			}
		}
		p.addOwn(c, message.ReasonOwnNetworkBack, o)
	}
}

func ownKey(reason message.Reason, o query.OwnOutage) string { return string(reason) + ":" + o.FromAt }

func (p *draft) ownRow(channel string, reason message.Reason, o query.OwnOutage) *row {
	for _, r := range p.rows {
		if r.Channel == channel && r.DedupKey == ownKey(reason, o) {
			return r
		}
	}
	return nil
}

func (p *draft) addOwn(c route.Choice, reason message.Reason, o query.OwnOutage) {
	r := &row{severity: sourceSeverity, changed: true, from: words.Time(o.FromAt)}
	p.addOnce(c, reason, r, ownKey(reason, o))
}

// addOnce plans an alert that is on no incident, and that its key says once to a channel.
func (p *draft) addOnce(c route.Choice, reason message.Reason, r *row, key string) {
	r.Channel, r.Reason, r.Route, r.State = c.Channel, string(reason), c.Route.Name, ledger.DeliveryPending
	r.DedupKey, r.CreatedAt = key, normalize.FormatTime(p.Now)
	p.rows = append(p.rows, r)
	if until, note, held := p.Calm.hold(p.Now, p.Mutes, p.scopeOf(r)); held {
		r.hold(until, note)
		return
	}
	p.capped(r)
}

// ownOutages reads the outages of our own network that are still told, and the alerts on them.
func (g *gatherer) ownOutages(ctx context.Context) (err error) {
	since := g.f.Now.Add(-ownNetworkFor)
	if g.f.OwnOutages, err = g.p.DB.OwnOutages(ctx, since); err != nil || len(g.f.OwnOutages) == 0 {
		return err
	}
	alerts, err := g.p.Ledger.OwnNetworkAlerts(ctx, words.Time(g.f.OwnOutages[0].FromAt))
	for _, d := range alerts {
		g.row(d)
	}
	return err
}
