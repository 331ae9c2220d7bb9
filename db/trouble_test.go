package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
)

// A damaged page is met by whatever query reads it. Each says so, and which copy to restore, and the file counts as
// damaged from then on.
func TestDamageIsSaidWhereverItIsMet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	if err := lived(t).file.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	copied := path + ".before-v2-20261123T100000.000Z"
	if err := os.WriteFile(copied, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil { // what is in the -wal file would hide the damage
		t.Fatal(err)
	}
	bytes, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := 4096; n < len(bytes); n++ {
		if n%4096 < 100 { // the head of each page but the first, which holds the schema's root
			bytes[n] = 0xa5
		}
	}
	if err := os.WriteFile(path, bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err = db.Open(t.Context(), path); err == nil {
		defer d.Close()
		_, err = query.New(d).Vendors(t.Context(), t0)
	}
	var trouble *db.Trouble
	if !errors.As(err, &trouble) || !trouble.Damaged || !strings.Contains(err.Error(), "no vendor is to blame") ||
		!strings.Contains(err.Error(), copied) {
		t.Fatalf("a query says %v", err)
	}
	if d == nil {
		return
	}
	if standing := d.Standing(); !errors.As(standing, &trouble) {
		t.Errorf("the file stands at %v", standing)
	}
	if _, err := record.New(d).EnsureVendor(t.Context(), query.Vendor{Slug: "new"}); err != nil &&
		!errors.As(err, &trouble) {
		t.Errorf("a write says %v", err)
	}
}

// A file that another program holds is said to be so, with what that means.
func TestALockedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	openAndClose(t, path)
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Writer().ExecContext(t.Context(), `PRAGMA busy_timeout = 1`); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	_, err = record.New(d).EnsureVendor(t.Context(), query.Vendor{Slug: "x"})
	var trouble *db.Trouble
	if !errors.As(err, &trouble) || trouble.Damaged {
		t.Fatalf("it says %v", err)
	}
	for _, words := range []string{"waited 15s", "another program holds a write lock", "Nothing is lost"} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("it does not say %q: %v", words, err)
		}
	}
	if d.Standing() != nil {
		t.Errorf("the file stands at %v", d.Standing())
	}
}

// Nothing is written to a file that is not at its path any more. What is in it is saved beside the path, and nothing of
// it is left where SQLite would take it for a part of the new file.
func TestAFileThatIsRemovedOrReplaced(t *testing.T) {
	backup := filepath.Join(t.TempDir(), "backup.db")
	if err := lived(t).file.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(path string) error{
		"removed":             os.Remove,
		"moved away":          func(path string) error { return os.Rename(path, path+".old") },
		"replaced":            func(path string) error { return copyTo(backup, path) },
		"removed, all of it":  func(path string) error { return errors.Join(os.Remove(path), os.Remove(path+"-wal")) },
		"replaced by nothing": func(path string) error { return replaceBy(path, nil) },
		"moved, and linked to": func(path string) error {
			return errors.Join(os.Rename(path, path+".disk2"), os.Symlink(path+".disk2", path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			d, err := db.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := record.New(d).EnsureVendor(t.Context(), query.Vendor{Slug: "before"}); err != nil {
				t.Fatal(err)
			}
			if err := d.Standing(); err != nil {
				t.Fatal(err)
			}
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			if err := d.Standing(); !errors.Is(err, db.ErrMoved) {
				t.Errorf("the file stands at %v", err)
			}
			if _, err := record.New(d).EnsureVendor(t.Context(), query.Vendor{Slug: "after"}); !errors.Is(err,
				db.ErrMoved) {
				t.Errorf("a write says %v", err)
			}
			rescued, err := d.Abandon(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := valueOf(t, rescued, `SELECT group_concat(slug) FROM vendors`); got != "before" {
				t.Errorf("saved are the vendors %s", got)
			}
			for _, left := range []string{"-wal", "-shm"} {
				if _, err := os.Stat(path + left); err == nil {
					t.Errorf("%s is still there", left)
				}
			}
			again, err := db.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			if name == "moved, and linked to" {
				if got := valueOf(t, path, `SELECT group_concat(slug) FROM vendors`); got != "before" {
					t.Errorf("by its new name, the file has the vendors %s", got)
				}
			}
			if problems, err := again.Check(t.Context()); err != nil || len(problems) > 0 {
				t.Errorf("the new file: %v %v", problems, err)
			}
		})
	}
}

func copyTo(from, to string) error {
	bytes, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return replaceBy(to, bytes)
}

// replaceBy puts another file in the place of one, as mv does.
func replaceBy(path string, bytes []byte) error {
	if err := os.WriteFile(path+".new", bytes, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// A program that is killed while it copies the file before a migration starts again in the same second, copies of
// interrupted tries go, and of the others the newest stay.
func TestCopiesBeforeMigrations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x [1].db")
	openAndClose(t, path)
	second := time.Now().UTC().Format("20060102T150405")
	for n := range 10 {
		// What tries of this second and of earlier ones may have left, complete and not.
		for _, name := range []string{
			fmt.Sprintf("%s.before-v2-%s.%03dZ", path, second, n),
			fmt.Sprintf("%s.before-v2-%s.%03dZ.part", path, second, n),
		} {
			if err := os.WriteFile(name, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			old := time.Now().Add(-time.Hour)
			if err := os.Chtimes(name, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	d, err := db.OpenWith(context.Background(), path, withSecond(t, secondMigration(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	whole, good := 0, 0
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".part") {
			t.Errorf("%s is left", e.Name())
		}
		if strings.Contains(e.Name(), ".before-v") {
			whole++
			if info, err := e.Info(); err == nil && info.Size() > 0 {
				good++
			}
		}
	}
	if whole != 3 || good != 1 {
		t.Errorf("%d copies are kept, %d of them of this migration", whole, good)
	}
}
