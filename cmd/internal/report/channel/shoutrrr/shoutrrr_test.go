package shoutrrr

import (
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
	d := message.Digest{Headline: "3 new incidents"}
	for range 300 {
		d.New = append(d.New, reporttest.Alert(message.ReasonFirst, nil).Items[0].Item)
	}
	text := channel.ChatText(message.Message{Reason: message.ReasonDigest, Digest: &d}, 1900)
	if n := utf8.RuneCountInString(text); n > 1900 || !strings.HasSuffix(text, message.MoreOnPage) {
		t.Errorf("a long digest is %d runes and ends %q", n, text[len(text)-60:])
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
