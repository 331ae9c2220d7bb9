package query

import (
	"context"
	"database/sql"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// ChannelHealth is a row of v_channel_health: what waits for a channel, and what it would not take.
type ChannelHealth struct {
	Channel         string `json:"channel"`
	Waiting         int    `json:"waiting"`
	WaitingSinceAt  string `json:"waiting_since_at,omitempty"` // the oldest of them was planned
	NextAttemptAt   string `json:"next_attempt_at,omitempty"`  // when a failed one is tried again
	Held            int    `json:"held"`
	Refused         int    `json:"refused"`
	RefusedSinceAt  string `json:"refused_since_at,omitempty"`
	LastDeliveredAt string `json:"last_delivered_at,omitempty"`
	LastError       string `json:"last_error,omitempty"` // of the newest of those that wait or were refused
}

// ChannelHealth returns every channel that was ever sent anything, by name.
func (d *DB) ChannelHealth(ctx context.Context) ([]ChannelHealth, error) {
	found, err := scan.List(ctx, d.read, func(r *sql.Rows, c *ChannelHealth) error {
		return r.Scan(&c.Channel, &c.Waiting, &c.WaitingSinceAt, &c.NextAttemptAt, &c.Held, &c.Refused, &c.RefusedSinceAt, &c.LastDeliveredAt, &c.LastError)
	}, `SELECT channel, waiting, coalesce(waiting_since_at, ''), coalesce(next_attempt_at, ''), held, refused, coalesce(refused_since_at, ''),
			coalesce(last_delivered_at, ''), coalesce(last_error, '')
		FROM v_channel_health ORDER BY channel`)
	if err != nil {
		return nil, fmt.Errorf("health of channels: %w", err)
	}
	return found, nil
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
	counts, err := scan.List(ctx, d.read, func(r *sql.Rows, c *DeliveryCount) error { return r.Scan(&c.Channel, &c.State, &c.Count, &c.DueAt) },
		`SELECT channel, state, count(*), min(max(created_at, coalesce(not_before_at, ''))) FROM deliveries GROUP BY channel, state ORDER BY channel, state`)
	if err != nil {
		return nil, fmt.Errorf("deliveries by state: %w", err)
	}
	return counts, nil
}

// Delivery is a message to a channel, as far as its fate is concerned.
type Delivery struct {
	DeliveryID  int64
	Channel     string
	Reason      string
	State       string
	Attempts    int
	CreatedAt   string
	DeliveredAt string
	LastError   string
	IncidentID  int64 // 0 if it is of none, or of several
}

// RecentDeliveries returns the last messages to channels, the newest first, and how many wait to be sent.
func (d *DB) RecentDeliveries(ctx context.Context, limit int) ([]Delivery, int, error) {
	var waiting int
	err := d.read.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM deliveries WHERE state = 'pending') + (SELECT count(*) FROM deliveries WHERE state = 'held')`).Scan(&waiting)
	if err != nil {
		return nil, 0, fmt.Errorf("recent deliveries: %w", err)
	}
	rows, err := scan.List(ctx, d.read, func(r *sql.Rows, x *Delivery) error {
		return r.Scan(&x.DeliveryID, &x.Channel, &x.Reason, &x.State, &x.Attempts, &x.CreatedAt, &x.DeliveredAt, &x.LastError, &x.IncidentID)
	}, `
		SELECT delivery_id, channel, reason, state, attempts, created_at, coalesce(delivered_at, ''), last_error, coalesce(incident_id, 0)
		FROM deliveries ORDER BY delivery_id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("recent deliveries: %w", err)
	}
	return rows, waiting, nil
}
