package webhook

import (
	"encoding/json"
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

// battery is the row of this channel.
var battery = channeltest.HTTPRow{
	Make: func(t *testing.T, address string) channel.Channel {
		headers := map[string]string{"Authorization": "Bearer " + reporttest.SecretWord}
		c, err := New("ops", address+"/"+reporttest.SecretWord+"?token="+reporttest.SecretWord, reporttest.SecretWord, headers, channeltest.Patient(t))
		return channeltest.Must(t, c, err)
	},
	Limit: 1 << 30, StatusTells: true,
	// The fields of the record are the vendor's own words, for programs; what people are to read is clean.
	TextOf: func(t *testing.T, body string) string {
		var e message.Envelope
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			t.Fatal(err)
		}
		return e.Subject + e.Text
	},
	Plain: true,
}

func TestWebhookBattery(t *testing.T) { channeltest.HTTP(t, battery) }
