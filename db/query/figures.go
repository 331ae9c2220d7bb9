package query

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// IncidentFigures are the figures of one incident that a vendor's numbers are made of.
type IncidentFigures struct {
	Severity       string `db:"severity"`
	StartedAt      string `db:"started_at"`
	ImpactSeconds  *int64 `db:"impact_seconds"`  // start to end; nil while it is open or an end is unknown
	SilenceSeconds *int64 `db:"silence_seconds"` // start to first post; nil where the vendor does not state the start
}

var incidentFiguresRow = scan.Of[IncidentFigures]("")

// IncidentFigures returns the figures of a vendor's incidents that began at that time or later, oldest first.
// Maintenances and notices are left out, and an event that several pages tell of counts once.
func (d *DB) IncidentFigures(ctx context.Context, vendorID int64, since time.Time) ([]IncidentFigures, error) {
	figures, err := incidentFiguresRow.All(ctx, d.read, `
		SELECT i.severity, i.started_at,
			CASE WHEN i.state = 'resolved' AND i.resolved_at >= i.started_at
				THEN CAST(round((julianday(i.resolved_at) - julianday(i.started_at)) * 86400) AS INTEGER) END AS impact_seconds,
			CASE WHEN i.start_given = 1 THEN CAST(round((julianday((
				SELECT min(u.posted_at) FROM incident_updates u
				WHERE u.incident_id = i.incident_id
				AND u.posted_at >= i.started_at)) - julianday(i.started_at)) * 86400) AS INTEGER) END AS silence_seconds
		FROM sources s JOIN incidents i ON i.source_id = s.source_id
		WHERE s.vendor_id = ? AND i.started_at >= ? AND i.kind = 'incident' AND `+standing+`
		ORDER BY i.started_at`, vendorID, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("vendor figures: %w", err)
	}
	return figures, nil
}

// PostmortemShare returns how many of a vendor's incidents that began at that time or later (a stored time) have
// a postmortem, and how many incidents those are of. Of an event that several pages tell of, every page's
// postmortem counts as one.
func (d *DB) PostmortemShare(ctx context.Context, vendorID int64, since string) (with, of int, err error) {
	err = d.read.QueryRowContext(ctx, `
		SELECT coalesce(sum(EXISTS (
			SELECT 1 FROM incidents o JOIN incident_updates u USING (incident_id)
			WHERE u.state = 'postmortem' AND (o.incident_id = i.incident_id
			OR o.same_event_id = i.incident_id))), 0), count(*)
		FROM sources s JOIN incidents i ON i.source_id = s.source_id
		WHERE s.vendor_id = ? AND i.started_at >= ? AND i.kind = 'incident' AND `+standing,
		vendorID, since).Scan(&with, &of)
	if err != nil {
		err = fmt.Errorf("share with a postmortem: %w", err)
	}
	return with, of, err
}

// DetectionDelay returns how many seconds after the start that the vendor states we first saw an incident. It is
// nil where that says nothing of us: without a stated start, for what was open already at the first look, and for
// what the vendor added to the past.
func (d *DB) DetectionDelay(ctx context.Context, incidentID int64) (*int64, error) {
	var seconds sql.NullInt64
	err := d.read.QueryRowContext(ctx, `
		SELECT CAST(round((julianday(i.first_seen_at) - julianday(i.started_at)) * 86400) AS INTEGER)
		FROM incidents i
		WHERE i.incident_id = ? AND i.start_given = 1 AND i.kind = 'incident' AND i.first_seen_at >= i.started_at
			AND EXISTS (SELECT 1 FROM events e WHERE e.incident_id = i.incident_id AND e.kind = 'incident_opened'
				AND e.detail ->> 'already_open' IS NULL AND e.detail ->> 'late' IS NULL)`, incidentID).Scan(&seconds)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !seconds.Valid {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("incident %d: %w", incidentID, err)
	}
	return &seconds.Int64, nil
}
