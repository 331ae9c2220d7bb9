package components

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// savePast adds an older list of components to what is known: the statuses take their place between those before
// and after, and what no later list has is as this one shows it, and gone since. It reports whether a row is different.
func (k *Known) savePast(ctx context.Context, tx *db.Tx, l List) (bool, error) {
	next, err := k.listAfter(ctx, tx, l.At, l.Words)
	if err != nil {
		return false, err
	}
	changed := false
	taken := map[int64]bool{}
	for n, c := range l.Components {
		r, different, err := k.savePastOne(ctx, tx, l, c, n+1, taken, next)
		if err != nil {
			return changed, fmt.Errorf("component %q: %w", c.Key, err)
		}
		changed = changed || different
		taken[r.ID] = true
	}
	if !l.Whole {
		return changed, nil
	}
	for _, r := range k.rows {
		if taken[r.ID] || r.GoneAt != "" && r.GoneAt <= l.At || r.namedSince(l.At) {
			continue
		}
		later, lacks, err := k.shownAfter(ctx, tx, l, r, next)
		if err != nil {
			return changed, err
		}
		if later || lacks != nil && r.GoneAt != lacks.at {
			continue
		}
		if err := r.leave(ctx, tx, l.At); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

// shownAfter reports whether a list after l shows a component, up to the first that is whole. That one is returned if
// it does not show it; nil if there is none. next is the list after l.
func (k *Known) shownAfter(ctx context.Context, tx *db.Tx, l List, r *Row, next *partsList) (bool, *partsList, error) {
	for next != nil {
		if _, shown := next.find(r); shown || next.whole {
			return shown, next, nil
		}
		var err error
		if next, err = k.listAfter(ctx, tx, next.at, l.Words); err != nil {
			return false, nil, err
		}
	}
	return false, nil, nil
}

func (k *Known) savePastOne(ctx context.Context, tx *db.Tx, l List, c normalize.Component, position int,
	taken map[int64]bool, next *partsList) (*Row, bool, error) {
	r := k.find(c, l.Components, l.At, taken, nil)
	isNew, changed := r == nil, true
	var err error
	if isNew {
		r, err = k.add(ctx, tx, c, position, l.At, true)
	} else {
		changed, err = k.place(ctx, tx, l, r, c, next)
	}
	if err != nil {
		return nil, false, err
	}
	gone, err := k.goneSince(ctx, tx, l, r, c, position, next, isNew)
	return r, changed || gone, err
}

// place puts a status of the past into a component's history, and reports whether a row is different.
func (k *Known) place(ctx context.Context, tx *db.Tx, l List, r *Row, c normalize.Component, next *partsList) (bool,
	error) {
	changed := false
	if madeKey(r.Key) && !madeKey(c.Key) && k.rows[c.Key] == nil {
		if err := k.identify(ctx, tx, r, c.Key); err != nil {
			return false, err
		}
		changed = true
	}
	earlier, err := r.seenSince(ctx, tx, l.At)
	if err != nil {
		return false, err
	}
	changed = changed || earlier
	if !told(c) {
		return changed, nil
	}
	before, err := statusAt(ctx, tx, r.ID, l.At)
	if err != nil || before == c.Status {
		return changed, err
	}
	if err := recordStatus(ctx, tx, r.ID, c.Status, l.At); err != nil {
		return false, err
	}
	for next != nil {
		if shown, ok := next.find(r); ok && told(shown) {
			return true, placeAfter(ctx, tx, r.ID, next.at, shown.Status, c.Status)
		}
		if next, err = k.listAfter(ctx, tx, next.at, l.Words); err != nil {
			return true, err
		}
	}
	if l.At < l.LastSuccess && before != "" { // the live page has not changed since before
		return true, placeAfter(ctx, tx, r.ID, l.LastSuccess, before, c.Status)
	}
	return true, nil
}

// placeAfter sees to it that a component's history has a change at a time if the status then differs from that
// before, and none otherwise.
func placeAfter(ctx context.Context, tx *db.Tx, id int64, at string, status, before normalize.ComponentStatus) error {
	if status == before {
		_, err := tx.Exec(ctx, `DELETE FROM component_changes WHERE component_id = ? AND at = ?`, id, at)
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO component_changes (component_id, status, at) SELECT ?1, ?2, ?3
		WHERE NOT EXISTS (SELECT 1 FROM component_changes WHERE component_id = ?1 AND at = ?3)`, id, status, at)
	return err
}

// statusAt is the status that a component had at a time by its history; "" if nothing is known of then.
func statusAt(ctx context.Context, tx *db.Tx, id int64, at string) (normalize.ComponentStatus, error) {
	var status normalize.ComponentStatus
	err := tx.QueryRowContext(ctx, `
		SELECT status FROM component_changes WHERE component_id = ? AND at <= ?
		ORDER BY at DESC, component_change_id DESC LIMIT 1`,
		id, at).Scan(&status)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return status, err
}

// goneSince brings a component up to what an older list says of it, if no later list has it. It reports whether it did.
func (k *Known) goneSince(ctx context.Context, tx *db.Tx, l List, r *Row, c normalize.Component, position int,
	next *partsList, isNew bool) (bool, error) {
	shown, lacks, err := k.shownAfter(ctx, tx, l, r, next)
	if err != nil || shown {
		return false, err
	}
	listed := !isNew && r.Position != 0
	if listed && lacks != nil && (r.GoneAt == "" || r.GoneAt > lacks.at) {
		return false, nil // it came back
	}
	was := r.values
	r.GoneAt = ""
	if lacks != nil {
		r.GoneAt = lacks.at
	}
	r.Name, r.Position = c.Name, position
	if c.Group != "" || !madeKey(c.Key) {
		r.Group = c.Group
	}
	if told(c) {
		r.Status, r.VendorStatus = string(c.Status), c.VendorStatus
	}
	if r.values == was && !isNew {
		return false, nil
	}
	return true, r.write(ctx, tx, was)
}
