package shoutrrr

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

func TestShoutrrrLimits(t *testing.T) {
	for _, limit := range []int{1000, serviceLimit} {
		text := channel.ChatText(reporttest.HostileAlert(), limit)
		if n := utf8.RuneCountInString(text); n > limit {
			t.Errorf("%d runes, want %d at the most", n, limit)
		}
	}
	d := message.Digest{Headline: "300 new"}
	for n := range 300 {
		i := reporttest.Alert(message.ReasonFirst, nil).Items[0].Item
		i.IncidentID, i.Title = int64(n+1), fmt.Sprintf("Trouble No%d.", n)
		d.New = append(d.New, i)
	}
	all := ""
	for _, text := range channel.ChatTexts(message.Message{Reason: message.ReasonDigest, Digest: &d}, 1900) {
		if n := utf8.RuneCountInString(text); n > 1900 || strings.TrimSpace(text) == "" {
			t.Errorf("%d runes, want 1900 at the most", n)
		}
		all += text + "\n"
	}
	for n := range 300 {
		if c := strings.Count(all, fmt.Sprintf("No%d.", n)); c != 1 {
			t.Errorf("incident %d is named %d times", n, c)
		}
	}
}

func TestShoutrrrAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"":                                     "shoutrrr cannot read the address",
		"nosuch://" + reporttest.SecretWord:    `the service "nosuch" cannot be used`,
		"discord://" + reporttest.SecretWord:   `the service "discord" cannot be used`,
		"pagerduty://" + reporttest.SecretWord: `the service "pagerduty" cannot be used`,
	} {
		_, err := New("ops", address, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", address, err)
			continue
		}
		reporttest.NoSecretIn(t, "the error", err)
	}
}

// Services whose client is the library's follow redirects, and never to another host inside.
func TestRedirectsOfTheLibraryNeverLeadInside(t *testing.T) {
	var asked atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(inside.Close)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.Replace(inside.URL, "127.0.0.1", "localhost", 1), http.StatusTemporaryRedirect)
	}))
	t.Cleanup(receiver.Close)
	address := strings.Replace(receiver.URL, "http://", "generic://", 1) + "?disabletls=yes"
	c, err := New("ops", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil)); err == nil {
		t.Error("a redirect inside counts as a success")
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the server inside was asked %d times", n)
	}
}

// through counts what is sent through it, and answers that all is well.
type through struct {
	asked      atomic.Int32
	unverified *through // what is sent without looking at certificates
}

func (t *through) RoundTrip(r *http.Request) (*http.Response, error) {
	t.asked.Add(1)
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Body: http.NoBody, Header: http.Header{},
		Request: r}, nil
}

func (t *through) Unverified() http.RoundTripper { return t.unverified }

// Whichever client a service makes for itself, what it sends goes through the given one, which checks where that leads.
func TestEveryServiceSendsThroughTheGivenClient(t *testing.T) {
	// A port that nobody listens at: what goes another way fails.
	const host = "127.0.0.1:9"
	for address, unverified := range map[string]bool{
		"generic://" + host + "/path?disabletls=yes":                                    false,
		"gotify://" + host + "/AbcDefGhiJklMno":                                         false,
		"gotify://" + host + "/AbcDefGhiJklMno?disabletls=no":                           false,
		"gotify://" + host + "/AbcDefGhiJklMno?insecureskipverify=yes":                  true,
		"mattermost://" + host + "/abcdefghijklmnopqrstuvwxyz":                          false,
		"mattermost://" + host + "/abcdefghijklmnopqrstuvwxyz?disabletls=yes":           false,
		"ntfy://" + host + "/topic":                                                     false,
		"ntfy://" + host + "/topic?disabletlsverification=no":                           false,
		"ntfy://" + host + "/topic?disabletlsverification=yes":                          true,
		"rocketchat://" + host + "/tokenA/tokenB":                                       false,
		"discord://abcdefghijklmnopqrstuvwxyz@123456789":                                false,
		"pushover://:abcdefghijklmnopqrstuvwxyzabcd@abcdefghijklmnopqrstuvwxyzabcd/":    false,
		"signal://" + host + "/+12025550123/+12025550124?disabletls=yes":                false,
		"googlechat://chat.googleapis.com/v1/spaces/FOO/messages?key=bar&token=baz":     false,
		"telegram://123456789:abcdefghijklmnopqrstuvwxyz_123456789@telegram?chats=1234": false,
	} {
		t.Run(address, func(t *testing.T) {
			given := &through{unverified: &through{}}
			c, err := New("ops", address, &http.Client{Transport: given})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { library.checked.Store(nil) })
			// The answer is not every service's own.
			_, _ = c.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
			want := given
			if unverified {
				want = given.unverified
			}
			if all := given.asked.Load() + given.unverified.asked.Load(); want.asked.Load() == 0 ||
				want.asked.Load() != all {
				t.Errorf("%d requests went through the given client, %d of them as wanted", all, want.asked.Load())
			}
		})
	}
}
