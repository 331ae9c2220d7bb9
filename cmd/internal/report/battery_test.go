package report

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"vendorwatch/db"
)

// secretWord stands in every address, key, token and password of the channels of these tests.
const secretWord = "s3cr3tS3cr3t"

// alert is a message on one incident.
func alert(reason Reason, change func(*AlertItem)) Message {
	lasted, late := int64(1560), int64(180)
	i := AlertItem{
		Item: Item{Incident: db.Incident{
			IncidentID: 17, Vendor: "kustomer", VendorName: "Kustomer", SourceID: 1, Kind: "incident", Title: "[PLATFORM] Errors & delays",
			URL: "https://status.kustomer.example/incidents/abc", PageURL: "https://status.kustomer.example", Severity: "major", State: "investigating",
			StartedAt: "2026-11-13T17:46:00.000Z", FirstSeenAt: "2026-11-13T17:49:00.000Z", Components: "Prod1 (US) › Web Client, Prod2 (EU) › Web Client",
			LatestBody: "We look into **errors** of the web client.", LatestPostedAt: "2026-11-13T17:48:00.000Z",
		}, EventIDs: []int64{3}},
		Owner: "customer-support", RunbookURL: "https://wiki.example.com/runbooks/kustomer", DetectedAfterSeconds: &late,
		AlsoAffected: []string{"AWS"}, DashboardURL: "https://watch.example.com/incidents/17", DedupKey: "vendorwatch-incident-17", Open: true,
	}
	if reason == ReasonResolved || reason == ReasonPostmortem {
		i.State, i.ResolvedAt, i.DurationSeconds, i.Open = "resolved", "2026-11-13T18:12:00.000Z", &lasted, false
	}
	if change != nil {
		change(&i)
	}
	return Message{ID: "vw-5", Reason: reason, At: "2026-11-13T17:50:00.000Z", EventIDs: []int64{3}, Items: []AlertItem{i}, Zone: time.UTC}
}

// hostileText is text that no receiver may act on, and that is too long for every one of them.
var hostileText = "<!channel> <!here|x> @everyone @here <@U123> <https://evil.example|click> [click](https://evil.example) <script>alert(1)</script> " +
	"\u202egnp.exe\u202c \x00\x07\x1b[31m \r\nBcc: all@acme.test\r\n & \" ' ` \\ 👩‍👩‍👧‍👦 שלום " + strings.Repeat("ש long words ", 8000)

func hostileAlert() Message {
	return alert(ReasonFirst, func(i *AlertItem) {
		i.Title, i.LatestBody, i.VendorName, i.Components, i.Owner = hostileText, hostileText, hostileText, hostileText, hostileText
		i.URL, i.RunbookURL = "javascript:alert(1)", "https://x.example/\"><script>"
		i.AlsoAffected = []string{hostileText, hostileText}
	})
}

// rig is a channel with its receiver.
type rig struct {
	channel  Channel
	received func() []string // what arrived, as sent
}

// web makes rigs of channels that speak HTTP: the channel is made for the address of a server with this handler.
func web(make func(t *testing.T, address string) Channel) func(*testing.T, http.HandlerFunc) rig {
	return func(t *testing.T, handler http.HandlerFunc) rig {
		t.Helper()
		var mu sync.Mutex
		var got []string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			got = append(got, string(body))
			mu.Unlock()
			handler(w, r)
		}))
		t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
		return rig{make(t, server.URL), func() []string {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(got)
		}}
	}
}

// patient waits as long as the slowest machine needs, except where nothing comes.
func patient(t *testing.T) *http.Client {
	if strings.HasSuffix(t.Name(), "/no_answer") {
		return impatient(300 * time.Millisecond)
	}
	return impatient(time.Minute)
}

func impatient(d time.Duration) *http.Client {
	return &http.Client{Timeout: d, Transport: &http.Transport{DisableKeepAlives: true}}
}

// webChannels are the channels that speak HTTP in the clear.
var webChannels = map[string]struct {
	make    func(t *testing.T, address string) Channel
	success string // what the receiver says
	limit   int    // runes of the longest message
	counts  bool   // a refusal is told apart by its status
}{
	"slack": {func(t *testing.T, address string) Channel {
		c, err := NewSlack("ops", address+"/services/T0/B0/"+secretWord, patient(t))
		return must(t, c, err)
	}, "ok", 40000, true},
	"webhook": {func(t *testing.T, address string) Channel {
		c, err := NewWebhook("ops", address+"/"+secretWord+"?token="+secretWord, secretWord, map[string]string{"Authorization": "Bearer " + secretWord}, patient(t))
		return must(t, c, err)
	}, "", 1 << 30, true},
	"shoutrrr": {func(t *testing.T, address string) Channel {
		c, err := NewShoutrrr("ops", strings.Replace(address, "http://", "ntfy://:"+secretWord+"@", 1)+"/"+secretWord+"?disabletls=yes")
		return must(t, c, err)
	}, `{"id":"1"}`, serviceLimit, false},
}

func must[C Channel](t *testing.T, c C, err error) Channel {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func noSecretIn(t *testing.T, where string, values ...any) {
	t.Helper()
	for _, v := range values {
		for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
			if text := fmt.Sprintf(form, v); strings.Contains(text, secretWord) {
				t.Errorf("%s shows the secret: %s", where, text)
			}
		}
	}
}

// Whatever a receiver does, a channel says whether to try again, and keeps its secret.
func TestChannelsThatSpeakHTTP(t *testing.T) {
	leak := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(500)
		_, _ = fmt.Fprintf(w, "no route to %s with %s", r.URL, r.Header.Get("Authorization"))
	}
	for name, c := range webChannels {
		for what, b := range map[string]struct {
			handler http.HandlerFunc
			refused bool
			after   time.Duration
		}{
			"429 with Retry-After":               {answer(429, "slow down", "Retry-After", "30"), false, 30 * time.Second},
			"429 without":                        {answer(429, "slow down"), false, 0},
			"500":                                {answer(500, "oops"), false, 0},
			"503":                                {answer(503, "", "Retry-After", "7"), false, 7 * time.Second},
			"404":                                {answer(404, "no such hook"), true, 0},
			"403":                                {answer(403, "no"), true, 0},
			"400":                                {answer(400, "bad"), true, 0},
			"no answer":                          {hang, false, 0},
			"an answer that breaks off":          {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false, 0},
			"an answer that repeats the secrets": {leak, false, 0},
		} {
			t.Run(name+"/"+what, func(t *testing.T) {
				t.Parallel()
				rig := web(c.make)(t, b.handler)
				_, err := rig.channel.Send(t.Context(), alert(ReasonFirst, nil))
				var e *SendError
				if !errors.As(err, &e) {
					t.Fatalf("error %v is no SendError", err)
				}
				noSecretIn(t, "the error", err, e, rig.channel)
				if c.counts && e.Refused != b.refused {
					t.Errorf("refused for good: %v, want %v (%s)", e.Refused, b.refused, e.Reason)
				}
				if c.counts && e.RetryAfter != b.after {
					t.Errorf("asked to wait %s, want %s", e.RetryAfter, b.after)
				}
				if !c.counts && e.MaxTries == 0 && !e.Refused {
					t.Error("a refusal that cannot be told from a failure is tried for ever")
				}
			})
		}
		t.Run(name+"/redirect", func(t *testing.T) {
			var followed bool
			var credentials string
			elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				followed, credentials = true, r.Header.Get("Authorization")
			}))
			defer elsewhere.Close()
			rig := web(c.make)(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1), http.StatusTemporaryRedirect)
			})
			if name == "shoutrrr" {
				// The library follows redirects; what it logs in with stays behind.
				_, _ = rig.channel.Send(t.Context(), alert(ReasonFirst, nil))
				if !followed || credentials != "" {
					t.Errorf("followed %v, and the credentials %q went to another host", followed, credentials)
				}
				return
			}
			if _, err := rig.channel.Send(t.Context(), alert(ReasonFirst, nil)); err == nil {
				t.Error("a redirect counts as a success")
			}
			if followed {
				t.Error("the redirect was followed, and the secret with it")
			}
		})
		t.Run(name+"/stopped", func(t *testing.T) {
			rig := web(c.make)(t, hang)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := rig.channel.Send(ctx, alert(ReasonFirst, nil))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v of a channel that was told to stop", err)
			}
			noSecretIn(t, "the error", err)
		})
		t.Run(name+"/nobody listens", func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			address := "http://" + l.Addr().String()
			l.Close()
			_, err = c.make(t, address).Send(t.Context(), alert(ReasonFirst, nil))
			var e *SendError
			if !errors.As(err, &e) || e.Refused || !strings.Contains(e.Reason, "refused") {
				t.Errorf("error %v", err)
			}
			noSecretIn(t, "the error", err)
		})
		t.Run(name+"/hostile text", func(t *testing.T) {
			rig := web(c.make)(t, answer(200, c.success))
			if _, err := rig.channel.Send(t.Context(), hostileAlert()); err != nil {
				t.Fatal(err)
			}
			got := rig.received()
			if len(got) != 1 || !utf8.ValidString(got[0]) || utf8.RuneCountInString(got[0]) > c.limit+2000 {
				t.Fatalf("%d messages, of %d runes", len(got), utf8.RuneCountInString(strings.Join(got, "")))
			}
			text := got[0]
			if name == "webhook" {
				// The fields of the record are the vendor's own words, for programs; what people are to read is clean.
				var e Envelope
				if err := json.Unmarshal([]byte(text), &e); err != nil {
					t.Fatal(err)
				}
				text = e.Subject + e.Text
			}
			for _, bad := range []string{"\x1b", "\u202e", "javascript:"} {
				if strings.Contains(text, bad) {
					t.Errorf("the message holds %q", bad)
				}
			}
			for _, bad := range []string{"<!channel>", "<!here", "@everyone", "](https"} {
				if name != "webhook" && strings.Contains(text, bad) && !(name == "slack" && bad[0] != '<') {
					t.Errorf("the message holds %q", bad)
				}
			}
		})
	}
}

func TestShoutrrrLimits(t *testing.T) {
	for _, limit := range []int{1000, serviceLimit} {
		text := chatText(hostileAlert(), limit)
		if n := utf8.RuneCountInString(text); n > limit {
			t.Errorf("%d runes, want %d at the most", n, limit)
		}
	}
	d := Digest{Headline: "3 new incidents"}
	for range 300 {
		d.New = append(d.New, alert(ReasonFirst, nil).Items[0].Item)
	}
	text := chatText(Message{Reason: ReasonDigest, Digest: &d}, 1900)
	if n := utf8.RuneCountInString(text); n > 1900 || !strings.HasSuffix(text, cutToPage) {
		t.Errorf("a long digest is %d runes and ends %q", n, text[len(text)-60:])
	}
}

func TestShoutrrrAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"":                          "none that shoutrrr reads",
		"nosuch://" + secretWord:    `the service "nosuch" cannot be used`,
		"discord://" + secretWord:   `the service "discord" cannot be used`,
		"pagerduty://" + secretWord: `the service "pagerduty" cannot be used`,
	} {
		_, err := NewShoutrrr("ops", address)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", address, err)
			continue
		}
		noSecretIn(t, "the error", err)
	}
}

func TestWebhookCarriesIDAndSignature(t *testing.T) {
	var header http.Header
	var path string
	r := web(webChannels["webhook"].make)(t, func(w http.ResponseWriter, r *http.Request) { header, path = r.Header, r.URL.String() })
	sent, err := r.channel.Send(t.Context(), alert(ReasonWorsened, func(i *AlertItem) { i.Was, i.Severity = "minor", "critical" }))
	if err != nil || sent.Receipt != "200 OK" || sent.Thread != "" {
		t.Fatalf("%+v %v", sent, err)
	}
	body := r.received()[0]
	if path != "/"+secretWord+"?token="+secretWord || header.Get("Authorization") != "Bearer "+secretWord || header.Get("X-Vendorwatch-Delivery") != "vw-5" ||
		header.Get("X-Vendorwatch-Reason") != "worsened" || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		t.Errorf("posted to %s with %v", path, header)
	}
	if want := Sign(secretWord, header.Get("X-Vendorwatch-Timestamp"), []byte(body)); header.Get("X-Vendorwatch-Signature") != want {
		t.Errorf("signature %s, want %s", header.Get("X-Vendorwatch-Signature"), want)
	}
	var e Envelope
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatal(err)
	}
	if e.Version != 1 || e.ID != "vw-5" || e.Reason != ReasonWorsened || len(e.Items) != 1 || e.Items[0].IncidentID != 17 || !e.Items[0].Open ||
		e.Subject != "Kustomer: minor → critical (worse): [PLATFORM] Errors & delays" {
		t.Errorf("posted %s", body)
	}
}

// The value is that of: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key
func TestSign(t *testing.T) {
	if got := Sign("key", "1700000000", []byte(`{"a":1}`)); got != "sha256=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03" {
		t.Error(got)
	}
}

func TestJSONLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.jsonl")
	c := &JSONLines{ChannelName: "file", Path: path}
	for _, m := range []Message{alert(ReasonFirst, nil), hostileAlert()} {
		if sent, err := c.Send(t.Context(), m); err != nil || sent.Receipt != "written" {
			t.Fatalf("%+v %v", sent, err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines of 2 messages", len(lines))
	}
	for n, line := range lines {
		var e Envelope
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.ID != "vw-5" {
			t.Errorf("line %d: %v", n+1, err)
		}
	}
	if _, err := (&JSONLines{ChannelName: "file", Path: t.TempDir()}).Send(t.Context(), alert(ReasonFirst, nil)); err == nil {
		t.Error("a folder was written to")
	}
}

func certificates(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s.TLS.Clone(), &tls.Config{RootCAs: pool, ServerName: "example.com"}
}

func mailTo(t *testing.T, b *mailbox, change func(*MailServer)) *Mail {
	t.Helper()
	server := MailServer{Host: "127.0.0.1", Port: b.port(), TLS: MailNoTLS}
	if change != nil {
		change(&server)
	}
	m, err := NewMail("ops", server, "vendorwatch@acme.test", []string{"ops@acme.test", "night@acme.test"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMail(t *testing.T) {
	b := newMailbox(t, nil, false, nil)
	m := mailTo(t, b, nil)
	for _, msg := range []Message{alert(ReasonFirst, nil), alert(ReasonResolved, nil), hostileAlert()} {
		if _, err := m.Send(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
	}
	got := b.received()
	if len(got) != 3 {
		t.Fatalf("%d mails", len(got))
	}
	first, second := openMail(t, got[0]), openMail(t, got[1])
	if first.subject != "Kustomer: major incident opened: [PLATFORM] Errors & delays" || second.subject != "Kustomer: resolved after 26 min: [PLATFORM] Errors & delays" {
		t.Errorf("subjects %q, %q", first.subject, second.subject)
	}
	if first.header.Get("References") == "" || first.header.Get("References") != second.header.Get("References") {
		t.Errorf("references %q, %q: the mails on one incident make one conversation", first.header.Get("References"), second.header.Get("References"))
	}
	if first.header.Get("Message-Id") != "<vw-5.ops@acme.test>" || first.header.Get("To") != "<ops@acme.test>, <night@acme.test>" || first.header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("header %v", first.header)
	}
	for _, part := range []string{first.text, first.html} {
		for _, want := range []string{"Kustomer", "started Fri 13 Nov 17:46 UTC", "Prod1 (US) › Web Client", "We look into errors of the web client.", "3 min after the start",
			"customer-support", "https://wiki.example.com/runbooks/kustomer", "AWS", "https://watch.example.com/incidents/17", "https://status.kustomer.example/incidents/abc"} {
			if !strings.Contains(strings.Join(strings.Fields(part), " "), want) {
				t.Errorf("the mail lacks %q:\n%s", want, part)
			}
		}
	}
	bad := openMail(t, got[2])
	if bad.header.Get("Bcc") != "" || strings.Contains(bad.html, "<script") || strings.Contains(bad.html, "javascript:") || utf8.RuneCountInString(bad.subject) > 180 {
		t.Errorf("hostile text got through: %v\n%s", bad.header, bad.html)
	}
	if strings.Contains(bad.html, "<img") || strings.Contains(first.html, "src=") {
		t.Error("the page loads something")
	}
}

func TestMailServers(t *testing.T) {
	serverTLS, clientTLS := certificates(t)
	login := func(kind MailTLS) func(*MailServer) {
		return func(s *MailServer) { s.TLS, s.Config, s.User, s.Password = kind, clientTLS, "ops", secretWord }
	}
	for _, c := range []struct {
		name      string
		encrypted bool
		tls       *tls.Config
		answers   map[string]string
		change    func(*MailServer)
		want      string // the reason begins so; empty for success
		refused   bool
		gaveUp    bool // tried a limited number of times
	}{
		{"in the clear", false, nil, nil, nil, "", false, false},
		{"starttls with a login", false, serverTLS, nil, login(MailStartTLS), "", false, false},
		{"tls with a login", true, serverTLS, nil, login(MailTLSOnly), "", false, false},
		{"starttls of a server that has none", false, nil, nil, login(MailStartTLS), "", true, false},
		{"a certificate of nobody we know", true, serverTLS, nil, func(s *MailServer) { s.TLS = MailTLSOnly }, "dial failed: tls", false, false},
		{"a reader that is refused", false, nil, map[string]string{"RCPT": "550 5.1.1 no such user"}, nil, "", true, false},
		{"a full mailbox", false, nil, map[string]string{"RCPT": "452 4.2.2 mailbox full"}, nil, "", false, false},
		{"greylisting", false, nil, map[string]string{"DATA": "451 4.7.1 try again later"}, nil, "", false, false},
		{"a text that is refused", false, nil, map[string]string{".": "554 5.6.0 spam"}, nil, "", true, false},
		{"dropped after the text", false, nil, map[string]string{".": "drop"}, nil, "", false, false},
		{"a login that is refused", true, serverTLS, map[string]string{"AUTH": "535 5.7.8 bad credentials " + secretWord}, login(MailTLSOnly), "", false, true},
		{"not now", false, nil, map[string]string{"EHLO": "421 4.3.2 shutting down", "HELO": "421 4.3.2 shutting down"}, nil, "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newMailbox(t, c.tls, c.encrypted, c.answers)
			m := mailTo(t, b, c.change)
			sent, err := m.Send(t.Context(), alert(ReasonFirst, nil))
			noSecretIn(t, "the channel", m, err)
			if c.want == "" && !c.refused && !c.gaveUp && c.answers == nil {
				if err != nil || len(b.received()) != 1 || sent.Receipt == "" {
					t.Fatalf("%+v %v, %d mails", sent, err, len(b.received()))
				}
				if c.tls != nil && len(b.auth) != 1 {
					t.Errorf("logged in %d times", len(b.auth))
				}
				return
			}
			var e *SendError
			if !errors.As(err, &e) {
				t.Fatalf("error %v is no SendError", err)
			}
			if c.name == "starttls of a server that has none" {
				if len(b.auth) != 0 || len(b.received()) != 0 {
					t.Error("the password or the mail went over the wire in the clear")
				}
				return
			}
			if !strings.HasPrefix(e.Reason, c.want) || e.Refused != c.refused || (e.MaxTries > 0) != c.gaveUp {
				t.Errorf("%+v", *e)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		b := newMailbox(t, nil, false, nil)
		b.listen.Close()
		_, err := mailTo(t, b, nil).Send(t.Context(), alert(ReasonFirst, nil))
		var e *SendError
		if !errors.As(err, &e) || e.Refused || e.MaxTries != 0 {
			t.Errorf("%v", err)
		}
	})
	t.Run("stopped", func(t *testing.T) {
		b := newMailbox(t, nil, false, map[string]string{"CONNECT": "hang"})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := mailTo(t, b, nil).Send(ctx, alert(ReasonFirst, nil)); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
	if _, err := NewMail("ops", MailServer{Host: "h"}, "nobody", []string{"a@acme.test"}); err == nil || !strings.Contains(err.Error(), `"nobody" is no mail address`) {
		t.Error(err)
	}
}

// onCallTo makes the channel for a server on loopback whose certificate only this test trusts.
func onCallTo(t *testing.T, scheme string, handler http.HandlerFunc) *OnCall {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	transport := http.DefaultTransport.(*http.Transport)
	before := transport.TLSClientConfig
	transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	t.Cleanup(func() { transport.CloseIdleConnections(); transport.TLSClientConfig = before })
	key := secretWord
	if scheme == "pagerduty" {
		key = "0123456789abcdef0123456789abcdef"
	}
	o, err := NewOnCall("ops", scheme+"://"+strings.TrimPrefix(server.URL, "https://")+"/"+key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// One incident is one alert: raised, added to, ended, and never raised again by what is told afterwards.
func TestOnCallServices(t *testing.T) {
	story := []Message{
		alert(ReasonFirst, nil),
		alert(ReasonWorsened, func(i *AlertItem) { i.Was, i.Severity = "major", "critical" }),
		alert(ReasonResolved, nil),
		alert(ReasonPostmortem, nil),
	}
	type call struct{ path, action, key, severity string }
	for scheme, want := range map[string][]call{
		"pagerduty": {
			{"/v2/enqueue", "trigger", "vendorwatch-incident-17", "error"},
			{"/v2/enqueue", "trigger", "vendorwatch-incident-17", "critical"},
			{"/v2/enqueue", "resolve", "vendorwatch-incident-17", "error"},
		},
		"opsgenie": {
			{"/v2/alerts", "", "vendorwatch-incident-17", "P2"},
			{"/v2/alerts", "", "vendorwatch-incident-17", "P1"},
			{"/v2/alerts/vendorwatch-incident-17/close", "", "alias", ""},
		},
	} {
		t.Run(scheme, func(t *testing.T) {
			var calls []call
			o := onCallTo(t, scheme, func(w http.ResponseWriter, r *http.Request) {
				var body struct {
					Action   string `json:"event_action"`
					DedupKey string `json:"dedup_key"`
					Payload  struct{ Severity string }
					Alias    string
					Priority string
				}
				if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
					t.Error(err)
				}
				if scheme == "opsgenie" && r.Header.Get("Authorization") != "GenieKey "+secretWord {
					t.Errorf("authorization %q", r.Header.Get("Authorization"))
				}
				calls = append(calls, call{r.URL.Path, body.Action, firstOf(body.DedupKey, body.Alias, r.URL.Query().Get("identifierType")), firstOf(body.Payload.Severity, body.Priority)})
				w.WriteHeader(http.StatusAccepted)
			})
			for _, m := range story {
				if sent, err := o.Send(t.Context(), m); err != nil || sent.Receipt == "" {
					t.Fatalf("%s: %+v %v", m.Reason, sent, err)
				}
			}
			if !slices.Equal(calls, want) {
				t.Errorf("calls\n%v\nwant\n%v", calls, want)
			}
			_, err := o.Send(t.Context(), Message{ID: "vw-9", Reason: ReasonDigest, Digest: &Digest{}})
			var e *SendError
			if !errors.As(err, &e) || !e.Refused {
				t.Errorf("a digest: %v", err)
			}
			noSecretIn(t, "the channel", o)
		})
	}
	t.Run("refusals", func(t *testing.T) {
		for status, refused := range map[int]bool{403: true, 422: true, 429: false, 500: false} {
			o := onCallTo(t, "opsgenie", answer(status, "no: "+secretWord))
			_, err := o.Send(t.Context(), alert(ReasonResolved, nil))
			var e *SendError
			if !errors.As(err, &e) || e.Refused != refused {
				t.Errorf("%d: %v", status, err)
			}
			noSecretIn(t, "the error", err)
		}
	})
}
