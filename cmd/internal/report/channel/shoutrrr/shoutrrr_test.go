package shoutrrr

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

func TestShoutrrrLimits(t *testing.T) {
	for _, limit := range []int{1000, serviceLimit} {
		text := channel.ChatText(reporttest.HostileAlert(), limit)
		if n := utf8.RuneCountInString(text); n > limit {
			t.Errorf("%d runes, want %d at the most", n, limit)
		}
	}
	d := message.Digest{Headline: "300 new"}
	for n := range 300 {
		i := reporttest.Alert(message.ReasonFirst, nil).Items[0].Item
		i.IncidentID, i.Title = int64(n+1), fmt.Sprintf("Trouble No%d.", n)
		d.New = append(d.New, i)
	}
	all := ""
	for _, text := range channel.ChatTexts(message.Message{Reason: message.ReasonDigest, Digest: &d}, 1900) {
		if n := utf8.RuneCountInString(text); n > 1900 || strings.TrimSpace(text) == "" {
			t.Errorf("%d runes, want 1900 at the most", n)
		}
		all += text + "\n"
	}
	for n := range 300 {
		if c := strings.Count(all, fmt.Sprintf("No%d.", n)); c != 1 {
			t.Errorf("incident %d is named %d times", n, c)
		}
	}
}

func TestShoutrrrAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"":                                     "shoutrrr cannot read the address",
		"nosuch://" + reporttest.SecretWord:    `the service "nosuch" cannot be used`,
		"discord://" + reporttest.SecretWord:   `the service "discord" cannot be used`,
		"pagerduty://" + reporttest.SecretWord: `the service "pagerduty" cannot be used`,
	} {
		_, err := New("ops", address)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", address, err)
			continue
		}
		reporttest.NoSecretIn(t, "the error", err)
	}
}
