package query

import (
	"context"
	"database/sql"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// Incident is a row of v_incidents.
type Incident struct {
	IncidentID            int64  `json:"incident_id"`
	Vendor                string `json:"vendor"` // slug
	VendorName            string `json:"vendor_name"`
	SourceID              int64  `json:"source_id"`
	PageURL               string `json:"page_url"`
	Platform              string `json:"platform"`
	SourceKey             string `json:"source_key"`
	Kind                  string `json:"kind"`
	Title                 string `json:"title"`
	URL                   string `json:"url,omitempty"`
	Severity              string `json:"severity"`
	State                 string `json:"state"`
	VendorSeverity        string `json:"vendor_severity,omitempty"`
	VendorState           string `json:"vendor_state,omitempty"`
	StartedAt             string `json:"started_at,omitempty"`
	ResolvedAt            string `json:"resolved_at,omitempty"`
	ScheduledStartAt      string `json:"scheduled_start_at,omitempty"`
	ScheduledEndAt        string `json:"scheduled_end_at,omitempty"`
	FirstSeenAt           string `json:"first_seen_at"`
	LeftFeedAt            string `json:"left_feed_at,omitempty"`
	DurationSeconds       *int64 `json:"duration_seconds,omitempty"` // null while it is open or an end is unknown
	StatedDurationSeconds *int64 `json:"stated_duration_seconds,omitempty"`
	Announced             int    `json:"announced"`
	Filtered              int    `json:"filtered"`                // 1: the vendor's filters hide it, its news is withheld
	SameEventID           int64  `json:"same_event_id,omitempty"` // the record that stands for the event; 0 if no other page tells of it
	AlsoOn                string `json:"also_on,omitempty"`       // other pages that tell of the event, separated by ", "
	Components            string `json:"components,omitempty"`    // "Group › Name", separated by ", "
	UpdateCount           int    `json:"update_count"`
	LatestBody            string `json:"latest_body,omitempty"` // newest update's text that is no postmortem
	LatestState           string `json:"latest_state,omitempty"`
	LatestPostedAt        string `json:"latest_posted_at,omitempty"`
}

// EventRecord is another record of the same event, read from another page of the vendor.
type EventRecord struct {
	IncidentID int64  `json:"incident_id"`
	PageURL    string `json:"page_url"`
	Platform   string `json:"platform"`
	SourceKey  string `json:"source_key"`
	URL        string `json:"url,omitempty"`
	Title      string `json:"title"`
	Severity   string `json:"severity"`
	State      string `json:"state"`
	StartedAt  string `json:"started_at,omitempty"`
	ResolvedAt string `json:"resolved_at,omitempty"`
}

// IncidentDetail is one incident whole.
type IncidentDetail struct {
	Incident
	AffectedComponents []Component     `json:"affected_components"`
	Updates            []Update        `json:"updates"` // oldest first
	Revisions          []Revision      `json:"revisions"`
	Findings           []Finding       `json:"findings"`
	SameEvent          []EventRecord   `json:"same_event"` // the event's records from other pages, the one that stands for it first
	Raw                []normalize.Raw `json:"raw"`
}

const selectIncident = `
	SELECT i.incident_id, i.vendor, i.vendor_name, i.source_id, i.page_url, i.platform, i.source_key, i.kind, i.title, i.url,
		i.severity, i.state, i.vendor_severity, i.vendor_state,
		coalesce(i.started_at, ''), coalesce(i.resolved_at, ''), coalesce(i.scheduled_start_at, ''), coalesce(i.scheduled_end_at, ''),
		i.first_seen_at, coalesce(i.left_feed_at, ''), i.duration_seconds, i.stated_duration_seconds, i.announced,
		i.filtered, coalesce(i.same_event_id, 0), coalesce(i.also_on, ''),
		coalesce(i.components, ''), i.update_count, coalesce(i.latest_body, ''), coalesce(i.latest_state, ''), coalesce(i.latest_posted_at, '')
	FROM v_incidents i `

// Incidents returns the incidents that f chooses, newest first.
func (d *DB) Incidents(ctx context.Context, f Filter) ([]Incident, error) {
	where, args := f.where()
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	// The ids are chosen on the table, so that the view's figures are made only for what is returned.
	query := selectIncident + `
		WHERE i.incident_id IN (SELECT i.incident_id FROM incidents i ` + where + ` ORDER BY ` + began + ` DESC, i.incident_id DESC LIMIT ?)
		ORDER BY ` + began + ` DESC, i.incident_id DESC`
	incidents, err := d.incidents(ctx, query, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("incidents: %w", err)
	}
	return incidents, nil
}

// OpenIncidents returns what is not over and still on its page, maintenances included, newest first.
func (d *DB) OpenIncidents(ctx context.Context) ([]Incident, error) {
	return d.Incidents(ctx, Filter{Open: true})
}

// IncidentsDuring returns the incidents, without maintenances and notices, that went on at some time from
// since until before until, oldest first: those that began then, that ended then or later, and that are open.
func (d *DB) IncidentsDuring(ctx context.Context, since, until time.Time) ([]Incident, error) {
	incidents, err := d.incidents(ctx, selectIncident+`
		WHERE i.incident_id IN (
			SELECT incident_id FROM incidents WHERE started_at >= ?1 AND started_at < ?2
			UNION SELECT o.incident_id FROM sources s JOIN incidents o ON o.source_id = s.source_id AND o.resolved_at IS NOT NULL AND o.resolved_at > ?1 AND o.started_at < ?2
			UNION SELECT incident_id FROM incidents WHERE open = 1 AND started_at < ?2)
		AND i.kind = 'incident' AND coalesce(i.same_event_id, i.incident_id) = i.incident_id
		ORDER BY i.started_at, i.incident_id`, db.Stamp(since), db.Stamp(until))
	if err != nil {
		return nil, fmt.Errorf("incidents from %s to %s: %w", db.Stamp(since), db.Stamp(until), err)
	}
	return incidents, nil
}

// OpenByKind returns what is open of one kind, the worst and then the newest first, at most limit of them,
// and how many there are. A vendor that is not empty chooses (slug).
func (d *DB) OpenByKind(ctx context.Context, kind normalize.Kind, vendor string, limit int) ([]Incident, int, error) {
	const chosen = ` FROM incidents i WHERE ` + openNow + ` AND i.kind = ?1
		AND (?2 = '' OR i.source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?2))`
	var total int
	if err := d.read.QueryRowContext(ctx, `SELECT count(*)`+chosen, kind, vendor).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("open %ss: %w", kind, err)
	}
	const order = worstFirst + `, ` + began + ` DESC, i.incident_id DESC`
	incidents, err := d.incidents(ctx, selectIncident+`
		WHERE i.incident_id IN (SELECT i.incident_id`+chosen+` ORDER BY `+order+` LIMIT ?3) ORDER BY `+order, kind, vendor, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("open %ss: %w", kind, err)
	}
	return incidents, total, nil
}

// FilteredOpen returns how many incidents are open that filters hide.
func (d *DB) FilteredOpen(ctx context.Context) (n int, err error) {
	err = d.read.QueryRowContext(ctx, `
		SELECT count(*) FROM filtered_incidents f JOIN incidents i USING (incident_id)
		WHERE i.open = 1
			AND coalesce(i.same_event_id, i.incident_id) = i.incident_id`).Scan(&n)
	if err != nil {
		err = fmt.Errorf("hidden incidents: %w", err)
	}
	return n, err
}

// OpenCount is how many incidents of a severity are open at a vendor.
type OpenCount struct {
	Vendor   string // slug
	Severity string
	Open     int
}

// OpenCounts counts the open incidents by vendor and severity; where none is open there is no row. Maintenances
// and notices are not counted, an event that several pages tell of is counted once.
func (d *DB) OpenCounts(ctx context.Context) ([]OpenCount, error) {
	counts, err := scan.List(ctx, d.read, func(r *sql.Rows, c *OpenCount) error { return r.Scan(&c.Vendor, &c.Severity, &c.Open) }, `
		SELECT v.slug, i.severity, count(*) FROM incidents i JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		WHERE i.kind = 'incident' AND `+openNow+` GROUP BY v.slug, i.severity ORDER BY v.slug, i.severity`)
	if err != nil {
		return nil, fmt.Errorf("open incidents: %w", err)
	}
	return counts, nil
}

func (d *DB) incidents(ctx context.Context, query string, args ...any) ([]Incident, error) {
	rows, err := d.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	incidents := []Incident{}
	for rows.Next() {
		i, err := scanIncident(rows)
		if err != nil {
			return nil, err
		}
		incidents = append(incidents, i)
	}
	return incidents, rows.Err()
}

func scanIncident(row interface{ Scan(...any) error }) (i Incident, err error) {
	err = row.Scan(&i.IncidentID, &i.Vendor, &i.VendorName, &i.SourceID, &i.PageURL, &i.Platform, &i.SourceKey, &i.Kind, &i.Title, &i.URL,
		&i.Severity, &i.State, &i.VendorSeverity, &i.VendorState,
		&i.StartedAt, &i.ResolvedAt, &i.ScheduledStartAt, &i.ScheduledEndAt,
		&i.FirstSeenAt, &i.LeftFeedAt, &i.DurationSeconds, &i.StatedDurationSeconds, &i.Announced, &i.Filtered, &i.SameEventID, &i.AlsoOn,
		&i.Components, &i.UpdateCount, &i.LatestBody, &i.LatestState, &i.LatestPostedAt)
	return i, err
}
