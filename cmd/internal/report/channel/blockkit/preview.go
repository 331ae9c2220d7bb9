package blockkit

import (
	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
)

// Preview returns the JSON that Slack is sent, one for each message. Slack's Block Kit Builder shows how it looks.
func Preview(m message.Message, _ channel.Values) ([]channel.Preview, error) {
	var out []channel.Preview
	for _, w := range Messages(m) {
		one, err := channel.PreviewJSON(w)
		if err != nil {
			return nil, err
		}
		out = append(out, one...)
	}
	return out, nil
}
