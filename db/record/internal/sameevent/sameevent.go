// Package sameevent finds the records of a vendor's several pages that tell of one event, and says which of them
// stands for it.
package sameevent

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/normalize"
	"vendorwatch/normalize/event"
)

// nearby is how far from an incident's start or end the records of the same event are looked for.
const nearby = 24 * time.Hour

// Around returns the times, as stored, between which records of the same event may begin or end; empty for no time.
func Around(t time.Time) (from, to string) {
	if t.IsZero() {
		return "", ""
	}
	return db.Stamp(t.Add(-nearby)), db.Stamp(t.Add(nearby))
}

// Link finds the records of the vendor's other pages that tell of the same events as those just stored of a source.
// It runs when all of a scrape is stored, so that the order within a page does not decide. It keeps SameEvent of the
// records true, and reports whether a row is different.
func Link(ctx context.Context, tx *db.Tx, sourceID int64, stored []*incidents.Record) (bool, error) {
	sources, err := vendorSources(ctx, tx, sourceID)
	if err != nil || len(sources) < 2 {
		return false, err
	}
	list, err := db.JSON(sources)
	if err != nil {
		return false, err
	}
	changed := false
	l := linking{sourceID: sourceID, sources: list, loaded: map[int64]*incidents.Record{}}
	done := map[int64]bool{}
	for _, rec := range stored {
		if done[rec.ID] {
			continue
		}
		done[rec.ID] = true
		different, err := l.linkOne(ctx, tx, rec)
		if err != nil {
			return changed, fmt.Errorf("incident %d: records of the same event: %w", rec.ID, err)
		}
		changed = changed || different
	}
	return changed, nil
}

// crowd is how many records near one are compared with it. Where there are more, it stays alone: which of so many it is
// could not be told, and a page that has thousands of one day would take hours.
const crowd = 400

// linking is what Link needs of one record after the other.
type linking struct {
	sourceID int64
	sources  string                      // of the vendor, as JSON
	loaded   map[int64]*incidents.Record // rows that were near an earlier record; the page's own are as stored just now
}

func (l linking) linkOne(ctx context.Context, tx *db.Tx, rec *incidents.Record) (bool, error) {
	others, err := l.near(ctx, tx, rec)
	if err != nil {
		return false, err
	}
	if rec.SameEvent == 0 {
		return link(ctx, tx, l.sourceID, rec, others)
	}
	return unlinkIfWrong(ctx, tx, rec, others)
}

// vendorSources returns all pages of the vendor whose page this is.
func vendorSources(ctx context.Context, tx *db.Tx, sourceID int64) ([]int64, error) {
	return scan.Column[int64](ctx, tx, `SELECT source_id FROM sources WHERE vendor_id = (SELECT vendor_id FROM sources
		WHERE source_id = ?)`, sourceID)
}

// neighbour is a record of the vendor that begins or ends near another.
type neighbour struct {
	*incidents.Record
	source int64
	taken  bool // its event has a record of the page that is being saved
}

// event is the event that it tells of, by the id of the record that stands for it.
func (n neighbour) event() int64 {
	if n.SameEvent != 0 {
		return n.SameEvent
	}
	return n.ID
}

// near loads the vendor's records that begin or end within a day of rec, whatever page they are of, and those of its
// event among them. It loads none where there is a crowd of them.
func (l linking) near(ctx context.Context, tx *db.Tx, rec *incidents.Record) ([]neighbour, error) {
	i := rec.Incident
	begins := i.StartedAt
	if i.Kind == normalize.KindMaintenance && !i.ScheduledStartAt.IsZero() {
		begins = i.ScheduledStartAt
	}
	from, to := Around(begins)
	endFrom, endTo := Around(i.ResolvedAt)
	var found []neighbour
	missing := map[int64]*incidents.Record{}
	err := scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		var n neighbour
		var id, event int64
		if err := row.Scan(&id, &n.source, &event, &n.taken); err != nil {
			return err
		}
		if n.Record = l.loaded[id]; n.Record == nil {
			n.Record = incidents.New("")
			l.loaded[id], missing[id] = n.Record, n.Record
		}
		n.ID, n.SameEvent = id, event
		found = append(found, n)
		return nil
	}, `
		SELECT i.incident_id, i.source_id, coalesce(i.same_event_id, 0), EXISTS (
			SELECT 1 FROM incidents o WHERE o.same_event_id = i.same_event_id AND o.source_id = ?1)
		FROM incidents i WHERE i.incident_id <> ?2 AND i.origin IN ('vendor', 'page') AND i.incident_id IN (
			SELECT incident_id FROM incidents WHERE source_id IN (SELECT value FROM json_each(?3))
			AND started_at BETWEEN ?4 AND ?5
			UNION
			SELECT incident_id FROM incidents WHERE source_id IN (SELECT value FROM json_each(?3))
			AND scheduled_start_at BETWEEN ?4 AND ?5
			UNION
			SELECT incident_id FROM incidents WHERE source_id IN (SELECT value FROM json_each(?3))
			AND resolved_at BETWEEN ?6 AND ?7)
		ORDER BY i.same_event_id IS NULL OR i.same_event_id <> ?8, i.incident_id LIMIT ?9`,
		l.sourceID, rec.ID, l.sources, from, to, endFrom, endTo, rec.SameEvent, crowd+1)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	if err := incidents.LoadRows(ctx, tx, missing); err != nil {
		return nil, err
	}
	if len(found) > crowd && rec.SameEvent == 0 {
		return nil, nil
	}
	return found, nil
}

// link makes rec one with the event of other pages that it tells of. It stays alone where there is doubt:
// more than one event that it may be, or more than one record of its own page that may be that event.
func link(ctx context.Context, tx *db.Tx, sourceID int64, rec *incidents.Record, near []neighbour) (bool, error) {
	var match *neighbour
	for _, n := range near {
		if n.source == sourceID || n.taken || !event.Same(rec.Incident, n.Incident) {
			continue
		}
		if match != nil && match.event() != n.event() {
			return false, nil
		}
		match = &n
	}
	if match == nil {
		return false, nil
	}
	for _, n := range near {
		if n.source == sourceID && n.SameEvent == 0 && event.Same(n.Incident, match.Incident) {
			return false, nil
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE incidents SET same_event_id = ?1 WHERE incident_id IN (?1, ?2)`, match.event(),
		rec.ID); err != nil {
		return false, err
	}
	var err error
	rec.SameEvent, err = standFor(ctx, tx, match.event())
	return true, err
}

// unlinkIfWrong takes rec out of its event where its vendor moved it so far away, or made it so different
// a thing, that it would not even be compared with the others. A lesser edit does not unlink: that the
// records said the same once tells more than that they say it differently now.
func unlinkIfWrong(ctx context.Context, tx *db.Tx, rec *incidents.Record, near []neighbour) (bool, error) {
	for _, n := range near {
		if n.SameEvent == rec.SameEvent &&
			(n.Incident.Kind == normalize.KindMaintenance) == (rec.Incident.Kind == normalize.KindMaintenance) {
			return false, nil
		}
	}
	if rec.Incident.StartedAt.IsZero() && rec.Incident.ScheduledStartAt.IsZero() && rec.Incident.ResolvedAt.IsZero() {
		return false, nil // nothing says that it is elsewhere
	}
	event := rec.SameEvent
	if _, err := tx.Exec(ctx, `UPDATE incidents SET same_event_id = NULL WHERE incident_id = ?`, rec.ID); err != nil {
		return false, err
	}
	rec.SameEvent = 0
	_, err := standFor(ctx, tx, event)
	return true, err
}

// standFor lets the best of an event's records stand for it, and returns its id: one of the vendor's own
// page before those of an aggregator or a feed, which say less and later, then the first stored. A record
// that is left alone stands for nothing.
func standFor(ctx context.Context, tx *db.Tx, event int64) (int64, error) {
	var records int
	var best int64
	err := tx.QueryRowContext(ctx, `
		SELECT count(*) OVER (), i.incident_id FROM incidents i JOIN sources s USING (source_id)
		WHERE i.same_event_id = ?
		ORDER BY i.origin <> 'vendor', i.origin <> 'page', s.platform IN ('pingoru', 'feed'), i.incident_id LIMIT 1`,
		event).Scan(&records, &best)
	if err != nil {
		return 0, err
	}
	if records < 2 {
		best = 0
	}
	_, err = tx.Exec(ctx, `
		UPDATE incidents SET same_event_id = ?1 WHERE same_event_id = ?2 AND same_event_id IS NOT ?1`,
		db.NullID(best), event)
	return best, err
}
