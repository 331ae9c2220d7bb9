package report

import (
	"fmt"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// resolved tells of an end to the channels that were told of the incident. What still waits to tell of the
// incident is given up, and the digest tells the whole.
func (p *planner) resolved(n news) {
	event := n.subject.event()
	for _, channel := range p.channelsTold(n) {
		opening := p.lastOpening(channel, event)
		if opening == nil || p.resolutionAfter(channel, event) != nil {
			continue
		}
		waited := opening.State == db.DeliveryHeld
		for _, r := range p.about(channel, event) {
			if r.State == db.DeliveryHeld {
				r.tell(n.event.EventID)
				r.skip("it was over before this was sent (" + r.Note + "); the digest tells it")
			}
		}
		if !waited && (p.names(opening, normalize.EventIncidentResolved) || p.PerThread[channel]) {
			p.add(choice{channel, p.routeOf(opening)}, ReasonResolved, n, "")
		}
	}
}

// flapping keeps a resolution back for a while, for incidents that open again.
func (p *planner) flapping(r *row) (time.Time, string, bool) {
	until := words.Time(r.CreatedAt).Add(p.Calm.Flapping)
	return until, "waits " + words.Duration(p.Calm.Flapping) + " in case it opens again", until.After(p.Now)
}

// reopened tells of an incident that began again. Where its end waits still, neither is sent: it is one story.
func (p *planner) reopened(n news) {
	event := n.subject.event()
	for _, channel := range p.channelsTold(n) {
		opening, end := p.lastOpening(channel, event), p.resolutionAfter(channel, event)
		switch {
		case opening == nil, end == nil:
		case end.State == db.DeliveryHeld:
			end.tell(n.event.EventID)
			end.skip(fmt.Sprintf("opened again after %s", words.Duration(p.Now.Sub(words.Time(end.CreatedAt)))))
		case p.names(opening, n.event.Kind) || p.PerThread[channel]:
			p.add(choice{channel, p.routeOf(opening)}, ReasonReopened, n, "")
		}
	}
	p.announce(n, "opened again")
}
