package record

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
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
func (p pass) unseen() (from string, tooLong bool, err error) {
	from = p.source.lastGood()
	if from == "" {
		return "", false, nil
	}
	last, err := db.ParseStamp(from)
	return from, p.Late(last), err
}

// beginGap records that a source which cannot be read has now been unseen for too long.
func beginGap(ctx context.Context, tx *db.Tx, p pass) error {
	from, tooLong, err := p.unseen()
	if err != nil || !tooLong || p.source.GapOpen {
		return err
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
	from, tooLong, err := p.unseen()
	if err != nil || !tooLong || p.Queued && p.covers(from) {
		return false, err
	}
	reason := gapNotWatched
	if p.source.Failures > 0 {
		reason = gapUnreadable
	}
	return true, insertGap(ctx, tx, p.SourceID, gap{From: from, To: p.at, Reason: reason})
}

// covers reports whether the reading tells of all that happened between a stamp and itself.
func (p pass) covers(from string) bool {
	if p.Told && (p.Unchanged || p.SomeSame) {
		return true
	}
	start := db.Stamp(p.CoverageStart)
	return start != "" && start <= from && db.Stamp(p.coveredUntil()) >= p.at
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
		WHERE source_id = ?2 AND coalesce(filled_at > ?1, 1) AND from_at BETWEEN ?3 AND ?4 AND to_at <= ?4`,
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
	if known == "" && (p.Archived && p.tells() || p.baseline && !p.Archived) {
		known = p.at
	}
	if p.onlySaved() && p.tells() && p.at < known {
		known = p.at // saved pages may come in any order
		if start != "" {
			known = min(start, p.at)
		}
	}
	return known
}

// tells reports whether a reading tells of all that was open when it was made.
func (p pass) tells() bool {
	return p.AllOpen || !p.CoverageStart.IsZero() && !p.coveredUntil().Before(p.At)
}

// savedEvery is how far apart saved pages may lie before it counts as a gap, if nobody says how often they were saved:
// a poll's length.
const savedEvery = 15 * time.Minute

// telling are the saved pages that tell of all that was open when they were saved.
const telling = ` FROM scrapes INDEXED BY scrapes_archived WHERE archived = 1 AND source_id = ?1 AND backfill = 0
	AND outcome NOT IN ('unreadable', 'failed') AND (all_open = 1 OR covers_until_at >= started_at) `

// gapBefore is the begin of a source's last gap that began before a time. Gaps do not overlap, so that no earlier one
// lasts up to then.
const gapBefore = `(SELECT max(b.from_at) FROM coverage_gaps b WHERE b.source_id = ?1 AND b.from_at < ?2)`

// saveArchivedGaps records what lies unseen between saved pages that are further apart than polls. A saved page proves
// only what it lists, so that only those which list all that is open count. It is part of the gap in which it lies, and
// divides it if it could be read. Saved pages may come in any order.
func saveArchivedGaps(ctx context.Context, tx *db.Tx, p pass, readable bool) error {
	if !readable {
		_, err := tx.Exec(ctx, `UPDATE coverage_gaps SET reason = ?3
			WHERE source_id = ?1 AND from_at = `+gapBefore+` AND to_at > ?2`, p.SourceID, p.at, gapUnreadable)
		return err
	}
	if !p.tells() {
		return nil
	}
	around, err := gapColumns.One(ctx, tx, `DELETE FROM coverage_gaps
		WHERE source_id = ?1 AND from_at = `+gapBefore+` AND to_at > ?2 RETURNING `+gapColumns.Columns, p.SourceID,
		p.at)
	if err == nil {
		if err := archivedGap(ctx, tx, p, around.From, p.at); err != nil {
			return err
		}
		return archivedGap(ctx, tx, p, p.at, around.To)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if p.source.LastSuccess != "" && p.at >= p.source.BaselineAt {
		return nil // the live page was read then
	}
	var before, after string
	if err := tx.QueryRowContext(ctx, `SELECT coalesce((SELECT max(started_at)`+telling+`AND started_at <= ?2), ''),
		coalesce((SELECT min(started_at)`+telling+`AND started_at >= ?2), '')`, p.SourceID,
		p.at).Scan(&before, &after); err != nil {
		return err
	}
	if p.source.LastSuccess != "" && (after == "" || p.source.BaselineAt < after) {
		after = p.source.BaselineAt
	}
	switch {
	case before == "" && after != "":
		return archivedGap(ctx, tx, p, p.at, after)
	case before != "" && after == "":
		return archivedGap(ctx, tx, p, before, p.at)
	}
	return nil
}

// archivedGap records that nothing is known of the time between two readings that tell of all that was open, if they
// lie further apart than polls. A history that was read before may fill it.
func archivedGap(ctx context.Context, tx *db.Tx, p pass, from, to string) error {
	begin, err := db.ParseStamp(from)
	if err != nil {
		return err
	}
	every := cmp.Or(p.Interval, savedEvery)
	if to <= db.Stamp(begin.Add(every+5*time.Minute)) {
		return nil
	}
	g := gap{From: from, To: to, Reason: gapNotWatched}
	var unreadable bool
	if err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM scrapes INDEXED BY scrapes_archived
				WHERE archived = 1 AND source_id = ?1 AND started_at > ?2 AND started_at < ?3
				AND outcome IN ('unreadable', 'failed')),
			coalesce((SELECT min(started_at) FROM scrapes WHERE source_id = ?1 AND started_at >= ?3
				AND covers_from_at <= ?2 AND covers_until_at >= ?3 AND outcome NOT IN ('unreadable', 'failed')), '')`,
		p.SourceID, from, to).Scan(&unreadable, &g.Filled); err != nil {
		return err
	}
	if unreadable {
		g.Reason = gapUnreadable
	}
	return insertGap(ctx, tx, p.SourceID, g)
}
