package slackbot

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/blockkit"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db/query"
)

// workspace is as much of Slack's API as a bot speaks to that posts and edits.
type workspace struct {
	*httptest.Server
	mu    sync.Mutex
	posts []slackPost
	// in place of a success; nil body means success
	answer func(method string) (status int, body string, header http.Header)
}

type slackPost struct {
	method, ts, thread, text, blocks string
	json                             string // the message as a webhook would be sent it
	broadcast                        bool
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	w := &workspace{}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		method := strings.TrimPrefix(r.URL.Path, "/api/")
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		if r.Header.Get("Authorization") != "Bearer xoxb-"+reporttest.SecretWord && r.Form.Get("token") != "xoxb-"+
			reporttest.SecretWord {
			t.Errorf("%s without the token", method)
		}
		if w.answer != nil {
			if status, body, header := w.answer(method); body != "" {
				for name, values := range header {
					rw.Header()[name] = values
				}
				rw.WriteHeader(status)
				_, _ = fmt.Fprint(rw, body)
				return
			}
		}
		p := slackPost{method: method, ts: r.Form.Get("ts"), thread: r.Form.Get("thread_ts"), text: r.Form.Get("text"),
			blocks:    r.Form.Get("blocks") + r.Form.Get("attachments"),
			broadcast: r.Form.Get("reply_broadcast") == "true"}
		message := map[string]any{"text": p.text}
		for _, list := range []string{"blocks", "attachments"} {
			if text := r.Form.Get(list); text != "" {
				message[list] = json.RawMessage(text)
			}
		}
		body, err := json.Marshal(message)
		if err == nil {
			err = channeltest.CheckMessage(body)
		}
		if err != nil {
			t.Errorf("%s: Slack would refuse it: %v: %s", method, err, r.Form)
		}
		p.json = string(body)
		if p.ts == "" {
			p.ts = fmt.Sprintf("1700000000.%06d", len(w.posts)+1)
		}
		w.posts = append(w.posts, p)
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(map[string]any{"ok": true, "channel": "C0123", "ts": p.ts})
	}))
	t.Cleanup(w.Close)
	return w
}

func (w *workspace) bot(t *testing.T) *Channel {
	t.Helper()
	b, err := New("ops", "xoxb-"+reporttest.SecretWord, "C0123", w.URL+"/api", channeltest.Client(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What belongs to a story that the channel was told of has its message in the thread of that, and goes on there.
func TestSlackBotPutsStoriesIntoOneThread(t *testing.T) {
	w := newWorkspace(t)
	b := w.bot(t)
	send := func(reason message.Reason, thread, under, severity string) string {
		t.Helper()
		m := reporttest.Alert(reason, func(i *message.AlertItem) { i.Severity = severity })
		m.Items[0].Thread, m.Items[0].Under = thread, under
		sent, err := b.Send(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		return sent.Thread
	}
	first := send(message.ReasonFirst, "", "", "major")
	second := send(message.ReasonFirst, "", first, "major")
	third := send(message.ReasonFirst, "", second, "critical") // whichever of them is taken for the first
	send(message.ReasonResolved, second, first, "major")
	const root = "1700000000.000001"
	if second != "C0123:1700000000.000002:"+root || third != "C0123:1700000000.000003:"+root {
		t.Errorf("threads %q, %q, %q", first, second, third)
	}
	var got []string
	for _, p := range w.posts {
		got = append(got, fmt.Sprint(p.method, " ", p.ts, " in ", p.thread, " ", p.broadcast))
	}
	want := []string{"chat.postMessage " + root + " in  false",
		"chat.postMessage 1700000000.000002 in " + root + " false",
		"chat.postMessage 1700000000.000003 in " + root + " true", "chat.update 1700000000.000002 in  false",
		"chat.postMessage 1700000000.000005 in " + root + " true"}
	if !slices.Equal(got, want) {
		t.Errorf("posts\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// One incident is one message, edited as it goes on, with the news in its thread and the end in the channel too.
func TestSlackBotKeepsOneMessageAnIncident(t *testing.T) {
	w := newWorkspace(t)
	b := w.bot(t)
	first, err := b.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
	if err != nil || first.Thread != "C0123:1700000000.000001" {
		t.Fatalf("%+v %v", first, err)
	}
	goesOn := func(reason message.Reason, change func(*message.AlertItem)) {
		t.Helper()
		m := reporttest.Alert(reason, change)
		m.Items[0].Thread = first.Thread
		if sent, err := b.Send(t.Context(), m); err != nil || sent.Thread != first.Thread {
			t.Fatalf("%s: %+v %v", reason, sent, err)
		}
	}
	goesOn(message.ReasonUpdate, func(i *message.AlertItem) {
		i.Update = &query.Update{State: "identified", Body: "We found **the cause**."}
	})
	goesOn(message.ReasonChanged, func(i *message.AlertItem) { i.Was, i.State = "investigating", "monitoring" })
	goesOn(message.ReasonWorsened, func(i *message.AlertItem) { i.Was, i.Severity = "major", "critical" })
	goesOn(message.ReasonResolved, nil)
	goesOn(message.ReasonPostmortem, func(i *message.AlertItem) {
		i.Update = &query.Update{State: "postmortem",
			Body: "A disk was full."}
	})
	parent := "1700000000.000001"
	want := []struct {
		method, ts, thread, says string
		broadcast                bool
	}{
		{"chat.postMessage", parent, "", "Kustomer: major incident opened: [PLATFORM] Errors", false},
		{"chat.update", parent, "", "Kustomer: major incident opened", false},
		{"chat.postMessage", "", parent, `"*update, investigating*\n“We found the cause.”"`, false},
		{"chat.update", parent, "", "monitoring", false},
		{"chat.update", parent, "", "Kustomer: critical incident opened", false},
		{"chat.postMessage", "", parent,
			`"*Kustomer: major → critical (worse): [PLATFORM] Errors \u0026amp; delays*"`, true},
		{"chat.update", parent, "", "resolved after 26 min", false},
		{"chat.postMessage", "", parent, "resolved after 26 min", true},
		{"chat.update", parent, "", "resolved after 26 min", false},
		{"chat.postMessage", "", parent, "A disk was full.", false},
	}
	if len(w.posts) != len(want) {
		t.Fatalf("%d calls: %+v", len(w.posts), w.posts)
	}
	for n, p := range w.posts {
		c := want[n]
		if p.method != c.method || c.ts != "" && p.ts != c.ts || p.thread != c.thread || p.broadcast != c.broadcast ||
			!strings.Contains(p.text+p.blocks, c.says) {
			t.Errorf("call %d: %+v\nwant %+v", n+1, p, c)
		}
	}
}

func TestSlackBotWhoseMessageIsGone(t *testing.T) {
	w := newWorkspace(t)
	w.answer = func(method string) (int, string, http.Header) {
		if method == "chat.update" {
			return 200, `{"ok":false,"error":"message_not_found"}`, nil
		}
		return 0, "", nil
	}
	m := reporttest.Alert(message.ReasonResolved, nil)
	m.Items[0].Thread = "C0123:1600000000.000001"
	sent, err := w.bot(t).Send(t.Context(), m)
	if err != nil || sent.Thread != "C0123:1700000000.000001" || len(w.posts) != 1 || w.posts[0].thread != "" {
		t.Errorf("%+v %v %+v", sent, err, w.posts)
	}
}

func TestSlackBotRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		header http.Header
		want   channel.SendError
	}{
		"a flood": {429, "slow down", http.Header{"Retry-After": {"30"}},
			channel.SendError{Reason: "429 Too Many Requests", RetryAfter: 30 * time.Second}},
		"a fault": {500, "oops", nil, channel.SendError{Reason: "500 Internal Server Error"}},
		"an archived channel": {200, `{"ok":false,"error":"is_archived"}`, nil,
			channel.SendError{Reason: "Slack says is_archived", Refused: true}},
		"not invited": {200, `{"ok":false,"error":"not_in_channel"}`, nil,
			channel.SendError{Reason: "Slack says not_in_channel", Rejected: true}},
		"a revoked token": {200, `{"ok":false,"error":"token_revoked"}`, nil,
			channel.SendError{Reason: "Slack says token_revoked", Rejected: true}},
		"an error of its own": {200, `{"ok":false,"error":"internal_error"}`, nil,
			channel.SendError{Reason: "Slack says internal_error"}},
		"an error that quotes": {200, `{"ok":false,"error":"bad token xoxb-` + reporttest.SecretWord + `"}`, nil,
			channel.SendError{Reason: "Slack says bad token ***"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			w.answer = func(string) (int, string, http.Header) { return c.status, c.body, c.header }
			b := w.bot(t)
			_, err := b.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil))
			var e *channel.SendError
			if !errors.As(err, &e) {
				t.Fatalf("error %v is no SendError", err)
			}
			c.want.Channel = "ops"
			if *e != c.want {
				t.Errorf("got  %+v\nwant %+v", *e, c.want)
			}
			reporttest.NoSecretIn(t, "the error", err, b)
		})
	}
	if _, err := New("ops", "hooks", "C0123", "", nil); err == nil || !strings.Contains(err.Error(), "xoxb-") {
		t.Error(err)
	}
	server := httptest.NewServer(http.HandlerFunc(channeltest.Hang))
	defer server.Close()
	b, err := New("ops", "xoxb-"+reporttest.SecretWord, "C0123", server.URL, channeltest.Client(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = b.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil)); err == nil ||
		!strings.Contains(err.Error(), "no answer in time") {
		t.Error(err)
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		t.Error("the error carries the request")
	}
}

func TestSlackMentionsOnlyWhereAsked(t *testing.T) {
	m := reporttest.Alert(message.ReasonFirst, nil)
	says := func() string {
		b, err := json.Marshal(blockkit.Messages(m))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	const here = `\u003c!here\u003e`
	if strings.Contains(says(), here) {
		t.Error("everyone is called unasked")
	}
	if m.Mention = true; !strings.Contains(says(), here) {
		t.Error("nobody is called")
	}
}

// Where somebody answers, the card of an open incident has buttons, and the one that acknowledges goes when somebody
// has. Without an app there are links, since a button would do nothing.
func TestSlackBotButtons(t *testing.T) {
	w := newWorkspace(t)
	with, without := w.bot(t).WithButtons(), w.bot(t)
	for _, c := range []struct {
		bot    *Channel
		reason message.Reason
		change func(*message.AlertItem)
		want   []string
		never  []string
	}{
		{with, message.ReasonFirst, nil, []string{`"action_id":"mute"`, `"value":"17"`, `"action_id":"acknowledge"`,
			`"action_id":"note"`, `"action_id":"our_record"`, `"action_id":"runbook"`, `"action_id":"vendors_page"`},
			[]string{`|Runbook\u003e`}},
		{with, message.ReasonFirst, func(i *message.AlertItem) {
			i.AcknowledgedAt, i.AcknowledgedBy = "2026-11-13T17:49:00.000Z", "anna"
			i.Actions = []query.Action{{ActionID: 1, Kind: query.ActionAcknowledge, Who: "anna <!here>",
				CreatedAt: i.AcknowledgedAt}}
		}, []string{`"action_id":"mute"`, `acknowledged by anna \u0026lt;!here\u0026gt;`}, []string{`"acknowledge"`}},
		{with, message.ReasonResolved, func(i *message.AlertItem) { i.State, i.Open = "resolved", false },
			[]string{`"action_id":"our_record"`}, []string{`"mute"`, `"acknowledge"`, `"note"`}},
		{with, message.ReasonLeftFeed, func(i *message.AlertItem) { i.Open = false },
			[]string{`"action_id":"our_record"`}, []string{`"mute"`, `"acknowledge"`, `"note"`}},
		{without, message.ReasonFirst, nil, []string{`|Runbook\u003e`}, []string{`"type":"button"`}},
	} {
		m := reporttest.Alert(c.reason, c.change)
		if _, err := c.bot.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		plain := m // a header is plain text, in which nothing is escaped
		plain.Items = []message.AlertItem{m.Items[0]}
		plain.Items[0].Title = "Errors"
		channeltest.CheckSlack(t, blockkit.WithButtons(plain, blockkit.Messages(plain)[0]))
		said := w.posts[len(w.posts)-1].blocks
		for _, want := range c.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: no %s in %s", c.reason, want, said)
			}
		}
		for _, never := range c.never {
			if strings.Contains(said, never) {
				t.Errorf("%s: %s in %s", c.reason, never, said)
			}
		}
	}
}
