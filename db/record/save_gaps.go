package record

import (
	"database/sql"
	"errors"
	"time"
	"vendorwatch/db"
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
	if r.lastSuccess != "" {
		return r.lastSuccess
	}
	return r.latestAt
}

// unseen returns since when the source has not been read, if that is so long that it makes a gap.
func (v *saver) unseen() (from string, tooLong bool) {
	from = v.source.lastGood()
	return from, from != "" && from < db.Stamp(v.s.At.Add(-query.Tolerance(v.s.Interval)))
}

// beginGap records that a source which cannot be read has now been unseen for too long.
func (v *saver) beginGap() error {
	from, tooLong := v.unseen()
	if !tooLong || v.source.gapOpen {
		return nil
	}
	return v.insertGap(from, nil, gapUnreadable, nil)
}

// endGap records, at a good live reading, how long the source was unseen before it.
func (v *saver) endGap() error {
	if v.source.gapOpen {
		v.source.gaps = true
		_, err := v.exec(`UPDATE coverage_gaps SET to_at = max(from_at, ?) WHERE source_id = ? AND to_at IS NULL`, v.at,
			v.s.SourceID)
		return err
	}
	from, tooLong := v.unseen()
	if !tooLong {
		return nil
	}
	reason := gapNotWatched
	if v.source.failures > 0 {
		reason = gapUnreadable
	}
	return v.insertGap(from, v.at, reason, nil)
}

func (v *saver) insertGap(from string, to any, reason string, filled any) error {
	v.source.gaps = true
	_, err := v.exec(`
		INSERT INTO coverage_gaps (source_id, from_at, to_at, reason, filled_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (source_id, from_at) DO NOTHING`, v.s.SourceID, from, to, reason, filled)
	return err
}

// fillGaps marks the gaps of which this reading tells all that happened meanwhile.
func (v *saver) fillGaps() error {
	start := db.Stamp(v.s.CoverageStart)
	if start == "" || !v.source.gaps {
		return nil
	}
	_, err := v.exec(`
		UPDATE coverage_gaps SET filled_at = ?1
		WHERE source_id = ?2 AND filled_at IS NULL AND from_at >= ?3 AND to_at <= ?4`,
		v.at, v.s.SourceID, start, db.Stamp(v.s.coveredUntil()))
	return err
}

// coverage returns the source's coverage_start_at after this reading. What was told of an earlier time moves
// it back only if nothing is unknown in between: the first days of a history say nothing of later ones.
func (v *saver) coverage() string {
	known, start := v.source.coverageAt, db.Stamp(v.s.CoverageStart)
	switch {
	case start == "":
	case known == "" && v.s.CoverageEnd.IsZero():
		known = start
	case known != "" && start < known && db.Stamp(v.s.coveredUntil().Add(time.Second)) >= known:
		known = start
	}
	if known == "" && v.baseline {
		known = v.at
	}
	if v.s.Archived && v.source.lastSuccess == "" && v.at < known {
		known = v.at // saved pages may come in any order
	}
	return known
}

// saveArchivedGaps records the gaps that unreadable ones among saved pages leave. Saved pages lie as far apart
// as somebody saved them, so that the distance between two readable ones is none; and where the service was
// reading the page at that time, an unreadable copy says nothing. Saved pages may come in any order.
func (v *saver) saveArchivedGaps(readable bool) error {
	before, err := v.goodCapture(`
		SELECT started_at FROM scrapes INDEXED BY scrapes_archived
		WHERE archived = 1 AND source_id = ? AND started_at < ? AND outcome NOT IN ('unreadable', 'failed')
		ORDER BY started_at DESC LIMIT 1`)
	if err != nil {
		return err
	}
	after, err := v.goodCapture(`
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
		return v.archivedGap(before, after, true, nil)
	}
	var filled sql.NullString
	if before != "" && after != "" {
		err := v.queryRow(`
			DELETE FROM coverage_gaps WHERE source_id = ? AND from_at = ? AND to_at = ? RETURNING filled_at`,
			v.s.SourceID, before, after).Scan(&filled)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	if err := v.archivedGap(before, v.at, false, filled); err != nil {
		return err
	}
	return v.archivedGap(v.at, after, false, filled)
}

// goodCapture returns the time of a readable saved page near this one; "" if there is none.
func (v *saver) goodCapture(query string) (string, error) {
	var at string
	err := v.queryRow(query, v.s.SourceID, v.at).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return at, err
}

// archivedGap records a gap between two readable saved pages, if an unreadable one lies between them: this
// one (bad), or one saved before.
func (v *saver) archivedGap(from, to string, bad bool, filled any) error {
	if from == "" || to == "" {
		return nil
	}
	begin, err := time.Parse(normalize.TimeLayout, from)
	if err != nil {
		return err
	}
	if to <= db.Stamp(begin.Add(query.Tolerance(v.s.Interval))) {
		return nil
	}
	var failed, seen bool
	err = v.queryRow(`
		SELECT EXISTS (SELECT 1 FROM scrapes INDEXED BY scrapes_archived
				WHERE archived = 1 AND source_id = ?1 AND started_at > ?2 AND started_at < ?3
				AND outcome IN ('unreadable', 'failed')),
			EXISTS (SELECT 1 FROM scrapes
				WHERE archived = 0 AND backfill = 0 AND source_id = ?1 AND started_at > ?2 AND started_at < ?3
				AND outcome NOT IN ('unreadable', 'failed'))`,
		v.s.SourceID, from, to).Scan(&failed, &seen)
	if err != nil || !bad && !failed || seen {
		return err
	}
	return v.insertGap(from, to, gapUnreadable, filled)
}
