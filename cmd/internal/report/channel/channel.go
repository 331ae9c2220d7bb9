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
	// Send delivers one message. At each attempt a message has the same ID. An error that is or wraps a *SendError says
	// whether a retry can help; any other error means that it can. No error shows a secret.
	Send(ctx context.Context, m message.Message) (Sent, error)
}

// SendError says why a channel did not take a message.
type SendError struct {
	Channel    string
	Reason     string        // in words, without a secret
	Refused    bool          // the same message would get the same answer, so it is not retried
	Rejected   bool          // a deployment or a new token may mend it, so it is retried for some minutes
	RetryAfter time.Duration // the wait that the receiver asked for; 0 if none

	// How many parts of a long message it took, now and before, and what it returned for the others.
	Parts  int
	Thread string
}

func (e *SendError) Error() string {
	return fmt.Sprintf("channel %q: %s", e.Channel, e.Reason)
}

// Sent is the result for a message that a channel took.
type Sent struct {
	Receipt string // in words, for the record; without a secret
	Thread  string // what the channel needs with further messages on the same incident; empty for none
}
