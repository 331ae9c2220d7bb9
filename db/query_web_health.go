package db

import (
	"context"
	"database/sql"
	"fmt"
)

// notOver is what a maintenance is until it ends, one whose window has long passed without a word included.
const notOver = `i.state NOT IN ('resolved', 'completed', 'cancelled') AND i.left_feed_at IS NULL`

// windowBegin is what maintenances are put in order by.
const windowBegin = `coalesce(i.scheduled_start_at, i.started_at, i.first_seen_at)`

// MaintenanceAhead returns the maintenances that are planned or under way, by their windows, at most limit of them.
func (d *DB) MaintenanceAhead(ctx context.Context, limit int) ([]Incident, error) {
	incidents, err := d.incidents(ctx, selectIncident+`
		WHERE i.incident_id IN (
			SELECT i.incident_id FROM incidents i WHERE `+notOver+` AND i.kind = 'maintenance' AND `+standing+`
			ORDER BY `+windowBegin+`, i.incident_id LIMIT ?)
		ORDER BY `+windowBegin+`, i.incident_id`, limit)
	if err != nil {
		return nil, fmt.Errorf("maintenance ahead: %w", err)
	}
	return incidents, nil
}

// MaintenancePast returns the maintenances that are over or left their page, the latest window first, limit of
// them from offset on.
func (d *DB) MaintenancePast(ctx context.Context, limit, offset int) ([]Incident, error) {
	incidents, err := d.incidents(ctx, selectIncident+`
		WHERE i.incident_id IN (
			SELECT i.incident_id FROM incidents i WHERE NOT (`+notOver+`) AND i.kind = 'maintenance' AND `+standing+`
			ORDER BY `+windowBegin+` DESC, i.incident_id DESC LIMIT ? OFFSET ?)
		ORDER BY `+windowBegin+` DESC, i.incident_id DESC`, limit, offset)
	if err != nil {
		return nil, fmt.Errorf("maintenance past: %w", err)
	}
	return incidents, nil
}

// SourcesPage returns the health of status pages, those that cannot be read first and then by vendor, limit of
// them from offset on, and how many pages there are.
func (d *DB) SourcesPage(ctx context.Context, limit, offset int) ([]SourceHealth, int, error) {
	var total int
	if err := d.read.QueryRowContext(ctx, `SELECT count(*) FROM sources`).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("sources: %w", err)
	}
	health, err := list(ctx, d.read, scanHealth, selectHealth+`
		WHERE source_id IN (
			SELECT s.source_id FROM sources s JOIN vendors v USING (vendor_id)
			ORDER BY s.watched = 0, s.consecutive_failures = 0, s.last_success_at IS NOT NULL, v.slug, s.source_id LIMIT ? OFFSET ?)
		ORDER BY watched = 0, consecutive_failures = 0, last_success_at IS NOT NULL, vendor, source_id`, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("sources: %w", err)
	}
	return health, total, nil
}

// UnreadableSources returns the watched pages whose last attempt failed and those never read, the longest
// failing first, at most limit of them, and how many there are.
func (d *DB) UnreadableSources(ctx context.Context, limit int) ([]SourceHealth, int, error) {
	var total int
	err := d.read.QueryRowContext(ctx, `SELECT count(*) FROM sources WHERE watched = 1 AND (consecutive_failures > 0 OR last_success_at IS NULL)`).Scan(&total)
	if err != nil {
		return nil, 0, fmt.Errorf("unreadable sources: %w", err)
	}
	health, err := list(ctx, d.read, scanHealth, selectHealth+`
		WHERE source_id IN (
			SELECT source_id FROM sources WHERE watched = 1 AND (consecutive_failures > 0 OR last_success_at IS NULL)
			ORDER BY failing_since_at IS NULL, failing_since_at, source_id LIMIT ?)
		ORDER BY failing_since IS NULL, failing_since, source_id`, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("unreadable sources: %w", err)
	}
	return health, total, nil
}

// ScrapeRow is a row of scrapes with its vendor.
type ScrapeRow struct {
	Vendor        string // slug
	VendorName    string
	PageURL       string
	StartedAt     string
	TookMS        int64
	Outcome       Outcome
	HTTPStatus    int // 0 if there was no answer
	Requests      int
	Bytes         int64
	IncidentsSeen int
	Error         string
}

// RecentScrapes returns the last passes over sources, the newest first.
func (d *DB) RecentScrapes(ctx context.Context, limit int) ([]ScrapeRow, error) {
	scrapes, err := list(ctx, d.read, func(r *sql.Rows, s *ScrapeRow) error {
		return r.Scan(&s.Vendor, &s.VendorName, &s.PageURL, &s.StartedAt, &s.TookMS, &s.Outcome, &s.HTTPStatus, &s.Requests, &s.Bytes, &s.IncidentsSeen, &s.Error)
	}, `
		SELECT v.slug, coalesce(nullif(v.name, ''), v.slug), s.page_url, x.started_at, x.took_ms, x.outcome, coalesce(x.http_status, 0),
			x.requests, x.bytes, x.incidents_seen, coalesce(x.error, '')
		FROM (SELECT * FROM scrapes ORDER BY started_at DESC, scrape_id DESC LIMIT ?) x
		JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		ORDER BY x.started_at DESC, x.scrape_id DESC`, limit)
	if err != nil {
		return nil, fmt.Errorf("recent scrapes: %w", err)
	}
	return scrapes, nil
}

// FindingRow is a finding with its vendor and, where it is of an incident, that incident.
type FindingRow struct {
	Finding
	Vendor     string // slug
	VendorName string
	IncidentID int64 // 0 if it is of the page or of a component
}

// RecentFindings returns what could not be read, seen last first.
func (d *DB) RecentFindings(ctx context.Context, limit int) ([]FindingRow, error) {
	findings, err := list(ctx, d.read, func(r *sql.Rows, f *FindingRow) error {
		return r.Scan(&f.FindingID, &f.SourceID, &f.SourceKey, &f.Field, &f.Value, &f.Problem, &f.FirstSeenAt, &f.LastSeenAt, &f.TimesSeen,
			&f.Vendor, &f.VendorName, &f.IncidentID)
	}, `
		SELECT f.finding_id, f.source_id, f.source_key, f.field, f.value, f.problem, f.first_seen_at, f.last_seen_at, f.times_seen,
			v.slug, coalesce(nullif(v.name, ''), v.slug), coalesce(i.incident_id, 0)
		FROM (SELECT * FROM findings ORDER BY last_seen_at DESC, finding_id DESC LIMIT ?) f
		JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		LEFT JOIN incidents i ON i.source_id = f.source_id AND i.source_key = f.source_key
		ORDER BY f.last_seen_at DESC, f.finding_id DESC`, limit)
	if err != nil {
		return nil, fmt.Errorf("recent findings: %w", err)
	}
	return findings, nil
}

// FileFacts are what is to be known of the file itself.
type FileFacts struct {
	SchemaVersion int64
	Bytes         int64  // of the file, its journal left out
	SQLiteVersion string // of the library
	LastCheckAt   string // newest good live reading of any watched page; empty if there is none
	LastEventAt   string // newest event; empty if there is none
}

// Facts returns what is to be known of the file itself.
func (d *DB) Facts(ctx context.Context) (f FileFacts, err error) {
	err = d.read.QueryRowContext(ctx, `
		SELECT (SELECT max(version_id) FROM goose_db_version WHERE is_applied),
			(SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size), sqlite_version(),
			coalesce((SELECT max(last_success_at) FROM sources WHERE watched = 1), ''),
			coalesce((SELECT max(at) FROM events), '')`).Scan(&f.SchemaVersion, &f.Bytes, &f.SQLiteVersion, &f.LastCheckAt, &f.LastEventAt)
	if err != nil {
		err = fmt.Errorf("facts of the file: %w", err)
	}
	return f, err
}

// DeliveryRow is a message to a channel, as far as its fate is concerned.
type DeliveryRow struct {
	DeliveryID  int64
	Channel     string
	Reason      string
	State       string
	Attempts    int
	CreatedAt   string
	DeliveredAt string
	LastError   string
	IncidentID  int64 // 0 if it is of none, or of several
}

// RecentDeliveries returns the last messages to channels, the newest first, and how many wait to be sent.
func (d *DB) RecentDeliveries(ctx context.Context, limit int) ([]DeliveryRow, int, error) {
	var waiting int
	err := d.read.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM deliveries WHERE state = 'pending') + (SELECT count(*) FROM deliveries WHERE state = 'held')`).Scan(&waiting)
	if err != nil {
		return nil, 0, fmt.Errorf("recent deliveries: %w", err)
	}
	rows, err := list(ctx, d.read, func(r *sql.Rows, x *DeliveryRow) error {
		return r.Scan(&x.DeliveryID, &x.Channel, &x.Reason, &x.State, &x.Attempts, &x.CreatedAt, &x.DeliveredAt, &x.LastError, &x.IncidentID)
	}, `
		SELECT delivery_id, channel, reason, state, attempts, created_at, coalesce(delivered_at, ''), last_error, coalesce(incident_id, 0)
		FROM deliveries ORDER BY delivery_id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("recent deliveries: %w", err)
	}
	return rows, waiting, nil
}
