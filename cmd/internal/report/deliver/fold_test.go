package deliver

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/alert"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize"
)

// What waited while the receiver was down, and is over, arrives as one message an incident. Every row says what became
// of it: what was folded points to the message that tells of the end, and a message that may have arrived is repeated.
func TestWhatIsOverArrivesAsOneMessage(t *testing.T) {
	const incidents = 5
	w := reporttest.NewWorld(t)
	planner := alert.NewPlanner(w.DB, w.Ledger)
	planner.Routes = []route.Route{{Name: "all", Channels: []string{"ops"}}}
	plan := func() {
		_, err := planner.Plan(t.Context())
		w.Must(err)
	}
	var titles []string
	for n := range incidents {
		titles = append(titles, fmt.Sprintf("trouble-%d", n))
	}
	down := newFakeSlack(channeltest.Answer(503, ""))
	defer down.Close()
	s := senderTo(w, slackAt(t, down.URL, time.Minute), io.Discard)
	now := time.Now()
	s.Now, s.MinRetry, s.MaxRetry = func() time.Time { return now }, time.Hour, time.Hour
	w.Scrape(append(titles, "open")...)
	plan()
	sendDue(w, s) // the first message fails, the others wait behind it
	for range 3 {
		w.Scrape(append(titles, "open")...)
		for _, title := range titles {
			w.Must(w.End(title))
		}
		plan()
	}
	all, err := w.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{Channel: "ops"})
	w.Must(err)
	now = now.Add(2 * time.Hour)
	sendDue(w, s)
	_, accepted := down.seen()
	arrived := 0
	for _, body := range accepted {
		arrived += min(strings.Count(body, "incidents/trouble-"), 1)
	}
	// One more for the first one, which may have arrived.
	if want := incidents + 1; arrived != want || len(all) < 4*incidents {
		t.Errorf("%d messages arrived of %d that were planned, want %d", arrived, len(all), want)
	}
	told := map[int64]bool{}
	all, err = w.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{Channel: "ops"})
	w.Must(err)
	for _, d := range all {
		if d.State == ledger.DeliveryDelivered {
			told[d.DeliveryID] = true
		}
	}
	for _, d := range all {
		folded := d.State == ledger.DeliverySkipped
		switch {
		case !folded && (d.State != ledger.DeliveryDelivered || d.FoldedInto != 0):
			t.Errorf("delivery %d is %s", d.DeliveryID, d.State)
		case folded && (!told[d.FoldedInto] || !strings.Contains(d.Note, fmt.Sprint("delivery ", d.FoldedInto))):
			t.Errorf("delivery %d does not say where it is told: %d, %q", d.DeliveryID, d.FoldedInto, d.Note)
		}
	}
	for _, title := range titles {
		end := 0
		for _, body := range accepted {
			if strings.Contains(body, title) && strings.Contains(body, "resolved") {
				end++
			}
		}
		if end != 1 {
			t.Errorf("the end of %s arrived %d times", title, end)
		}
	}
}

// What may be folded into what, for every kind of beginning and every end.
func TestWhatIsFolded(t *testing.T) {
	at := time.Now().UTC()
	for _, c := range []struct {
		name    string
		reasons string // of the messages that wait, in their order
		end     string // how the incident is by now
		sent    string // what arrives
	}{
		{"open", "first update worsened", "state = 'identified'", "first update worsened"},
		{"resolved", "first update worsened lowered changed resolved", "", "resolved"},
		{"resolved, without a message of it", "first update", "", "first"},
		{"only what followed", "update changed", "", "changed"},
		{"reopened and resolved", "resolved reopened resolved", "", "resolved"},
		{"with a postmortem", "first resolved postmortem", "", "resolved postmortem"},
		{"gone from its page", "first update left_feed", "state = 'unknown', left_feed_at = :at", "left_feed"},
		{"planned work", "maintenance reminder maintenance maintenance", "kind = 'maintenance', state = 'completed'",
			"maintenance"},
		{"planned work cancelled", "maintenance maintenance", "kind = 'maintenance', state = 'cancelled'",
			"maintenance"},
		{"a test", "test first resolved test", "", "test resolved test"},
		{"one message", "reminder", "", "reminder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := reporttest.NewWorld(t)
			w.Scrape("login")
			w.Must(w.End("login"))
			if c.end != "" {
				w.Must(w.File.Change(t.Context(), func(tx *db.Tx) error {
					_, err := tx.ExecContext(t.Context(), strings.ReplaceAll(`UPDATE incidents SET `+c.end, ":at",
						"'"+normalize.FormatTime(at)+"'"))
					return err
				}))
			}
			for n, reason := range strings.Fields(c.reasons) {
				w.Must(w.Ledger.SavePlan(t.Context(), ledger.StreamAlerts, 0, at, []ledger.NewDelivery{{Channel: "ops",
					Reason: reason, IncidentID: 1, DedupKey: fmt.Sprint(n)}}, nil))
			}
			receiver := newFakeSlack()
			defer receiver.Close()
			sendDue(w, senderTo(w, slackAt(t, receiver.URL, time.Minute), io.Discard))
			w.Restart()
			all, err := w.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{State: ledger.DeliveryDelivered})
			w.Must(err)
			var sent []string
			for _, d := range all {
				sent = append(sent, d.Reason)
			}
			if got := strings.Join(sent, " "); got != c.sent {
				t.Errorf("%s arrived, want %s", got, c.sent)
			}
		})
	}
}

// A message that opened several incidents is left out only if each of them has a message that tells of its end.
func TestAGroupIsFolded(t *testing.T) {
	for _, ended := range []int{1, 2} {
		w := reporttest.NewWorld(t)
		w.Scrape("login", "search")
		for n, title := range []string{"login", "search"}[:ended] {
			w.Must(w.End(title))
			w.Must(w.Ledger.SavePlan(t.Context(), ledger.StreamAlerts, 0, w.At, []ledger.NewDelivery{
				{Channel: "ops", Reason: string(message.ReasonFirst), EventIDs: []int64{1, 2}, DedupKey: "group"},
				{Channel: "ops", Reason: string(message.ReasonResolved), IncidentID: int64(n + 1)}}, nil))
		}
		receiver := newFakeSlack()
		sendDue(w, senderTo(w, slackAt(t, receiver.URL, time.Minute), io.Discard))
		receiver.Close()
		if _, accepted := receiver.seen(); len(accepted) != 2 {
			t.Errorf("%d of 2 ended: %d messages arrived, want 2", ended, len(accepted))
		}
	}
}
