package record

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// storeList keeps what the page lists of its components, so that saved pages may come in any order.
func (v *saver) storeList() error {
	raws := make([]normalize.RawComponent, len(v.s.Components))
	for n, c := range v.s.Components {
		word := c.VendorStatus
		if word == "" && c.Status != normalize.StatusUnknown {
			word = string(c.Status)
		}
		raws[n] = normalize.RawComponent{Name: c.Name, Group: c.Group, Status: word}
		if !madeKey(c.Key) {
			raws[n].ID = c.Key
		}
	}
	hash, err := jsonHash(raws)
	if err != nil {
		return err
	}
	var id int64
	err = v.queryRow(`SELECT list_id FROM component_lists WHERE source_id = ? AND hash = ?`, v.s.SourceID,
		hash).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		var words []byte
		if words, err = pack(raws); err == nil {
			id, err = v.insert(`INSERT INTO component_lists (source_id, hash, words) VALUES (?, ?, ?)`, v.s.SourceID,
				hash, words)
		}
	}
	if err != nil {
		return fmt.Errorf("list of components: %w", err)
	}
	_, err = v.exec(`INSERT INTO component_readings (source_id, seen_at, list_id, whole) VALUES (?, ?, ?, ?) ON CONFLICT
		DO NOTHING`,
		v.s.SourceID, v.at, id, db.Bit(v.s.AllComponents))
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
func (v *saver) listAfter(at string) (*partsList, error) {
	l := &partsList{}
	var words []byte
	err := v.queryRow(`
		SELECT r.seen_at, r.whole, l.words FROM component_readings r JOIN component_lists l USING (list_id)
		WHERE r.source_id = ? AND r.seen_at > ? ORDER BY r.seen_at, r.list_id LIMIT 1`, v.s.SourceID, at).Scan(&l.at,
		&l.whole, &words)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	raws, err := unpack(words)
	if err != nil {
		return nil, fmt.Errorf("list of components: %w", err)
	}
	l.components, _ = normalize.Components(raws, v.s.Words)
	return l, nil
}

// find returns how a list shows a stored component; false if it does not.
func (l *partsList) find(r *componentRow) (normalize.Component, bool) {
	var named []normalize.Component
	for _, c := range l.components {
		if c.Key == r.key {
			return c, true
		}
		if (madeKey(c.Key) || madeKey(r.key)) && sameName(r.name, r.group, c) {
			named = append(named, c)
		}
	}
	if len(named) == 1 {
		return named[0], true
	}
	return normalize.Component{}, false
}

// savePastList adds an older list of components to what is known: the statuses take their place between those before
// and after, and what no later list has is as this one shows it, and gone since.
func (v *saver) savePastList() error {
	next, err := v.listAfter(v.at)
	if err != nil {
		return err
	}
	taken := map[int64]bool{}
	for n, c := range v.s.Components {
		r := v.findComponent(c, v.s.Components, taken, nil)
		isNew := r == nil
		if isNew {
			r, err = v.addComponent(c, n, true)
		} else {
			err = v.placeComponent(r, c, next)
		}
		if err == nil {
			err = v.goneSince(r, c, n, next, isNew)
		}
		if err != nil {
			return fmt.Errorf("component %q: %w", c.Key, err)
		}
		taken[r.id] = true
	}
	if !v.s.AllComponents || next == nil {
		return nil
	}
	for _, r := range v.components {
		if taken[r.id] || r.goneAt != next.at || r.firstSeen > v.at {
			continue
		}
		if _, err := v.exec(`UPDATE components SET gone_at = ? WHERE component_id = ?`, v.at, r.id); err != nil {
			return err
		}
		r.goneAt, v.changed = v.at, true
	}
	return nil
}

// placeComponent puts a status of the past into a component's history.
func (v *saver) placeComponent(r *componentRow, c normalize.Component, next *partsList) error {
	if madeKey(r.key) && !madeKey(c.Key) && v.components[c.Key] == nil {
		if err := v.identifyComponent(r, c.Key); err != nil {
			return err
		}
	}
	if v.at < r.firstSeen {
		if _, err := v.exec(`UPDATE components SET first_seen_at = ? WHERE component_id = ?`, v.at, r.id); err != nil {
			return err
		}
		r.firstSeen, v.changed = v.at, true
	}
	if !told(c) {
		return nil
	}
	before, err := v.statusAt(r.id, v.at)
	if err != nil || before == c.Status {
		return err
	}
	v.changed = true
	if err := v.recordStatus(r.id, c.Status); err != nil {
		return err
	}
	for next != nil {
		if shown, ok := next.find(r); ok && told(shown) {
			return v.placeAfter(r.id, next.at, shown.Status, c.Status)
		}
		if next, err = v.listAfter(next.at); err != nil {
			return err
		}
	}
	if v.at < v.source.lastSuccess && before != "" { // the live page has not changed since before
		return v.placeAfter(r.id, v.source.lastSuccess, before, c.Status)
	}
	return nil
}

// placeAfter sees to it that a component's history has a change at a time if the status then differs from that
// before, and none otherwise.
func (v *saver) placeAfter(id int64, at string, status, before normalize.ComponentStatus) error {
	if status == before {
		_, err := v.exec(`DELETE FROM component_changes WHERE component_id = ? AND at = ?`, id, at)
		return err
	}
	_, err := v.exec(`
		INSERT INTO component_changes (component_id, status, at) SELECT ?1, ?2, ?3
		WHERE NOT EXISTS (SELECT 1 FROM component_changes WHERE component_id = ?1 AND at = ?3)`, id, status, at)
	return err
}

// statusAt is the status that a component had at a time by its history; "" if nothing is known of then.
func (v *saver) statusAt(id int64, at string) (normalize.ComponentStatus, error) {
	var status normalize.ComponentStatus
	err := v.queryRow(`
		SELECT status FROM component_changes WHERE component_id = ? AND at <= ?
		ORDER BY at DESC, component_change_id DESC LIMIT 1`,
		id, at).Scan(&status)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return status, err
}

// goneSince brings a component up to what an older list says of it, if no later list has it.
func (v *saver) goneSince(r *componentRow, c normalize.Component, position int, next *partsList, isNew bool) error {
	for next != nil && !next.whole {
		if _, shown := next.find(r); shown {
			return nil
		}
		var err error
		if next, err = v.listAfter(next.at); err != nil {
			return err
		}
	}
	unlisted := isNew || r.status == string(normalize.StatusUnknown) && r.vendorStatus == "" && r.goneAt == ""
	if next == nil {
		if !unlisted {
			return nil
		}
	} else {
		if _, shown := next.find(r); shown || !unlisted && (r.goneAt == "" || r.goneAt > next.at) {
			return nil
		}
		r.goneAt = next.at
	}
	r.name, r.position = c.Name, position
	if c.Group != "" || !madeKey(c.Key) {
		r.group = c.Group
	}
	if told(c) {
		r.status, r.vendorStatus = string(c.Status), c.VendorStatus
	}
	v.changed = true
	_, err := v.exec(`
		UPDATE components SET name = ?, group_name = ?, status = ?, vendor_status = ?, position = ?, gone_at = ?
		WHERE component_id = ?`,
		r.name, r.group, r.status, r.vendorStatus, r.position, db.Null(r.goneAt), r.id)
	return err
}

// nameComponents notes that a saved page which is older than others names components of an incident: they were known
// then, and some may have been taken off the incident since.
func (v *saver) nameComponents(components []normalize.Component) error {
	if !v.s.Archived || v.at >= v.source.latestAt || len(components) == 0 {
		return nil
	}
	if err := v.loadComponents(); err != nil {
		return err
	}
	taken := map[int64]bool{}
	for _, c := range components {
		r := v.findComponent(c, components, taken, map[int64]bool{})
		if r == nil {
			var err error
			if r, err = v.addComponent(c, len(v.components), false); err != nil {
				return fmt.Errorf("component %q: %w", c.Key, err)
			}
		}
		taken[r.id] = true
		if v.at >= r.firstSeen {
			continue
		}
		if _, err := v.exec(`UPDATE components SET first_seen_at = ? WHERE component_id = ?`, v.at, r.id); err != nil {
			return err
		}
		r.firstSeen, v.changed = v.at, true
	}
	return nil
}
