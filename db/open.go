// Package db opens, migrates and maintains the SQLite file in which incidents are kept. The file is a product of
// its own: people read it with the sqlite3 shell, Datasette or a notebook while the service runs.
// docs/schema.md describes it. What is read from it is in package query, what is saved in package record, and
// what is sent to channels in package ledger.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// ErrNotFound says that nothing is on record under the id or name asked for.
var ErrNotFound = errors.New("not found")

// ErrReadOnly says that a change was asked of a file opened with OpenReadOnly.
var ErrReadOnly = errors.New("the file was opened for reading only")

// DB is an open file. Its methods may be called from several goroutines at once.
type DB struct {
	path string
	// One connection writes, so that goroutines queue for it in order and with their contexts, instead
	// of polling for SQLite's lock; several read beside it, which WAL allows.
	write *sql.DB // nil if opened for reading only
	read  *sql.DB

	place  place
	damage atomic.Pointer[Trouble] // the first that was met
}

// met keeps in mind that a query has found the file damaged.
func (d *DB) met(t *Trouble) {
	if t.Damaged {
		d.damage.CompareAndSwap(nil, t)
	}
}

// Open opens the file at path for reading and writing. It creates the file if there is none, and
// migrates an older one after copying it to <path>.before-v<N>-<UTC time>. The error says what to do
// if path cannot be a database: a folder, a missing or unwritable folder, another kind of file, or a
// file written by a newer program.
func Open(ctx context.Context, path string) (*DB, error) {
	return open(ctx, path, embeddedMigrations())
}

func open(ctx context.Context, path string, m migrations) (*DB, error) {
	if err := checkPath(path, true); err != nil {
		return nil, err
	}
	d := &DB{path: path}
	write, err := d.connectWriter()
	if err != nil {
		return nil, err
	}
	d.write = write
	write.SetMaxOpenConns(1)
	// While another program turns on WAL, SQLite answers at once that the file is locked: its busy timeout
	// does not hold there.
	err = m.migrate(ctx, write, path)
	for try := 0; try < 100 && locked(err) && ctx.Err() == nil; try++ {
		time.Sleep(50 * time.Millisecond)
		err = m.migrate(ctx, write, path)
	}
	if err == nil {
		err = prune(beforeCopies(path))
	}
	if err != nil {
		return nil, errors.Join(explain(path, err), write.Close())
	}
	if d.read, err = d.openReaders(); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	if err := d.note(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// OpenReadOnly opens an existing file for reading. It returns an error that names the commands which
// create the file if there is none, and one that says what to do if the file's schema is older or
// newer than the program's.
func OpenReadOnly(ctx context.Context, path string) (*DB, error) {
	if err := checkPath(path, false); err != nil {
		return nil, err
	}
	d := &DB{path: path}
	read, err := d.openReaders()
	if err != nil {
		return nil, err
	}
	d.read = read
	m := embeddedMigrations()
	version, err := schemaVersion(ctx, read)
	switch {
	case err != nil && unwritable(err):
		err = fmt.Errorf("database %s: %w; even to read it SQLite keeps -wal and -shm files beside it: run this as a "+
			"user who may write to the folder %s, or copy the file to one of yours", path, err, filepath.Dir(path))
	case err != nil:
		err = explain(path, err)
	case version > m.newest():
		err = newerError(path, version, m.newest())
	case version < m.newest():
		err = fmt.Errorf("database %s: its schema is version %d, this program reads version %d; run `vendorwatch "+
			"scrape` or `vendorwatch serve` once, which copies and then migrates it", path, version, m.newest())
	}
	if err != nil {
		return nil, errors.Join(err, read.Close())
	}
	if err := d.note(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Path returns the path the file was opened with.
func (d *DB) Path() string { return d.path }

// Close closes the file. Transactions that are still running are rolled back.
func (d *DB) Close() error {
	err := d.read.Close()
	if d.write != nil {
		err = errors.Join(err, d.write.Close())
	}
	return err
}

func (d *DB) openReaders() (*sql.DB, error) {
	read, err := d.connect("rw", "&_pragma=query_only(1)&_pragma=cache_size(-8000)")
	if err != nil {
		return nil, err
	}
	read.SetMaxOpenConns(4)
	read.SetMaxIdleConns(4)
	return read, nil
}

// connectWriter also turns on WAL, which the file then keeps: readers need not ask for it, and so leave a
// copy that has it off as it is.
func (d *DB) connectWriter() (*sql.DB, error) {
	if err := createPrivate(d.path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("database %s: cannot be written: %w; let this user write the file and its folder %s, "+
			"or name another path", d.path, err, filepath.Dir(d.path))
	}
	return d.connect("rwc", "&_txlock=immediate&_pragma=journal_mode(WAL)")
}

// createPrivate creates an empty file that only its owner can read, which SQLite then fills; it gives -wal and -shm
// the permissions of the file. It returns an error that wraps fs.ErrExist for a file that exists, which stays as it is.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// connect names the pragmas in the DSN, since run by Exec they would reach one connection of a pool.
// synchronous(FULL) makes a commit survive a power cut: with NORMAL the last events could be gone
// after their ids had been sent, and a receiver that knows repeats by their id would then take
// other news under the same id for repeats. It costs one fsync a commit, a fraction of a millisecond.
func (d *DB) connect(mode, more string) (*sql.DB, error) {
	abs, err := filepath.Abs(d.path)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", d.path, err)
	}
	dsn := (&url.URL{Scheme: "file", Path: filepath.ToSlash(abs)}).String() + "?mode=" + mode +
		fmt.Sprintf("&_pragma=busy_timeout(%d)", busyTimeout.Milliseconds()) +
		"&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)" + more
	c, err := newConnector(d.path, dsn, d.met)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", d.path, err)
	}
	return sql.OpenDB(c), nil
}

// checkPath finds the mistakes that SQLite would report as "unable to open database file". It never opens the
// file: closing a descriptor of a file that this process has open as a database would drop the process's POSIX
// locks on it, and another program could then delete the -wal and -shm files that are in use
// (https://sqlite.org/howtocorrupt.html, 2.2). What is in the file is asked through SQLite only.
func checkPath(path string, create bool) error {
	if path == "" {
		return errors.New("database: no path given; name a file, such as vendorwatch.db")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && !create:
		return fmt.Errorf("database %s: there is no such file yet; `vendorwatch scrape`, `vendorwatch serve` and "+
			"`vendorwatch import` create it", path)
	case errors.Is(err, os.ErrNotExist):
		dir := filepath.Dir(path)
		if d, err := os.Stat(dir); err != nil || !d.IsDir() {
			return fmt.Errorf("database %s: the folder %s does not exist; create it (mkdir -p %s) or name another path",
				path, dir, dir)
		}
		return nil
	case err != nil:
		return fmt.Errorf("database: %w", err)
	case info.IsDir():
		return fmt.Errorf("database %s: this is a folder; name a file in it, such as %s", path,
			filepath.Join(path, "vendorwatch.db"))
	}
	return nil
}

// readOnly says that a change was asked of a file opened with OpenReadOnly.
func (d *DB) readOnly() error { return fmt.Errorf("database %s: %w", d.path, ErrReadOnly) }
