package report

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Channel is a place that messages are sent to.
type Channel interface {
	// Name identifies the channel in the deliveries table and in messages. It holds no secret.
	Name() string
	// Send delivers one message. A message that was tried before has the ID that it had then. An error that
	// is or wraps a *SendError says whether sending again can help; any other error means that it can. No
	// error holds a secret.
	Send(ctx context.Context, m Message) (Sent, error)
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

// Writer is a Channel that prints messages as text.
type Writer struct {
	ChannelName string
	W           io.Writer
	Width       int // columns; 0 means 100
}

// Name returns ChannelName.
func (w *Writer) Name() string { return w.ChannelName }

// Send prints the message.
func (w *Writer) Send(_ context.Context, m Message) (Sent, error) {
	if _, err := io.WriteString(w.W, MessageText(m, w.Width)); err != nil {
		return Sent{}, fmt.Errorf("channel %q: print the message: %w", w.ChannelName, err)
	}
	return Sent{Receipt: "printed"}, nil
}
