//go:build unix

package db_test

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"vendorwatch/db"
)

// readerPath names the file that this program looks at instead of running tests, as another program would.
const readerPath = "VENDORWATCH_TEST_READER"

func TestMain(m *testing.M) {
	if path := os.Getenv(readerPath); path != "" {
		if err := readAsAnother(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// readAsAnother prints whether another program holds SQLite's shared lock on a file, and how many vendors are in it.
// Like every reader it closes the file, which makes the last one of all delete the -wal file.
func readAsAnother(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	// Connections hold a lock on these bytes for as long as they are open: https://sqlite.org/fileformat.html, 1.4.
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Start: 0x40000002, Len: 510}
	if err := syscall.FcntlFlock(file.Fd(), syscall.F_GETLK, &lock); err != nil {
		return err
	}
	file.Close()
	state := "locked"
	if lock.Type == syscall.F_UNLCK {
		state = "not locked"
	}
	conn, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	var n int
	if err := conn.QueryRow(`SELECT count(*) FROM vendors`).Scan(&n); err != nil {
		return err
	}
	fmt.Print(state, ", ", n)
	return conn.Close()
}

// Opening a file that this process has open already, as a reload does, must leave its locks in place. Without
// them another program that reads the file takes itself for the last one, and deletes the -wal file under the
// service: what is saved afterwards is seen by nobody, and gone with the process. SQLite has a guard against this
// from 3.51 on; the sqlite3 shells and the Python that people read the file with are older.
func TestReloadKeepsTheLocks(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "live.db")
	emptyFile(t, path)
	service, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	f := over(t, service)
	seenByAnother := func(want int) {
		t.Helper()
		c := exec.CommandContext(t.Context(), program)
		c.Env = append(os.Environ(), readerPath+"="+path)
		out, err := c.CombinedOutput()
		if got := string(out); err != nil || got != fmt.Sprint("locked, ", want) {
			t.Fatalf("another program finds the file %s vendors, want it locked, %d vendors (%v)", got, want, err)
		}
	}
	f.addSource("one")
	seenByAnother(1)
	for n := range 3 {
		again, err := db.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
		reader, err := db.OpenReadOnly(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := reader.Close(); err != nil {
			t.Fatal(err)
		}
		wal, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		seenByAnother(n + 1)
		if now, err := os.Stat(path + "-wal"); err != nil || !os.SameFile(wal, now) {
			t.Fatalf("another program deleted the -wal file of the open database (%v)", err)
		}
		f.addSource(fmt.Sprintf("more-%d", n))
		seenByAnother(n + 2)
	}
	if problems, err := service.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("check: %v %v", err, problems)
	}
}
