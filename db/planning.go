package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// RecentAlerts returns the alerts that were free to be sent at that time or later, and were delivered or are to
// be, in the order in which they were planned.
func (d *DB) RecentAlerts(ctx context.Context, since time.Time) ([]Delivery, error) {
	found, err := d.deliveries(ctx, `
		WHERE d.stream = 'alerts' AND d.state IN ('pending', 'delivered') AND max(d.created_at, coalesce(d.not_before_at, '')) >= ?`, stamp(since))
	if err != nil {
		return nil, fmt.Errorf("recent alerts: %w", err)
	}
	return found, nil
}

// SourceAlerts returns the alerts on pages themselves, in the order in which they were planned.
func (d *DB) SourceAlerts(ctx context.Context, sourceIDs []int64) ([]Delivery, error) {
	ids, err := marshal(sourceIDs)
	if err != nil {
		return nil, err
	}
	found, err := d.deliveries(ctx, `
		WHERE d.stream = 'alerts' AND d.incident_id IS NULL AND d.source_id IN (SELECT value FROM json_each(?))`, ids)
	if err != nil {
		return nil, fmt.Errorf("alerts on pages: %w", err)
	}
	return found, nil
}

// deliveries runs a query whose rest follows selectDelivery.
func (d *DB) deliveries(ctx context.Context, rest string, args ...any) ([]Delivery, error) {
	return list(ctx, d.read, func(r *sql.Rows, x *Delivery) (err error) {
		*x, err = scanDelivery(r)
		return err
	}, selectDelivery+rest+` ORDER BY d.delivery_id`, args...)
}
