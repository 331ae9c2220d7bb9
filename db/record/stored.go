package record

import (
	"encoding/json"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// record is an incident as it is stored, whole.
type record struct {
	id         int64
	firstSeen  string
	leftFeed   string
	announced  bool
	sameEvent  int64 // the record that stands for the event; 0 if it is alone
	words      wordsIndex
	row        incidentRow
	incident   normalize.Incident
	history    history               // all that was read
	was        map[string]string     // by the key of an update, the key that it had before
	updates    map[string]*updateRow // by key
	components map[int64]bool
}

// incidentRow is what a reading decides of a row of incidents, as bound; empty is NULL where the column
// may be. Two of them are equal if nothing is to be written.
type incidentRow struct {
	kind, title, url, severity, state, vendorSeverity, vendorState                            string
	startedAt, resolvedAt, scheduledStartAt, scheduledEndAt, createdAt, updatedAt, raw, index string
	statedSeconds                                                                             int64
	startGiven, excerpt                                                                       bool
	startedBasis, resolvedBasis, resolvedAfter, firstSeen                                     string
}

func (r *incidentRow) args() []any {
	var stated any
	if r.statedSeconds > 0 {
		stated = r.statedSeconds
	}
	return []any{r.kind, r.title, r.url, r.severity, r.state, r.vendorSeverity, r.vendorState,
		db.Null(r.startedAt), db.Null(r.resolvedAt), db.Null(r.scheduledStartAt), db.Null(r.scheduledEndAt),
		db.Null(r.createdAt), db.Null(r.updatedAt),
		stated, db.Bit(r.startGiven), db.Bit(r.excerpt), r.raw, r.index,
		db.Null(r.startedBasis), db.Null(r.resolvedBasis), db.Null(r.resolvedAfter), r.firstSeen}
}

// rowOf gives an incident the form of its row. An end before its start is left unknown: the schema has
// no negative durations, and normalize has told of the contradiction.
func rowOf(f normalize.Record, words wordsIndex) (incidentRow, error) {
	i := f.Incident
	r := incidentRow{
		kind: string(i.Kind), title: i.Title, url: i.URL, severity: string(i.Severity), state: string(i.State),
		vendorSeverity: i.VendorSeverity, vendorState: i.VendorState,
		startedAt: db.Stamp(i.StartedAt), resolvedAt: db.Stamp(i.ResolvedAt),
		scheduledStartAt: db.Stamp(i.ScheduledStartAt), scheduledEndAt: db.Stamp(i.ScheduledEndAt),
		createdAt: db.Stamp(i.CreatedAt), updatedAt: db.Stamp(i.UpdatedAt),
		statedSeconds: int64(i.StatedDuration / time.Second), startGiven: i.StartGiven, excerpt: i.Excerpt,
		startedBasis: string(f.StartedBasis), resolvedBasis: string(f.ResolvedBasis),
		resolvedAfter: db.Stamp(f.ResolvedAfter),
		firstSeen:     db.Stamp(f.FirstSeen),
	}
	if r.kind == "" {
		r.kind = string(normalize.KindIncident)
	}
	if r.severity == "" {
		r.severity = string(normalize.SeverityUnknown)
	}
	if r.state == "" {
		r.state = string(normalize.StateUnknown)
	}
	if r.resolvedAt < r.startedAt {
		r.resolvedAt, r.resolvedBasis, r.resolvedAfter = "", "", ""
	}
	if r.scheduledEndAt < r.scheduledStartAt {
		r.scheduledEndAt = ""
	}
	var err error
	if r.raw, err = db.JSON(append([]normalize.Raw{}, i.Raws...)); err != nil {
		return r, err
	}
	r.index, err = db.JSON(words)
	return r, err
}

// updateRow is a row of incident_updates.
type updateRow struct {
	id        int64
	key       string
	position  int
	update    normalize.Update
	firstSeen string
	removedAt string
}

// records loads what is stored of the incidents that differ, by key.
func (v *saver) records(differ []normalize.Incident, headers map[string]*header) (map[string]*record, error) {
	byKey, byID := map[string]*record{}, map[int64]*record{}
	var ids []int64
	for _, i := range differ {
		if h := headers[i.Key]; h != nil && byKey[i.Key] == nil {
			r := &record{id: h.id, firstSeen: h.firstSeen, leftFeed: h.leftFeed, announced: h.announced,
				sameEvent: h.sameEvent, words: h.words, updates: map[string]*updateRow{}, components: map[int64]bool{}}
			r.incident.Key = i.Key
			byKey[i.Key], byID[h.id] = r, r
			ids = append(ids, h.id)
		}
	}
	if len(ids) == 0 {
		return byKey, nil
	}
	list, err := db.JSON(ids)
	if err != nil {
		return nil, err
	}
	for _, load := range []func(string, map[int64]*record) error{v.loadIncidents, v.loadUpdates, v.loadAffected,
		v.loadReadings} {
		if err := load(list, byID); err != nil {
			return nil, err
		}
	}
	return byKey, nil
}

func (v *saver) loadIncidents(ids string, byID map[int64]*record) error {
	rows, err := v.query(`
		SELECT incident_id, kind, title, url, severity, state, vendor_severity, vendor_state,
			coalesce(started_at, ''), coalesce(resolved_at, ''), coalesce(scheduled_start_at, ''),
			coalesce(scheduled_end_at, ''),
			coalesce(created_at, ''), coalesce(updated_at, ''), coalesce(stated_duration_seconds, 0), start_given,
			excerpt, raw, raw_index,
			coalesce(started_basis, ''), coalesce(resolved_basis, ''), coalesce(resolved_after, ''), first_seen_at
		FROM incidents WHERE incident_id IN (SELECT value FROM json_each(?))`, ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var r incidentRow
		if err := rows.Scan(&id, &r.kind, &r.title, &r.url, &r.severity, &r.state, &r.vendorSeverity, &r.vendorState,
			&r.startedAt, &r.resolvedAt, &r.scheduledStartAt, &r.scheduledEndAt, &r.createdAt, &r.updatedAt,
			&r.statedSeconds, &r.startGiven, &r.excerpt, &r.raw, &r.index,
			&r.startedBasis, &r.resolvedBasis, &r.resolvedAfter, &r.firstSeen); err != nil {
			return err
		}
		i := &byID[id].incident
		i.Kind, i.Title, i.URL = normalize.Kind(r.kind), r.title, r.url
		i.Severity, i.State = normalize.Severity(r.severity), normalize.State(r.state)
		i.VendorSeverity, i.VendorState = r.vendorSeverity, r.vendorState
		i.StatedDuration, i.StartGiven, i.Excerpt = time.Duration(r.statedSeconds)*time.Second, r.startGiven, r.excerpt
		if err := db.ParseStamps(map[*time.Time]string{
			&i.StartedAt: r.startedAt, &i.ResolvedAt: r.resolvedAt, &i.ScheduledStartAt: r.scheduledStartAt,
			&i.ScheduledEndAt: r.scheduledEndAt, &i.CreatedAt: r.createdAt, &i.UpdatedAt: r.updatedAt,
		}); err != nil {
			return fmt.Errorf("incident %d: %w", id, err)
		}
		if err := json.Unmarshal([]byte(r.raw), &i.Raws); err != nil {
			return fmt.Errorf("raw of incident %d: %w", id, err)
		}
		byID[id].row = r
	}
	return rows.Err()
}

func (v *saver) loadUpdates(ids string, byID map[int64]*record) error {
	rows, err := v.query(`
		SELECT incident_id, update_id, source_key, position, state, vendor_state, coalesce(posted_at, ''),
		coalesce(created_at, ''),
			body, first_seen_at, coalesce(removed_at, '')
		FROM incident_updates WHERE incident_id IN (SELECT value FROM json_each(?)) ORDER BY incident_id, position`,
		ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var posted, created string
		r := &updateRow{}
		if err := rows.Scan(&id, &r.id, &r.key, &r.position, &r.update.State, &r.update.VendorState, &posted, &created,
			&r.update.Body, &r.firstSeen, &r.removedAt); err != nil {
			return err
		}
		if err := db.ParseStamps(map[*time.Time]string{&r.update.PostedAt: posted,
			&r.update.CreatedAt: created}); err != nil {
			return fmt.Errorf("update %d: %w", r.id, err)
		}
		r.update.Key = r.key
		byID[id].updates[r.key] = r
		byID[id].incident.Updates = append(byID[id].incident.Updates, r.update)
	}
	return rows.Err()
}

func (v *saver) loadAffected(ids string, byID map[int64]*record) error {
	rows, err := v.query(`
		SELECT ic.incident_id, c.component_id, c.source_key, c.name, c.group_name, c.status, c.vendor_status
		FROM incident_components ic JOIN components c USING (component_id)
		WHERE ic.incident_id IN (SELECT value FROM json_each(?)) ORDER BY ic.incident_id, c.component_id`, ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, componentID int64
		var c normalize.Component
		if err := rows.Scan(&id, &componentID, &c.Key, &c.Name, &c.Group, &c.Status, &c.VendorStatus); err != nil {
			return err
		}
		byID[id].components[componentID] = true
		byID[id].incident.Components = append(byID[id].incident.Components, c)
	}
	return rows.Err()
}
