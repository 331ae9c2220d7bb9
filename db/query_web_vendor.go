package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// PageComponent is a component as its status page lists it.
type PageComponent struct {
	Component
	SourceID     int64
	VendorStatus string
	FirstSeenAt  string
}

// VendorComponents returns the components that a vendor's pages list now, in the pages' order, limit of them
// from offset on, and how many there are.
func (d *DB) VendorComponents(ctx context.Context, vendorID int64, limit, offset int) ([]PageComponent, int, error) {
	const listed = ` FROM components c WHERE c.gone_at IS NULL
		AND c.source_id IN (SELECT source_id FROM sources WHERE vendor_id = ?1)`
	var total int
	if err := d.read.QueryRowContext(ctx, `SELECT count(*)`+listed, vendorID).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("components: %w", err)
	}
	components, err := list(ctx, d.read, func(r *sql.Rows, c *PageComponent) error {
		return r.Scan(&c.ComponentID, &c.SourceKey, &c.Name, &c.GroupName, &c.Status, &c.SourceID, &c.VendorStatus, &c.FirstSeenAt)
	}, `SELECT c.component_id, c.source_key, c.name, c.group_name, c.status, c.source_id, c.vendor_status, c.first_seen_at`+listed+`
		ORDER BY c.source_id, c.position, c.component_id LIMIT ?2 OFFSET ?3`, vendorID, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("components: %w", err)
	}
	return components, total, nil
}

// ComponentSpan is a stretch of time in which a component was seen in a status, or in which an incident that
// affects it lasted.
type ComponentSpan struct {
	ComponentID int64
	IncidentID  int64  // 0 for a status that was seen
	Status      string // seen on the page; of an incident empty
	Severity    string // of the incident
	Kind        string // of the incident
	FromAt      string
	ToAt        string // empty: it lasts, or the end is not known
}

// ComponentSpans returns what is known of these components from since on: the statuses they were seen in,
// oldest first, the one they had at that moment included, and the incidents and maintenances that affect them.
func (d *DB) ComponentSpans(ctx context.Context, components []int64, since time.Time) ([]ComponentSpan, error) {
	array, err := json.Marshal(components)
	if err != nil {
		return nil, fmt.Errorf("component spans: %w", err)
	}
	ids := string(array) // as bytes SQLite would take it for its binary JSON
	spans, err := list(ctx, d.read, func(r *sql.Rows, s *ComponentSpan) error {
		return r.Scan(&s.ComponentID, &s.Status, &s.FromAt, &s.ToAt)
	}, `
		SELECT h.component_id, h.status, h.at, coalesce((
			SELECT n.at FROM component_changes n
			WHERE n.component_id = h.component_id AND n.at >= h.at AND n.component_change_id > h.component_change_id
			ORDER BY n.at, n.component_change_id LIMIT 1), '')
		FROM json_each(?1) j CROSS JOIN component_changes h ON h.component_id = j.value
		WHERE h.at >= coalesce((SELECT max(b.at) FROM component_changes b WHERE b.component_id = j.value AND b.at < ?2), '')
		ORDER BY h.component_id, h.at, h.component_change_id`, ids, stamp(since))
	if err != nil {
		return nil, fmt.Errorf("component spans: %w", err)
	}
	// The incidents of the span are found first, by the pages' indexes: a component may be affected by
	// thousands in its life. CROSS JOIN keeps SQLite to that order.
	incidents, err := list(ctx, d.read, func(r *sql.Rows, s *ComponentSpan) error {
		return r.Scan(&s.ComponentID, &s.IncidentID, &s.Severity, &s.Kind, &s.FromAt, &s.ToAt)
	}, `
		WITH
			page AS (SELECT DISTINCT source_id FROM components WHERE component_id IN (SELECT value FROM json_each(?1))),
			recent AS (
				SELECT i.incident_id FROM page CROSS JOIN incidents i ON i.source_id = page.source_id AND i.started_at >= ?2
				UNION
				SELECT i.incident_id FROM page CROSS JOIN incidents i ON i.source_id = page.source_id AND i.resolved_at >= ?2
				UNION
				SELECT i.incident_id FROM page CROSS JOIN incidents i ON i.source_id = page.source_id
				WHERE i.state NOT IN ('resolved', 'completed', 'cancelled') AND i.left_feed_at IS NULL)
		SELECT c.component_id, i.incident_id, i.severity, i.kind,
			coalesce(CASE WHEN i.kind = 'maintenance' THEN i.scheduled_start_at END, i.started_at), coalesce(i.resolved_at, '')
		FROM recent CROSS JOIN incidents i USING (incident_id)
		CROSS JOIN incident_components c ON c.incident_id = i.incident_id
		WHERE +c.component_id IN (SELECT value FROM json_each(?1)) AND i.state <> 'cancelled' AND i.kind <> 'notice'
			AND coalesce(CASE WHEN i.kind = 'maintenance' THEN i.scheduled_start_at END, i.started_at) IS NOT NULL
		ORDER BY c.component_id, i.started_at`, ids, stamp(since))
	if err != nil {
		return nil, fmt.Errorf("component spans: %w", err)
	}
	return append(spans, incidents...), nil
}

// IncidentFigures are the figures of one incident that a vendor's numbers are made of.
type IncidentFigures struct {
	Severity       string
	StartedAt      string
	ImpactSeconds  *int64 // start to end; nil while it is open or an end is unknown
	SilenceSeconds *int64 // start to first post; nil where the vendor does not state the start
}

// VendorFigures returns the figures of a vendor's incidents that began at that time or later, oldest first.
// Maintenances and notices are left out, and an event that several pages tell of counts once.
func (d *DB) VendorFigures(ctx context.Context, vendorID int64, since time.Time) ([]IncidentFigures, error) {
	figures, err := list(ctx, d.read, func(r *sql.Rows, f *IncidentFigures) error {
		return r.Scan(&f.Severity, &f.StartedAt, &f.ImpactSeconds, &f.SilenceSeconds)
	}, `
		SELECT i.severity, i.started_at,
			CASE WHEN i.state = 'resolved' AND i.resolved_at >= i.started_at
				THEN CAST(round((julianday(i.resolved_at) - julianday(i.started_at)) * 86400) AS INTEGER) END,
			CASE WHEN i.start_given = 1 THEN CAST(round((julianday((
				SELECT min(u.posted_at) FROM incident_updates u
				WHERE u.incident_id = i.incident_id AND u.posted_at >= i.started_at)) - julianday(i.started_at)) * 86400) AS INTEGER) END
		FROM sources s JOIN incidents i ON i.source_id = s.source_id
		WHERE s.vendor_id = ? AND i.started_at >= ? AND i.kind = 'incident' AND coalesce(i.same_event_id, i.incident_id) = i.incident_id
		ORDER BY i.started_at`, vendorID, stamp(since))
	if err != nil {
		return nil, fmt.Errorf("vendor figures: %w", err)
	}
	return figures, nil
}
