package record

import (
	"context"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// leaving is an incident, and when it left the list of what is open: as stored, and by what is known now.
type leaving struct {
	openIncident
	Left   string `db:"left_feed_at"`
	Leaves string `db:"leaves"`
}

var leavingColumns = scan.Of[leaving]("")

// leftSavedPages finds when incidents left the list of what is open, where all that is known of a page are saved
// copies: at the first list after the last that had the incident, or after the last document that had something new
// to say of it. So the order in which the copies come does not matter.
func leftSavedPages(ctx context.Context, tx *db.Tx, p pass, seen map[int64]bool) (change, error) {
	ids := []int64{}
	for id := range seen {
		if p.pastOpen || !p.AllOpen { // otherwise it is on the newest list, and has not left
			ids = append(ids, id)
		}
	}
	listed, err := db.JSON(ids)
	if err != nil {
		return change{}, err
	}
	// The scrape's own row is not written yet, so that its time stands beside those of the others.
	rows, err := leavingColumns.All(ctx, tx, `WITH
			touched (incident_id) AS (
				SELECT value FROM json_each(?3)
				UNION SELECT incident_id FROM incidents WHERE ?4 AND source_id = ?1 AND open = 1 AND first_seen_at <= ?2
				UNION SELECT incident_id FROM incidents WHERE ?4 AND ?5 AND source_id = ?1 AND left_feed_at > ?2
				AND first_seen_at <= ?2),
			known AS (
				SELECT i.*, max(first_seen_at, coalesce((SELECT max(value ->> 'at')
				FROM json_each(raw_index)), ''), coalesce((
					SELECT max(r.seen_at) FROM readings r
					WHERE r.incident_id = i.incident_id AND (?4 AND r.seen_at = ?2 OR EXISTS (
						SELECT 1 FROM scrapes s WHERE s.source_id = ?1 AND s.started_at = r.seen_at AND s.all_open = 1
							AND s.outcome IN ('changed', 'unchanged')))), '')) AS last
				FROM touched JOIN incidents i USING (incident_id)
				WHERE kind <> 'notice' AND origin = 'vendor' AND (left_feed_at IS NOT NULL OR ended = 0))
		SELECT `+openColumns.Columns+`, left_feed_at,
			CASE WHEN ended = 1 THEN '' ELSE rtrim(min(
				coalesce((SELECT min(started_at) FROM scrapes WHERE source_id = ?1 AND all_open = 1
					AND outcome IN ('changed', 'unchanged') AND started_at > last), '~'),
				CASE WHEN ?4 AND ?2 > last THEN ?2 ELSE '~' END), '~') END AS leaves
		FROM known ORDER BY incident_id`, p.SourceID, p.at, listed, db.Bit(p.AllOpen),
		db.Bit(p.pastOpen))
	if err != nil {
		return change{}, err
	}
	var all change
	for _, r := range rows {
		if r.Left == r.Leaves || seen[r.ID] && len(ids) == 0 {
			continue
		}
		if err := all.add(leave(ctx, tx, r.ID, r.Leaves)); err != nil {
			return all, err
		}
		if r.Left == "" && r.Leaves == p.at && !p.pastOpen {
			if err := all.add(tellLeft(ctx, tx, p, r.openIncident)); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}
