package shoutrrr

import (
	"errors"
	"fmt"
	"strings"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/secret"
)

// Kind is the type shoutrrr of the config file.
func Kind() channel.Kind {
	return channel.Kind{
		Type: "shoutrrr",
		Doc:  "text in Discord, Teams, Google Chat, Telegram, ntfy, Pushover and others",
		Keys: []channel.Key{{
			Name: "url", Doc: "the URL", Example: "VENDORWATCH_NOTIFY_URL", Required: true, Zero: secret.Text{},
			Check: checkURL,
		}},
		New: func(name string, v channel.Values, env channel.Environment) (channel.Channel, error) {
			return channel.Made(New(name, v.Secret("url"), env.Client))
		},
		Preview: channel.PreviewText,
	}
}

func checkURL(value string) error {
	switch service, _, ok := strings.Cut(value, "://"); {
	case !ok || service == "":
		return errors.New("does not hold an address of shoutrrr; set it to one such as ntfy://ntfy.sh/topic")
	case service == "pagerduty", service == "opsgenie":
		return fmt.Errorf(`holds an address of %[1]s, which has a type of its own; write type = "%[1]s"`, service)
	}
	return nil
}
