package slack

import (
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
			return channel.Values{"url": secret.New(address + "/services/T0/B0/" + reporttest.SecretWord)}
		},
		HTTP:         &channeltest.HTTP{Success: "ok", Limit: 40000, StatusTells: true},
		Check:        channeltest.CheckMessage,
		OnlyBrackets: true,
	})
}
