package record

import (
	"context"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record/internal/scrapes"
)

// longestRun is for how long scrapes that find nothing changed share a row.
const longestRun = time.Hour

// asBefore reports whether a scrape says no more than that the page is as it was.
func (s Scrape) asBefore() bool { return s.Unchanged && s.Err == nil && s.live() && s.Moved == nil }

// saveTogether records, in one transaction, that pages are as they were, and returns of each whether it did. Where the
// transaction fails it is none of them: each is saved for itself, and has its own error.
func (r *Recorder) saveTogether(ctx context.Context, list []Scrape) []bool {
	saved := make([]bool, len(list))
	err := r.file.Change(ctx, func(tx *db.Tx) (err error) {
		for n, s := range list {
			if saved[n], err = saveUnchanged(ctx, tx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil
	}
	return saved
}

// saveUnchanged records, in two statements, that a page is as it was. It leaves a source that failed, or was
// not read for long, to the long way, which tells that it is back and what was not seen.
func saveUnchanged(ctx context.Context, tx *db.Tx, s Scrape) (bool, error) {
	known := Known{}
	if s.Known != nil {
		known = *s.Known
	}
	done, err := tx.Exec(ctx, `
		UPDATE sources SET last_attempt_at = ?1, last_success_at = ?1, latest_at = max(coalesce(latest_at, ''), ?1),
			consecutive_failures = 0, failing_since_at = NULL, last_error = NULL
		WHERE source_id = ?2 AND consecutive_failures = 0 AND last_success_at >= ?3 AND interval_seconds = ?4
			AND copy_suspected = 0 AND red_suspected = 0
			AND (?5 IS NULL OR page_url = ?5 AND platform = ?6 AND last_success_at = ?7)`,
		db.Stamp(s.At), s.SourceID, db.Stamp(s.At.Add(-query.Tolerance(s.Interval))), s.seconds(),
		db.Null(known.PageURL), known.Platform, db.Stamp(known.LastSuccessAt))
	if err != nil || done == 0 {
		return false, err
	}
	if err := saveDocuments(ctx, tx, s, false); err != nil {
		return false, err
	}
	row := rowOf(s, query.OutcomeUnchanged, "")
	if grown, err := scrapes.Grow(ctx, tx, row, db.Stamp(s.At.Add(-longestRun))); grown || err != nil {
		return true, err
	}
	return true, scrapes.Write(ctx, tx, row)
}
