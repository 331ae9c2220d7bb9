package opsgenie

import (
	"encoding/json"
	"errors"
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

// service is as much of Opsgenie as its Alert API documents: one open alert for each alias, which counts how often
// it was created, and takes over no other field of a second creation.
type service struct {
	*httptest.Server
	t      *testing.T
	alerts map[string]*alert
	log    []string // "POST /v2/alerts"
}

type alert struct {
	newAlert
	open  bool
	count int
	notes []string
}

func newService(t *testing.T) *service {
	s := &service{t: t, alerts: map[string]*alert{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.log = append(s.log, r.Method+" "+r.URL.Path)
	if r.Header.Get("Authorization") != "GenieKey "+reporttest.SecretWord {
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(map[string]any{"message": "Could not authenticate", "took": 0.1,
			"requestId": "1"})
		return
	}
	var problem string
	if path, ok := strings.CutPrefix(r.URL.Path, "/v2/alerts/"); ok {
		alias, action, _ := strings.Cut(path, "/")
		problem = s.act(r, alias, action)
	} else {
		problem = s.create(r)
	}
	if problem != "" {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(map[string]any{"message": problem, "took": 0.1, "requestId": "1"})
		return
	}
	w.WriteHeader(http.StatusAccepted)
	_ = json.NewEncoder(w).Encode(map[string]any{"result": "Request will be processed", "took": 0.1, "requestId": "1"})
}

// create answers as https://docs.opsgenie.com/docs/alert-api#create-alert says.
func (s *service) create(r *http.Request) (problem string) {
	var a newAlert
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		s.t.Error(err)
	}
	details := 0
	for name, value := range a.Details {
		details += utf8.RuneCountInString(name + value)
	}
	switch {
	case r.Method != http.MethodPost || r.URL.RawQuery != "":
		return "not the request that creates an alert"
	case a.Message == "" || utf8.RuneCountInString(a.Message) > 130:
		return "message is missing or too long"
	case a.Alias == "" || utf8.RuneCountInString(a.Alias) > 512:
		return "alias is missing or too long"
	case utf8.RuneCountInString(a.Description) > 15000, utf8.RuneCountInString(a.Entity) > 512, details > 8000:
		return "description, entity or details are too long"
	case !slices.Contains([]string{"P1", "P2", "P3", "P4", "P5"}, a.Priority):
		return "priority is unknown"
	case len(a.Tags) > 20 || slices.ContainsFunc(a.Tags, func(tag string) bool {
		return tag == "" ||
			utf8.RuneCountInString(tag) > 50
	}):
		return "tags are too many or too long"
	}
	if known := s.alerts[a.Alias]; known != nil && known.open {
		known.count++
	} else {
		s.alerts[a.Alias] = &alert{newAlert: a, open: true, count: 1}
	}
	return ""
}

// act answers requests on one alert. What is asked of one that is not open is accepted, and does nothing.
func (s *service) act(r *http.Request, alias, action string) (problem string) {
	var body struct{ Note, Source, Priority string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		s.t.Error(err)
	}
	if r.URL.Query().Get("identifierType") != "alias" {
		return "the alert is not named by its alias"
	}
	a := s.alerts[alias]
	if a == nil || !a.open {
		return ""
	}
	switch r.Method + " " + action {
	case "POST notes":
		a.notes = append(a.notes, body.Note)
	case "PUT priority":
		a.Priority = body.Priority
	case "POST close":
		a.open = false
	default:
		return "no such action"
	}
	return ""
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
	if sent, err := s.channel(reporttest.SecretWord).Send(s.t.Context(), m); err != nil || sent.Receipt == "" {
		s.t.Fatalf("%s: %+v %v", m.Reason, sent, err)
	}
}

// One incident is one alert: opened, added to, closed, and not opened again by what is told afterwards.
func TestOneIncidentIsOneAlert(t *testing.T) {
	s := newService(t)
	s.send(reporttest.Alert(message.ReasonFirst, nil))
	const alias = "vendorwatch-incident-17"
	if a := s.alerts[alias]; a == nil || !a.open || a.Priority != "P2" {
		t.Fatalf("opened: %+v", a)
	}
	s.send(reporttest.Alert(message.ReasonWorsened, func(i *message.AlertItem) {
		i.Was, i.Severity = "major",
			"critical"
	}))
	s.send(reporttest.Alert(message.ReasonUpdate, nil))
	s.send(reporttest.Alert(message.ReasonResolved, nil))
	s.send(reporttest.Alert(message.ReasonPostmortem, nil))
	a := s.alerts[alias]
	if a.open || a.count != 2 || a.Priority != "P1" || len(a.notes) != 2 ||
		!strings.HasPrefix(a.notes[0], "Kustomer: major → critical (worse)") {
		t.Errorf("at the end: %+v", a)
	}
	want := []string{
		"POST /v2/alerts",
		"POST /v2/alerts", "PUT /v2/alerts/" + alias + "/priority", "POST /v2/alerts/" + alias + "/notes",
		"POST /v2/alerts/" + alias + "/notes",
		"POST /v2/alerts/" + alias + "/close",
	}
	if !slices.Equal(s.log, want) {
		t.Errorf("requests\n%s\nwant\n%s", strings.Join(s.log, "\n"), strings.Join(want, "\n"))
	}
}

func TestWhatFallsIsOfLessPriority(t *testing.T) {
	s := newService(t)
	s.send(reporttest.Alert(message.ReasonFirst, nil))
	s.send(reporttest.Alert(message.ReasonChanged, func(i *message.AlertItem) { i.Severity = "minor" }))
	if a := s.alerts["vendorwatch-incident-17"]; a.Priority != "P3" || a.count != 1 || len(a.notes) != 1 {
		t.Errorf("%+v", a)
	}
}

func TestAnAlertSaysWhatItIsAbout(t *testing.T) {
	s := newService(t)
	s.send(reporttest.Alert(message.ReasonFirst, nil))
	a := s.alerts["vendorwatch-incident-17"]
	if a.Message != "Kustomer: major incident opened: [PLATFORM] Errors & delays" || a.Entity != "Kustomer" ||
		a.Source != "vendorwatch" ||
		!slices.Equal(a.Tags, []string{"kustomer", "incident", "major"}) || a.Details["incident_id"] != "17" {
		t.Errorf("%+v", a)
	}
	for _, part := range []string{"Prod2 (EU) › Web Client", "\nRunbook: https://wiki.example.com/runbooks/kustomer"} {
		if !strings.Contains(a.Description, part) {
			t.Errorf("the description lacks %q:\n%s", part, a.Description)
		}
	}
	s.send(reporttest.HostileAlert())
}

// A key stands in a path, whatever it is made of.
func TestAnAliasMayHoldAnything(t *testing.T) {
	s := newService(t)
	change := func(open bool) func(*message.SourceAlert) {
		return func(a *message.SourceAlert) { a.DedupKey, a.Open = "vendorwatch-../EU/ä ?#%", open }
	}
	s.send(reporttest.SourceMessage(message.ReasonComponent, change(true)))
	const alias = "vendorwatch-../EU/ä ?#%"
	if s.alerts[alias] == nil {
		t.Fatalf("alerts %v", s.alerts)
	}
	c := s.channel(reporttest.SecretWord)
	requests, _ := requestsOf(reporttest.SourceMessage(message.ReasonComponent, change(false)))
	got := c.poster.At(requests[0].Path, requests[0].query()).URL().String()
	want := s.URL + "/v2/alerts/vendorwatch-..%2FEU%2F%C3%A4%20%3F%23%25/close?identifierType=alias"
	if got != want {
		t.Errorf("closed at %s, want %s", got, want)
	}
}

func TestRefusals(t *testing.T) {
	s := newService(t)
	_, err := s.channel("another key").Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
	var e *channel.SendError
	if !errors.As(err, &e) || !e.Rejected ||
		e.Reason != `401 Unauthorized {"message":"Could not authenticate","requestId":"1","took":0.1}` {
		t.Errorf("a wrong key: %v", err)
	}
	for status, refused := range map[int]bool{403: false, 422: true, 429: false, 500: false} {
		server := httptest.NewServer(channeltest.Answer(status, "no: "+reporttest.SecretWord))
		defer server.Close()
		c, err := New("ops", reporttest.SecretWord, server.URL, channeltest.Client(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Send(t.Context(), reporttest.Alert(message.ReasonResolved, nil))
		if !errors.As(err, &e) || e.Refused != refused {
			t.Errorf("%d: %v", status, err)
		}
		reporttest.NoSecretIn(t, "the error", err)
	}
}

func TestPriorities(t *testing.T) {
	s := newService(t)
	for severity, want := range map[string]string{"critical": "P1", "major": "P2", "minor": "P3", "unknown": "P3",
		"none": "P5"} {
		s.send(reporttest.Alert(message.ReasonFirst, func(i *message.AlertItem) {
			i.Severity, i.DedupKey = severity,
				"k-"+severity
		}))
		if got := s.alerts["k-"+severity].Priority; got != want {
			t.Errorf("%s is %s, want %s", severity, got, want)
		}
	}
}
