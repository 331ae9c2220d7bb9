package db_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize/goldentest"

	"github.com/google/go-cmp/cmp"
)

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := filepath.Join(dir, "other.db")
	execIn(t, other, `CREATE TABLE bookmarks (url TEXT)`)
	newer := filepath.Join(dir, "newer.db")
	openAndClose(t, newer)
	execIn(t, newer, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
	for name, c := range map[string]struct{ path, want string }{
		"no path":           {"", "name a file"},
		"a folder":          {dir, "this is a folder; name a file in it"},
		"no parent folder":  {filepath.Join(dir, "no", "such", "x.db"), "does not exist; create it (mkdir -p"},
		"a text file":       {write("notes.txt", "hello"), "not a SQLite file and is left alone"},
		"a long text file":  {write("long.txt", strings.Repeat("hello ", 999)), "not a SQLite file and is left alone"},
		"another program's": {other, "another program"},
		"a newer program's": {newer, "written by a newer vendorwatch (schema version 999"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := db.Open(t.Context(), c.path)
			if err == nil {
				d.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\ndoes not say %q", err, c.want)
			}
		})
	}
	if got, err := os.ReadFile(filepath.Join(dir, "notes.txt")); err != nil || string(got) != "hello" {
		t.Errorf("the text file is now %q, %v", got, err)
	}
}

func TestOpenWhereNothingCanBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	// A folder in the place of SQLite's own file stands for a folder without permission, which the
	// superuser would not notice.
	if err := os.Mkdir(path+"-journal", 0o700); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), path)
	if err == nil {
		d.Close()
		t.Fatal("it was opened")
	}
	if !strings.Contains(err.Error(), "let this user write the file and its folder") {
		t.Error(err)
	}
}

func TestOpenReadOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	_, err := db.OpenReadOnly(t.Context(), path)
	if err == nil || !strings.Contains(err.Error(), "vendorwatch scrape") {
		t.Errorf("no file: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("opening for reading made a file")
	}
	openAndClose(t, path)
	d, err := db.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := record.New(d).EnsureVendor(t.Context(), query.Vendor{Slug: "x"}); !errors.Is(err, db.ErrReadOnly) {
		t.Errorf("a write: %v", err)
	}
	if _, err := d.Reader().ExecContext(t.Context(), `DELETE FROM vendors`); err == nil {
		t.Error("the connection can write")
	}
	if _, err := query.New(d).Vendors(t.Context(), t0); err != nil {
		t.Error(err)
	}
	locked := filepath.Join(t.TempDir(), "locked.db")
	openAndClose(t, locked)
	if err := os.Mkdir(locked+"-wal", 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := db.OpenReadOnly(t.Context(), locked); err == nil ||
		!strings.Contains(err.Error(), "or copy the file to one of yours") {
		t.Errorf("a folder in which SQLite can make no file: %v", err)
	}
	empty := filepath.Join(dir, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.OpenReadOnly(t.Context(), empty); err == nil || !strings.Contains(err.Error(), "version 0") {
		t.Errorf("an empty file: %v", err)
	}
}

func TestOddPaths(t *testing.T) {
	for _, name := range []string{"with space.db", "per%20cent.db", "query?.db", "hash#.db", "ünïcode.db"} {
		path := filepath.Join(t.TempDir(), name)
		openAndClose(t, path)
		if _, err := os.Stat(path); err != nil {
			t.Errorf("the file is elsewhere: %v", err)
		}
	}
}

func TestPragmas(t *testing.T) {
	f := newFile(t)
	for pool, conn := range map[string]*sql.DB{"write": f.file.Writer(), "read": f.file.Reader()} {
		for pragma, want := range map[string]string{"foreign_keys": "1", "journal_mode": "wal", "synchronous": "2",
			"busy_timeout": "15000"} {
			var got string
			if err := conn.QueryRowContext(t.Context(), `PRAGMA `+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s is %q, want %s (%v)", pool, pragma, got, want, err)
			}
		}
	}
	// Releases 3.7.0 to 3.51.2 could damage a file in WAL mode.
	var version string
	if err := f.file.Reader().QueryRowContext(t.Context(), `SELECT sqlite_version()`).Scan(&version); err != nil ||
		!newerThan(version, [3]int{3, 51, 2}) {
		t.Errorf("SQLite is %s (%v)", version, err)
	}
}

// withSecond is the embedded migrations and a second one, which only tests know.
func withSecond(t *testing.T, second []byte) fs.FS {
	t.Helper()
	return fstest.MapFS{
		"00001_first.sql":  {Data: migrationText(t, "00001_first.sql")},
		"00002_second.sql": {Data: second},
	}
}

func secondMigration(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/second/00002_second.sql")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMigrateCopiesFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	openAndClose(t, path)
	if copies(t, path) != nil {
		t.Fatal("a new file was copied")
	}
	d, err := db.OpenWith(t.Context(), path, withSecond(t, secondMigration(t)))
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
	made := copies(t, path)
	if len(made) != 1 || !strings.HasPrefix(filepath.Base(made[0]), "x.db.before-v2-") {
		t.Fatalf("copies: %v", made)
	}
	const tier = `SELECT count(*) FROM pragma_table_info('vendors') WHERE name = 'tier'`
	if got := valueOf(t, path, tier); got != "1" {
		t.Error("the file was not migrated")
	}
	if got := valueOf(t, made[0], tier); got != "0" {
		t.Error("the copy was made after the migration")
	}
	if _, err := db.Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "newer vendorwatch") {
		t.Errorf("the older program opened it: %v", err)
	}
	if len(copies(t, path)) != 1 {
		t.Error("refusing the file made a copy")
	}
}

// A migration keeps what it does not change, row by row, and the numbers that were given out.
func TestMigrateKeepsRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	f := lived(t)
	if err := f.file.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	execIn(t, path, `UPDATE sqlite_sequence SET seq = 41 WHERE name = 'actions'`)
	d, err := db.OpenWith(t.Context(), path, withSecond(t, secondMigration(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	after := over(t, d)
	if diff := cmp.Diff(f.rows(`SELECT * FROM actions`), after.rows(`SELECT * FROM actions`)); diff != "" {
		t.Errorf("actions differ (-before +after)\n%s", diff)
	}
	if got := after.rows(`SELECT seq FROM sqlite_sequence WHERE name = 'actions'`); got[0] != "41" {
		t.Errorf("the next action would get the number after %s", got[0])
	}
	if got := after.rows(`SELECT slug, tier FROM vendors`); got[0] != "acme|3" {
		t.Errorf("vendors: %s", got)
	}
	const rest = `SELECT * FROM v_incidents`
	if diff := cmp.Diff(f.rows(rest), after.rows(rest)); diff != "" {
		t.Errorf("incidents differ (-before +after)\n%s", diff)
	}
	if problems, err := d.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("check: %v %v", err, problems)
	}
}

func TestAFailedMigrationChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	openAndClose(t, path)
	broken := withSecond(t, append(secondMigration(t), "DROP TABLE no_such_table;\n"...))
	if d, err := db.OpenWith(t.Context(), path, broken); err == nil {
		d.Close()
		t.Fatal("a broken migration passed")
	}
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatalf("the file cannot be opened any more: %v", err)
	}
	d.Close()
	if got := valueOf(t, path, `SELECT count(*) FROM pragma_table_info('vendors') WHERE name = 'tier'`); got != "0" {
		t.Error("half of the migration is in the file")
	}
}

func TestTwoProgramsStartAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() {
			d, err := db.Open(context.Background(), path)
			if err == nil {
				err = d.Close()
			}
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// Every version that was ever released is kept as a dump in testdata, with rows in it, and must arrive at the present
// schema. With -update the present version's is written; after a release it stays as it is.
func TestMigrateOldVersions(t *testing.T) {
	if goldentest.Update() {
		f := lived(t)
		// The same, whenever it is written.
		f.must(f.exec(`UPDATE goose_db_version SET tstamp = '2026-11-01 00:00:00'`))
		name := "testdata/v" + f.rows(`SELECT max(version_id) FROM goose_db_version`)[0] + ".sql"
		if err := os.WriteFile(name, []byte(f.script()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const schema = `SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'
		ORDER BY name`
	fresh := newFile(t)
	newest := fresh.rows(`SELECT max(version_id) FROM goose_db_version`)[0]
	if _, err := os.Stat("testdata/v" + newest + ".sql"); err != nil {
		t.Errorf("there is no dump of version %s: run this test with -update", newest)
	}
	dumps, err := filepath.Glob("testdata/v*.sql")
	if err != nil || len(dumps) == 0 {
		t.Fatalf("no dumps: %v", err)
	}
	for _, dump := range dumps {
		t.Run(filepath.Base(dump), func(t *testing.T) {
			text, err := os.ReadFile(dump)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "old.db")
			execIn(t, path, string(text))
			d, err := db.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			f := over(t, d)
			if diff := cmp.Diff(fresh.rows(schema), f.rows(schema)); diff != "" {
				t.Errorf("the schema differs from a new file's (-new +migrated)\n%s", diff)
			}
			if problems, err := d.Check(t.Context()); err != nil || len(problems) > 0 {
				t.Errorf("check: %v %v", err, problems)
			}
			if got := f.rows(`SELECT vendor, title, state, update_count FROM v_incidents`); len(got) == 0 {
				t.Error("the incidents are gone")
			}
			const events = `SELECT event_id, source_id, incident_id, update_id, kind, at, withheld, detail FROM events
				ORDER BY event_id`
			const given = `SELECT seq FROM sqlite_sequence WHERE name = 'events'`
			old := unmigrated(t, string(text))
			for _, query := range []string{events, given} {
				if diff := cmp.Diff(rowsIn(t, old, query), f.rows(query)); diff != "" {
					t.Errorf("%s differ (-before +after)\n%s", query, diff)
				}
			}
		})
	}
}

// unmigrated opens a dump as it is.
func unmigrated(t *testing.T, dump string) *sql.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "before.db")
	execIn(t, path, dump)
	conn, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// script returns the file as statements that make it again, as the sqlite3 shell's .dump does.
func (f *file) script() string {
	f.t.Helper()
	out := []string{"PRAGMA foreign_keys=OFF;", "BEGIN TRANSACTION;"}
	const named = ` FROM sqlite_master WHERE sql <> '' AND name NOT GLOB 'sqlite_*' AND (type <> 'table'
		OR name NOT GLOB '*_search_*') AND type = ? ORDER BY rowid`
	tables := f.rows(`SELECT name`+named, "table")
	for n, text := range f.rows(`SELECT sql`+named, "table") {
		out = append(out, text+";")
		if strings.HasPrefix(text, "CREATE VIRTUAL TABLE") {
			out = append(out, "INSERT INTO "+tables[n]+" ("+tables[n]+") VALUES ('rebuild');")
			continue
		}
		columns := f.rows(`SELECT name FROM pragma_table_info(?)`, tables[n])
		quoted := "quote(" + strings.Join(columns, ") || ', ' || quote(") + ")"
		for _, row := range f.rows(`SELECT ` + quoted + ` FROM ` + tables[n]) {
			out = append(out, "INSERT INTO "+tables[n]+" ("+strings.Join(columns, ", ")+") VALUES ("+row+");")
		}
	}
	out = append(out, "DELETE FROM sqlite_sequence;")
	for _, row := range f.rows(`SELECT quote(name) || ', ' || seq FROM sqlite_sequence ORDER BY name`) {
		out = append(out, "INSERT INTO sqlite_sequence (name, seq) VALUES ("+row+");")
	}
	for _, kind := range []string{"index", "trigger", "view"} {
		for _, text := range f.rows(`SELECT sql`+named, kind) {
			out = append(out, text+";")
		}
	}
	return strings.Join(append(out, "COMMIT;", ""), "\n")
}

func openAndClose(t *testing.T, path string) {
	t.Helper()
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func execIn(t *testing.T, path, text string) {
	t.Helper()
	conn, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

func valueOf(t *testing.T, path, text string) (value string) {
	t.Helper()
	conn, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.QueryRowContext(t.Context(), text).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func copies(t *testing.T, path string) []string {
	t.Helper()
	made, err := filepath.Glob(path + ".before-v*")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func migrationText(t *testing.T, name string) []byte {
	t.Helper()
	b, err := db.MigrationText(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newerThan(version string, than [3]int) bool {
	parts := strings.Split(version, ".")
	for n, limit := range than {
		got := 0
		for _, r := range parts[n] {
			got = 10*got + int(r-'0')
		}
		if got != limit {
			return got > limit
		}
	}
	return false
}

// TestFilesAreTheirOwnersOnly holds that whatever is created can be read by its owner only, and that the permissions of
// a file that exists stay as somebody set them.
func TestFilesAreTheirOwnersOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(t.Context(), filepath.Join(dir, "backup.db")); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	// The next version of the schema copies the file first.
	if d, err = db.OpenWith(t.Context(), path, withSecond(t, secondMigration(t))); err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 3 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		want := fs.FileMode(0o600)
		if e.Name() == "x.db" || strings.HasPrefix(e.Name(), "x.db-") {
			want = 0o640
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has the permissions %o, want %o", e.Name(), got, want)
		}
	}
}
