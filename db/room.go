package db

import (
	"context"
	"database/sql"
)

// room is how many ids are left out where a file may be a copy: more than the events and messages that a copy can lack.
const room = 100_000

// execer is what runs statements: a transaction, or a pool of connections.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// LeaveRoom leaves ids of events and messages out. A copy of the file, restored from a replica or a backup, lacks the
// last of what its original told: a receiver knows a repeat by the id, and would drop other news under the same one.
func LeaveRoom(ctx context.Context, file execer) error {
	_, err := file.ExecContext(ctx, `
		INSERT INTO sqlite_sequence (name, seq) SELECT m.name, 0 FROM sqlite_master m
		WHERE m.type = 'table' AND m.name IN ('events', 'deliveries')
			AND NOT EXISTS (SELECT 1 FROM sqlite_sequence s WHERE s.name = m.name)`)
	if err == nil {
		_, err = file.ExecContext(ctx,
			`UPDATE sqlite_sequence SET seq = seq + ? WHERE name IN ('events', 'deliveries')`, room)
	}
	return err
}

// leaveRoomIn leaves ids out in a copy that was just made, so that none is used twice when it is put in the place of
// its original.
func leaveRoomIn(ctx context.Context, path string) error {
	conn, err := (&DB{path: path}).connect("rw", "")
	if err != nil {
		return err
	}
	defer conn.Close()
	var counted bool
	err = conn.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_master WHERE name = 'sqlite_sequence'`).
		Scan(&counted)
	if err != nil || !counted {
		return err
	}
	return LeaveRoom(ctx, conn)
}
