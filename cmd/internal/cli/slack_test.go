package cli_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/slack-go/slack"

	"vendorwatch/cmd/internal/report/channel/channeltest"
)

// slackSecret is the part of the fake webhook's address that nobody may see.
const slackSecret = "vOyzW8nKc2QbXjTf5sLhR3aD"

// fakeSlack is an incoming webhook that keeps what it is sent, and answers as it is told.
type fakeSlack struct {
	server *httptest.Server

	mu       sync.Mutex
	status   int
	text     string
	messages []string    // those it took
	refused  int         // requests that it did not take
	strange  []string    // messages that Slack would not take
	hear     func() bool // called when a message has arrived, before the answer; false: it gets lost at Slack
}

func newSlack() *fakeSlack {
	f := &fakeSlack{status: http.StatusOK, text: "ok"}
	f.server = httptest.NewServer(f)
	return f
}

// webhook is the address with the secret in it.
func (f *fakeSlack) webhook() string {
	return f.server.URL + "/services/T0KENLESS1/B0KENLESS2/" + slackSecret
}

func (f *fakeSlack) close() {
	f.server.CloseClientConnections()
	f.server.Close()
}

func (f *fakeSlack) answer(status int, text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status, f.text = status, text
}

func (f *fakeSlack) onMessage(hear func() bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hear = hear
}

// taken returns the messages taken so far.
func (f *fakeSlack) taken() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.messages...)
}

func (f *fakeSlack) refusals() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.refused
}

// complaints are the messages that are no good Slack messages.
func (f *fakeSlack) complaints() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.strange...)
}

func (f *fakeSlack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // half a message is none
	}
	f.mu.Lock()
	status, text, hear := f.status, f.text, f.hear
	if err := channeltest.CheckMessage(body); err != nil {
		f.strange = append(f.strange, fmt.Sprintf("%v: %s", err, body))
	}
	if !strings.HasSuffix(r.URL.Path, slackSecret) || r.Method != http.MethodPost {
		f.strange = append(f.strange, r.Method+" to a wrong address")
	}
	f.mu.Unlock()
	if hear != nil && !hear() {
		panic(http.ErrAbortHandler)
	}
	f.mu.Lock()
	if status == http.StatusOK && text == "ok" {
		f.messages = append(f.messages, string(body))
	} else {
		f.refused++
	}
	f.mu.Unlock()
	w.WriteHeader(status)
	fmt.Fprint(w, text)
}

// messageID is the id that a message carries, the same at each try.
func messageID(message string) string {
	var m slack.WebhookMessage
	if err := json.Unmarshal([]byte(message), &m); err != nil || m.Blocks == nil || len(m.Blocks.BlockSet) == 0 {
		return ""
	}
	return m.Blocks.BlockSet[0].ID()
}
