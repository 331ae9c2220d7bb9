package db

import (
	"context"
	"database/sql"
	"fmt"
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
	found, err := list(ctx, d.read, func(r *sql.Rows, c *ChannelHealth) error {
		return r.Scan(&c.Channel, &c.Waiting, &c.WaitingSinceAt, &c.NextAttemptAt, &c.Held, &c.Refused, &c.RefusedSinceAt, &c.LastDeliveredAt, &c.LastError)
	}, `SELECT channel, waiting, coalesce(waiting_since_at, ''), coalesce(next_attempt_at, ''), held, refused, coalesce(refused_since_at, ''),
			coalesce(last_delivered_at, ''), coalesce(last_error, '')
		FROM v_channel_health ORDER BY channel`)
	if err != nil {
		return nil, fmt.Errorf("health of channels: %w", err)
	}
	return found, nil
}
