package components

import (
	"context"
	"database/sql"
	"errors"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// partsList is a list of components that a page showed at some time.
type partsList struct {
	at         string
	whole      bool
	components []normalize.Component
}

// listAfter returns the first list that was read after a time; nil if there is none.
func (k *Known) listAfter(ctx context.Context, tx *db.Tx, at string, own normalize.Words) (*partsList, error) {
	l := &partsList{}
	var words, base []byte
	err := tx.QueryRowContext(ctx, `
		SELECT r.seen_at, r.whole, l.words, b.words FROM component_readings r JOIN component_lists l USING (list_id)
			LEFT JOIN component_lists b ON b.list_id = l.base_id
		WHERE r.source_id = ? AND r.seen_at > ? ORDER BY r.seen_at, r.list_id LIMIT 1`, k.source, at).Scan(&l.at,
		&l.whole, &words, &base)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l.components, err = new(Reader).Read(words, base, own)
	return l, err
}

// find returns how a list shows a stored component; false if it does not.
func (l *partsList) find(r *Row) (normalize.Component, bool) {
	var named []normalize.Component
	for _, c := range l.components {
		if c.Key == r.Key {
			return c, true
		}
		if (madeKey(c.Key) || madeKey(r.Key)) && sameName(r.Name, r.Group, c) {
			named = append(named, c)
		}
	}
	if len(named) == 1 {
		return named[0], true
	}
	return normalize.Component{}, false
}
