package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrMoved is wrapped by the error of a file that is not at its path any more, or has another in its place.
var ErrMoved = errors.New("what is written to the file that was opened is lost to all who open the path")

// place is where the file was when it was opened.
type place struct {
	file  os.FileInfo
	real  string                 // the path without links, which is what SQLite adds -wal and -shm to
	aside map[string]os.FileInfo // those that SQLite keeps beside it, by what is added to the name
}

// note remembers which files are at the paths. None of them is opened: see checkPath.
func (d *DB) note() error {
	var err error
	if d.place.file, err = os.Stat(d.path); err != nil {
		return fmt.Errorf("database %s: %w", d.path, err)
	}
	if d.place.real, err = filepath.EvalSymlinks(d.path); err != nil {
		return fmt.Errorf("database %s: %w", d.path, err)
	}
	d.place.aside = map[string]os.FileInfo{}
	for _, end := range []string{"-wal", "-shm"} {
		info, err := os.Stat(d.place.real + end)
		if err == nil {
			d.place.aside[end] = info
		} else if !errors.Is(err, fs.ErrNotExist) { // a copy with WAL turned off has none
			return fmt.Errorf("database %s: %w", d.path, err)
		}
	}
	return nil
}

// Standing says what is wrong with the file as a whole: it was removed, another one was put in its place, or a query
// has found it damaged. It is nil if all is well.
func (d *DB) Standing() error {
	if damage := d.damage.Load(); damage != nil {
		return damage
	}
	return d.moved()
}

func (d *DB) moved() error {
	now, err := os.Stat(d.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Trouble{err: ErrMoved, text: fmt.Sprintf("database %s: the file was removed or moved away while it "+
			"was in use; nothing more is written. Put it or a backup in its place, and it is taken up", d.path)}
	case err != nil:
		return &Trouble{err: err, text: fmt.Sprintf("database %s: %v", d.path, err)}
	case !os.SameFile(now, d.place.file):
		return &Trouble{err: ErrMoved, text: fmt.Sprintf("database %s: another file was put in its place while it "+
			"was in use; nothing more is written to the old one, and the new one is taken up", d.path)}
	}
	// The same file by another name: other programs that open it use another -wal than this one.
	if real, err := filepath.EvalSymlinks(d.path); err == nil && real != d.place.real {
		return &Trouble{err: ErrMoved, text: fmt.Sprintf("database %s: the file was moved to %s while it was in use, "+
			"and the path leads there; nothing more is written by the old name, and it is taken up by the new one",
			d.path, real)}
	}
	return nil
}

// Abandon closes a file that is not at its path any more. Before that it saves what is in it to
// <path>.rescued-<UTC time>, whose name it returns: what was written since a backup was made is there. It removes the
// -wal and -shm files that the old file leaves beside the new one, which SQLite would take for those of the new one.
func (d *DB) Abandon(ctx context.Context) (rescued string, err error) {
	to := d.path + ".rescued-" + time.Now().UTC().Format(copyTime)
	if err = vacuumInto(ctx, d.write, to); err == nil {
		rescued = to
	}
	err = errors.Join(err, d.Close())
	if now, statErr := os.Stat(d.path); statErr == nil && os.SameFile(now, d.place.file) {
		return rescued, errors.Join(err, prune(rescuedCopies(d.path))) // it is still in use, and they may belong to it
	}
	for end, was := range d.place.aside {
		if now, statErr := os.Stat(d.place.real + end); statErr == nil && os.SameFile(now, was) {
			err = errors.Join(err, removeIfThere(d.place.real+end))
		}
	}
	return rescued, errors.Join(err, prune(rescuedCopies(d.path)))
}

func rescuedCopies(path string) string { return globbed(path) + ".rescued-*" }
