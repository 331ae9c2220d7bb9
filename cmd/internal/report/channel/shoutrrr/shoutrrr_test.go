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
