package email

import (
	"testing"

	"vendorwatch/cmd/internal/report/channel"
)

// A mail server is spoken to with STARTTLS unless the config says otherwise, on the port that belongs to it.
func TestServerOfTheConfig(t *testing.T) {
	for _, c := range []struct {
		tls  string
		port int
		want Server
	}{
		{"", 0, Server{TLS: StartTLS, Port: 587}},
		{"starttls", 0, Server{TLS: StartTLS, Port: 587}},
		{"tls", 0, Server{TLS: TLSOnly, Port: 465}},
		{"none", 0, Server{TLS: NoTLS, Port: 25}},
		{"", 2525, Server{TLS: StartTLS, Port: 2525}},
		{"tls", 2525, Server{TLS: TLSOnly, Port: 2525}},
	} {
		values := channel.Values{"host": "mail.example.com", "from": "watch@example.com",
			"to": []string{"ops@example.com"}, "user": "ops"}
		if c.tls != "" {
			values["tls"] = c.tls
		}
		if c.port != 0 {
			values["port"] = c.port
		}
		made, err := Kind().New("mail", values, channel.Environment{})
		if err != nil {
			t.Fatal(err)
		}
		got := made.(*Channel).server()
		if got.TLS != c.want.TLS || got.Port != c.want.Port || got.Host != "mail.example.com" || got.User != "ops" {
			t.Errorf("tls %q, port %d: %+v", c.tls, c.port, got)
		}
	}
}
