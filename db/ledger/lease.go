package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// LeaseFor is how long a lease holds unless its holder takes it again.
const LeaseFor = 30 * time.Second

// Lease says which process plans and sends the messages of the file. There is one at a time.
type Lease struct {
	Holder  string `db:"holder"`
	TakenAt string `db:"taken_at"`
	UntilAt string `db:"until_at"`
}

var leaseRow = scan.Of[Lease]("l")

// TakeLease makes a process the one that plans and sends messages, or lets it remain that, and returns the lease as it
// is then: of another holder where that one has it. The lease of a holder that is gone, or has not taken it again in
// time, passes on at once, with the messages that it had in hand.
func (l *Ledger) TakeLease(ctx context.Context, holder string, now time.Time, gone func(holder string) bool) (Lease,
	error) {
	lease := Lease{Holder: holder, TakenAt: db.Stamp(now), UntilAt: db.Stamp(now.Add(LeaseFor))}
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		var was Lease
		err := tx.QueryRowContext(ctx, `SELECT holder, taken_at, until_at FROM leases WHERE lease = 'deliver'`).
			Scan(&was.Holder, &was.TakenAt, &was.UntilAt)
		switch {
		case errors.Is(notFound(err), db.ErrNotFound):
		case err != nil:
			return err
		case was.Holder == holder:
			lease.TakenAt = was.TakenAt
		// Given back just now, by a service that is started anew. Of a file that lay longer, it cannot be told whether
		// it is a copy, made while no service ran.
		case was.Holder == "" && was.UntilAt <= db.Stamp(now) && was.UntilAt > db.Stamp(now.Add(-LeaseFor)):
		// One that ends later than any lease can was written by a clock that was wrong.
		case was.UntilAt > db.Stamp(now) && was.UntilAt <= lease.UntilAt && was.Holder != "" && !gone(was.Holder):
			lease = was
			return nil
		default:
			if err := letGo(ctx, tx, was.Holder); err != nil {
				return err
			}
			if err := db.LeaveRoom(ctx, tx); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO leases (lease, holder, taken_at, until_at) VALUES ('deliver', ?, ?, ?)
			ON CONFLICT (lease) DO UPDATE SET holder = excluded.holder, taken_at = excluded.taken_at,
			until_at = excluded.until_at`, lease.Holder, lease.TakenAt, lease.UntilAt)
		return err
	})
	if err != nil {
		return Lease{}, fmt.Errorf("lease: %w", err)
	}
	return lease, nil
}

// ReleaseLease gives the lease of a process back, and the messages that it has in hand.
func (l *Ledger) ReleaseLease(ctx context.Context, holder string, now time.Time) error {
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		if err := letGo(ctx, tx, holder); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE leases SET holder = '', until_at = ? WHERE holder = ?`, db.Stamp(now),
			holder)
		return err
	})
	if err != nil {
		return fmt.Errorf("lease: %w", err)
	}
	return nil
}

// LeaseHeld returns the lease, or db.ErrNotFound if no process has it.
func (l *Ledger) LeaseHeld(ctx context.Context) (Lease, error) {
	lease, err := leaseRow.One(ctx, l.read, `SELECT `+leaseRow.Columns+` FROM leases l WHERE l.holder <> ''`)
	if err != nil {
		return Lease{}, fmt.Errorf("lease: %w", notFound(err))
	}
	return lease, nil
}

// LetGo makes the messages due at once that processes which are gone had in hand.
func (l *Ledger) LetGo(ctx context.Context, gone func(process string) bool) error {
	hands, err := handRow.All(ctx, l.read, `
		SELECT DISTINCT `+handRow.Columns+` FROM deliveries d WHERE d.state = 'pending' AND d.sender <> ''`)
	if err != nil {
		return fmt.Errorf("messages in hand: %w", err)
	}
	for _, h := range hands {
		if !gone(h.Sender) {
			continue
		}
		err := l.file.Change(ctx, func(tx *db.Tx) error { return letGo(ctx, tx, h.Sender) })
		if err != nil {
			return fmt.Errorf("messages in hand: %w", err)
		}
	}
	return nil
}

// handRow reads who has messages in hand.
var handRow = scan.Of[struct {
	Sender string `db:"sender"`
}]("d")

// letGo makes the messages that a process has in hand due at once. Whether they arrived is not known.
func letGo(ctx context.Context, tx *db.Tx, holder string) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE deliveries SET sender = '', next_attempt_at = NULL
		WHERE state = 'pending' AND sender = ? AND sender <> ''`, holder)
	return err
}
