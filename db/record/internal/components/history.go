package components

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// storeList keeps what the page lists of its components, so that saved pages may come in any order.
func (k *Known) storeList(ctx context.Context, tx *db.Tx, of List) error {
	raws := make([]normalize.RawComponent, len(of.Components))
	for n, c := range of.Components {
		word := c.VendorStatus
		if word == "" && c.Status != normalize.StatusUnknown {
			word = string(c.Status)
		}
		raws[n] = normalize.RawComponent{Name: c.Name, Group: c.Group, Status: word}
		if !madeKey(c.Key) {
			raws[n].ID = c.Key
		}
	}
	hash, err := db.Hash(raws)
	if err != nil {
		return err
	}
	var id int64
	err = tx.QueryRowContext(ctx, `SELECT list_id FROM component_lists WHERE source_id = ? AND hash = ?`, k.source,
		hash).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		var words []byte
		if words, err = pack(raws); err == nil {
			id, err = tx.Insert(ctx, `INSERT INTO component_lists (source_id, hash, words) VALUES (?, ?, ?)`, k.source,
				hash, words)
		}
	}
	if err != nil {
		return fmt.Errorf("list of components: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO component_readings (source_id, seen_at, list_id, whole) VALUES (?, ?, ?, ?)
		ON CONFLICT
		DO NOTHING`,
		k.source, of.At, id, db.Bit(of.Whole))
	return err
}

// pack writes a list of components as stored: two lists of a page differ little, and either is long.
func pack(raws []normalize.RawComponent) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(raws); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unpack(words []byte) (raws []normalize.RawComponent, err error) {
	z, err := gzip.NewReader(bytes.NewReader(words))
	if err != nil {
		return nil, err
	}
	return raws, json.NewDecoder(z).Decode(&raws)
}

// partsList is a list of components that a page showed at some time.
type partsList struct {
	at         string
	whole      bool
	components []normalize.Component
}

// listAfter returns the first list that was read after a time; nil if there is none.
func (k *Known) listAfter(ctx context.Context, tx *db.Tx, at string, words normalize.Words) (*partsList, error) {
	l := &partsList{}
	var packed []byte
	err := tx.QueryRowContext(ctx, `
		SELECT r.seen_at, r.whole, l.words FROM component_readings r JOIN component_lists l USING (list_id)
		WHERE r.source_id = ? AND r.seen_at > ? ORDER BY r.seen_at, r.list_id LIMIT 1`, k.source, at).Scan(&l.at,
		&l.whole, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	raws, err := unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("list of components: %w", err)
	}
	l.components, _ = normalize.Components(raws, words)
	return l, nil
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
