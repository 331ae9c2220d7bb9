// Package kinds lists the kinds of channels.
package kinds

import (
	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/email"
	"vendorwatch/cmd/internal/report/channel/jsonl"
	"vendorwatch/cmd/internal/report/channel/opsgenie"
	"vendorwatch/cmd/internal/report/channel/pagerduty"
	"vendorwatch/cmd/internal/report/channel/shoutrrr"
	"vendorwatch/cmd/internal/report/channel/slack"
	"vendorwatch/cmd/internal/report/channel/slackbot"
	"vendorwatch/cmd/internal/report/channel/stdout"
	"vendorwatch/cmd/internal/report/channel/webhook"
)

// All returns every kind, in the order of docs/reporting.md.
func All() []channel.Kind {
	return []channel.Kind{
		slack.Kind(), slackbot.Kind(), email.Kind(), webhook.Kind(), pagerduty.Kind(), opsgenie.Kind(), shoutrrr.Kind(),
		jsonl.Kind(), stdout.Kind(),
	}
}
