// Package message says what people are sent: the data of alerts and digests, and the words that every channel shares.
// It knows no channel and sends nothing.
package message

import (
	"time"

	"vendorwatch/db/query"
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
	Owner                string        `json:"owner,omitempty"`       // who of us looks after the vendor
	RunbookURL           string        `json:"runbook_url,omitempty"` // what to do when the vendor is down
	Update               *query.Update `json:"update,omitempty"`      // the post that is told, for an update or a postmortem
	Was                  string        `json:"was,omitempty"`         // severity or state before, where the reason is a change of it
	DetectedAfterSeconds *int64        `json:"detected_after_seconds,omitempty"`
	AlsoAffected         []string      `json:"also_affected"`           // names of other vendors with incidents that opened within the hour
	DashboardURL         string        `json:"dashboard_url,omitempty"` // the incident's page on our dashboard
	DedupKey             string        `json:"dedup_key"`               // the same for every message on this incident: vendorwatch-incident-17
	Open                 bool          `json:"open"`                    // whether it goes on

	// Thread is what the channel gave back when it was first told of the incident; empty for the first
	// message, and for channels that give nothing back.
	Thread string `json:"-"`
}

// SourceAlert is news of a status page itself.
type SourceAlert struct {
	Source
	Owner      string `json:"owner,omitempty"`
	RunbookURL string `json:"runbook_url,omitempty"`
	Text       string `json:"text"`                // what happened, in a sentence
	Component  string `json:"component,omitempty"` // whose status changed, "Group › Name"
	DedupKey   string `json:"dedup_key"`           // the same for every message on this page: vendorwatch-source-3
	Open       bool   `json:"open"`                // whether it goes on
}

// HeldBack counts what a channel's cap kept back; the next digest tells it.
type HeldBack struct {
	Count   int    `json:"count"`
	SinceAt string `json:"since_at"`
	UntilAt string `json:"until_at"`
}

// NoteOverCap is how the note of a message begins that a channel's cap kept back.
const NoteOverCap = "over the cap"
