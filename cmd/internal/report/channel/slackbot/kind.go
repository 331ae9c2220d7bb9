package slackbot

import (
	"errors"
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
				Name: "app_token", Doc: "the app-level token",
				More: "With it, the command /vendorwatch and the buttons of messages are answered (docs/slack.md). " +
					"Left out: messages have links in place of buttons.",
				Example: "VENDORWATCH_SLACK_APP_TOKEN", Zero: secret.Text{},
				Check: func(value string) error {
					if !strings.HasPrefix(value, "xapp-") {
						return errors.New("does not hold an app-level token, which begins with xapp-; Slack makes it " +
							"under Basic Information, App-Level Tokens, with the scope connections:write")
					}
					return nil
				},
			},
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
			c, err := New(name, v.Secret("token"), v.Text("channel"), "", env.Client)
			if err == nil && v.Secret("app_token") != "" {
				c = c.WithButtons()
			}
			return channel.Made(c, err)
		},
		Preview: blockkit.Preview,
	}
}
