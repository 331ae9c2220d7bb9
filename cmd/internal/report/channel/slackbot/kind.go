package slackbot

import (
	"fmt"
	"strings"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/blockkit"
	"vendorwatch/cmd/internal/secret"
)

// Kind is the type slack_bot of the config file.
func Kind() channel.Kind {
	const example = `"C0123456789"; Slack shows it at the end of the channel's details`
	return channel.Kind{
		Type: "slack_bot",
		Doc: "one message per incident in a Slack channel, edited in place, with the vendor's updates in its " +
			"thread",
		PerIncident: true,
		Keys: []channel.Key{
			{Name: "token", Doc: "the token", Example: "VENDORWATCH_SLACK_TOKEN", Required: true, Zero: secret.Text{}},
			{
				Name: "channel", Doc: "the id of the channel in Slack", Example: example, Required: true, Zero: "",
				Check: func(value string) error {
					switch {
					case strings.HasPrefix(value, "#"):
						return fmt.Errorf("%q is a channel's name, and messages are edited by its id; "+
							"write for example channel = %s", value, example)
					case strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' }):
						return fmt.Errorf("%q is not the id of a channel; write for example channel = %s", value,
							example)
					}
					return nil
				},
			},
		},
		New: func(name string, v channel.Values, env channel.Environment) (channel.Channel, error) {
			return channel.Made(New(name, v.Secret("token"), v.Text("channel"), "", env.Client))
		},
		Preview: blockkit.Preview,
	}
}
