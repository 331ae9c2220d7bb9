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
		// One that ends later than any lease can was written by a clock that was wrong.
		case was.UntilAt > db.Stamp(now) && was.UntilAt <= lease.UntilAt && !gone(was.Holder):
			lease = was
			return nil
		default:
			if err := letGo(ctx, tx, was.Holder); err != nil {
				return err
			}
			if err := leaveRoom(ctx, tx); err != nil {
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

// room is how many ids are left out after a process that did not give its lease back: more than the events and
// messages that a copy of the file can lack.
const room = 100_000

// leaveRoom leaves ids out. The file may be a copy, restored from a replica or a backup, that lacks the last of what
// its original told: a receiver knows a repeat by the id, and would drop other news under the same one.
func leaveRoom(ctx context.Context, tx *db.Tx) error {
	for _, table := range []string{"events", "deliveries"} {
		changed, err := tx.ExecContext(ctx, `UPDATE sqlite_sequence SET seq = seq + ? WHERE name = ?`, room, table)
		if err != nil {
			return err
		}
		n, err := changed.RowsAffected()
		if err == nil && n == 0 {
			_, err = tx.ExecContext(ctx, `INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)`, table, room)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ReleaseLease gives the lease of a process back, and the messages that it has in hand.
func (l *Ledger) ReleaseLease(ctx context.Context, holder string) error {
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		if err := letGo(ctx, tx, holder); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM leases WHERE holder = ?`, holder)
		return err
	})
	if err != nil {
		return fmt.Errorf("lease: %w", err)
	}
	return nil
}

// LeaseHeld returns the lease, or db.ErrNotFound if no process has it.
func (l *Ledger) LeaseHeld(ctx context.Context) (Lease, error) {
	lease, err := leaseRow.One(ctx, l.read, `SELECT `+leaseRow.Columns+` FROM leases l`)
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
		UPDATE deliveries SET sender = '', next_attempt_at = NULL WHERE state = 'pending' AND sender = ?`, holder)
	return err
}
