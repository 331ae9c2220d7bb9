// Package channeltest checks what must be true of every channel. It is for tests only.
package channeltest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

// Hang accepts a request and never answers it.
func Hang(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// Answer answers every request alike. The headers are names and values in turn.
func Answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for n := 0; n+1 < len(headers); n += 2 {
			w.Header().Set(headers[n], headers[n+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Dropped drops the connection in the middle of the answer.
func Dropped(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Length", "2")
	_, _ = io.WriteString(w, "o")
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// Rig is a channel with its receiver.
type Rig struct {
	Channel  channel.Channel
	Received func() []string // what arrived, as sent
}

// Serve returns a function that starts a server with a handler, and makes a channel for its address.
func Serve(make func(t *testing.T, address string) channel.Channel) func(*testing.T, http.HandlerFunc) Rig {
	return func(t *testing.T, handler http.HandlerFunc) Rig {
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
		return Rig{make(t, server.URL), func() []string {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(got)
		}}
	}
}

// Patient is a client that waits long enough for a slow machine, except in the subtest "no answer".
func Patient(t *testing.T) *http.Client {
	if strings.HasSuffix(t.Name(), "/no_answer") {
		return Client(300 * time.Millisecond)
	}
	return Client(time.Minute)
}

// Client is a client that waits for d, and keeps no connection.
func Client(d time.Duration) *http.Client {
	return &http.Client{Timeout: d, Transport: &http.Transport{DisableKeepAlives: true}}
}

// HTTP describes the receiver of a channel that speaks HTTP.
type HTTP struct {
	Success     string // what it answers, with 200
	Limit       int    // runes of the longest message that it takes
	StatusTells bool   // the status tells a refusal from a failure

	// Make makes the channel for a receiver at an address on loopback; nil means that Row.Values do.
	Make func(t *testing.T, address string) channel.Channel
}

// answers checks that the channel says whether to retry, and shows no secret, whatever the receiver answers.
func answers(t *testing.T, r Row) {
	c := *r.HTTP
	make := func(t *testing.T, address string) channel.Channel { return r.channel(t, address) }
	if c.Make != nil {
		make = c.Make
	}
	leak := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(500)
		_, _ = fmt.Fprintf(w, "no route to %s with %s", r.URL, r.Header.Get("Authorization"))
	}
	for what, b := range map[string]struct {
		handler  http.HandlerFunc
		refused  bool
		rejected bool
		after    time.Duration
	}{
		"429 with Retry-After": {Answer(429, "slow down", "Retry-After", "30"), false, false, 30 * time.Second},
		"429 without":          {Answer(429, "slow down"), false, false, 0},
		"500":                  {Answer(500, "oops"), false, false, 0},
		"503":                  {Answer(503, "", "Retry-After", "7"), false, false, 7 * time.Second},
		"401":                  {Answer(401, "who are you"), false, true, 0},
		"403":                  {Answer(403, "no"), false, true, 0},
		"404":                  {Answer(404, "no such hook"), false, true, 0},
		"410":                  {Answer(410, "gone"), false, true, 0},
		"400":                  {Answer(400, "bad"), true, false, 0},
		"413":                  {Answer(413, "too long"), true, false, 0},
		"no answer":            {Hang, false, false, 0},
		"an answer that breaks off": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			false, false, 0},
		"an answer that repeats the secrets": {leak, false, false, 0},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			rig := Serve(make)(t, b.handler)
			_, err := rig.Channel.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
			var e *channel.SendError
			if !errors.As(err, &e) {
				t.Fatalf("error %v is no SendError", err)
			}
			reporttest.NoSecretIn(t, "the error", err, e, rig.Channel)
			if c.StatusTells && (e.Refused != b.refused || e.Rejected != b.rejected) {
				t.Errorf("refused for good: %v, want %v; may be mended: %v, want %v (%s)", e.Refused, b.refused,
					e.Rejected, b.rejected, e.Reason)
			}
			if c.StatusTells && e.RetryAfter != b.after {
				t.Errorf("asked to wait %s, want %s", e.RetryAfter, b.after)
			}
			if e.Refused && e.Rejected {
				t.Error("it is refused for good and may be mended")
			}
			if !c.StatusTells && b.rejected && !e.Rejected {
				t.Errorf("it may be mended, and is tried for as long as a receiver that is down: %s", e.Reason)
			}
		})
	}
	t.Run("redirect", func(t *testing.T) {
		var followed bool
		elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
		defer elsewhere.Close()
		rig := Serve(make)(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1),
				http.StatusTemporaryRedirect)
		})
		if _, err := rig.Channel.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil)); err == nil {
			t.Error("a redirect counts as a success")
		}
		if followed {
			t.Error("the redirect was followed, and the secret with it")
		}
	})
	t.Run("stopped", func(t *testing.T) {
		rig := Serve(make)(t, Hang)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := rig.Channel.Send(ctx, reporttest.Alert(message.ReasonFirst, nil))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v of a channel that was told to stop", err)
		}
		reporttest.NoSecretIn(t, "the error", err)
	})
	t.Run("nobody listens", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := "http://" + l.Addr().String()
		l.Close()
		_, err = make(t, address).Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
		var e *channel.SendError
		if !errors.As(err, &e) || e.Refused || !strings.Contains(e.Reason, "refused") {
			t.Errorf("error %v", err)
		}
		reporttest.NoSecretIn(t, "the error", err)
	})
	t.Run("hostile text", func(t *testing.T) {
		rig := Serve(make)(t, Answer(200, c.Success))
		if _, err := rig.Channel.Send(t.Context(), reporttest.HostileAlert()); err != nil {
			t.Fatal(err)
		}
		got := rig.Received()
		if len(got) != 1 || !utf8.ValidString(got[0]) || utf8.RuneCountInString(got[0]) > c.Limit+2000 {
			t.Fatalf("%d messages, of %d runes", len(got), utf8.RuneCountInString(strings.Join(got, "")))
		}
		r.harmless(t, got[0])
	})
}

// Must returns the channel, and ends the test if there was an error.
func Must[C channel.Channel](t *testing.T, c C, err error) channel.Channel {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
