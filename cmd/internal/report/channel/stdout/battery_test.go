package stdout

import (
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
)

func TestBattery(t *testing.T) {
	channeltest.Battery(t, channeltest.Row{
		Kind:   Kind(),
		Values: func(string) channel.Values { return nil },
		Open: func(*testing.T) channeltest.Rig {
			var out strings.Builder
			return channeltest.Rig{Channel: &Channel{ChannelName: "ops", W: &out}, Received: func() []string {
				if out.Len() == 0 {
					return nil
				}
				return []string{out.String()}
			}}
		},
		NoMentions: true,
	})
}
