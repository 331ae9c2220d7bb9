// Package stdout is the channel that prints messages as text.
package stdout

import (
	"context"
	"fmt"
	"io"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
)

// Receipt is what is recorded of a message that was printed.
const Receipt = "printed"

// Channel prints messages.
type Channel struct {
	ChannelName string
	W           io.Writer
	Width       int // columns; 0 means 100
}

// Name returns ChannelName.
func (w *Channel) Name() string { return w.ChannelName }

// Send prints the message.
func (w *Channel) Send(_ context.Context, m message.Message) (channel.Sent, error) {
	if _, err := io.WriteString(w.W, message.Text(m, w.Width)); err != nil {
		return channel.Sent{}, fmt.Errorf("channel %q: print the message: %w", w.ChannelName, err)
	}
	return channel.Sent{Receipt: Receipt}, nil
}
