package report

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Channel is a place that digests are sent to.
type Channel interface {
	// Name identifies the channel in the deliveries table and in messages. It holds no secret.
	Name() string
	// Send delivers one digest and returns what the receiver answered, as a receipt. An error that is
	// or wraps a *SendError says whether sending again can help; any other error means that it can.
	// No error holds a secret.
	Send(ctx context.Context, d Digest) (receipt string, err error)
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

// Writer is a Channel that prints digests as text.
type Writer struct {
	ChannelName string
	W           io.Writer
	Width       int // columns; 0 means 100
}

// Name returns ChannelName.
func (w *Writer) Name() string { return w.ChannelName }

// Send prints the digest.
func (w *Writer) Send(_ context.Context, d Digest) (string, error) {
	if _, err := io.WriteString(w.W, Text(d, w.Width)); err != nil {
		return "", fmt.Errorf("channel %q: write the digest: %w", w.ChannelName, err)
	}
	return "printed", nil
}
