package board

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
)

// FilteredOpen returns how many incidents are open that filters hide.
func (d *DB) FilteredOpen(ctx context.Context) (n int, err error) {
	err = d.read.QueryRowContext(ctx, `
		SELECT count(*) FROM filtered_incidents f JOIN incidents i USING (incident_id)
		WHERE i.open = 1 AND coalesce(i.same_event_id, i.incident_id) = i.incident_id`).Scan(&n)
	if err != nil {
		err = fmt.Errorf("hidden incidents: %w", err)
	}
	return n, err
}

// OpenCount is how many incidents of a severity are open at a vendor.
type OpenCount struct {
	Vendor   string `db:"vendor"` // slug
	Severity string `db:"severity"`
	Open     int    `db:"open"`
}

var openCountRow = scan.Of[OpenCount]("")

// OpenCounts counts the open incidents of pages that are watched, by vendor and severity; where none is open there is
// no row. Maintenances and notices are not counted, an event that several pages tell of is counted once.
func (d *DB) OpenCounts(ctx context.Context) ([]OpenCount, error) {
	counts, err := openCountRow.All(ctx, d.read, `
		SELECT v.slug AS vendor, i.severity, count(*) AS open FROM incidents i JOIN sources s USING (source_id)
		JOIN vendors v USING (vendor_id)
		WHERE i.kind = 'incident' AND `+query.OpenWatched+` GROUP BY v.slug, i.severity ORDER BY v.slug, i.severity`)
	if err != nil {
		return nil, fmt.Errorf("open incidents: %w", err)
	}
	return counts, nil
}

// OthersByName returns how the first vendors by name do that are not among some, at most limit of them.
func (d *DB) OthersByName(ctx context.Context, now time.Time, some []query.Status, limit int) ([]query.Status, error) {
	known := make([]int64, len(some))
	for n, s := range some {
		known[n] = s.VendorID
	}
	list, err := db.JSON(known)
	if err != nil {
		return nil, err
	}
	ids, err := scan.Column[int64](ctx, d.read, `SELECT v.vendor_id FROM vendors v
		WHERE v.vendor_id NOT IN (SELECT value FROM json_each(?)) ORDER BY `+byName+` LIMIT ?`, list, limit)
	if err != nil {
		return nil, fmt.Errorf("vendors: %w", err)
	}
	return d.query.StatusesOf(ctx, now, ids)
}
