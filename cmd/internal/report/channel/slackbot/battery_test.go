package slackbot

import (
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/secret"
)

func TestBattery(t *testing.T) {
	const token = "xoxb-" + reporttest.SecretWord
	channeltest.Battery(t, channeltest.Row{
		Kind: Kind(),
		Values: func(string) channel.Values {
			return channel.Values{"token": secret.New(token), "channel": "C0123",
				"app_token": secret.New("xapp-" + reporttest.SecretWord)}
		},
		Open: func(t *testing.T) channeltest.Rig {
			w := newWorkspace(t)
			c, err := New("ops", token, "C0123", w.URL+"/api", channeltest.Client(time.Minute))
			return channeltest.Rig{Channel: channeltest.Must(t, c, err), Received: func() []string {
				var got []string
				for _, p := range w.posts {
					got = append(got, p.json)
				}
				return got
			}}
		},
		Check:        channeltest.CheckMessage,
		OnlyBrackets: true,
	})
}
