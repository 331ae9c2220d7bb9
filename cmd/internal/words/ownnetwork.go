package words

// OwnNetwork is how routes name outages of our own network among events. It is no event of the record, for it is news
// of no vendor.
const OwnNetwork = "own_network"

// How routes name news of a target among events: that it is at risk, and that it is missed.
const (
	SLAAtRisk = "sla_at_risk"
	SLAMissed = "sla_missed"
)
