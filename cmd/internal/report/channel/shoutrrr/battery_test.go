package shoutrrr

import (
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/secret"
)

// urlOf is that of an ntfy server at an address.
func urlOf(address string) string {
	_, host, _ := strings.Cut(address, "://")
	return "ntfy://:" + reporttest.SecretWord + "@" + host + "/" + reporttest.SecretWord + "?disabletls=yes"
}

func TestBattery(t *testing.T) {
	channeltest.Battery(t, channeltest.Row{
		Kind: Kind(),
		Values: func(address string) channel.Values {
			return channel.Values{"url": secret.New(urlOf(address))}
		},
		HTTP: &channeltest.HTTP{
			Success: `{"id":"1"}`, Limit: serviceLimit,
			Make: func(t *testing.T, address string) channel.Channel {
				c, err := New("ops", urlOf(address), channeltest.Patient(t))
				if err == nil {
					c.timeout = channeltest.Patient(t).Timeout
				}
				return channeltest.Must(t, c, err)
			},
		},
	})
}
