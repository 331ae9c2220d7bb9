package trial

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/pagerduty"
	"vendorwatch/cmd/internal/report/channel/slack"
	"vendorwatch/cmd/internal/report/channel/webhook"
	"vendorwatch/cmd/internal/report/message/examples"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/secret"
)

// Each kind of message arrives once, and says that it is an example.
func TestEachKindArrivesLabelled(t *testing.T) {
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	post, err := webhook.Kind().New("ops", channel.Values{"url": secret.New(server.URL)}, channel.Environment{})
	if err != nil {
		t.Fatal(err)
	}
	out := Send(t.Context(), post, false, time.Now())
	for n, o := range out {
		if o.Err != nil || o.Receipt == "" || o.Reason != reasons[n] || !strings.Contains(bodies[n],
			strings.TrimSpace(examples.Label)) {
			t.Errorf("%s: %v\n%s", o.Reason, o.Err, bodies[n])
		}
	}
	if len(out) != len(reasons) || len(bodies) != len(reasons) {
		t.Errorf("%d outcomes, %d messages", len(out), len(bodies))
	}
	if !strings.Contains(bodies[len(bodies)-1], `"review":{"vendors":2`) {
		t.Errorf("the last one is no review: %s", bodies[len(bodies)-1])
	}
	if incident := `"incident_id":1`; strings.Contains(bodies[0], incident) {
		t.Errorf("an example has the number of an incident on record: %s", bodies[0])
	}
	bodies = nil
	page, err := pagerduty.New("pager", strings.Repeat("k", 32), server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	Send(t.Context(), page, true, time.Now())
	opened, closed := 0, 0
	for _, body := range bodies {
		opened += strings.Count(body, `"event_action":"trigger"`)
		closed += strings.Count(body, `"event_action":"resolve"`)
	}
	if opened == 0 || closed != 2 || !strings.Contains(bodies[len(bodies)-1], `"resolve"`) {
		t.Errorf("%d opened, %d closed: %q", opened, closed, bodies)
	}
}

// What a receiver answers is said with what to do about it, and without the secret; the rest is not tried.
func TestAnAnswerComesWithHelp(t *testing.T) {
	for _, c := range []struct {
		status     int
		body, help string
	}{
		{404, "no_service", "this webhook was deleted; make a new one"},
		{410, "channel_is_archived", "archived"},
		{403, "action_prohibited", "administrator"},
		{404, "<html>", "a proxy or a login page"},
		{400, "invalid_blocks", "does not understand"},
		{429, "", "some minutes"},
		{503, "", "trouble of its own"},
	} {
		tries := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			tries++
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}))
		ch, err := slack.New("team", server.URL+reporttest.SlackPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		out := Send(t.Context(), ch, false, time.Now())
		server.Close()
		if len(out) != 1 || tries != 1 || out[0].Err == nil || !strings.Contains(out[0].Help, c.help) {
			t.Errorf("%d %s: %+v after %d tries", c.status, c.body, out, tries)
			continue
		}
		reporttest.NoSlackSecret(t, "the error", out[0].Err.Error())
		if c.status != 404 {
			continue
		}
		out = Send(t.Context(), ch, false, time.Now())
		if !slices.ContainsFunc(out, func(o Outcome) bool { return strings.Contains(o.Help, "nothing listens") }) {
			t.Errorf("a receiver that is gone: %+v", out)
		}
	}
}
