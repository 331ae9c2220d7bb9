package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"vendorwatch/db"
)

// ErrPlanned says that news was planned, or a message sent, by another since it was looked at: look again.
var ErrPlanned = errors.New("planned by another in the meantime")

// NewDelivery is a message to be sent, or one that is not sent for a reason that is to be on record.
type NewDelivery struct {
	Channel string
	Stream  string // empty means that of the plan
	Reason  string // why it is sent, one of the words that the table allows
	Route   string // name of the route that chose the channel
	// where the channel has a message of this key, this one is dropped; empty for no such limit
	DedupKey   string
	Note       string        // why it is held or skipped, in words
	State      DeliveryState // pending, held or skipped; empty means pending
	IncidentID int64         // 0 if it tells of none, or of several
	SourceID   int64         // 0 if it tells of no page
	EventIDs   []int64       // the news that it tells
	From       time.Time     // of a digest: since when it reports; zero if everything so far is meant
	NotBefore  time.Time     // of a held one
	Mention    bool
	Sender     string    // the process that sends it at once; empty for whichever delivers
	InHand     time.Time // until when it is left to that process
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

// SavePlan records in one transaction what a stream's news up to an event became: new messages, and changes of
// those that nobody has tried to send. The stream goes on after that event; 0 leaves it where it is. It
// returns ErrPlanned, and changes nothing, if a message of a digest holds news that the stream has behind it,
// or if a message to be changed is no longer as it was.
func (l *Ledger) SavePlan(ctx context.Context, stream string, upTo int64, at time.Time, add []NewDelivery,
	change []DeliveryChange) error {
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		var after int64
		err := tx.QueryRowContext(ctx, `SELECT after_event_id FROM streams WHERE stream = ?`, stream).Scan(&after)
		if errors.Is(err, sql.ErrNoRows) {
			return db.ErrNotFound
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
		_, err = tx.ExecContext(ctx,
			`UPDATE streams SET after_event_id = max(after_event_id, ?), planned_at = ? WHERE stream = ?`, upTo,
			db.Stamp(at), stream)
		return err
	})
	if err != nil {
		return fmt.Errorf("plan of stream %q: %w", stream, err)
	}
	return nil
}

func addDelivery(ctx context.Context, tx *db.Tx, n NewDelivery, at time.Time) error {
	if n.State == "" {
		n.State = DeliveryPending
	}
	res, err := tx.ExecContext(ctx, `
		INSERT INTO deliveries (channel, stream, reason, incident_id, source_id, route, dedup_key, mention, from_at,
		state, not_before_at, created_at, note, sender, next_attempt_at)
		VALUES (?, ?, ?, nullif(?, 0), nullif(?, 0), ?, nullif(?, ''), ?, nullif(?, ''), ?, nullif(?, ''), ?, ?, ?,
			nullif(?, ''))
		ON CONFLICT (channel, dedup_key) WHERE dedup_key IS NOT NULL DO NOTHING`,
		n.Channel, n.Stream, n.Reason, n.IncidentID, n.SourceID, n.Route, n.DedupKey, db.Bit(n.Mention),
		db.Stamp(n.From), n.State,
		db.Stamp(n.NotBefore), db.Stamp(at), n.Note, n.Sender, db.Stamp(n.InHand))
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

func changeDelivery(ctx context.Context, tx *db.Tx, c DeliveryChange) error {
	res, err := tx.ExecContext(ctx, `
		UPDATE deliveries SET state = coalesce(nullif(?2, ''), state), reason = coalesce(nullif(?3, ''), reason),
			not_before_at = coalesce(nullif(?4, ''), not_before_at), note = coalesce(nullif(?5, ''), note),
			mention = max(mention, ?6)
		WHERE delivery_id = ?1 AND (state = 'held' OR state = 'pending' AND attempts = 0)`,
		c.DeliveryID, c.State, c.Reason, db.Stamp(c.NotBefore), c.Note, db.Bit(c.Mention))
	if err := changedOne(res, err); err != nil {
		return err
	}
	return addEvents(ctx, tx, c.DeliveryID, c.EventIDs)
}

// changedOne returns ErrPlanned if a statement found its row no longer as it was.
func changedOne(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrPlanned)
	}
	return nil
}

func addEvents(ctx context.Context, tx *db.Tx, delivery int64, events []int64) error {
	if len(events) == 0 {
		return nil
	}
	ids, err := db.JSON(events)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx,
		`INSERT INTO delivery_events (delivery_id, event_id) SELECT ?1, value FROM json_each(?2) WHERE true ON CONFLICT
			DO NOTHING`, delivery, ids)
	return err
}
