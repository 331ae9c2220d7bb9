package report

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db"
	"vendorwatch/db/dbtest"
	"vendorwatch/normalize"
)

// world is a database with one source, beyond its baseline, and a digest for the channel ops.
type world struct {
	t       *testing.T
	path    string
	db      *db.DB
	source  int64
	at      time.Time // of the next scrape
	digests *Digests
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, path: filepath.Join(t.TempDir(), "vendorwatch.db"), at: time.Now().Add(-time.Hour).UTC().Truncate(time.Second)}
	w.digests = &Digests{Settings: []DigestSettings{{Name: "daily", Channels: []string{"ops"}}}}
	w.open()
	ctx := t.Context()
	vendor, err := w.db.EnsureVendor(ctx, db.Vendor{Slug: "kustomer", Name: "Kustomer", Owner: "support", RunbookURL: "https://wiki.example/kustomer"})
	w.must(err)
	w.source, err = w.db.EnsureSource(ctx, vendor, "https://status.kustomer.example", "statuspage")
	w.must(err)
	w.must(w.db.SetWatched(context.Background(), []int64{w.source}))
	w.must(w.digests.Ensure(ctx, w.at))
	w.must(w.db.EnsureStream(ctx, db.StreamAlerts, w.at))
	w.scrape()
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// emptyFile puts a migrated file at a path.
var emptyFile = dbtest.Empty(db.Open)

func (w *world) open() {
	w.t.Helper()
	emptyFile(w.t, w.path)
	d, err := db.Open(context.Background(), w.path)
	w.must(err)
	w.db, w.digests.DB = d, d
	w.t.Cleanup(func() { d.Close() })
}

// restart opens the file anew, as the next run of the program does.
func (w *world) restart() {
	w.t.Helper()
	w.must(w.db.Close())
	w.open()
}

// scrape saves a good pass over the source that shows these incidents open.
func (w *world) scrape(titles ...string) {
	w.t.Helper()
	s := db.Scrape{SourceID: w.source, At: w.at, HTTPStatus: 200, Requests: 1, CoverageStart: w.at.Add(-24 * time.Hour)}
	for _, title := range titles {
		s.Incidents = append(s.Incidents, normalize.Incident{
			Key: title, Kind: normalize.KindIncident, Title: title, URL: "https://status.kustomer.example/incidents/" + title,
			Severity: normalize.SeverityMajor, State: normalize.StateInvestigating, StartedAt: w.at, StartGiven: true,
			Updates: []normalize.Update{{Key: title + "-1", State: normalize.StateInvestigating, PostedAt: w.at, Body: "We look into " + title + "."}},
		})
	}
	w.at = w.at.Add(time.Minute)
	_, err := w.db.SaveScrape(context.Background(), s)
	w.must(err)
}

// digest plans a digest of what is new.
func (w *world) digest() {
	w.t.Helper()
	w.must(w.digests.PlanNow(context.Background(), time.Now()))
}

// tests plans test messages to a channel.
func (w *world) tests(channel string, n int) {
	w.t.Helper()
	add := slices.Repeat([]db.NewDelivery{{Channel: channel, Reason: string(ReasonTest)}}, n)
	w.must(w.db.SavePlan(context.Background(), db.StreamAlerts, 0, time.Now(), add, nil))
}

// deliveries returns what the file says of each message to ops, as "state attempts receipt".
func (w *world) deliveries() []string {
	w.t.Helper()
	file, err := sql.Open("sqlite", w.path)
	w.must(err)
	defer file.Close()
	rows, err := file.Query(`SELECT state, attempts, receipt, last_error FROM deliveries WHERE channel = 'ops' ORDER BY delivery_id`)
	w.must(err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var state, receipt, lastError string
		var attempts int
		w.must(rows.Scan(&state, &attempts, &receipt, &lastError))
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d %s %s", state, attempts, receipt, lastError)))
	}
	w.must(rows.Err())
	return out
}

func (w *world) sender(c Channel, log io.Writer) *Sender {
	s := NewSender(w.db, c, &Renderer{DB: w.db})
	s.MinRetry, s.MaxRetry = time.Millisecond, 4*time.Millisecond
	s.Log = slog.New(slog.NewTextHandler(log, nil))
	return s
}

// due sends what is to be sent now.
func (w *world) due(s *Sender) {
	w.t.Helper()
	_, err := s.sendDue(context.Background())
	w.must(err)
}

// testLog keeps what is logged and tells of each delivery.
type testLog struct {
	mu sync.Mutex
	bytes.Buffer
	delivered chan struct{}
}

func newLog() *testLog { return &testLog{delivered: make(chan struct{}, 1000)} }

func (l *testLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if bytes.Contains(line, []byte("msg=delivered")) {
		l.delivered <- struct{}{}
	}
	return l.Buffer.Write(line)
}

// run runs the sender until the test says so.
func run(s *Sender) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx)
	}()
	return func() { cancel(); <-done }
}

// fakeSlack misbehaves as often as it was told to, then accepts.
type fakeSlack struct {
	*httptest.Server
	mu       sync.Mutex
	bad      []http.HandlerFunc
	requests int
	accepted []string // bodies
}

func newFakeSlack(bad ...http.HandlerFunc) *fakeSlack {
	f := &fakeSlack{bad: bad}
	f.Server = httptest.NewServer(f)
	return f
}

func (f *fakeSlack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.requests++
	if len(f.bad) > 0 {
		next := f.bad[0]
		f.bad = f.bad[1:]
		f.mu.Unlock()
		next(w, r)
		return
	}
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	f.accepted = append(f.accepted, string(body))
	_, _ = io.WriteString(w, "ok")
}

func (f *fakeSlack) seen() (requests int, accepted []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requests, slices.Clone(f.accepted)
}

// idOf is the id that a Slack message carries.
func idOf(t *testing.T, body string) string {
	t.Helper()
	var m struct {
		Blocks []struct {
			ID string `json:"block_id"`
		} `json:"blocks"`
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil || len(m.Blocks) == 0 {
		t.Fatalf("no blocks in %s: %v", body, err)
	}
	return m.Blocks[0].ID
}

// fileShowsNoSecret looks into every byte of the database.
func (w *world) fileShowsNoSecret() {
	w.t.Helper()
	files, err := filepath.Glob(w.path + "*")
	w.must(err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		w.must(err)
		noSecret(w.t, f, string(b))
	}
}

func await(t *testing.T, what string, arrived <-chan struct{}) {
	t.Helper()
	select {
	case <-arrived:
	case <-time.After(time.Minute):
		t.Fatalf("%s did not happen within a minute", what)
	}
}

func TestADigestArrivesOnceSlackRecovers(t *testing.T) {
	for name, bad := range map[string][]http.HandlerFunc{
		"well from the start":          nil,
		"429 with Retry-After":         {answer(429, "", "Retry-After", "1")},
		"429 without":                  {answer(429, "rate_limited"), answer(429, "rate_limited")},
		"500":                          {answer(500, "server_error"), answer(502, "<html>"), answer(503, "")},
		"no answer":                    {hang, hang},
		"an answer that breaks off":    {dropped, dropped},
		"200 with an error":            {answer(200, "rollup_error"), answer(200, `{"ok":false,"error":"x"}`), answer(200, "")},
		"200 with a refusal":           {answer(200, "invalid_payload"), answer(200, "no_service")},
		"403 of a proxy":               {answer(403, "<html>blocked")},
		"an answer that names its key": {answer(500, "no route to "+key)},
		"all of it": {answer(500, ""), hang, answer(429, ""), answer(200, "no_text"), answer(404, "<html>"), answer(500, ""), answer(500, ""),
			answer(500, ""), answer(500, ""), answer(500, "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.scrape("login")
			slack := newFakeSlack(bad...)
			defer slack.Close()
			patience := time.Minute
			if name == "no answer" || name == "all of it" {
				patience = 2 * time.Second
			}
			log := newLog()
			s := w.sender(slackTo(t, slack.URL, patience), log)
			stop := run(s)
			w.digest()
			s.Wake()
			await(t, "delivery", log.delivered)
			stop()
			requests, accepted := slack.seen()
			if requests != len(bad)+1 || len(accepted) != 1 {
				t.Fatalf("%d requests, %d accepted; want %d and 1", requests, len(accepted), len(bad)+1)
			}
			if !strings.Contains(accepted[0], "We look into login.") || idOf(t, accepted[0]) != "vw-1" {
				t.Errorf("the digest does not tell the news, or has another id: %s", accepted[0])
			}
			want := []string{fmt.Sprintf("delivered %d 200 ok", len(bad)+1)}
			if diff := cmp.Diff(want, w.deliveries()); diff != "" {
				t.Errorf("deliveries (-want +got):\n%s", diff)
			}
			w.restart()
			w.due(w.sender(slackTo(t, slack.URL, patience), log))
			if requests, _ := slack.seen(); requests != len(bad)+1 {
				t.Errorf("sent again after a restart")
			}
			noSecret(t, "the log", log.String())
			w.fileShowsNoSecret()
		})
	}
}

func TestADigestArrivesOnceSlackListens(t *testing.T) {
	w := newWorld(t)
	w.scrape("login")
	w.digest()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	address := l.Addr().String()
	w.must(l.Close())

	log := newLog()
	s := w.sender(slackTo(t, "http://"+address, time.Minute), log)
	if err := s.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Fatalf("got %v, want a refused connection", err)
	}
	slack := newFakeSlack()
	defer slack.Close()
	if l, err = net.Listen("tcp", address); err != nil {
		t.Skipf("the port was taken by another program: %v", err)
	}
	server := &http.Server{Handler: slack}
	defer server.Close()
	go func() { _ = server.Serve(l) }()
	stop := run(s)
	await(t, "delivery", log.delivered)
	stop()
	if requests, accepted := slack.seen(); requests != 1 || len(accepted) != 1 {
		t.Errorf("%d requests, %d accepted", requests, len(accepted))
	}
	noSecret(t, "the log", log.String())
}

func TestACertificateThatNobodyVouchesForIsNoReceiver(t *testing.T) {
	w := newWorld(t)
	w.scrape("login")
	w.digest()
	slack := newFakeSlack()
	slack.Close()
	slack.Server = httptest.NewUnstartedServer(slack)
	slack.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	slack.StartTLS()
	defer slack.Close()
	log := newLog()
	s := w.sender(slackTo(t, slack.URL, time.Minute), log)
	err := s.Flush(t.Context())
	var failure *SendError
	if !errors.As(err, &failure) || failure.Refused || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v", err)
	}
	if got := w.deliveries(); len(got) != 1 || !strings.HasPrefix(got[0], "pending 1") {
		t.Errorf("deliveries %q", got)
	}
	noSecret(t, "the log", log.String())
}

func TestARefusalIsRecordedAndNotRepeated(t *testing.T) {
	for word, handler := range map[string]http.HandlerFunc{"no_service": answer(404, "no_service"), "channel_is_archived": answer(410, "channel_is_archived")} {
		t.Run(word, func(t *testing.T) {
			w := newWorld(t)
			w.scrape("login")
			w.digest()
			w.tests("ops", 1)
			slack := newFakeSlack(handler)
			defer slack.Close()
			log := newLog()
			err := w.sender(slackTo(t, slack.URL, time.Minute), log).Flush(t.Context())
			var sendErr *SendError
			if !errors.As(err, &sendErr) || !sendErr.Refused || !strings.Contains(err.Error(), word) {
				t.Fatalf("got %v", err)
			}
			got := w.deliveries()
			if len(got) != 2 || !strings.HasPrefix(got[0], "refused 1") || !strings.Contains(got[0], word) || got[1] != "delivered 1 200 ok" {
				t.Errorf("deliveries %q; what stands behind a refusal is to be sent", got)
			}
			w.restart()
			s := w.sender(slackTo(t, slack.URL, time.Minute), log)
			w.due(s)
			if requests, _ := slack.seen(); requests != 2 {
				t.Errorf("%d requests, want 2", requests)
			}
			w.must(w.db.Resend(t.Context(), 1))
			w.due(s)
			_, accepted := slack.seen()
			if len(accepted) != 2 || idOf(t, accepted[1]) != "vw-1" || !strings.Contains(accepted[1], "We look into login.") {
				t.Errorf("sent again, it arrives as %q", accepted)
			}
			noSecret(t, "error and log", err.Error()+log.String())
			w.fileShowsNoSecret()
		})
	}
}

func TestAContradictionIsNotRepeatedForEver(t *testing.T) {
	w := newWorld(t)
	w.digest()
	bad := make([]http.HandlerFunc, triesOfContradiction+5)
	for n := range bad {
		bad[n] = answer(200, "invalid_payload")
	}
	slack := newFakeSlack(bad...)
	defer slack.Close()
	for range len(bad) {
		// A restart between two tries forgets none of them.
		if err := w.sender(slackTo(t, slack.URL, time.Minute), io.Discard).Flush(t.Context()); err == nil {
			break
		}
	}
	if requests, _ := slack.seen(); requests != triesOfContradiction || !strings.HasPrefix(w.deliveries()[0], "refused") {
		t.Errorf("%d requests, %q; want %d", requests, w.deliveries(), triesOfContradiction)
	}
}

// That holds for a digest without news too.
func TestAFailedDigestOutlivesARestart(t *testing.T) {
	w := newWorld(t)
	w.digest()
	slack := newFakeSlack(answer(500, ""))
	defer slack.Close()
	s := w.sender(slackTo(t, slack.URL, time.Minute), io.Discard)
	s.MinRetry, s.MaxRetry = time.Hour, time.Hour
	w.due(s)
	w.restart()
	s = w.sender(slackTo(t, slack.URL, time.Minute), io.Discard)
	w.due(s)
	if requests, _ := slack.seen(); requests != 1 {
		t.Fatalf("%d requests: tried again before its time", requests)
	}
	s.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
	w.due(s)
	if _, accepted := slack.seen(); len(accepted) != 1 || !strings.Contains(accepted[0], "All quiet on 1 page") {
		t.Errorf("accepted %q", accepted)
	}
}

func TestTheWaitGrowsAndHonoursWhatIsAskedFor(t *testing.T) {
	s := NewSender(nil, nil, nil)
	longest := time.Duration(0)
	for attempts := 1; attempts <= 40; attempts++ {
		low, high := min(s.MinRetry<<min(attempts-1, 20), s.MaxRetry)/2, min(s.MinRetry<<min(attempts-1, 20)*3/2, s.MaxRetry)
		if got := s.delay(attempts, 0); got < low || got > high {
			t.Errorf("after %d tries it waits %s, want %s to %s", attempts, got, low, high)
		} else {
			longest = max(longest, got)
		}
	}
	if longest > s.MaxRetry {
		t.Errorf("it waits %s", longest)
	}
	if got := s.delay(1, 10*time.Minute); got != 10*time.Minute {
		t.Errorf("asked for 10 minutes, it waits %s", got)
	}
	if got := s.delay(1, 100*time.Hour); got != maxRetryAfter {
		t.Errorf("asked for 100 hours, it waits %s", got)
	}
}

func TestAChannelsOrderIsKeptThroughFailures(t *testing.T) {
	w := newWorld(t)
	w.tests("ops", 30)
	var bad []http.HandlerFunc
	slack := newFakeSlack()
	defer slack.Close()
	for n := range 60 {
		next := []http.HandlerFunc{answer(500, ""), slack.accept, dropped, slack.accept, answer(429, "")}[n%5]
		bad = append(bad, next)
	}
	slack.bad = bad
	log := newLog()
	stop := run(w.sender(slackTo(t, slack.URL, time.Minute), log))
	for range 30 {
		await(t, "delivery", log.delivered)
	}
	stop()
	_, accepted := slack.seen()
	for n, body := range accepted {
		if want := fmt.Sprintf("vw-%d", n+1); idOf(t, body) != want {
			t.Errorf("message %d is %s, want %s", n, idOf(t, body), want)
		}
	}
	if len(accepted) != 30 {
		t.Errorf("%d messages arrived", len(accepted))
	}
}

// accept takes a message as a good Slack does.
func (f *fakeSlack) accept(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	f.accepted = append(f.accepted, string(body))
	_, _ = io.WriteString(w, "ok")
}

// deaf is a channel that never comes back, whatever it is told.
type deaf struct {
	called chan struct{}
	block  chan struct{}
}

func (d *deaf) Name() string { return "deaf" }

func (d *deaf) Send(context.Context, Message) (Sent, error) {
	select {
	case d.called <- struct{}{}:
	default:
	}
	<-d.block
	return Sent{}, nil
}

func TestAStuckChannelDelaysNoOtherAndKeepsNothingFromEnding(t *testing.T) {
	w := newWorld(t)
	w.tests("deaf", 1)
	stuck := &deaf{called: make(chan struct{}, 1), block: make(chan struct{})}
	defer close(stuck.block)
	stopStuck := run(w.sender(stuck, io.Discard))
	await(t, "the call", stuck.called)

	w.tests("ops", 20)
	slack := newFakeSlack()
	defer slack.Close()
	log := newLog()
	stop := run(w.sender(slackTo(t, slack.URL, time.Minute), log))
	for range 20 {
		await(t, "delivery", log.delivered)
	}
	stop()
	ended := make(chan struct{})
	go func() {
		stopStuck()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the sender does not end within 10 seconds")
	}
	all, err := w.db.Deliveries(t.Context(), db.DeliveryFilter{Channel: "deaf"})
	if err != nil || len(all) != 1 || all[0].State != db.DeliveryPending || all[0].Attempts != 1 {
		t.Errorf("%+v %v", all, err)
	}
}

// broken is a channel with a mistake in it.
type broken struct{ Writer }

func (b *broken) Send(context.Context, Message) (Sent, error) { panic("no such key " + key) }

func TestAChannelThatPanicsIsAFailure(t *testing.T) {
	w := newWorld(t)
	w.tests("ops", 1)
	log := newLog()
	err := w.sender(&broken{Writer{ChannelName: "ops"}}, log).Flush(t.Context())
	if err == nil || !strings.HasPrefix(w.deliveries()[0], "pending 1") {
		t.Errorf("%v, deliveries %q", err, w.deliveries())
	}
	noSecret(t, "error and log", err.Error()+log.String())
}

func TestAMessageInFlightIsGivenTimeToArriveAtTheEnd(t *testing.T) {
	w := newWorld(t)
	w.tests("ops", 2)
	began, release := make(chan struct{}, 1), make(chan struct{})
	slack := newFakeSlack()
	defer slack.Close()
	slack.bad = []http.HandlerFunc{func(rw http.ResponseWriter, r *http.Request) {
		began <- struct{}{}
		<-release
		slack.accept(rw, r)
	}}
	s := w.sender(slackTo(t, slack.URL, time.Minute), io.Discard)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx)
	}()
	await(t, "the request", began)
	cancel()
	close(release)
	await(t, "the end", done)
	if diff := cmp.Diff([]string{"delivered 1 200 ok", "pending 0"}, w.deliveries()); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

// closing is a channel that takes a message and then loses the database, as a full disk would.
type closing struct {
	Writer
	db *db.DB
}

func (c *closing) Send(ctx context.Context, m Message) (Sent, error) {
	sent, err := c.Writer.Send(ctx, m)
	return sent, errors.Join(err, c.db.Close())
}

func TestADeliveryThatCouldNotBeWrittenDownIsNotRepeated(t *testing.T) {
	w := newWorld(t)
	w.scrape("login")
	w.digest()
	var out bytes.Buffer
	writer := Writer{ChannelName: "ops", W: &out}
	s := w.sender(&closing{writer, w.db}, io.Discard)
	if err := s.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "delivered, but not written down") {
		t.Fatalf("got %v", err)
	}
	w.open()
	s.DB, s.Channel, s.Render = w.db, &writer, &Renderer{DB: w.db}
	w.must(s.Flush(t.Context()))
	if n := strings.Count(out.String(), "NEW INCIDENTS"); n != 1 || w.deliveries()[0] != "delivered 1 printed" {
		t.Errorf("printed %d times, deliveries %q", n, w.deliveries())
	}
}

// What another process, such as `vendorwatch digest` beside the service, has taken up is not sent by this one too.
func TestTwoProcessesDoNotSendOneMessage(t *testing.T) {
	w := newWorld(t)
	slack := newFakeSlack()
	defer slack.Close()
	s := w.sender(slackTo(t, slack.URL, time.Minute), io.Discard)
	w.due(s) // it is at work
	w.tests("ops", 1)
	w.must(w.db.MarkSending(t.Context(), 1, 0, time.Now()))
	w.due(s)
	if requests, _ := slack.seen(); requests != 0 {
		t.Fatal("a message that another has in hand was sent")
	}
	s.Now = func() time.Time { return time.Now().Add(2 * inHand) }
	w.due(s)
	if _, accepted := slack.seen(); len(accepted) != 1 {
		t.Error("a message that another took up and never brought to its end is not sent")
	}
}
