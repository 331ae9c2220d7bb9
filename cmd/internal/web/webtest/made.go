package webtest

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"vendorwatch/cmd/internal/web"
)

// made is a file that is built once for all tests of a package. Each test gets a copy, because building the file
// takes longer than most tests do.
type made struct {
	build   func(*Record)
	once    sync.Once
	content []byte
	watched []int64
}

// copy serves a copy of the file.
func (m *made) copy(t testing.TB, o web.Options) *Record {
	t.Helper()
	m.once.Do(func() {
		path := filepath.Join(t.TempDir(), "made.db")
		emptyFile(t, path)
		r := openFile(t, path)
		m.build(r)
		// When its last connection closes, SQLite moves the content of the -wal file into the file itself.
		err := r.File.Close()
		if err == nil {
			m.content, err = os.ReadFile(path)
		}
		if err != nil {
			t.Fatal(err)
		}
		m.watched = r.Watched
	})
	if m.content == nil {
		t.Fatal("the file could not be built; an earlier test says why")
	}
	path := filepath.Join(t.TempDir(), "web.db")
	if err := os.WriteFile(path, m.content, 0o600); err != nil {
		t.Fatal(err)
	}
	r := openFile(t, path)
	r.Watched = slices.Clone(m.watched)
	return serve(r, o)
}
