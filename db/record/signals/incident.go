package signals

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/internal/pages"
	"vendorwatch/normalize"
	"vendorwatch/normalize/signal"
)

// still is for how long after the vendor's own end a failing probe is not taken for new trouble.
const still = 10 * time.Minute

// lateWord is for how long after the end of our own incident a post of the vendor is taken to be about it.
const lateWord = 30 * time.Minute

// recent is for how long such a post may go on before it is over.
const recent = 24 * time.Hour

// Vendor is what our own checks and alerts tell of a vendor, and where that is kept.
type Vendor struct {
	SourceID int64 // the page whose record has the incident
	PageURL  string
	Open     int64 // our incident that is open; 0 for none
	Burning  bool  // a probe fails, or a signal burns
}

// Of returns that of a vendor. Without a page there is no record to keep it in, and SourceID is 0.
func Of(ctx context.Context, tx *db.Tx, vendorID int64) (v Vendor, err error) {
	err = scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		return row.Scan(&v.SourceID, &v.PageURL, &v.Open, &v.Burning)
	}, `
		SELECT s.source_id, s.page_url, coalesce(i.incident_id, 0),
			EXISTS (SELECT 1 FROM probes WHERE vendor_id = ?1 AND watched = 1 AND state = 'failing')
			OR EXISTS (SELECT 1 FROM signals WHERE vendor_id = ?1 AND ended_at IS NULL)
		FROM sources s LEFT JOIN incidents i ON i.source_id = s.source_id AND i.open = 1
			AND i.origin IN ('probe', 'signal')
		WHERE s.vendor_id = ?1 ORDER BY i.incident_id IS NULL, s.watched = 0, s.source_id LIMIT 1`, vendorID)
	return v, err
}

// Recent returns our incidents of a vendor that ended a short time ago: the vendor may post them now.
func Recent(ctx context.Context, tx *db.Tx, vendorID int64, now time.Time) ([]int64, error) {
	return scan.Column[int64](ctx, tx, `
		SELECT i.incident_id FROM incidents i JOIN sources s USING (source_id)
		WHERE s.vendor_id = ? AND i.origin IN ('probe', 'signal') AND i.ended = 1 AND i.started_at > ?
			AND i.resolved_at > ? AND coalesce(i.same_event_id, i.incident_id) = i.incident_id`,
		vendorID, db.Stamp(now.AddDate(-1, 0, 0)), db.Stamp(now.Add(-recent)))
}

// Load loads one of our incidents.
func Load(ctx context.Context, tx *db.Tx, id int64) (*incidents.Record, error) {
	rec := incidents.New("")
	rec.ID = id
	err := tx.QueryRowContext(ctx, `SELECT source_key, announced, coalesce(same_event_id, 0), first_seen_at
		FROM incidents WHERE incident_id = ?`, id).Scan(&rec.Incident.Key, &rec.Announced, &rec.SameEvent,
		&rec.FirstSeen)
	if err != nil {
		return nil, err
	}
	return rec, incidents.LoadRows(ctx, tx, map[int64]*incidents.Record{id: rec})
}

// OverAndBurning reports whether what the vendor posted of our incident is over for a while, and it burns all the
// same.
func OverAndBurning(ctx context.Context, tx *db.Tx, rec *incidents.Record, vendorID int64) (yes bool, err error) {
	if rec.SameEvent == 0 {
		return false, nil
	}
	err = tx.QueryRowContext(ctx, `
		SELECT count(*) > 0 FROM incidents i, probes p
		WHERE i.incident_id = ?1 AND i.ended = 1 AND p.vendor_id = ?2 AND p.watched = 1 AND p.state = 'failing'
			AND p.last_miss_at > strftime('%Y-%m-%dT%H:%M:%fZ', i.resolved_at, ?3)`, rec.SameEvent, vendorID,
		fmt.Sprintf("+%d seconds", int(still.Seconds()))).Scan(&yes)
	return yes, err
}

// burning are the causes that last, of a vendor, in the columns of incident_signals.
const burning = `
	SELECT name, probe_id, NULL AS signal_id, max(failing_since_at, coalesce((
			SELECT max(o.to_at) FROM incident_signals o WHERE o.probe_id = probes.probe_id), '')) AS from_at,
		last_ok_at AS ok_before_at, severity,
		'The check “' || name || '” (' || url || ') fails: ' || last_error AS text
	FROM probes WHERE vendor_id = ?1 AND watched = 1 AND state = 'failing'
	UNION ALL
	SELECT name, NULL, signal_id, max(started_at, coalesce((
			SELECT max(o.to_at) FROM incident_signals o WHERE o.signal_id = signals.signal_id), '')), NULL, severity,
		'The alert “' || name || '” burns' || CASE summary WHEN '' THEN '.' ELSE ': ' || summary END
	FROM signals WHERE vendor_id = ?1 AND ended_at IS NULL`

// Join adds to an incident what burns and is not part of it.
func Join(ctx context.Context, tx *db.Tx, id, vendorID int64, at string) error {
	_, err := tx.Exec(ctx, `
		INSERT OR IGNORE INTO incident_signals (incident_id, name, probe_id, signal_id, from_at, seen_at, ok_before_at,
			severity, text)
		SELECT ?2, b.name, b.probe_id, b.signal_id, b.from_at, ?3,
			CASE WHEN b.ok_before_at <= b.from_at THEN b.ok_before_at END, b.severity, b.text
		FROM (`+burning+`) b
		WHERE NOT EXISTS (SELECT 1 FROM incident_signals x WHERE x.incident_id = ?2 AND x.to_at IS NULL
			AND (x.probe_id = b.probe_id OR x.signal_id = b.signal_id))`, vendorID, id, at)
	return err
}

// Leave ends the causes of an incident that are over; all of them where everything is.
func Leave(ctx context.Context, tx *db.Tx, id, vendorID int64, at string, all bool) error {
	_, err := tx.Exec(ctx, `
		UPDATE incident_signals AS x SET
			to_at = max(seen_at, coalesce((SELECT CASE WHEN p.state <> 'failing' AND p.watched = 1
					THEN p.last_ok_at END FROM probes p WHERE p.probe_id = x.probe_id),
				(SELECT g.ended_at FROM signals g WHERE g.signal_id = x.signal_id), ?3)),
			miss_before_at = (SELECT p.last_miss_at FROM probes p WHERE p.probe_id = x.probe_id)
		WHERE incident_id = ?2 AND to_at IS NULL AND (?4 OR NOT EXISTS (SELECT 1 FROM (`+burning+`) b
			WHERE b.probe_id = x.probe_id OR b.signal_id = x.signal_id))`, vendorID, id, at, db.Bit(all))
	return err
}

// causeRow is a row of incident_signals.
type causeRow struct {
	Name     string `db:"name"`
	Origin   string `db:"origin = CASE WHEN probe_id IS NULL THEN 'signal' ELSE 'probe' END"`
	From     string `db:"from_at"`
	Seen     string `db:"seen_at"`
	To       string `db:"to_at"`
	Calm     string `db:"ok_before_at"`
	Miss     string `db:"miss_before_at"`
	Severity string `db:"severity"`
	Text     string `db:"text"`
}

var causeColumns = scan.Of[causeRow]("")

// Causes returns what an incident is made of.
func Causes(ctx context.Context, tx *db.Tx, id int64) ([]signal.Cause, error) {
	rows, err := causeColumns.All(ctx, tx, `SELECT `+causeColumns.Columns+` FROM incident_signals
		WHERE incident_id = ? ORDER BY seen_at, name, text`, id)
	return causesOf(rows, err)
}

// Burning returns what burns now.
func Burning(ctx context.Context, tx *db.Tx, vendorID int64, at string) ([]signal.Cause, error) {
	rows, err := causeColumns.All(ctx, tx, `
		SELECT name, CASE WHEN probe_id IS NULL THEN 'signal' ELSE 'probe' END AS origin, from_at, ?2 AS seen_at,
			NULL AS to_at, ok_before_at, NULL AS miss_before_at, severity, text
		FROM (`+burning+`) ORDER BY name, text`, vendorID, at)
	return causesOf(rows, err)
}

func causesOf(rows []causeRow, err error) ([]signal.Cause, error) {
	if err != nil {
		return nil, err
	}
	var out []signal.Cause
	for _, row := range rows {
		c := signal.Cause{Name: row.Name, Text: row.Text}
		if err := scanCause(row, &c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// Page is what a vendor's pages say meanwhile.
func Page(ctx context.Context, tx *db.Tx, vendorID int64, linked bool) (signal.Page, error) {
	if linked {
		return signal.PageSays, nil
	}
	var watched, unread, red int
	err := tx.QueryRowContext(ctx, `
		SELECT count(*), count(CASE WHEN last_success_at IS NULL OR consecutive_failures > 0 THEN 1 END),
			count(CASE WHEN page_severity NOT IN ('none') THEN 1 END)
		FROM sources WHERE vendor_id = ? AND watched = 1`, vendorID).Scan(&watched, &unread, &red)
	switch {
	case red > 0:
		return signal.PageSays, err
	case unread > 0 || watched == 0:
		return signal.PageUnread, err
	}
	return signal.PageSilent, err
}

// Link makes one of our incidents one event with the one that the vendor posted, or that its page shows, at its time,
// and returns that one's number, 0 if there is none. That one stands for the event.
func Link(ctx context.Context, tx *db.Tx, vendorID int64, rec *incidents.Record) (int64, error) {
	start := rec.Incident.StartedAt
	end, over := "9999", !rec.Incident.ResolvedAt.IsZero()
	if over {
		end = db.Stamp(rec.Incident.ResolvedAt.Add(lateWord))
	}
	// What has been open for long without a word is about something else. What is posted after the end of ours is told
	// by itself, and becomes one event with ours when it is over, too.
	var theirs, event int64
	err := scan.EachRow(ctx, tx, func(row scan.Scanner) error { return row.Scan(&theirs, &event) }, `
		SELECT i.incident_id, coalesce(i.same_event_id, i.incident_id)
		FROM incidents i JOIN sources s USING (source_id)
		WHERE s.vendor_id = ?1 AND i.origin IN ('vendor', 'page') AND i.kind = 'incident' AND i.stateless = 0
			AND i.first_seen_at <= ?3 AND coalesce(i.started_at, i.first_seen_at) <= ?3
			AND (i.open = 1 OR coalesce(i.resolved_at, i.left_feed_at) >= ?2) AND (i.open = 0 OR NOT ?5)
			AND (i.first_seen_at > ?4
				OR EXISTS (SELECT 1 FROM events e WHERE e.incident_id = i.incident_id AND e.at > ?4))
			AND NOT EXISTS (SELECT 1 FROM filtered_incidents f WHERE f.incident_id = i.incident_id)
		ORDER BY i.origin <> 'vendor', i.first_seen_at, i.incident_id LIMIT 1`, vendorID, db.Stamp(start), end,
		db.Stamp(start.Add(-24*time.Hour)), db.Bit(over))
	if err != nil {
		return 0, err
	}
	if theirs == 0 || rec.SameEvent == event {
		return theirs, nil
	}
	if err := pages.Unlink(ctx, tx, rec); err != nil {
		return 0, err
	}
	rec.SameEvent = event
	_, err = tx.Exec(ctx, `UPDATE incidents SET same_event_id = ?1 WHERE incident_id IN (?1, ?2, ?3)`, event, theirs,
		rec.ID)
	return theirs, err
}

func scanCause(row causeRow, c *signal.Cause) error {
	c.Origin, c.Severity = normalize.Origin(row.Origin), normalize.Severity(row.Severity)
	return db.ParseStamps(map[*time.Time]string{&c.From: row.From, &c.Seen: row.Seen, &c.To: row.To,
		&c.Calm: row.Calm, &c.Miss: row.Miss})
}

// Watching returns the vendor of a page, if one of our incidents of it is open or ended a short time ago; 0 otherwise.
func Watching(ctx context.Context, tx *db.Tx, sourceID int64, now time.Time) (vendorID int64, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT coalesce(max(p.vendor_id), 0) FROM sources p JOIN sources s USING (vendor_id)
		JOIN incidents i ON i.source_id = s.source_id
		WHERE p.source_id = ?1 AND i.origin IN ('probe', 'signal') AND i.started_at > ?2
			AND (i.open = 1 OR i.resolved_at > ?3)`, sourceID, db.Stamp(now.AddDate(-1, 0, 0)),
		db.Stamp(now.Add(-recent))).Scan(&vendorID)
	return vendorID, err
}

// withOpen returns the vendors that have an open incident of ours.
func withOpen(ctx context.Context, tx *db.Tx) ([]int64, error) {
	return scan.Column[int64](ctx, tx, `SELECT DISTINCT s.vendor_id FROM incidents i JOIN sources s USING (source_id)
		WHERE i.open = 1 AND i.origin IN ('probe', 'signal')`)
}
