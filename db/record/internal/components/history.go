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

// Said is a list of components as a page showed it, in its vendor's words.
type Said struct {
	source int64
	raws   []normalize.RawComponent
}

// Says returns the words of a list of components of a source.
func Says(sourceID int64, list []normalize.Component) *Said {
	raws := make([]normalize.RawComponent, len(list))
	for n, c := range list {
		word := c.VendorStatus
		if word == "" && c.Status != normalize.StatusUnknown {
			word = string(c.Status)
		}
		raws[n] = normalize.RawComponent{Name: c.Name, Group: c.Group, Status: word}
		if !madeKey(c.Key) {
			raws[n].ID = c.Key
		}
	}
	return &Said{sourceID, raws}
}

// Store keeps the words, each distinct list once, and returns the number of the list and its hash.
func (s *Said) Store(ctx context.Context, tx *db.Tx) (id int64, hash string, err error) {
	if hash, err = db.Hash(s.raws); err != nil {
		return 0, "", err
	}
	err = tx.QueryRowContext(ctx, `SELECT list_id FROM component_lists WHERE source_id = ? AND hash = ?`, s.source,
		hash).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		var words []byte
		if words, err = pack(s.raws); err == nil {
			id, err = tx.Insert(ctx, `INSERT INTO component_lists (source_id, hash, words) VALUES (?, ?, ?)`, s.source,
				hash, words)
		}
	}
	if err != nil {
		return 0, "", fmt.Errorf("list of components: %w", err)
	}
	return id, hash, nil
}

// Read gives the words of a stored list their meaning.
func Read(packed []byte, words normalize.Words) ([]normalize.Component, error) {
	raws, err := unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("list of components: %w", err)
	}
	list, _ := normalize.Components(raws, words)
	return list, nil
}

// storeList keeps what the page lists of its components, so that saved pages may come in any order.
func (k *Known) storeList(ctx context.Context, tx *db.Tx, of List) error {
	id, _, err := Says(k.source, of.Components).Store(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO component_readings (source_id, seen_at, list_id, whole) VALUES (?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, k.source, of.At, id, db.Bit(of.Whole))
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
	l.components, err = Read(packed, words)
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
