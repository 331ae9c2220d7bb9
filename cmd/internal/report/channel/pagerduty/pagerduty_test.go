package pagerduty

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

// service is as much of PagerDuty as its Events API v2 documents: it keeps one alert for each dedup_key.
type service struct {
	*httptest.Server
	t      *testing.T
	alerts map[string]*alert
	log    []string // "trigger KEY", "resolve KEY"
}

type alert struct {
	open   bool
	events []event
}

type event struct {
	RoutingKey string `json:"routing_key"`
	Action     string `json:"event_action"`
	DedupKey   string `json:"dedup_key"`
	Client     string `json:"client"`
	Links      []struct{ Href, Text string }
	Payload    *struct {
		Summary   string
		Source    string
		Severity  string
		Timestamp string
		Component string
		Class     string
		Details   map[string]string `json:"custom_details"`
	}
}

func newService(t *testing.T) *service {
	s := &service{t: t, alerts: map[string]*alert{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var e event
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
		s.t.Error(err)
	}
	if r.Method != http.MethodPost || r.URL.Path != "/v2/enqueue" ||
		!strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		s.t.Errorf("%s %s %s", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
	}
	if problems := e.problems(); len(problems) > 0 {
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]any{"status": "invalid event", "message": "Event object is invalid",
			"errors": problems})
		return
	}
	if s.alerts[e.DedupKey] == nil {
		s.alerts[e.DedupKey] = &alert{}
	}
	a := s.alerts[e.DedupKey]
	a.events, a.open = append(a.events, e), e.Action == "trigger"
	s.log = append(s.log, e.Action+" "+e.DedupKey)
	w.WriteHeader(http.StatusAccepted)
	_ = json.NewEncoder(w).Encode(map[string]string{"status": "success", "message": "Event processed",
		"dedup_key": e.DedupKey})
}

// problems are what the documentation calls invalid
// (https://developer.pagerduty.com/api-reference/368ae3d938c9e-send-an-event-to-pager-duty).
func (e event) problems() (out []string) {
	if len(e.RoutingKey) != 32 {
		out = append(out, "Length of 'routing_key' is incorrect (should be 32 characters)")
	}
	if e.DedupKey == "" || len(e.DedupKey) > 255 {
		out = append(out, "'dedup_key' is missing or longer than 255 characters")
	}
	switch e.Action {
	case "acknowledge", "resolve":
		return out
	case "trigger":
	default:
		return append(out, "'event_action' is not one of trigger, acknowledge, resolve")
	}
	if e.Payload == nil || e.Payload.Summary == "" || e.Payload.Source == "" {
		return append(out, "'payload' lacks summary or source")
	}
	if utf8.RuneCountInString(e.Payload.Summary) > 1024 {
		out = append(out, "'payload.summary' is longer than 1024 characters")
	}
	if !slices.Contains([]string{"critical", "error", "warning", "info"}, e.Payload.Severity) {
		out = append(out, "'payload.severity' is unknown")
	}
	if _, err := time.Parse(time.RFC3339, e.Payload.Timestamp); e.Payload.Timestamp != "" && err != nil {
		out = append(out, "'payload.timestamp' is no time")
	}
	return out
}

func (s *service) channel(key string) *Channel {
	s.t.Helper()
	c, err := New("ops", key, s.URL+"/", channeltest.Client(time.Minute))
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *service) send(m message.Message) {
	s.t.Helper()
	if sent, err := s.channel(routingKey).Send(s.t.Context(), m); err != nil || sent.Receipt == "" {
		s.t.Fatalf("%s: %+v %v", m.Reason, sent, err)
	}
}

// One incident is one alert: triggered, added to, resolved, and not triggered again by what is told afterwards.
func TestOneIncidentIsOneAlert(t *testing.T) {
	s := newService(t)
	s.send(reporttest.Alert(message.ReasonFirst, nil))
	s.send(reporttest.Alert(message.ReasonWorsened, func(i *message.AlertItem) {
		i.Was, i.Severity = "major",
			"critical"
	}))
	s.send(reporttest.Alert(message.ReasonUpdate, nil))
	const key = "vendorwatch-incident-17"
	if a := s.alerts[key]; len(s.alerts) != 1 || a == nil || !a.open {
		t.Fatalf("while it goes on: %+v", s.alerts)
	}
	s.send(reporttest.Alert(message.ReasonResolved, nil))
	s.send(reporttest.Alert(message.ReasonPostmortem, nil))
	if want := []string{"trigger " + key, "trigger " + key, "trigger " + key, "resolve " + key}; !slices.Equal(s.log,
		want) {
		t.Errorf("events\n%v\nwant\n%v", s.log, want)
	}
	if s.alerts[key].open {
		t.Error("the alert is still open")
	}
	if e := s.alerts[key].events[1]; e.Payload.Severity != "critical" {
		t.Errorf("severity %s of what became critical", e.Payload.Severity)
	}
}

func TestAnEventSaysWhatTheAlertIsAbout(t *testing.T) {
	s := newService(t)
	s.send(reporttest.Alert(message.ReasonFirst, nil))
	e := s.alerts["vendorwatch-incident-17"].events[0]
	p := e.Payload
	if p.Summary != "Kustomer: major incident opened: [PLATFORM] Errors & delays" || p.Source != "Kustomer" ||
		p.Severity != "error" ||
		p.Timestamp != "2026-11-13T17:46:00.000Z" || p.Class != "incident" || e.Client != "vendorwatch" ||
		e.RoutingKey != routingKey {
		t.Errorf("%+v %+v", e, *p)
	}
	if len(e.Links) != 4 || e.Links[2].Href != "https://wiki.example.com/runbooks/kustomer" ||
		e.Links[2].Text != "Runbook" {
		t.Errorf("links %+v", e.Links)
	}
	if p.Details["state"] != "investigating" || p.Details["owner"] != "customer-support" ||
		!strings.Contains(p.Details["text"], "Prod2 (EU) › Web Client") {
		t.Errorf("details %+v", p.Details)
	}
	s.send(reporttest.HostileAlert())
}

// Trouble of a page itself has alerts of its own, which end with it.
func TestAPageHasItsOwnAlerts(t *testing.T) {
	s := newService(t)
	s.send(reporttest.SourceMessage(message.ReasonUnreadable, nil))
	s.send(reporttest.SourceMessage(message.ReasonComponent,
		func(a *message.SourceAlert) {
			a.Component, a.DedupKey, a.Open = "API", "vendorwatch-component-12", true
		}))
	s.send(reporttest.SourceMessage(message.ReasonComponent,
		func(a *message.SourceAlert) {
			a.Component, a.DedupKey, a.Open = "API", "vendorwatch-component-12", false
		}))
	if s.alerts["vendorwatch-component-12"].open || !s.alerts["vendorwatch-source-3"].open {
		t.Errorf("after the component is well: %v", s.log)
	}
	s.send(reporttest.SourceMessage(message.ReasonReadable, nil))
	if s.alerts["vendorwatch-source-3"].open {
		t.Errorf("after the page can be read again: %v", s.log)
	}
}

func TestAWrongKeyIsARefusalThatSaysSo(t *testing.T) {
	s := newService(t)
	_, err := s.channel(reporttest.SecretWord).Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
	var e *channel.SendError
	if !errors.As(err, &e) || e.Refused || !e.Rejected || !strings.Contains(e.Reason, "should be 32 characters") {
		t.Errorf("%v", err)
	}
	reporttest.NoSecretIn(t, "the error", err)
}

func TestSeverities(t *testing.T) {
	s := newService(t)
	for severity, want := range map[string]string{"critical": "critical", "major": "error", "minor": "warning",
		"unknown": "warning", "none": "info"} {
		s.send(reporttest.Alert(message.ReasonFirst, func(i *message.AlertItem) {
			i.Severity, i.DedupKey = severity,
				"k-"+severity
		}))
		if got := s.alerts["k-"+severity].events[0].Payload.Severity; got != want {
			t.Errorf("%s is %s, want %s", severity, got, want)
		}
	}
}

func TestThePreviewHidesTheKey(t *testing.T) {
	forms, err := Kind().Preview(reporttest.Alert(message.ReasonFirst, nil), channel.Values{})
	if err != nil || len(forms) != 1 || forms[0].Form != "json" ||
		!strings.Contains(forms[0].Text, `"routing_key": "***"`) ||
		!strings.Contains(forms[0].Text, `"dedup_key": "vendorwatch-incident-17"`) {
		t.Errorf("%v %v", fmt.Sprint(forms), err)
	}
}
