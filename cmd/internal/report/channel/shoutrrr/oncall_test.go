package shoutrrr

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

// onCallTo makes the channel for a server on loopback whose certificate only this test trusts.
func onCallTo(t *testing.T, scheme string, handler http.HandlerFunc) *OnCall {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	transport := http.DefaultTransport.(*http.Transport)
	before := transport.TLSClientConfig
	transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	t.Cleanup(func() { transport.CloseIdleConnections(); transport.TLSClientConfig = before })
	key := reporttest.SecretWord
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
	story := []message.Message{
		reporttest.Alert(message.ReasonFirst, nil),
		reporttest.Alert(message.ReasonWorsened, func(i *message.AlertItem) { i.Was, i.Severity = "major", "critical" }),
		reporttest.Alert(message.ReasonResolved, nil),
		reporttest.Alert(message.ReasonPostmortem, nil),
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
				if scheme == "opsgenie" && r.Header.Get("Authorization") != "GenieKey "+reporttest.SecretWord {
					t.Errorf("authorization %q", r.Header.Get("Authorization"))
				}
				calls = append(calls, call{r.URL.Path, body.Action, cmp.Or(body.DedupKey, body.Alias, r.URL.Query().Get("identifierType")), cmp.Or(body.Payload.Severity, body.Priority)})
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
			_, err := o.Send(t.Context(), message.Message{ID: "vw-9", Reason: message.ReasonDigest, Digest: &message.Digest{}})
			var e *channel.SendError
			if !errors.As(err, &e) || !e.Refused {
				t.Errorf("a digest: %v", err)
			}
			reporttest.NoSecretIn(t, "the channel", o)
		})
	}
	t.Run("refusals", func(t *testing.T) {
		for status, refused := range map[int]bool{403: true, 422: true, 429: false, 500: false} {
			o := onCallTo(t, "opsgenie", channeltest.Answer(status, "no: "+reporttest.SecretWord))
			_, err := o.Send(t.Context(), reporttest.Alert(message.ReasonResolved, nil))
			var e *channel.SendError
			if !errors.As(err, &e) || e.Refused != refused {
				t.Errorf("%d: %v", status, err)
			}
			reporttest.NoSecretIn(t, "the error", err)
		}
	})
}
