package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
	"vendorwatch/db"
)

// ErrNotRefused says that a delivery cannot be sent again, since it was not refused.
var ErrNotRefused = errors.New("it was not refused")

// NextDelivery returns the message whose turn it is on a channel: the oldest that is pending. False means
// that none is to be sent by this process at now; due is then when the oldest is to be tried again, or is no longer
// left to another process, zero if none waits. What waits for its next try keeps those behind it waiting, so that the
// channel's order is kept; what is held does not.
func (l *Ledger) NextDelivery(ctx context.Context, channel, process string, now time.Time) (next Delivery, ok bool,
	due time.Time, err error) {
	next, err = deliveryRow.One(ctx, l.read, selectDelivery+`
		WHERE d.channel = ? AND d.state = 'pending' ORDER BY d.delivery_id LIMIT 1`, channel)
	if errors.Is(err, sql.ErrNoRows) {
		return Delivery{}, false, time.Time{}, nil
	}
	if err != nil {
		return Delivery{}, false, time.Time{}, fmt.Errorf("next delivery of channel %q: %w", channel, err)
	}
	ours := next.Sender != "" && next.Sender == process
	if !ours && next.NextAttemptAt > db.Stamp(now) {
		due, err = db.ParseStamp(next.NextAttemptAt)
		return Delivery{}, false, due, err
	}
	return next, true, time.Time{}, nil
}

// Hand says who has a message in hand.
type Hand struct {
	Process string    // as in Lease.Holder
	At      time.Time // now
	Until   time.Time // until when the others leave it to this process; zero if they need not
	Message string    // as it is sent, in JSON; kept where it is the first attempt
}

// MarkSending records that a message is on its way, for the first time if attempts is 0. If the program ends
// before its fate is known, it is sent again: better told twice than never. It returns ErrPlanned if another
// process took it up since it was read, or if another one than this is to send what nobody has in hand.
func (l *Ledger) MarkSending(ctx context.Context, id int64, attempts int, h Hand) error {
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET attempts = attempts + 1, sender = ?3, next_attempt_at = nullif(?4, ''),
				first_attempt_at = coalesce(first_attempt_at, ?5),
				message = CASE WHEN ?2 = 0 OR message IS NULL THEN nullif(?6, '') ELSE message END
			WHERE delivery_id = ?1 AND attempts = ?2 AND state = 'pending'
				AND (sender IN ('', ?3) OR coalesce(next_attempt_at, '') <= ?5)
				AND (sender = ?3 AND ?3 <> ''
					OR NOT EXISTS (SELECT 1 FROM leases WHERE holder <> ?3 AND until_at > ?5))`,
			id, attempts, h.Process, db.Stamp(h.Until), db.Stamp(h.At), h.Message)
		return changedOne(res, err)
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %w", id, err)
	}
	return nil
}

// TakeInHand leaves a message that nobody has in hand to one process. It returns ErrPlanned if another has it, or if
// it does not wait to be sent.
func (l *Ledger) TakeInHand(ctx context.Context, id int64, h Hand) error {
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET sender = ?2, next_attempt_at = ?3 WHERE delivery_id = ?1 AND state = 'pending'
			AND (sender IN ('', ?2) OR coalesce(next_attempt_at, '') <= ?4)`, id, h.Process, db.Stamp(h.Until),
			db.Stamp(h.At))
		return changedOne(res, err)
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %w", id, err)
	}
	return nil
}

// MarkUnconfigured records why none of the messages that wait for a channel is tried, and leaves them to whichever
// process can send them. It returns how many there are of which that was not known.
func (l *Ledger) MarkUnconfigured(ctx context.Context, channel, process, why string) (n int64, err error) {
	err = l.file.Change(ctx, func(tx *db.Tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET last_error = ?3, next_attempt_at = NULL, sender = '' WHERE channel = ?1
			AND state = 'pending' AND sender IN ('', ?2) AND (last_error <> ?3 OR sender <> '')`, channel, process, why)
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("channel %q: %w", channel, err)
	}
	return n, nil
}

// MarkFailed records that the channel did not take a message at the time at, and when to try again; rejected says that
// it did not because it does not know us. errText must hold no secret.
func (l *Ledger) MarkFailed(ctx context.Context, id int64, at, next time.Time, errText string, rejected bool) error {
	if next.Before(at) {
		next = at
	}
	return l.mark(ctx, id, `UPDATE deliveries SET next_attempt_at = ?2, last_error = ?3, sender = '',
			rejected_since_at = CASE WHEN ?4 THEN coalesce(rejected_since_at, ?5) END
		WHERE delivery_id = ?1 AND state = 'pending'`, db.Stamp(next), errText, rejected, db.Stamp(at))
}

// MarkParts records how many parts of a long message the receiver has, and the thread that it gave for the others.
func (l *Ledger) MarkParts(ctx context.Context, id int64, parts int, thread string) error {
	return l.mark(ctx, id, `UPDATE deliveries SET parts = ?2, parts_thread = ?3 WHERE delivery_id = ?1`, parts, thread)
}

// MarkRefused records that the channel will never take a message, or has not for too long, so that it is not sent for
// ever. errText must hold no secret.
func (l *Ledger) MarkRefused(ctx context.Context, id int64, at time.Time, errText string) error {
	return l.mark(ctx, id, `
		UPDATE deliveries SET state = 'refused', next_attempt_at = NULL, last_error = ?2 || ': ' || ?3, sender = ''
		WHERE delivery_id = ?1 AND state = 'pending'`, db.Stamp(at), errText)
}

// MarkSkipped records that a message is not to be sent, and why, in words.
func (l *Ledger) MarkSkipped(ctx context.Context, id int64, note string) error {
	return l.mark(ctx, id, `
		UPDATE deliveries SET state = 'skipped', next_attempt_at = NULL, note = ?2, sender = ''
		WHERE delivery_id = ?1 AND state IN ('pending', 'held')`, note)
}

func (l *Ledger) mark(ctx context.Context, id int64, query string, args ...any) error {
	err := l.file.Change(ctx, func(tx *db.Tx) error {
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
const tellsOfNoIncident = `('digest', 'held_back', 'channel', 'own_network', 'own_network_back', 'sla_at_risk',
	'sla_missed', 'test')`

// MarkDelivered records that the channel took a message. Receipt is what the receiver answered; thread is
// what it gave back for further messages on the incident, and empty if it gave nothing. An alert is from
// then on what the channel was told of its incidents.
func (l *Ledger) MarkDelivered(ctx context.Context, id int64, at time.Time, receipt, thread string) error {
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET state = 'delivered', next_attempt_at = NULL, delivered_at = ?, receipt = ?,
			last_error = '', sender = '', message = NULL
			WHERE delivery_id = ? AND state <> 'delivered'`, db.Stamp(at), receipt, id)
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
			ON CONFLICT (channel, incident_id) DO UPDATE SET thread = excluded.thread WHERE excluded.thread <> ''`, id,
			thread)
		return err
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %w", id, err)
	}
	return nil
}

// Resend puts a refused message back among those to be sent, as if it had never been tried. It returns
// db.ErrNotFound if there is no such delivery, and ErrNotRefused, with the state it is in, if it was not refused.
func (l *Ledger) Resend(ctx context.Context, id int64) error {
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		var state DeliveryState
		err := tx.QueryRowContext(ctx, `SELECT state FROM deliveries WHERE delivery_id = ?`, id).Scan(&state)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return db.ErrNotFound
		case err != nil:
			return err
		case state != DeliveryRefused:
			return fmt.Errorf("%w: it is %s", ErrNotRefused, state)
		}
		_, err = tx.ExecContext(ctx,
			`UPDATE deliveries SET state = 'pending', attempts = 0, parts = 0, parts_thread = '',
			next_attempt_at = NULL, first_attempt_at = NULL, rejected_since_at = NULL
			WHERE delivery_id = ?`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %w", id, err)
	}
	return nil
}
