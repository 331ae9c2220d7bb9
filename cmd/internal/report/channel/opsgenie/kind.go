package opsgenie

import (
	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/secret"
)

// Kind is the type opsgenie of the config file.
func Kind() channel.Kind {
	return channel.Kind{
		Type:        "opsgenie",
		Doc:         "an alert in Opsgenie, opened and closed under one alias per incident; digests are refused",
		PerIncident: true, OnCall: true,
		Keys: []channel.Key{
			{Name: "api_key", Doc: "the key of an API integration", Example: "VENDORWATCH_OPSGENIE_KEY", Required: true,
				Zero: secret.Text{}},
			{
				Name: "address", Doc: "the address of the API", Example: `"https://api.eu.opsgenie.com"`, Zero: "",
				Check: channel.CheckAddress,
			},
		},
		New: func(name string, v channel.Values, env channel.Environment) (channel.Channel, error) {
			return channel.Made(New(name, v.Secret("api_key"), v.Text("address"), env.Client))
		},
		Preview: preview,
	}
}
