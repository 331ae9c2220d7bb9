package opsgenie

import (
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/channel/oncall"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/secret"
)

func TestBattery(t *testing.T) {
	channeltest.Battery(t, channeltest.Row{
		Kind: Kind(),
		Values: func(address string) channel.Values {
			return channel.Values{"api_key": secret.New(reporttest.SecretWord), "address": address}
		},
		HTTP: &channeltest.HTTP{Success: `{"result":"Request will be processed"}`, Limit: 15000,
			StatusTells: true},
		None:           func(m message.Message) bool { return oncall.Of(m).Action == oncall.Ignore },
		RefusesDigests: true,
	})
}
