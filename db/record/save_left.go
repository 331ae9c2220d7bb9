package record

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// openIncident is one that was not over before this scrape.
type openIncident struct {
	ID        int64  `db:"incident_id"`
	State     string `db:"state"`
	Announced bool   `db:"announced"`
	SameEvent int64  `db:"same_event_id"` // 0 if no other page tells of its event
}

var openColumns = scan.Of[openIncident]("")

// openBefore lists what should still be on a list of everything open. Notices are not: pages show them
// elsewhere. It is read before the scrape's own incidents are saved.
func openBefore(ctx context.Context, tx *db.Tx, p pass) ([]openIncident, error) {
	if !p.AllOpen || p.Backfill || p.pastOpen || p.onlySaved() {
		return nil, nil
	}
	return openColumns.All(ctx, tx, `
		SELECT `+openColumns.Columns+` FROM incidents
		WHERE source_id = ? AND origin = 'vendor' AND open = 1 AND kind <> 'notice'
		ORDER BY incident_id`, p.SourceID)
}

// left is what marking incidents as gone from the list of open ones changed, and found.
type left struct {
	change
	vanished bool                // too much is gone at once: the next scrape decides
	findings []normalize.Finding // that say so
}

// saveLeftFeed marks incidents that are gone from the list of open ones. They may be resolved or
// deleted: nobody said so, so it is not called resolved. Where most of many are gone at once the page
// is suspected instead, and the next good scrape decides. One that was never announced, being history
// that its vendor never closed, leaves without news. open are those that were open before, seen the ids of those that
// the page shows, added those of them that are new.
func saveLeftFeed(ctx context.Context, tx *db.Tx, p pass, open []openIncident, seen, added map[int64]bool) (left,
	error) {
	switch {
	case p.onlySaved() && !p.Backfill:
		changed, err := leftSavedPages(ctx, tx, p, seen)
		return left{change: changed}, err
	case !p.AllOpen || p.Backfill:
		return left{}, nil
	case p.pastOpen:
		changed, err := leftBefore(ctx, tx, p, seen, added)
		return left{change: changed}, err
	}
	var out left
	var gone []openIncident
	announced, announcedGone := 0, 0
	for _, o := range open {
		announced += db.Bit(o.Announced)
		if !seen[o.ID] {
			gone = append(gone, o)
			announcedGone += db.Bit(o.Announced)
		}
	}
	suspected := ""
	if p.source.SuspectedAt == "" && announced >= 5 && 2*announcedGone > announced {
		suspected, gone = p.at, nil
		out = left{change: changedRows(true), vanished: true, findings: []normalize.Finding{{
			Field: "left_feed_at", Value: fmt.Sprintf("%d of %d", announcedGone, announced),
			Problem: "most of the open incidents vanished from the page at once; the next good scrape decides",
		}}}
	}
	for _, o := range gone {
		if err := out.add(leave(ctx, tx, o.ID, p.at)); err != nil {
			return out, err
		}
		if err := out.add(tellLeft(ctx, tx, p, o)); err != nil {
			return out, err
		}
	}
	if suspected == p.source.SuspectedAt {
		return out, nil
	}
	_, err := tx.Exec(ctx, `UPDATE sources SET vanish_suspected_at = ? WHERE source_id = ?`, db.Null(suspected),
		p.SourceID)
	return out, err
}

// leave notes since when an incident is gone from the list of open ones; an empty time says that it is not.
func leave(ctx context.Context, tx *db.Tx, incidentID int64, at string) (change, error) {
	_, err := tx.Exec(ctx, `UPDATE incidents SET left_feed_at = ? WHERE incident_id = ?`, db.Null(at), incidentID)
	return changedRows(true), err
}

// tellLeft writes the news that an incident has left its page. Of an event that another page still shows,
// or tells the end of, that is no news.
func tellLeft(ctx context.Context, tx *db.Tx, p pass, o openIncident) (change, error) {
	t := teller{o.ID, o.SameEvent, o.Announced}
	heard, _, err := othersOf(ctx, tx, p, t)
	if err != nil || !o.Announced && heard == 0 {
		return change{}, err
	}
	detail := map[string]string{"state": o.State}
	if o.SameEvent != 0 {
		var instead int64
		if err := tx.QueryRowContext(ctx, `
			SELECT coalesce(min(incident_id), 0) FROM incidents
			WHERE same_event_id = ? AND incident_id <> ? AND (left_feed_at IS NULL OR ended = 1)`,
			o.SameEvent, o.ID).Scan(&instead); err != nil {
			return change{}, err
		}
		if instead == 0 {
			gone := normalize.News{Kind: normalize.EventIncidentLeftFeed}
			if instead, err = toldBy(ctx, tx, p, t, gone, 0); err != nil {
				return change{}, err
			}
		}
		if instead != 0 {
			detail = withSameEvent(detail, instead)
		}
	}
	return writeNews(ctx, tx, p, normalize.EventIncidentLeftFeed, o.ID, 0, detail)
}

// leftBefore brings left_feed_at up to what an older list of everything open tells, so that saved pages
// may come in any order: it is always the time of the first good reading after the last one that listed the
// incident. What only older pages list is gone since, and is no news.
func leftBefore(ctx context.Context, tx *db.Tx, p pass, seen, added map[int64]bool) (change, error) {
	var next string
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce(min(started_at), '') FROM scrapes
		WHERE source_id = ? AND started_at > ? AND all_open = 1 AND outcome IN ('changed', 'unchanged')`, p.SourceID,
		p.at).Scan(&next)
	if err != nil || next == "" {
		return change{}, err
	}
	listed, err := db.JSON(slices.AppendSeq([]int64{}, maps.Keys(seen)))
	if err != nil {
		return change{}, err
	}
	isNew, err := db.JSON(slices.AppendSeq([]int64{}, maps.Keys(added)))
	if err != nil {
		return change{}, err
	}
	const open = ` AND ended = 0 AND kind <> 'notice' AND origin = 'vendor' `
	n, err := tx.Exec(ctx, `UPDATE incidents SET left_feed_at = ?1
		WHERE incident_id IN (SELECT value FROM json_each(?2))`+
		open+`
		AND (left_feed_at <= ?3 OR left_feed_at IS NULL AND incident_id IN (SELECT value FROM json_each(?4)))`, next,
		listed, p.at, isNew)
	if err != nil {
		return change{}, err
	}
	m, err := tx.Exec(ctx, `UPDATE incidents SET left_feed_at = ?1 WHERE source_id = ?2 AND left_feed_at = ?3
		AND first_seen_at < ?1`+open+`
		AND incident_id NOT IN (SELECT value FROM json_each(?4))`, p.at, p.SourceID, next, listed)
	return changedRows(n+m > 0), err
}
