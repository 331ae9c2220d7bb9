package alert

import (
	"slices"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db/ledger"
)

// joins are the reasons of messages that go together, the one that says most first: a vendor's post comes with a state,
// and often with a severity. What begins with a message of its own is rendered with all that followed anyway, and a
// postmortem is a text of its own.
var joins = []message.Reason{message.ReasonResolved, message.ReasonLeftFeed, message.ReasonReopened,
	message.ReasonWorsened, message.ReasonLowered, message.ReasonUpdate, message.ReasonChanged,
	message.ReasonMaintenance}

// turns reports whether a message says that an incident is over, or that it is not.
func turns(r *row) bool {
	return endsAlert(r) || r.Reason == string(message.ReasonReopened)
}

// joined adds a new message to one that this plan sends to the same channel on the same incident, and reports whether
// there is one.
func (p *draft) joined(r *row) bool {
	own := slices.Index(joins, message.Reason(r.Reason))
	if own < 0 || r.IncidentID == 0 {
		return false
	}
	for _, other := range slices.Backward(p.rows) {
		rank := slices.Index(joins, message.Reason(other.Reason))
		if other == r || other.DeliveryID != 0 || other.Channel != r.Channel || rank < 0 ||
			other.State != ledger.DeliveryPending || !slices.Equal(other.events, r.events) {
			continue
		}
		if turns(r) && turns(other) {
			return false // it ended and reopened, or the other way round: both are told, in that order
		}
		if own < rank {
			other.Reason, other.IncidentID, other.Route, other.Note = r.Reason, r.IncidentID, r.Route, r.Note
		}
		other.severity, other.Mention = r.severity, max(other.Mention, r.Mention)
		for _, id := range r.EventIDs {
			other.tell(id)
		}
		return true
	}
	return false
}
