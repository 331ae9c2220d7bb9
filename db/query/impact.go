package query

import (
	"context"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize/impact"
)

// IncidentImpact is how long an incident lasted, as far as that is known, with what figures are made of beside it.
type IncidentImpact struct {
	IncidentID     int64     `db:"incident_id"`
	Vendor         string    `db:"vendor = v.slug"`
	VendorName     string    `db:"vendor_name = coalesce(nullif(v.name, ''), v.slug)"`
	Severity       string    `db:"severity"`
	FromAt         time.Time `db:"from_at"`    // zero: not known
	ToAt           time.Time `db:"to_at"`      // of an open one the newest reading of its page; zero: not known
	CountedAt      time.Time `db:"counted_at"` // when it counts as having begun
	Open           int       `db:"open"`
	CurrentUntil   time.Time `db:"current_until_at = s.current_until_at"` // until when that tells of the present
	ResolveSeconds *int64    `db:"seconds_to_resolve"`                    // nil where it is not resolved, or not known
	SilenceSeconds *int64    `db:"seconds_to_first_update"`               // nil where that is not known
	// 1: the vendor's filters hide it
	Filtered int `db:"filtered = EXISTS (SELECT 1 FROM filtered_incidents h WHERE h.incident_id = x.incident_id)"`
}

var impactRow = scan.Of[IncidentImpact]("x")

var selectImpact = `SELECT ` + impactRow.Columns + `
	FROM v_impact x JOIN sources s USING (source_id) JOIN vendors v ON v.vendor_id = s.vendor_id `

// VendorImpact returns a vendor's incidents that began at that time or later, or lasted until then, in the order in
// which they began. Maintenances and notices are left out, and an event that several pages tell of counts once.
func (d *DB) VendorImpact(ctx context.Context, vendorID int64, since time.Time) ([]IncidentImpact, error) {
	found, err := impactRow.All(ctx, d.read, selectImpact+`
		WHERE s.vendor_id = ?1 AND (x.counted_at >= ?2 OR x.to_at > ?2)
		ORDER BY x.counted_at, x.incident_id`, vendorID, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("impact of a vendor's incidents: %w", err)
	}
	return found, nil
}

// ImpactDuring returns the incidents of all vendors that began, or lasted, at some time from since until before until,
// in the order in which they began. Maintenances and notices are left out, and an event that several pages tell of
// counts once.
func (d *DB) ImpactDuring(ctx context.Context, since, until time.Time) ([]IncidentImpact, error) {
	found, err := impactRow.All(ctx, d.read, selectImpact+`
		WHERE x.incident_id IN (
			SELECT incident_id FROM incidents WHERE started_at >= ?1 AND started_at < ?2
			UNION SELECT o.incident_id FROM sources s JOIN incidents o ON o.source_id = s.source_id
			AND o.resolved_at IS NOT NULL AND o.resolved_at > ?1 AND o.started_at < ?2
			UNION SELECT incident_id FROM incidents WHERE ended = 0
			UNION SELECT incident_id FROM incidents WHERE started_at IS NULL)
		AND x.counted_at < ?2 AND (x.counted_at >= ?1 OR x.to_at > ?1)
		ORDER BY x.counted_at, x.incident_id`, db.Stamp(since), db.Stamp(until))
	if err != nil {
		return nil, fmt.Errorf("impact from %s to %s: %w", db.Stamp(since), db.Stamp(until), err)
	}
	return found, nil
}

// Interval is the time that the incident lasted. What is open goes on until now, where its page is read as often as it
// is to be; once a reading has failed or is missed, nothing is known of the time after the newest good one.
func (i IncidentImpact) Interval(now time.Time) impact.Interval {
	end := i.ToAt
	if i.Open == 1 && !end.IsZero() && !now.After(i.CurrentUntil) {
		end = now
	}
	return impact.Interval{Start: i.FromAt, End: end, At: i.CountedAt}
}

// ImpactOf returns how long at least one of the incidents lasted from from until before to. Nothing counts that lies
// after now. All figures of impact are made here, or in v_monthly by the same rule.
func ImpactOf(incidents []IncidentImpact, from, to, now time.Time) impact.Total {
	intervals := make([]impact.Interval, len(incidents))
	for n, i := range incidents {
		intervals[n] = i.Interval(now)
	}
	return impact.Of(intervals, from, to, now)
}
