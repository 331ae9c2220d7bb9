// Package query reads the record: incidents, updates, components, sources, vendors, events and what became of
// messages. It changes nothing.
package query

import (
	"database/sql"
	"errors"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// DB answers questions about the record. Its methods may be called from several goroutines at once.
type DB struct{ read scan.Querier }

// New returns a DB that reads an open file.
func New(file *db.DB) *DB { return &DB{file.Reader()} }

// In returns a DB that reads through q. Given a *db.Tx, it sees what the transaction sees, and must not be used
// after it.
func In(q scan.Querier) *DB { return &DB{q} }

// notFound turns what says that there is no row into db.ErrNotFound.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return db.ErrNotFound
	}
	return err
}
