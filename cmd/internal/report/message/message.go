// Package message holds what alerts and digests say, independent of the channel: their data, and their words. It sends
// nothing.
package message

import (
	"time"

	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
)

// Message is what one channel is sent at one time. Of Items, Source, Held, Failed, Own, Target and Digest the one is
// set that the reason calls for. It is rendered from the record at each attempt, with the same ID.
type Message struct {
	ID       string  `json:"id"` // the same at each attempt, so that a receiver can drop a repeat
	Reason   Reason  `json:"reason"`
	At       string  `json:"at"`              // when the message was rendered, UTC
	EventIDs []int64 `json:"event_ids"`       // the events that it reports
	Route    string  `json:"route,omitempty"` // the name of the route that chose the channel
	Mention  bool    `json:"mention"`         // whether people are mentioned, as by @here

	Items  []AlertItem    `json:"incidents"`        // one; several where openings are grouped
	Source *SourceAlert   `json:"source,omitempty"` // for news of a page
	Held   *HeldBack      `json:"held_back,omitempty"`
	Digest *Digest        `json:"digest,omitempty"`
	Failed *FailedChannel `json:"failed_channel,omitempty"`
	// an outage of our own network
	Own *query.OwnOutage `json:"own_outage,omitempty"`
	// a target of a vendor or of a service of ours
	Target *servicetime.Standing `json:"target,omitempty"`

	Zone  *time.Location `json:"-"` // of the reader; nil means UTC
	Times TimeFormat     `json:"-"` // nil leaves times as they are

	// How many parts of a long message an earlier attempt delivered, and what the channel returned for the others.
	Parts  int    `json:"-"`
	Thread string `json:"-"`
}

// AlertItem is an incident or maintenance as it is when the message is rendered, with what its reader needs.
type AlertItem struct {
	Item
	RunbookURL string        `json:"runbook_url,omitempty"` // what to do when the vendor is down
	Update     *query.Update `json:"update,omitempty"`      // the post, for an update or a postmortem
	// the severity or state before, if the reason is its change
	Was                  string   `json:"was,omitempty"`
	Edited               []string `json:"edited,omitempty"` // the fields that the vendor edited, if that is the news
	DetectedAfterSeconds *int64   `json:"detected_after_seconds,omitempty"`
	DashboardURL         string   `json:"dashboard_url,omitempty"` // the incident's page on our dashboard
	// the same for every message on this incident: vendorwatch-incident-17
	DedupKey string `json:"dedup_key"`
	// the keys of messages on it before it was known to be the same as another: what they opened ends with it
	OtherKeys []string `json:"other_keys,omitempty"`
	Open      bool     `json:"open"` // whether it has not ended
	// what somebody did, if that is the news
	Action *query.Action `json:"action,omitempty"`

	// Thread is what the channel returned for the first message on the incident. It is empty in that message, and for
	// channels that return none.
	Thread string `json:"-"`
	// Under is likewise of the first incident of its story that the channel was told of; empty for that one.
	Under string `json:"-"`
}

// SourceAlert is news of a status page itself.
type SourceAlert struct {
	Source
	Owner      string `json:"owner,omitempty"`
	RunbookURL string `json:"runbook_url,omitempty"`
	Text       string `json:"text"`                // what happened, in a sentence
	Component  string `json:"component,omitempty"` // whose status changed, "Group › Name"
	// the same for every message on this page, or on this component: vendorwatch-source-3, vendorwatch-component-12
	DedupKey string `json:"dedup_key"`
	Open     bool   `json:"open"` // whether it has not ended
}

// HeldBack counts the messages that a channel's cap suppressed in an hour. The next digest reports what they would
// have.
type HeldBack struct {
	Count   int    `json:"count"`
	SinceAt string `json:"since_at"`
	UntilAt string `json:"until_at"`
}

// FailedChannel says that a channel does not take its messages. It is told on another one.
type FailedChannel struct {
	Channel   string `json:"channel"`
	Refused   int    `json:"refused"` // messages that are set aside
	SinceAt   string `json:"since_at,omitempty"`
	Waiting   int    `json:"waiting"` // messages that wait to be tried
	LastError string `json:"last_error,omitempty"`
}

// NoteOverCap begins the note of every message that a channel's cap suppressed.
const NoteOverCap = "over the cap"
