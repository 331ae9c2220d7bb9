package cli_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/cmd/internal/simulate/simtest"
	"vendorwatch/normalize/racetest"
)

// silent returns the address of a server that takes connections and never answers, and what it sends when somebody has
// connected.
func silent(t *testing.T) (string, <-chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	asked := make(chan struct{}, 1000)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			asked <- struct{}{}
		}
	}()
	return l.Addr().String(), asked
}

// Every command that may take long ends when it is told to stop, whatever it waits for. It says so in one line, which
// also says what it leaves behind; the file is whole, and no other file is left.
func TestCommandsThatWaitAreStopped(t *testing.T) {
	racetest.Skip(t, "every command, one after the other")
	t.Setenv("VENDORWATCH_SLACK_URL", "") // set below, and put back at the end
	w, hook := startWorld(t, "kustomer"), newSlack()
	t.Cleanup(hook.close)
	release, sent := make(chan struct{}), make(chan struct{}, 1000)
	t.Cleanup(func() { close(release) })
	hook.onMessage(func() bool { sent <- struct{}{}; <-release; return true })
	t.Setenv("VENDORWATCH_SLACK_URL", hook.webhook())
	dir := folder(t, w, []string{"kustomer"}, slackChannel)
	t.Chdir(dir)
	mustRun(t, dir, "scrape")
	w.sites["kustomer"].breaks(simtest.FaultHang, ".")
	hung := make(chan struct{})
	go func() {
		defer close(hung)
		for t.Context().Err() == nil && w.sites["kustomer"].count() == 0 {
			time.Sleep(5 * time.Millisecond)
		}
	}()
	w.sites["kustomer"].answers()
	now := make(chan struct{}) // stands for: told to stop before it begins
	for _, c := range []struct {
		line   string
		waits  chan struct{} // nil: for the lock of the file, which another program holds
		leaves string
	}{
		{"scrape", hung, "the pages that were not saved are as they were before"},
		{"backfill", hung, "the next backfill continues from there"},
		{"digest", sent, "what was not sent waits"},
		{"demo --listen off --length 1h", now, "the record of the demo ends early"},
		{"db backup copy.db", now, "no copy was made"},
		{"db check", now, "the file was not checked whole"},
		{"export v_updates", now, "what it printed is not complete"},
		{"digest --dry-run", now, "what it printed is not complete"},
		{"db renormalize --dry-run", now, "what it printed is not complete"},
		{"incidents", now, "what it printed is not complete"},
		{"stats", now, "what it printed is not complete"},
		{"db prune --older-than 1h", nil, "nothing was deleted"},
		{"db renormalize", nil, "run it again for the others"},
	} {
		ctx, stop := context.WithCancel(t.Context())
		release := func() {}
		switch c.waits {
		case now:
			stop()
		case nil:
			release = lock(t, filepath.Join(dir, "vendorwatch.db"))
			time.AfterFunc(50*time.Millisecond, stop) // before it waits for the lock, or while it does
		default:
			go func() {
				select {
				case <-c.waits:
				case <-ctx.Done():
				}
				stop()
			}()
		}
		var out, said bytes.Buffer
		code := cli.Run(ctx, strings.Fields(c.line), nil, &out, &said)
		stop()
		release()
		text := said.String()
		if code != 1 || !strings.Contains(text, "stopped by a signal before its end: ") ||
			!strings.Contains(text, c.leaves) || strings.Contains(text, "context canceled") {
			t.Errorf("%s: exit code %d, %q", c.line, code, text)
		}
		for _, name := range []string{"copy.db", "copy.db.part"} {
			if _, err := os.Stat(name); err == nil {
				t.Errorf("%s: it left %s", c.line, name)
			}
		}
	}
	hook.onMessage(nil)
	whole(t, program(dir, nil, "db", "check"))
	if got := mustQuery(t, "vendorwatch.db",
		`SELECT count(*) FROM deliveries WHERE stream LIKE 'digest%' AND state = 'pending'`); got[0] != "1" {
		t.Errorf("%s digests wait after the stop, want 1", got[0])
	}
}

// The same of a process that gets the signal: here while a proxy does not answer.
func TestASignalStopsACommandThatWaits(t *testing.T) {
	racetest.Skip(t, "is a test of another process")
	t.Parallel()
	proxy, asked := silent(t)
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		c := program(t.TempDir(), []string{"HTTPS_PROXY=http://" + proxy}, "vendors", "verify", "github")
		var said transcript
		c.Stdout, c.Stderr = &said, &said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		<-asked
		if err := c.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		killed := time.AfterFunc(stopLimit, func() { _ = c.Process.Kill() })
		err := c.Wait()
		killed.Stop()
		if code := c.ProcessState.ExitCode(); code != 1 || said.String() != "vendorwatch vendors verify: stopped by a "+
			"signal before its end: the vendors after the last one printed were not asked\n" {
			t.Errorf("%v: exit code %d, %v, %q", sig, code, err, said.String())
		}
	}
}

// lock holds the file as another program that writes, until the function is called.
func lock(t *testing.T, path string) func() {
	t.Helper()
	other, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	return func() {
		conn.Close()
		other.Close()
	}
}
