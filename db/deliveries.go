package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// StreamAlerts is the stream of alerts; that of a digest is StreamDigest and its name.
const (
	StreamAlerts = "alerts"
	StreamDigest = "digest:"
)

// DeliveryState is what has become of a message.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryPending   DeliveryState = "pending"   // to be sent, or to be tried again
	DeliveryHeld      DeliveryState = "held"      // not before its time
	DeliveryDelivered DeliveryState = "delivered" // the receiver took it
	DeliveryRefused   DeliveryState = "refused"   // the receiver will never take it
	DeliverySkipped   DeliveryState = "skipped"   // not sent; the note says why
)

// ErrNotRefused says that a delivery cannot be sent again, since it was not refused.
var ErrNotRefused = errors.New("it was not refused")

// Delivery is a row of deliveries: one message to one channel.
type Delivery struct {
	DeliveryID    int64         `json:"delivery_id"`
	Channel       string        `json:"channel"`
	Stream        string        `json:"stream"`
	Reason        string        `json:"reason"`
	Vendor        string        `json:"vendor,omitempty"`      // slug; empty where it tells of several incidents, or is a digest
	Title         string        `json:"title,omitempty"`       // of the incident
	IncidentID    int64         `json:"incident_id,omitempty"` // 0 where it tells of none, or of several: those of its events
	SourceID      int64         `json:"source_id,omitempty"`
	Route         string        `json:"route,omitempty"`
	DedupKey      string        `json:"dedup_key,omitempty"`
	Mention       int           `json:"mention"`
	FromAt        string        `json:"from_at,omitempty"` // of a digest: since when it reports
	State         DeliveryState `json:"state"`
	NotBeforeAt   string        `json:"not_before_at,omitempty"`
	Attempts      int           `json:"attempts"`
	NextAttemptAt string        `json:"next_attempt_at,omitempty"`
	CreatedAt     string        `json:"created_at"`
	DeliveredAt   string        `json:"delivered_at,omitempty"`
	Receipt       string        `json:"receipt,omitempty"`
	LastError     string        `json:"last_error,omitempty"`
	Note          string        `json:"note,omitempty"`
	EventIDs      []int64       `json:"event_ids"` // in the order in which they were learned
}

const deliveryColumns = `d.delivery_id, d.channel, d.stream, d.reason, coalesce(v.slug, ''), coalesce(i.title, ''), coalesce(d.incident_id, 0), coalesce(d.source_id, 0), d.route,
		coalesce(d.dedup_key, ''), d.mention, coalesce(d.from_at, ''), d.state, coalesce(d.not_before_at, ''), d.attempts,
		coalesce(d.next_attempt_at, ''), d.created_at, coalesce(d.delivered_at, ''), d.receipt, d.last_error, d.note,
		(SELECT json_group_array(event_id) FROM (SELECT event_id FROM delivery_events x WHERE x.delivery_id = d.delivery_id ORDER BY event_id))`

// deliveryTables are what deliveryColumns are of.
const deliveryTables = ` FROM deliveries d
	LEFT JOIN incidents i ON i.incident_id = d.incident_id
	LEFT JOIN sources s ON s.source_id = coalesce(d.source_id, i.source_id)
	LEFT JOIN vendors v ON v.vendor_id = s.vendor_id `

const selectDelivery = `SELECT ` + deliveryColumns + deliveryTables

func scanDelivery(row interface{ Scan(...any) error }, more ...any) (d Delivery, err error) {
	var events []byte
	into := []any{&d.DeliveryID, &d.Channel, &d.Stream, &d.Reason, &d.Vendor, &d.Title, &d.IncidentID, &d.SourceID, &d.Route,
		&d.DedupKey, &d.Mention, &d.FromAt, &d.State, &d.NotBeforeAt, &d.Attempts,
		&d.NextAttemptAt, &d.CreatedAt, &d.DeliveredAt, &d.Receipt, &d.LastError, &d.Note, &events}
	if err = row.Scan(append(into, more...)...); err != nil {
		return d, err
	}
	return d, json.Unmarshal(events, &d.EventIDs)
}

// DeliveryFilter chooses deliveries. Zero fields choose nothing out.
type DeliveryFilter struct {
	Channel  string
	Stream   string
	State    DeliveryState
	Reason   string
	Incident int64     // of this incident, also where the message tells of others too
	Since    time.Time // planned at this time or later
	AfterID  int64     // later ones than this delivery
	Limit    int       // the newest so many; 0 for all
}

// Deliveries returns the messages that f chooses, in the order in which they were planned.
func (d *DB) Deliveries(ctx context.Context, f DeliveryFilter) ([]Delivery, error) {
	terms, args := []string{`d.delivery_id > ?`}, []any{f.AfterID}
	add := func(term string, values ...any) {
		terms = append(terms, term)
		args = append(args, values...)
	}
	if f.Channel != "" {
		add(`d.channel = ?`, f.Channel)
	}
	if f.Stream != "" {
		add(`d.stream = ?`, f.Stream)
	}
	if f.State != "" {
		add(`d.state = ?`, f.State)
	}
	if f.Reason != "" {
		add(`d.reason = ?`, f.Reason)
	}
	if f.Incident != 0 {
		add(`(d.incident_id = ? OR d.incident_id IS NULL AND d.delivery_id IN (
			SELECT delivery_id FROM delivery_events JOIN events USING (event_id) WHERE incident_id = ?))`, f.Incident, f.Incident)
	}
	if !f.Since.IsZero() {
		add(`d.created_at >= ?`, stamp(f.Since))
	}
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	found, err := list(ctx, d.read, func(r *sql.Rows, x *Delivery) (err error) {
		*x, err = scanDelivery(r)
		return err
	}, selectDelivery+`WHERE d.delivery_id IN (SELECT d.delivery_id FROM deliveries d WHERE `+strings.Join(terms, ` AND `)+` ORDER BY d.delivery_id DESC LIMIT ?)
		ORDER BY d.delivery_id`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("deliveries: %w", err)
	}
	return found, nil
}

// DeliveryByID returns one message, or ErrNotFound.
func (d *DB) DeliveryByID(ctx context.Context, id int64) (Delivery, error) {
	found, err := scanDelivery(d.read.QueryRowContext(ctx, selectDelivery+`WHERE d.delivery_id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Delivery{}, fmt.Errorf("delivery %d: %w", id, err)
	}
	return found, nil
}

// NextDelivery returns the message whose turn it is on a channel: the oldest that is pending. False means
// that none is to be sent at now; due is then when the oldest is to be tried again, zero if none waits. What
// waits for its next try keeps those behind it waiting, so that the channel's order is kept; what is held
// does not.
func (d *DB) NextDelivery(ctx context.Context, channel string, now time.Time) (next Delivery, ok bool, due time.Time, err error) {
	next, err = scanDelivery(d.read.QueryRowContext(ctx, selectDelivery+`
		WHERE d.channel = ? AND d.state = 'pending' ORDER BY d.delivery_id LIMIT 1`, channel))
	if errors.Is(err, sql.ErrNoRows) {
		return Delivery{}, false, time.Time{}, nil
	}
	if err == nil && next.NextAttemptAt > stamp(now) {
		due, err = parseStamp(next.NextAttemptAt)
		return Delivery{}, false, due, err
	}
	if err != nil {
		return Delivery{}, false, time.Time{}, fmt.Errorf("next delivery of channel %q: %w", channel, err)
	}
	return next, true, time.Time{}, nil
}

// MarkSending records that a message is on its way, for the first time if attempts is 0. If the program ends
// before its fate is known, it is due at once: better told twice than never. It returns ErrPlanned if another
// took it up since it was read.
func (d *DB) MarkSending(ctx context.Context, id int64, attempts int, at time.Time) error {
	err := d.change(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET attempts = attempts + 1, next_attempt_at = ? WHERE delivery_id = ? AND attempts = ? AND state = 'pending'`,
			stamp(at), id, attempts)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrPlanned)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %w", id, err)
	}
	return nil
}

// MarkFailed records that the channel did not take a message at the time at, and when to try again. errText
// must hold no secret.
func (d *DB) MarkFailed(ctx context.Context, id int64, at, next time.Time, errText string) error {
	if next.Before(at) {
		next = at
	}
	return d.mark(ctx, id, `UPDATE deliveries SET next_attempt_at = ?2, last_error = ?3 WHERE delivery_id = ?1 AND state = 'pending'`, stamp(next), errText)
}

// MarkRefused records that the channel will never take a message, so that it is not sent for ever. errText
// must hold no secret.
func (d *DB) MarkRefused(ctx context.Context, id int64, at time.Time, errText string) error {
	return d.mark(ctx, id, `
		UPDATE deliveries SET state = 'refused', next_attempt_at = NULL, last_error = ?2 || ': ' || ?3
		WHERE delivery_id = ?1 AND state = 'pending'`, stamp(at), errText)
}

// MarkSkipped records that a message is not to be sent, and why, in words.
func (d *DB) MarkSkipped(ctx context.Context, id int64, note string) error {
	return d.mark(ctx, id, `
		UPDATE deliveries SET state = 'skipped', next_attempt_at = NULL, note = ?2 WHERE delivery_id = ?1 AND state IN ('pending', 'held')`, note)
}

func (d *DB) mark(ctx context.Context, id int64, query string, args ...any) error {
	err := d.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, append([]any{id}, args...)...)
		return err
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %w", id, err)
	}
	return nil
}

// tellsOfNoIncident are the reasons of messages after which a channel does not count as told of the
// incidents in them.
const tellsOfNoIncident = `('digest', 'held_back', 'test')`

// MarkDelivered records that the channel took a message. Receipt is what the receiver answered; thread is
// what it gave back for further messages on the incident, and empty if it gave nothing. An alert is from
// then on what the channel was told of its incidents.
func (d *DB) MarkDelivered(ctx context.Context, id int64, at time.Time, receipt, thread string) error {
	err := d.change(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET state = 'delivered', next_attempt_at = NULL, delivered_at = ?, receipt = ?, last_error = ''
			WHERE delivery_id = ? AND state <> 'delivered'`, stamp(at), receipt, id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO threads (channel, incident_id, thread, first_delivery_id)
			SELECT DISTINCT d.channel, coalesce(d.incident_id, e.incident_id), ?2, d.delivery_id
			FROM deliveries d
			LEFT JOIN delivery_events x ON x.delivery_id = d.delivery_id AND d.incident_id IS NULL
			LEFT JOIN events e ON e.event_id = x.event_id
			WHERE d.delivery_id = ?1 AND d.stream = 'alerts' AND d.reason NOT IN `+tellsOfNoIncident+`
				AND coalesce(d.incident_id, e.incident_id) IS NOT NULL
			ON CONFLICT (channel, incident_id) DO UPDATE SET thread = excluded.thread WHERE excluded.thread <> ''`, id, thread)
		return err
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %w", id, err)
	}
	return nil
}

// Resend puts a refused message back among those to be sent, as if it had never been tried. It returns
// ErrNotFound if there is no such delivery, and ErrNotRefused, with the state it is in, if it was not refused.
func (d *DB) Resend(ctx context.Context, id int64) error {
	err := d.change(ctx, func(tx *sql.Tx) error {
		var state DeliveryState
		err := tx.QueryRowContext(ctx, `SELECT state FROM deliveries WHERE delivery_id = ?`, id).Scan(&state)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return err
		case state != DeliveryRefused:
			return fmt.Errorf("%w: it is %s", ErrNotRefused, state)
		}
		_, err = tx.ExecContext(ctx, `UPDATE deliveries SET state = 'pending', attempts = 0, next_attempt_at = NULL WHERE delivery_id = ?`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %w", id, err)
	}
	return nil
}
