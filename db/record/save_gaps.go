package record

import (
	"context"
	"database/sql"
	"errors"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// The reasons of a coverage gap.
const (
	gapUnreadable = "unreadable"  // attempts to read the page failed
	gapNotWatched = "not_watched" // none was made: the service or the source was off
)

// lastGood is when the source was last read before this scrape; "" if it never was. Before the first live
// reading that is the newest saved page.
func (r sourceRow) lastGood() string {
	if r.LastSuccess != "" {
		return r.LastSuccess
	}
	return r.LatestAt
}

// unseen returns since when the source has not been read, if that is so long that it makes a gap.
func (p pass) unseen() (from string, tooLong bool) {
	from = p.source.lastGood()
	return from, from != "" && from < db.Stamp(p.At.Add(-query.Tolerance(p.Interval)))
}

// beginGap records that a source which cannot be read has now been unseen for too long.
func beginGap(ctx context.Context, tx *db.Tx, p pass) error {
	from, tooLong := p.unseen()
	if !tooLong || p.source.GapOpen {
		return nil
	}
	return insertGap(ctx, tx, p.SourceID, gap{From: from, Reason: gapUnreadable})
}

// endGap records, at a good live reading, how long the source was unseen before it, and reports whether it was.
func endGap(ctx context.Context, tx *db.Tx, p pass) (bool, error) {
	if p.source.GapOpen {
		_, err := tx.Exec(ctx, `UPDATE coverage_gaps SET to_at = max(from_at, ?)
			WHERE source_id = ? AND to_at IS NULL`, p.at, p.SourceID)
		return true, err
	}
	from, tooLong := p.unseen()
	if !tooLong {
		return false, nil
	}
	reason := gapNotWatched
	if p.source.Failures > 0 {
		reason = gapUnreadable
	}
	return true, insertGap(ctx, tx, p.SourceID, gap{From: from, To: p.at, Reason: reason})
}

// gap is a row of coverage_gaps.
type gap struct {
	From   string `db:"from_at"`
	To     string `db:"to_at,null"` // empty: it lasts
	Reason string `db:"reason"`
	Filled string `db:"filled_at,null"` // empty: it was not filled
}

var gapColumns = scan.Of[gap]("")

func insertGap(ctx context.Context, tx *db.Tx, sourceID int64, g gap) error {
	_, err := tx.Exec(ctx, `INSERT INTO coverage_gaps (`+gapColumns.Names+`, source_id)
		VALUES (`+gapColumns.Marks+`, ?) ON CONFLICT (source_id, from_at) DO NOTHING`,
		append(gapColumns.Values(&g), sourceID)...)
	return err
}

// fillGaps marks the gaps of which this reading tells all that happened meanwhile.
func fillGaps(ctx context.Context, tx *db.Tx, p pass) error {
	start := db.Stamp(p.CoverageStart)
	if start == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `
		UPDATE coverage_gaps SET filled_at = ?1
		WHERE source_id = ?2 AND filled_at IS NULL AND from_at >= ?3 AND to_at <= ?4`,
		p.at, p.SourceID, start, db.Stamp(p.coveredUntil()))
	return err
}

// coverage returns the source's coverage_start_at after this reading. What was told of an earlier time moves
// it back only if nothing is unknown in between: the first days of a history say nothing of later ones.
func coverage(p pass) string {
	known, start := p.source.CoverageAt, db.Stamp(p.CoverageStart)
	switch {
	case start == "":
	case known == "" && p.CoverageEnd.IsZero():
		known = start
	case known != "" && start < known && db.Stamp(p.coveredUntil().Add(time.Second)) >= known:
		known = start
	}
	if known == "" && p.baseline {
		known = p.at
	}
	if p.onlySaved() && p.at < known {
		known = p.at // saved pages may come in any order
	}
	return known
}

// saveArchivedGaps records the gaps that unreadable ones among saved pages leave. Saved pages lie as far apart
// as somebody saved them, so that the distance between two readable ones is none; and where the service was
// reading the page at that time, an unreadable copy says nothing. Saved pages may come in any order.
func saveArchivedGaps(ctx context.Context, tx *db.Tx, p pass, readable bool) error {
	before, err := goodCapture(ctx, tx, p, `
		SELECT started_at FROM scrapes INDEXED BY scrapes_archived
		WHERE archived = 1 AND source_id = ? AND started_at < ? AND outcome NOT IN ('unreadable', 'failed')
		ORDER BY started_at DESC LIMIT 1`)
	if err != nil {
		return err
	}
	after, err := goodCapture(ctx, tx, p, `
		SELECT started_at FROM scrapes INDEXED BY scrapes_archived
		WHERE archived = 1 AND source_id = ? AND started_at > ? AND outcome NOT IN ('unreadable', 'failed')
		ORDER BY started_at LIMIT 1`)
	if err != nil {
		return err
	}
	if !readable {
		if before == "" || after == "" {
			return nil // an end of the row of captures: the next good one decides
		}
		return archivedGap(ctx, tx, p, before, after, true, "")
	}
	filled := ""
	if before != "" && after != "" {
		err := tx.QueryRowContext(ctx, `
			DELETE FROM coverage_gaps WHERE source_id = ? AND from_at = ? AND to_at = ?
			RETURNING coalesce(filled_at, '')`,
			p.SourceID, before, after).Scan(&filled)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	if err := archivedGap(ctx, tx, p, before, p.at, false, filled); err != nil {
		return err
	}
	return archivedGap(ctx, tx, p, p.at, after, false, filled)
}

// goodCapture returns the time of a readable saved page near this one; "" if there is none.
func goodCapture(ctx context.Context, tx *db.Tx, p pass, query string) (string, error) {
	var at string
	err := tx.QueryRowContext(ctx, query, p.SourceID, p.at).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return at, err
}

// archivedGap records a gap between two readable saved pages, if an unreadable one lies between them: this
// one (bad), or one saved before.
func archivedGap(ctx context.Context, tx *db.Tx, p pass, from, to string, bad bool,
	filled string) error {
	if from == "" || to == "" {
		return nil
	}
	begin, err := time.Parse(normalize.TimeLayout, from)
	if err != nil {
		return err
	}
	if to <= db.Stamp(begin.Add(query.Tolerance(p.Interval))) {
		return nil
	}
	var failed, seen bool
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM scrapes INDEXED BY scrapes_archived
				WHERE archived = 1 AND source_id = ?1 AND started_at > ?2 AND started_at < ?3
				AND outcome IN ('unreadable', 'failed')),
			EXISTS (SELECT 1 FROM scrapes
				WHERE archived = 0 AND backfill = 0 AND source_id = ?1 AND started_at > ?2 AND started_at < ?3
				AND outcome NOT IN ('unreadable', 'failed'))`,
		p.SourceID, from, to).Scan(&failed, &seen)
	if err != nil || !bad && !failed || seen {
		return err
	}
	return insertGap(ctx, tx, p.SourceID, gap{From: from, To: to, Reason: gapUnreadable, Filled: filled})
}
