package alert

import (
	"fmt"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
)

// resolved plans a resolution for the channels that were notified of the incident. Messages on it that are still held
// are suppressed: the digest reports the whole.
func (p *draft) resolved(n route.News) {
	event := n.Subject.Event()
	for _, channel := range p.notifiedChannels(n) {
		opening := p.lastOpening(channel, event)
		if opening == nil || p.resolutionAfter(channel, event) != nil {
			continue
		}
		waited := opening.State == ledger.DeliveryHeld
		for _, r := range p.about(channel, event) {
			if r.State == ledger.DeliveryHeld {
				r.tell(n.Event.EventID)
				r.skip("it ended before this was sent (" + r.Note + "); the digest reports it")
			}
		}
		if !waited {
			p.goOn(channel, opening, message.ReasonResolved, n)
		}
	}
}

// flapping holds a resolution for a while, in case the incident reopens.
func (p *draft) flapping(r *row) (time.Time, string, bool) {
	until := words.Time(r.CreatedAt).Add(p.Calm.Flapping)
	return until, "waits " + words.Duration(p.Calm.Flapping) + " in case it reopens", until.After(p.Now)
}

// reopened plans news of an incident that reopened. Where its resolution is still held, neither is sent.
func (p *draft) reopened(n route.News) {
	event := n.Subject.Event()
	for _, channel := range p.notifiedChannels(n) {
		opening, end := p.lastOpening(channel, event), p.resolutionAfter(channel, event)
		switch {
		case opening == nil, end == nil:
		case end.State == ledger.DeliveryHeld:
			end.tell(n.Event.EventID)
			end.skip(fmt.Sprintf("reopened after %s", words.Duration(p.Now.Sub(words.Time(end.CreatedAt)))))
		default:
			p.goOn(channel, opening, message.ReasonReopened, n)
		}
	}
	p.announce(n, "reopened")
}
