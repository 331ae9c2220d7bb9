package cli_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

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
