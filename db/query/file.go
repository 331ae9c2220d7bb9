package query

import (
	"context"
	"fmt"
)

// Counts are the sizes of the record.
type Counts struct {
	Vendors      int `json:"vendors"`
	Sources      int `json:"sources"`
	Incidents    int `json:"incidents"`    // of kind incident
	Maintenances int `json:"maintenances"` // of kind maintenance
	Notices      int `json:"notices"`      // of kind notice
	Updates      int `json:"updates"`
	Revisions    int `json:"revisions"`
	Components   int `json:"components"`
	Events       int `json:"events"`
	Findings     int `json:"findings"`
	Scrapes      int `json:"scrapes"`
}

// Counts returns the sizes of the record.
func (d *DB) Counts(ctx context.Context) (c Counts, err error) {
	err = d.read.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM vendors), (SELECT count(*) FROM sources),
			(SELECT count(*) FROM incidents WHERE kind = 'incident'), (SELECT count(*) FROM incidents WHERE kind = 'maintenance'),
			(SELECT count(*) FROM incidents WHERE kind = 'notice'),
			(SELECT count(*) FROM incident_updates), (SELECT count(*) FROM revisions), (SELECT count(*) FROM components),
			(SELECT count(*) FROM events), (SELECT count(*) FROM findings), (SELECT count(*) FROM scrapes)`).
		Scan(&c.Vendors, &c.Sources, &c.Incidents, &c.Maintenances, &c.Notices, &c.Updates, &c.Revisions, &c.Components, &c.Events, &c.Findings, &c.Scrapes)
	if err != nil {
		err = fmt.Errorf("counts: %w", err)
	}
	return c, err
}

// FileFacts are what is to be known of the file itself.
type FileFacts struct {
	SchemaVersion int64
	Bytes         int64  // of the file, its journal left out
	SQLiteVersion string // of the library
	LastCheckAt   string // newest good live reading of any watched page; empty if there is none
	LastEventAt   string // newest event; empty if there is none
}

// FileFacts returns what is to be known of the file itself.
func (d *DB) FileFacts(ctx context.Context) (f FileFacts, err error) {
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
