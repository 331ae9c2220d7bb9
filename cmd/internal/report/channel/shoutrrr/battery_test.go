package shoutrrr

import (
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/secret"
)

func TestBattery(t *testing.T) {
	channeltest.Battery(t, channeltest.Row{
		Kind: Kind(),
		Values: func(address string) channel.Values {
			_, host, _ := strings.Cut(address, "://")
			return channel.Values{"url": secret.New("ntfy://:" + reporttest.SecretWord + "@" + host + "/" + reporttest.SecretWord + "?disabletls=yes")}
		},
		HTTP: &channeltest.HTTP{Success: `{"id":"1"}`, Limit: serviceLimit, Follows: true},
	})
}
