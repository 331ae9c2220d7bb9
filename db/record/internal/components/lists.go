package components

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/db/internal/packed"
	"vendorwatch/normalize"
)

// Said is a list of components as a page showed it, in its vendor's words.
type Said struct {
	source int64
	list   []normalize.Component
	raws   []normalize.RawComponent
	id     int64 // number of the list; 0 until it is stored
	hash   string
}

// Says returns the words of a list of components of the source.
func (k *Known) Says(list []normalize.Component) *Said {
	if s := k.said; s != nil && len(list) > 0 && len(s.list) == len(list) && &s.list[0] == &list[0] {
		return s
	}
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
	k.said = &Said{source: k.source, list: list, raws: raws}
	return k.said
}

// Hash is equal for two lists of the same words.
func (s *Said) Hash() (string, error) {
	var err error
	if s.hash == "" {
		s.hash, err = db.Hash(s.raws)
	}
	return s.hash, err
}

// Store keeps the words, each distinct list once, and returns the number of the list and its hash.
func (s *Said) Store(ctx context.Context, tx *db.Tx) (id int64, hash string, err error) {
	if s.id != 0 {
		return s.id, s.hash, nil
	}
	if _, err := s.Hash(); err != nil {
		return 0, "", err
	}
	err = tx.QueryRowContext(ctx, `SELECT list_id FROM component_lists WHERE source_id = ? AND hash = ?`, s.source,
		s.hash).Scan(&s.id)
	if errors.Is(err, sql.ErrNoRows) {
		err = s.insert(ctx, tx)
	}
	if err != nil {
		return 0, "", fmt.Errorf("list of components: %w", err)
	}
	return s.id, s.hash, nil
}

// insert stores a list that is new: by what it has of the newest whole one, if that is most of it.
func (s *Said) insert(ctx context.Context, tx *db.Tx) error {
	var baseID int64
	var base []byte
	err := tx.QueryRowContext(ctx, `SELECT list_id, words FROM component_lists WHERE source_id = ? AND base_id IS NULL
		ORDER BY list_id DESC LIMIT 1`, s.source).Scan(&baseID, &base)
	var value any = s.raws
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	default:
		var raws []normalize.RawComponent
		if err := packed.Unpack(base, &raws); err != nil {
			return fmt.Errorf("list %d: %w", baseID, err)
		}
		pieces, own := piecesOf(s.raws, raws)
		if own*4 > len(s.raws) {
			baseID = 0
		} else {
			value = pieces
		}
	}
	words, err := packed.Pack(value)
	if err != nil {
		return err
	}
	s.id, err = tx.Insert(ctx, `INSERT INTO component_lists (source_id, hash, base_id, words) VALUES (?, ?, ?, ?)`,
		s.source, s.hash, db.NullID(baseID), words)
	return err
}

// piece is an entry of a list that is told by another list: a component of its own, or so many of the other's from a
// position on.
type piece struct {
	own         *normalize.RawComponent
	from, count int
}

// piecesOf tells a list by another one, and returns how many of its components that one does not have like this.
func piecesOf(list, base []normalize.RawComponent) (pieces []piece, own int) {
	at := make(map[normalize.RawComponent]int, len(base))
	for n := len(base) - 1; n >= 0; n-- {
		at[base[n]] = n
	}
	for n := range list {
		if len(pieces) > 0 {
			p := &pieces[len(pieces)-1]
			if next := p.from + p.count; p.own == nil && next < len(base) && base[next] == list[n] {
				p.count++
				continue
			}
		}
		if from, known := at[list[n]]; known {
			pieces = append(pieces, piece{from: from, count: 1})
			continue
		}
		pieces = append(pieces, piece{own: &list[n]})
		own++
	}
	return pieces, own
}

// MarshalJSON writes a component as an object, and components of the other list as a pair of numbers.
func (p piece) MarshalJSON() ([]byte, error) {
	if p.own != nil {
		return json.Marshal(p.own)
	}
	return json.Marshal([2]int{p.from, p.count})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *piece) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte("{")) {
		p.own = new(normalize.RawComponent)
		return json.Unmarshal(text, p.own)
	}
	var run [2]int
	err := json.Unmarshal(text, &run)
	p.from, p.count = run[0], run[1]
	return err
}

// Reader reads stored lists, of which many are told by the same one. The zero value is ready.
type Reader struct {
	packed []byte
	raws   []normalize.RawComponent // what packed holds
}

// Read gives the words of a stored list their meaning. base is the words of the list that it is told by; empty if it is
// whole.
func (r *Reader) Read(words, base []byte, own normalize.Words) ([]normalize.Component, error) {
	raws, err := r.read(words, base)
	if err != nil {
		return nil, fmt.Errorf("list of components: %w", err)
	}
	list, _ := normalize.Components(raws, own)
	return list, nil
}

func (r *Reader) read(words, base []byte) (raws []normalize.RawComponent, err error) {
	if len(base) == 0 {
		return raws, packed.Unpack(words, &raws)
	}
	if !bytes.Equal(r.packed, base) {
		r.raws = nil
		if err := packed.Unpack(base, &r.raws); err != nil {
			return nil, err
		}
		r.packed = base
	}
	var pieces []piece
	if err := packed.Unpack(words, &pieces); err != nil {
		return nil, err
	}
	for _, p := range pieces {
		switch {
		case p.own != nil:
			raws = append(raws, *p.own)
		case p.from < 0 || p.count < 1 || p.from+p.count > len(r.raws):
			return nil, fmt.Errorf("it takes components %d to %d of a list of %d", p.from, p.from+p.count-1,
				len(r.raws))
		default:
			raws = append(raws, r.raws[p.from:p.from+p.count]...)
		}
	}
	return raws, nil
}

// storeList keeps what the page lists of its components, so that saved pages may come in any order.
func (k *Known) storeList(ctx context.Context, tx *db.Tx, of List) error {
	id, _, err := k.Says(of.Components).Store(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO component_readings (source_id, seen_at, list_id, whole) VALUES (?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, k.source, of.At, id, db.Bit(of.Whole))
	return err
}
