package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

func certificates(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s.TLS.Clone(), &tls.Config{RootCAs: pool, ServerName: "example.com"}
}

func mailTo(t *testing.T, b *mailbox, change func(*Server)) *Channel {
	t.Helper()
	server := Server{Host: "127.0.0.1", Port: b.port(), TLS: NoTLS}
	if change != nil {
		change(&server)
	}
	m, err := New("ops", server, "vendorwatch@acme.test", []string{"ops@acme.test", "night@acme.test"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMail(t *testing.T) {
	b := newMailbox(t, nil, false, nil)
	m := mailTo(t, b, nil)
	for _, msg := range []message.Message{reporttest.Alert(message.ReasonFirst, nil),
		reporttest.Alert(message.ReasonResolved, nil), reporttest.HostileAlert()} {
		if _, err := m.Send(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
	}
	got := b.received()
	if len(got) != 3 {
		t.Fatalf("%d mails", len(got))
	}
	first, second := openMail(t, got[0]), openMail(t, got[1])
	if first.subject != "Kustomer: major incident opened: [PLATFORM] Errors & delays" ||
		second.subject != "Kustomer: resolved after 26 min: [PLATFORM] Errors & delays" {
		t.Errorf("subjects %q, %q", first.subject, second.subject)
	}
	if first.header.Get("References") == "" || first.header.Get("References") != second.header.Get("References") {
		t.Errorf("references %q, %q: the mails on one incident make one conversation", first.header.Get("References"),
			second.header.Get("References"))
	}
	if first.header.Get("Message-Id") != "<vw-5.ops@acme.test>" ||
		first.header.Get("To") != "<ops@acme.test>, <night@acme.test>" ||
		first.header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("header %v", first.header)
	}
	for _, part := range []string{first.text, first.html} {
		for _, want := range []string{"Kustomer", "started Fri 13 Nov 17:46 UTC", "Prod1 (US) › Web Client",
			"We look into errors of the web client.", "3 min after the start",
			"customer-support", "https://wiki.example.com/runbooks/kustomer",
			"https://watch.example.com/incidents/17", "https://status.kustomer.example/incidents/abc"} {
			if !strings.Contains(strings.Join(strings.Fields(part), " "), want) {
				t.Errorf("the mail lacks %q:\n%s", want, part)
			}
		}
	}
	bad := openMail(t, got[2])
	if bad.header.Get("Bcc") != "" || strings.Contains(bad.html, "<script") ||
		strings.Contains(bad.html, "javascript:") || utf8.RuneCountInString(bad.subject) > 180 {
		t.Errorf("hostile text got through: %v\n%s", bad.header, bad.html)
	}
	if strings.Contains(bad.html, "<img") || strings.Contains(first.html, "src=") {
		t.Error("the page loads something")
	}
}

func TestMailServers(t *testing.T) {
	serverTLS, clientTLS := certificates(t)
	login := func(kind TLS) func(*Server) {
		return func(s *Server) { s.TLS, s.Config, s.User, s.Password = kind, clientTLS, "ops", reporttest.SecretWord }
	}
	for _, c := range []struct {
		name      string
		encrypted bool
		tls       *tls.Config
		answers   map[string]string
		change    func(*Server)
		want      string // the reason begins so; empty for success
		refused   bool
		gaveUp    bool // tried a limited number of times
	}{
		{"in the clear", false, nil, nil, nil, "", false, false},
		{"starttls with a login", false, serverTLS, nil, login(StartTLS), "", false, false},
		{"tls with a login", true, serverTLS, nil, login(TLSOnly), "", false, false},
		{"starttls of a server that has none", false, nil, nil, login(StartTLS), "", true, false},
		{"a certificate of nobody we know", true, serverTLS, nil, func(s *Server) { s.TLS = TLSOnly },
			"dial failed: tls", false, false},
		{"a reader that is refused", false, nil, map[string]string{"RCPT": "550 5.1.1 no such user"}, nil, "", true,
			false},
		{"a full mailbox", false, nil, map[string]string{"RCPT": "452 4.2.2 mailbox full"}, nil, "", false, false},
		{"greylisting", false, nil, map[string]string{"DATA": "451 4.7.1 try again later"}, nil, "", false, false},
		{"a text that is refused", false, nil, map[string]string{".": "554 5.6.0 spam"}, nil, "", true, false},
		{"dropped after the text", false, nil, map[string]string{".": "drop"}, nil, "", false, false},
		{"a login that is refused", true, serverTLS, map[string]string{"AUTH": "535 5.7.8 bad credentials " +
			reporttest.SecretWord}, login(TLSOnly), "", false, true},
		{"not now", false, nil, map[string]string{"EHLO": "421 4.3.2 shutting down", "HELO": "421 4.3.2 shutting down"},
			nil, "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newMailbox(t, c.tls, c.encrypted, c.answers)
			m := mailTo(t, b, c.change)
			sent, err := m.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
			reporttest.NoSecretIn(t, "the channel", m, err)
			if c.want == "" && !c.refused && !c.gaveUp && c.answers == nil {
				if err != nil || len(b.received()) != 1 || sent.Receipt == "" {
					t.Fatalf("%+v %v, %d mails", sent, err, len(b.received()))
				}
				if c.tls != nil && len(b.auth) != 1 {
					t.Errorf("logged in %d times", len(b.auth))
				}
				return
			}
			var e *channel.SendError
			if !errors.As(err, &e) {
				t.Fatalf("error %v is no SendError", err)
			}
			if c.name == "starttls of a server that has none" {
				if len(b.auth) != 0 || len(b.received()) != 0 {
					t.Error("the password or the mail went over the wire in the clear")
				}
				return
			}
			if !strings.HasPrefix(e.Reason, c.want) || e.Refused != c.refused || e.Rejected != c.gaveUp {
				t.Errorf("%+v", *e)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		b := newMailbox(t, nil, false, nil)
		b.listen.Close()
		_, err := mailTo(t, b, nil).Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
		var e *channel.SendError
		if !errors.As(err, &e) || e.Refused || e.Rejected {
			t.Errorf("%v", err)
		}
	})
	t.Run("stopped", func(t *testing.T) {
		b := newMailbox(t, nil, false, map[string]string{"CONNECT": "hang"})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := mailTo(t, b, nil).Send(ctx, reporttest.Alert(message.ReasonFirst, nil)); !errors.Is(err,
			context.Canceled) {
			t.Errorf("%v", err)
		}
	})
	if _, err := New("ops", Server{Host: "h"}, "nobody", []string{"a@acme.test"}); err == nil ||
		!strings.Contains(err.Error(), `"nobody" is not a mail address`) {
		t.Error(err)
	}
}

// A mail of a bad week stays below what mail programs cut off, which is 102 KB in the strictest.
func TestTheMailOfABadWeekIsSmall(t *testing.T) {
	d := message.Digest{Headline: "50 new"}
	for n := range 50 {
		i := reporttest.Alert(message.ReasonFirst, nil).Items[0].Item
		i.IncidentID, i.Title = int64(n+1), fmt.Sprintf("No%d. %s", n, strings.Repeat("Everything fails ", 8))
		i.Components = strings.Repeat("Group › Component, ", 20)
		i.LatestBody = strings.Repeat("Everybody suffers from this outage. ", 200)
		d.New = append(d.New, i)
	}
	page, err := HTML(reporttest.DigestMessage(d))
	if err != nil {
		t.Fatal(err)
	}
	for n := range 50 {
		if c := strings.Count(page, fmt.Sprintf("No%d.", n)); c != 1 {
			t.Errorf("incident %d is named %d times", n, c)
		}
	}
	if len(page) > 60_000 {
		t.Errorf("the mail has %d bytes", len(page))
	}
}

// The mail of a review shows the days of the week in writing too, loads nothing, and is small.
func TestTheMailOfAReview(t *testing.T) {
	page, err := HTML(reporttest.DigestMessage(reporttest.ReviewDigest(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">Mon</th>", ">5 h</td>", ">–</td>", ">0</td>", "All vendors",
		"week before not known"} {
		if !strings.Contains(page, want) {
			t.Errorf("the mail lacks %q", want)
		}
	}
	if strings.Contains(page, "<img") || strings.Contains(page, "src=") || strings.Contains(page, "<script") {
		t.Error("the page loads something")
	}
	page, err = HTML(reporttest.DigestMessage(reporttest.LongReview(t, 40, "Vendors & Sons <b> ")))
	if err != nil {
		t.Fatal(err)
	}
	if len(page) > 60_000 {
		t.Errorf("the mail of 40 vendors has %d bytes", len(page))
	}
}
