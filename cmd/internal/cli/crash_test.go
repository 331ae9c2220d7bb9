package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/normalize/racetest"
)

// seeded returns chance that can be had again by its seed, which is printed.
func seeded(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// runFor starts the program and kills it with SIGKILL after that time, unless it has ended by then. It
// returns whether it was killed.
func runFor(t *testing.T, after time.Duration, c *exec.Cmd) bool {
	t.Helper()
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { c.Process.Kill() })
	defer timer.Stop()
	return ended9(t, c, &out)
}

// runUntilWrite starts the program and kills it as soon as it has written to its record for the nth time: a
// moment at which chance alone would seldom strike. It returns whether it was killed.
func runUntilWrite(t *testing.T, record string, n int, after time.Duration, c *exec.Cmd) bool {
	t.Helper()
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	length := func() int64 {
		info, err := os.Stat(record + "-wal")
		if err != nil {
			return 0
		}
		return info.Size()
	}
	before := length()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		for {
			select {
			case <-ended:
				return
			default:
			}
			if now := length(); now != before {
				before = now
				if n--; n <= 0 {
					if after > 0 {
						time.Sleep(after)
					}
					c.Process.Kill()
					return
				}
			}
			runtime.Gosched() // to sleep would be to miss it
		}
	}()
	killed := ended9(t, c, &out)
	close(ended)
	<-watched
	return killed
}

// ended9 waits for a program and returns whether SIGKILL ended it.
func ended9(t *testing.T, c *exec.Cmd, out *bytes.Buffer) bool {
	t.Helper()
	err := c.Wait()
	if err == nil {
		return false
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() &&
			status.Signal() == syscall.SIGKILL {
			return true
		}
	}
	t.Fatalf("the program failed by itself: %v\n%s", err, out)
	return false
}

// whole runs the program undisturbed.
func whole(t *testing.T, c *exec.Cmd) time.Duration {
	t.Helper()
	began := time.Now()
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%q: %v\n%s", c.Args[1:], err, out)
	}
	return time.Since(began)
}

// crowd is a vendor with so much going on that saving it takes a while: forty incidents, each with news
// every five minutes.
func crowd(begin time.Time) simulate.Vendor {
	v := simulate.Vendor{Slug: "crowd", Name: "Crowd", Platform: simulate.PlatformStatuspage,
		CreatedAt: begin.AddDate(0, -2, 0)}
	for k := range 40 {
		region := fmt.Sprintf("Region %d", k)
		v.Components = append(v.Components, simulate.Component{ID: fmt.Sprintf("region%d", k), Name: region})
		i := simulate.Incident{Name: region + " is slow", Impact: "minor"}
		for n := -1; n < 19; n++ {
			at := begin.Add(time.Duration(n)*5*time.Minute + time.Duration(k)*time.Second)
			status := []string{"degraded_performance", "partial_outage"}[(n+1)%2]
			i.Updates = append(i.Updates, simulate.Update{
				State: "investigating", At: at, Body: fmt.Sprintf("Report %d.", n+2),
				Sets:  []simulate.Status{{Component: fmt.Sprintf("region%d", k), Status: status}},
				Edits: []simulate.Edit{{At: at.Add(5 * time.Minute), Text: fmt.Sprintf("Report %d, corrected.", n+2)}},
			})
		}
		v.Incidents = append(v.Incidents, i)
	}
	return v
}

// A scrape that is killed at any moment, once or again and again, leaves a file from which the next scrape
// makes what an undisturbed run would have made.
func TestKilledScrapesLoseNothingAndDoubleNothing(t *testing.T) {
	racetest.Skip(t, "kills other processes, and has no goroutines of its own")
	t.Parallel()
	chance := seeded(t)
	begin := storyBegin()
	w := newWorld(begin, append(story(begin), crowd(begin))...)
	t.Cleanup(w.close)
	slugs := append([]string{"crowd"}, storySlugs...)
	calm, rough := folder(t, w, slugs, ""), folder(t, w, slugs, "")
	record := filepath.Join(rough, "vendorwatch.db")
	steps, atFirst, each := 10, 12, 3
	if testing.Short() {
		steps, atFirst, each = 5, 1, 1
	}
	kills := 0
	for step := range steps {
		// The length of one run changes with the load of the machine, so that the measure is taken each time.
		length := whole(t, program(calm, nil, "scrape"))
		// A file that is just being made is written to more often.
		want, writes := each, 7
		if step == 0 {
			want, writes = atFirst, 20
		}
		for tries, killed := 0, 0; killed < want && tries < 10*want; tries++ {
			strikes := false
			if tries%3 == 0 {
				strikes = runFor(t, time.Duration(chance.Int64N(int64(length)+1)), program(rough, nil, "scrape"))
			} else {
				strikes = runUntilWrite(t, record, 1+chance.IntN(writes),
					time.Duration(chance.IntN(4))*3*time.Millisecond, program(rough, nil, "scrape"))
			}
			if !strikes {
				continue
			}
			killed++
			if step == 0 && killed%2 == 0 {
				if err := removeRecord(record); err != nil {
					t.Fatal(err)
				}
			}
			kills++
		}
		whole(t, program(rough, nil, "scrape"))
		whole(t, program(rough, nil, "db", "check"))
		if diff := cmp.Diff(facts(t, filepath.Join(calm, "vendorwatch.db")), facts(t, record)); diff != "" {
			t.Fatalf("step %d, after %d kills (- undisturbed + killed)\n%s", step, kills, diff)
		}
		w.step(storyLength / time.Duration(steps-1))
		longAgo(t, record)
		longAgo(t, filepath.Join(calm, "vendorwatch.db"))
	}
	t.Logf("%d kills", kills)
	if !testing.Short() && kills < 30 {
		t.Errorf("only %d kills struck a program that was still at work", kills)
	}
	said := facts(t, record)
	for _, table := range []string{"incidents", "updates", "revisions", "events", "components", "findings"} {
		if len(said[table]) == 0 {
			t.Errorf("the story brought no %s", table)
		}
	}
}

func removeRecord(path string) error {
	var all error
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// A digest that is killed, be it while Slack has the message in hand, is sent again: no news is lost, and
// none but the message in flight is told twice.
func TestKilledDigestsLoseNothingAndRepeatOnlyWhatWasInFlight(t *testing.T) {
	racetest.Skip(t, "kills other processes, and has no goroutines of its own")
	t.Parallel()
	chance := seeded(t)
	w, hook := startWorld(t), newSlack()
	t.Cleanup(hook.close)
	env := []string{"VENDORWATCH_SLACK_URL=" + hook.webhook()}
	dir := folder(t, w, storySlugs, slackChannel)
	record := filepath.Join(dir, "vendorwatch.db")
	steps := 8
	if testing.Short() {
		steps = 4
	}
	var inFlight atomic.Int64
	for step := range steps {
		whole(t, program(dir, env, "scrape"))
		length := 150 * time.Millisecond // of a digest, about
		// killAt lets the message's arrival be the death of the program.
		killAt := func(kill func(*os.Process) (taken bool)) {
			c := program(dir, env, "digest")
			var out bytes.Buffer
			c.Stdout, c.Stderr = &out, &out
			started := make(chan struct{})
			hook.onMessage(func() bool {
				<-started
				taken := kill(c.Process)
				if taken {
					inFlight.Add(1)
				}
				return taken
			})
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			close(started)
			ended9(t, c, &out)
			hook.onMessage(nil)
		}
		switch step % 4 {
		case 0: // before the answer; Slack has it
			killAt(func(p *os.Process) bool { p.Kill(); return true })
		case 1: // before the answer; it is lost
			killAt(func(p *os.Process) bool { p.Kill(); return false })
		case 2: // while the answer is on its way
			killAt(func(p *os.Process) bool { go p.Kill(); return true })
		case 3: // at any time
			for range 4 {
				before := len(hook.taken())
				runFor(t, time.Duration(chance.Int64N(int64(length))), program(dir, env, "digest"))
				if len(hook.taken()) > before {
					inFlight.Add(1)
				}
			}
		}
		whole(t, program(dir, env, "digest"))
		left := mustQuery(t, record, `SELECT event_id, kind FROM events WHERE withheld IS NULL AND event_id NOT IN (
			SELECT event_id FROM delivery_events JOIN deliveries USING (delivery_id) WHERE state = 'delivered')`)
		if len(left) > 0 {
			t.Errorf("step %d: not delivered: %q", step, left)
		}
		if twice := mustQuery(t, record,
			`SELECT event_id FROM delivery_events GROUP BY event_id HAVING count(*) > 1`); len(twice) > 0 {
			t.Errorf("step %d: in two digests: %q", step, twice)
		}
		if repeats := repeated(hook.taken()); repeats > int(inFlight.Load()) {
			t.Errorf("step %d: %d messages arrived again after %d that were in flight", step, repeats, inFlight.Load())
		}
		w.step(storyLength / time.Duration(steps-1))
	}
	whole(t, program(dir, env, "db", "check"))
	if bad := hook.complaints(); len(bad) > 0 {
		t.Errorf("Slack would not take: %q", bad)
	}
}

// repeated counts the messages that arrived more than once, by their ids.
func repeated(messages []string) int {
	ids := map[string]bool{}
	for _, m := range messages {
		ids[messageID(m)] = true
	}
	return len(messages) - len(ids)
}

// slackChannel are the lines of a config file that send the digest to Slack.
const slackChannel = `[[digest]]
schedule = "@every 10s"
channels = ["team"]
[[channel]]
name = "team"
url_env = "VENDORWATCH_SLACK_URL"
`
