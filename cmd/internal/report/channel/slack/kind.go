package slack

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

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
			Check: checkURL,
		}},
		Check: func(v channel.Values, r channel.Reporter) { channel.RemarkHTTP(v, "url", r) },
		New: func(name string, v channel.Values, env channel.Environment) (channel.Channel, error) {
			return channel.Made(New(name, v.Secret("url"), env.Client))
		},
		Preview: blockkit.Preview,
	}
}

// checkURL refuses the webhook of another service, which would get messages in a form that it does not know. A receiver
// on this machine may stand in for Slack.
func checkURL(value string) error {
	if err := channel.CheckWebhook(value); err != nil {
		return err
	}
	u, err := url.Parse(value)
	if err != nil {
		return err
	}
	host := strings.ToLower(u.Hostname())
	ip, err := netip.ParseAddr(host)
	loopback := host == "localhost" || err == nil && ip.IsLoopback()
	if !loopback && !strings.HasSuffix(host, ".slack.com") && !strings.HasSuffix(host, ".slack-gov.com") {
		return fmt.Errorf(`holds an address of %s, which is not Slack; write type = "webhook" for a receiver of `+
			`your own, or type = "shoutrrr" for another chat service`, host)
	}
	return nil
}
