package deliver

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/cmd/internal/report/alert"
	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/channel/webhook"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/secret"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize/racetest"
)

// Each check opens files many times. -rapid.checks on the command line still counts.
func init() { _ = flag.Set("rapid.checks", "20") }

// moody is a receiver of webhooks that answers as it is told, and keeps what it got.
type moody struct {
	*httptest.Server
	mu     sync.Mutex
	status int               // what it answers; 0: it breaks off; -1: it takes the message, and breaks off
	bodies map[string]string // by id, of what came with any answer
	took   map[string]int    // how often it took a message
	order  []string          // of the first time that each was taken
	faults []string
}

func newMoody(t *testing.T) *moody {
	m := &moody{status: 200, bodies: map[string]string{}, took: map[string]int{}}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

func (m *moody) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	id := r.Header.Get("X-Vendorwatch-Delivery")
	if was, known := m.bodies[id]; known && was != string(body) {
		m.faults = append(m.faults, fmt.Sprintf("%s has another body:\n%s\n%s", id, was, body))
	}
	m.bodies[id] = string(body)
	if m.status == 200 || m.status == -1 {
		if m.took[id]++; m.took[id] == 1 {
			m.order = append(m.order, id)
		}
	}
	if m.status <= 0 {
		channeltest.Dropped(w, r)
		return
	}
	w.WriteHeader(m.status)
}

// killed is a channel in which the process ends after a message has left, and before that is recorded.
type killed struct {
	channel.Channel
	end context.CancelFunc
}

func (k killed) Send(ctx context.Context, m message.Message) (channel.Sent, error) {
	_, _ = k.Channel.Send(ctx, m)
	k.end()
	return channel.Sent{}, context.Canceled
}

// Whatever a receiver answers in whatever order, and whenever the program is killed: what is planned arrives, or the
// file says why not; what arrives again has the same id and the same body; and another receiver gets everything at
// once, once, and in order.
func TestReceiversThatFail(t *testing.T) {
	racetest.Skip(t, "one goroutine, and many files")
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		w := reporttest.NewWorld(outer)
		bad, good := newMoody(outer), newMoody(outer)
		now, life := w.At, 0
		planner := func() *alert.Planner {
			p := alert.NewPlanner(w.DB, w.Ledger)
			p.Routes = []route.Route{{Name: "all", Channels: []string{"bad", "good"}}}
			p.Now = func() time.Time { return now }
			return p
		}
		sender := func(to *moody, name string) *Sender {
			c, err := webhook.Kind().New(name, channel.Values{"url": secret.New(to.URL)},
				channel.Environment{Client: channeltest.Client(time.Minute)})
			w.Must(err)
			s := senderTo(w, c, io.Discard)
			s.Process, s.Now = fmt.Sprint("process ", life), func() time.Time { return now }
			s.MinRetry, s.MaxRetry = 10*time.Second, time.Minute
			return s
		}
		begin := func() { // a process takes over what the one before had in hand
			life++
			_, err := w.Ledger.TakeLease(outer.Context(), fmt.Sprint("process ", life), now,
				func(string) bool { return true })
			w.Must(err)
		}
		begin()
		open := map[string]bool{}
		titles := []string{"login", "search", "mail"}
		for range rapid.IntRange(3, 25).Draw(t, "steps") {
			switch what := rapid.IntRange(0, 9).Draw(t, "what"); {
			case what <= 2:
				title := rapid.SampledFrom(titles).Draw(t, "incident")
				w.At = now
				if open[title] {
					w.Must(w.End(title))
				} else {
					w.Scrape(title)
				}
				open[title] = !open[title]
			case what <= 5:
				bad.status = rapid.SampledFrom([]int{200, 429, 500, 503, 404, 401, 400, 0, -1}).Draw(t, "answer")
			case what == 6:
				now = now.Add(rapid.SampledFrom([]time.Duration{time.Minute, 9 * time.Minute, 26 * time.Hour}).Draw(t,
					"time"))
			case what == 7: // killed while a message is under way
				ctx, end := context.WithCancel(outer.Context())
				s := sender(bad, "bad")
				s.Channel = killed{s.Channel, end}
				_, _ = s.sendDue(ctx)
				end()
				w.Restart()
				begin()
			case what == 8:
				w.Restart()
				begin()
			}
			now = now.Add(time.Second)
			_, err := planner().Plan(outer.Context())
			w.Must(err)
			for name, to := range map[string]*moody{"bad": bad, "good": good} {
				_, err := sender(to, name).sendDue(outer.Context())
				w.Must(err)
			}
			waiting, err := w.Ledger.Deliveries(outer.Context(), ledger.DeliveryFilter{Channel: "good",
				State: ledger.DeliveryPending})
			w.Must(err)
			if len(waiting) > 0 {
				t.Fatalf("%d messages wait for a receiver that is well", len(waiting))
			}
		}
		bad.status = 200
		for range 5 {
			now = now.Add(2 * time.Minute)
			_, err := sender(bad, "bad").sendDue(outer.Context())
			w.Must(err)
		}
		for name, to := range map[string]*moody{"bad": bad, "good": good} {
			all, err := w.Ledger.Deliveries(outer.Context(), ledger.DeliveryFilter{Channel: name})
			w.Must(err)
			var delivered []string
			state := map[int64]ledger.Delivery{}
			for _, d := range all {
				state[d.DeliveryID] = d
			}
			for _, d := range all {
				id := MessageID(d.DeliveryID)
				switch d.State {
				case ledger.DeliveryDelivered:
					delivered = append(delivered, id)
					if to.took[id] == 0 {
						t.Errorf("%s: %s counts as delivered, and never arrived", name, id)
					}
				case ledger.DeliverySkipped:
					into, have := state[d.FoldedInto]
					if d.Note == "" || !have || into.State != ledger.DeliveryDelivered &&
						into.State != ledger.DeliveryRefused || to.took[id] > 0 {
						t.Errorf("%s: %s is skipped: %q, into %d (%s)", name, id, d.Note, d.FoldedInto, into.State)
					}
				case ledger.DeliveryRefused:
					if d.LastError == "" || name == "good" {
						t.Errorf("%s: %s is refused: %s", name, id, d.LastError)
					}
				default:
					t.Errorf("%s: %s is still %s", name, id, d.State)
				}
			}
			for id, n := range to.took {
				if name == "good" && n != 1 {
					t.Errorf("good took %s %d times", id, n)
				}
			}
			if !slices.Equal(slices.DeleteFunc(slices.Clone(to.order), func(id string) bool {
				return !slices.Contains(delivered, id)
			}), delivered) {
				t.Errorf("%s: order %v, want %v", name, to.order, delivered)
			}
			for _, fault := range to.faults {
				t.Errorf("%s: %s", name, fault)
			}
		}
	})
}
