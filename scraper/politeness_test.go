package scraper

import (
	"context"
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

func TestDelayedWith(t *testing.T) {
	for address, want := range map[string]string{
		"https://status.example.com/a":        "example.com",
		"https://API.Example.com.:8443/b":     "example.com",
		"https://example.com":                 "example.com",
		"https://status.shop.example.co.uk":   "example.co.uk",
		"https://health.aws.amazon.com":       "amazon.com",
		"https://acme.github.io":              "acme.github.io",
		"https://acme.statuspage.io/x":        "acme.statuspage.io",
		"https://Other.statuspage.io":         "other.statuspage.io",
		"https://acme.instatus.com":           "acme.instatus.com",
		"http://status.corp:8080":             "status.corp",
		"http://intranet:8080":                "intranet:8080",
		"http://localhost:8080":               "localhost:8080",
		"http://a.localhost:81":               "a.localhost:81",
		"http://127.0.0.1:8080":               "127.0.0.1:8080",
		"http://1.1.1.1:8080":                 "1.1.1.1:8080",
		"http://[2606:4700::1111]:8080/":      "[2606:4700::1111]:8080",
		"https://s3.amazonaws.com/bucket/key": "s3.amazonaws.com",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := DelayedWith(u); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

// Hosts of one company wait for each other, those of different companies do not.
func TestOneCompanysHostsShareTheDelay(t *testing.T) {
	for _, c := range []struct {
		addresses []string
		want      time.Duration
	}{
		{[]string{"https://a.example.com", "https://b.example.com", "https://b.example.com:8443"}, 4 * time.Second},
		{[]string{"https://a.example.com", "https://b.example.net", "https://c.example.org"}, 0},
		{[]string{"https://a.statuspage.io", "https://b.statuspage.io", "https://c.statuspage.io"}, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			collector := NewCollector(FetchOptions{Delay: 2 * time.Second})
			began := time.Now()
			for _, address := range c.addresses {
				if err := collector.turn(context.Background(), address); err != nil {
					t.Fatal(err)
				}
			}
			if took := time.Since(began); took != c.want {
				t.Errorf("%v took %s, want %s", c.addresses, took, c.want)
			}
		})
	}
}
