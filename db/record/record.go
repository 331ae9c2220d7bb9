// Package record saves what scrapes bring: it compares it with what is stored, writes what is new or different,
// and turns that into events, all in one transaction.
package record

import (
	"time"

	"vendorwatch/db"
	"vendorwatch/db/record/internal/gather"
)

// Recorder saves into one open file. Its methods may be called from several goroutines at once.
type Recorder struct {
	// LateAfter is the age from which a new incident that is over counts as added to the past; 24 h
	// unless changed before the first SaveScrape.
	LateAfter time.Duration

	// Gather is how long SaveScrape of an unchanged page waits for others to share its commit; 0: it does not wait.
	Gather time.Duration

	file      *db.DB
	unchanged gather.Group[Scrape]
}

// New returns a Recorder that saves into an open file.
func New(file *db.DB) *Recorder { return &Recorder{LateAfter: 24 * time.Hour, file: file} }
