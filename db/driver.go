package db

import (
	"context"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// connector makes SQLite's connections to one file. Whatever query meets trouble with the file, its error says so: a
// damaged page may be met anywhere.
type connector struct {
	driver.Connector
	path string
	met  func(*Trouble) // called with all trouble
}

func newConnector(path, dsn string, met func(*Trouble)) (*connector, error) {
	c, err := sqlite.NewConnector(dsn)
	return &connector{c, path, met}, err
}

// told is an error of SQLite with what a person can do about it.
func (c *connector) told(err error) error {
	if err == nil {
		return nil
	}
	trouble := troubleOf(c.path, err)
	if trouble == nil {
		return err
	}
	if c.met != nil {
		c.met(trouble)
	}
	return trouble
}

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	got, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, c.told(err)
	}
	return &conn{sqliteConn: got.(sqliteConn), of: c, kept: map[string]*keptStatement{}}, nil
}

// sqliteConn is what SQLite's connections can do beside preparing statements.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
	driver.Pinger
}

// conn is one of SQLite's connections, which keeps the statements that it prepared.
type conn struct {
	sqliteConn
	of    *connector
	kept  map[string]*keptStatement // by their queries
	turns int                       // how often a statement was asked for
}

// Ping implements driver.Pinger.
func (c *conn) Ping(ctx context.Context) error { return c.of.told(c.sqliteConn.Ping(ctx)) }

// BeginTx implements driver.ConnBeginTx.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := c.sqliteConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, c.of.told(err)
	}
	return &transaction{tx, c.of}, nil
}

// PrepareContext implements driver.ConnPrepareContext. Its statement is the caller's, and is not kept.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, c.of.told(err)
	}
	return &statement{s.(sqliteStmt), c.of}, nil
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, c.of.told(err)
	}
	result, err := s.ExecContext(ctx, args)
	return result, c.of.told(errors.Join(err, s.giveBack()))
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, c.of.told(err)
	}
	got, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, c.of.told(errors.Join(err, s.giveBack()))
	}
	return &rows{got, c.of, s.giveBack}, nil
}

// Close implements driver.Conn.
func (c *conn) Close() error {
	return errors.Join(c.closeKept(), c.sqliteConn.Close())
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// statement is one that a caller prepared.
type statement struct {
	sqliteStmt
	of *connector
}

// ExecContext implements driver.StmtExecContext.
func (s *statement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	result, err := s.sqliteStmt.ExecContext(ctx, args)
	return result, s.of.told(err)
}

// QueryContext implements driver.StmtQueryContext.
func (s *statement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	got, err := s.sqliteStmt.QueryContext(ctx, args)
	if err != nil {
		return nil, s.of.told(err)
	}
	return &rows{got, s.of, func() error { return nil }}, nil
}

type transaction struct {
	driver.Tx
	of *connector
}

// Commit implements driver.Tx.
func (t *transaction) Commit() error { return t.of.told(t.Tx.Commit()) }

type rows struct {
	driver.Rows
	of       *connector
	giveBack func() error // their statement
}

// Next implements driver.Rows.
func (r *rows) Next(dest []driver.Value) error { return r.of.told(r.Rows.Next(dest)) }

// Close implements driver.Rows.
func (r *rows) Close() error { return errors.Join(r.Rows.Close(), r.giveBack()) }
