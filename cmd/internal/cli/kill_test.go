package cli_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize/racetest"
)

// twoChannels are the lines of a config file with two Slack channels, each of its own.
const twoChannels = `[[digest]]
schedule = "0 0 1 1 *"
[[channel]]
name = "one"
url_env = "SLACK_ONE"
[[channel]]
name = "two"
url_env = "SLACK_TWO"
`

// The service is killed between sending and writing down, before, after and within, again and again: on both
// channels every message arrives, in its order, and none arrives twice but the one that was in flight, under the
// same id.
func TestKilledServiceLosesNoMessageAndRepeatsOnlyTheOneInFlight(t *testing.T) {
	racetest.Skip(t, "kills other processes; TestServe and others have what runs at once")
	t.Parallel()
	chance := seeded(t)
	kills, each := 80, 160
	if testing.Short() {
		kills, each = 20, 60
	}
	w := startWorld(t, "kustomer")
	hooks := map[string]*fakeSlack{"one": newSlack(), "two": newSlack()}
	env := []string{}
	for name, hook := range hooks {
		t.Cleanup(hook.close)
		env = append(env, "SLACK_"+strings.ToUpper(name)+"="+hook.webhook())
	}
	dir := folder(t, w, []string{"kustomer"}, twoChannels)
	record := filepath.Join(dir, "vendorwatch.db")
	planMessages(t, record, each)

	struck := 0
	for struck < kills && undelivered(t, record) > 0 {
		c := program(dir, env, "serve")
		var out transcript
		c.Stdout, c.Stderr = &out, &out
		// The message of that number is the death of the program, or it lives on for a moment.
		number, after := int64(1+chance.IntN(4)), time.Duration(chance.IntN(8)-3)*time.Millisecond
		arrived := atomic.Int64{}
		started := make(chan struct{})
		for _, hook := range hooks {
			hook.onMessage(func() bool {
				<-started
				if arrived.Add(1) != number {
					return true
				}
				switch {
				case after > 0: // the answer is on its way, or is being written down
					time.AfterFunc(after, func() { c.Process.Kill() })
				case after == 0:
					go c.Process.Kill()
				case after == -1: // it gets lost at Slack
					c.Process.Kill()
					return false
				default: // Slack has it
					c.Process.Kill()
				}
				return true
			})
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		close(started)
		if err := c.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("the service ended by itself: %v\n%s", err, &out)
		}
		struck++
	}
	for _, hook := range hooks {
		hook.onMessage(nil)
	}
	s := serve(t, dir, env...)
	s.untilSaved(`SELECT count(*) FROM deliveries WHERE state <> 'delivered'`, "0")
	s.stop()

	repeats := 0
	for name, hook := range hooks {
		var ids []int
		for _, m := range hook.taken() {
			var id int
			if _, err := fmt.Sscanf(messageID(m), "vw-%d", &id); err != nil {
				t.Fatalf("a message without an id: %s", m)
			}
			ids = append(ids, id)
		}
		if !slices.IsSorted(ids) {
			t.Errorf("channel %s: not in their order: %v", name, ids)
		}
		arrived := slices.Compact(slices.Clone(ids))
		repeats += len(ids) - len(arrived)
		if len(arrived) != each {
			t.Errorf("channel %s: %d messages arrived of %d", name, len(arrived), each)
		}
		if bad := hook.complaints(); len(bad) > 0 {
			t.Errorf("Slack would not take: %q", bad)
		}
	}
	t.Logf("%d kills, %d repeats", struck, repeats)
	if repeats > 2*struck { // one in flight on each channel
		t.Errorf("%d repeats after %d kills", repeats, struck)
	}
	if struck < kills {
		t.Errorf("only %d kills, then there was nothing left to send", struck)
	}
	if repeats == 0 {
		t.Error("no kill struck between sending and writing down")
	}
}

// planMessages puts messages for both channels into a new file.
func planMessages(t *testing.T, record string, each int) {
	t.Helper()
	file, err := db.Open(t.Context(), record)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var add []ledger.NewDelivery
	for range each {
		for _, channel := range []string{"one", "two"} {
			add = append(add, ledger.NewDelivery{Channel: channel, Reason: string(message.ReasonTest)})
		}
	}
	if err := ledger.New(file).EnsureStream(t.Context(), ledger.StreamAlerts, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := ledger.New(file).SavePlan(t.Context(), ledger.StreamAlerts, 0, time.Now(), add, nil); err != nil {
		t.Fatal(err)
	}
}

func undelivered(t *testing.T, record string) int {
	t.Helper()
	n := 0
	if _, err := fmt.Sscan(mustQuery(t, record, `SELECT count(*) FROM deliveries WHERE state <> 'delivered'`)[0],
		&n); err != nil {
		t.Fatal(err)
	}
	return n
}
