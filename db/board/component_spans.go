package board

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// ComponentSpan is a stretch of time in which a component was seen in a status, or in which an incident that
// affects it lasted.
type ComponentSpan struct {
	ComponentID int64  `db:"component_id"`
	IncidentID  int64  `db:"incident_id"` // 0 for a status that was seen
	Status      string `db:"status"`      // seen on the page; of an incident empty
	Severity    string `db:"severity"`    // of the incident
	Kind        string `db:"kind"`        // of the incident
	FromAt      string `db:"from_at"`
	ToAt        string `db:"to_at"` // empty: it lasts, or the end is not known
}

var componentSpanRow = scan.Of[ComponentSpan]("")

// ComponentSpans returns what is known of these components from since on: the statuses they were seen in,
// oldest first, the one they had at that moment included, and the incidents and maintenances that affect them.
func (d *DB) ComponentSpans(ctx context.Context, components []int64, since time.Time) ([]ComponentSpan, error) {
	ids, err := db.JSON(components)
	if err != nil {
		return nil, fmt.Errorf("component spans: %w", err)
	}
	spans, err := componentSpanRow.All(ctx, d.read, `
		SELECT h.component_id, NULL AS incident_id, h.status, NULL AS severity, NULL AS kind, h.at AS from_at, (
			SELECT n.at FROM component_changes n
			WHERE n.component_id = h.component_id AND (n.at, n.component_change_id) > (h.at, h.component_change_id)
			ORDER BY n.at, n.component_change_id LIMIT 1) AS to_at
		FROM json_each(?1) j CROSS JOIN component_changes h ON h.component_id = j.value
		WHERE h.at >= coalesce((SELECT max(b.at) FROM component_changes b WHERE b.component_id = j.value
		AND b.at < ?2), '')
		ORDER BY h.component_id, h.at, h.component_change_id`, ids, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("component spans: %w", err)
	}
	// The incidents of the span are found first, by the pages' indexes: a component may be affected by
	// thousands in its life. CROSS JOIN keeps SQLite to that order.
	incidents, err := componentSpanRow.All(ctx, d.read, `
		WITH
			page AS (SELECT DISTINCT source_id FROM components WHERE component_id IN (SELECT value FROM json_each(?1))),
			recent AS (
				SELECT i.incident_id FROM page CROSS JOIN incidents i ON i.source_id = page.source_id
				AND i.started_at >= ?2
				UNION
				SELECT i.incident_id FROM page CROSS JOIN incidents i ON i.source_id = page.source_id
				AND i.resolved_at >= ?2
				UNION
				SELECT i.incident_id FROM page CROSS JOIN incidents i ON i.source_id = page.source_id AND i.open = 1)
		SELECT c.component_id, i.incident_id, NULL AS status, i.severity, i.kind,
			coalesce(CASE WHEN i.kind = 'maintenance' THEN i.scheduled_start_at END, c.started_at,
				CASE WHEN i.origin = 'page' THEN (SELECT x.started_at FROM v_incident_components x
					WHERE x.incident_id = i.incident_id AND x.component_id = c.component_id) END,
				i.started_at) AS from_at,
			coalesce((SELECT x.resolved_at FROM v_incident_components x
				WHERE x.incident_id = i.incident_id AND x.component_id = c.component_id), i.resolved_at) AS to_at
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
