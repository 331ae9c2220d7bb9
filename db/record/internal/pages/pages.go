// Package pages keeps how bad status pages said or showed they were, and finds the stored incidents that were made of
// that.
package pages

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/components"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/normalize"
	"vendorwatch/normalize/pagestate"
)

// state is a row of page_states.
type state struct {
	SeenAt    string `db:"seen_at"`
	UntilAt   string `db:"until_at"`
	Hash      string `db:"hash"`
	Indicator string `db:"indicator"`
	ListID    int64  `db:"list_id,null"`
	Whole     bool   `db:"whole"`
	Severity  string `db:"severity,null"`
	Because   string `db:"because,null"`
	Said      string `db:"said"`
	Red       string `db:"red"`
	Posted    string `db:"posted,null"`
	Uncovered bool   `db:"uncovered"`
}

// Words is what a page said of itself at one reading, in its vendor's words.
type Words struct {
	Indicator, Headline string           // its word for its state, and its sentence for it
	List                *components.Said // its components; nil if it listed none
	Whole               bool             // the list is complete
}

// Judge gives the words their meaning. What the vendor had posted is not part of it.
func (w Words) Judge(own normalize.Words, list []normalize.Component) pagestate.Reading {
	r := pagestate.Reading{Word: cmp.Or(w.Headline, w.Indicator)}
	r.Severity, r.Because = pagestate.Severity(w.Indicator, list, w.Whole, own)
	for _, c := range list {
		if pagestate.RedStatus(c.Status) {
			r.Red = append(r.Red, c)
		}
	}
	return r
}

// redPart is a red component, as stored.
type redPart struct {
	Key    string                    `json:"key"`
	Name   string                    `json:"name"`
	Group  string                    `json:"group,omitempty"`
	Status normalize.ComponentStatus `json:"status"`
}

var columns = scan.Of[state]("p")

// stateOf gives a reading the form of its row. list is the hash of the list of components.
func stateOf(r pagestate.Reading, indicator string, listID int64, list string, whole bool) (state, error) {
	s := state{SeenAt: db.Stamp(r.At), UntilAt: db.Stamp(r.Until), Indicator: indicator, ListID: listID, Whole: whole,
		Severity: string(r.Severity), Because: string(r.Because), Said: r.Word, Posted: string(r.Posted),
		Uncovered: r.Uncovered()}
	red := []redPart{}
	for _, c := range r.Red {
		red = append(red, redPart{c.Key, c.Name, c.Group, c.Status})
	}
	var err error
	if s.Red, err = db.JSON(red); err != nil {
		return s, err
	}
	s.Hash, err = db.Hash([]any{s.Severity, s.Because, s.Said, s.Red, s.Posted, s.Indicator, list, s.Whole})
	return s, err
}

func (s state) reading() (pagestate.Reading, error) {
	r := pagestate.Reading{Severity: normalize.Severity(s.Severity), Because: pagestate.Because(s.Because),
		Word: s.Said, Posted: normalize.Severity(s.Posted)}
	var red []redPart
	if err := json.Unmarshal([]byte(s.Red), &red); err != nil {
		return r, err
	}
	for _, p := range red {
		r.Red = append(r.Red, normalize.Component{Key: p.Key, Name: p.Name, Group: p.Group, Status: p.Status})
	}
	return r, db.ParseStamps(map[*time.Time]string{&r.At: s.SeenAt, &r.Until: s.UntilAt})
}

// Store adds what a page said at one time, and reports whether that is news: a live page that says what it said at its
// newest reading has none. before is when a live page was last known to say what it said before; empty if it is none.
func Store(ctx context.Context, tx *db.Tx, sourceID int64, r pagestate.Reading, w Words, live bool,
	before string) (bool, error) {
	var listID int64
	list := ""
	if w.List != nil {
		var err error
		if listID, list, err = w.List.Store(ctx, tx); err != nil {
			return false, err
		}
	}
	s, err := stateOf(r, w.Indicator, listID, list, w.Whole)
	if err != nil {
		return false, err
	}
	if live {
		var hash, seen string
		err := tx.QueryRowContext(ctx, `SELECT hash, seen_at FROM page_states WHERE source_id = ?
			ORDER BY seen_at DESC, hash LIMIT 1`, sourceID).Scan(&hash, &seen)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return false, err
		case hash == s.Hash:
			return false, nil
		case before > seen && before < s.SeenAt:
			if err := Extend(ctx, tx, sourceID, before); err != nil {
				return false, err
			}
		}
	}
	n, err := tx.Exec(ctx, `INSERT INTO page_states (`+columns.Names+`, source_id) VALUES (`+columns.Marks+`, ?)
		ON CONFLICT DO NOTHING`, append(columns.Values(&s), sourceID)...)
	return n > 0, err
}

// Repeat adds that a live page says at a time what it said at its newest reading, while its vendor has posted something
// else, or nothing any more. It reports whether the page is red, and whether there was something to add.
func Repeat(ctx context.Context, tx *db.Tx, sourceID int64, at time.Time,
	posted normalize.Severity) (red, isNew bool, err error) {
	s, err := columns.One(ctx, tx, `SELECT `+columns.Columns+` FROM page_states p WHERE p.source_id = ?
		ORDER BY p.seen_at DESC, p.hash LIMIT 1`, sourceID)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	r, err := s.reading()
	if red = pagestate.Red(r.Severity); err != nil || !red || r.Posted == posted || at.Before(r.Until) {
		return red, false, err
	}
	r.At, r.Until, r.Posted = at, at, posted
	list := ""
	if s.ListID != 0 {
		err := tx.QueryRowContext(ctx, `SELECT hash FROM component_lists WHERE list_id = ?`, s.ListID).Scan(&list)
		if err != nil {
			return red, false, err
		}
	}
	if s, err = stateOf(r, s.Indicator, s.ListID, list, s.Whole); err != nil {
		return red, false, err
	}
	n, err := tx.Exec(ctx, `INSERT INTO page_states (`+columns.Names+`, source_id) VALUES (`+columns.Marks+`, ?)
		ON CONFLICT DO NOTHING`, append(columns.Values(&s), sourceID)...)
	return red, n > 0, err
}

// Extend records that a page says at a time what it said at its newest reading.
func Extend(ctx context.Context, tx *db.Tx, sourceID int64, at string) error {
	_, err := tx.Exec(ctx, `UPDATE page_states SET until_at = max(until_at, ?1) WHERE source_id = ?2 AND seen_at = (
		SELECT max(seen_at) FROM page_states WHERE source_id = ?2 AND seen_at <= ?1)`, at, sourceID)
	return err
}

// Stretch is a time at both ends of which a page was not red, so that what it was in between tells of itself. An end
// that is empty is open.
type Stretch struct {
	From, To string
}

// Begins reports whether a stretch begins with the first reading of all.
func (s Stretch) Begins() bool { return s.From == "" }

// Around returns the stretch around a time.
func Around(ctx context.Context, tx *db.Tx, sourceID int64, at string) (s Stretch, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT coalesce((SELECT seen_at FROM page_states WHERE source_id = ?1 AND seen_at < ?2 AND severity IS NOT NULL
				GROUP BY seen_at HAVING max(uncovered) = 0 ORDER BY seen_at DESC LIMIT 1), ''),
			coalesce((SELECT seen_at FROM page_states WHERE source_id = ?1 AND seen_at > ?2 AND severity IS NOT NULL
				GROUP BY seen_at HAVING max(uncovered) = 0 ORDER BY seen_at LIMIT 1), '')`, sourceID, at).Scan(&s.From,
		&s.To)
	return s, err
}

// Points returns when a page was read within a stretch. until is up to when its newest state is known to have lasted,
// where that is later than what is stored of it.
func Points(ctx context.Context, tx *db.Tx, sourceID int64, s Stretch, until string) ([]pagestate.Reading, error) {
	// What was seen before the stretch and lasted into it is found by an index of its own: most states are of a moment.
	rows, err := columns.All(ctx, tx, `SELECT `+columns.Columns+` FROM page_states p
		WHERE source_id = ?1 AND seen_at BETWEEN ?2 AND ?3 AND severity IS NOT NULL
		UNION ALL
		SELECT `+columns.Columns+` FROM page_states p INDEXED BY page_states_lasting
		WHERE source_id = ?1 AND until_at > seen_at AND until_at >= ?2 AND seen_at < ?2 AND severity IS NOT NULL
		ORDER BY seen_at, hash`, sourceID, s.From, cmp.Or(s.To, "~"))
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 && s.To == "" {
		rows[n-1].UntilAt = max(rows[n-1].UntilAt, until)
	}
	list := make([]pagestate.Reading, len(rows))
	for n, row := range rows {
		if list[n], err = row.reading(); err != nil {
			return nil, fmt.Errorf("state of the page: %w", err)
		}
	}
	var from, to time.Time
	if err := db.ParseStamps(map[*time.Time]string{&from: s.From, &to: s.To}); err != nil {
		return nil, err
	}
	return pagestate.Points(list, from, to), nil
}

// Incidents loads the stored incidents of a page that began within a stretch, the oldest first.
func Incidents(ctx context.Context, tx *db.Tx, sourceID int64, s Stretch) ([]*incidents.Record, error) {
	keys, err := scan.Column[string](ctx, tx, `SELECT source_key FROM incidents WHERE source_id = ?1
		AND origin = 'page' AND started_at >= ?2 AND (?3 = '' OR started_at <= ?3) ORDER BY started_at`, sourceID,
		s.From, s.To)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	headers, err := incidents.Headers(ctx, tx, sourceID, keys)
	if err != nil {
		return nil, err
	}
	byKey, err := incidents.Load(ctx, tx, keys, headers)
	if err != nil {
		return nil, err
	}
	var out []*incidents.Record
	for _, key := range keys {
		out = append(out, byKey[key])
	}
	return out, nil
}

// StatusAt returns how a component of a source was doing at a time by its history; empty if that is not known.
func StatusAt(ctx context.Context, tx *db.Tx, sourceID int64, c normalize.Component,
	at time.Time) (status normalize.ComponentStatus, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT h.status FROM component_changes h JOIN components c USING (component_id)
		WHERE c.source_id = ?1 AND h.at <= ?2 AND (c.source_key = ?3 OR c.name = ?4 AND c.group_name = ?5)
		ORDER BY c.source_key = ?3 DESC, h.at DESC, h.component_change_id DESC LIMIT 1`, sourceID, db.Stamp(at), c.Key,
		c.Name, c.Group).Scan(&status)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return status, err
}
