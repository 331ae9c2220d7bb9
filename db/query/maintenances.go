package query

import (
	"context"
	"fmt"
	"time"
	"vendorwatch/db"
)

// windowBegin is what maintenances are put in order by.
const windowBegin = `coalesce(i.scheduled_start_at, i.started_at, i.first_seen_at)`

// UpcomingMaintenances returns the maintenances that are under way at now, and those whose window begins
// within horizon, in the order of their windows. One whose window has passed without a word is left out.
func (d *DB) UpcomingMaintenances(ctx context.Context, now time.Time, horizon time.Duration) ([]Incident, error) {
	incidents, err := incidentRow.All(ctx, d.read, selectIncident+`
		WHERE i.incident_id IN (
			SELECT i.incident_id FROM incidents i
			WHERE i.kind = 'maintenance' AND i.open = 1 AND `+standing+`
				AND (i.state IN ('in_progress', 'verifying')
					OR (coalesce(i.scheduled_start_at, ?1) <= ?2
					AND coalesce(i.scheduled_end_at, i.scheduled_start_at, ?1) >= ?1)))
		ORDER BY `+windowBegin+`, i.incident_id`, db.Stamp(now), db.Stamp(now.Add(horizon)))
	if err != nil {
		return nil, fmt.Errorf("upcoming maintenance: %w", err)
	}
	return incidents, nil
}

// OpenMaintenances returns the maintenances that are planned or under way, by their windows, at most limit of them.
func (d *DB) OpenMaintenances(ctx context.Context, limit int) ([]Incident, error) {
	incidents, err := incidentRow.All(ctx, d.read, selectIncident+`
		WHERE i.incident_id IN (
			SELECT i.incident_id FROM incidents i WHERE i.open = 1 AND i.kind = 'maintenance' AND `+standing+`
			ORDER BY `+windowBegin+`, i.incident_id LIMIT ?)
		ORDER BY `+windowBegin+`, i.incident_id`, limit)
	if err != nil {
		return nil, fmt.Errorf("maintenance ahead: %w", err)
	}
	return incidents, nil
}

// PastMaintenances returns the maintenances that are over or left their page, the latest window first, limit of
// them from offset on.
func (d *DB) PastMaintenances(ctx context.Context, limit, offset int) ([]Incident, error) {
	incidents, err := incidentRow.All(ctx, d.read, selectIncident+`
		WHERE i.incident_id IN (
			SELECT i.incident_id FROM incidents i WHERE i.open = 0 AND i.kind = 'maintenance' AND `+standing+`
			ORDER BY `+windowBegin+` DESC, i.incident_id DESC LIMIT ? OFFSET ?)
		ORDER BY `+windowBegin+` DESC, i.incident_id DESC`, limit, offset)
	if err != nil {
		return nil, fmt.Errorf("maintenance past: %w", err)
	}
	return incidents, nil
}
