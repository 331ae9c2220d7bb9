package pages

import (
	"context"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// Past brings what the file says of the page now up to a reading that is older than its newest one: how long the page
// has been as bad as it is, and its words where no newer reading has any. It reports whether a row is different.
func Past(ctx context.Context, tx *db.Tx, sourceID int64, at, indicator string, severity normalize.Severity,
	whole bool) (bool, error) {
	n, err := tx.Exec(ctx, `
		UPDATE sources SET indicator = ?2 WHERE source_id = ?1 AND ?2 <> '' AND indicator IS NOT ?2
			AND NOT EXISTS (SELECT 1 FROM page_states WHERE source_id = ?1 AND seen_at > ?3 AND indicator <> '')`,
		sourceID, indicator, at)
	if err != nil || severity == "" && !whole {
		return n > 0, err
	}
	// The same, since earlier: nothing else was said between.
	more, err := tx.Exec(ctx, `
		UPDATE sources SET page_severity_at = ?2
		WHERE source_id = ?1 AND page_severity = ?3 AND page_severity_at > ?2 AND NOT EXISTS (
			SELECT 1 FROM page_states WHERE source_id = ?1 AND seen_at > ?2 AND seen_at < page_severity_at
				AND (severity IS NOT NULL OR whole = 1) AND severity IS NOT ?3)`,
		sourceID, at, db.Null(string(severity)))
	if err != nil || more > 0 {
		return n+more > 0, err
	}
	more, err = tx.Exec(ctx, `
		WITH told AS (SELECT seen_at, severity, because FROM page_states
			WHERE source_id = ?1 AND (severity IS NOT NULL OR whole = 1)),
		newest AS (SELECT severity, because FROM told ORDER BY seen_at DESC LIMIT 1),
		since AS (SELECT CASE WHEN n.severity IS NOT NULL THEN (SELECT min(t.seen_at) FROM told t
				WHERE t.severity IS n.severity AND t.seen_at > coalesce((SELECT o.seen_at FROM told o
					WHERE o.severity IS NOT n.severity ORDER BY o.seen_at DESC LIMIT 1), '')) END AS at
			FROM newest n)
		UPDATE sources SET page_severity = (SELECT severity FROM newest), page_because = (SELECT because FROM newest),
			page_severity_at = (SELECT at FROM since)
		WHERE source_id = ?1 AND (page_severity IS NULL OR page_severity_at <= ?2)
			AND (page_severity, page_because, page_severity_at) IS NOT
				((SELECT severity FROM newest), (SELECT because FROM newest), (SELECT at FROM since))`,
		sourceID, at)
	return n+more > 0, err
}
