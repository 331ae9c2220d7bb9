package message

import "vendorwatch/cmd/internal/words"

// Reason is why a message is sent. It is stored with the message and shown to its reader.
type Reason string

// The reasons for a message.
const (
	ReasonFirst       Reason = "first"       // the channel hears of an incident for the first time
	ReasonWorsened    Reason = "worsened"    // its severity rose
	ReasonChanged     Reason = "changed"     // its state, title, components or severity changed otherwise
	ReasonUpdate      Reason = "update"      // the vendor posted an update
	ReasonResolved    Reason = "resolved"    // it ended
	ReasonReopened    Reason = "reopened"    // it began again after its end had been told
	ReasonPostmortem  Reason = "postmortem"  // the vendor published a postmortem
	ReasonLeftFeed    Reason = "left_feed"   // it was taken off its page without a resolution
	ReasonMaintenance Reason = "maintenance" // planned work was announced, began or ended
	ReasonReminder    Reason = "reminder"    // nothing new: work ahead, an incident that the vendor left alone, a page still not readable
	ReasonUnreadable  Reason = "unreadable"  // a page cannot be read
	ReasonReadable    Reason = "readable"    // a page can be read again
	ReasonMoved       Reason = "moved"       // a page is served from elsewhere, or by another platform
	ReasonIndicator   Reason = "indicator"   // a page says that something is wrong, or no longer, and no incident says what
	ReasonComponent   Reason = "component"   // a component's status changed
	ReasonHeldBack    Reason = "held_back"   // how many messages a channel's cap kept back
	ReasonDigest      Reason = "digest"      // a regular report
	ReasonTest        Reason = "test"        // sent by hand, to see whether it arrives
)

// Text say why a message is sent.
func (r Reason) Text() string {
	if text, known := reasonWords[r]; known {
		return text
	}
	return "of: " + words.Spell(string(r))
}

var reasonWords = map[Reason]string{
	ReasonFirst: "this is the first that you hear of it", ReasonWorsened: "its severity rose", ReasonChanged: "it changed",
	ReasonUpdate: "the vendor posted an update", ReasonResolved: "it ended, and you were told that it began", ReasonReopened: "it began again",
	ReasonPostmortem: "the vendor published a postmortem", ReasonLeftFeed: "the vendor took it off the page", ReasonMaintenance: "you asked for maintenance",
	ReasonReminder: "you asked to be reminded", ReasonUnreadable: "not to see is no good news", ReasonReadable: "you were told that the page could not be read",
	ReasonMoved: "the page has moved", ReasonIndicator: "the page says so of itself", ReasonComponent: "you asked for components",
	ReasonHeldBack: "this channel takes no more in an hour", ReasonTest: "somebody asked for a test",
}
