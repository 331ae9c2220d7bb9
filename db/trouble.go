package db

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
)

// Trouble is an error of the file itself: it is damaged, held by another program, gone, or cannot be written. It says
// nothing of vendors and receivers. Its text says what to do.
type Trouble struct {
	Damaged bool // what is in the file cannot be read any more

	text string
	err  error
}

func (t *Trouble) Error() string { return t.text }
func (t *Trouble) Unwrap() error { return t.err }

// busyTimeout is how long SQLite waits for another program that holds a lock on the file.
const busyTimeout = 15 * time.Second

// SQLite's primary result codes: https://sqlite.org/rescode.html
const (
	codeBusy      = 5
	codeReadOnly  = 8
	codeCorrupt   = 11
	codeFull      = 13
	codeCantOpen  = 14
	codeNotADB    = 26
	primaryOfCode = 0xff
)

// troubleOf is the trouble with the file that an error tells of; nil if it tells of something else.
func troubleOf(path string, err error) *Trouble {
	var already *Trouble
	if errors.As(err, &already) {
		return already
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	t := &Trouble{err: err}
	switch e.Code() & primaryOfCode {
	case codeBusy:
		t.text = fmt.Sprintf("database %s: waited %s in vain: another program holds a write lock on it, such as an "+
			"open transaction in a sqlite3 shell; end it there. Nothing is lost, and the service tries again: %v", path,
			busyTimeout, err)
	case codeReadOnly, codeCantOpen:
		t.text = fmt.Sprintf("database %s: cannot be written: %v; let this user write the file and its folder %s "+
			"(SQLite keeps -wal and -shm files beside it), or name another path", path, err, filepath.Dir(path))
	case codeFull:
		t.text = fmt.Sprintf("database %s: %v; the disk is full: make room, nothing was half-written", path, err)
	case codeNotADB:
		t.Damaged = true
		t.text = fmt.Sprintf("database %s: this is not a SQLite file and is left alone; name another path, or, if it "+
			"was one, %s: %v", path, restore(path), err)
	case codeCorrupt:
		t.Damaged = true
		t.text = fmt.Sprintf("database %s: %v; the file is damaged, and no vendor is to blame: stop the service, "+
			"move the file with its -wal and -shm away, and %s", path, err, restore(path))
	default:
		return nil
	}
	return t
}

// restore says which backup to take.
func restore(path string) string {
	newest, name := time.Time{}, ""
	for _, copies := range []string{beforeCopies(path), rescuedCopies(path)} {
		found, _ := filepath.Glob(copies)
		for _, f := range found {
			if info, err := os.Stat(f); err == nil && info.ModTime().After(newest) && !strings.HasSuffix(f, partial) {
				newest, name = info.ModTime(), f
			}
		}
	}
	if name == "" {
		return "restore the newest copy made by `vendorwatch db backup`, or by Litestream"
	}
	return fmt.Sprintf("restore the newest copy made by `vendorwatch db backup` or by Litestream, or, if there is "+
		"none newer, %s of %s", name, newest.UTC().Format("2006-01-02 15:04 UTC"))
}

// globbed is a path as it stands in a pattern of filepath.Glob.
func globbed(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// explain adds to an error of SQLite what a person can do about it.
func explain(path string, err error) error {
	if trouble := troubleOf(path, err); trouble != nil {
		return trouble
	}
	return fmt.Errorf("database %s: %w", path, err)
}

// unwritable reports whether SQLite could not write or make a file.
func unwritable(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&primaryOfCode == codeReadOnly || e.Code()&primaryOfCode == codeCantOpen)
}

// locked reports whether an error says that another program holds the file.
func locked(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&primaryOfCode == codeBusy
}
