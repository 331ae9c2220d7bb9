package deliver

import (
	"bytes"
	"context"
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
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/channel/slack"
	"vendorwatch/cmd/internal/report/channel/stdout"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
)

func senderTo(w *reporttest.World, c channel.Channel, log io.Writer) *Sender {
	s := NewSender(w.Ledger, c, &Renderer{DB: w.DB, Ledger: w.Ledger})
	s.MinRetry, s.MaxRetry = time.Millisecond, 4*time.Millisecond
	s.Log = slog.New(slog.NewTextHandler(log, nil))
	return s
}

// due sends what is to be sent now.
func sendDue(w *reporttest.World, s *Sender) {
	w.T.Helper()
	_, err := s.sendDue(context.Background())
	w.Must(err)
}

// flush makes one attempt at each message that waits for ops.
func flush(w *reporttest.World, s *Sender) error {
	w.T.Helper()
	return s.Send(context.Background(), w.Waiting())
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
func fileShowsNoSecret(w *reporttest.World) {
	w.T.Helper()
	files, err := filepath.Glob(w.Path + "*")
	w.Must(err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		w.Must(err)
		reporttest.NoSlackSecret(w.T, f, string(b))
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
		"well from the start":  nil,
		"429 with Retry-After": {channeltest.Answer(429, "", "Retry-After", "1")},
		"429 without": {channeltest.Answer(429, "rate_limited"),
			channeltest.Answer(429, "rate_limited")},
		"500": {channeltest.Answer(500, "server_error"), channeltest.Answer(502, "<html>"),
			channeltest.Answer(503, "")},
		"no answer":                 {channeltest.Hang, channeltest.Hang},
		"an answer that breaks off": {channeltest.Dropped, channeltest.Dropped},
		"200 with an error": {channeltest.Answer(200, "rollup_error"),
			channeltest.Answer(200, `{"ok":false,"error":"x"}`), channeltest.Answer(200, "")},
		"200 with a refusal": {channeltest.Answer(200, "invalid_payload"),
			channeltest.Answer(200, "no_service")},
		"403 of a proxy":               {channeltest.Answer(403, "<html>blocked")},
		"an answer that names its key": {channeltest.Answer(500, "no route to "+reporttest.SlackPath)},
		"all of it": {channeltest.Answer(500, ""), channeltest.Hang, channeltest.Answer(429, ""),
			channeltest.Answer(200, "no_text"), channeltest.Answer(404, "<html>"), channeltest.Answer(500, ""),
			channeltest.Answer(500, ""),
			channeltest.Answer(500, ""), channeltest.Answer(500, ""), channeltest.Answer(500, "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { arrivesOnce(t, bad) })
		})
	}
}

func arrivesOnce(t *testing.T, bad []http.HandlerFunc) {
	w := reporttest.NewWorld(t)
	w.Scrape("login")
	receiver := &fakeSlack{bad: bad}
	inMemory := slackInMemory(t, receiver)
	log := newLog()
	s := senderTo(w, inMemory, log)
	stop := run(s)
	w.PlanDigest()
	s.Wake()
	await(t, "delivery", log.delivered)
	stop()
	requests, accepted := receiver.seen()
	if requests != len(bad)+1 || len(accepted) != 1 {
		t.Fatalf("%d requests, %d accepted; want %d and 1", requests, len(accepted), len(bad)+1)
	}
	if !strings.Contains(accepted[0], "We look into login.") || idOf(t, accepted[0]) != "vw-1" {
		t.Errorf("the digest does not tell the news, or has another id: %s", accepted[0])
	}
	want := []string{fmt.Sprintf("delivered %d 200 ok", len(bad)+1)}
	if diff := cmp.Diff(want, w.Deliveries()); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
	w.Restart()
	sendDue(w, senderTo(w, inMemory, log))
	if requests, _ := receiver.seen(); requests != len(bad)+1 {
		t.Errorf("sent again after a restart")
	}
	reporttest.NoSlackSecret(t, "the log", log.String())
	fileShowsNoSecret(w)
}

func TestADigestArrivesOnceSlackListens(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.Scrape("login")
	w.PlanDigest()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.Must(err)
	address := l.Addr().String()
	w.Must(l.Close())

	log := newLog()
	s := senderTo(w, slackAt(t, "http://"+address, time.Minute), log)
	if err := flush(w, s); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Fatalf("got %v, want a refused connection", err)
	}
	receiver := newFakeSlack()
	defer receiver.Close()
	if l, err = net.Listen("tcp", address); err != nil {
		t.Skipf("the port was taken by another program: %v", err)
	}
	server := &http.Server{Handler: receiver}
	defer server.Close()
	go func() { _ = server.Serve(l) }()
	stop := run(s)
	await(t, "delivery", log.delivered)
	stop()
	if requests, accepted := receiver.seen(); requests != 1 || len(accepted) != 1 {
		t.Errorf("%d requests, %d accepted", requests, len(accepted))
	}
	reporttest.NoSlackSecret(t, "the log", log.String())
}

func TestACertificateThatNobodyVouchesForIsNoReceiver(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.Scrape("login")
	w.PlanDigest()
	receiver := newFakeSlack()
	receiver.Close()
	receiver.Server = httptest.NewUnstartedServer(receiver)
	receiver.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	receiver.StartTLS()
	defer receiver.Close()
	log := newLog()
	s := senderTo(w, slackAt(t, receiver.URL, time.Minute), log)
	err := flush(w, s)
	var failure *channel.SendError
	if !errors.As(err, &failure) || failure.Refused || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v", err)
	}
	if got := w.Deliveries(); len(got) != 1 || !strings.HasPrefix(got[0], "pending 1") {
		t.Errorf("deliveries %q", got)
	}
	reporttest.NoSlackSecret(t, "the log", log.String())
}

func TestARefusalIsRecordedAndNotRepeated(t *testing.T) {
	for word, handler := range map[string]http.HandlerFunc{
		"invalid_blocks": channeltest.Answer(400, "invalid_blocks"),
		"too long":       channeltest.Answer(413, "too long"),
	} {
		t.Run(word, func(t *testing.T) {
			w := reporttest.NewWorld(t)
			w.Scrape("login")
			w.PlanDigest()
			w.PlanTests("ops", 1)
			receiver := newFakeSlack(handler)
			defer receiver.Close()
			log := newLog()
			err := flush(w, senderTo(w, slackAt(t, receiver.URL, time.Minute), log))
			var sendErr *channel.SendError
			if !errors.As(err, &sendErr) || !sendErr.Refused || !strings.Contains(err.Error(), word) {
				t.Fatalf("got %v", err)
			}
			got := w.Deliveries()
			if len(got) != 2 || !strings.HasPrefix(got[0], "refused 1") || !strings.Contains(got[0], word) ||
				got[1] != "delivered 1 200 ok" {
				t.Errorf("deliveries %q; what stands behind a refusal is to be sent", got)
			}
			w.Restart()
			s := senderTo(w, slackAt(t, receiver.URL, time.Minute), log)
			sendDue(w, s)
			if requests, _ := receiver.seen(); requests != 2 {
				t.Errorf("%d requests, want 2", requests)
			}
			w.Must(w.Ledger.Resend(t.Context(), 1))
			sendDue(w, s)
			_, accepted := receiver.seen()
			if len(accepted) != 2 || idOf(t, accepted[1]) != "vw-1" ||
				!strings.Contains(accepted[1], "We look into login.") {
				t.Errorf("sent again, it arrives as %q", accepted)
			}
			reporttest.NoSlackSecret(t, "error and log", err.Error()+log.String())
			fileShowsNoSecret(w)
		})
	}
}

// That holds for a digest without news too.
func TestAFailedDigestOutlivesARestart(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.PlanDigest()
	receiver := newFakeSlack(channeltest.Answer(500, ""))
	defer receiver.Close()
	s := senderTo(w, slackAt(t, receiver.URL, time.Minute), io.Discard)
	s.MinRetry, s.MaxRetry = time.Hour, time.Hour
	sendDue(w, s)
	w.Restart()
	s = senderTo(w, slackAt(t, receiver.URL, time.Minute), io.Discard)
	sendDue(w, s)
	if requests, _ := receiver.seen(); requests != 1 {
		t.Fatalf("%d requests: tried again before its time", requests)
	}
	s.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
	sendDue(w, s)
	if _, accepted := receiver.seen(); len(accepted) != 1 || !strings.Contains(accepted[0], "All quiet on 1 page") {
		t.Errorf("accepted %q", accepted)
	}
}

func TestTheWaitGrowsAndHonoursWhatIsAskedFor(t *testing.T) {
	s := NewSender(nil, nil, nil)
	longest := time.Duration(0)
	for attempts := 1; attempts <= 40; attempts++ {
		low, high := min(s.MinRetry<<min(attempts-1, 20), s.MaxRetry)/2,
			min(s.MinRetry<<min(attempts-1, 20)*3/2, s.MaxRetry)
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
	synctest.Test(t, keepsOrder)
}

func keepsOrder(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.PlanTests("ops", 30)
	var bad []http.HandlerFunc
	receiver := &fakeSlack{}
	for n := range 60 {
		next := []http.HandlerFunc{channeltest.Answer(500, ""), receiver.accept, channeltest.Dropped, receiver.accept,
			channeltest.Answer(429, "")}[n%5]
		bad = append(bad, next)
	}
	receiver.bad = bad
	log := newLog()
	stop := run(senderTo(w, slackInMemory(t, receiver), log))
	for range 30 {
		await(t, "delivery", log.delivered)
	}
	stop()
	_, accepted := receiver.seen()
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

func (d *deaf) Send(context.Context, message.Message) (channel.Sent, error) {
	select {
	case d.called <- struct{}{}:
	default:
	}
	<-d.block
	return channel.Sent{}, nil
}

func TestAStuckChannelDelaysNoOtherAndKeepsNothingFromEnding(t *testing.T) {
	synctest.Test(t, stuckChannel)
}

func stuckChannel(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.PlanTests("deaf", 1)
	stuck := &deaf{called: make(chan struct{}, 1), block: make(chan struct{})}
	defer close(stuck.block)
	stopStuck := run(senderTo(w, stuck, io.Discard))
	await(t, "the call", stuck.called)

	w.PlanTests("ops", 20)
	receiver := &fakeSlack{}
	log := newLog()
	stop := run(senderTo(w, slackInMemory(t, receiver), log))
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
	all, err := w.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{Channel: "deaf"})
	if err != nil || len(all) != 1 || all[0].State != ledger.DeliveryPending || all[0].Attempts != 1 {
		t.Errorf("%+v %v", all, err)
	}
}

// broken is a channel with a mistake in it.
type broken struct{ stdout.Channel }

func (b *broken) Send(context.Context, message.Message) (channel.Sent, error) {
	panic("no such key " + reporttest.SlackPath)
}

func TestAChannelThatPanicsIsAFailure(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.PlanTests("ops", 1)
	log := newLog()
	err := flush(w, senderTo(w, &broken{stdout.Channel{ChannelName: "ops"}}, log))
	if err == nil || !strings.HasPrefix(w.Deliveries()[0], "pending 1") {
		t.Errorf("%v, deliveries %q", err, w.Deliveries())
	}
	reporttest.NoSlackSecret(t, "error and log", err.Error()+log.String())
}

func TestAMessageInFlightIsGivenTimeToArriveAtTheEnd(t *testing.T) {
	synctest.Test(t, messageInFlight)
}

func messageInFlight(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.PlanTests("ops", 2)
	began, release := make(chan struct{}, 1), make(chan struct{})
	receiver := &fakeSlack{}
	receiver.bad = []http.HandlerFunc{func(rw http.ResponseWriter, r *http.Request) {
		began <- struct{}{}
		<-release
		receiver.accept(rw, r)
	}}
	s := senderTo(w, slackInMemory(t, receiver), io.Discard)
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
	if diff := cmp.Diff([]string{"delivered 1 200 ok", "pending 0"}, w.Deliveries()); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

// closing is a channel that takes a message and then loses the database, as a full disk would.
type closing struct {
	stdout.Channel
	db *db.DB
}

func (c *closing) Send(ctx context.Context, m message.Message) (channel.Sent, error) {
	sent, err := c.Channel.Send(ctx, m)
	return sent, errors.Join(err, c.db.Close())
}

func TestADeliveryThatCouldNotBeWrittenDownIsNotRepeated(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.Scrape("login")
	w.PlanDigest()
	var out bytes.Buffer
	writer := stdout.Channel{ChannelName: "ops", W: &out}
	s := senderTo(w, &closing{writer, w.File}, io.Discard)
	if err := flush(w, s); err == nil || !strings.Contains(err.Error(), "delivered, but not recorded") {
		t.Fatalf("got %v", err)
	}
	w.Open()
	s.Ledger, s.Channel, s.Render = w.Ledger, &writer, &Renderer{DB: w.DB, Ledger: w.Ledger}
	w.Must(flush(w, s))
	if n := strings.Count(out.String(), "Kustomer: login"); n != 1 || w.Deliveries()[0] != "delivered 1 printed" {
		t.Errorf("printed %d times, deliveries %q", n, w.Deliveries())
	}
}

// What another process, such as `vendorwatch digest` beside the service, has taken up is not sent by this one too, not
// even where this one begins only now.
func TestTwoProcessesDoNotSendOneMessage(t *testing.T) {
	w := reporttest.NewWorld(t)
	receiver := newFakeSlack()
	defer receiver.Close()
	w.PlanTests("ops", 1)
	now := time.Now()
	w.Must(w.Ledger.MarkSending(t.Context(), 1, 0, ledger.Hand{Process: "another", At: now, Until: now.Add(InHand)}))
	s := senderTo(w, slackAt(t, receiver.URL, time.Minute), io.Discard)
	s.Process = "this"
	sendDue(w, s)
	w.Must(flush(w, s))
	if requests, _ := receiver.seen(); requests != 0 {
		t.Fatal("a message that another has in hand was sent")
	}
	s.Now = func() time.Time { return now.Add(InHand) }
	sendDue(w, s)
	if _, accepted := receiver.seen(); len(accepted) != 1 {
		t.Error("a message that another took up and never brought to its end is not sent")
	}
}

// slackInMemory makes the channel for a receiver that no network leads to, so that no time passes in a bubble.
func slackInMemory(t *testing.T, f *fakeSlack) *slack.Channel {
	t.Helper()
	s, err := slack.New("ops", "http://slack.test"+reporttest.SlackPath, channeltest.Memory(t, f, 2*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// slackAt makes the channel for a server on loopback.
func slackAt(t *testing.T, address string, patience time.Duration) *slack.Channel {
	t.Helper()
	s, err := slack.New("ops", address+reporttest.SlackPath, channeltest.Client(patience))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
