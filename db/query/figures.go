package query

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

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
