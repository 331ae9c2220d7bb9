//go:build crashes

package cli_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// TestCrashes kills the program with SIGKILL at moments of chance, CRASHES times, in everything that writes to the
// file: its creation, scrape, serve, import, digest, db renormalize and db prune. After every few kills the work is
// done once undisturbed, and the file is compared with one that nobody has disturbed: it prints what is lost and
// doubled.
func TestCrashes(t *testing.T) {
	want, err := strconv.Atoi(os.Getenv("CRASHES"))
	if err != nil || want < 1 {
		t.Fatalf("CRASHES=%s is not a number of kills", os.Getenv("CRASHES"))
	}
	chance := seeded(t)
	begin := storyBegin()
	w := newWorld(begin, append(story(begin), crowd(begin))...)
	t.Cleanup(w.close)
	hook := newSlack()
	t.Cleanup(hook.close)
	env := []string{"VENDORWATCH_SLACK_URL=" + hook.webhook()}
	slugs := append([]string{"crowd"}, storySlugs...)
	calm := folder(t, w, slugs, "")
	rough := folder(t, w, slugs, slackChannel+"[alerts]\nchannels = [\"team\"]\n")
	record := filepath.Join(rough, "vendorwatch.db")
	pages := t.TempDir()

	commands := []struct {
		name string
		args []string
		long time.Duration // the length of a run, about
	}{
		{"scrape", []string{"scrape"}, 400 * time.Millisecond},
		{"serve", []string{"serve"}, 1500 * time.Millisecond},
		{"import", []string{"import", "--vendor", "crowd", pages}, 300 * time.Millisecond},
		{"digest", []string{"digest"}, 200 * time.Millisecond},
		{"renormalize", []string{"db", "renormalize"}, 500 * time.Millisecond},
		{"prune", []string{"db", "prune"}, 100 * time.Millisecond},
	}
	kills, lost, doubled, each := 0, 0, 0, map[string]int{}
	const steps = 40
	kill := func(name string, long time.Duration, args ...string) {
		c := program(rough, env, args...)
		struck := false
		if chance.IntN(2) == 0 {
			struck = runFor(t, time.Duration(chance.Int64N(int64(long))), c)
		} else {
			// A service that has nothing to write lives on for a moment only.
			timer := time.AfterFunc(long+time.Duration(chance.Int64N(int64(long))), func() {
				if c.Process != nil {
					_ = c.Process.Kill()
				}
			})
			struck = runUntilWrite(t, record, 1+chance.IntN(7), time.Duration(chance.IntN(4))*3*time.Millisecond, c)
			timer.Stop()
		}
		if struck {
			kills++
			each[name]++
		}
	}
	for step := range steps {
		until := want * (step + 1) / steps
		for tries := 0; kills < until && tries < 10*want; tries++ {
			if step == 0 {
				kill("creation", 400*time.Millisecond, "scrape")
				if chance.IntN(2) == 0 {
					if err := removeRecord(record); err != nil {
						t.Fatal(err)
					}
				}
				continue
			}
			c := commands[chance.IntN(len(commands))]
			kill(c.name, c.long, c.args...)
		}
		whole(t, program(calm, nil, "scrape"))
		whole(t, program(rough, env, "scrape"))
		if step > 0 {
			for _, dir := range []string{calm, rough} {
				whole(t, program(dir, env, "import", "--vendor", "crowd", pages))
			}
		}
		whole(t, program(rough, env, "digest"))
		whole(t, program(rough, env, "db", "check"))
		less, more := compared(t, filepath.Join(calm, "vendorwatch.db"), record)
		lost, doubled = lost+less, doubled+more
		copyURL(t, w.sites["crowd"].url()+"/api/v2/summary.json",
			filepath.Join(pages, time.Now().UTC().Format("2006-01-02T15-04-05Z")+".json"))
		w.step(storyLength / (steps - 1))
		for _, dir := range []string{calm, rough} {
			longAgo(t, filepath.Join(dir, "vendorwatch.db"))
		}
	}
	undelivered := mustQuery(t, record,
		`SELECT count(*) FROM deliveries WHERE state NOT IN ('delivered', 'skipped')`)[0]
	under := map[string]string{}
	clashes := 0
	for _, m := range hook.taken() {
		id := messageID(m)
		if other, twice := under[id]; twice && other != m {
			clashes++
		}
		under[id] = m
	}
	t.Logf("%d kills %v: %d rows lost, %d doubled", kills, each, lost, doubled)
	t.Logf("%d messages arrived, %d of them again under the same id, %d ids stood for two messages, %s waited at "+
		"the end", len(hook.taken()), repeated(hook.taken()), clashes, undelivered)
	if lost > 0 || doubled > 0 || clashes > 0 || kills < want {
		t.Errorf("want %d kills, and nothing lost or doubled", want)
	}
}

// compared returns how many rows a record lacks of another, and how many it has beyond them.
func compared(t *testing.T, calm, rough string) (lost, doubled int) {
	t.Helper()
	want, got := facts(t, calm), facts(t, rough)
	for table, rows := range want {
		left := map[string]int{}
		for _, row := range rows {
			left[row]++
		}
		for _, row := range got[table] {
			left[row]--
		}
		for row, n := range left {
			lost, doubled = lost+max(n, 0), doubled+max(-n, 0)
			if n != 0 {
				t.Logf("%s: %+d of %s", table, -n, row)
			}
		}
	}
	return lost, doubled
}
