package board

import (
	"context"
	"fmt"
	"strings"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
)

// impact is what figures of many incidents are made of: of v_impact no more than that, since what is left out of a view
// is not computed.
type impact struct {
	IncidentID   int64     `db:"incident_id"`
	Vendor       string    `db:"vendor = v.slug"`
	VendorName   string    `db:"vendor_name = coalesce(nullif(v.name, ''), v.slug)"`
	Severity     string    `db:"severity"`
	FromAt       time.Time `db:"from_at"`
	ToAt         time.Time `db:"to_at"`
	CountedAt    time.Time `db:"counted_at"`
	Open         int       `db:"open"`
	CurrentUntil time.Time `db:"current_until_at = s.current_until_at"`
	Title        string    `db:"title = o.title"`
	VendorID     int64     `db:"vendor_id = v.vendor_id"`
}

var impactRow = scan.Of[impact]("x")

// Impact are incidents for figures, with their titles by number, and the numbers of their vendors by slug.
type Impact struct {
	Incidents []query.IncidentImpact
	Titles    map[int64]string
	Vendors   map[string]int64
}

// Impact returns the incidents of a scope that began, or lasted, at some time from since until before until, in the
// order in which they began; with words of a component, those that name one which has each of them in its name or
// group.
func (d *DB) Impact(ctx context.Context, s Scope, component string, since, until time.Time) (Impact, error) {
	out := Impact{Titles: map[int64]string{}, Vendors: map[string]int64{}}
	list, err := s.Vendors.list()
	if err != nil {
		return out, err
	}
	words, err := db.JSON(strings.Fields(component))
	if err != nil {
		return out, err
	}
	rows, err := impactRow.All(ctx, d.read, `
		SELECT `+impactRow.Columns+`
		FROM (
			SELECT incident_id FROM incidents WHERE started_at >= ?3 AND started_at < ?4
			UNION SELECT o.incident_id FROM sources s CROSS JOIN incidents o ON o.source_id = s.source_id
				AND o.resolved_at IS NOT NULL AND o.resolved_at > ?3 AND o.started_at < ?4
			UNION SELECT incident_id FROM incidents INDEXED BY incidents_by_state WHERE ended = 0
			UNION SELECT incident_id FROM incidents WHERE started_at IS NULL) near
		CROSS JOIN incidents o USING (incident_id) CROSS JOIN v_impact x ON x.incident_id = o.incident_id
		CROSS JOIN sources s ON s.source_id = o.source_id CROSS JOIN vendors v ON v.vendor_id = s.vendor_id
		WHERE x.counted_at < ?4 AND (x.counted_at >= ?3 OR x.to_at > ?3) AND `+of(`s.vendor_id`)+`
			AND (?2 = '' OR EXISTS (SELECT 1 FROM v_service_incidents t
				WHERE t.incident_id = o.incident_id AND t.service = ?2 COLLATE NOCASE))
			AND (?5 = '[]' OR EXISTS (SELECT 1 FROM incident_components ic JOIN components c USING (component_id)
				WHERE ic.incident_id = o.incident_id AND NOT EXISTS (SELECT 1 FROM json_each(?5) w
					WHERE instr(lower(c.group_name || ' ' || c.name), lower(w.value)) = 0)))
		ORDER BY x.counted_at, x.incident_id`, list, s.Service, db.Stamp(since), db.Stamp(until), words)
	if err != nil {
		return out, fmt.Errorf("incidents of a window: %w", err)
	}
	for _, r := range rows {
		out.Titles[r.IncidentID], out.Vendors[r.Vendor] = r.Title, r.VendorID
		out.Incidents = append(out.Incidents, query.IncidentImpact{IncidentID: r.IncidentID, Vendor: r.Vendor,
			VendorName: r.VendorName, Severity: r.Severity, FromAt: r.FromAt, ToAt: r.ToAt, CountedAt: r.CountedAt,
			Open: r.Open, CurrentUntil: r.CurrentUntil})
	}
	return out, nil
}

// ScopeOf returns the vendors of these slugs as a scope, and the slugs that are on no vendor.
func (d *DB) ScopeOf(ctx context.Context, slugs []string) (s Scope, unknown []string, err error) {
	list, err := db.JSON(slugs)
	if err != nil {
		return s, nil, err
	}
	rows, err := chosenRow.All(ctx, d.read, `SELECT v.vendor_id, v.slug FROM json_each(?) j
		CROSS JOIN vendors v ON v.slug = j.value ORDER BY v.vendor_id`, list)
	if err != nil {
		return s, nil, fmt.Errorf("vendors by slug: %w", err)
	}
	s.Vendors, s.Slugs = Vendors{}, map[string]bool{}
	for _, r := range rows {
		s.Vendors, s.Slugs[r.Slug] = append(s.Vendors, r.VendorID), true
	}
	for _, slug := range slugs {
		if !s.Slugs[slug] {
			unknown = append(unknown, slug)
		}
	}
	return s, unknown, nil
}

// Slugs returns the slugs of all vendors, in their order.
func (d *DB) Slugs(ctx context.Context) ([]string, error) {
	slugs, err := scan.Column[string](ctx, d.read, `SELECT slug FROM vendors ORDER BY slug`)
	if err != nil {
		return nil, fmt.Errorf("slugs of vendors: %w", err)
	}
	return slugs, nil
}
