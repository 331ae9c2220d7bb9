// Package ledger keeps what is sent to channels: how far news is planned into messages, the messages and what
// became of them, the threads that channels gave back, and what people did: mutes, acknowledgements and
// notes.
package ledger

import (
	"database/sql"
	"errors"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// Ledger is the ledger of one open file. Its methods may be called from several goroutines at once.
type Ledger struct {
	file *db.DB
	read scan.Querier
}

// New returns the ledger of an open file.
func New(file *db.DB) *Ledger { return &Ledger{file: file, read: file.Reader()} }

// notFound turns what says that there is no row into db.ErrNotFound.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return db.ErrNotFound
	}
	return err
}
