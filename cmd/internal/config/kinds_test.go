package config

import (
	"errors"
	"fmt"
	"strings"

	"vendorwatch/cmd/internal/secret"
)

// testKinds are types of channels with every sort of key. Those of the program are tried in package cli.
var testKinds = ChannelKinds{
	"stdout": {},
	"slack": {
		Keys: []ChannelKey{{Name: "url", Doc: "the URL", Example: "VENDORWATCH_SLACK_URL", Required: true,
			Zero: secret.Text{}, Check: checkURL}},
		Check: func(values map[string]any, r Reporter) {
			if address, ok := values["url"].(secret.Text); ok && strings.HasPrefix(address.Reveal(), "http:") {
				r.Remark("url", "is http, not https: anyone on the network path can read it")
			}
		},
	},
	"webhook": {Keys: []ChannelKey{
		{Name: "url", Doc: "the URL", Example: "VENDORWATCH_WEBHOOK_URL", Required: true, Zero: secret.Text{}},
		{Name: "secret", Doc: "the key of the signature", Example: "VENDORWATCH_WEBHOOK_SECRET", Zero: secret.Text{}},
		{Name: "headers", Doc: "further headers", Example: `{ "X-Team" = "ops" }`, Zero: map[string]string{}},
		{Name: "headers_env", Doc: "further headers that are secrets", Example: "VENDORWATCH_WEBHOOK_TOKEN",
			Zero: map[string]secret.Text{}},
	}},
	"email": {
		Keys: []ChannelKey{
			{Name: "host", Doc: "the name of the server", Example: `"smtp.example.com"`, Required: true, Zero: ""},
			{Name: "port", Doc: "the port of the server", Example: "587", Zero: 0, Check: func(value string) error {
				if value == "0" {
					return errors.New("0 is no port; write for example port = 587")
				}
				return nil
			}},
			{Name: "tls", Doc: "a way to speak to a server", Example: `"tls"`, Zero: "",
				Choices: []string{"tls", "none"}},
			{Name: "user", Doc: "the name to log in with", Example: `"ops"`, Zero: ""},
			{Name: "password", Doc: "the password", Example: "VENDORWATCH_MAIL_PASSWORD", Zero: secret.Text{}},
			{Name: "to", Doc: "the addresses of the readers", Example: `["ops@example.com"]`, Required: true,
				Zero: []string{},
				Check: func(value string) error {
					if !strings.Contains(value, "@") {
						return fmt.Errorf("%q is not an address; write for example \"ops@example.com\"", value)
					}
					return nil
				}},
		},
		Check: func(values map[string]any, r Reporter) {
			if values["password"] != nil && values["user"] == nil {
				r.Mistake("user", "there is a password and no user", `write for example user = "ops"`)
			}
			if values["tls"] == "none" {
				r.Remark("tls", "is none, so that others on the way can read the mail")
			}
		},
	},
	"slack_bot": {Keys: []ChannelKey{
		{Name: "token", Doc: "the token", Example: "VENDORWATCH_SLACK_TOKEN", Required: true, Zero: secret.Text{}},
		{Name: "channel", Doc: "the id of the channel", Example: `"C0123456789"`, Required: true, Zero: ""},
	}},
	"shoutrrr": {Keys: []ChannelKey{{Name: "url", Doc: "the URL", Example: "VENDORWATCH_NOTIFY_URL", Required: true,
		Zero: secret.Text{}}}},
	"jsonl": {Keys: []ChannelKey{{Name: "path", Doc: "the file to write to", Example: `"log.jsonl"`, Required: true,
		File: true, Zero: ""}}},
}

func checkURL(value string) error {
	if !strings.HasPrefix(value, "http") {
		return errors.New("does not hold a URL; set it to the address of the webhook, or leave it empty")
	}
	return nil
}
