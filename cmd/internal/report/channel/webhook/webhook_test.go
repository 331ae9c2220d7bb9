package webhook

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

// atAddress makes the channel for a receiver at an address.
func atAddress(t *testing.T, address string) channel.Channel {
	t.Helper()
	c, err := Kind().New("ops", values(address), channel.Environment{Client: channeltest.Client(time.Minute)})
	return channeltest.Must(t, c, err)
}

func TestWebhookCarriesIDAndSignature(t *testing.T) {
	var header http.Header
	var path string
	r := channeltest.Serve(atAddress)(t, func(w http.ResponseWriter, r *http.Request) {
		header, path = r.Header,
			r.URL.String()
	})
	sent, err := r.Channel.Send(t.Context(), reporttest.Alert(message.ReasonWorsened,
		func(i *message.AlertItem) { i.Was, i.Severity = "minor", "critical" }))
	if err != nil || sent.Receipt != "200 OK" || sent.Thread != "" {
		t.Fatalf("%+v %v", sent, err)
	}
	body := r.Received()[0]
	if path != "/"+reporttest.SecretWord+"?token="+reporttest.SecretWord || header.Get("Authorization") != "Bearer "+
		reporttest.SecretWord || header.Get("X-Vendorwatch-Delivery") != "vw-5" ||
		header.Get("X-Vendorwatch-Reason") != "worsened" || !strings.HasPrefix(header.Get("Content-Type"),
		"application/json") {
		t.Errorf("posted to %s with %v", path, header)
	}
	if want := Sign(reporttest.SecretWord, header.Get("X-Vendorwatch-Timestamp"),
		[]byte(body)); header.Get("X-Vendorwatch-Signature") != want {
		t.Errorf("signature %s, want %s", header.Get("X-Vendorwatch-Signature"), want)
	}
	var e message.Envelope
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatal(err)
	}
	if e.Version != 1 || e.ID != "vw-5" || e.Reason != message.ReasonWorsened || len(e.Items) != 1 ||
		e.Items[0].IncidentID != 17 || !e.Items[0].Open ||
		e.Subject != "Kustomer: minor → critical (worse): [PLATFORM] Errors & delays" {
		t.Errorf("posted %s", body)
	}
}

// The value is that of: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key
func TestSign(t *testing.T) {
	if got := Sign("key", "1700000000",
		[]byte(`{"a":1}`)); got != "sha256=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03" {
		t.Error(got)
	}
}
