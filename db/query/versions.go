package query

import (
	"context"
	"fmt"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// newsReach is how much of the newest news is looked at for incidents that changed lately. What is open or
// began last is found without it.
const newsReach = 2000

// IncidentVersion tells readers that keep a copy of an incident whether theirs is old.
type IncidentVersion struct {
	IncidentID int64  `db:"incident_id"`
	ChangedAt  string `db:"changed_at"` // newest post or news of it, as we learned of it
	Version    int    `db:"version"`    // how often it changed: posts, edits and news; it only grows
}

var incidentVersionRow = scan.Of[IncidentVersion]("")

// selectVersion reads the versions of incidents i. A post that its vendor dates into the future is as new as the
// moment at which it was read.
const selectVersion = `SELECT i.incident_id,
	max(min(coalesce(i.started_at, i.first_seen_at), i.first_seen_at),
		coalesce((SELECT max(min(coalesce(u.posted_at, u.first_seen_at), u.first_seen_at)) FROM incident_updates u
		WHERE u.incident_id = i.incident_id), ''),
		coalesce((SELECT max(e.at) FROM events e WHERE e.incident_id = i.incident_id
		AND e.withheld IS NULL), '')) AS changed_at,
	(SELECT count(*) FROM incident_updates u WHERE u.incident_id = i.incident_id)
		+ (SELECT count(*) FROM revisions r WHERE r.incident_id = i.incident_id)
		+ (SELECT count(*) FROM events e WHERE e.incident_id = i.incident_id) AS version
	FROM incidents i `

// IncidentVersions returns the versions of these incidents, by their numbers.
func (d *DB) IncidentVersions(ctx context.Context, incidents []int64) (map[int64]IncidentVersion, error) {
	ids, err := db.JSON(incidents)
	if err != nil {
		return nil, fmt.Errorf("versions of incidents: %w", err)
	}
	rows, err := incidentVersionRow.All(ctx, d.read, selectVersion+
		`WHERE i.incident_id IN (SELECT value FROM json_each(?))`, ids)
	if err != nil {
		return nil, fmt.Errorf("versions of incidents: %w", err)
	}
	out := make(map[int64]IncidentVersion, len(rows))
	for _, v := range rows {
		out[v.IncidentID] = v
	}
	return out, nil
}

// LastChanged returns the incidents that changed last among those that f chooses, newest change first, at most
// limit of them. What a vendor's filters hide is not among them. Search and Limit of f are not heeded.
func (d *DB) LastChanged(ctx context.Context, f Filter, limit int) ([]IncidentVersion, error) {
	f.Search, f.AllSources = "", false
	where, args := f.where()
	const seen = ` AND NOT EXISTS (SELECT 1 FROM filtered_incidents x WHERE x.incident_id = i.incident_id)`
	news := `SELECT event_id, incident_id FROM events WHERE event_id > (SELECT coalesce(max(event_id), 0)
		FROM events) - ?`
	all := []any{newsReach}
	if f.Vendor != "" {
		news = `SELECT event_id, incident_id FROM events
			WHERE source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?)
			ORDER BY event_id DESC LIMIT ?`
		all = []any{f.Vendor, newsReach}
	}
	for range 2 {
		all = append(all, args...)
		all = append(all, limit)
	}
	all = append(all, limit)
	// The version is made for few only: it looks at every post.
	rows, err := incidentVersionRow.All(ctx, d.read, `
		WITH
			news AS (
				SELECT coalesce(o.same_event_id, o.incident_id) AS incident_id, max(n.event_id) AS newest
				FROM (`+news+`) n CROSS JOIN incidents o USING (incident_id) GROUP BY 1),
			latest AS (SELECT i.incident_id FROM incidents i `+where+seen+` ORDER BY `+began+
		` DESC, i.incident_id DESC LIMIT ?),
			told AS (SELECT i.incident_id FROM news CROSS JOIN incidents i USING (incident_id) `+where+seen+
		` ORDER BY news.newest DESC LIMIT ?),
			chosen AS (SELECT incident_id FROM latest UNION SELECT incident_id FROM told)
		`+selectVersion+`WHERE i.incident_id IN (SELECT incident_id FROM chosen)
			ORDER BY changed_at DESC, i.incident_id DESC LIMIT ?`,
		all...)
	if err != nil {
		return nil, fmt.Errorf("changed last: %w", err)
	}
	return rows, nil
}
