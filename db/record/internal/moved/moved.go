// Package moved matches what a page shows under another platform with what is stored from before it moved.
package moved

import (
	"context"
	"encoding/json"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/internal/wording"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/internal/readings"
	"vendorwatch/db/record/internal/sameevent"
	"vendorwatch/normalize"
	"vendorwatch/normalize/event"
)

// Before returns the record that an incident of a source has under another key from before its page had another
// platform, 0 if there is none or if it could be several. since is when it moved, and seenKeys has the keys of all that
// the page shows now, as JSON.
func Before(ctx context.Context, tx *db.Tx, sourceID int64, since string, i normalize.Incident,
	seenKeys string) (id int64, key string, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT coalesce(max(i.incident_id), 0), coalesce(max(i.source_key), '') FROM former_keys f
		JOIN incidents i USING (incident_id)
		WHERE f.source_id = ?1 AND f.source_key = ?2 AND i.source_key NOT IN (SELECT value FROM json_each(?3))`,
		sourceID, i.Key, seenKeys).Scan(&id, &key)
	if err != nil || id != 0 {
		return id, key, err
	}
	candidates, err := unmoved(ctx, tx, sourceID, since, i, seenKeys)
	if err != nil {
		return 0, "", err
	}
	var matches []*incidents.Record
	for _, c := range candidates {
		if event.Same(c.Incident, i) || normalize.SameByTitle(c.Incident, i) {
			matches = append(matches, c)
		}
	}
	if len(matches) != 1 {
		return 0, "", nil
	}
	return matches[0].ID, matches[0].Incident.Key, nil
}

// unmoved loads the records from before the page had another platform that nothing read since was matched with, and
// that begin or end within a day of i.
func unmoved(ctx context.Context, tx *db.Tx, sourceID int64, since string, i normalize.Incident,
	seenKeys string) ([]*incidents.Record, error) {
	from, to := sameevent.Around(incidents.Begin(i))
	endFrom, endTo := sameevent.Around(i.ResolvedAt)
	var records []*incidents.Record
	byID := map[int64]*incidents.Record{}
	err := scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		r := incidents.New("")
		err := row.Scan(&r.ID, &r.Incident.Key)
		records, byID[r.ID] = append(records, r), r
		return err
	}, `
		SELECT i.incident_id, i.source_key FROM incidents i
		WHERE i.source_id = ?1 AND i.origin = 'vendor' AND i.first_seen_at < ?2
		AND i.source_key NOT IN (SELECT value FROM json_each(?3))
			AND NOT EXISTS (SELECT 1 FROM former_keys f WHERE f.incident_id = i.incident_id AND f.until_at >= ?2)
			AND (i.started_at BETWEEN ?4 AND ?5 OR i.scheduled_start_at BETWEEN ?4 AND ?5 OR i.resolved_at BETWEEN ?6
			AND ?7)
		ORDER BY i.incident_id`, sourceID, since, seenKeys, from, to, endFrom, endTo)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	return records, incidents.LoadRows(ctx, tx, byID)
}

// Rekey gives a record of a source the key that its incident has now, and keeps the former one. Its posts lose the
// ids of the platform before, and its words are marked as that platform's, so that those read now stand beside them.
// Its address is the new one: the old page is gone.
func Rekey(ctx context.Context, tx *db.Tx, sourceID, id int64, from string, i normalize.Incident,
	at string) error {
	to := i.Key
	var platform, raw, index string
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce((SELECT m.from_platform FROM source_moves m WHERE m.source_id = i.source_id
		AND m.from_platform <> m.to_platform
			ORDER BY m.source_move_id DESC LIMIT 1), ''), i.raw, i.raw_index
		FROM incidents i WHERE i.incident_id = ?`, id).Scan(&platform, &raw, &index)
	if err != nil {
		return err
	}
	if raw, index, err = markWords(platform, raw, index); err != nil {
		return err
	}
	for _, change := range []struct {
		query string
		args  []any
	}{
		{`DELETE FROM former_keys WHERE source_id = ? AND source_key = ?`, []any{sourceID, to}},
		{`INSERT INTO former_keys (source_id, source_key, incident_id, until_at) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (source_id, source_key) DO UPDATE SET incident_id = ?3, until_at = ?4`,
			[]any{sourceID, from, id, at}},
		{`UPDATE incidents SET source_key = ?, raw = ?, raw_index = ?, url = coalesce(nullif(?, ''), url)
			WHERE incident_id = ?`, []any{to, raw, index, i.URL, id}},
		{`UPDATE incident_updates SET source_key = '@' || source_key
			WHERE incident_id = ? AND source_key NOT LIKE '@%'`, []any{id}},
		{`UPDATE OR IGNORE findings SET source_key = ? WHERE source_id = ? AND source_key = ?`,
			[]any{to, sourceID, from}},
	} {
		if _, err := tx.Exec(ctx, change.query, change.args...); err != nil {
			return err
		}
	}
	return readings.MarkFormer(ctx, tx, id, platform)
}

// markWords puts the platform's name before the kinds of documents that the stored words are of.
func markWords(platform, raw, index string) (string, string, error) {
	var shown []wording.Shown
	var words readings.Index
	if err := json.Unmarshal([]byte(raw), &shown); err != nil {
		return "", "", err
	}
	if err := json.Unmarshal([]byte(index), &words); err != nil {
		return "", "", err
	}
	marked := readings.Index{}
	for document, ref := range words {
		marked[readings.FormerDocument(platform, document)] = ref
	}
	for n := range shown {
		shown[n].Document = readings.FormerDocument(platform, shown[n].Document)
	}
	raw, err := db.JSON(shown)
	if err != nil {
		return "", "", err
	}
	index, err = db.JSON(marked)
	return raw, index, err
}
