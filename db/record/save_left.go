package record

import (
	"fmt"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// openIncident is one that was not over before this scrape.
type openIncident struct {
	id        int64
	state     string
	announced bool
	sameEvent int64 // 0 if no other page tells of its event
}

// openBefore lists what should still be on a list of everything open. Notices are not: pages show them
// elsewhere. It is read before the scrape's own incidents are saved.
func (v *saver) openBefore() ([]openIncident, error) {
	if !v.s.AllOpen || v.s.Backfill || v.pastOpen || v.onlySaved() {
		return nil, nil
	}
	rows, err := v.query(`
		SELECT incident_id, state, announced, coalesce(same_event_id, 0) FROM incidents
		WHERE source_id = ? AND origin = 'vendor' AND open = 1 AND kind <> 'notice'
		ORDER BY incident_id`, v.s.SourceID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var open []openIncident
	for rows.Next() {
		var o openIncident
		if err := rows.Scan(&o.id, &o.state, &o.announced, &o.sameEvent); err != nil {
			return nil, err
		}
		open = append(open, o)
	}
	return open, rows.Err()
}

// saveLeftFeed marks incidents that are gone from the list of open ones. They may be resolved or
// deleted: nobody said so, so it is not called resolved. Where most of many are gone at once the page
// is suspected instead, and the next good scrape decides. One that was never announced, being history
// that its vendor never closed, leaves without news.
func (v *saver) saveLeftFeed(open []openIncident, seen map[int64]bool) error {
	if v.onlySaved() && !v.s.Backfill {
		return v.leftSavedPages(seen)
	}
	if !v.s.AllOpen || v.s.Backfill {
		return nil
	}
	if v.pastOpen {
		return v.leftBefore(seen)
	}
	var gone []openIncident
	announced, announcedGone := 0, 0
	for _, o := range open {
		announced += db.Bit(o.announced)
		if !seen[o.id] {
			gone = append(gone, o)
			announcedGone += db.Bit(o.announced)
		}
	}
	suspected := ""
	if v.source.suspectedAt == "" && announced >= 5 && 2*announcedGone > announced {
		suspected, gone, v.vanished = v.at, nil, true
		v.s.Findings = append(v.s.Findings[:len(v.s.Findings):len(v.s.Findings)], normalize.Finding{
			Field: "left_feed_at", Value: fmt.Sprintf("%d of %d", announcedGone, announced),
			Problem: "most of the open incidents vanished from the page at once; the next good scrape decides",
		})
		v.changed = true
	}
	for _, o := range gone {
		if _, err := v.exec(`UPDATE incidents SET left_feed_at = ? WHERE incident_id = ?`, v.at, o.id); err != nil {
			return err
		}
		v.changed = true
		if err := v.tellLeft(o); err != nil {
			return err
		}
	}
	if suspected == v.source.suspectedAt {
		return nil
	}
	_, err := v.exec(`UPDATE sources SET vanish_suspected_at = ? WHERE source_id = ?`, db.Null(suspected), v.s.SourceID)
	return err
}

// tellLeft writes the news that an incident has left its page. Of an event that another page still shows,
// or tells the end of, that is no news.
func (v *saver) tellLeft(o openIncident) error {
	t := teller{o.id, o.sameEvent, o.announced}
	heard, _, err := v.othersOf(t)
	if err != nil || !o.announced && heard == 0 {
		return err
	}
	detail := map[string]string{"state": o.state}
	if o.sameEvent != 0 {
		var instead int64
		if err := v.queryRow(`
			SELECT coalesce(min(incident_id), 0) FROM incidents
			WHERE same_event_id = ? AND incident_id <> ? AND (left_feed_at IS NULL OR ended = 1)`,
			o.sameEvent, o.id).Scan(&instead); err != nil {
			return err
		}
		if instead == 0 {
			if instead, err = v.toldBy(t, normalize.News{Kind: normalize.EventIncidentLeftFeed}, 0); err != nil {
				return err
			}
		}
		if instead != 0 {
			detail = withSameEvent(detail, instead)
		}
	}
	return v.event(normalize.EventIncidentLeftFeed, o.id, 0, detail)
}

// leftBefore brings left_feed_at up to what an older list of everything open tells, so that saved pages
// may come in any order: it is always the time of the first good reading after the last one that listed the
// incident. What only older pages list is gone since, and is no news.
func (v *saver) leftBefore(seen map[int64]bool) error {
	var next string
	err := v.queryRow(`
		SELECT coalesce(min(started_at), '') FROM scrapes
		WHERE source_id = ? AND started_at > ? AND all_open = 1 AND outcome IN ('changed', 'unchanged')`, v.s.SourceID,
		v.at).Scan(&next)
	if err != nil || next == "" {
		return err
	}
	ids, added := []int64{}, []int64{}
	for id := range seen {
		ids = append(ids, id)
		if v.added[id] {
			added = append(added, id)
		}
	}
	listed, err := db.JSON(ids)
	if err != nil {
		return err
	}
	isNew, err := db.JSON(added)
	if err != nil {
		return err
	}
	const open = ` AND ended = 0 AND kind <> 'notice' AND origin = 'vendor' `
	n, err := v.exec(`UPDATE incidents SET left_feed_at = ?1 WHERE incident_id IN (SELECT value FROM json_each(?2))`+
		open+`
		AND (left_feed_at <= ?3 OR left_feed_at IS NULL AND incident_id IN (SELECT value FROM json_each(?4)))`, next,
		listed, v.at, isNew)
	if err != nil {
		return err
	}
	m, err := v.exec(`UPDATE incidents SET left_feed_at = ?1 WHERE source_id = ?2 AND left_feed_at = ?3
		AND first_seen_at < ?1`+open+`
		AND incident_id NOT IN (SELECT value FROM json_each(?4))`, v.at, v.s.SourceID, next, listed)
	v.changed = v.changed || n+m > 0
	return err
}
