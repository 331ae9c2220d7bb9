package pagerduty

import (
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/channel/oncall"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/secret"
)

// routingKey is as long as PagerDuty's are.
const routingKey = reporttest.SecretWord + "0123456789abcdef0123"

func TestBattery(t *testing.T) {
	channeltest.Battery(t, channeltest.Row{
		Kind: Kind(),
		Values: func(address string) channel.Values {
			return channel.Values{"routing_key": secret.New(routingKey), "address": address}
		},
		HTTP:           &channeltest.HTTP{Success: `{"status":"success"}`, Limit: 15000, StatusTells: true},
		None:           func(m message.Message) bool { return oncall.Of(m).Action == oncall.Ignore },
		RefusesDigests: true,
	})
}
