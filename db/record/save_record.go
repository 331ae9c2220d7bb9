package record

import (
	"fmt"
	"slices"
	"strconv"
	"time"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// saveIncident stores one incident whose words are new. records is brought up to date, so that a second
// reading of the same incident in one scrape finds the first.
func (v *saver) saveIncident(records map[string]*record, seen normalize.Incident) (stored, error) {
	rec := records[seen.Key]
	isNew := rec == nil
	if isNew {
		rec = &record{firstSeen: v.at, updates: map[string]*updateRow{}, components: map[int64]bool{}}
	}
	older := !isNew && v.s.Archived && v.at < rec.words.newest()
	change, differs := v.compare(rec, seen, isNew, older)
	out := stored{rec: rec, isNew: isNew, differs: differs, older: older}
	raws := rec.incident.Raws
	if differs {
		merged := change.Incident
		newRaws, words, err := addWords(raws, rec.words, seen.Raws, v.at)
		if err != nil {
			return out, err
		}
		if err := v.writeIncident(rec, merged, newRaws, words, isNew); err != nil {
			return out, err
		}
		if err := v.writeUpdates(rec, merged.Updates); err != nil {
			return out, err
		}
		if err := v.writeAffected(rec, merged.Components); err != nil {
			return out, err
		}
		merged.Raws = newRaws
		rec.incident, rec.words = merged, words
	}
	records[seen.Key] = rec
	if err := v.writeRevisions(rec, change.Edits, older); err != nil {
		return out, err
	}
	if err := v.seenEarlier(rec, seen); err != nil || older {
		return out, err
	}
	if v.s.AllOpen || len(change.News) > 0 || normalize.State(rec.row.state).Over() {
		if err := v.seenAgain(rec.id, rec.leftFeed); err != nil {
			return out, err
		}
		rec.leftFeed = ""
	}
	out.now, out.news, out.updateIDs = rec.incident, change.News, rec.updateIDs()
	out.now.State = normalize.State(rec.row.state)
	return out, v.writeRemoved(rec, raws, seen)
}

// compare finds what is new in a reading. Pages older than the stored words add what is missing and
// contradict nothing; where the stored words differ from them, the vendor made an edit in between.
func (v *saver) compare(rec *record, seen normalize.Incident, isNew, older bool) (normalize.Change, bool) {
	known := map[string]normalize.Incident{}
	if !isNew {
		known[seen.Key] = rec.incident
	}
	if !older {
		changes := normalize.Diff(known, []normalize.Incident{seen})
		if len(changes) == 0 {
			return normalize.Change{}, false
		}
		return changes[0], true
	}
	newer, before := rec.incident, seen
	newer.UpdatedAt, before.UpdatedAt = v.s.At.Add(time.Hour), v.s.At
	change := normalize.Change{Incident: normalize.Merge(newer, before)}
	change.Incident.UpdatedAt = rec.incident.UpdatedAt
	if change.Incident.UpdatedAt.IsZero() {
		change.Incident.UpdatedAt = seen.UpdatedAt
	}
	for _, c := range normalize.Diff(map[string]normalize.Incident{seen.Key: before}, []normalize.Incident{newer}) {
		change.Edits = c.Edits
	}
	return change, true
}

func (v *saver) writeIncident(rec *record, i normalize.Incident, raws []normalize.Raw, words wordsIndex, isNew bool) error {
	row, err := rowOf(i, raws, words)
	if err != nil || !isNew && row == rec.row {
		return err
	}
	v.changed = true
	if isNew {
		rec.id, err = v.insert(`
			INSERT INTO incidents (kind, title, url, severity, state, vendor_severity, vendor_state,
				started_at, resolved_at, scheduled_start_at, scheduled_end_at, created_at, updated_at,
				stated_duration_seconds, start_given, excerpt, raw, raw_index, source_id, source_key, first_seen_at, announced)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
			append(row.args(), v.s.SourceID, i.Key, v.at)...)
		v.saved.Incidents++
		v.added[rec.id] = true
	} else {
		_, err = v.exec(`
			UPDATE incidents SET kind = ?, title = ?, url = ?, severity = ?, state = ?, vendor_severity = ?, vendor_state = ?,
				started_at = ?, resolved_at = ?, scheduled_start_at = ?, scheduled_end_at = ?, created_at = ?, updated_at = ?,
				stated_duration_seconds = ?, start_given = ?, excerpt = ?, raw = ?, raw_index = ?
			WHERE incident_id = ?`, append(row.args(), rec.id)...)
	}
	rec.row = row
	return err
}

// writeUpdates makes the stored timeline equal to updates. A row keeps its id when a better key of its
// update is known.
func (v *saver) writeUpdates(rec *record, updates []normalize.Update) error {
	rows := make([]*updateRow, len(updates))
	taken := map[*updateRow]bool{}
	take := func(n int, key string, same func(r *updateRow) bool) {
		if r := rec.updates[key]; rows[n] == nil && r != nil && !taken[r] && same(r) {
			rows[n], taken[r] = r, true
		}
	}
	// Keys made of minute and state can shift between posts of one minute: the text decides first.
	for n, u := range updates {
		take(n, u.Key, func(r *updateRow) bool { return r.update.Body == u.Body })
	}
	for n, u := range updates {
		take(n, u.Key, func(*updateRow) bool { return true })
		take(n, u.Was, func(*updateRow) bool { return true })
	}
	used := map[string]bool{}
	for r := range taken {
		used[r.key] = true
	}
	for n, u := range updates {
		if u.State == "" {
			u.State = normalize.StateUnknown
		}
		if rows[n] == nil {
			u.Key = unusedKey(u.Key, used)
			r, err := v.insertUpdate(rec.id, n, u)
			if err != nil {
				return fmt.Errorf("update %q: %w", u.Key, err)
			}
			rec.updates[u.Key] = r
			used[u.Key] = true
			continue
		}
		r := rows[n]
		if u.Key != r.key && (used[u.Key] || rec.updates[u.Key] != nil) {
			u.Key = r.key
		}
		used[u.Key] = true
		if err := v.changeUpdate(rec, r, n, u); err != nil {
			return fmt.Errorf("update %q: %w", u.Key, err)
		}
	}
	return nil
}

func unusedKey(key string, used map[string]bool) string {
	if key == "" {
		key = "@"
	}
	free := key
	for n := 2; used[free]; n++ {
		free = key + "#" + strconv.Itoa(n)
	}
	return free
}

func (v *saver) insertUpdate(incidentID int64, position int, u normalize.Update) (*updateRow, error) {
	id, err := v.insert(`
		INSERT INTO incident_updates (incident_id, source_key, position, state, vendor_state, posted_at, created_at, body, first_seen_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		incidentID, u.Key, position, u.State, u.VendorState, db.Null(db.Stamp(u.PostedAt)), db.Null(db.Stamp(u.CreatedAt)), u.Body, v.at)
	v.saved.Updates++
	v.changed = true
	return &updateRow{id: id, key: u.Key, position: position, update: u, firstSeen: v.at}, err
}

func (v *saver) changeUpdate(rec *record, r *updateRow, position int, u normalize.Update) error {
	u.Was, r.update.Was = "", ""
	if r.position == position && r.update == u {
		return nil
	}
	_, err := v.exec(`
		UPDATE incident_updates SET source_key = ?, position = ?, state = ?, vendor_state = ?, posted_at = ?, created_at = ?, body = ?
		WHERE update_id = ?`,
		u.Key, position, u.State, u.VendorState, db.Null(db.Stamp(u.PostedAt)), db.Null(db.Stamp(u.CreatedAt)), u.Body, r.id)
	delete(rec.updates, r.key)
	r.key, r.position, r.update = u.Key, position, u
	rec.updates[u.Key] = r
	v.changed = true
	return err
}

// writeRevisions records the vendor's edits. What older pages show was edited between them and the
// newest words, and may be on record already.
func (v *saver) writeRevisions(rec *record, edits []normalize.Edit, older bool) error {
	ids := rec.updateIDs()
	seenAt := v.at
	if older {
		seenAt = rec.words.newest()
	}
	for _, e := range edits {
		n, err := v.exec(`
			INSERT INTO revisions (incident_id, update_id, field, old_value, new_value, seen_at)
			SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT ?7 OR NOT EXISTS (
				SELECT 1 FROM revisions WHERE incident_id = ?1 AND update_id IS ?2 AND field = ?3 AND old_value = ?4)`,
			rec.id, db.NullID(ids[e.UpdateKey]), e.Field, e.Old, e.New, seenAt, db.Bit(older))
		if err != nil {
			return fmt.Errorf("revision of %s: %w", e.Field, err)
		}
		v.saved.Revisions += int(n)
		v.changed = v.changed || n > 0
	}
	return nil
}

func (r *record) updateIDs() map[string]int64 {
	ids := map[string]int64{}
	for key, u := range r.updates {
		ids[key] = u.id
	}
	return ids
}

// seenEarlier moves first_seen_at back to the time of older saved pages that show the same.
func (v *saver) seenEarlier(rec *record, seen normalize.Incident) error {
	if !v.s.Archived {
		return nil
	}
	if v.at < rec.firstSeen {
		if _, err := v.exec(`UPDATE incidents SET first_seen_at = ? WHERE incident_id = ?`, v.at, rec.id); err != nil {
			return err
		}
		rec.firstSeen, v.changed = v.at, true
	}
	for _, u := range seen.Updates {
		r := rec.find(u)
		if r == nil || v.at >= r.firstSeen {
			continue
		}
		if _, err := v.exec(`UPDATE incident_updates SET first_seen_at = ? WHERE update_id = ?`, v.at, r.id); err != nil {
			return err
		}
		r.firstSeen, v.changed = v.at, true
	}
	return nil
}

// find returns the stored update that u is a reading of, by key, or by text and minute where the stored
// one has a better key; nil if there is none.
func (r *record) find(u normalize.Update) *updateRow {
	if row := r.updates[u.Key]; row != nil {
		return row
	}
	for _, row := range r.updates {
		if alike(row.update, u) {
			return row
		}
	}
	return nil
}

func alike(a, b normalize.Update) bool {
	return a.Body == b.Body && a.PostedAt.Truncate(time.Minute).Equal(b.PostedAt.Truncate(time.Minute))
}

// writeRemoved marks updates that a document used to show and does not show any more, and takes the
// mark back when one returns. Documents that show a part of the timeline prove nothing.
func (v *saver) writeRemoved(rec *record, stored []normalize.Raw, seen normalize.Incident) error {
	shown := func(u normalize.Update, among []normalize.Update) bool {
		return slices.ContainsFunc(among, func(s normalize.Update) bool { return s.Key == u.Key || alike(s, u) })
	}
	for _, row := range rec.updates {
		if row.removedAt != "" && shown(row.update, seen.Updates) {
			if err := v.setRemoved(row, ""); err != nil {
				return err
			}
		}
	}
	for _, raw := range seen.Raws {
		n := slices.IndexFunc(stored, func(r normalize.Raw) bool { return r.Document == raw.Document })
		if n < 0 || raw.Excerpt || stored[n].Excerpt || len(stored[n].Updates) == 0 {
			continue
		}
		// Both are read with the same words, so that a platform's own do not make a difference.
		was, _ := normalize.Incidents([]normalize.Raw{stored[n]}, normalize.Words{})
		is, _ := normalize.Incidents([]normalize.Raw{raw}, normalize.Words{})
		if len(was) != 1 || len(is) != 1 {
			continue
		}
		for _, u := range was[0].Updates {
			row := rec.find(u)
			if row == nil || row.removedAt != "" || shown(u, is[0].Updates) || shown(row.update, seen.Updates) {
				continue
			}
			if err := v.setRemoved(row, v.at); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *saver) setRemoved(row *updateRow, at string) error {
	_, err := v.exec(`UPDATE incident_updates SET removed_at = ? WHERE update_id = ?`, db.Null(at), row.id)
	row.removedAt, v.changed = at, true
	return err
}
