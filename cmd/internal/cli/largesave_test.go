package cli_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"vendorwatch/cmd/internal/cli/stopping"
	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/cmd/internal/simulate/simtest"
	"vendorwatch/normalize/racetest"
)

// archive is a vendor whose page is so large that saving it takes long.
func archive(begin time.Time, incidents, updates int) simulate.Vendor {
	v := simulate.Vendor{Slug: "archive", Name: "Archive", Platform: simulate.PlatformStatuspage,
		CreatedAt: begin.AddDate(0, -2, 0)}
	for k := range incidents {
		i := simulate.Incident{Name: fmt.Sprintf("Trouble %d", k), Impact: "minor"}
		for n := range updates {
			i.Updates = append(i.Updates, simulate.Update{State: "investigating",
				At:   begin.Add(-time.Duration(updates-n)*time.Second - time.Duration(k)*time.Minute),
				Body: fmt.Sprintf("Report %d of many, in words that nobody else has used: %d.", n, n*incidents+k)})
		}
		v.Incidents = append(v.Incidents, i)
	}
	return v
}

// The service is told to stop while a large page is being saved: it ends in time, and all of the page is in the file or
// nothing. Afterwards the page is read whole.
func TestServeStopsInTheMiddleOfALargeSave(t *testing.T) {
	racetest.Skip(t, "is a test of another process")
	t.Parallel()
	begin := storyBegin()
	const incidents, updates = 40, 600
	w := newWorld(begin, archive(begin, incidents, updates))
	t.Cleanup(w.close)
	dir := folder(t, w, []string{"archive"}, "")
	s := serve(t, dir)
	// A transaction that has outgrown SQLite's memory shows in the size of the -wal file before it is committed.
	s.until("a large save is under way", func() bool {
		wal, err := os.Stat(s.record + "-wal")
		return err == nil && wal.Size() > 3<<20
	})
	if got := mustQuery(t, s.record, `SELECT count(*) FROM incidents`); got[0] != "0" {
		t.Fatalf("the save was over before it could be stopped: %s incidents", got[0])
	}
	s.stop()
	got := mustQuery(t, s.record, held)[0]
	t.Logf("after the stop: %s", got)
	if all := fmt.Sprintf("%d | %d | 1 | 1", incidents, incidents*updates); got != nothing && got != all {
		t.Errorf("the file holds a half: %s, want %s or %s", got, nothing, all)
	}
}

// What a source has in the file, and how that is written where it has nothing.
const (
	held = `SELECT (SELECT count(*) FROM incidents), (SELECT count(*) FROM incident_updates),
		(SELECT count(*) FROM readings) > 0, (SELECT count(*) FROM sources WHERE baseline_at IS NOT NULL)`
	nothing = "0 | 0 | 0 | 0"
)

// The service is told to stop while a save waits for another program that holds the file: it ends in time, and nothing
// of the page is in the file.
func TestServeStopsWhileASaveWaitsForTheFile(t *testing.T) {
	racetest.Skip(t, "is a test of another process")
	t.Parallel()
	begin := storyBegin()
	w := newWorld(begin, archive(begin, 40, 10))
	t.Cleanup(w.close)
	dir := folder(t, w, []string{"archive"}, "")
	w.sites["archive"].breaks(simtest.FaultServerError, ".")
	s := serve(t, dir)
	s.untilSaved(`SELECT count(*) FROM scrapes`, "1") // what a start writes is written
	other, err := openFile(s.record)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	w.sites["archive"].mend()
	good := func() bool {
		return slices.ContainsFunc(w.sites["archive"].answers(),
			func(a string) bool { return strings.HasPrefix(a, "200") })
	}
	s.until("the page is read", good)
	s.signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(stopLimit):
		t.Fatalf("it still runs %s after SIGTERM\n%s", stopLimit, s.out.String())
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	other.Close()
	whole(t, program(dir, nil, "db", "check"))
	if got := mustQuery(t, s.record, held)[0]; got != nothing {
		t.Errorf("the file holds %s, want %s", got, nothing)
	}
}

// Commands that are told to stop while they save much end in time, too, and all of it is in the file or nothing.
func TestCommandsStopInTheMiddleOfALargeSave(t *testing.T) {
	racetest.Skip(t, "is a test of another process")
	t.Parallel()
	begin := storyBegin()
	const incidents, updates = 20, 400
	w := newWorld(begin, archive(begin, incidents, updates))
	t.Cleanup(w.close)
	dir := folder(t, w, []string{"archive"}, "")
	record := filepath.Join(dir, "vendorwatch.db")
	copyURL(t, w.sites["archive"].url()+"/api/v2/summary.json", filepath.Join(dir, "2026-11-20T12-00-00Z.json"))
	all := fmt.Sprintf("%d | %d | 1", incidents, incidents*updates)
	for _, args := range [][]string{{"scrape"}, {"import", "--vendor", "archive", "2026-11-20T12-00-00Z.json"}} {
		if err := removeRecord(record); err != nil {
			t.Fatal(err)
		}
		c := program(dir, nil, args...)
		var out transcript
		c.Stdout, c.Stderr = &out, &out
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		var err error
		told := time.Time{}
		for waiting := true; waiting; {
			select {
			case err = <-ended:
				waiting = false
			case <-time.After(5 * time.Millisecond):
				if wal, err := os.Stat(record + "-wal"); told.IsZero() && err == nil && wal.Size() > 3<<20 {
					told = time.Now()
					if err := c.Process.Signal(syscall.SIGTERM); err != nil {
						t.Fatal(err)
					}
				}
				if !told.IsZero() && time.Since(told) > stopLimit {
					_ = c.Process.Kill()
					t.Fatalf("%s: it still runs %s after SIGTERM\n%s", args[0], stopLimit, out.String())
				}
			}
		}
		whole(t, program(dir, nil, "db", "check"))
		got := mustQuery(t, record, `SELECT (SELECT count(*) FROM incidents), (SELECT count(*) FROM incident_updates),
			(SELECT count(*) FROM readings) > 0`)[0]
		if got != all && got != "0 | 0 | 0" {
			t.Errorf("%s: the file holds a half: %s", args[0], got)
		}
		stopped := strings.Contains(out.String(), "stopped")
		if (err == nil) != (got == all) || stopped != (err != nil) {
			t.Errorf("%s: the file holds %s, and it says %v\n%s", args[0], got, err, out.String())
		}
	}
}

// What a command has begun to save may go on for eight seconds after it was told to stop, and no longer.
func TestSavingOutlastsAStopForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		saving, done := stopping.Outlasting(ctx)
		defer done()
		time.Sleep(time.Hour)
		stop()
		for _, c := range []struct {
			after time.Duration
			ended bool
		}{{0, false}, {7 * time.Second, false}, {2 * time.Second, true}} {
			time.Sleep(c.after)
			synctest.Wait()
			if got := saving.Err() != nil; got != c.ended {
				t.Errorf("ended: %v, after another %s", got, c.after)
			}
		}
		finished, done := stopping.Outlasting(t.Context())
		done()
		if finished.Err() == nil {
			t.Error("it goes on after its end")
		}
	})
}
