package query

import (
	"context"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// Finding is a row of findings.
type Finding struct {
	FindingID   int64  `db:"finding_id" json:"finding_id"`
	SourceID    int64  `db:"source_id" json:"source_id"`
	SourceKey   string `db:"source_key" json:"source_key,omitempty"`
	Field       string `db:"field" json:"field"`
	Value       string `db:"value" json:"value"`
	Problem     string `db:"problem" json:"problem"`
	FirstSeenAt string `db:"first_seen_at" json:"first_seen_at"`
	LastSeenAt  string `db:"last_seen_at" json:"last_seen_at"`
	TimesSeen   int    `db:"times_seen" json:"times_seen"`
}

var findingRow = scan.Of[Finding]("f")

// ListedFinding is a finding with its vendor and, where it is of an incident, that incident.
type ListedFinding struct {
	Finding
	Vendor     string `db:"vendor = v.slug"` // slug
	VendorName string `db:"vendor_name = coalesce(nullif(v.name, ''), v.slug)"`
	IncidentID int64  `db:"incident_id = i.incident_id"` // 0 if it is of the page or of a component
}

var listedFindingRow = scan.Of[ListedFinding]("f")

// RecentFindings returns what could not be read, seen last first.
func (d *DB) RecentFindings(ctx context.Context, limit int) ([]ListedFinding, error) {
	findings, err := listedFindingRow.All(ctx, d.read, `
		SELECT `+listedFindingRow.Columns+`
		FROM (SELECT * FROM findings ORDER BY last_seen_at DESC, finding_id DESC LIMIT ?) f
		JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		LEFT JOIN incidents i ON i.source_id = f.source_id AND i.source_key = f.source_key
		ORDER BY f.last_seen_at DESC, f.finding_id DESC`, limit)
	if err != nil {
		return nil, fmt.Errorf("recent findings: %w", err)
	}
	return findings, nil
}
