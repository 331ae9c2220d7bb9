package cli_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// After reloads, and beside programs that read and write the file, what the service has saved is there after kill -9.
// A service that lost its locks would have its -wal file deleted by the first other program that closes the file.
func TestReloadedServiceLosesNothingWhenKilled(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "kustomer", "quillpay")
	dir := folder(t, w, []string{"kustomer"}, "")
	s := serve(t, dir)
	s.untilSaved(`SELECT count(*) FROM sources WHERE baseline_at IS NOT NULL`, "1")
	saved := filepath.Join(dir, "saved.json")
	copyURL(t, w.sites["quillpay"].url()+"/api/v2/summary.json", saved)
	for n := range 3 {
		s.signal(syscall.SIGHUP)
		s.until("it watches anew", func() bool { return strings.Count(s.out.String(), "watching") == n+2 })
		// Each of these is a program of its own that opens and closes the file.
		for _, args := range [][]string{{"incidents"}, {"db", "check"},
			{"import", "--vendor", "copied", "--at", "2026-11-2" + string(rune('1'+n)) + "T10:00:00Z", saved}} {
			if out, err := program(dir, nil, args...).CombinedOutput(); err != nil {
				t.Fatalf("%q: %v\n%s", args, err, out)
			}
		}
		w.step(20 * time.Minute)
		before := mustQuery(t, s.record, `SELECT sum(times) FROM scrapes WHERE archived = 0`)[0]
		s.until("it saves", func() bool {
			return mustQuery(t, s.record, `SELECT sum(times) FROM scrapes WHERE archived = 0`)[0] != before
		})
	}
	const all = `SELECT (SELECT count(*) FROM scrapes WHERE archived = 1), (SELECT count(*) FROM incidents)`
	have := mustQuery(t, s.record, all)[0]
	if !strings.HasPrefix(have, "3 | ") {
		t.Errorf("the service's file has not what was imported beside it: %s", have)
	}
	s.signal(syscall.SIGKILL)
	<-s.ended
	if got := mustQuery(t, s.record, all)[0]; got != have {
		t.Errorf("after kill -9 there are %s, before %s", got, have)
	}
	if out, err := program(dir, nil, "db", "check").CombinedOutput(); err != nil {
		t.Errorf("the file it leaves: %v\n%s", err, out)
	}
}

func copyURL(t *testing.T, url, path string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil {
		err = os.WriteFile(path, body, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A file that is removed under the service, or replaced by a backup, is noticed: it is said, nothing more is written to
// the old one, and the one that is put in its place is taken up. What the old one held is kept.
func TestServeTakesUpAFileThatIsPutInItsPlace(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "kustomer")
	dir := t.TempDir()
	address := closedPort(t)
	writeConfig(t, dir, strings.Replace(w.configText([]string{"kustomer"}, ""), `web.listen = ""`,
		`web.listen = "`+address+`"`, 1))
	s := serve(t, dir)
	s.untilSaved(`SELECT count(*) FROM sources WHERE baseline_at IS NOT NULL`, "1")
	ready := func() int {
		res, err := http.Get("http://" + address + "/readyz")
		if err != nil {
			return 0
		}
		res.Body.Close()
		return res.StatusCode
	}
	s.until("it is ready", func() bool { return ready() == 200 })
	backup := filepath.Join(dir, "backup.db")
	if out, err := program(dir, nil, "db", "backup", backup).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rename := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	execSQL(t, s.record, `UPDATE vendors SET owner = 'written since the backup'`)

	// mv of a backup into its place
	second := filepath.Join(dir, "second.db")
	if out, err := program(dir, nil, "db", "backup", second).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rename(backup, s.record)
	s.untilSaid("another file was put in its place")
	s.until("it watches the new one", func() bool { return strings.Count(s.out.String(), "watching") == 2 })
	s.until("it is ready", func() bool { return ready() == 200 })
	rescued, err := filepath.Glob(s.record + ".rescued-*")
	if err != nil || len(rescued) != 1 {
		t.Fatalf("saved are %q, %v", rescued, err)
	}
	if got := mustQuery(t, rescued[0], `SELECT owner FROM vendors`)[0]; got != "written since the backup" {
		t.Errorf("the copy of what was replaced has the owner %q", got)
	}
	before := mustQuery(t, s.record, `SELECT sum(times) FROM scrapes`)[0]
	s.until("it saves into the new one", func() bool {
		return mustQuery(t, s.record, `SELECT sum(times) FROM scrapes`)[0] != before
	})

	// rm
	if err := os.Remove(s.record); err != nil {
		t.Fatal(err)
	}
	s.untilSaid("the file was removed or moved away")
	s.until("it is not ready", func() bool { return ready() == 503 })
	if _, err := os.Stat(s.record); err == nil {
		t.Error("it has made a file of its own")
	}
	rename(second, s.record)
	s.until("it watches the third one", func() bool { return strings.Count(s.out.String(), "watching") == 3 })
	s.until("it is ready", func() bool { return ready() == 200 })
	s.stop()
	if rescued, _ := filepath.Glob(s.record + ".rescued-*"); len(rescued) != 2 {
		t.Errorf("saved are %q", rescued)
	}
}

// execSQL changes a record as another program would.
func execSQL(t *testing.T, path, statement string) {
	t.Helper()
	if _, err := rowsOf(path, statement); err != nil {
		t.Fatal(err)
	}
}
