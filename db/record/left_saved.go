package record

import (
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// onlySaved reports whether a source is known from saved pages only. Those may come in any order.
func (v *saver) onlySaved() bool { return v.s.Archived && v.source.lastSuccess == "" }

// leftSavedPages finds when incidents left the list of what is open, where all that is known of a page are saved
// copies: at the first list after the last that had the incident, or after the last document that had something new
// to say of it. So the order in which the copies come does not matter.
func (v *saver) leftSavedPages(seen map[int64]bool) error {
	ids := []int64{}
	for id := range seen {
		if v.pastOpen || !v.s.AllOpen { // otherwise it is on the newest list, and has not left
			ids = append(ids, id)
		}
	}
	listed, err := db.JSON(ids)
	if err != nil {
		return err
	}
	type row struct {
		openIncident
		left, leaves string
	}
	var all []row
	// The scrape's own row is not written yet, so that its time stands beside those of the others.
	if err := scan.EachRow(v.ctx, v.tx, func(rows scan.Scanner) error {
		var r row
		if err := rows.Scan(&r.id, &r.state, &r.announced, &r.sameEvent, &r.left, &r.leaves); err != nil {
			return err
		}
		if r.left != r.leaves && (!seen[r.id] || len(ids) > 0) {
			all = append(all, r)
		}
		return nil
	}, `WITH
			touched (incident_id) AS (
				SELECT value FROM json_each(?3)
				UNION SELECT incident_id FROM incidents WHERE ?4 AND source_id = ?1 AND open = 1 AND first_seen_at <= ?2
				UNION SELECT incident_id FROM incidents WHERE ?4 AND ?5 AND source_id = ?1 AND left_feed_at > ?2
				AND first_seen_at <= ?2),
			known AS (
				SELECT i.*, max(first_seen_at, coalesce((SELECT max(value ->> 'at')
				FROM json_each(raw_index)), ''), coalesce((
					SELECT max(r.seen_at) FROM reading_words w JOIN readings r USING (words_id)
					WHERE w.incident_id = i.incident_id AND (?4 AND r.seen_at = ?2 OR EXISTS (
						SELECT 1 FROM scrapes s WHERE s.source_id = ?1 AND s.started_at = r.seen_at AND s.all_open = 1
							AND s.outcome IN ('changed', 'unchanged')))), '')) AS last
				FROM touched JOIN incidents i USING (incident_id)
				WHERE kind <> 'notice' AND origin = 'vendor' AND (left_feed_at IS NOT NULL OR ended = 0))
		SELECT incident_id, state, announced, coalesce(same_event_id, 0), coalesce(left_feed_at, ''),
			CASE WHEN ended = 1 THEN '' ELSE rtrim(min(
				coalesce((SELECT min(started_at) FROM scrapes WHERE source_id = ?1 AND all_open = 1
					AND outcome IN ('changed', 'unchanged') AND started_at > last), '~'),
				CASE WHEN ?4 AND ?2 > last THEN ?2 ELSE '~' END), '~') END
		FROM known ORDER BY incident_id`, v.s.SourceID, v.at, listed, db.Bit(v.s.AllOpen),
		db.Bit(v.pastOpen)); err != nil {
		return err
	}
	for _, r := range all {
		if _, err := v.exec(`UPDATE incidents SET left_feed_at = ? WHERE incident_id = ?`, db.Null(r.leaves),
			r.id); err != nil {
			return err
		}
		v.changed = true
		if r.left == "" && r.leaves == v.at && !v.pastOpen {
			if err := v.tellLeft(r.openIncident); err != nil {
				return err
			}
		}
	}
	return nil
}
