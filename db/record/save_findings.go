package record

import (
	"database/sql"
	"errors"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// saveFindings records what could not be read. times_seen counts readings of changed words that still
// had the problem: an incident's when its own words changed, the page's when anything did. So the same
// page, read twice, leaves every row as it was.
func (v *saver) saveFindings() error {
	changed := v.changed
	once := map[normalize.Finding]bool{}
	for _, f := range v.s.Findings {
		key := f.Key
		if stored, ok := v.keys[key]; ok {
			key = stored
		}
		f.Key = key
		if once[f] || v.folded[f] {
			continue
		}
		once[f] = true
		count := v.reread[key]
		if !count && !v.ofIncident(key) {
			count = changed
		}
		rows, err := v.query(`
			INSERT INTO findings (source_id, source_key, field, value, problem, first_seen_at, last_seen_at, times_seen)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1)
			ON CONFLICT (source_id, source_key, field, value, problem) DO UPDATE SET
				times_seen = times_seen + 1, first_seen_at = min(first_seen_at, ?6), last_seen_at = max(last_seen_at,
				?6)
			WHERE ?7 RETURNING times_seen`,
			v.s.SourceID, key, f.Field, f.Value, f.Problem, v.at, db.Bit(count))
		if err != nil {
			return fmt.Errorf("finding on %s: %w", f.Field, err)
		}
		times := 0
		for rows.Next() {
			if err := rows.Scan(&times); err != nil {
				rows.Close()
				return err
			}
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return fmt.Errorf("finding on %s: %w", f.Field, err)
		}
		if times == 1 {
			v.saved.Findings++
			v.changed = true
		}
	}
	return nil
}

// ofIncident reports whether a finding's key is that of an incident of this scrape, and not of a
// component or of the page.
func (v *saver) ofIncident(key string) bool {
	for _, i := range v.s.Incidents {
		if stored, ok := v.keys[i.Key]; i.Key == key || ok && stored == key {
			return true
		}
	}
	return false
}

// writeProblems records what could not be read in an incident's readings, with those that had it.
func (v *saver) writeProblems(key string, problems []normalize.Problem) error {
	for _, p := range problems {
		f := p.Finding
		f.Key = key
		v.folded[f] = true
		var id int64
		err := v.queryRow(`
			SELECT finding_id FROM findings WHERE source_id = ? AND source_key = ? AND field = ? AND value = ?
			AND problem = ?`,
			v.s.SourceID, key, f.Field, f.Value, f.Problem).Scan(&id)
		isNew := errors.Is(err, sql.ErrNoRows)
		if err != nil && !isNew {
			return err
		}
		n, err := v.exec(`
			INSERT INTO findings (source_id, source_key, field, value, problem, first_seen_at, last_seen_at, times_seen)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (source_id, source_key, field, value, problem) DO UPDATE SET
				first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at,
				times_seen = excluded.times_seen
			WHERE first_seen_at <> excluded.first_seen_at OR last_seen_at <> excluded.last_seen_at
			OR times_seen <> excluded.times_seen`,
			v.s.SourceID, key, f.Field, f.Value, f.Problem, db.Stamp(p.First), db.Stamp(p.Last), p.Times)
		if err != nil {
			return fmt.Errorf("finding on %s: %w", f.Field, err)
		}
		v.changed = v.changed || n > 0
		if isNew {
			v.saved.Findings++
		}
	}
	return nil
}
