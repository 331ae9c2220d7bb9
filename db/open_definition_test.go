package db_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vendorwatch/normalize"
)

// states matches a list of states from which it can be told whether an incident is over.
var states = regexp.MustCompile(`(?i)\bIN\s*\(\s*'(resolved|investigating)'\s*,[^)]*\)`)

// Whether an incident is over, and whether it is open, is defined once: by the columns ended and open.
func TestOpenIsDefinedOnce(t *testing.T) {
	var found []string
	for _, folder := range []string{".", "../cmd", "../docs"} {
		err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
				return err
			}
			if ext := filepath.Ext(path); ext != ".go" && ext != ".sql" && ext != ".md" && ext != ".json" {
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, list := range states.FindAllString(string(text), -1) {
				switch {
				// all states there are
				case strings.Contains(list, "'investigating'") && strings.Contains(list, "'resolved'"):
				case list == `IN ('resolved', 'completed')`: // those that may have an end
				default:
					found = append(found, path+": "+list)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want := `migrations/00001_first.sql: IN ('resolved', 'completed', 'cancelled')`
	if len(found) != 1 || found[0] != want {
		t.Errorf("use the columns ended and open of incidents instead of a list of states:\n%s\nthe one "+
			"definition is\n%s",
			strings.Join(found, "\n"), want)
	}
}

// SQL and Go agree on which states are over.
func TestEndedIsOver(t *testing.T) {
	f := newFile(t)
	f.baseline()
	f.save(seen(after(hour), outage("a", after(hour), "investigating")))
	all := []normalize.State{normalize.StateInvestigating, normalize.StateIdentified, normalize.StateMonitoring,
		normalize.StateResolved,
		normalize.StateScheduled, normalize.StateInProgress, normalize.StateVerifying, normalize.StateCompleted,
		normalize.StateCancelled, normalize.StateUnknown}
	for _, state := range all {
		for _, left := range []any{nil, "2026-11-23T10:00:00.000Z"} {
			f.must(f.exec(`UPDATE incidents SET state = ?, left_feed_at = ?`, state, left))
			got, want := f.rows(`SELECT ended, open FROM incidents`)[0], "0|1"
			switch {
			case state.Over():
				want = "1|0"
			case left != nil:
				want = "0|0"
			}
			if got != want {
				t.Errorf("%s, left the page at %v: ended|open is %s, want %s", state, left, got, want)
			}
		}
	}
}
