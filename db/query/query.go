// Package query reads the record: incidents, updates, components, sources, vendors, events and what became of
// messages. It changes nothing.
package query

import (
	"database/sql"
	"errors"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query/ours"
	"vendorwatch/db/query/view"
)

// DB answers questions about the record. Its methods may be called from several goroutines at once.
type DB struct {
	read scan.Querier
	ours.Reader
	view.Rows
}

// NoColumnError says that a view lacks what its rows were to be chosen by.
type NoColumnError = view.NoColumnError

// New returns a DB that reads an open file.
func New(file *db.DB) *DB { return In(file.Reader()) }

// In returns a DB that reads through q. Given a *db.Tx, it sees what the transaction sees, and must not be used
// after it.
func In(q scan.Querier) *DB { return &DB{q, ours.Reader{Read: q}, view.Rows{Read: q}} }

// notFound turns what says that there is no row into db.ErrNotFound.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return db.ErrNotFound
	}
	return err
}
