package db

import (
	"context"
	"database/sql"
	"io/fs"
	"testing"
)

// What the tests of this package, which stand outside of it, need of its inside.

// OpenWith is Open with other migrations.
func OpenWith(ctx context.Context, path string, files fs.FS) (*DB, error) {
	return open(ctx, path, migrations{files})
}

// MigrationText returns one of the migrations.
func MigrationText(name string) ([]byte, error) { return migrationFiles.ReadFile("migrations/" + name) }

// Writer returns the connection that writes.
func (d *DB) Writer() *sql.DB { return d.write }

// ConnectWriter opens the connection that writes, without a schema.
func ConnectWriter(path string) (*sql.DB, error) { return (&DB{path: path}).connectWriter() }

// MaxKept is how many statements a connection keeps.
const MaxKept = maxKept

// Kept returns how many statements a connection of SQLite keeps.
func Kept(t testing.TB, c *sql.Conn) (kept int) {
	t.Helper()
	if err := c.Raw(func(raw any) error {
		kept = len(raw.(*conn).kept)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return kept
}
