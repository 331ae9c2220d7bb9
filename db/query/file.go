package query

import (
	"context"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// Counts are the sizes of the record.
type Counts struct {
	Vendors      int `db:"vendors" json:"vendors"`
	Sources      int `db:"sources" json:"sources"`
	Incidents    int `db:"incidents" json:"incidents"`       // of kind incident
	Maintenances int `db:"maintenances" json:"maintenances"` // of kind maintenance
	Notices      int `db:"notices" json:"notices"`           // of kind notice
	Updates      int `db:"updates" json:"updates"`
	Revisions    int `db:"revisions" json:"revisions"`
	Components   int `db:"components" json:"components"`
	Events       int `db:"events" json:"events"`
	Findings     int `db:"findings" json:"findings"`
	Scrapes      int `db:"scrapes" json:"scrapes"`
}

var countsRow = scan.Of[Counts]("")

// Counts returns the sizes of the record.
func (d *DB) Counts(ctx context.Context) (Counts, error) {
	c, err := countsRow.One(ctx, d.read, `
		SELECT (SELECT count(*) FROM vendors) AS vendors, (SELECT count(*) FROM sources) AS sources,
			(SELECT count(*) FROM incidents WHERE kind = 'incident') AS incidents,
			(SELECT count(*) FROM incidents WHERE kind = 'maintenance') AS maintenances,
			(SELECT count(*) FROM incidents WHERE kind = 'notice') AS notices,
			(SELECT count(*) FROM incident_updates) AS updates, (SELECT count(*) FROM revisions) AS revisions,
			(SELECT count(*) FROM components) AS components, (SELECT count(*) FROM events) AS events,
			(SELECT count(*) FROM findings) AS findings, (SELECT count(*) FROM scrapes) AS scrapes`)
	if err != nil {
		return Counts{}, fmt.Errorf("counts: %w", err)
	}
	return c, nil
}

// FileFacts are what is to be known of the file itself.
type FileFacts struct {
	SchemaVersion int64  `db:"schema_version"`
	Bytes         int64  `db:"bytes"`          // of the file, its journal left out
	SQLiteVersion string `db:"sqlite_version"` // of the library
	LastCheckAt   string `db:"last_check_at"`  // newest good live reading of any watched page; empty if there is none
	LastEventAt   string `db:"last_event_at"`  // newest event; empty if there is none
}

var fileFactsRow = scan.Of[FileFacts]("")

// FileFacts returns what is to be known of the file itself.
func (d *DB) FileFacts(ctx context.Context) (FileFacts, error) {
	f, err := fileFactsRow.One(ctx, d.read, `
		SELECT (SELECT max(version_id) FROM goose_db_version WHERE is_applied) AS schema_version,
			(SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS bytes,
			sqlite_version() AS sqlite_version,
			`+newestRead+` AS last_check_at,
			(SELECT max(at) FROM events) AS last_event_at`)
	if err != nil {
		return FileFacts{}, fmt.Errorf("facts of the file: %w", err)
	}
	return f, nil
}
