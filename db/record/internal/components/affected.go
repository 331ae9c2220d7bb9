package components

import (
	"context"
	"database/sql"
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
		r, isNew, err := k.named(ctx, tx, c, list, at, now, before)
		if err != nil {
			return nil, changed, err
		}
		now[r.ID] = true
		different, err := affect(ctx, tx, incidentID, r.ID, before[r.ID], c)
		if err != nil {
			return nil, changed, err
		}
		changed = changed || isNew || different
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

// named returns the stored component that an incident names, and stores it if it is new. One that was known by its name
// alone takes the vendor's id. It reports whether a row is different.
func (k *Known) named(ctx context.Context, tx *db.Tx, c normalize.Component, list []normalize.Component, at string,
	taken, linked map[int64]bool) (r *Row, changed bool, err error) {
	switch r = k.find(c, list, at, taken, linked); {
	case r == nil:
		if r, err = k.add(ctx, tx, c, 0, at, false); err == nil {
			_, err = k.leaveUnlisted(ctx, tx, r)
		}
		changed = true
	case r.Key == "@"+r.Group+"/"+r.Name && !madeKey(c.Key) && k.rows[c.Key] == nil:
		changed, err = true, k.identify(ctx, tx, r, c.Key)
	}
	if err != nil {
		err = fmt.Errorf("component %q: %w", c.Key, err)
	}
	return r, changed, err
}

// affect writes the row of one component that an incident affects, and reports whether it is different.
func affect(ctx context.Context, tx *db.Tx, incidentID, componentID int64, stored bool, c normalize.Component) (bool,
	error) {
	from, to := sql.Null[string]{V: db.Stamp(c.StartedAt), Valid: !c.StartedAt.IsZero()},
		sql.Null[string]{V: db.Stamp(c.ResolvedAt), Valid: !c.ResolvedAt.IsZero()}
	if !stored {
		_, err := tx.Exec(ctx, `
			INSERT INTO incident_components (incident_id, component_id, started_at, resolved_at) VALUES (?, ?, ?, ?)`,
			incidentID, componentID, from, to)
		return true, err
	}
	n, err := tx.Exec(ctx, `
		UPDATE incident_components SET started_at = ?3, resolved_at = ?4
		WHERE incident_id = ?1 AND component_id = ?2 AND (started_at, resolved_at) IS NOT (?3, ?4)`,
		incidentID, componentID, from, to)
	return n > 0, err
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
		r, isNew, err := k.named(ctx, tx, c, list, at, taken, map[int64]bool{})
		if err != nil {
			return changed, err
		}
		taken[r.ID] = true
		earlier, err := r.seenSince(ctx, tx, at)
		if err != nil {
			return changed, err
		}
		gone, err := k.leaveUnlisted(ctx, tx, r)
		if err != nil {
			return changed, err
		}
		changed = changed || isNew || earlier || gone
	}
	return changed, nil
}
