// Package scrapes keeps the rows of attempts to read pages.
package scrapes

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
)

// Row is a row of scrapes.
type Row struct {
	SourceID      int64         `db:"source_id"`
	StartedAt     string        `db:"started_at"`
	LastStartedAt string        `db:"last_started_at"`
	TookMS        int64         `db:"took_ms"`
	Outcome       query.Outcome `db:"outcome"`
	HTTPStatus    int           `db:"http_status,null"`
	Requests      int           `db:"requests"`
	Bytes         int64         `db:"bytes"`
	IncidentsSeen int           `db:"incidents_seen"`
	Error         string        `db:"error,null"`
	Backfill      bool          `db:"backfill"`
	Archived      bool          `db:"archived"`
	ContentHash   string        `db:"content_hash,null"`
	AllOpen       bool          `db:"all_open"`
	CoversFrom    time.Time     `db:"covers_from_at"`
	CoversUntil   time.Time     `db:"covers_until_at"`
	Archive       string        `db:"archive,null"`
}

var columns = scan.Of[Row]("")

// Write adds a row.
func Write(ctx context.Context, tx *db.Tx, row Row) error {
	_, err := tx.Exec(ctx, `INSERT INTO scrapes (`+columns.Names+`) VALUES (`+columns.Marks+`)`,
		columns.Values(&row)...)
	return err
}

// Grow adds a scrape that found nothing changed to the row of the one before it, if that did not either and began after
// a time, and reports whether it did. Such a scrape says nothing that the row does not say: almost all are of this
// kind, and a row each would soon be most of the file.
func Grow(ctx context.Context, tx *db.Tx, row Row, after string) (bool, error) {
	if row.AllOpen || !row.CoversFrom.IsZero() {
		return false, nil
	}
	var status any // null if there was no answer
	if row.HTTPStatus != 0 {
		status = row.HTTPStatus
	}
	n, err := tx.Exec(ctx, `
		UPDATE scrapes SET last_started_at = ?1, times = times + 1, took_ms = ?2, requests = requests + ?3,
			bytes = bytes + ?4
		WHERE scrape_id = (SELECT scrape_id FROM scrapes WHERE source_id = ?5 AND archived = 0
				ORDER BY started_at DESC, scrape_id DESC LIMIT 1)
			AND outcome = 'unchanged' AND backfill = 0 AND all_open = 0 AND covers_from_at IS NULL
			AND http_status IS ?6 AND started_at > ?7 AND last_started_at < ?1`,
		row.StartedAt, row.TookMS, row.Requests, row.Bytes, row.SourceID, status, after)
	return n > 0, err
}

// SavedBefore returns with which outcome the same saved pages were saved already; empty if they were not.
func SavedBefore(ctx context.Context, tx *db.Tx, sourceID int64, at, hash string) (query.Outcome, error) {
	var outcome query.Outcome
	err := tx.QueryRowContext(ctx, `
		SELECT outcome FROM scrapes WHERE archived = 1 AND source_id = ? AND started_at = ? AND content_hash = ?`,
		sourceID, at, hash).Scan(&outcome)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if outcome == query.OutcomeChanged {
		outcome = query.OutcomeUnchanged
	}
	return outcome, err
}
