package db

import (
	"context"
	"fmt"
	"time"
)

// IncidentsDuring returns the incidents, without maintenances and notices, that went on at some time from
// since until before until, oldest first: those that began then, that ended then or later, and that are open.
func (d *DB) IncidentsDuring(ctx context.Context, since, until time.Time) ([]Incident, error) {
	incidents, err := d.incidents(ctx, selectIncident+`
		WHERE i.incident_id IN (
			SELECT incident_id FROM incidents WHERE started_at >= ?1 AND started_at < ?2
			UNION SELECT o.incident_id FROM sources s JOIN incidents o ON o.source_id = s.source_id AND o.resolved_at IS NOT NULL AND o.resolved_at > ?1 AND o.started_at < ?2
			UNION SELECT incident_id FROM incidents WHERE state NOT IN ('resolved', 'completed', 'cancelled') AND left_feed_at IS NULL AND started_at < ?2)
		AND i.kind = 'incident' AND coalesce(i.same_event_id, i.incident_id) = i.incident_id
		ORDER BY i.started_at, i.incident_id`, stamp(since), stamp(until))
	if err != nil {
		return nil, fmt.Errorf("incidents from %s to %s: %w", stamp(since), stamp(until), err)
	}
	return incidents, nil
}
