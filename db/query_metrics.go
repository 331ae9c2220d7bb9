package db

import (
	"context"
	"database/sql"
	"fmt"
)

// OpenCount is how many incidents of a severity are open at a vendor.
type OpenCount struct {
	Vendor   string // slug
	Severity string
	Open     int
}

// OpenCounts counts the open incidents by vendor and severity; where none is open there is no row. Maintenances
// and notices are not counted, an event that several pages tell of is counted once.
func (d *DB) OpenCounts(ctx context.Context) ([]OpenCount, error) {
	counts, err := list(ctx, d.read, func(r *sql.Rows, c *OpenCount) error { return r.Scan(&c.Vendor, &c.Severity, &c.Open) }, `
		SELECT v.slug, i.severity, count(*) FROM incidents i JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		WHERE i.kind = 'incident' AND `+openNow+` GROUP BY v.slug, i.severity ORDER BY v.slug, i.severity`)
	if err != nil {
		return nil, fmt.Errorf("open incidents: %w", err)
	}
	return counts, nil
}

// SourcePulse is how reading a watched status page goes.
type SourcePulse struct {
	SourceID            int64
	Vendor              string // slug
	PageURL             string
	Platform            string
	ConsecutiveFailures int
	LastSuccessAt       string  // empty: never
	IntervalSeconds     int64   // between readings by its schedule; 0 if not known
	Outcome             Outcome // of the last live pass; empty if none is on record
	TookMS              int64   // of the same
}

// Pulses returns how reading each watched status page goes, by number of the source.
func (d *DB) Pulses(ctx context.Context) ([]SourcePulse, error) {
	pulses, err := list(ctx, d.read, func(r *sql.Rows, p *SourcePulse) error {
		return r.Scan(&p.SourceID, &p.Vendor, &p.PageURL, &p.Platform, &p.ConsecutiveFailures, &p.LastSuccessAt, &p.IntervalSeconds, &p.Outcome, &p.TookMS)
	}, `
		SELECT s.source_id, v.slug, s.page_url, s.platform, s.consecutive_failures, coalesce(s.last_success_at, ''), s.interval_seconds,
			coalesce(x.outcome, ''), coalesce(x.took_ms, 0)
		FROM sources s JOIN vendors v USING (vendor_id)
		LEFT JOIN scrapes x ON x.scrape_id = (SELECT l.scrape_id FROM scrapes l
			WHERE l.source_id = s.source_id AND l.archived = 0 AND l.backfill = 0 ORDER BY l.started_at DESC, l.scrape_id DESC LIMIT 1)
		WHERE s.watched = 1 ORDER BY s.source_id`)
	if err != nil {
		return nil, fmt.Errorf("pulses of sources: %w", err)
	}
	return pulses, nil
}

// DeliveryCount is how many messages to a channel are in a state.
type DeliveryCount struct {
	Channel string
	State   string // pending, held, delivered, refused, skipped
	Count   int
	DueAt   string // when the first of them was free to be sent: planned, or no longer held
}

// DeliveryCounts counts the messages by channel and state; where there is none there is no row.
func (d *DB) DeliveryCounts(ctx context.Context) ([]DeliveryCount, error) {
	counts, err := list(ctx, d.read, func(r *sql.Rows, c *DeliveryCount) error { return r.Scan(&c.Channel, &c.State, &c.Count, &c.DueAt) },
		`SELECT channel, state, count(*), min(max(created_at, coalesce(not_before_at, ''))) FROM deliveries GROUP BY channel, state ORDER BY channel, state`)
	if err != nil {
		return nil, fmt.Errorf("deliveries by state: %w", err)
	}
	return counts, nil
}

// PostmortemShare returns how many of a vendor's incidents that began at that time or later (a stored time) have
// a postmortem, and how many incidents those are of. Of an event that several pages tell of, every page's
// postmortem counts as one.
func (d *DB) PostmortemShare(ctx context.Context, vendorID int64, since string) (with, of int, err error) {
	err = d.read.QueryRowContext(ctx, `
		SELECT coalesce(sum(EXISTS (
			SELECT 1 FROM incidents o JOIN incident_updates u USING (incident_id)
			WHERE u.state = 'postmortem' AND (o.incident_id = i.incident_id OR o.same_event_id = i.incident_id))), 0), count(*)
		FROM sources s JOIN incidents i ON i.source_id = s.source_id
		WHERE s.vendor_id = ? AND i.started_at >= ? AND i.kind = 'incident' AND coalesce(i.same_event_id, i.incident_id) = i.incident_id`,
		vendorID, since).Scan(&with, &of)
	if err != nil {
		err = fmt.Errorf("share with a postmortem: %w", err)
	}
	return with, of, err
}
