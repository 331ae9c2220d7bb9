package incidents

import (
	"context"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// revision is a stored edit, but for its id.
type revision struct {
	update         int64
	field, old, is string
	seen           string
}

// WriteRevisions makes the stored edits of an incident equal to those that its readings show. It also returns the
// edits that the reading of the time at was the first to show.
func WriteRevisions(ctx context.Context, tx *db.Tx, rec *Record, edits []normalize.Revision, at string) (
	fresh []normalize.Revision, change Change, err error) {
	known, err := loadRevisions(ctx, tx, rec.ID)
	if err != nil {
		return nil, change, err
	}
	ids := rec.UpdateIDs()
	for _, e := range edits {
		r := revision{ids[e.UpdateKey], e.Field, e.Old, e.New, db.Stamp(e.Seen)}
		if same := known[r]; len(same) > 0 {
			known[r] = same[1:]
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO revisions (incident_id, update_id, field, old_value, new_value, seen_at)
			VALUES (?, ?, ?, ?, ?, ?)`,
			rec.ID, db.NullID(r.update), r.field, r.old, r.is, r.seen); err != nil {
			return nil, change, fmt.Errorf("revision of %s: %w", e.Field, err)
		}
		change.Add(Change{Revisions: 1, Rows: true})
		if r.seen == at {
			fresh = append(fresh, e)
		}
	}
	for _, left := range known {
		for _, id := range left { // between the two there was another reading, or none of the sort
			if _, err := tx.Exec(ctx, `DELETE FROM revisions WHERE revision_id = ?`, id); err != nil {
				return nil, change, err
			}
			change.Rows = true
		}
	}
	return fresh, change, nil
}

// loadRevisions returns the ids of the stored edits of an incident.
func loadRevisions(ctx context.Context, tx *db.Tx, incidentID int64) (map[revision][]int64, error) {
	known := map[revision][]int64{}
	err := scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		var id int64
		var r revision
		err := row.Scan(&id, &r.update, &r.field, &r.old, &r.is, &r.seen)
		known[r] = append(known[r], id)
		return err
	}, `SELECT revision_id, coalesce(update_id, 0), field, old_value, new_value, seen_at FROM revisions
		WHERE incident_id = ?`, incidentID)
	return known, err
}
