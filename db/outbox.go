package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"vendorwatch/normalize"
)

// EnsureChannel makes a channel known. On first sight the events of the last 24 hours are pending for it;
// what is older it is never told of.
func (d *DB) EnsureChannel(ctx context.Context, channel string, now time.Time) error {
	err := d.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO channels (channel, after_event_id, created_at)
			SELECT ?1, coalesce(
				(SELECT min(event_id) - 1 FROM events WHERE at >= ?2 AND withheld IS NULL),
				(SELECT max(event_id) FROM events), 0), ?3
			WHERE NOT EXISTS (SELECT 1 FROM channels WHERE channel = ?1)`, channel, stamp(now.Add(-reach)), stamp(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("channel %q: %w", channel, err)
	}
	return nil
}

// Pending returns the events that a channel has yet to be told of, in the order in which they were learned:
// those not delivered, and not refused for good. Kinds, if any are given, choose. It returns ErrNotFound if
// the channel is not known to EnsureChannel.
func (d *DB) Pending(ctx context.Context, channel string, kinds ...normalize.EventKind) ([]Event, error) {
	var after int64
	var created string
	err := d.read.QueryRowContext(ctx, `SELECT after_event_id, created_at FROM channels WHERE channel = ?`, channel).Scan(&after, &created)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("channel %q: %w", channel, err)
	}
	since, err := parseStamp(created)
	if err != nil {
		return nil, fmt.Errorf("channel %q: %w", channel, err)
	}
	events, err := queryEvents(ctx, d.read, `
		LEFT JOIN deliveries p ON p.channel = ? AND p.event_id = e.event_id
		WHERE e.event_id > ? AND e.withheld IS NULL AND e.at >= ? AND coalesce(p.state, 'pending') = 'pending'`,
		channel, after, stamp(since.Add(-reach)))
	if err != nil {
		return nil, fmt.Errorf("pending for channel %q: %w", channel, err)
	}
	if len(kinds) > 0 {
		events = slices.DeleteFunc(events, func(e Event) bool { return !slices.Contains(kinds, e.Kind) })
	}
	return events, nil
}

// MarkSending records that events are on their way. If the program ends before their fate is known, they
// are due at once: better told twice than never.
func (d *DB) OutboxMarkSending(ctx context.Context, channel string, ids []int64, at time.Time) error {
	return d.outboxMark(ctx, channel, ids, `
		INSERT INTO deliveries (event_id, channel, state, attempts, next_attempt_at)
		SELECT value, ?2, 'pending', 0, ?3 FROM json_each(?1) WHERE true
		ON CONFLICT (channel, event_id) DO UPDATE SET next_attempt_at = excluded.next_attempt_at WHERE state = 'pending'`, stamp(at))
}

// MarkDelivered records that the channel took events. Receipt is what the receiver answered.
func (d *DB) OutboxMarkDelivered(ctx context.Context, channel string, ids []int64, at time.Time, receipt string) error {
	return d.outboxMark(ctx, channel, ids, `
		INSERT INTO deliveries (event_id, channel, state, attempts, delivered_at, receipt)
		SELECT value, ?2, 'delivered', 1, ?3, ?4 FROM json_each(?1) WHERE true
		ON CONFLICT (channel, event_id) DO UPDATE SET state = 'delivered', attempts = attempts + 1, next_attempt_at = NULL,
			delivered_at = excluded.delivered_at, receipt = excluded.receipt, last_error = '' WHERE state <> 'delivered'`, stamp(at), receipt)
}

// MarkFailed records that the channel did not take events at the time at, and when to try again. errText
// must hold no secret.
func (d *DB) OutboxMarkFailed(ctx context.Context, channel string, ids []int64, at, next time.Time, errText string) error {
	if next.Before(at) {
		next = at
	}
	return d.outboxMark(ctx, channel, ids, `
		INSERT INTO deliveries (event_id, channel, state, attempts, next_attempt_at, last_error)
		SELECT value, ?2, 'pending', 1, ?3, ?4 FROM json_each(?1) WHERE true
		ON CONFLICT (channel, event_id) DO UPDATE SET attempts = attempts + 1, next_attempt_at = excluded.next_attempt_at,
			last_error = excluded.last_error WHERE state = 'pending'`, stamp(next), errText)
}

// MarkRefused records that the channel will never take events, so that they are not sent for ever. errText
// must hold no secret.
func (d *DB) OutboxMarkRefused(ctx context.Context, channel string, ids []int64, at time.Time, errText string) error {
	return d.outboxMark(ctx, channel, ids, `
		INSERT INTO deliveries (event_id, channel, state, attempts, last_error)
		SELECT value, ?2, 'refused', 1, ?3 || ': ' || ?4 FROM json_each(?1) WHERE true
		ON CONFLICT (channel, event_id) DO UPDATE SET state = 'refused', attempts = attempts + 1, next_attempt_at = NULL,
			last_error = excluded.last_error WHERE state = 'pending'`, stamp(at), errText)
}

// mark runs a statement for all ids in one transaction, and moves the channel past the events that are
// settled, so that finding what is pending does not become slower with the years.
func (d *DB) outboxMark(ctx context.Context, channel string, ids []int64, query string, more ...any) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := marshal(ids)
	if err != nil {
		return err
	}
	err = d.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, query, append([]any{list, channel}, more...)...); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE channels SET after_event_id = coalesce(
				(SELECT min(e.event_id) - 1 FROM events e LEFT JOIN deliveries p ON p.channel = ?1 AND p.event_id = e.event_id
					WHERE e.event_id > after_event_id AND e.withheld IS NULL AND coalesce(p.state, 'pending') = 'pending'),
				(SELECT max(event_id) FROM events), after_event_id)
			WHERE channel = ?1`, channel)
		return err
	})
	if err != nil {
		return fmt.Errorf("deliveries of channel %q: %w", channel, err)
	}
	return nil
}

// NextAttempt returns when the first failed delivery of a channel is to be tried again; false if none is.
func (d *DB) NextAttempt(ctx context.Context, channel string) (time.Time, bool, error) {
	var next sql.NullString
	err := d.read.QueryRowContext(ctx, `SELECT min(next_attempt_at) FROM deliveries WHERE channel = ? AND state = 'pending'`, channel).Scan(&next)
	if err != nil || !next.Valid {
		return time.Time{}, false, err
	}
	at, err := parseStamp(next.String)
	return at, err == nil, err
}

// LastDelivered returns when the channel last took anything; the zero time if it never did.
func (d *DB) LastDelivered(ctx context.Context, channel string) (time.Time, error) {
	var last sql.NullString
	err := d.read.QueryRowContext(ctx, `SELECT max(delivered_at) FROM deliveries WHERE channel = ? AND state = 'delivered'`, channel).Scan(&last)
	if err != nil {
		return time.Time{}, fmt.Errorf("channel %q: %w", channel, err)
	}
	return parseStamp(last.String)
}
