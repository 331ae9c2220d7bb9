package board

import (
	"context"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// Window is a maintenance as a calendar shows it. Its fields are those of query.Incident.
type Window struct {
	IncidentID       int64  `db:"incident_id"`
	VendorName       string `db:"vendor_name"`
	SourceID         int64  `db:"source_id"`
	PageURL          string `db:"page_url"`
	Title            string `db:"title"`
	URL              string `db:"url"`
	State            string `db:"state"`
	StartedAt        string `db:"started_at"`
	ResolvedAt       string `db:"resolved_at"`
	ScheduledStartAt string `db:"scheduled_start_at"`
	ScheduledEndAt   string `db:"scheduled_end_at"`
	FirstSeenAt      string `db:"first_seen_at"`
	LeftFeedAt       string `db:"left_feed_at"`
	Filtered         bool   `db:"filtered"`
	Components       string `db:"components"`
	LatestBody       string `db:"latest_body"`
}

var windowRow = scan.Of[Window]("i")

// Windows returns maintenances in the order of the list. A number that is not on record is left out.
func (d *DB) Windows(ctx context.Context, ids []int64) ([]Window, error) {
	list, err := db.JSON(append([]int64{}, ids...))
	if err != nil {
		return nil, err
	}
	found, err := windowRow.All(ctx, d.read, `SELECT `+windowRow.Columns+` FROM json_each(?1) j
		CROSS JOIN v_incidents i ON i.incident_id = j.value ORDER BY j.key`, list)
	if err != nil {
		return nil, fmt.Errorf("maintenances: %w", err)
	}
	return found, nil
}
