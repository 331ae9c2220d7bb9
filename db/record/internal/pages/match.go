package pages

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/normalize"
	"vendorwatch/normalize/pagestate"
)

// Match finds the stored incident of each that was made again, nil for one that is new, and those that none is now: a
// saved page that came late may show that the page was well in between, or that what was two is one.
func Match(made []pagestate.Incident, stored []*incidents.Record) (of []*incidents.Record, left []*incidents.Record) {
	of = make([]*incidents.Record, len(made))
	taken := map[*incidents.Record]bool{}
	for _, same := range []func(pagestate.Incident, *incidents.Record) bool{
		func(i pagestate.Incident, r *incidents.Record) bool { return i.Start.Equal(r.Incident.StartedAt) }, overlap} {
		for n, i := range made {
			for _, r := range stored {
				if of[n] == nil && !taken[r] && same(i, r) {
					of[n], taken[r] = r, true
				}
			}
		}
	}
	for _, r := range stored {
		if !taken[r] {
			left = append(left, r)
		}
	}
	return of, left
}

func overlap(i pagestate.Incident, r *incidents.Record) bool {
	before := func(a, b time.Time) bool { return b.IsZero() || a.Before(b) } // a zero time lies ahead
	return before(i.Start, r.Incident.ResolvedAt) && before(r.Incident.StartedAt, i.End)
}

// Rename gives a stored incident the key that it has now, its start being another.
func Rename(ctx context.Context, tx *db.Tx, rec *incidents.Record, key string) error {
	if rec.ID == 0 || rec.Incident.Key == key {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE incidents SET source_key = ? WHERE incident_id = ?`, key, rec.ID)
	return err
}

// Drop takes an incident away that was none, and reports whether a row is different. One of which somebody was told
// stays on record, and is not open.
func Drop(ctx context.Context, tx *db.Tx, rec *incidents.Record, at string) (bool, error) {
	var told bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM deliveries WHERE incident_id = ?1)
		OR EXISTS (SELECT 1 FROM delivery_events d JOIN events e USING (event_id) WHERE e.incident_id = ?1)
		OR EXISTS (SELECT 1 FROM actions WHERE incident_id = ?1)`, rec.ID).Scan(&told); err != nil {
		return false, err
	}
	if told {
		n, err := tx.Exec(ctx, `UPDATE incidents SET left_feed_at = ? WHERE incident_id = ? AND open = 1`, at, rec.ID)
		return n > 0, err
	}
	if err := Unlink(ctx, tx, rec); err != nil {
		return false, err
	}
	for _, query := range []string{
		`DELETE FROM events WHERE incident_id = ?`,
		`DELETE FROM incident_updates WHERE incident_id = ?`,
		`DELETE FROM incident_components WHERE incident_id = ?`,
		`DELETE FROM filtered_incidents WHERE incident_id = ?`,
		`DELETE FROM incidents WHERE incident_id = ?`,
	} {
		if _, err := tx.Exec(ctx, query, rec.ID); err != nil {
			return false, err
		}
	}
	return true, nil
}

// Link makes an incident of a page that is over one event with the one that its vendor posted while it was open, and
// returns that one's number, 0 if there is none. The vendor's stands for the event.
func Link(ctx context.Context, tx *db.Tx, sourceID int64, rec *incidents.Record, posted bool) (int64, error) {
	start, end := db.Stamp(rec.Incident.StartedAt), db.Stamp(rec.Incident.ResolvedAt)
	if end == "" {
		return 0, Unlink(ctx, tx, rec)
	}
	// What was posted before may have become as bad as the page only now.
	var vendors, event int64
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce(max(incident_id), 0), coalesce(max(coalesce(same_event_id, incident_id)), 0) FROM (
			SELECT incident_id, same_event_id FROM incidents
			WHERE source_id = ?1 AND origin = 'vendor' AND kind = 'incident' AND first_seen_at <= ?3
				AND (first_seen_at > ?2 OR ?4 AND (ended = 0 OR resolved_at >= ?3))
			ORDER BY first_seen_at <= ?2, first_seen_at, source_key LIMIT 1)`, sourceID, start, end,
		db.Bit(posted)).Scan(&vendors, &event)
	if err != nil {
		return 0, err
	}
	if vendors == 0 {
		return 0, Unlink(ctx, tx, rec)
	}
	if rec.SameEvent == event {
		return vendors, nil
	}
	if err := Unlink(ctx, tx, rec); err != nil {
		return 0, err
	}
	rec.SameEvent = event
	if _, err := tx.Exec(ctx, `UPDATE incidents SET same_event_id = ?1 WHERE incident_id IN (?1, ?2, ?3)`, event,
		vendors, rec.ID); err != nil {
		return 0, fmt.Errorf("same event: %w", err)
	}
	return vendors, nil
}

// Unlink takes an incident out of its event. One that is left alone tells of no event.
func Unlink(ctx context.Context, tx *db.Tx, rec *incidents.Record) error {
	if rec.SameEvent == 0 {
		return nil
	}
	event := rec.SameEvent
	rec.SameEvent = 0
	if _, err := tx.Exec(ctx, `UPDATE incidents SET same_event_id = NULL WHERE incident_id = ?`, rec.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE incidents SET same_event_id = NULL WHERE same_event_id = ?1
		AND (SELECT count(*) FROM incidents o WHERE o.same_event_id = ?1) < 2`, event)
	return err
}

// Posted is the worst of the incidents of a source's vendor that are open at a time by the record; empty if none is.
func Posted(ctx context.Context, tx *db.Tx, sourceID int64, at string) (worst normalize.Severity, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT severity FROM incidents
		WHERE source_id = ?1 AND origin = 'vendor' AND kind = 'incident' AND first_seen_at <= ?2
			AND (ended = 0 OR resolved_at > ?2) AND coalesce(left_feed_at > ?2, 1)`, sourceID, at)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		var s normalize.Severity
		if err := rows.Scan(&s); err != nil {
			return "", err
		}
		worst = pagestate.Worse(worst, s)
	}
	return worst, rows.Err()
}
