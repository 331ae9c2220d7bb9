package components

import (
	"context"
	"fmt"
	"strconv"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// Save stores what a page lists of its components. Backfills only add to it; older pages do too, and to its history.
func (k *Known) Save(ctx context.Context, tx *db.Tx, l List) (Change, error) {
	if len(l.Components) == 0 {
		return Change{}, nil // a page that lists none, not one that lost them all
	}
	if !l.PastList {
		same, err := k.same(ctx, tx, l.Components)
		if err == nil && (!same || l.Archived) && !l.Backfill {
			err = k.storeList(ctx, tx, l)
		}
		if same || err != nil {
			return Change{}, err
		}
	} else if err := k.storeList(ctx, tx, l); err != nil {
		return Change{}, err
	}
	if err := k.load(ctx, tx); err != nil {
		return Change{}, err
	}
	if l.PastList {
		changed, err := k.savePast(ctx, tx, l)
		return Change{Rows: changed}, err
	}
	return k.saveNewest(ctx, tx, l)
}

// saveNewest brings the stored components up to the newest list of them.
func (k *Known) saveNewest(ctx context.Context, tx *db.Tx, l List) (Change, error) {
	var all Change
	taken := map[int64]bool{}
	for n, c := range l.Components {
		r, change, err := k.saveOne(ctx, tx, l, c, n+1, taken)
		if err != nil {
			return all, fmt.Errorf("component %q: %w", c.Key, err)
		}
		all.add(change)
		taken[r.ID] = true
	}
	if !l.Whole || l.Backfill {
		return all, nil
	}
	for _, r := range k.rows {
		if taken[r.ID] || r.GoneAt != "" || r.namedSince(l.At) {
			continue
		}
		if err := r.leave(ctx, tx, l.At); err != nil {
			return all, err
		}
		all.Rows = true
	}
	return all, nil
}

func (k *Known) saveOne(ctx context.Context, tx *db.Tx, l List, c normalize.Component, position int,
	taken map[int64]bool) (*Row, Change, error) {
	r := k.find(c, l.Components, l.At, taken, nil)
	switch {
	case r == nil:
		r, err := k.add(ctx, tx, c, position, l.At, true)
		change := Change{Rows: true}
		if err == nil && !l.silent() && r.Status != string(normalize.StatusOperational) &&
			r.Status != string(normalize.StatusUnknown) {
			change.News = []News{statusNews(r, "")}
		}
		return r, change, err
	case !l.Backfill:
		change, err := k.change(ctx, tx, l, r, c, position)
		if err != nil {
			return r, change, err
		}
		// An incident of a later page may have named it before.
		earlier, err := r.seenSince(ctx, tx, l.At)
		change.Rows = change.Rows || earlier
		return r, change, err
	case madeKey(r.Key) && !madeKey(c.Key) && k.rows[c.Key] == nil:
		return r, Change{Rows: true}, k.identify(ctx, tx, r, c.Key)
	}
	return r, Change{}, nil
}

// number names a component whatever it is called by and by.
func (r *Row) number() string { return strconv.FormatInt(r.ID, 10) }

func statusNews(r *Row, from string) News {
	c := normalize.Component{Name: r.Name, Group: r.Group}
	return News{c, map[string]string{"component": c.Label(), "component_id": r.number(), "from": from, "to": r.Status}}
}

// renamed tells that the vendor calls a component of its id otherwise now. A group that appears or goes is
// none of the name: some documents do not show it.
func renamed(was, is *Row) []News {
	regrouped := was.Group != is.Group && was.Group != "" && is.Group != ""
	if madeKey(was.Key) || was.Name == is.Name && !regrouped {
		return nil
	}
	from := normalize.Component{Name: was.Name, Group: was.Group}
	if !regrouped {
		from.Group = is.Group
	}
	to := normalize.Component{Name: is.Name, Group: is.Group}
	return []News{{to, map[string]string{"component": to.Label(), "component_id": is.number(),
		"from_name": from.Label(), "to_name": to.Label()}}}
}

// change brings a stored component up to what the page lists.
func (k *Known) change(ctx context.Context, tx *db.Tx, l List, r *Row, c normalize.Component, position int) (Change,
	error) {
	was := *r
	if r.Key != c.Key && madeKey(r.Key) && k.rows[c.Key] == nil {
		k.rekey(r, c.Key)
	}
	r.Name, r.Position, r.GoneAt = c.Name, position, ""
	if c.Group != "" || !madeKey(c.Key) {
		r.Group = c.Group
	}
	if told(c) {
		r.Status, r.VendorStatus = string(c.Status), c.VendorStatus
	}
	if *r == was {
		return Change{}, nil
	}
	out := Change{Rows: true}
	if err := r.write(ctx, tx, was.values); err != nil {
		return out, err
	}
	if !l.Baseline {
		out.News = renamed(&was, r)
	}
	if r.Status == was.Status {
		return out, nil
	}
	first := was.Status == string(normalize.StatusUnknown) && was.VendorStatus == ""
	if !l.Baseline && !first {
		out.News = append(out.News, statusNews(r, was.Status))
	}
	return out, recordStatus(ctx, tx, r.ID, normalize.ComponentStatus(r.Status), l.At)
}
