package blockkit

import (
	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
)

// Preview returns the JSON that Slack is sent. Slack's Block Kit Builder shows how it looks.
func Preview(m message.Message) ([]channel.Preview, error) { return channel.PreviewJSON(Message(m)) }
