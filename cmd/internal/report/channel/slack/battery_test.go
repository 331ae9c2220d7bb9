package slack

import (
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/reporttest"
)

func TestBattery(t *testing.T) {
	channeltest.HTTP(t, channeltest.HTTPRow{
		Make: func(t *testing.T, address string) channel.Channel {
			c, err := New("ops", address+"/services/T0/B0/"+reporttest.SecretWord, channeltest.Patient(t))
			return channeltest.Must(t, c, err)
		},
		Success: "ok", Limit: 40000, StatusTells: true, MarksUp: true,
	})
}
