package board

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// touching is SQL that is true where the incident i touches, or may touch, the service in parameter ?2.
const touching = ` AND (?2 = '' OR EXISTS (SELECT 1 FROM v_service_incidents x
	WHERE x.incident_id = i.incident_id AND x.service = ?2 COLLATE NOCASE))`

// openRow is what is read of each open incident to choose those that are shown.
type openRow struct {
	IncidentID int64  `db:"incident_id"`
	LastWordAt string `db:"last_word_at"`
}

// Open are the open incidents of a scope, and how many there are.
type Open struct {
	Live        []query.Incident // the worst first, and then the newest
	LiveTotal   int
	Silent      []query.Incident // those of which nothing was heard for long, in the same order
	SilentTotal int
}

// Open returns what is known to be open: at most limit incidents of which something was heard since quiet, and as many
// others.
func (d *DB) Open(ctx context.Context, s Scope, quiet time.Time, limit int) (o Open, err error) {
	list, err := s.Vendors.list()
	if err != nil {
		return o, err
	}
	rows, err := openRowOf.All(ctx, d.read, `
		SELECT i.incident_id, coalesce((SELECT max(coalesce(u.posted_at, u.first_seen_at))
			FROM incident_updates u WHERE u.incident_id = i.incident_id), i.first_seen_at) AS last_word_at
		FROM incidents i JOIN sources s USING (source_id)
		WHERE `+query.OpenWatched+` AND i.kind = 'incident' AND `+of(`s.vendor_id`)+touching+`
		ORDER BY `+query.WorstFirst+`, coalesce(i.started_at, i.scheduled_start_at, i.first_seen_at) DESC,
			i.incident_id DESC`, list, s.Service)
	if err != nil {
		return o, fmt.Errorf("open incidents: %w", err)
	}
	var live, silent []int64
	for _, r := range rows {
		if r.LastWordAt < db.Stamp(quiet) {
			silent = append(silent, r.IncidentID)
		} else {
			live = append(live, r.IncidentID)
		}
	}
	o.LiveTotal, o.SilentTotal = len(live), len(silent)
	if o.Live, err = d.incidents(ctx, live[:min(limit, len(live))]); err != nil {
		return o, err
	}
	o.Silent, err = d.incidents(ctx, silent[:min(limit, len(silent))])
	return o, err
}

var (
	openRowOf   = scan.Of[openRow]("")
	incidentRow = scan.Of[query.Incident]("i")
)

// incidents returns incidents in the order of their numbers in the list.
func (d *DB) incidents(ctx context.Context, ids []int64) ([]query.Incident, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := db.JSON(ids)
	if err != nil {
		return nil, err
	}
	found, err := incidentRow.All(ctx, d.read, `SELECT `+incidentRow.Columns+` FROM json_each(?1) j
		CROSS JOIN v_incidents i ON i.incident_id = j.value ORDER BY j.key`, list)
	if err != nil {
		return nil, fmt.Errorf("incidents: %w", err)
	}
	return found, nil
}

// Work is planned work of a scope, and how much there is.
type Work struct {
	Running      []query.Incident // under way, by the beginning of the window
	RunningTotal int
	Next         []query.Incident // planned, by the beginning of the window
	NextTotal    int
}

// Work returns the maintenances that are under way at now, and those whose window begins between now and until, at most
// limit of each.
func (d *DB) Work(ctx context.Context, s Scope, now, until time.Time, limit int) (w Work, err error) {
	list, err := s.Vendors.list()
	if err != nil {
		return w, err
	}
	rows, err := workRow.All(ctx, d.read, `
		SELECT i.incident_id, i.state IN ('in_progress', 'verifying') AS running
		FROM incidents i JOIN sources s USING (source_id)
		WHERE i.kind = 'maintenance' AND i.open = 1 AND coalesce(i.same_event_id, i.incident_id) = i.incident_id
			AND (i.state IN ('in_progress', 'verifying')
				OR coalesce(i.scheduled_start_at, i.started_at, i.first_seen_at) BETWEEN ?3 AND ?4)
			AND `+of(`s.vendor_id`)+touching+`
		ORDER BY coalesce(i.scheduled_start_at, i.started_at, i.first_seen_at), i.incident_id`, list, s.Service,
		db.Stamp(now), db.Stamp(until))
	if err != nil {
		return w, fmt.Errorf("planned work: %w", err)
	}
	var running, next []int64
	for _, r := range rows {
		if r.Running {
			running = append(running, r.IncidentID)
		} else {
			next = append(next, r.IncidentID)
		}
	}
	w.RunningTotal, w.NextTotal = len(running), len(next)
	if w.Running, err = d.incidents(ctx, running[:min(limit, len(running))]); err != nil {
		return w, err
	}
	w.Next, err = d.incidents(ctx, next[:min(limit, len(next))])
	return w, err
}

var workRow = scan.Of[struct {
	IncidentID int64 `db:"incident_id"`
	Running    bool  `db:"running"`
}]("")

// News is a piece of news as an overview shows it.
type News struct {
	EventID    int64               `db:"event_id"`
	Kind       normalize.EventKind `db:"kind"`
	At         string              `db:"at"`
	SourceID   int64               `db:"source_id"`
	IncidentID int64               `db:"incident_id"` // 0: it is about a component or the page
	Detail     map[string]string   `db:"detail"`
	Vendor     string              `db:"vendor = v.slug"` // slug
	VendorName string              `db:"vendor_name = coalesce(nullif(v.name, ''), v.slug)"`
	Title      string              `db:"title = i.title"` // of the incident
	Severity   string              `db:"severity = i.severity"`
	OfKind     string              `db:"of_kind = i.kind"` // kind of the incident
}

var newsRow = scan.Of[News]("e")

// News returns the news of a scope that was seen since a moment, the newest first and at most limit. News that is told
// elsewhere or was old when it was read is not in it.
func (d *DB) News(ctx context.Context, s Scope, since time.Time, limit int) ([]News, error) {
	list, err := s.Vendors.list()
	if err != nil {
		return nil, err
	}
	news, err := newsRow.All(ctx, d.read, `
		SELECT `+newsRow.Columns+`
		FROM events e CROSS JOIN sources s USING (source_id) CROSS JOIN vendors v USING (vendor_id)
		LEFT JOIN incidents i ON i.incident_id = e.incident_id
		WHERE e.event_id IN (
			SELECT n.event_id FROM events n CROSS JOIN sources s USING (source_id)
			LEFT JOIN incidents i USING (incident_id)
			WHERE n.at >= ?3 AND n.withheld IS NULL AND `+of(`s.vendor_id`)+touching+`
			ORDER BY n.at DESC, n.event_id DESC LIMIT ?4)
		ORDER BY e.at DESC, e.event_id DESC`, list, s.Service, db.Stamp(since), limit)
	if err != nil {
		return nil, fmt.Errorf("news: %w", err)
	}
	return news, nil
}

// Present returns how the vendors of a scope do at a moment, as query.Present has it.
func (d *DB) Present(ctx context.Context, s Scope, now time.Time) (query.Present, error) {
	all, err := d.query.Present(ctx, now)
	if err != nil || s.Vendors == nil {
		return all, err
	}
	list, err := s.Vendors.list()
	if err != nil {
		return all, err
	}
	some := query.Present{Vendors: len(s.Vendors)}
	err = d.read.QueryRowContext(ctx, `SELECT count(DISTINCT vendor_id) FROM sources
		WHERE watched = 1 AND vendor_id IN (SELECT value FROM json_each(?1))`, list).Scan(&some.Watched)
	if err != nil {
		return some, fmt.Errorf("vendors: %w", err)
	}
	chosen := map[int64]bool{}
	for _, id := range s.Vendors {
		chosen[id] = true
	}
	some.Readable = some.Watched
	for _, v := range all.Unwell {
		if !chosen[v.VendorID] {
			continue
		}
		some.Unwell = append(some.Unwell, v)
		if !v.Readable() {
			some.Readable--
		}
	}
	return some, nil
}
