// Package channel is the contract between messages and the places that they are sent to. Each kind of channel is a
// package below this one.
package channel

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/cmd/internal/report/message"
)

// Channel is a place that messages are sent to.
type Channel interface {
	// Name identifies the channel in the deliveries table and in messages. It holds no secret.
	Name() string
	// Send delivers one message. A message that was tried before has the ID that it had then. An error that
	// is or wraps a *SendError says whether sending again can help; any other error means that it can. No
	// error holds a secret.
	Send(ctx context.Context, m message.Message) (Sent, error)
}

// PerIncident is a Channel that keeps one message an incident and changes it, or adds to it, as the incident
// goes on: nothing is grouped for it, and it is sent every change of the incidents that it was told of.
type PerIncident interface {
	Channel
	PerIncident()
}

// SendError says why a channel did not take a message.
type SendError struct {
	Channel    string
	Reason     string        // in words, without any secret
	Refused    bool          // for good: the same message will get the same answer
	MaxTries   int           // the refusal counts as for good after so many tries; 0 is without limit
	RetryAfter time.Duration // what the receiver asked for; 0 if it did not
}

func (e *SendError) Error() string {
	return fmt.Sprintf("channel %q: %s", e.Channel, e.Reason)
}

// Sent is what a channel answers to a message that it took.
type Sent struct {
	Receipt string // in words, for the record; holds no secret
	Thread  string // what the channel needs to be given with further messages on the same incident; empty for none
}
