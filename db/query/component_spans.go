package query

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

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
	spans, err := scan.List(ctx, d.read, func(r *sql.Rows, s *ComponentSpan) error {
		return r.Scan(&s.ComponentID, &s.Status, &s.FromAt, &s.ToAt)
	}, `
		SELECT h.component_id, h.status, h.at, coalesce((
			SELECT n.at FROM component_changes n
			WHERE n.component_id = h.component_id AND (n.at, n.component_change_id) > (h.at, h.component_change_id)
			ORDER BY n.at, n.component_change_id LIMIT 1), '')
		FROM json_each(?1) j CROSS JOIN component_changes h ON h.component_id = j.value
		WHERE h.at >= coalesce((SELECT max(b.at) FROM component_changes b WHERE b.component_id = j.value AND b.at < ?2), '')
		ORDER BY h.component_id, h.at, h.component_change_id`, ids, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("component spans: %w", err)
	}
	// The incidents of the span are found first, by the pages' indexes: a component may be affected by
	// thousands in its life. CROSS JOIN keeps SQLite to that order.
	incidents, err := scan.List(ctx, d.read, func(r *sql.Rows, s *ComponentSpan) error {
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
				WHERE i.open = 1)
		SELECT c.component_id, i.incident_id, i.severity, i.kind,
			coalesce(CASE WHEN i.kind = 'maintenance' THEN i.scheduled_start_at END, i.started_at), coalesce(i.resolved_at, '')
		FROM recent CROSS JOIN incidents i USING (incident_id)
		CROSS JOIN incident_components c ON c.incident_id = i.incident_id
		WHERE +c.component_id IN (SELECT value FROM json_each(?1)) AND i.state <> 'cancelled' AND i.kind <> 'notice'
			AND coalesce(CASE WHEN i.kind = 'maintenance' THEN i.scheduled_start_at END, i.started_at) IS NOT NULL
		ORDER BY c.component_id, i.started_at`, ids, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("component spans: %w", err)
	}
	return append(spans, incidents...), nil
}
