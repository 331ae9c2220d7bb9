package slackapp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// workspace speaks as much of Slack's protocol as an app in Socket Mode needs: apps.connections.open, which gives the
// address of a socket; on the socket hello, envelopes and their acknowledgements, and disconnect; and the address at
// which an answer is posted (https://docs.slack.dev/apis/events-api/using-socket-mode).
type workspace struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	socket *websocket.Conn
	fails  int // how many times apps.connections.open still fails

	opened  chan int // the number of each socket that is open
	acked   chan acknowledged
	answers chan answer
	views   chan view // forms that were opened
}

// acknowledged is what the app says to an envelope.
type acknowledged struct {
	Envelope string          `json:"envelope_id"`
	Payload  json.RawMessage `json:"payload"`
}

// view is a form as an app opens it (https://docs.slack.dev/reference/views/modal-views).
type view struct {
	Type            string                `json:"type"`
	CallbackID      string                `json:"callback_id"`
	PrivateMetadata string                `json:"private_metadata"`
	Title           struct{ Text string } `json:"title"`
	Submit          struct{ Text string } `json:"submit"`
	Blocks          []struct {
		Type    string
		BlockID string `json:"block_id"`
		Text    struct{ Text string }
		Element struct {
			Type      string
			ActionID  string `json:"action_id"`
			MaxLength int    `json:"max_length"`
		}
	} `json:"blocks"`
}

type answer struct {
	Text string `json:"text"`
	Type string `json:"response_type"`
}

const (
	appToken = "xapp-1-" + reporttest.SecretWord
	botToken = "xoxb-" + reporttest.SecretWord
)

func newWorkspace(t *testing.T) *workspace {
	w := &workspace{t: t, opened: make(chan int, 9), acked: make(chan acknowledged, 9),
		answers: make(chan answer, 9), views: make(chan view, 9)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/apps.connections.open", func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		rw.Header().Set("Content-Type", "application/json")
		switch {
		case w.fails > 0:
			w.fails--
			_, _ = io.WriteString(rw, `{"ok":false,"error":"internal_error"}`)
		case r.Header.Get("Authorization") != "Bearer "+appToken:
			_, _ = io.WriteString(rw, `{"ok":false,"error":"not_allowed_token_type"}`)
		default:
			_, _ = io.WriteString(rw, `{"ok":true,"url":"ws`+strings.TrimPrefix(w.URL, "http")+`/link?ticket=1"}`)
		}
	})
	mux.HandleFunc("GET /link", w.link)
	mux.HandleFunc("POST /answer", func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = channeltest.CheckAnswer(body)
		}
		var a answer
		if err == nil {
			err = json.Unmarshal(body, &a)
		}
		if err != nil {
			t.Errorf("Slack would refuse the answer: %v: %s", err, body)
		}
		w.answers <- a
	})
	mux.HandleFunc("POST /api/views.open", w.open)
	w.Server = httptest.NewServer(mux)
	t.Cleanup(w.Close)
	return w
}

// link is one socket.
func (w *workspace) link(rw http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // clients name Slack itself
	socket, err := upgrader.Upgrade(rw, r, nil)
	if err != nil {
		w.t.Error(err)
		return
	}
	defer socket.Close()
	w.mu.Lock()
	w.socket = socket
	err = socket.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","num_connections":1,
		"connection_info":{"app_id":"A1"},"debug_info":{"host":"applink-1","approximate_connection_time":18060}}`))
	w.mu.Unlock()
	if err != nil {
		return
	}
	w.opened <- 1
	for {
		var back acknowledged
		if err := socket.ReadJSON(&back); err != nil {
			return
		}
		var said struct{ Text string }
		if json.Unmarshal(back.Payload, &said) == nil && said.Text != "" {
			if err := channeltest.CheckAnswer(back.Payload); err != nil {
				w.t.Errorf("Slack would refuse the answer: %v: %s", err, back.Payload)
			}
		}
		w.acked <- back
	}
}

// open opens a form for a press of a button, which Slack allows within three seconds of it, for whoever pressed.
func (w *workspace) open(rw http.ResponseWriter, r *http.Request) {
	var asked struct {
		Trigger string `json:"trigger_id"`
		View    json.RawMessage
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		w.t.Error(err)
	}
	var v view
	refusal := errors.Join(channeltest.CheckView(asked.View), json.Unmarshal(asked.View, &v))
	rw.Header().Set("Content-Type", "application/json")
	switch {
	case r.Header.Get("Authorization") != "Bearer "+botToken:
		_, _ = io.WriteString(rw, `{"ok":false,"error":"not_authed"}`)
	case asked.Trigger != "13.37":
		_, _ = io.WriteString(rw, `{"ok":false,"error":"expired_trigger_id"}`)
	case refusal != nil:
		w.t.Errorf("Slack takes no such form: %v: %s", refusal, asked.View)
		_, _ = io.WriteString(rw, `{"ok":false,"error":"invalid_arguments"}`)
	default:
		_, _ = io.WriteString(rw, `{"ok":true,"view":{"id":"V1","type":"modal"}}`)
	}
	w.views <- v
}

func (w *workspace) send(text string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.socket.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		w.t.Error(err)
	}
}

// takes waits for what arrives.
func takes[T any](t *testing.T, from chan T) (got T) {
	t.Helper()
	select {
	case got = <-from:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing arrived")
	}
	return got
}

// types sends a command as Slack does, and returns its answer.
func (w *workspace) types(text string) string {
	w.t.Helper()
	payload, _ := json.Marshal(map[string]string{"command": "/vendorwatch", "text": text, "user_id": "U017",
		"user_name": "anna", "channel_id": "C1", "team_id": "T1", "response_url": w.URL + "/answer",
		"trigger_id": "13.37"})
	w.send(`{"envelope_id":"e-` + text[:min(3, len(text))] + `","type":"slash_commands","accepts_response_payload":true,
		"payload":` + string(payload) + `}`)
	return w.answered("e-" + text[:min(3, len(text))])
}

// presses sends a press of a button as Slack does, and returns its answer.
func (w *workspace) presses(id, value string) string {
	w.t.Helper()
	w.press(id, value, "13.37")
	return w.answered("b")
}

func (w *workspace) press(id, value, trigger string) {
	w.t.Helper()
	w.send(`{"envelope_id":"b","type":"interactive","accepts_response_payload":true,"payload":{"type":"block_actions",
		"user":{"id":"U018","username":"bert","name":"bert","team_id":"T1"},"api_app_id":"A1","token":"old",
		"container":{"type":"message","message_ts":"1700000000.000001","channel_id":"C1"},
		"trigger_id":"` + trigger + `","channel":{"id":"C1","name":"ops"},"response_url":"` + w.URL + `/answer",
		"actions":[{"action_id":"` + id + `","block_id":"x","type":"button","value":"` + value + `","action_ts":"1.1",
			"text":{"type":"plain_text","text":"Acknowledge"}}]}}`)
}

// submits sends a form as Slack does, and returns what the app says to it: nothing closes the form.
func (w *workspace) submits(v view, text string) string {
	w.t.Helper()
	field := v.Blocks[len(v.Blocks)-1]
	payload, _ := json.Marshal(map[string]any{"type": "view_submission", "team": map[string]string{"id": "T1"},
		"user":       map[string]string{"id": "U019", "username": "cleo", "name": "cleo", "team_id": "T1"},
		"api_app_id": "A1", "token": "old", "trigger_id": "13.38", "view": map[string]any{"id": "V1", "type": "modal",
			"callback_id": v.CallbackID, "private_metadata": v.PrivateMetadata, "state": map[string]any{
				"values": map[string]any{field.BlockID: map[string]any{field.Element.ActionID: map[string]string{
					"type": "plain_text_input", "value": text}}}}}})
	w.send(`{"envelope_id":"f","type":"interactive","accepts_response_payload":true,"payload":` + string(payload) + `}`)
	got := takes(w.t, w.acked)
	if got.Envelope != "f" {
		w.t.Errorf("envelope %q is acknowledged, not that of the form", got.Envelope)
	}
	return string(got.Payload)
}

func (w *workspace) answered(envelope string) string {
	w.t.Helper()
	if got := takes(w.t, w.acked); got.Envelope != envelope {
		w.t.Errorf("envelope %q is acknowledged, not %q", got.Envelope, envelope)
	}
	return w.said()
}

// said is what one person alone sees.
func (w *workspace) said() string {
	w.t.Helper()
	a := takes(w.t, w.answers)
	if a.Type != "ephemeral" {
		w.t.Errorf("everybody sees %+v", a)
	}
	return a.Text
}

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// newApp is an app over a file in which GitHub has an open incident and Stripe none.
func newApp(t *testing.T) (*App, *strings.Builder) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vendorwatch.db")
	reporttest.EmptyFile(t, path)
	file, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	r := record.New(file)
	var watched []int64
	for n, v := range []query.Vendor{{Slug: "github", Name: "GitHub"}, {Slug: "stripe", Name: "Stripe & Co"}} {
		id, err := r.EnsureVendor(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		source, err := r.EnsureSource(t.Context(), id, "https://status."+v.Slug+".example", "statuspage")
		if err != nil {
			t.Fatal(err)
		}
		watched = append(watched, source)
		if err := r.SetWatched(t.Context(), watched); err != nil {
			t.Fatal(err)
		}
		s := record.Scrape{SourceID: source, At: now.Add(-time.Minute), Interval: 5 * time.Minute, HTTPStatus: 200,
			AllOpen: true}
		if n == 0 {
			s.Incidents = []normalize.Incident{{Key: "a", Kind: normalize.KindIncident,
				Title: "Card <payments> fail", Severity: normalize.SeverityCritical, VendorSeverity: "critical",
				State: normalize.StateInvestigating, VendorState: "investigating", StartedAt: now.Add(-time.Hour),
				StartGiven: true}}
		}
		if _, err := r.SaveScrape(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	var log strings.Builder
	return &App{DB: query.New(file), Ledger: ledger.New(file), DashboardURL: "https://watch.example.com",
		Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(&log, nil))}, &log
}

// connected is an app that is connected to a workspace, until the test ends.
func connected(t *testing.T) (*App, *workspace) {
	t.Helper()
	w := newWorkspace(t)
	a, _ := newApp(t)
	a.API, a.Client = w.URL+"/api", w.Client()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); a.Run(ctx, appToken, botToken) }()
	t.Cleanup(func() { cancel(); <-ended })
	takes(t, w.opened)
	return a, w
}
