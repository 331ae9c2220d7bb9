package jsonl

import (
	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
)

// Kind is the type jsonl of the config file.
func Kind() channel.Kind {
	return channel.Kind{
		Type: "jsonl",
		Doc:  "the JSON of webhooks in a file, one message per line",
		Keys: []channel.Key{{
			Name: "path", Doc: "the file to write to", Example: `"alerts.jsonl", or path = "-" for standard output`,
			Required: true, File: true, Zero: "",
		}},
		New: func(name string, v channel.Values, env channel.Environment) (channel.Channel, error) {
			if v.Text("path") == "-" {
				return &Channel{ChannelName: name, W: env.Stdout}, nil
			}
			return &Channel{ChannelName: name, Path: v.Text("path")}, nil
		},
		Preview: func(m message.Message, _ channel.Values) ([]channel.Preview, error) {
			return channel.PreviewJSON(message.NewEnvelope(m))
		},
	}
}
