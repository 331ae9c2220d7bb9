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
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// world is a database with one source, beyond its baseline, and a channel.
type world struct {
	t      *testing.T
	path   string
	db     *db.DB
	source int64
	at     time.Time // of the next scrape
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, path: filepath.Join(t.TempDir(), "vendorwatch.db"), at: time.Now().Add(-time.Hour).UTC().Truncate(time.Second)}
	w.open()
	ctx := t.Context()
	vendor, err := w.db.EnsureVendor(ctx, db.Vendor{Slug: "kustomer", Name: "Kustomer"})
	w.must(err)
	w.source, err = w.db.EnsureSource(ctx, vendor, "https://status.kustomer.example", "statuspage")
	w.must(err)
	w.must(w.db.SetWatched(context.Background(), []int64{w.source}))
	w.must(w.db.EnsureChannel(ctx, "ops", w.at))
	w.scrape()
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) open() {
	w.t.Helper()
	d, err := db.Open(context.Background(), w.path)
	w.must(err)
	w.db = d
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

func (w *world) pending() int {
	w.t.Helper()
	events, err := w.db.Pending(context.Background(), "ops")
	w.must(err)
	return len(events)
}

// deliveries returns what the file says of each delivery, as "state attempts receipt".
func (w *world) deliveries() []string {
	w.t.Helper()
	file, err := sql.Open("sqlite", w.path)
	w.must(err)
	defer file.Close()
	rows, err := file.Query(`SELECT state, attempts, receipt, last_error FROM deliveries WHERE channel = 'ops' ORDER BY event_id`)
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

func (w *world) reporter(c Channel, log io.Writer) *Reporter {
	r := NewReporter(w.db, c)
	r.MinRetry, r.MaxRetry = time.Millisecond, 4*time.Millisecond
	r.Log = slog.New(slog.NewTextHandler(log, nil))
	return r
}

// testLog keeps what is logged and tells of each delivery.
type testLog struct {
	bytes.Buffer
	delivered chan struct{}
}

func newLog() *testLog { return &testLog{delivered: make(chan struct{}, 100)} }

func (l *testLog) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("digest delivered")) {
		l.delivered <- struct{}{}
	}
	return l.Buffer.Write(line)
}

// run runs the reporter until the test says so.
func run(r *Reporter) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.Run(ctx)
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
	return f.requests, f.accepted
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

func TestDigestArrivesOnceSlackRecovers(t *testing.T) {
	for name, bad := range map[string][]http.HandlerFunc{
		"well from the start":          nil,
		"429 with Retry-After":         {answer(429, "", "Retry-After", "1")},
		"429 without":                  {answer(429, "rate_limited"), answer(429, "rate_limited")},
		"500":                          {answer(500, "server_error"), answer(502, "<html>"), answer(503, "")},
		"no answer":                    {hang, hang},
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
			r := w.reporter(slackTo(t, slack.URL, patience), log)
			stop := run(r)
			r.Trigger()
			await(t, "delivery", log.delivered)
			stop()
			requests, accepted := slack.seen()
			if requests != len(bad)+1 || len(accepted) != 1 {
				t.Errorf("%d requests, %d accepted; want %d and 1", requests, len(accepted), len(bad)+1)
			}
			if !strings.Contains(accepted[0], "We look into login.") {
				t.Errorf("the digest does not tell the news: %s", accepted[0])
			}
			want := []string{fmt.Sprintf("delivered %d 200 ok", len(bad)+1)}
			if diff := cmp.Diff(want, w.deliveries()); diff != "" || w.pending() != 0 {
				t.Errorf("%d events are pending; deliveries (-want +got):\n%s", w.pending(), diff)
			}
			w.restart()
			if err := w.reporter(slackTo(t, slack.URL, patience), log).Resume(t.Context()); err != nil {
				t.Error(err)
			}
			if requests, _ := slack.seen(); requests != len(bad)+1 {
				t.Errorf("sent again after a restart")
			}
			noSecret(t, "the log", log.String())
			w.fileShowsNoSecret()
		})
	}
}

func TestDigestArrivesOnceSlackListens(t *testing.T) {
	w := newWorld(t)
	w.scrape("login")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	address := l.Addr().String()
	w.must(l.Close())

	log := newLog()
	r := w.reporter(slackTo(t, "http://"+address, time.Minute), log)
	if err := r.Send(t.Context()); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Fatalf("got %v, want a refused connection", err)
	}
	if w.pending() == 0 {
		t.Fatal("the news is lost")
	}
	slack := newFakeSlack()
	defer slack.Close()
	if l, err = net.Listen("tcp", address); err != nil {
		t.Skipf("the port was taken by another program: %v", err)
	}
	server := &http.Server{Handler: slack}
	defer server.Close()
	go func() { _ = server.Serve(l) }()
	stop := run(r)
	await(t, "delivery", log.delivered)
	stop()
	if requests, accepted := slack.seen(); requests != 1 || len(accepted) != 1 {
		t.Errorf("%d requests, %d accepted", requests, len(accepted))
	}
	noSecret(t, "the log", log.String())
}

func TestRefusalIsRecordedAndNotRepeated(t *testing.T) {
	for word, handler := range map[string]http.HandlerFunc{"no_service": answer(404, "no_service"), "channel_is_archived": answer(410, "channel_is_archived")} {
		t.Run(word, func(t *testing.T) {
			w := newWorld(t)
			w.scrape("login")
			slack := newFakeSlack(handler, handler, handler)
			defer slack.Close()
			log := newLog()
			r := w.reporter(slackTo(t, slack.URL, time.Minute), log)
			err := r.Send(t.Context())
			var sendErr *SendError
			if !errors.As(err, &sendErr) || !sendErr.Refused || !strings.Contains(err.Error(), word) {
				t.Fatalf("got %v", err)
			}
			if got := w.deliveries(); w.pending() != 0 || len(got) != 1 || !strings.HasPrefix(got[0], "refused 1") || !strings.Contains(got[0], word) {
				t.Errorf("%d events are pending; deliveries %q", w.pending(), got)
			}
			w.must(r.Resume(t.Context()))
			w.restart()
			r = w.reporter(slackTo(t, slack.URL, time.Minute), log)
			w.must(r.Resume(t.Context()))
			if requests, _ := slack.seen(); requests != 1 {
				t.Errorf("%d requests, want 1", requests)
			}
			noSecret(t, "error and log", err.Error()+log.String())
			w.fileShowsNoSecret()
		})
	}
}

func TestContradictionIsNotRepeatedForEver(t *testing.T) {
	w := newWorld(t)
	w.scrape("login")
	bad := make([]http.HandlerFunc, triesOfContradiction+5)
	for n := range bad {
		bad[n] = answer(200, "invalid_payload")
	}
	slack := newFakeSlack(bad...)
	defer slack.Close()
	r := w.reporter(slackTo(t, slack.URL, time.Minute), io.Discard)
	for range len(bad) {
		if err := r.Send(t.Context()); err == nil {
			t.Fatal("delivered")
		}
		if w.pending() == 0 {
			break
		}
	}
	if requests, _ := slack.seen(); requests != triesOfContradiction || w.pending() != 0 {
		t.Errorf("%d requests, %d events to be delivered; want %d and none", requests, w.pending(), triesOfContradiction)
	}
}

func TestFailedDigestOutlivesARestart(t *testing.T) {
	w := newWorld(t)
	w.scrape("login")
	slack := newFakeSlack(answer(500, ""))
	defer slack.Close()
	r := w.reporter(slackTo(t, slack.URL, time.Minute), io.Discard)
	r.MinRetry, r.MaxRetry = time.Hour, time.Hour
	if err := r.Send(t.Context()); err == nil {
		t.Fatal("delivered")
	}
	w.restart()
	r = w.reporter(slackTo(t, slack.URL, time.Minute), io.Discard)
	w.must(r.Resume(t.Context()))
	if requests, _ := slack.seen(); requests != 1 {
		t.Fatal("tried again before its time")
	}
	r.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	w.must(r.Resume(t.Context()))
	if _, accepted := slack.seen(); len(accepted) != 1 || w.pending() != 0 {
		t.Errorf("%d accepted, %d events to be delivered; want 1 and none", len(accepted), w.pending())
	}
}

func TestQuietDigest(t *testing.T) {
	w := newWorld(t)
	slack := newFakeSlack(answer(500, ""), answer(429, ""))
	defer slack.Close()
	log := newLog()
	r := w.reporter(slackTo(t, slack.URL, time.Minute), log)
	stop := run(r)
	r.Trigger()
	await(t, "delivery", log.delivered)
	stop()
	if requests, accepted := slack.seen(); requests != 3 || len(accepted) != 1 || !strings.Contains(accepted[0], "All quiet on 1 page") {
		t.Errorf("%d requests, accepted %q", requests, accepted)
	}
}

func TestEachDigestTellsOnlyWhatIsNew(t *testing.T) {
	w := newWorld(t)
	var out bytes.Buffer
	r := w.reporter(&Writer{ChannelName: "ops", W: &out}, io.Discard)
	w.scrape("login")
	w.must(r.Send(t.Context()))
	first := out.String()
	out.Reset()
	w.scrape("login", "search")
	w.must(r.Send(t.Context()))
	second := out.String()
	out.Reset()
	w.must(r.Send(t.Context()))
	third := out.String()
	if !strings.Contains(first, "NEW INCIDENTS (1)") || !strings.Contains(first, "login") {
		t.Errorf("first digest:\n%s", first)
	}
	if !strings.Contains(second, "NEW INCIDENTS (1)\n  Kustomer\n    search") || !strings.Contains(second, "STILL OPEN (1)\n  Kustomer\n    login") {
		t.Errorf("second digest:\n%s", second)
	}
	if !strings.HasPrefix(third, "Nothing new on 1 page, 2 incidents still open") {
		t.Errorf("third digest:\n%s", third)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	w := newWorld(t)
	w.scrape("login")
	began := make(chan struct{}, 1)
	slack := newFakeSlack(func(rw http.ResponseWriter, r *http.Request) {
		began <- struct{}{}
		hang(rw, r)
	})
	defer slack.Close()
	r := w.reporter(slackTo(t, slack.URL, time.Hour), io.Discard)
	stop := run(r)
	r.Trigger()
	await(t, "the request", began)
	stop()
	// Nobody knows whether it arrived, so the next run sends it.
	w.restart()
	r = w.reporter(slackTo(t, slack.URL, time.Minute), io.Discard)
	w.must(r.Resume(t.Context()))
	if _, accepted := slack.seen(); len(accepted) != 1 || w.pending() != 0 {
		t.Errorf("%d accepted, %d events to be delivered; want 1 and none", len(accepted), w.pending())
	}
}

// closing is a channel that takes a message and then loses the database, as a full disk would.
type closing struct {
	Writer
	db *db.DB
}

func (c *closing) Send(ctx context.Context, d Digest) (string, error) {
	receipt, err := c.Writer.Send(ctx, d)
	return receipt, errors.Join(err, c.db.Close())
}

func TestDeliveryThatCouldNotBeWrittenDownIsNotRepeated(t *testing.T) {
	w := newWorld(t)
	w.scrape("login")
	var out bytes.Buffer
	writer := Writer{ChannelName: "ops", W: &out}
	r := w.reporter(&closing{writer, w.db}, io.Discard)
	if err := r.Send(t.Context()); err == nil || !strings.Contains(err.Error(), "delivered, but not written down") {
		t.Fatalf("got %v", err)
	}
	w.open()
	r.DB, r.Channel = w.db, &writer
	w.must(r.Send(t.Context()))
	if n := strings.Count(out.String(), "NEW INCIDENTS"); n != 1 || w.pending() != 0 {
		t.Errorf("printed %d times, %d events to be delivered; want 1 and none", n, w.pending())
	}
}

// childFile names the database of the run that is killed in TestKilledWhileSending; childSlack where it sends to.
const childFile, childSlack = "REPORT_TEST_FILE", "REPORT_TEST_SLACK"

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		d, err := db.Open(context.Background(), path)
		if err != nil {
			panic(err)
		}
		s, err := NewSlack("ops", os.Getenv(childSlack), nil)
		if err != nil {
			panic(err)
		}
		panic(NewReporter(d, s).Send(context.Background()))
	}
	os.Exit(m.Run())
}

func TestKilledWhileSending(t *testing.T) {
	w := newWorld(t)
	w.scrape("login")
	w.must(w.db.Close())

	var child *exec.Cmd
	started := make(chan struct{})
	var first string
	slack := newFakeSlack(func(rw http.ResponseWriter, r *http.Request) {
		<-started
		body, _ := io.ReadAll(r.Body)
		first = string(body)
		_ = child.Process.Kill() // SIGKILL: accepted here, never written down there
	})
	defer slack.Close()
	child = exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childFile+"="+w.path, childSlack+"="+slack.URL+key)
	w.must(child.Start())
	close(started)
	if err := child.Wait(); err == nil || first == "" {
		t.Fatalf("the child was not killed in the middle: %v", err)
	}

	w.open()
	log := newLog()
	r := w.reporter(slackTo(t, slack.URL, time.Minute), log)
	stop := run(r) // nobody asks for a digest: the one in flight is found due
	await(t, "delivery", log.delivered)
	stop()
	_, accepted := slack.seen()
	if len(accepted) != 1 || w.pending() != 0 {
		t.Fatalf("%d accepted, %d events to be delivered; want 1 and none", len(accepted), w.pending())
	}
	if a, b := newsOf(t, first), newsOf(t, accepted[0]); a != b {
		t.Errorf("the second is not the same digest:\n%s\n%s", a, b)
	}
}

// newsOf returns the digest's key and the text of its first section, as far as the clock does not change it.
func newsOf(t *testing.T, body string) string {
	t.Helper()
	var m struct {
		Blocks []struct {
			Type string                `json:"type"`
			ID   string                `json:"block_id"`
			Text struct{ Text string } `json:"text"`
		} `json:"blocks"`
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatal(err)
	}
	for _, b := range m.Blocks {
		if b.Type == "section" {
			text, _, _ := strings.Cut(b.Text.Text, " · ongoing")
			return m.Blocks[0].ID + "\n" + text
		}
	}
	t.Fatalf("no section in %s", body)
	return ""
}
