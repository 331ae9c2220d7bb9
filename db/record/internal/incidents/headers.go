package incidents

import (
	"context"
	"encoding/json"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/readings"
)

// Header is what tells, at little cost, whether an incident needs a closer look.
type Header struct {
	ID                              int64
	Key, State, FirstSeen, LeftFeed string
	StartedAt                       string
	Announced                       bool
	SameEvent                       int64 // 0 if it is alone
	Words                           readings.Index
}

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
	return headers, scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		h := &Header{}
		var words []byte
		if err := row.Scan(&h.ID, &h.Key, &h.State, &h.FirstSeen, &h.LeftFeed, &h.StartedAt, &h.Announced,
			&h.SameEvent, &words); err != nil {
			return err
		}
		if err := json.Unmarshal(words, &h.Words); err != nil {
			return fmt.Errorf("raw_index of incident %d: %w", h.ID, err)
		}
		headers[h.Key] = h
		return nil
	}, `
		SELECT incident_id, source_key, state, first_seen_at, coalesce(left_feed_at, ''), coalesce(started_at, ''),
		announced, coalesce(same_event_id, 0), raw_index
		FROM incidents WHERE source_id = ? AND source_key IN (SELECT value FROM json_each(?))`, sourceID, list)
}
