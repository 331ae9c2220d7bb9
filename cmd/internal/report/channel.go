package report

import (
	"context"
	"fmt"
	"io"
	"log/slog"
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

// Secret holds a text that must not be shown, such as a webhook's URL. However it is printed,
// logged or encoded, it shows as ***.
type Secret struct{ value *string }

// NewSecret hides value.
func NewSecret(value string) Secret { return Secret{&value} }

// Reveal returns the hidden text, for use on the wire only.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

const hidden = "***"

func (s Secret) String() string { return hidden }

// Format prints *** for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText encodes as ***.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue logs as ***.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

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
