package report

import (
	"time"

	"vendorwatch/db"
)

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

// Message is what one channel is told at one time. Of Items, Source, Held and Digest those are set that the
// reason calls for. It is made anew of the record for each try, with the same ID.
type Message struct {
	ID       string  `json:"id"` // the same at each try, so that a receiver can drop a repeat
	Reason   Reason  `json:"reason"`
	At       string  `json:"at"`              // when the message was made, UTC
	EventIDs []int64 `json:"event_ids"`       // the news that it tells
	Route    string  `json:"route,omitempty"` // name of the route that chose the channel
	Mention  bool    `json:"mention"`         // whether people are to be called, as by @here

	Items  []AlertItem  `json:"incidents"`        // one; several where openings are grouped
	Source *SourceAlert `json:"source,omitempty"` // of a page
	Held   *HeldBack    `json:"held_back,omitempty"`
	Digest *Digest      `json:"digest,omitempty"`

	Zone *time.Location `json:"-"` // of the reader; nil means UTC
}

// AlertItem is an incident or maintenance as it stands when the message is made, with what its reader needs.
type AlertItem struct {
	Item
	Owner                string     `json:"owner,omitempty"`       // who of us looks after the vendor
	RunbookURL           string     `json:"runbook_url,omitempty"` // what to do when the vendor is down
	Update               *db.Update `json:"update,omitempty"`      // the post that is told, for an update or a postmortem
	Was                  string     `json:"was,omitempty"`         // severity or state before, where the reason is a change of it
	DetectedAfterSeconds *int64     `json:"detected_after_seconds,omitempty"`
	AlsoAffected         []string   `json:"also_affected"`           // names of other vendors with incidents that opened within the hour
	DashboardURL         string     `json:"dashboard_url,omitempty"` // the incident's page on our dashboard
	DedupKey             string     `json:"dedup_key"`               // the same for every message on this incident: vendorwatch-incident-17
	Open                 bool       `json:"open"`                    // whether it goes on

	// Thread is what the channel gave back when it was first told of the incident; empty for the first
	// message, and for channels that give nothing back.
	Thread string `json:"-"`
}

// SourceAlert is news of a status page itself.
type SourceAlert struct {
	Source
	Owner      string `json:"owner,omitempty"`
	RunbookURL string `json:"runbook_url,omitempty"`
	Text       string `json:"text"`      // what happened, in a sentence
	DedupKey   string `json:"dedup_key"` // the same for every message on this page: vendorwatch-source-3
	Open       bool   `json:"open"`      // whether it goes on
}

// HeldBack counts what a channel's cap kept back; the next digest tells it.
type HeldBack struct {
	Count   int    `json:"count"`
	SinceAt string `json:"since_at"`
	UntilAt string `json:"until_at"`
}

// Sent is what a channel answers to a message that it took.
type Sent struct {
	Receipt string // in words, for the record; holds no secret
	Thread  string // what the channel needs to be given with further messages on the same incident; empty for none
}
