package db

import (
	"context"
	"database/sql"
)

// Tx is a transaction that writes. It takes its statements from those that earlier transactions prepared:
// preparing takes SQLite longer than most statements of a save take to run.
type Tx struct {
	d    *DB
	tx   *sql.Tx
	here map[string]*sql.Stmt // of this transaction
	new  []string             // prepared in it, and not kept so far
}

// Change runs fn in one immediate transaction: all of it is in the file afterwards, or nothing. The queries of
// fn should be constants, since their statements are kept for as long as the file is open. It returns the
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
	t := &Tx{d: d, tx: tx, here: map[string]*sql.Stmt{}}
	if err := fn(t); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return explain(d.path, err)
	}
	t.keep(ctx)
	return nil
}

// ExecContext is that of sql.Tx.
func (t *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := t.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// QueryContext is that of sql.Tx.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := t.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// QueryRowContext is that of sql.Tx.
func (t *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, err := t.statement(ctx, query)
	if err != nil {
		return t.tx.QueryRowContext(ctx, query, args...) // has the error in it
	}
	return stmt.QueryRowContext(ctx, args...)
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

func (t *Tx) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := t.here[query]; ok {
		return stmt, nil
	}
	if kept, ok := t.d.kept.Load(query); ok {
		stmt := t.tx.StmtContext(ctx, kept.(*sql.Stmt))
		t.here[query] = stmt
		return stmt, nil
	}
	stmt, err := t.tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	t.here[query] = stmt
	t.new = append(t.new, query)
	return stmt, nil
}

// keep prepares for later transactions what this one had to prepare for itself. It is called after the
// transaction, which holds the one connection that writes. A statement that cannot be prepared now is
// prepared again when it is needed.
func (t *Tx) keep(ctx context.Context) {
	for _, query := range t.new {
		stmt, err := t.d.write.PrepareContext(ctx, query)
		if err != nil {
			return
		}
		if _, there := t.d.kept.LoadOrStore(query, stmt); there {
			stmt.Close()
		}
	}
}

// Reader returns the connections that read. They can write nothing.
func (d *DB) Reader() *sql.DB { return d.read }

// Prepared returns the connections that read, with the statement of each query kept prepared on each of them.
// It is for constant queries that are asked again and again.
func (d *DB) Prepared() *Prepared { return &Prepared{d} }

// Prepared reads with statements that are kept.
type Prepared struct{ d *DB }

// QueryContext is that of sql.DB.
func (p *Prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// QueryRowContext is that of sql.DB.
func (p *Prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, err := p.statement(ctx, query)
	if err != nil {
		return p.d.read.QueryRowContext(ctx, query, args...) // has the error in it
	}
	return stmt.QueryRowContext(ctx, args...)
}

func (p *Prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := p.d.reads.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := p.d.read.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	first, there := p.d.reads.LoadOrStore(query, stmt)
	if there {
		stmt.Close()
	}
	return first.(*sql.Stmt), nil
}
