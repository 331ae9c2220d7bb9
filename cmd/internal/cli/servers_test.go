//go:build servers

package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// litestream replicates the database of a folder, as docs/operate.md says, until the test ends or it is killed.
func litestream(t *testing.T, program, dir, replica string) (kill func()) {
	t.Helper()
	text := fmt.Sprintf(`dbs:
  - path: %s
    replicas:
      - type: file
        path: %s
        sync-interval: 100ms
`, filepath.Join(dir, "vendorwatch.db"), replica)
	if err := os.WriteFile(filepath.Join(dir, "litestream.yml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c := exec.Command(program, "replicate", "-config", "litestream.yml")
	c.Dir, c.Stdout, c.Stderr = dir, &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	kill = func() {
		if !killed {
			killed = true
			_ = c.Process.Kill()
			_ = c.Wait()
		}
		if t.Failed() {
			t.Logf("litestream said:\n%s", out.String())
		}
	}
	t.Cleanup(kill)
	return kill
}

// restored puts what the replica has into a file that is not there yet.
func restored(t *testing.T, program, replica, path string) error {
	t.Helper()
	out, err := exec.Command(program, "restore", "-o", path, "file://"+replica).CombinedOutput()
	if err != nil {
		return fmt.Errorf("restore: %w\n%s", err, out)
	}
	return nil
}

// A machine is lost with its file, and another one takes over from the replica, twice: nothing is lost that was
// replicated, what the vendors tell meanwhile is read again, and no id of a message stands for two messages.
func TestServerLitestream(t *testing.T) {
	tool := os.Getenv("LITESTREAM")
	if tool == "" {
		t.Skip("set LITESTREAM to the program; .ci/setup.sh builds it")
	}
	w, hook := startWorld(t), newSlack()
	t.Cleanup(hook.close)
	env := []string{"VENDORWATCH_SLACK_URL=" + hook.webhook()}
	const more = slackChannel + "[alerts]\nchannels = [\"team\"]\n"
	calm := folder(t, w, storySlugs, "")
	replica := filepath.Join(t.TempDir(), "replica")
	dir := folder(t, w, storySlugs, more)
	const machines = 3
	step := storyLength / (4 * machines)
	for machine := range machines {
		kill := litestream(t, tool, dir, replica)
		s := serve(t, dir, env...)
		record := filepath.Join(dir, "vendorwatch.db")
		var sure map[string][]string
		for range 3 {
			w.step(step)
			whole(t, program(calm, nil, "scrape"))
			want := facts(t, filepath.Join(calm, "vendorwatch.db"))
			s.until("it has read what the vendors tell", func() bool {
				got, err := factsIn(record)
				return err == nil && cmp.Equal(want["updates"], got["updates"])
			})
			// What writes much at once, or is another process with the file, does not disturb the replica.
			whole(t, program(dir, env, "db", "prune"))
			whole(t, program(dir, env, "db", "renormalize"))
			whole(t, program(dir, env, "db", "backup", filepath.Join(t.TempDir(), "backup.db")))
			sure = facts(t, record)
			n := 0
			s.until("it is replicated", func() bool {
				n++
				copy := filepath.Join(t.TempDir(), fmt.Sprint("copy", n))
				if restored(t, tool, replica, copy) != nil {
					return false
				}
				got, err := factsIn(copy)
				return err == nil && cmp.Equal(sure["updates"], got["updates"])
			})
		}
		if machine == machines-1 {
			s.stop()
			break
		}
		// What comes now may be lost with the machine, and is told by the pages still.
		w.step(step)
		whole(t, program(calm, nil, "scrape"))
		time.Sleep(time.Duration(machine) * 50 * time.Millisecond) // at another moment each time
		if err := s.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-s.ended
		kill()
		if err := removeRecord(record); err != nil {
			t.Fatal(err)
		}
		next := folder(t, w, storySlugs, more)
		if err := restored(t, tool, replica, filepath.Join(next, "vendorwatch.db")); err != nil {
			t.Fatal(err)
		}
		got := facts(t, filepath.Join(next, "vendorwatch.db"))
		for table, rows := range sure {
			has := map[string]bool{}
			for _, row := range got[table] {
				has[row] = true
			}
			for _, row := range rows {
				if table != "updates" && table != "revisions" {
					continue // rows that change: an incident that has ended meanwhile is another row
				}
				if !has[row] {
					t.Errorf("machine %d: lost from %s: %s", machine, table, row)
				}
			}
		}
		dir = next
	}
	record := filepath.Join(dir, "vendorwatch.db")
	undisturbed := facts(t, filepath.Join(calm, "vendorwatch.db"))["updates"]
	if diff := cmp.Diff(undisturbed, facts(t, record)["updates"]); diff != "" {
		t.Errorf("updates (- undisturbed + taken over)\n%s", diff)
	}
	texts := map[string]string{}
	for _, m := range hook.taken() {
		id := messageID(m)
		if other, twice := texts[id]; twice && other != m {
			t.Errorf("two messages under %s:\n%s\n%s", id, other, m)
		}
		texts[id] = m
	}
	if len(texts) == 0 || !strings.HasPrefix(messageID(hook.taken()[0]), "vw-") {
		t.Errorf("%d messages arrived", len(texts))
	}
	generations, err := filepath.Glob(filepath.Join(replica, "generations", "*"))
	if err != nil || len(generations) != machines {
		t.Errorf("%d machines made %d generations, %v: something else than a start broke the replica off", machines,
			len(generations), err)
	}
	t.Logf("%d messages, %d of them repeats", len(hook.taken()), repeated(hook.taken()))
}
