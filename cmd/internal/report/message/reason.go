package message

import "vendorwatch/cmd/internal/words"

// Reason is why a message is sent. It is stored with the message and shown to its reader.
type Reason string

// The reasons for a message.
const (
	ReasonFirst      Reason = "first"      // the first message on an incident to the channel
	ReasonWorsened   Reason = "worsened"   // its severity rose
	ReasonLowered    Reason = "lowered"    // its severity fell
	ReasonChanged    Reason = "changed"    // its state, title, components or severity changed otherwise
	ReasonUpdate     Reason = "update"     // the vendor posted an update
	ReasonResolved   Reason = "resolved"   // it ended
	ReasonReopened   Reason = "reopened"   // it reopened after its resolution was sent
	ReasonPostmortem Reason = "postmortem" // the vendor published a postmortem
	ReasonLeftFeed   Reason = "left_feed"  // it left its page without a resolution
	// it was open when its page was taken out of the configuration; for a page, that one was
	ReasonNotWatched  Reason = "not_watched"
	ReasonMaintenance Reason = "maintenance" // planned work was announced, began or ended
	// upcoming maintenance, an incident without updates, or a page that still cannot be read
	ReasonReminder   Reason = "reminder"
	ReasonUnreadable Reason = "unreadable" // a page cannot be read
	ReasonReadable   Reason = "readable"   // a page can be read again
	ReasonMoved      Reason = "moved"      // a page moved to another address or platform
	ReasonComponent  Reason = "component"  // a component's status changed
	ReasonHeldBack   Reason = "held_back"  // how many messages the channel's cap suppressed
	// our own network is taken for the cause of what our checks miss; and is so no longer
	ReasonOwnNetwork     Reason = "own_network"
	ReasonOwnNetworkBack Reason = "own_network_back"
	ReasonSLAAtRisk      Reason = "sla_at_risk" // a target will be missed, if things go on
	ReasonSLAMissed      Reason = "sla_missed"  // it is missed

	ReasonAction  Reason = "action"  // somebody acknowledged it, muted it, or wrote a note
	ReasonChannel Reason = "channel" // another channel does not take its messages
	ReasonDigest  Reason = "digest"  // a regular report
	ReasonTest    Reason = "test"    // sent by hand, to see whether it arrives
)

// Why says why the message is sent: "Sent because …". Of what a page itself shows, the posts are ours.
func (m Message) Why() string {
	if m.Reason == ReasonUpdate && len(m.Items) > 0 && m.Items[0].ByPage() {
		return "what the page shows has changed"
	}
	if m.Reason == ReasonUpdate && len(m.Items) > 0 && m.Items[0].Ours() {
		return "what our own checks see has changed"
	}
	if text, known := reasonWords[m.Reason]; known {
		return text
	}
	return "of: " + words.Spell(string(m.Reason))
}

var reasonWords = map[Reason]string{
	ReasonFirst:          "this is the first message on the incident",
	ReasonWorsened:       "its severity rose",
	ReasonLowered:        "its severity fell",
	ReasonChanged:        "it changed",
	ReasonUpdate:         "the vendor posted an update",
	ReasonResolved:       "it ended, and you were notified of it",
	ReasonReopened:       "it reopened",
	ReasonPostmortem:     "the vendor published a postmortem",
	ReasonLeftFeed:       "the vendor removed it from the page",
	ReasonNotWatched:     "its page is not watched any more, and the alert was open in this channel",
	ReasonMaintenance:    "a route asks for maintenance",
	ReasonReminder:       "reminders are switched on",
	ReasonUnreadable:     "the page cannot be read",
	ReasonReadable:       "you were notified that the page could not be read",
	ReasonMoved:          "the page moved",
	ReasonComponent:      "a route asks for components",
	ReasonHeldBack:       "this channel reached its hourly cap",
	ReasonOwnNetwork:     "our own network fails, which may keep messages from you",
	ReasonAction:         "somebody of you did something about it",
	ReasonOwnNetworkBack: "our own network had failed",
	ReasonSLAAtRisk:      "a target is at risk, which is told once in its period",
	ReasonSLAMissed:      "a target is missed, which is told once in its period",
	ReasonChannel:        "another channel does not take its messages",
	ReasonTest:           "somebody sent a test",
}
