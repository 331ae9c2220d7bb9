package slack

import (
	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/blockkit"
	"vendorwatch/cmd/internal/secret"
)

// Kind is the type slack of the config file.
func Kind() channel.Kind {
	return channel.Kind{
		Type: "slack",
		Doc:  "a message for the beginning and one for the end in a Slack channel, each complete in itself",
		Keys: []channel.Key{{
			Name: "url", Doc: "the URL", Example: "VENDORWATCH_SLACK_URL", Required: true, Zero: secret.Text{},
			Check: channel.CheckWebhook,
		}},
		Check: func(v channel.Values, r channel.Reporter) { channel.RemarkHTTP(v, "url", r) },
		New: func(name string, v channel.Values, env channel.Environment) (channel.Channel, error) {
			return channel.Made(New(name, v.Secret("url"), env.Client))
		},
		Preview: blockkit.Preview,
	}
}
