package incidents

import (
	"context"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/readings"
)

// Header is what tells, at little cost, whether an incident needs a closer look.
type Header struct {
	ID        int64          `db:"incident_id"`
	Key       string         `db:"source_key"`
	State     string         `db:"state"`
	FirstSeen string         `db:"first_seen_at"`
	LeftFeed  string         `db:"left_feed_at"`
	StartedAt string         `db:"started_at"`
	Announced bool           `db:"announced"`
	SameEvent int64          `db:"same_event_id"` // 0 if it is alone
	Words     readings.Index `db:"raw_index"`
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
