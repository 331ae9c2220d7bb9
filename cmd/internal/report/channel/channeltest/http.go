// Package channeltest tries what every channel must hold. For tests only.
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

// Dropped cuts the connection in the middle of the answer.
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

// Serve makes rigs of channels that speak HTTP: the channel is made for the address of a server with this handler.
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

// Patient waits as long as the slowest machine needs, except where nothing comes.
func Patient(t *testing.T) *http.Client {
	if strings.HasSuffix(t.Name(), "/no_answer") {
		return Client(300 * time.Millisecond)
	}
	return Client(time.Minute)
}

func Client(d time.Duration) *http.Client {
	return &http.Client{Timeout: d, Transport: &http.Transport{DisableKeepAlives: true}}
}

// HTTPRow is what the battery asks of a channel that speaks HTTP.
type HTTPRow struct {
	Make        func(t *testing.T, address string) channel.Channel // for the address of a server on loopback
	Success     string                                             // what the receiver says
	Limit       int                                                // runes of the longest message
	StatusTells bool                                               // a refusal is told apart by its status
	Follows     bool                                               // redirects are followed, without what the channel logs in with
	MarksUp     bool                                               // the receiver knows mentions in angle brackets only
	Plain       bool                                               // the receiver knows no mentions at all
	TextOf      func(t *testing.T, body string) string             // what people read of a body; nil means all of it
}

// HTTP holds that, whatever a receiver does, a channel says whether to try again, and keeps its secret.
func HTTP(t *testing.T, c HTTPRow) {
	leak := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(500)
		_, _ = fmt.Fprintf(w, "no route to %s with %s", r.URL, r.Header.Get("Authorization"))
	}
	for what, b := range map[string]struct {
		handler http.HandlerFunc
		refused bool
		after   time.Duration
	}{
		"429 with Retry-After":               {Answer(429, "slow down", "Retry-After", "30"), false, 30 * time.Second},
		"429 without":                        {Answer(429, "slow down"), false, 0},
		"500":                                {Answer(500, "oops"), false, 0},
		"503":                                {Answer(503, "", "Retry-After", "7"), false, 7 * time.Second},
		"404":                                {Answer(404, "no such hook"), true, 0},
		"403":                                {Answer(403, "no"), true, 0},
		"400":                                {Answer(400, "bad"), true, 0},
		"no answer":                          {Hang, false, 0},
		"an answer that breaks off":          {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false, 0},
		"an answer that repeats the secrets": {leak, false, 0},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			rig := Serve(c.Make)(t, b.handler)
			_, err := rig.Channel.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
			var e *channel.SendError
			if !errors.As(err, &e) {
				t.Fatalf("error %v is no SendError", err)
			}
			reporttest.NoSecretIn(t, "the error", err, e, rig.Channel)
			if c.StatusTells && e.Refused != b.refused {
				t.Errorf("refused for good: %v, want %v (%s)", e.Refused, b.refused, e.Reason)
			}
			if c.StatusTells && e.RetryAfter != b.after {
				t.Errorf("asked to wait %s, want %s", e.RetryAfter, b.after)
			}
			if !c.StatusTells && e.MaxTries == 0 && !e.Refused {
				t.Error("a refusal that cannot be told from a failure is retried without limit")
			}
		})
	}
	t.Run("redirect", func(t *testing.T) {
		var followed bool
		var credentials string
		elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			followed, credentials = true, r.Header.Get("Authorization")
		}))
		defer elsewhere.Close()
		rig := Serve(c.Make)(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1), http.StatusTemporaryRedirect)
		})
		if c.Follows {
			_, _ = rig.Channel.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
			if !followed || credentials != "" {
				t.Errorf("followed %v, and the credentials %q went to another host", followed, credentials)
			}
			return
		}
		if _, err := rig.Channel.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil)); err == nil {
			t.Error("a redirect counts as a success")
		}
		if followed {
			t.Error("the redirect was followed, and the secret with it")
		}
	})
	t.Run("stopped", func(t *testing.T) {
		rig := Serve(c.Make)(t, Hang)
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
		_, err = c.Make(t, address).Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
		var e *channel.SendError
		if !errors.As(err, &e) || e.Refused || !strings.Contains(e.Reason, "refused") {
			t.Errorf("error %v", err)
		}
		reporttest.NoSecretIn(t, "the error", err)
	})
	t.Run("hostile text", func(t *testing.T) {
		rig := Serve(c.Make)(t, Answer(200, c.Success))
		if _, err := rig.Channel.Send(t.Context(), reporttest.HostileAlert()); err != nil {
			t.Fatal(err)
		}
		got := rig.Received()
		if len(got) != 1 || !utf8.ValidString(got[0]) || utf8.RuneCountInString(got[0]) > c.Limit+2000 {
			t.Fatalf("%d messages, of %d runes", len(got), utf8.RuneCountInString(strings.Join(got, "")))
		}
		text := got[0]
		if c.TextOf != nil {
			text = c.TextOf(t, text)
		}
		bad := []string{"\x1b", "\u202e", "javascript:"}
		if !c.Plain {
			bad = append(bad, "<!channel>", "<!here")
			if !c.MarksUp {
				bad = append(bad, "@everyone", "](https")
			}
		}
		for _, b := range bad {
			if strings.Contains(text, b) {
				t.Errorf("the message holds %q", b)
			}
		}
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
