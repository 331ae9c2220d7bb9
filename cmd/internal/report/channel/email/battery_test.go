package email

import (
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/secret"
)

func TestBattery(t *testing.T) {
	channeltest.Battery(t, channeltest.Row{
		Kind: Kind(),
		Values: func(string) channel.Values {
			return channel.Values{
				"host": "127.0.0.1", "port": 2525, "tls": "starttls", "user": "ops",
				"password": secret.New(reporttest.SecretWord),
				"from":     "vendorwatch@acme.test", "to": []string{"ops@acme.test"},
			}
		},
		Open: func(t *testing.T) channeltest.Rig {
			b := newMailbox(t, nil, false, nil)
			return channeltest.Rig{Channel: mailTo(t, b, nil), Received: b.received}
		},
		NoMentions: true,
	})
}
