package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"vendorwatch/db"
)

// Move is where a status page has gone: to another address, to another platform, or both.
type Move struct {
	PageURL  string // address from now on
	Platform string // platform from now on
}

// ErrTaken says that a page cannot move to an address, because another source of its vendor has it.
var ErrTaken = errors.New("another source of the vendor reads that page")

// Search is when it was last looked for what serves a page that its platform does not read any more.
type Search struct {
	At      time.Time // zero if it never was
	Outcome string    // what was found, in words
}

// LastSearch returns the last search for what serves a source's page.
func (r *Recorder) LastSearch(ctx context.Context, sourceID int64) (Search, error) {
	var s Search
	var at string
	err := r.file.Reader().QueryRowContext(ctx, `SELECT at, outcome FROM source_searches WHERE source_id = ?`,
		sourceID).Scan(&at, &s.Outcome)
	if errors.Is(err, sql.ErrNoRows) {
		return Search{}, nil
	}
	if err == nil {
		s.At, err = db.ParseStamp(at)
	}
	if err != nil {
		return Search{}, fmt.Errorf("source %d: last search: %w", sourceID, err)
	}
	return s, nil
}

// SaveSearch records a search for what serves a source's page.
func (r *Recorder) SaveSearch(ctx context.Context, sourceID int64, s Search) error {
	err := r.file.Change(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO source_searches (source_id, at, outcome) VALUES (?, ?, ?)
			ON CONFLICT (source_id) DO UPDATE SET at = excluded.at, outcome = excluded.outcome`, sourceID,
			db.Stamp(s.At), s.Outcome)
		return err
	})
	if err != nil {
		return fmt.Errorf("source %d: search: %w", sourceID, err)
	}
	return nil
}

// CanMove returns an error that wraps ErrTaken if another source of the vendor has the address.
func (r *Recorder) CanMove(ctx context.Context, sourceID int64, pageURL string) error {
	var other int64
	err := r.file.Reader().QueryRowContext(ctx, selectTaken, sourceID, strings.TrimRight(pageURL, "/")).Scan(&other)
	if err == nil && other != 0 {
		err = ErrTaken
	}
	if err != nil {
		return fmt.Errorf("source %d: move to %s: %w", sourceID, pageURL, err)
	}
	return nil
}

const selectTaken = `
	SELECT coalesce(max(o.source_id), 0) FROM sources s JOIN sources o USING (vendor_id)
	WHERE s.source_id = ?1 AND o.source_id <> s.source_id AND o.page_url = ?2`

// movedFrom returns the source of a vendor that an address once was, and whether it is the platform too that the
// source moved from; 0 if there is none.
func movedFrom(ctx context.Context, tx *db.Tx, vendorID int64, pageURL, platform string) (id int64, both bool,
	err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT source_id, max(?3 IN ('', m.from_platform)) FROM source_moves m JOIN sources s USING (source_id)
		WHERE s.vendor_id = ?1 AND m.from_url = ?2 GROUP BY source_id ORDER BY max(m.source_move_id) DESC LIMIT 1`,
		vendorID, pageURL, platform).Scan(&id, &both)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return id, both, err
}
