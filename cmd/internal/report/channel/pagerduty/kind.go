package pagerduty

import (
	"errors"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/secret"
)

// Kind is the type pagerduty of the config file.
func Kind() channel.Kind {
	return channel.Kind{
		Type:        "pagerduty",
		Doc:         "an alert in PagerDuty, triggered and resolved under one key per incident; digests are refused",
		PerIncident: true, OnCall: true,
		Keys: []channel.Key{
			{
				Name: "routing_key", Doc: "the integration key", Example: "VENDORWATCH_PAGERDUTY_KEY", Required: true,
				Zero: secret.Text{}, Check: checkKey,
			},
			{
				Name: "address", Doc: "the address of the Events API", Example: `"https://events.eu.pagerduty.com"`,
				Zero:  "",
				Check: channel.CheckAddress,
			},
		},
		New: func(name string, v channel.Values, env channel.Environment) (channel.Channel, error) {
			return channel.Made(New(name, v.Secret("routing_key"), v.Text("address"), env.Client))
		},
		Preview: preview,
	}
}

// checkKey tells the key of an Events API v2 integration from others, such as that of the REST API.
func checkKey(value string) error {
	if len(value) != 32 {
		return errors.New("does not hold an integration key, which has 32 characters; " +
			"set it to the key of a PagerDuty integration of the type Events API V2")
	}
	return nil
}
