package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/reporttest"
)

func slackTo(t *testing.T, address string, patience time.Duration) *Channel {
	t.Helper()
	s, err := New("ops", address+reporttest.SlackPath, &http.Client{Timeout: patience,
		Transport: &http.Transport{DisableKeepAlives: true}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSlackAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		want    channel.SendError // the zero value stands for success
	}{
		{"ok", channeltest.Answer(200, "ok"), channel.SendError{}},
		{"200 with an error", channeltest.Answer(200, "rollup_error"),
			channel.SendError{Reason: `200 OK, but it says "rollup_error"`}},
		{"200 without a word", channeltest.Answer(200, ""), channel.SendError{Reason: `200 OK, but it says ""`}},
		{"200 with a login page", channeltest.Answer(200, "<html>Log in"),
			channel.SendError{Reason: `200 OK, but it says "<html>Log in"`}},
		{"200 with a refusal", channeltest.Answer(200, "invalid_payload"),
			channel.SendError{Reason: `200 OK, but it says "invalid_payload"`, Rejected: true}},
		{"429 with Retry-After", channeltest.Answer(429, "", "Retry-After", "30"),
			channel.SendError{Reason: "429 Too Many Requests", RetryAfter: 30 * time.Second}},
		{"429 without", channeltest.Answer(429, "rate_limited"),
			channel.SendError{Reason: "429 Too Many Requests rate_limited"}},
		{"429 with nonsense", channeltest.Answer(429, "", "Retry-After", "soon"),
			channel.SendError{Reason: "429 Too Many Requests"}},
		{"429 with a negative time", channeltest.Answer(429, "", "Retry-After", "-5"),
			channel.SendError{Reason: "429 Too Many Requests"}},
		{"500", channeltest.Answer(500, "rollup_error"),
			channel.SendError{Reason: "500 Internal Server Error rollup_error"}},
		{"503 with Retry-After", channeltest.Answer(503, "", "Retry-After", "5"),
			channel.SendError{Reason: "503 Service Unavailable", RetryAfter: 5 * time.Second}},
		{"400", channeltest.Answer(400, "invalid_payload"), channel.SendError{Reason: "400 Bad Request invalid_payload",
			Refused: true}},
		{"403", channeltest.Answer(403, "action_prohibited"),
			channel.SendError{Reason: "403 Forbidden action_prohibited", Rejected: true}},
		{"404", channeltest.Answer(404, "no_service"), channel.SendError{Reason: "404 Not Found no_service",
			Rejected: true}},
		{"410", channeltest.Answer(410, "channel_is_archived"),
			channel.SendError{Reason: "410 Gone channel_is_archived", Rejected: true}},
		{"403 of a proxy", channeltest.Answer(403, "\n<!DOCTYPE html><p>Blocked"),
			channel.SendError{Reason: "403 Forbidden, with a web page instead of Slack's answer", Rejected: true}},
		{"redirect", channeltest.Answer(302, "", "Location", "/elsewhere"),
			channel.SendError{Reason: "302 Found", Rejected: true}},
		{"an answer that repeats the secret", channeltest.Answer(500, "no route to "+reporttest.SlackPath),
			channel.SendError{Reason: "500 Internal Server Error no route to ***"}},
		{"no answer", channeltest.Hang, channel.SendError{Reason: "no answer in time"}},
		{"an answer that breaks off", channeltest.Dropped,
			channel.SendError{Reason: "the answer broke off: unexpected EOF"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.handler)
			defer server.Close()
			patience := time.Minute
			if c.name == "no answer" {
				patience = 50 * time.Millisecond
			}
			sent, err := slackTo(t, server.URL, patience).Send(t.Context(),
				reporttest.DigestMessage(reporttest.QuietDigest(t)))
			if c.want == (channel.SendError{}) {
				if err != nil || sent != (channel.Sent{Receipt: "200 ok"}) {
					t.Fatalf("sent %+v, error %v", sent, err)
				}
				return
			}
			var got *channel.SendError
			if !errors.As(err, &got) {
				t.Fatalf("error %v is no SendError", err)
			}
			c.want.Channel = "ops"
			if *got != c.want {
				t.Errorf("got  %+v\nwant %+v", *got, c.want)
			}
			reporttest.NoSlackSecret(t, "the error", fmt.Sprintf("%v %+v %#v", err, err, got))
		})
	}
}

func TestSlackRefusedConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	l.Close()
	_, err = slackTo(t, address, time.Minute).Send(t.Context(), reporttest.DigestMessage(reporttest.QuietDigest(t)))
	var got *channel.SendError
	if !errors.As(err, &got) || got.Refused || !strings.Contains(got.Reason, "connection refused") {
		t.Fatalf("got %v", err)
	}
	reporttest.NoSlackSecret(t, "the error", err.Error())
}

func TestSlackSendsBlocks(t *testing.T) {
	var got struct {
		Text   string            `json:"text"`
		Blocks []json.RawMessage `json:"blocks"`
	}
	kind := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind = r.Header.Get("Content-Type")
		if r.URL.Path != reporttest.SlackPath || r.Method != http.MethodPost {
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, "ok")
	}))
	defer server.Close()
	if _, err := slackTo(t, server.URL, time.Minute).Send(t.Context(),
		reporttest.DigestMessage(reporttest.RichDigest(t))); err != nil {
		t.Fatal(err)
	}
	if kind != "application/json; charset=utf-8" || len(got.Blocks) < 5 ||
		!strings.HasPrefix(got.Text, "Vendor status: 1 critical, 2 major, 1 other open now") {
		t.Errorf("content type %q, %d blocks, text %q", kind, len(got.Blocks), got.Text)
	}
}

func TestSlackEndsWithItsContext(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(channeltest.Hang))
	defer server.Close()
	s, err := New("ops", server.URL+reporttest.SlackPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Send(ctx, reporttest.DigestMessage(reporttest.QuietDigest(t)))
	var sendErr *channel.SendError
	if !errors.Is(err, context.Canceled) || errors.As(err, &sendErr) {
		t.Errorf("got %v", err)
	}
	reporttest.NoSlackSecret(t, "the error", err.Error())
}

func TestSlackNeverShowsItsAddress(t *testing.T) {
	c, err := New("ops", "https://hooks.slack.example"+reporttest.SlackPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "channel", c, "inside", *c, "list", []*Channel{c})
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "channel", c, "inside", *c, "list", []*Channel{c})
	encoded, err := json.Marshal(map[string]any{"a": c, "b": *c, "c": []channel.Channel{c}})
	if err != nil {
		t.Fatal(err)
	}
	shown := log.String() + string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown += fmt.Sprintf(verb, c) + fmt.Sprintf(verb, *c) + fmt.Sprintf(verb, []channel.Channel{c}) +
			fmt.Sprintf(verb, struct{ hidden Channel }{*c})
	}
	reporttest.NoSlackSecret(t, "the output", shown)
	if strings.Contains(shown, fmt.Sprintf("%x", "s3cr3t")) {
		t.Error("the secret shows in hexadecimal")
	}
}

func TestNewSlackNamesAWrongAddressWithoutShowingIt(t *testing.T) {
	for _, address := range []string{"", "hooks.slack.com" + reporttest.SlackPath, "ftp://host" + reporttest.SlackPath,
		"https://" + reporttest.SlackPath, "http://host:port" + reporttest.SlackPath, "https://host/%zz" +
			reporttest.SlackPath} {
		_, err := New("ops", address, nil)
		if err == nil {
			if u, _ := url.Parse(address); u != nil && u.Host == "" {
				t.Errorf("%q is taken", address)
			}
			continue
		}
		reporttest.NoSlackSecret(t, "the error", err.Error())
		if !strings.Contains(err.Error(), `channel "ops"`) || !strings.Contains(err.Error(), "write one like") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
