// Package jsonl is the channel that appends messages to a file, one JSON object per line.
package jsonl

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
)

// Channel appends messages to a file, one message.Envelope per line.
type Channel struct {
	ChannelName string
	Path        string    // created if it is missing, readable by its owner only
	W           io.Writer // written to if Path is empty
}

// Name returns ChannelName.
func (j *Channel) Name() string { return j.ChannelName }

// Send appends the message, and returns when it is on disk.
func (j *Channel) Send(_ context.Context, m message.Message) (channel.Sent, error) {
	line, err := json.Marshal(message.NewEnvelope(m))
	if err != nil {
		return channel.Sent{}, &channel.SendError{Channel: j.ChannelName, Reason: "encode the message: " + err.Error(),
			Refused: true}
	}
	line = append(line, '\n')
	if j.Path == "" {
		if _, err := j.W.Write(line); err != nil {
			return channel.Sent{}, fmt.Errorf("channel %q: %w", j.ChannelName, err)
		}
		return channel.Sent{Receipt: "written"}, nil
	}
	f, err := os.OpenFile(j.Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return channel.Sent{}, fmt.Errorf("channel %q: %w", j.ChannelName, err)
	}
	_, err = f.Write(line)
	if err == nil && f.Sync() != nil {
		// A pipe or a terminal cannot be synced, but it has taken the line.
		err = nil
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return channel.Sent{}, fmt.Errorf("channel %q: %w", j.ChannelName, err)
	}
	return channel.Sent{Receipt: "written"}, nil
}
