package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vendorwatch/cmd/internal/simulate/simtest"
)

// service is `vendorwatch serve` in a process of its own.
type service struct {
	t      *testing.T
	cmd    *exec.Cmd
	out    transcript
	record string
	ended  chan struct{}
	err    error // of Wait; valid when ended is closed
}

// transcript is what a process has printed so far, stdout and stderr together.
type transcript struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// serve starts the service in a folder. It is killed at the end of the test, should it still run.
func serve(t *testing.T, dir string, env ...string) *service {
	t.Helper()
	s := &service{t: t, cmd: program(dir, env, "serve", "--verbose"), record: filepath.Join(dir, "vendorwatch.db"),
		ended: make(chan struct{})}
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	t.Cleanup(func() {
		s.cmd.Process.Kill()
		<-s.ended
	})
	return s
}

func (s *service) signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatalf("%v: %v\n%s", sig, err, s.out.String())
	}
}

// until waits until something holds, for a minute at the most.
func (s *service) until(what string, holds func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(20 * time.Millisecond) {
		select {
		case <-s.ended:
			s.t.Fatalf("the service ended before %s: %v\n%s", what, s.err, s.out.String())
		default:
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("waited in vain until %s\n%s", what, s.out.String())
		}
	}
}

func (s *service) untilSaid(text string) {
	s.t.Helper()
	s.until("it says "+text, func() bool { return strings.Contains(s.out.String(), text) })
}

// untilSaved waits until a query on the record has that answer.
func (s *service) untilSaved(query, answer string) {
	s.t.Helper()
	s.until(query+" is "+answer, func() bool {
		rows, err := queryRows(s.record, query)
		return err == nil && strings.Join(rows, "\n") == answer
	})
}

// queryRows is query on a file that may not be there yet.
func queryRows(path, statement string) ([]string, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	return rowsOf(path, statement)
}

// stopLimit is how long a service may take to end: 10 seconds, and what a busy machine adds.
const stopLimit = 13 * time.Second

// stop ends the service as a supervisor would, and checks what it leaves.
func (s *service) stop() {
	s.t.Helper()
	s.signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(stopLimit):
		s.t.Fatalf("it still runs %s after SIGTERM\n%s", stopLimit, s.out.String())
	}
	if s.err != nil {
		s.t.Errorf("after SIGTERM: %v\n%s", s.err, s.out.String())
	}
	if out, err := program(filepath.Dir(s.record), nil, "--db", s.record, "db", "check").CombinedOutput(); err != nil {
		s.t.Errorf("the file it leaves: %v\n%s", err, out)
	}
}

func TestServeStopsOnSIGTERM(t *testing.T) {
	t.Parallel()
	w := startWorld(t)
	s := serve(t, folder(t, w, storySlugs, ""))
	s.untilSaved(`SELECT count(*) FROM sources WHERE baseline_at IS NOT NULL`, fmt.Sprint(len(storySlugs)))
	s.stop()
	for _, slug := range storySlugs {
		if !strings.Contains(s.out.String(), "vendor="+slug) {
			t.Errorf("it has no line about %s:\n%s", slug, &s.out)
		}
	}
}

func TestServeStopsThoughAVendorHangs(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "kustomer", "quillpay")
	w.sites["kustomer"].breaks(simtest.FaultHang, ".")
	s := serve(t, folder(t, w, []string{"kustomer", "quillpay"}, ""))
	s.untilSaved(`SELECT count(*) FROM sources WHERE baseline_at IS NOT NULL`, "1")
	s.until("kustomer is asked", func() bool { return w.sites["kustomer"].count() > 0 })
	s.stop()
	// What was cut short tells nothing of the page.
	if got := mustQuery(t, s.record,
		`SELECT consecutive_failures FROM v_source_health WHERE vendor = 'kustomer'`); got[0] != "0" {
		t.Errorf("the scrape that was cut short counts as a failure: %q", got)
	}
}

func TestServeStopsThoughSlackHangs(t *testing.T) {
	t.Parallel()
	w, hook := startWorld(t, "kustomer"), newSlack()
	release := make(chan struct{})
	t.Cleanup(hook.close)
	t.Cleanup(func() { close(release) })
	hung := make(chan struct{})
	var once sync.Once
	hook.onMessage(func() bool {
		once.Do(func() { close(hung) })
		<-release
		return true
	})
	s := serve(t, folder(t, w, []string{"kustomer"}, slackChannel), "VENDORWATCH_SLACK_URL="+hook.webhook())
	s.until("Slack has a message in hand", func() bool {
		select {
		case <-hung:
			return true
		default:
			return false
		}
	})
	s.stop()
	if got := mustQuery(t, s.record, `SELECT count(*) FROM deliveries WHERE state <> 'pending'`); got[0] != "0" {
		t.Errorf("%s deliveries are settled, of which nobody knows whether they arrived", got[0])
	}
}

func TestServeTakesUpAGoodConfigOnSIGHUP(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "kustomer", "quillpay", "ledgerline")
	dir := folder(t, w, []string{"kustomer", "quillpay"}, "")
	s := serve(t, dir)
	s.untilSaved(`SELECT count(*) FROM sources WHERE baseline_at IS NOT NULL`, "2")
	writeConfig(t, dir, w.configText([]string{"quillpay", "ledgerline"}, ""))
	s.signal(syscall.SIGHUP)
	const scrapesOfAdded = `SELECT sum(times) FROM scrapes JOIN sources USING (source_id) JOIN vendors USING (vendor_id)
		WHERE slug = 'ledgerline'`
	s.untilSaved(scrapesOfAdded, "1")
	dropped := w.sites["kustomer"]
	dropped.answers()
	// Between two scrapes of one schedule, every vendor that is still watched has its turn.
	s.untilSaved(scrapesOfAdded, "3")
	if got := dropped.answers(); len(got) > 0 {
		t.Errorf("the vendor that was dropped is still read: %q", got)
	}
	s.stop()
	if got := mustQuery(t, s.record, `SELECT DISTINCT vendor FROM v_incidents ORDER BY 1`); strings.Join(got,
		" ") != "kustomer ledgerline quillpay" {
		t.Errorf("the record holds incidents of %q; those of the dropped vendor are to stay", got)
	}
}

func TestServeGoesOnAfterABadConfigOnSIGHUP(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "quillpay")
	good := w.configText([]string{"quillpay"}, "")
	dir := t.TempDir()
	writeConfig(t, dir, good)
	s := serve(t, dir)
	s.untilSaved(`SELECT count(*) FROM sources WHERE baseline_at IS NOT NULL`, "1")
	writeConfig(t, dir, strings.Replace(strings.Replace(good, "@every 10s", "now and then", 1), `"UTC"`, `"Mars"`, 1))
	s.signal(syscall.SIGHUP)
	s.untilSaid(`"now and then" is not a schedule`)
	s.untilSaid(`Mars`)
	w.sites["quillpay"].answers()
	s.until("the vendor is read on the old schedule", func() bool { return w.sites["quillpay"].count() > 0 })
	if err := os.Remove(filepath.Join(dir, "config.toml")); err != nil {
		t.Fatal(err)
	}
	s.signal(syscall.SIGHUP)
	s.untilSaid("config.toml does not exist")
	writeConfig(t, dir, good)
	s.signal(syscall.SIGHUP)
	s.until("it watches anew", func() bool { return strings.Count(s.out.String(), "watching") == 2 })
	s.stop()
}

// One vendor can be read, two cannot be reached at all, and Slack is down at first.
func TestServeWithoutNetworkAndWithSlackDown(t *testing.T) {
	t.Parallel()
	w, hook := startWorld(t, "kustomer"), newSlack()
	t.Cleanup(hook.close)
	hook.answer(500, "server_error "+hook.webhook())
	text := w.configText([]string{"kustomer"}, slackChannel)
	for _, name := range []string{"unreachable", "gone"} {
		text += fmt.Sprintf("[[vendor]]\nname = %q\nurl = \"http://%s\"\n", name, closedPort(t))
	}
	dir := t.TempDir()
	writeConfig(t, dir, text)
	s := serve(t, dir, "VENDORWATCH_SLACK_URL="+hook.webhook())
	for _, vendor := range []string{"unreachable", "gone"} {
		s.until(vendor+" is tried again", func() bool {
			n := 0
			for line := range strings.Lines(s.out.String()) {
				if strings.Contains(line, "vendor="+vendor) && strings.Contains(line, "connection refused") {
					n++
				}
			}
			return n >= 2
		})
	}
	s.until("Slack refuses a digest", func() bool { return hook.refusals() > 0 })
	hook.answer(200, "ok")
	s.until("the digest arrives", func() bool { return len(hook.taken()) > 0 })
	s.untilSaved(`SELECT count(*) FROM events WHERE kind = 'incident_opened' AND event_id NOT IN (SELECT event_id
		FROM delivery_events JOIN deliveries USING (delivery_id) WHERE state = 'delivered')`, "0")
	s.stop()
	digest := hook.taken()[0]
	for _, words := range []string{"Searches are slow", "unreachable", "gone"} {
		if !strings.Contains(digest, words) {
			t.Errorf("the digest does not say %q: %s", words, digest)
		}
	}
	if bad := hook.complaints(); len(bad) > 0 {
		t.Errorf("Slack would not take: %q", bad)
	}
	if strings.Contains(s.out.String(), slackSecret) {
		t.Errorf("the webhook's secret is printed:\n%s", &s.out)
	}
	noSecretIn(t, dir)
}

// closedPort is an address on loopback at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// noSecretIn looks for the webhook's secret in the bytes of every file.
func noSecretIn(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(slackSecret)) {
			t.Errorf("the webhook's secret is in %s", e.Name())
		}
	}
}

// alertsOnly are the lines of a config file that send what is bad to Slack at once, and a digest hardly ever.
const alertsOnly = `[alerts]
channels = ["team"]
[[digest]]
schedule = "0 0 1 1 *"
channels = ["team"]
[[channel]]
name = "team"
url_env = "VENDORWATCH_SLACK_URL"
`

// What is bad is told at once, each incident once, through a stop and a start.
func TestServeAlertsOnce(t *testing.T) {
	t.Parallel()
	w, hook := startWorld(t, "kustomer"), newSlack()
	t.Cleanup(hook.close)
	dir := folder(t, w, []string{"kustomer"}, alertsOnly)
	env := "VENDORWATCH_SLACK_URL=" + hook.webhook()
	s := serve(t, dir, env)
	s.untilSaved(`SELECT count(*) FROM sources WHERE baseline_at IS NOT NULL`, "1")
	w.step(35 * time.Minute)
	s.until("the alert arrives", func() bool { return len(hook.taken()) > 0 })
	s.stop()
	s = serve(t, dir, env)
	s.untilSaid("watching")
	s.untilSaved(`SELECT count(*) > 0 FROM scrapes WHERE outcome = 'unchanged' AND (scrape_id > 2 OR times > 1)`, "1")
	s.stop()
	taken := hook.taken()
	if len(taken) != 1 || !strings.Contains(taken[0], "Logins fail with a 403") {
		t.Errorf("Slack took %d messages: %q", len(taken), taken)
	}
	if bad := hook.complaints(); len(bad) > 0 {
		t.Errorf("Slack would not take: %q", bad)
	}
	got := mustQuery(t, s.record,
		`SELECT reason, route, state, (SELECT count(*) FROM threads) FROM deliveries WHERE state <> 'skipped'`)
	if len(got) != 1 || got[0] != "first | alerts | delivered | 1" {
		t.Errorf("deliveries: %q", got)
	}
	noSecretIn(t, dir)
}
