package db

import (
	"context"
	"database/sql"
)

// statements hands a transaction the prepared statements of those before it. Preparing takes SQLite longer
// than most of the statements of a save take to run.
type statements struct {
	d    *DB
	here map[string]*sql.Stmt // of this transaction
	new  []string             // prepared in it, and not kept so far
}

func newStatements(d *DB) *statements {
	return &statements{d: d, here: map[string]*sql.Stmt{}}
}

func (s *statements) in(ctx context.Context, tx *sql.Tx, query string) (*sql.Stmt, error) {
	if stmt, ok := s.here[query]; ok {
		return stmt, nil
	}
	if kept, ok := s.d.kept.Load(query); ok {
		stmt := tx.StmtContext(ctx, kept.(*sql.Stmt))
		s.here[query] = stmt
		return stmt, nil
	}
	stmt, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.here[query] = stmt
	s.new = append(s.new, query)
	return stmt, nil
}

func (s *statements) exec(ctx context.Context, tx *sql.Tx, query string, args ...any) (sql.Result, error) {
	stmt, err := s.in(ctx, tx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// keep prepares for later transactions what this one had to prepare for itself. It is called after the
// transaction, which holds the one connection that writes. A statement that cannot be prepared now is
// prepared again when it is needed.
func (s *statements) keep(ctx context.Context) {
	for _, query := range s.new {
		stmt, err := s.d.write.PrepareContext(ctx, query)
		if err != nil {
			return
		}
		if _, there := s.d.kept.LoadOrStore(query, stmt); there {
			stmt.Close()
		}
	}
}

// reading returns the prepared statement of a query that every poll asks. It is prepared once on each
// connection that reads.
func (d *DB) reading(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := d.reads.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := d.read.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	first, there := d.reads.LoadOrStore(query, stmt)
	if there {
		stmt.Close()
	}
	return first.(*sql.Stmt), nil
}

// kept is a querier that keeps the statement of each query prepared, for queries that are asked again and again.
type kept struct{ d *DB }

func (k kept) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := k.d.reading(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}
