package ledger

import (
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"

	"context"
	"errors"
	"fmt"
	"time"
	"vendorwatch/db"
)

// StreamAlerts is the stream of alerts; that of a digest is StreamDigest and its name.
const (
	StreamAlerts = "alerts"
	StreamDigest = "digest:"
)

// reach is how far back a stream that is used for the first time looks.
const reach = 24 * time.Hour

// Stream is a row of streams: how far news is planned into messages.
type Stream struct {
	Stream       string `db:"stream" json:"stream"`
	AfterEventID int64  `db:"after_event_id" json:"after_event_id"`
	CreatedAt    string `db:"created_at" json:"created_at"`
	PlannedAt    string `db:"planned_at" json:"planned_at,omitempty"`
}

var streamRow = scan.Of[Stream]("s")

// Stream returns the stream of that name, or db.ErrNotFound.
func (l *Ledger) Stream(ctx context.Context, stream string) (Stream, error) {
	s, err := streamRow.One(ctx, l.read, `SELECT `+streamRow.Columns+` FROM streams s WHERE s.stream = ?`, stream)
	if err != nil {
		return Stream{}, fmt.Errorf("stream %q: %w", stream, notFound(err))
	}
	return s, nil
}

// EnsureStream makes a stream known. On first sight the events of the last 24 hours are to be planned; what is
// older never is.
func (l *Ledger) EnsureStream(ctx context.Context, stream string, now time.Time) error {
	if _, err := l.Stream(ctx, stream); !errors.Is(err, db.ErrNotFound) {
		return err
	}
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO streams (stream, after_event_id, created_at)
			SELECT ?1, coalesce(
				(SELECT min(event_id) - 1 FROM events WHERE at >= ?2 AND withheld IS NULL),
				(SELECT max(event_id) FROM events), 0), ?3
			WHERE NOT EXISTS (SELECT 1 FROM streams WHERE stream = ?1)`, stream, db.Stamp(now.Add(-reach)),
			db.Stamp(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("stream %q: %w", stream, err)
	}
	return nil
}

// UnplannedEvents returns the news that a stream has not planned, in the order in which it was learned, but
// for what is withheld from channels. It returns db.ErrNotFound if EnsureStream does not know the stream.
func (l *Ledger) UnplannedEvents(ctx context.Context, stream string) ([]query.Event, error) {
	s, err := l.Stream(ctx, stream)
	if err != nil {
		return nil, err
	}
	since, err := db.ParseStamp(s.CreatedAt)
	if err != nil {
		return nil, fmt.Errorf("stream %q: %w", stream, err)
	}
	events, err := query.New(l.file).EventsToTell(ctx, s.AfterEventID, since.Add(-reach))
	if err != nil {
		return nil, fmt.Errorf("stream %q: %w", stream, err)
	}
	return events, nil
}
