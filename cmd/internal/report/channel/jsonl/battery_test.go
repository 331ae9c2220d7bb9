package jsonl

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
)

func TestBattery(t *testing.T) {
	channeltest.Battery(t, channeltest.Row{
		Kind:   Kind(),
		Values: func(string) channel.Values { return channel.Values{"path": "alerts.jsonl"} },
		Open: func(t *testing.T) channeltest.Rig {
			path := filepath.Join(t.TempDir(), "alerts.jsonl")
			return channeltest.Rig{Channel: &Channel{ChannelName: "ops", Path: path}, Received: func() []string {
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				return strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n")
			}}
		},
		NoMentions: true,
		TextOf: func(t *testing.T, line string) string {
			var e message.Envelope
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatal(err)
			}
			return e.Subject + e.Text
		},
	})
}
