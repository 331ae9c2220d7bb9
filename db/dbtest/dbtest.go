// Package dbtest gives tests empty files that are migrated already. It is imported by tests only.
package dbtest

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Empty returns a function that puts an empty, migrated file at a path. open is db.Open; it is called once,
// for the first of the files, and the others are copies: to migrate each of them would take most tests longer
// than all else they do. A file that exists is left alone.
//
// open is an argument, so that the tests of package db itself can import this package.
func Empty[F io.Closer](open func(context.Context, string) (F, error)) func(t testing.TB, path string) {
	content := sync.OnceValues(func() ([]byte, error) {
		dir, err := os.MkdirTemp("", "dbtest")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		path := filepath.Join(dir, "empty.db")
		file, err := open(context.Background(), path)
		if err != nil {
			return nil, err
		}
		// With the last connection SQLite moves all that is in the -wal file into the file itself.
		if err := file.Close(); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	})
	return func(t testing.TB, path string) {
		t.Helper()
		b, err := content()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err == nil {
			return
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
