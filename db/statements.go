package db

import (
	"context"
	"database/sql"
)

// Tx is a transaction that writes.
type Tx struct{ tx *sql.Tx }

// Change runs fn in one immediate transaction: all of it is in the file afterwards, or nothing. It returns the
// error of fn as it is, one that wraps ErrReadOnly if the file was opened with OpenReadOnly, and a *Trouble
// if SQLite could not write, or if the file is not at its path any more: what would be written there is lost.
func (d *DB) Change(ctx context.Context, fn func(*Tx) error) error {
	if d.write == nil {
		return d.readOnly()
	}
	if err := d.moved(); err != nil {
		return err
	}
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return explain(d.path, err)
	}
	defer tx.Rollback() // after Commit it does nothing
	if err := fn(&Tx{tx}); err != nil {
		return err
	}
	if err := fillSearch(ctx, &Tx{tx}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return explain(d.path, err)
	}
	return nil
}

// ExecContext is that of sql.Tx.
func (t *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.tx.ExecContext(ctx, query, args...)
}

// QueryContext is that of sql.Tx.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, query, args...)
}

// QueryRowContext is that of sql.Tx.
func (t *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, query, args...)
}

// Exec runs a statement and returns how many rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Insert runs an INSERT and returns the new row's id.
func (t *Tx) Insert(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// Reader returns the connections that read. They can write nothing.
func (d *DB) Reader() *sql.DB { return d.read }
