package channeltest

import (
	"encoding/json"
	"strings"

	"github.com/slack-go/slack"
)

// CheckSlack fails unless Slack takes the message as it is meant: see CheckMessage. It returns the texts.
func CheckSlack(t interface{ Fatalf(string, ...any) }, m slack.WebhookMessage) string {
	body, err := json.Marshal(m)
	if err != nil {
		t.Fatalf("%v", err)
	}
	texts, err := messageTexts(body)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return strings.Join(texts, "\n")
}
