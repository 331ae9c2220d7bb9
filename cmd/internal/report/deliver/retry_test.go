package deliver

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize/racetest"
)

// Whatever a receiver answers for ever, a message is tried for a stated time and then set aside, and the next one goes
// on. Restarts between two attempts forget nothing.
func TestHowLongAMessageIsTried(t *testing.T) {
	racetest.Skip(t, "tries one message hundreds of times, in one goroutine")
	hour := time.Hour
	for name, c := range map[string]struct {
		bad   http.HandlerFunc
		tried time.Duration // at the least; 0: once
	}{
		"500":                {channeltest.Answer(500, "oops"), RetryFor},
		"429":                {channeltest.Answer(429, "slow down"), RetryFor},
		"no answer":          {channeltest.Dropped, RetryFor},
		"200 with nonsense":  {channeltest.Answer(200, "what?"), RetryFor},
		"401":                {channeltest.Answer(401, "who?"), RetryRejectedFor},
		"403":                {channeltest.Answer(403, "action_prohibited"), RetryRejectedFor},
		"404":                {channeltest.Answer(404, "no_service"), RetryRejectedFor},
		"410":                {channeltest.Answer(410, "channel_is_archived"), RetryRejectedFor},
		"200 with a refusal": {channeltest.Answer(200, "invalid_payload"), RetryRejectedFor},
		"400":                {channeltest.Answer(400, "invalid_blocks"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := reporttest.NewWorld(t)
			w.Scrape("login")
			w.PlanDigest()
			w.PlanTests("ops", 1)
			receiver := newFakeSlack()
			defer receiver.Close()
			now := time.Now()
			first := now
			attempts := 0
			for now.Sub(first) < RetryFor+2*hour && strings.HasPrefix(w.Deliveries()[0], "pending") {
				receiver.mu.Lock()
				receiver.bad = []http.HandlerFunc{c.bad}
				receiver.mu.Unlock()
				s := senderTo(w, slackAt(t, receiver.URL, time.Minute), io.Discard)
				s.MinRetry, s.MaxRetry, s.Now = minRetry, maxRetry, func() time.Time { return now }
				due, err := s.sendDue(t.Context())
				w.Must(err)
				attempts++
				if due.After(now) {
					now = due
				}
			}
			got := w.Deliveries()
			tried := now.Sub(first)
			if !strings.HasPrefix(got[0], "refused") || tried < c.tried || tried > c.tried+c.tried/4 ||
				c.tried > 0 && attempts < 5 || c.tried == 0 && attempts != 1 {
				t.Errorf("%s, after %s and %d attempts; want %s", got[0], tried, attempts, c.tried)
			}
			if (c.tried > 0) != strings.Contains(got[0], "set aside after") {
				t.Errorf("%s: does not say why", got[0])
			}
			if len(got) != 2 || !strings.HasPrefix(got[1], "delivered") {
				t.Errorf("deliveries %q; what stands behind it is to be sent", got)
			}
		})
	}
}

// A receiver that was down for hours and then answers 404 for a minute, as while it is deployed, has not refused.
func TestARejectionCountsFromItsOwnBeginning(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.PlanDigest()
	receiver := newFakeSlack(channeltest.Answer(500, ""), channeltest.Answer(500, ""), channeltest.Answer(500, ""),
		channeltest.Answer(404, "no_service"))
	defer receiver.Close()
	s := senderTo(w, slackAt(t, receiver.URL, time.Minute), io.Discard)
	now := time.Now()
	s.Now = func() time.Time { return now }
	for range 5 {
		_, err := s.sendDue(t.Context())
		w.Must(err)
		now = now.Add(time.Hour)
	}
	if got := w.Deliveries(); !strings.HasPrefix(got[0], "delivered 5") {
		t.Errorf("deliveries %q", got)
	}
}

// That a channel does not take its messages is said once a day, on another one that works.
func TestAnotherChannelIsTold(t *testing.T) {
	w := reporttest.NewWorld(t)
	plan := func(n int) {
		add := slices.Repeat([]ledger.NewDelivery{{Channel: "ops", Reason: string(message.ReasonMoved),
			SourceID: w.Source}}, n)
		w.Must(w.Ledger.SavePlan(t.Context(), ledger.StreamAlerts, 0, time.Now(), add, nil))
	}
	plan(20)
	w.PlanTests("down too", 1)
	w.Must(w.Ledger.MarkSending(t.Context(), 21, 0, ledger.Hand{At: time.Now()}))
	w.Must(w.Ledger.MarkFailed(t.Context(), 21, time.Now(), time.Now().Add(time.Hour), "503", false))
	bad := slices.Repeat([]http.HandlerFunc{channeltest.Answer(400, "invalid_blocks")}, 40)
	receiver := newFakeSlack(bad...)
	defer receiver.Close()
	s := senderTo(w, slackAt(t, receiver.URL, time.Minute), io.Discard)
	s.Others = []string{"down too", "mail"}
	now, told := time.Now(), 0
	s.Now, s.OnNotice = func() time.Time { return now }, func() { told++ }
	sendDue(w, s)
	now = now.Add(25 * time.Hour)
	plan(5)
	sendDue(w, s)
	all, err := w.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{Reason: string(message.ReasonChannel)})
	w.Must(err)
	if len(all) != 2 || told != 2 || all[0].Channel != "mail" || all[0].AboutChannel != "ops" {
		t.Fatalf("%d notices, %d calls: %+v", len(all), told, all)
	}
	m, err := s.Render.Message(t.Context(), all[0], now)
	w.Must(err)
	text := message.Text(m, 0)
	for _, want := range []string{"“ops”", "25 messages", "invalid_blocks", "resend"} {
		if !strings.Contains(text, want) {
			t.Errorf("the notice does not say %s:\n%s", want, text)
		}
	}
}

// Whatever happens between two attempts, a repeat has the same id and the same text; what is sent again by hand does
// not call open what has ended.
func TestARepeatSaysTheSame(t *testing.T) {
	for _, byHand := range []bool{false, true} {
		w := reporttest.NewWorld(t)
		w.Scrape("login")
		open, err := w.DB.OpenIncidents(t.Context())
		w.Must(err)
		w.Must(w.Ledger.SavePlan(t.Context(), ledger.StreamAlerts, 0, time.Now(), []ledger.NewDelivery{{Channel: "ops",
			Reason: string(message.ReasonFirst), IncidentID: open[0].IncidentID}}, nil))
		bad := channeltest.Answer(500, "")
		if byHand {
			bad = channeltest.Answer(400, "invalid_blocks")
		}
		var bodies []string
		keep := func(next http.HandlerFunc) http.HandlerFunc {
			return func(rw http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				bodies = append(bodies, string(body))
				next(rw, r)
			}
		}
		receiver := newFakeSlack(keep(bad), keep(channeltest.Answer(200, "ok")))
		defer receiver.Close()
		now := time.Now()
		s := senderTo(w, slackAt(t, receiver.URL, time.Minute), io.Discard)
		s.Now = func() time.Time { return now }
		sendDue(w, s)
		now = now.Add(time.Hour)
		w.Must(w.End("login"))
		w.Restart()
		if byHand {
			w.Must(w.Ledger.Resend(t.Context(), 1))
		}
		s = senderTo(w, slackAt(t, receiver.URL, time.Minute), io.Discard)
		s.Now = func() time.Time { return now }
		sendDue(w, s)
		if len(bodies) != 2 || idOf(t, bodies[0]) != "vw-1" || idOf(t, bodies[1]) != "vw-1" {
			t.Fatalf("by hand %v: attempts %q", byHand, bodies)
		}
		if (bodies[0] == bodies[1]) == byHand {
			t.Errorf("by hand %v:\n%s\n%s", byHand, bodies[0], bodies[1])
		}
		var kept *string
		w.Must(w.File.Reader().QueryRowContext(t.Context(), `SELECT message FROM deliveries`).Scan(&kept))
		if kept != nil {
			t.Error("a delivered message is still kept")
		}
	}
}
