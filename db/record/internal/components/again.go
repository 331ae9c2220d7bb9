package components

import (
	"context"
	"slices"
	"strings"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// entry is a row of component_changes.
type entry struct {
	At     string `db:"at"`
	Status string `db:"status"`
}

// reading is a list of components that the page showed, packed.
type reading struct {
	At   string `db:"seen_at"`
	List string `db:"words = l.words"`
	Base string `db:"base = b.words"` // list that it is told by; empty: it is whole
}

var (
	entryColumns   = scan.Of[entry]("")
	readingColumns = scan.Of[reading]("r")
)

// HistoryAgain makes the histories of components again whose statuses mean something else now, by the lists that the
// page showed, and returns how many those are. wordsAt returns the words of the platform that served the page at a
// time.
func (k *Known) HistoryAgain(ctx context.Context, tx *db.Tx, wordsAt func(at string) normalize.Words) (int, error) {
	all, err := k.All(ctx, tx)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	lists, err := k.lists(ctx, tx, wordsAt)
	if err != nil {
		return 0, err
	}
	changed := 0
	for _, r := range all {
		stored, err := entryColumns.All(ctx, tx, `SELECT `+entryColumns.Columns+` FROM component_changes
			WHERE component_id = ? ORDER BY at, component_change_id`, r.ID)
		if err != nil {
			return changed, err
		}
		if !slices.ContainsFunc(stored, func(e entry) bool { return contradicted(e, r, lists) }) {
			continue
		}
		changed++
		if _, err := tx.Exec(ctx, `DELETE FROM component_changes WHERE component_id = ?`, r.ID); err != nil {
			return changed, err
		}
		for _, e := range replay(stored, r, lists) {
			if err := recordStatus(ctx, tx, r.ID, normalize.ComponentStatus(e.Status), e.At); err != nil {
				return changed, err
			}
		}
	}
	return changed, nil
}

// lists returns all lists of the source's components, the oldest first.
func (k *Known) lists(ctx context.Context, tx *db.Tx, wordsAt func(string) normalize.Words) ([]partsList, error) {
	rows, err := readingColumns.All(ctx, tx, `SELECT `+readingColumns.Columns+`
		FROM component_readings r JOIN component_lists l USING (list_id)
			LEFT JOIN component_lists b ON b.list_id = l.base_id
		WHERE r.source_id = ? ORDER BY r.seen_at, l.hash`, k.source)
	if err != nil {
		return nil, err
	}
	out := make([]partsList, len(rows))
	var reader Reader
	for n, row := range rows {
		out[n].at = row.At
		if out[n].components, err = reader.Read([]byte(row.List), []byte(row.Base), wordsAt(row.At)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// contradicted reports whether the lists of the moment of an entry say something else of the component.
func contradicted(e entry, r *Row, lists []partsList) bool {
	n, _ := slices.BinarySearchFunc(lists, e.At, func(l partsList, at string) int { return strings.Compare(l.at, at) })
	other := false
	for ; n < len(lists) && lists[n].at == e.At; n++ {
		if c, ok := lists[n].find(r); ok && told(c) {
			if string(c.Status) == e.Status {
				return false
			}
			other = true
		}
	}
	return other
}

// replay returns the history of a component by the lists. Entries of moments of which there is no list stay.
func replay(stored []entry, r *Row, lists []partsList) []entry {
	var all []entry
	shown := map[string]bool{}
	for _, l := range lists {
		if c, ok := l.find(r); ok && told(c) && !shown[l.at] {
			all, shown[l.at] = append(all, entry{l.at, string(c.Status)}), true
		}
	}
	for _, e := range stored {
		if !shown[e.At] {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return strings.Compare(a.At, b.At) })
	return slices.CompactFunc(all, func(a, b entry) bool { return a.Status == b.Status })
}
