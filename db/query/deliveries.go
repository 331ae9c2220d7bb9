package query

import (
	"context"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// ChannelHealth is a row of v_channel_health: what waits for a channel, and what it would not take.
type ChannelHealth struct {
	Channel         string `db:"channel" json:"channel"`
	Waiting         int    `db:"waiting" json:"waiting"`
	WaitingSinceAt  string `db:"waiting_since_at" json:"waiting_since_at,omitempty"` // the oldest of them was planned
	NextAttemptAt   string `db:"next_attempt_at" json:"next_attempt_at,omitempty"`   // when a failed one is tried again
	Held            int    `db:"held" json:"held"`
	Refused         int    `db:"refused" json:"refused"`
	RefusedSinceAt  string `db:"refused_since_at" json:"refused_since_at,omitempty"`
	LastDeliveredAt string `db:"last_delivered_at" json:"last_delivered_at,omitempty"`
	// of the newest of those that wait or were refused
	LastError string `db:"last_error" json:"last_error,omitempty"`
}

var channelHealthRow = scan.Of[ChannelHealth]("h")

// ChannelHealth returns every channel that was ever sent anything, by name.
func (d *DB) ChannelHealth(ctx context.Context) ([]ChannelHealth, error) {
	found, err := channelHealthRow.All(ctx, d.read, `SELECT `+channelHealthRow.Columns+
		` FROM v_channel_health h ORDER BY channel`)
	if err != nil {
		return nil, fmt.Errorf("health of channels: %w", err)
	}
	return found, nil
}

// DeliveryCount is how many messages to a channel are in a state.
type DeliveryCount struct {
	Channel string `db:"channel"`
	State   string `db:"state"` // pending, held, delivered, refused, skipped
	Count   int    `db:"count"`
	DueAt   string `db:"due_at"` // when the first of them was free to be sent: planned, or no longer held
}

var deliveryCountRow = scan.Of[DeliveryCount]("")

// DeliveryCounts counts the messages by channel and state; where there is none there is no row.
func (d *DB) DeliveryCounts(ctx context.Context) ([]DeliveryCount, error) {
	counts, err := deliveryCountRow.All(ctx, d.read, `
		SELECT channel, state, count(*) AS count, min(max(created_at, coalesce(not_before_at, ''))) AS due_at
		FROM deliveries GROUP BY channel, state ORDER BY channel, state`)
	if err != nil {
		return nil, fmt.Errorf("deliveries by state: %w", err)
	}
	return counts, nil
}

// Delivery is a message to a channel, as far as its fate is concerned.
type Delivery struct {
	DeliveryID  int64  `db:"delivery_id"`
	Channel     string `db:"channel"`
	Reason      string `db:"reason"`
	State       string `db:"state"`
	Attempts    int    `db:"attempts"`
	CreatedAt   string `db:"created_at"`
	DeliveredAt string `db:"delivered_at"`
	LastError   string `db:"last_error"`
	IncidentID  int64  `db:"incident_id"` // 0 if it is of none, or of several
}

var deliveryRow = scan.Of[Delivery]("d")

// RecentDeliveries returns the last messages to channels, the newest first, and how many wait to be sent.
func (d *DB) RecentDeliveries(ctx context.Context, limit int) ([]Delivery, int, error) {
	var waiting int
	err := d.read.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM deliveries WHERE state = 'pending') + (SELECT count(*) FROM deliveries
		WHERE state = 'held')`).Scan(&waiting)
	if err != nil {
		return nil, 0, fmt.Errorf("recent deliveries: %w", err)
	}
	rows, err := deliveryRow.All(ctx, d.read, `SELECT `+deliveryRow.Columns+
		` FROM deliveries d ORDER BY d.delivery_id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("recent deliveries: %w", err)
	}
	return rows, waiting, nil
}
