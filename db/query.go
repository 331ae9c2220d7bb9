package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// Filter chooses incidents. Zero fields choose nothing out but second records of one event.
type Filter struct {
	Vendor   string             // slug
	Severity normalize.Severity // this one and worse, by Severity.Rank
	State    normalize.State
	Kind     normalize.Kind
	Open     bool      // not over and still on the page
	Since    time.Time // began at this time or later; a maintenance by its window, one without times by when it was first seen
	Until    time.Time // began before this time
	Changed  time.Time // something of it was learned at this time or later: the entry itself, a post, an edit, news
	Search   string    // words in the title or in an update, in any record of the event
	Limit    int       // the newest so many; 0 for all

	AllSources bool // every page's record of an event, not only the one that stands for it
}

// began is what incidents are put in order by.
const began = `coalesce(i.started_at, i.scheduled_start_at, i.first_seen_at)`

// standing chooses, of the records of one event, the one that stands for it.
const standing = `coalesce(i.same_event_id, i.incident_id) = i.incident_id`

// where returns the filter as SQL over incidents i.
func (f Filter) where() (string, []any) {
	var terms []string
	var args []any
	add := func(term string, values ...any) {
		terms = append(terms, term)
		args = append(args, values...)
	}
	if f.Vendor != "" {
		add(`i.source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?)`, f.Vendor)
	}
	if f.Severity != "" {
		var worse []string
		for _, s := range []normalize.Severity{normalize.SeverityNone, normalize.SeverityMinor, normalize.SeverityUnknown, normalize.SeverityMajor, normalize.SeverityCritical} {
			if s.Rank() >= f.Severity.Rank() {
				worse = append(worse, `'`+string(s)+`'`)
			}
		}
		add(`i.severity IN (` + strings.Join(worse, ", ") + `)`)
	}
	if f.State != "" {
		add(`i.state = ?`, f.State)
		if !f.State.Over() { // lets SQLite see that incidents_by_state has them all
			add(`i.state IN ('investigating', 'identified', 'monitoring', 'scheduled', 'in_progress', 'verifying', 'unknown')`)
		}
	}
	if f.Kind != "" {
		add(`i.kind = ?`, f.Kind)
	}
	if f.Open {
		add(`i.state NOT IN ('resolved', 'completed', 'cancelled') AND i.left_feed_at IS NULL`)
	}
	if !f.Since.IsZero() {
		add(began+` >= ?`, stamp(f.Since))
	}
	if !f.Until.IsZero() {
		add(began+` < ?`, stamp(f.Until))
	}
	if !f.Changed.IsZero() {
		// UNION ALL, since for UNION SQLite would walk the tables in the order of the numbers.
		at, record := stamp(f.Changed), `coalesce(o.same_event_id, o.incident_id)`
		if f.AllSources {
			record = `o.incident_id`
		}
		add(`i.incident_id IN (SELECT `+record+` FROM incidents o WHERE o.incident_id IN (
			SELECT incident_id FROM incidents WHERE first_seen_at >= ?
			UNION ALL SELECT incident_id FROM incident_updates WHERE first_seen_at >= ?
			UNION ALL SELECT incident_id FROM revisions WHERE seen_at >= ?
			UNION ALL SELECT incident_id FROM events WHERE at >= ? AND incident_id IS NOT NULL))`, at, at, at, at)
	}
	if f.Search != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Search) + "%"
		const holds = `(o.title LIKE ? ESCAPE '\' OR EXISTS (SELECT 1 FROM incident_updates u WHERE u.incident_id = o.incident_id AND u.body LIKE ? ESCAPE '\'))`
		add(`(EXISTS (SELECT 1 FROM incidents o WHERE o.incident_id = i.incident_id AND `+holds+`)
			OR EXISTS (SELECT 1 FROM incidents o WHERE o.same_event_id = i.same_event_id AND `+holds+`))`, like, like, like, like)
	}
	if !f.AllSources {
		add(standing)
	}
	if len(terms) == 0 {
		return "", nil
	}
	return `WHERE ` + strings.Join(terms, ` AND `), args
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

// UpcomingMaintenance returns the maintenances that are under way at now, and those whose window begins
// within horizon, in the order of their windows. One whose window has passed without a word is left out.
func (d *DB) UpcomingMaintenance(ctx context.Context, now time.Time, horizon time.Duration) ([]Incident, error) {
	incidents, err := d.incidents(ctx, selectIncident+`
		WHERE i.incident_id IN (
			SELECT incident_id FROM incidents
			WHERE kind = 'maintenance' AND coalesce(same_event_id, incident_id) = incident_id AND state NOT IN ('resolved', 'completed', 'cancelled') AND left_feed_at IS NULL
				AND (state IN ('in_progress', 'verifying')
					OR (coalesce(scheduled_start_at, ?1) <= ?2 AND coalesce(scheduled_end_at, scheduled_start_at, ?1) >= ?1)))
		ORDER BY coalesce(i.scheduled_start_at, i.started_at, i.first_seen_at), i.incident_id`, stamp(now), stamp(now.Add(horizon)))
	if err != nil {
		return nil, fmt.Errorf("upcoming maintenance: %w", err)
	}
	return incidents, nil
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

// IncidentByID returns one incident whole, or ErrNotFound.
func (d *DB) IncidentByID(ctx context.Context, id int64) (IncidentDetail, error) {
	detail, err := d.incidentDetail(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return IncidentDetail{}, fmt.Errorf("incident %d: %w", id, err)
	}
	return detail, nil
}

func (d *DB) incidentDetail(ctx context.Context, id int64) (detail IncidentDetail, err error) {
	whole, err := d.reading(ctx, selectIncident+`WHERE i.incident_id = ?`)
	if err != nil {
		return detail, err
	}
	if detail.Incident, err = scanIncident(whole.QueryRowContext(ctx, id)); err != nil {
		return detail, err
	}
	var raw []byte
	if err = d.read.QueryRowContext(ctx, `SELECT raw FROM incidents WHERE incident_id = ?`, id).Scan(&raw); err != nil {
		return detail, err
	}
	if err = json.Unmarshal(raw, &detail.Raw); err != nil {
		return detail, fmt.Errorf("raw: %w", err)
	}
	if detail.Updates, err = list(ctx, kept{d}, func(r *sql.Rows, u *Update) error {
		return r.Scan(&u.UpdateID, &u.IncidentID, &u.State, &u.VendorState, &u.PostedAt, &u.CreatedAt, &u.Body, &u.FirstSeenAt, &u.RemovedAt)
	}, `SELECT update_id, incident_id, state, vendor_state, coalesce(posted_at, ''), coalesce(created_at, ''), body, first_seen_at, coalesce(removed_at, '')
		FROM incident_updates WHERE incident_id = ? ORDER BY position, update_id`, id); err != nil {
		return detail, err
	}
	if detail.AffectedComponents, err = list(ctx, kept{d}, func(r *sql.Rows, c *Component) error {
		return r.Scan(&c.ComponentID, &c.SourceKey, &c.Name, &c.GroupName, &c.Status)
	}, `SELECT c.component_id, c.source_key, c.name, c.group_name, c.status
		FROM incident_components ic JOIN components c USING (component_id)
		WHERE ic.incident_id = ? ORDER BY c.position, c.component_id`, id); err != nil {
		return detail, err
	}
	if detail.Revisions, err = list(ctx, kept{d}, func(r *sql.Rows, v *Revision) error {
		return r.Scan(&v.RevisionID, &v.IncidentID, &v.UpdateID, &v.Field, &v.OldValue, &v.NewValue, &v.SeenAt)
	}, `SELECT revision_id, incident_id, coalesce(update_id, 0), field, old_value, new_value, seen_at
		FROM revisions WHERE incident_id = ? ORDER BY seen_at, revision_id`, id); err != nil {
		return detail, err
	}
	if detail.SameEvent, err = d.sameEvent(ctx, detail.Incident); err != nil {
		return detail, err
	}
	detail.Findings, err = list(ctx, kept{d}, func(r *sql.Rows, f *Finding) error {
		return r.Scan(&f.FindingID, &f.SourceID, &f.SourceKey, &f.Field, &f.Value, &f.Problem, &f.FirstSeenAt, &f.LastSeenAt, &f.TimesSeen)
	}, `SELECT finding_id, source_id, source_key, field, value, problem, first_seen_at, last_seen_at, times_seen
		FROM findings WHERE source_id = ? AND source_key = ? ORDER BY finding_id`, detail.SourceID, detail.SourceKey)
	return detail, err
}

// sameEvent returns the other records of an incident's event, the one that stands for it first.
func (d *DB) sameEvent(ctx context.Context, i Incident) ([]EventRecord, error) {
	return list(ctx, kept{d}, func(r *sql.Rows, o *EventRecord) error {
		return r.Scan(&o.IncidentID, &o.PageURL, &o.Platform, &o.SourceKey, &o.URL, &o.Title, &o.Severity, &o.State, &o.StartedAt, &o.ResolvedAt)
	}, `SELECT o.incident_id, s.page_url, s.platform, o.source_key, o.url, o.title, o.severity, o.state,
			coalesce(o.started_at, ''), coalesce(o.resolved_at, '')
		FROM incidents o JOIN sources s USING (source_id)
		WHERE o.same_event_id = ?1 AND o.incident_id <> ?2 ORDER BY o.incident_id <> ?1, o.incident_id`, i.SameEventID, i.IncidentID)
}

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// list runs a query and scans each row; it returns an empty slice, not nil, for none.
func list[T any](ctx context.Context, q querier, scan func(*sql.Rows, *T) error, query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		var t T
		if err := scan(rows, &t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
