package shoutrrr

import (
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/reporttest"
)

func TestShoutrrrBattery(t *testing.T) {
	channeltest.HTTP(t, channeltest.HTTPRow{
		Make: func(t *testing.T, address string) channel.Channel {
			c, err := New("ops", strings.Replace(address, "http://", "ntfy://:"+reporttest.SecretWord+"@", 1)+"/"+reporttest.SecretWord+"?disabletls=yes")
			return channeltest.Must(t, c, err)
		},
		Success: `{"id":"1"}`, Limit: serviceLimit,
		// The library follows redirects; what it logs in with stays behind.
		Follows: true,
	})
}
