package promise

import (
	"testing"
	"time"
)

func TestUntil(t *testing.T) {
	posted := time.Date(2026, 11, 23, 14, 10, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"We are looking for the cause.\n\nExpect the next update within 30 minutes.": "30m0s",
		"Next update in 1 hour.":                                                    "1h0m0s",
		"We will provide a further update in an hour":                               "1h0m0s",
		"We will post another update within the next 30-60 minutes.":                "1h0m0s",
		"We'll share more information within half an hour.":                         "30m0s",
		"We will continue to provide updates every 30 minutes.":                     "30m0s",
		"Updates will follow in the next two hours.":                                "2h0m0s",
		"**Next update:** by 14:40 UTC":                                             "30m0s",
		"Our next update will be at 01:00 UTC.":                                     "10h50m0s",
		"The next update will be in 30 minutes. A further update comes in 2 hours.": "2h0m0s",
		"We will update this page within 15 minutes!":                               "15m0s",
		"We will update the gateway within 15 minutes.":                             "",
		"Next update within 20 mins":                                                "20m0s",
		"We will provide more details within one business day.":                     "",
		"We updated the gateway within 30 minutes.":                                 "",
		"We will roll out the update within 30 minutes.":                            "",
		"We expect a fix to be deployed in 30 minutes.":                             "",
		"More details on the update of 30 minutes ago.":                             "",
		"We will keep you updated.":                                                 "",
		"Next update at 14:00 UTC.":                                                 "",
		"Next update at 15:00 PST.":                                                 "",
		"Next update within 0 minutes.":                                             "",
		"Further updates within 90 days.":                                           "",
		"":                                                                          "",
	} {
		got := ""
		if at := Until(text, posted); !at.IsZero() {
			got = at.Sub(posted).String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if at := Until("Next update in 1 hour.", time.Time{}); !at.IsZero() {
		t.Errorf("a post without a time promises %s", at)
	}
}
