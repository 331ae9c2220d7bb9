package record

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// saveIncident stores what was read of one incident, and makes its record again of all that was. records is brought
// up to date, so that a second reading of the same incident in one scrape finds the first.
func (v *saver) saveIncident(records map[string]*record, seen normalize.Incident) (stored, error) {
	rec := records[seen.Key]
	isNew := rec == nil
	if isNew {
		rec = &record{firstSeen: v.at, updates: map[string]*updateRow{}, components: map[int64]bool{}}
	}
	records[seen.Key] = rec
	out := stored{rec: rec, isNew: isNew, older: !isNew && v.s.Archived && v.at < rec.words.newest()}
	unchangedUntil := ""
	if v.s.AllOpen && !v.s.Archived && !v.s.Backfill && rec.leftFeed == "" {
		unchangedUntil = v.source.lastSuccess // it was on the list all the time
	}
	added, err := rec.history.add(seen.Raws, v.at, unchangedUntil, v.s.Archived)
	if err != nil {
		return out, err
	}
	var was *normalize.Incident
	if !isNew {
		known := rec.incident
		was = &known
	}
	var edits []normalize.Revision
	if added {
		out.differs = true
		if edits, err = v.fold(rec, seen.Key, isNew); err != nil {
			return out, err
		}
		if err := v.nameComponents(seen.Components); err != nil {
			return out, err
		}
	}
	if out.older {
		return out, nil
	}
	if out.differs {
		out.news = normalize.NewsOf(was, rec.incident, edits)
	}
	if v.s.AllOpen || len(out.news) > 0 || normalize.State(rec.row.state).Over() {
		if err := v.seenAgain(rec.id, rec.leftFeed); err != nil {
			return out, err
		}
		rec.leftFeed = ""
	}
	out.now, out.updateIDs = rec.incident, rec.updateIDs()
	out.now.State = normalize.State(rec.row.state)
	return out, nil
}

// fold makes an incident's record of its readings, writes what differs from what is stored, and returns the edits
// that this scrape was the first to show.
func (v *saver) fold(rec *record, key string, isNew bool) ([]normalize.Revision, error) {
	readings, err := rec.history.readings(v.s.Words, v.words)
	if err != nil {
		return nil, err
	}
	f := normalize.Fold(readings)
	f.Incident.Key = key
	index := rec.history.index(f.Held)
	v.held = v.held || len(f.Held) > 0
	if err := v.writeIncident(rec, f, index, isNew); err != nil {
		return nil, err
	}
	if err := v.storeReadings(rec); err != nil {
		return nil, err
	}
	if err := v.writeUpdates(rec, f.Updates); err != nil {
		return nil, err
	}
	if err := v.writeAffected(rec, f.Incident.Components); err != nil {
		return nil, err
	}
	for n := range f.Incident.Updates {
		f.Incident.Updates[n].Was = rec.was[f.Incident.Updates[n].Key]
	}
	rec.incident, rec.words = f.Incident, index
	if err := v.writeProblems(key, f.Findings); err != nil {
		return nil, err
	}
	return v.writeRevisions(rec, f.Revisions)
}

func (v *saver) writeIncident(rec *record, f normalize.Record, words wordsIndex, isNew bool) error {
	i := f.Incident
	row, err := rowOf(f, words)
	if err != nil || !isNew && row == rec.row {
		return err
	}
	v.changed = true
	if isNew {
		rec.id, err = v.insert(`
			INSERT INTO incidents (kind, title, url, severity, state, vendor_severity, vendor_state,
				started_at, resolved_at, scheduled_start_at, scheduled_end_at, created_at, updated_at,
				stated_duration_seconds, start_given, excerpt, raw, raw_index,
				started_basis, resolved_basis, resolved_after, first_seen_at, source_id, source_key, announced)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
			append(row.args(), v.s.SourceID, i.Key)...)
		v.saved.Incidents++
		v.added[rec.id] = true
	} else {
		_, err = v.exec(`
			UPDATE incidents SET kind = ?, title = ?, url = ?, severity = ?, state = ?, vendor_severity = ?,
			vendor_state = ?,
				started_at = ?, resolved_at = ?, scheduled_start_at = ?, scheduled_end_at = ?, created_at = ?,
				updated_at = ?,
				stated_duration_seconds = ?, start_given = ?, excerpt = ?, raw = ?, raw_index = ?,
				started_basis = ?, resolved_basis = ?, resolved_after = ?, first_seen_at = ?
			WHERE incident_id = ?`, append(row.args(), rec.id)...)
	}
	rec.row, rec.firstSeen = row, row.firstSeen
	return err
}

// writeUpdates makes the stored timeline equal to posts. A row keeps its id when a better key of its post is known.
func (v *saver) writeUpdates(rec *record, posts []normalize.Post) error {
	rows := rec.match(posts)
	kept := map[*updateRow]bool{}
	for n, r := range rows {
		if r == nil {
			continue
		}
		kept[r] = true
		if r.key == posts[n].Key {
			continue
		}
		// Another row may have the key now that this one is to have.
		if _, err := v.exec(`UPDATE incident_updates SET source_key = '~' || update_id WHERE update_id = ?`,
			r.id); err != nil {
			return err
		}
	}
	for _, r := range rec.updates {
		if !kept[r] {
			if err := v.dropUpdate(r); err != nil {
				return fmt.Errorf("update %q: %w", r.key, err)
			}
		}
	}
	rec.was = map[string]string{}
	updates := make(map[string]*updateRow, len(posts))
	for n, p := range posts {
		r := rows[n]
		var err error
		if r == nil {
			r, err = v.insertUpdate(rec.id, n, p)
		} else {
			rec.was[p.Key] = r.key
			err = v.changeUpdate(r, n, p)
		}
		if err != nil {
			return fmt.Errorf("update %q: %w", p.Key, err)
		}
		updates[r.key] = r
	}
	rec.updates = updates
	return nil
}

// match finds the stored row of each post, nil for one that is new. Keys made of minute and state can shift between
// posts of one minute: the text decides first.
func (r *record) match(posts []normalize.Post) []*updateRow {
	rows := make([]*updateRow, len(posts))
	taken := make(map[*updateRow]bool, len(posts))
	take := func(n int, row *updateRow) {
		if row != nil && rows[n] == nil && !taken[row] {
			rows[n], taken[row] = row, true
		}
	}
	for n, p := range posts {
		if row := r.updates[p.Key]; row != nil && row.update.Body == p.Body {
			take(n, row)
		}
	}
	for n, p := range posts {
		take(n, r.updates[p.Key])
	}
	for n, p := range posts {
		for _, key := range p.Keys {
			take(n, r.updates[key])
			take(n, r.updates["@"+strings.TrimPrefix(key, "@")]) // a row from before the page moved
		}
	}
	if len(taken) == len(r.updates) {
		return rows
	}
	for n, p := range posts {
		if rows[n] != nil {
			continue
		}
		for _, row := range r.sorted() {
			if alike(row.update, p.Update) {
				take(n, row)
			}
		}
	}
	return rows
}

// sorted returns the rows in the order of the timeline.
func (r *record) sorted() []*updateRow {
	rows := slices.Collect(maps.Values(r.updates))
	slices.SortFunc(rows, func(a, b *updateRow) int { return cmp.Compare(a.position, b.position) })
	return rows
}

func (v *saver) insertUpdate(incidentID int64, position int, p normalize.Post) (*updateRow, error) {
	r := rowOfUpdate(position, p)
	var err error
	r.id, err = v.insert(`
		INSERT INTO incident_updates (source_key, position, state, vendor_state, posted_at, created_at, body,
		first_seen_at, removed_at, incident_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(r.args(), incidentID)...)
	v.saved.Updates++
	v.changed = true
	return r, err
}

func rowOfUpdate(position int, p normalize.Post) *updateRow {
	u := p.Update
	u.Was = ""
	if u.State == "" {
		u.State = normalize.StateUnknown
	}
	return &updateRow{key: u.Key, position: position, update: u, firstSeen: db.Stamp(p.FirstSeen),
		removedAt: db.Stamp(p.RemovedAt)}
}

func (r *updateRow) args() []any {
	return []any{r.key, r.position, r.update.State, r.update.VendorState, db.Null(db.Stamp(r.update.PostedAt)),
		db.Null(db.Stamp(r.update.CreatedAt)), r.update.Body, r.firstSeen, db.Null(r.removedAt)}
}

func (v *saver) changeUpdate(r *updateRow, position int, p normalize.Post) error {
	now := rowOfUpdate(position, p)
	now.id = r.id
	r.update.Was = ""
	if *r == *now {
		return nil
	}
	*r = *now
	v.changed = true
	_, err := v.exec(`
		UPDATE incident_updates SET source_key = ?, position = ?, state = ?, vendor_state = ?, posted_at = ?,
		created_at = ?, body = ?,
			first_seen_at = ?, removed_at = ?
		WHERE update_id = ?`, append(r.args(), r.id)...)
	return err
}

// dropUpdate takes away a row whose post is another's, as a reading that came late has shown.
func (v *saver) dropUpdate(r *updateRow) error {
	v.changed = true
	for _, query := range []string{
		`UPDATE events SET update_id = NULL WHERE update_id = ?`,
		`DELETE FROM revisions WHERE update_id = ?`,
		`DELETE FROM incident_updates WHERE update_id = ?`,
	} {
		if _, err := v.exec(query, r.id); err != nil {
			return err
		}
	}
	return nil
}

// writeRevisions makes the stored edits of an incident equal to those that its readings show, and returns those that
// this scrape was the first to show.
func (v *saver) writeRevisions(rec *record, edits []normalize.Revision) ([]normalize.Revision, error) {
	type row struct {
		update         int64
		field, old, is string
		seen           string
	}
	known := map[row][]int64{}
	if err := v.each(func(rows scanner) error {
		var id int64
		var r row
		if err := rows.Scan(&id, &r.update, &r.field, &r.old, &r.is, &r.seen); err != nil {
			return err
		}
		known[r] = append(known[r], id)
		return nil
	}, `SELECT revision_id, coalesce(update_id, 0), field, old_value, new_value, seen_at FROM revisions
		WHERE incident_id = ?`, rec.id); err != nil {
		return nil, err
	}
	var fresh []normalize.Revision
	ids := rec.updateIDs()
	for _, e := range edits {
		r := row{ids[e.UpdateKey], e.Field, e.Old, e.New, db.Stamp(e.Seen)}
		if same := known[r]; len(same) > 0 {
			known[r] = same[1:]
			continue
		}
		if _, err := v.exec(`INSERT INTO revisions (incident_id, update_id, field, old_value, new_value, seen_at)
			VALUES (?, ?, ?, ?, ?, ?)`,
			rec.id, db.NullID(r.update), r.field, r.old, r.is, r.seen); err != nil {
			return nil, fmt.Errorf("revision of %s: %w", e.Field, err)
		}
		v.saved.Revisions++
		v.changed = true
		if r.seen == v.at {
			fresh = append(fresh, e)
		}
	}
	for _, left := range known {
		for _, id := range left { // between the two there was another reading, or none of the sort
			if _, err := v.exec(`DELETE FROM revisions WHERE revision_id = ?`, id); err != nil {
				return nil, err
			}
			v.changed = true
		}
	}
	return fresh, nil
}

func (r *record) updateIDs() map[string]int64 {
	ids := map[string]int64{}
	for key, u := range r.updates {
		ids[key] = u.id
	}
	return ids
}

func alike(a, b normalize.Update) bool {
	return a.Body == b.Body && a.PostedAt.Truncate(time.Minute).Equal(b.PostedAt.Truncate(time.Minute))
}
