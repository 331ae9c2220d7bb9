package record

import (
	"context"
	"maps"
	"strconv"
	"time"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// unheard is for how long a page may go unread before another page's record tells its news in its place;
// daily reading is enough.
const unheard = 36 * time.Hour

// teller is a record that has news.
type teller struct {
	id        int64
	sameEvent int64 // 0 if no other page tells of its event
	announced bool
}

// tellOne writes the news of an incident that was stored.
func tellOne(ctx context.Context, tx *db.Tx, p pass, s stored) (change, error) {
	if s.older {
		return change{}, nil
	}
	all, announced, err := tell(ctx, tx, p, teller{s.rec.ID, s.rec.SameEvent, s.rec.Announced}, s.now, s.isNew, s.news,
		s.updateIDs)
	s.rec.Announced = announced
	return all, err
}

// tell writes the news of one incident, and returns whether its opening is thereby told. Of an event that
// several pages tell of, one record's news is told: that of the record whose opening was told, for as long
// as its page can be read and shows it; the others' news is written down and withheld. updateIDs finds the
// updates that the news speaks of.
func tell(ctx context.Context, tx *db.Tx, p pass, t teller, i normalize.Incident, isNew bool, news []normalize.News,
	updateIDs map[string]int64) (all change, told bool, err error) {
	heard, speaker, err := othersOf(ctx, tx, p, t)
	if err != nil {
		return all, t.announced, err
	}
	news, told = p.announcement(i, isNew, t.announced || heard != 0 && !isNew, news)
	if heard != 0 {
		told = t.announced
	}
	for n, one := range news {
		instead := speaker
		switch {
		case speaker != 0 || t.sameEvent == 0:
		case heard != 0 && isNew && n == 0:
			instead = heard // whatever may be said of that page now, the opening was told
		default:
			if instead, err = toldBy(ctx, tx, p, t, one, updateIDs[one.UpdateKey]); err != nil {
				return all, t.announced, err
			}
		}
		if instead != 0 {
			one.Detail = withSameEvent(one.Detail, instead)
		}
		if err := all.add(writeNews(ctx, tx, p, one.Kind, t.id, updateIDs[one.UpdateKey], one.Detail)); err != nil {
			return all, t.announced, err
		}
	}
	if told == t.announced {
		return all, told, nil
	}
	_, err = tx.Exec(ctx, `UPDATE incidents SET announced = ? WHERE incident_id = ?`, db.Bit(told), t.id)
	return all, told, err
}

func withSameEvent(detail map[string]string, id int64) map[string]string {
	detail = maps.Clone(detail)
	if detail == nil {
		detail = map[string]string{}
	}
	detail[sameEventAs] = strconv.FormatInt(id, 10)
	return detail
}

// othersOf returns the other record of t's event whose opening was told, and the one whose news is told
// in place of t's; 0 where there is none. Saved pages are read when somebody hands them in, so that
// for them only a page that refuses us counts as unread; otherwise so does one that is no longer watched.
func othersOf(ctx context.Context, tx *db.Tx, p pass, t teller) (heard, speaker int64, err error) {
	if t.sameEvent == 0 {
		return 0, 0, nil
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT o.incident_id,
			o.announced = 1 AND o.left_feed_at IS NULL AND s.consecutive_failures < ?1 AND (?2
			OR s.last_success_at >= ?3
				AND s.watched >= (SELECT watched FROM sources WHERE source_id = ?6))
		FROM incidents o JOIN sources s USING (source_id)
		WHERE o.same_event_id = ?4 AND o.incident_id <> ?5 AND (o.origin = 'vendor' OR o.origin = 'page'
				AND (SELECT t.origin FROM incidents t WHERE t.incident_id = ?5) IN ('probe', 'signal'))
			AND (o.announced = 1 OR EXISTS (SELECT 1 FROM events e
				WHERE e.incident_id = o.incident_id AND e.detail ->> 'late' = 'true'
				AND e.withheld IS NOT 'same_event'))
		ORDER BY o.incident_id <> ?4, o.incident_id`,
		failuresToReport, db.Bit(p.Archived), db.Stamp(p.At.Add(-unheard)), t.sameEvent, t.id, p.SourceID)
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var speaks bool
		if err := rows.Scan(&id, &speaks); err != nil {
			return 0, 0, err
		}
		if heard == 0 {
			heard = id
		}
		if speaks && speaker == 0 {
			speaker = id
		}
	}
	// Where several were announced before they were known to be one event, the one that stands for it
	// speaks, then the first stored.
	if t.announced && speaker != t.sameEvent && (t.id == t.sameEvent || t.id < speaker) {
		speaker = 0
	}
	return heard, speaker, rows.Err()
}

// toldBy returns the other record of t's event that told this piece of news while t's page could not be
// read, 0 if none did: the same post of the timeline, or the same turn since t was last heard, provided
// that it took no other turn afterwards.
func toldBy(ctx context.Context, tx *db.Tx, p pass, t teller, n normalize.News, updateID int64) (int64, error) {
	var id int64
	var err error
	if updateID != 0 {
		err = tx.QueryRowContext(ctx, `
			SELECT coalesce(min(x.incident_id), 0)
			FROM incident_updates u
			JOIN incidents o ON o.same_event_id = ?2 AND o.incident_id <> u.incident_id
			JOIN incident_updates x ON x.incident_id = o.incident_id AND x.state = u.state
				AND abs(julianday(x.posted_at) - julianday(u.posted_at)) * 1440 < 3
			JOIN events e ON e.update_id = x.update_id AND e.kind = ?3 AND e.withheld IS NOT 'same_event'
			WHERE u.update_id = ?1`, updateID, t.sameEvent, n.Kind).Scan(&id)
		return id, err
	}
	err = tx.QueryRowContext(ctx, `
		SELECT coalesce(min(o.incident_id), 0)
		FROM incidents o JOIN events e USING (incident_id)
		WHERE o.same_event_id = ?1 AND o.incident_id <> ?2 AND e.kind = ?3 AND coalesce(e.detail ->> 'to', '') = ?4
			AND (SELECT CASE ?3 WHEN 'severity_changed' THEN o.severity = i.severity ELSE o.state = i.state END
				FROM incidents i WHERE i.incident_id = ?2)
			AND e.withheld IS NOT 'same_event' AND e.event_id > coalesce((
				SELECT max(m.event_id) FROM events m WHERE m.incident_id = ?2 AND m.withheld IS NOT 'same_event'
				AND m.at < ?5), 0)`,
		t.sameEvent, t.id, n.Kind, n.Detail["to"], p.at).Scan(&id)
	return id, err
}
