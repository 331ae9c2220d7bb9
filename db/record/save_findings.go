package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// saveFindings records what could not be read. times_seen counts readings of changed words that still
// had the problem: an incident's when its own words changed, the page's when anything did. So the same
// page, read twice, leaves every row as it was. changed says whether anything did.
func saveFindings(ctx context.Context, tx *db.Tx, p pass, seen incidentsSeen, changed bool) (change, error) {
	var all change
	once := map[normalize.Finding]bool{}
	for _, f := range append(slices.Clip(p.Findings), seen.findings...) {
		f.Key = seen.keyOf(f.Key)
		if once[f] || seen.problems[f] {
			continue
		}
		once[f] = true
		count := seen.reread[f.Key] || changed && !seen.listed[f.Key]
		times := 0
		err := tx.QueryRowContext(ctx, `
			INSERT INTO findings (source_id, source_key, field, value, problem, first_seen_at, last_seen_at, times_seen)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1)
			ON CONFLICT (source_id, source_key, field, value, problem) DO UPDATE SET
				times_seen = times_seen + 1, first_seen_at = min(first_seen_at, ?6),
				last_seen_at = max(last_seen_at, ?6)
			WHERE ?7 RETURNING times_seen`,
			p.SourceID, f.Key, f.Field, f.Value, f.Problem, p.at, db.Bit(count)).Scan(&times)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return all, fmt.Errorf("finding on %s: %w", f.Field, err)
		}
		if times == 1 {
			all.findings++
			all.Rows = true
		}
	}
	return all, nil
}

// writeProblems records what could not be read in an incident's readings, with those that had it.
func writeProblems(ctx context.Context, tx *db.Tx, sourceID int64, problems []normalize.Finding,
	times []normalize.Problem) (change, error) {
	var all change
	for n, f := range problems {
		var id int64
		err := tx.QueryRowContext(ctx, `
			SELECT finding_id FROM findings WHERE source_id = ? AND source_key = ? AND field = ? AND value = ?
			AND problem = ?`, sourceID, f.Key, f.Field, f.Value, f.Problem).Scan(&id)
		isNew := errors.Is(err, sql.ErrNoRows)
		if err != nil && !isNew {
			return all, err
		}
		changed, err := tx.Exec(ctx, `
			INSERT INTO findings (source_id, source_key, field, value, problem, first_seen_at, last_seen_at, times_seen)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (source_id, source_key, field, value, problem) DO UPDATE SET
				first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at,
				times_seen = excluded.times_seen
			WHERE first_seen_at <> excluded.first_seen_at OR last_seen_at <> excluded.last_seen_at
			OR times_seen <> excluded.times_seen`,
			sourceID, f.Key, f.Field, f.Value, f.Problem, db.Stamp(times[n].First), db.Stamp(times[n].Last),
			times[n].Times)
		if err != nil {
			return all, fmt.Errorf("finding on %s: %w", f.Field, err)
		}
		all.Rows = all.Rows || changed > 0
		if isNew {
			all.findings++
		}
	}
	return all, nil
}
