package report

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
)

// key is the secret part of the webhooks of these tests.
const key = "/services/T00000000/B00000000/s3cr3tS3cr3tS3cr3t"

func slackTo(t *testing.T, address string, patience time.Duration) *Slack {
	t.Helper()
	s, err := NewSlack("ops", address+key, &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// digestMessage is the message of a digest.
func digestMessage(d Digest) Message {
	return Message{ID: "vw-7", Reason: ReasonDigest, At: d.UntilAt, EventIDs: d.EventIDs, Digest: &d}
}

func noSecret(t *testing.T, where, text string) {
	t.Helper()
	for _, part := range []string{"s3cr3t", "T00000000", "B00000000"} {
		if strings.Contains(text, part) {
			t.Errorf("%s shows the secret: %s", where, text)
		}
	}
}

// hang accepts a request and never answers it.
func hang(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for n := 0; n+1 < len(headers); n += 2 {
			w.Header().Set(headers[n], headers[n+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// dropped cuts the connection in the middle of the answer.
func dropped(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Length", "2")
	_, _ = io.WriteString(w, "o")
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func TestSlackAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		want    SendError // the zero value stands for success
	}{
		{"ok", answer(200, "ok"), SendError{}},
		{"200 with an error", answer(200, "rollup_error"), SendError{Reason: `200 OK, but it says "rollup_error"`}},
		{"200 without a word", answer(200, ""), SendError{Reason: `200 OK, but it says ""`}},
		{"200 with a login page", answer(200, "<html>Log in"), SendError{Reason: `200 OK, but it says "<html>Log in"`}},
		{"200 with a refusal", answer(200, "invalid_payload"), SendError{Reason: `200 OK, but it says "invalid_payload"`, MaxTries: triesOfContradiction}},
		{"429 with Retry-After", answer(429, "", "Retry-After", "30"), SendError{Reason: "429 Too Many Requests", RetryAfter: 30 * time.Second}},
		{"429 without", answer(429, "rate_limited"), SendError{Reason: "429 Too Many Requests rate_limited"}},
		{"429 with nonsense", answer(429, "", "Retry-After", "soon"), SendError{Reason: "429 Too Many Requests"}},
		{"429 with a negative time", answer(429, "", "Retry-After", "-5"), SendError{Reason: "429 Too Many Requests"}},
		{"500", answer(500, "rollup_error"), SendError{Reason: "500 Internal Server Error rollup_error"}},
		{"503 with Retry-After", answer(503, "", "Retry-After", "5"), SendError{Reason: "503 Service Unavailable", RetryAfter: 5 * time.Second}},
		{"400", answer(400, "invalid_payload"), SendError{Reason: "400 Bad Request invalid_payload", Refused: true}},
		{"403", answer(403, "action_prohibited"), SendError{Reason: "403 Forbidden action_prohibited", Refused: true}},
		{"404", answer(404, "no_service"), SendError{Reason: "404 Not Found no_service", Refused: true}},
		{"410", answer(410, "channel_is_archived"), SendError{Reason: "410 Gone channel_is_archived", Refused: true}},
		{"403 of a proxy", answer(403, "\n<!DOCTYPE html><p>Blocked"), SendError{Reason: "403 Forbidden, with a web page in place of Slack's answer"}},
		{"redirect", answer(302, "", "Location", "/elsewhere"), SendError{Reason: "302 Found"}},
		{"an answer that repeats the secret", answer(500, "no route to "+key), SendError{Reason: "500 Internal Server Error no route to ***"}},
		{"no answer", hang, SendError{Reason: "no answer in time"}},
		{"an answer that breaks off", dropped, SendError{Reason: "the answer broke off: unexpected EOF"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.handler)
			defer server.Close()
			patience := time.Minute
			if c.name == "no answer" {
				patience = 50 * time.Millisecond
			}
			sent, err := slackTo(t, server.URL, patience).Send(t.Context(), digestMessage(quietDigest(t)))
			if c.want == (SendError{}) {
				if err != nil || sent != (Sent{Receipt: "200 ok"}) {
					t.Fatalf("sent %+v, error %v", sent, err)
				}
				return
			}
			var got *SendError
			if !errors.As(err, &got) {
				t.Fatalf("error %v is no SendError", err)
			}
			c.want.Channel = "ops"
			if *got != c.want {
				t.Errorf("got  %+v\nwant %+v", *got, c.want)
			}
			noSecret(t, "the error", fmt.Sprintf("%v %+v %#v", err, err, got))
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
	_, err = slackTo(t, address, time.Minute).Send(t.Context(), digestMessage(quietDigest(t)))
	var got *SendError
	if !errors.As(err, &got) || got.Refused || !strings.Contains(got.Reason, "connection refused") {
		t.Fatalf("got %v", err)
	}
	noSecret(t, "the error", err.Error())
}

func TestSlackSendsBlocks(t *testing.T) {
	var got struct {
		Text   string            `json:"text"`
		Blocks []json.RawMessage `json:"blocks"`
	}
	kind := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind = r.Header.Get("Content-Type")
		if r.URL.Path != key || r.Method != http.MethodPost {
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, "ok")
	}))
	defer server.Close()
	if _, err := slackTo(t, server.URL, time.Minute).Send(t.Context(), digestMessage(richDigest(t))); err != nil {
		t.Fatal(err)
	}
	if kind != "application/json; charset=utf-8" || len(got.Blocks) < 5 || !strings.HasPrefix(got.Text, "Vendor status: 3 new incidents") {
		t.Errorf("content type %q, %d blocks, text %q", kind, len(got.Blocks), got.Text)
	}
}

func TestSlackEndsWithItsContext(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(hang))
	defer server.Close()
	s, err := NewSlack("ops", server.URL+key, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Send(ctx, digestMessage(quietDigest(t)))
	var sendErr *SendError
	if !errors.Is(err, context.Canceled) || errors.As(err, &sendErr) {
		t.Errorf("got %v", err)
	}
	noSecret(t, "the error", err.Error())
}

func TestSlackNeverShowsItsAddress(t *testing.T) {
	channel, err := NewSlack("ops", "https://hooks.slack.example"+key, nil)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "channel", channel, "inside", *channel, "list", []*Slack{channel})
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "channel", channel, "inside", *channel, "list", []*Slack{channel})
	encoded, err := json.Marshal(map[string]any{"a": channel, "b": *channel, "c": []Channel{channel}})
	if err != nil {
		t.Fatal(err)
	}
	shown := log.String() + string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown += fmt.Sprintf(verb, channel) + fmt.Sprintf(verb, *channel) + fmt.Sprintf(verb, []Channel{channel}) + fmt.Sprintf(verb, struct{ hidden Slack }{*channel})
	}
	noSecret(t, "the output", shown)
	if strings.Contains(shown, fmt.Sprintf("%x", "s3cr3t")) {
		t.Error("the secret shows in hexadecimal")
	}
}

func TestNewSlackNamesAWrongAddressWithoutShowingIt(t *testing.T) {
	for _, address := range []string{"", "hooks.slack.com" + key, "ftp://host" + key, "https://" + key, "http://host:port" + key, "https://host/%zz" + key} {
		_, err := NewSlack("ops", address, nil)
		if err == nil {
			if u, _ := url.Parse(address); u != nil && u.Host == "" {
				t.Errorf("%q is taken", address)
			}
			continue
		}
		noSecret(t, "the error", err.Error())
		if !strings.Contains(err.Error(), `channel "ops"`) || !strings.Contains(err.Error(), "write one like") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2025, 11, 24, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		header string
		want   time.Duration
	}{
		{"", 0}, {"30", 30 * time.Second}, {" 1 ", time.Second}, {"-1", 0}, {"1e9", 0}, {"99999999", 24 * time.Hour},
		{"Mon, 24 Nov 2025 08:00:20 GMT", 20 * time.Second}, {"Mon, 24 Nov 2025 07:00:00 GMT", 0},
	} {
		if got := retryAfter(c.header, now); got != c.want {
			t.Errorf("retryAfter(%q) = %v, want %v", c.header, got, c.want)
		}
	}
}
