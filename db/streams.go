package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// reach is how far back a stream that is used for the first time looks.
const reach = 24 * time.Hour

// ErrPlanned says that news was planned, or a message sent, by another since it was looked at: look again.
var ErrPlanned = errors.New("planned by another in the meantime")

// Stream is a row of streams: how far news is planned into messages.
type Stream struct {
	Stream       string `json:"stream"`
	AfterEventID int64  `json:"after_event_id"`
	CreatedAt    string `json:"created_at"`
	PlannedAt    string `json:"planned_at,omitempty"`
}

// NewDelivery is a message to be sent, or one that is not sent for a reason that is to be on record.
type NewDelivery struct {
	Channel    string
	Stream     string        // empty means that of the plan
	Reason     string        // why it is sent, one of the words that the table allows
	Route      string        // name of the route that chose the channel
	DedupKey   string        // where the channel has a message of this key, this one is dropped; empty for no such limit
	Note       string        // why it is held or skipped, in words
	State      DeliveryState // pending, held or skipped; empty means pending
	IncidentID int64         // 0 if it tells of none, or of several
	SourceID   int64         // 0 if it tells of no page
	EventIDs   []int64       // the news that it tells
	From       time.Time     // of a digest: since when it reports; zero if everything so far is meant
	NotBefore  time.Time     // of a held one
	Mention    bool
}

// DeliveryChange changes a message that nobody has tried to send so far. Zero fields leave what there is.
type DeliveryChange struct {
	DeliveryID int64
	State      DeliveryState
	Reason     string
	NotBefore  time.Time
	Note       string
	EventIDs   []int64 // to be told too
	Mention    bool    // people are to be called after all
}

// StreamByName returns a stream, or ErrNotFound.
func (d *DB) StreamByName(ctx context.Context, stream string) (s Stream, err error) {
	err = d.read.QueryRowContext(ctx, `
		SELECT stream, after_event_id, created_at, coalesce(planned_at, '') FROM streams WHERE stream = ?`, stream).
		Scan(&s.Stream, &s.AfterEventID, &s.CreatedAt, &s.PlannedAt)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Stream{}, fmt.Errorf("stream %q: %w", stream, err)
	}
	return s, nil
}

// EnsureStream makes a stream known. On first sight the events of the last 24 hours are to be planned; what is
// older never is.
func (d *DB) EnsureStream(ctx context.Context, stream string, now time.Time) error {
	if _, err := d.StreamByName(ctx, stream); !errors.Is(err, ErrNotFound) {
		return err
	}
	err := d.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO streams (stream, after_event_id, created_at)
			SELECT ?1, coalesce(
				(SELECT min(event_id) - 1 FROM events WHERE at >= ?2 AND withheld IS NULL),
				(SELECT max(event_id) FROM events), 0), ?3
			WHERE NOT EXISTS (SELECT 1 FROM streams WHERE stream = ?1)`, stream, stamp(now.Add(-reach)), stamp(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("stream %q: %w", stream, err)
	}
	return nil
}

// UnplannedEvents returns the news that a stream has not planned, in the order in which it was learned, but
// for what is withheld from channels. It returns ErrNotFound if EnsureStream does not know the stream.
func (d *DB) UnplannedEvents(ctx context.Context, stream string) ([]Event, error) {
	s, err := d.StreamByName(ctx, stream)
	if err != nil {
		return nil, err
	}
	since, err := parseStamp(s.CreatedAt)
	if err != nil {
		return nil, fmt.Errorf("stream %q: %w", stream, err)
	}
	events, err := queryEvents(ctx, d.read, `WHERE e.event_id > ? AND e.withheld IS NULL AND e.at >= ?`, s.AfterEventID, stamp(since.Add(-reach)))
	if err != nil {
		return nil, fmt.Errorf("stream %q: %w", stream, err)
	}
	return events, nil
}

// SavePlan records in one transaction what a stream's news up to an event became: new messages, and changes of
// those that nobody has tried to send. The stream goes on after that event; 0 leaves it where it is. It
// returns ErrPlanned, and changes nothing, if a message of a digest holds news that the stream has behind it,
// or if a message to be changed is no longer as it was.
func (d *DB) SavePlan(ctx context.Context, stream string, upTo int64, at time.Time, add []NewDelivery, change []DeliveryChange) error {
	err := d.change(ctx, func(tx *sql.Tx) error {
		var after int64
		err := tx.QueryRowContext(ctx, `SELECT after_event_id FROM streams WHERE stream = ?`, stream).Scan(&after)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		for _, n := range add {
			if strings.HasPrefix(stream, StreamDigest) && len(n.EventIDs) > 0 && slices.Min(n.EventIDs) <= after {
				return ErrPlanned
			}
			if n.Stream == "" {
				n.Stream = stream
			}
			if err := addDelivery(ctx, tx, n, at); err != nil {
				return fmt.Errorf("message to channel %q: %w", n.Channel, err)
			}
		}
		for _, c := range change {
			if err := changeDelivery(ctx, tx, c); err != nil {
				return fmt.Errorf("delivery %d: %w", c.DeliveryID, err)
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE streams SET after_event_id = max(after_event_id, ?), planned_at = ? WHERE stream = ?`, upTo, stamp(at), stream)
		return err
	})
	if err != nil {
		return fmt.Errorf("plan of stream %q: %w", stream, err)
	}
	return nil
}

func addDelivery(ctx context.Context, tx *sql.Tx, n NewDelivery, at time.Time) error {
	if n.State == "" {
		n.State = DeliveryPending
	}
	res, err := tx.ExecContext(ctx, `
		INSERT INTO deliveries (channel, stream, reason, incident_id, source_id, route, dedup_key, mention, from_at, state, not_before_at, created_at, note)
		VALUES (?, ?, ?, nullif(?, 0), nullif(?, 0), ?, nullif(?, ''), ?, nullif(?, ''), ?, nullif(?, ''), ?, ?)
		ON CONFLICT (channel, dedup_key) WHERE dedup_key IS NOT NULL DO NOTHING`,
		n.Channel, n.Stream, n.Reason, n.IncidentID, n.SourceID, n.Route, n.DedupKey, bit(n.Mention), stamp(n.From), n.State,
		stamp(n.NotBefore), stamp(at), n.Note)
	if err != nil {
		return err
	}
	if added, err := res.RowsAffected(); err != nil || added == 0 {
		return err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return err
	}
	return addEvents(ctx, tx, id, n.EventIDs)
}

func changeDelivery(ctx context.Context, tx *sql.Tx, c DeliveryChange) error {
	res, err := tx.ExecContext(ctx, `
		UPDATE deliveries SET state = coalesce(nullif(?2, ''), state), reason = coalesce(nullif(?3, ''), reason),
			not_before_at = coalesce(nullif(?4, ''), not_before_at), note = coalesce(nullif(?5, ''), note), mention = max(mention, ?6)
		WHERE delivery_id = ?1 AND (state = 'held' OR state = 'pending' AND attempts = 0)`,
		c.DeliveryID, c.State, c.Reason, stamp(c.NotBefore), c.Note, bit(c.Mention))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrPlanned)
	}
	return addEvents(ctx, tx, c.DeliveryID, c.EventIDs)
}

func addEvents(ctx context.Context, tx *sql.Tx, delivery int64, events []int64) error {
	if len(events) == 0 {
		return nil
	}
	ids, err := marshal(events)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO delivery_events (delivery_id, event_id) SELECT ?1, value FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING`, delivery, ids)
	return err
}
