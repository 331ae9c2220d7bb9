package query

import (
	"context"
	"database/sql"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// Finding is a row of findings.
type Finding struct {
	FindingID   int64  `json:"finding_id"`
	SourceID    int64  `json:"source_id"`
	SourceKey   string `json:"source_key,omitempty"`
	Field       string `json:"field"`
	Value       string `json:"value"`
	Problem     string `json:"problem"`
	FirstSeenAt string `json:"first_seen_at"`
	LastSeenAt  string `json:"last_seen_at"`
	TimesSeen   int    `json:"times_seen"`
}

// ListedFinding is a finding with its vendor and, where it is of an incident, that incident.
type ListedFinding struct {
	Finding
	Vendor     string // slug
	VendorName string
	IncidentID int64 // 0 if it is of the page or of a component
}

// RecentFindings returns what could not be read, seen last first.
func (d *DB) RecentFindings(ctx context.Context, limit int) ([]ListedFinding, error) {
	findings, err := scan.List(ctx, d.read, func(r *sql.Rows, f *ListedFinding) error {
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
