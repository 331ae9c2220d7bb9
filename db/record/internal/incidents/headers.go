package incidents

import (
	"context"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/readings"
	"vendorwatch/normalize"
)

// Header is what tells, at little cost, whether an incident needs a closer look.
type Header struct {
	ID        int64          `db:"incident_id"`
	Key       string         `db:"source_key"`
	State     string         `db:"state"`
	FirstSeen string         `db:"first_seen_at"`
	LeftFeed  string         `db:"left_feed_at"`
	Title     string         `db:"title"`
	StartedAt string         `db:"started_at"`
	Scheduled string         `db:"scheduled_start_at"`
	Announced bool           `db:"announced"`
	SameEvent int64          `db:"same_event_id"` // 0 if it is alone
	Words     readings.Index `db:"raw_index"`
}

// Incident returns what the header has of an incident: its title and when it began.
func (h *Header) Incident() normalize.Incident {
	started, _ := db.ParseStamp(h.StartedAt) // empty, or as we wrote it
	scheduled, _ := db.ParseStamp(h.Scheduled)
	return normalize.Incident{Key: h.Key, Title: h.Title, StartedAt: started, ScheduledStartAt: scheduled}
}

var headerColumns = scan.Of[Header]("")

// Headers loads the headers of a source's incidents, by key.
func Headers(ctx context.Context, tx *db.Tx, sourceID int64, keys []string) (map[string]*Header, error) {
	headers := map[string]*Header{}
	if len(keys) == 0 {
		return headers, nil
	}
	list, err := db.JSON(keys)
	if err != nil {
		return nil, err
	}
	rows, err := headerColumns.All(ctx, tx, `SELECT `+headerColumns.Columns+`
		FROM incidents WHERE source_id = ? AND source_key IN (SELECT value FROM json_each(?))`, sourceID, list)
	for n := range rows {
		headers[rows[n].Key] = &rows[n]
	}
	return headers, err
}
