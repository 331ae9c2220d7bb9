package webhook

import (
	"encoding/json"
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/secret"
)

func values(address string) channel.Values {
	return channel.Values{
		"url":         secret.New(address + "/" + reporttest.SecretWord + "?token=" + reporttest.SecretWord),
		"secret":      secret.New(reporttest.SecretWord),
		"headers":     map[string]string{"X-Team": "ops"},
		"headers_env": map[string]secret.Text{"Authorization": secret.New("Bearer " + reporttest.SecretWord)},
	}
}

func TestBattery(t *testing.T) {
	channeltest.Battery(t, channeltest.Row{
		Kind: Kind(), Values: values, HTTP: &channeltest.HTTP{Limit: 1 << 30, StatusTells: true}, NoMentions: true,
		// The fields of the record are the vendor's own words, for programs; what people are to read is clean.
		TextOf: textOf,
	})
}

func textOf(t *testing.T, body string) string {
	t.Helper()
	var e message.Envelope
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatal(err)
	}
	return e.Subject + e.Text
}
