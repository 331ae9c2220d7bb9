package components

import (
	"context"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// Affect makes the stored list of the components that an incident affects equal to list. before has the ids of those
// that are stored. It returns the ids of those that are now, and whether a row is different.
func (k *Known) Affect(ctx context.Context, tx *db.Tx, incidentID int64, before map[int64]bool,
	list []normalize.Component, at string) (now map[int64]bool, changed bool, err error) {
	if err := k.load(ctx, tx); err != nil {
		return nil, false, err
	}
	now = map[int64]bool{}
	for _, c := range list {
		r := k.find(c, list, at, now, before)
		if r == nil {
			if r, err = k.add(ctx, tx, c, len(k.rows), at, false); err != nil {
				return nil, changed, fmt.Errorf("component %q: %w", c.Key, err)
			}
			changed = true
		}
		now[r.ID] = true
		if before[r.ID] {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO incident_components (incident_id, component_id) VALUES (?, ?)`,
			incidentID, r.ID); err != nil {
			return nil, changed, err
		}
		changed = true
	}
	for id := range before {
		if now[id] {
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM incident_components WHERE incident_id = ? AND component_id = ?`,
			incidentID, id); err != nil {
			return nil, changed, err
		}
		changed = true
	}
	return now, changed, nil
}

// Name notes that a saved page which is older than others names components of an incident: they were known then, and
// some may have been taken off the incident since. It reports whether a row is different.
func (k *Known) Name(ctx context.Context, tx *db.Tx, list []normalize.Component, at string) (changed bool, err error) {
	if len(list) == 0 {
		return false, nil
	}
	if err := k.load(ctx, tx); err != nil {
		return false, err
	}
	taken := map[int64]bool{}
	for _, c := range list {
		r := k.find(c, list, at, taken, map[int64]bool{})
		if r == nil {
			if r, err = k.add(ctx, tx, c, len(k.rows), at, false); err != nil {
				return changed, fmt.Errorf("component %q: %w", c.Key, err)
			}
			changed = true
		}
		taken[r.ID] = true
		earlier, err := r.seenSince(ctx, tx, at)
		if err != nil {
			return changed, err
		}
		changed = changed || earlier
	}
	return changed, nil
}
