package slackapp

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db/query"
)

func has(t *testing.T, what, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%s", what, want, text)
		}
	}
}

// Commands and buttons over a real socket: each is acknowledged and answered to whoever asked, and what they do is on
// record with who did it.
func TestAppAnswers(t *testing.T) {
	a, w := connected(t)
	planned := 0
	a.OnAction = func() { planned++ }
	has(t, "the overview", w.types(""), "1 of 2 vendors not known to be well", "*GitHub*", "1 vendor known to be well")
	has(t, "a vendor", w.types("GitHub"), "`1`", "<https://watch.example.com/incidents/1|Card &lt;payments&gt; fail>",
		"critical", "<!date^")
	has(t, "a calm one", w.types("stripe & co"), "Stripe &amp; Co", "No incident is open")
	has(t, "a search", w.types("search card payments"), "`1`", "Incidents with")
	has(t, "a note", w.types("note 1 we call them"), "on record for incident 1 (GitHub: Card &lt;payments&gt; fail)")
	has(t, "a mute", w.types("mute github 2h their move"), "Muted until <!date^", "GitHub", "mute end 2")
	has(t, "a button", w.presses("acknowledge", "1"), "You have acknowledged incident 1")
	has(t, "the other", w.presses("mute", "1"), "Muted until")

	// The socket is closed by Slack about once an hour, and the answers go on over the next.
	w.send(`{"type":"disconnect","reason":"refresh_requested","debug_info":{"host":"applink-1"}}`)
	takes(t, w.opened)
	has(t, "after it", w.types("github"), "acknowledged by bert (U018)", "muted by anna (U017)")

	done, err := a.DB.ActionsAfter(t.Context(), "", 0, 0, 99)
	if err != nil || len(done) != 4 || planned != 4 {
		t.Fatalf("%d planned, %v, %+v", planned, err, done)
	}
	want := []query.Action{{Kind: "note", Who: "anna (U017)", IncidentID: 1, Text: "we call them"},
		{Kind: "mute", Who: "anna (U017)", Text: "their move", UntilAt: "2026-11-23T14:00:00.000Z"},
		{Kind: "acknowledge", Who: "bert (U018)", IncidentID: 1},
		{Kind: "mute", Who: "bert (U018)", IncidentID: 1, UntilAt: "2026-11-23T14:00:00.000Z"}}
	for n, c := range want {
		d := done[n]
		if d.Kind != c.Kind || d.Who != c.Who || d.IncidentID != c.IncidentID || d.Text != c.Text ||
			d.UntilAt != c.UntilAt || d.Via != query.ViaSlack {
			t.Errorf("action %d: %+v\nwant %+v", n+1, d, c)
		}
	}
}

// A mistake is answered with what to write instead, and nothing is put on record.
func TestMistakesInCommands(t *testing.T) {
	a, _ := newApp(t)
	for typed, want := range map[string]string{
		"help":                                "`/vendorwatch search card payments`",
		"githab":                              "Did you mean `github`?",
		"nobody <!channel>":                   "There is no vendor “nobody &lt;!channel&gt;”",
		"search":                              "Write what to search for",
		"search zebra":                        "No incident on record has the words “zebra”",
		"mute":                                "for how long, or whom",
		"mute github":                         "for how long, or whom",
		"mute 2h":                             "for how long, or whom",
		"mute githab 2h":                      "Did you mean `github`?",
		"mute 99 2h":                          "There is no incident 99",
		"mute github -2h":                     "for how long, or whom",
		"ack":                                 "by its number",
		"ack github":                          "by its number",
		"ack 99":                              "There is no incident 99",
		"note 1":                              "the note is empty",
		"note 1 " + strings.Repeat("x", 2001): "longer than 2000 characters",
		"  ACK   99":                          "There is no incident 99",
	} {
		got, err := a.Command(t.Context(), "anna", typed)
		if err != nil {
			t.Errorf("%.40q: %v", typed, err)
		}
		has(t, typed[:min(len(typed), 40)], got, want)
	}
	if text, err := a.button(t.Context(), "anna", "mute", "all"); err != nil || !strings.Contains(text, "no incident") {
		t.Errorf("a button without a number: %q %v", text, err)
	}
	if done, err := a.DB.ActionsAfter(t.Context(), "", 0, 0, 99); err != nil || len(done) != 0 {
		t.Errorf("%v, %+v", err, done)
	}
}

// A connection that Slack refuses is logged with what to do and without a token, and Run ends with the service.
func TestAppThatIsRefused(t *testing.T) {
	w := newWorkspace(t)
	a, log := newApp(t)
	a.API, a.Client = w.URL+"/api", w.Client()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a.Log = slog.New(slog.NewTextHandler(writer(func(text string) {
		log.WriteString(text)
		cancel() // the service ends while the connection is left alone
	}), nil))
	a.Run(ctx, "xapp-wrong-"+reporttest.SecretWord, botToken)
	has(t, "the log", log.String(), "not_allowed_token_type", "connections:write")
	if strings.Contains(log.String(), reporttest.SecretWord) {
		t.Errorf("the log shows a token: %s", log)
	}
}

// writer is a function as an io.Writer.
type writer func(string)

func (w writer) Write(p []byte) (int, error) {
	w(string(p))
	return len(p), nil
}
