package record

import (
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// nearby is how far from an incident's start or end the records of the same event are looked for.
const nearby = 24 * time.Hour

// stored is an incident as it was just stored, and what is to be told of it.
type stored struct {
	rec       *record
	now       normalize.Incident // as it stood then: a second reading in the same scrape may change it again
	isNew     bool
	differs   bool             // the reading brought something
	older     bool             // read from pages older than the stored words: nothing is told
	news      []normalize.News //
	updateIDs map[string]int64 // of the news
}

// linkEvents finds the records of the vendor's other pages that tell of the same events as those just
// stored. It runs when all of a scrape is stored, so that the order within a page does not decide.
func (v *saver) linkEvents(all []stored) error {
	sources, err := v.vendorSources()
	if err != nil || len(sources) < 2 {
		return err
	}
	list, err := db.JSON(sources)
	if err != nil {
		return err
	}
	done := map[int64]bool{}
	for _, s := range all {
		if !s.differs || done[s.rec.id] {
			continue
		}
		done[s.rec.id] = true
		near, err := v.near(s.rec, list)
		if err != nil {
			return fmt.Errorf("incident %d: records of the same event: %w", s.rec.id, err)
		}
		if s.rec.sameEvent == 0 {
			err = v.link(s.rec, near)
		} else {
			err = v.unlinkIfWrong(s.rec, near)
		}
		if err != nil {
			return fmt.Errorf("incident %d: records of the same event: %w", s.rec.id, err)
		}
	}
	return nil
}

// vendorSources returns all pages of the vendor whose page this is.
func (v *saver) vendorSources() ([]int64, error) {
	rows, err := v.query(`SELECT source_id FROM sources WHERE vendor_id = (SELECT vendor_id FROM sources
		WHERE source_id = ?)`, v.s.SourceID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// neighbour is a record of the vendor that begins or ends near another.
type neighbour struct {
	*record
	source int64
	taken  bool // its event has a record of the page that is being saved
}

// event is the event that it tells of, by the id of the record that stands for it.
func (n neighbour) event() int64 {
	if n.sameEvent != 0 {
		return n.sameEvent
	}
	return n.id
}

// near loads the vendor's records that begin or end within a day of rec, whatever page they are of.
func (v *saver) near(rec *record, sources string) ([]neighbour, error) {
	i := rec.incident
	begins := i.StartedAt
	if i.Kind == normalize.KindMaintenance && !i.ScheduledStartAt.IsZero() {
		begins = i.ScheduledStartAt
	}
	around := func(t time.Time) (from, to string) {
		if t.IsZero() {
			return "", ""
		}
		return db.Stamp(t.Add(-nearby)), db.Stamp(t.Add(nearby))
	}
	from, to := around(begins)
	endFrom, endTo := around(i.ResolvedAt)
	rows, err := v.query(`
		SELECT i.incident_id, i.source_id, coalesce(i.same_event_id, 0), EXISTS (
			SELECT 1 FROM incidents o WHERE o.same_event_id = i.same_event_id AND o.source_id = ?1)
		FROM incidents i WHERE i.incident_id <> ?2 AND i.incident_id IN (
			SELECT incident_id FROM incidents WHERE source_id IN (SELECT value FROM json_each(?3))
			AND started_at BETWEEN ?4 AND ?5
			UNION
			SELECT incident_id FROM incidents WHERE source_id IN (SELECT value FROM json_each(?3))
			AND scheduled_start_at BETWEEN ?4 AND ?5
			UNION
			SELECT incident_id FROM incidents WHERE source_id IN (SELECT value FROM json_each(?3))
			AND resolved_at BETWEEN ?6 AND ?7)
		ORDER BY i.incident_id`, v.s.SourceID, rec.id, sources, from, to, endFrom, endTo)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var near []neighbour
	byID, ids := map[int64]*record{}, []int64{}
	for rows.Next() {
		n := neighbour{record: &record{updates: map[string]*updateRow{}, components: map[int64]bool{}}}
		if err := rows.Scan(&n.id, &n.source, &n.sameEvent, &n.taken); err != nil {
			return nil, err
		}
		near, ids = append(near, n), append(ids, n.id)
		byID[n.id] = n.record
	}
	if err := rows.Err(); err != nil || len(near) == 0 {
		return nil, err
	}
	list, err := db.JSON(ids)
	if err != nil {
		return nil, err
	}
	if err := v.loadIncidents(list, byID); err != nil {
		return nil, err
	}
	return near, v.loadUpdates(list, byID)
}

// link makes rec one with the event of other pages that it tells of. It stays alone where there is doubt:
// more than one event that it may be, or more than one record of its own page that may be that event.
func (v *saver) link(rec *record, near []neighbour) error {
	var match *neighbour
	for _, n := range near {
		if n.source == v.s.SourceID || n.taken || !normalize.SameEvent(rec.incident, n.incident) {
			continue
		}
		if match != nil && match.event() != n.event() {
			return nil
		}
		match = &n
	}
	if match == nil {
		return nil
	}
	for _, n := range near {
		if n.source == v.s.SourceID && n.sameEvent == 0 && normalize.SameEvent(n.incident, match.incident) {
			return nil
		}
	}
	if _, err := v.exec(`UPDATE incidents SET same_event_id = ?1 WHERE incident_id IN (?1, ?2)`, match.event(),
		rec.id); err != nil {
		return err
	}
	v.changed = true
	var err error
	rec.sameEvent, err = v.standFor(match.event())
	return err
}

// unlinkIfWrong takes rec out of its event where its vendor moved it so far away, or made it so different
// a thing, that it would not even be compared with the others. A lesser edit does not unlink: that the
// records said the same once tells more than that they say it differently now.
func (v *saver) unlinkIfWrong(rec *record, near []neighbour) error {
	for _, n := range near {
		if n.sameEvent == rec.sameEvent &&
			(n.incident.Kind == normalize.KindMaintenance) == (rec.incident.Kind == normalize.KindMaintenance) {
			return nil
		}
	}
	if rec.incident.StartedAt.IsZero() && rec.incident.ScheduledStartAt.IsZero() && rec.incident.ResolvedAt.IsZero() {
		return nil // nothing says that it is elsewhere
	}
	event := rec.sameEvent
	if _, err := v.exec(`UPDATE incidents SET same_event_id = NULL WHERE incident_id = ?`, rec.id); err != nil {
		return err
	}
	v.changed, rec.sameEvent = true, 0
	_, err := v.standFor(event)
	return err
}

// standFor lets the best of an event's records stand for it, and returns its id: one of the vendor's own
// page before those of an aggregator or a feed, which say less and later, then the first stored. A record
// that is left alone stands for nothing.
func (v *saver) standFor(event int64) (int64, error) {
	var records int
	var best int64
	err := v.queryRow(`
		SELECT count(*) OVER (), i.incident_id FROM incidents i JOIN sources s USING (source_id)
		WHERE i.same_event_id = ? ORDER BY s.platform IN ('pingoru', 'feed'), i.incident_id LIMIT 1`,
		event).Scan(&records, &best)
	if err != nil {
		return 0, err
	}
	if records < 2 {
		best = 0
	}
	_, err = v.exec(`UPDATE incidents SET same_event_id = ?1 WHERE same_event_id = ?2 AND same_event_id IS NOT ?1`,
		db.NullID(best), event)
	return best, err
}
