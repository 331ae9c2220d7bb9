package slack

import (
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/reporttest"
)

func TestTheAddressIsThatOfSlack(t *testing.T) {
	for address, good := range map[string]bool{
		"https://hooks.slack.com/services/T/B/x":     true,
		"https://hooks.slack-gov.com/services/T/B/x": true,
		"http://127.0.0.1:9/services/T/B/x":          true,
		"http://localhost:9/services/T/B/x":          true,
		"http://[::1]:9/services/T/B/x":              true,
		"https://discord.com/api/webhooks/1/x":       false,
		"https://slack.com.evil.example/services/x":  false,
		"https://10.0.0.1/services/x":                false,
		"https://notslack.com/services/x":            false,
	} {
		err := checkURL(address + reporttest.SecretWord)
		if (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
		if err != nil && !strings.Contains(err.Error(), "is not Slack; write type") {
			t.Errorf("%s: %v", address, err)
		}
		reporttest.NoSecretIn(t, "the error", err)
	}
}
