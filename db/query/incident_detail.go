package query

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// IncidentByID returns one incident whole, or db.ErrNotFound.
func (d *DB) IncidentByID(ctx context.Context, id int64) (IncidentDetail, error) {
	detail, err := d.incidentDetail(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = db.ErrNotFound
	}
	if err != nil {
		return IncidentDetail{}, fmt.Errorf("incident %d: %w", id, err)
	}
	return detail, nil
}

// IncidentByKey returns the incident with the vendor's own id, or with the address, that key is; the newest
// if several sources have one. The error wraps db.ErrNotFound if there is none.
func (d *DB) IncidentByKey(ctx context.Context, key string) (IncidentDetail, error) {
	var id int64
	err := d.read.QueryRowContext(ctx, `SELECT incident_id FROM incidents WHERE source_key = ?1 OR url = ?1 ORDER BY first_seen_at DESC LIMIT 1`, key).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return IncidentDetail{}, fmt.Errorf("incident %q: %w", key, db.ErrNotFound)
	}
	if err != nil {
		return IncidentDetail{}, fmt.Errorf("incident %q: %w", key, err)
	}
	return d.IncidentByID(ctx, id)
}

func (d *DB) incidentDetail(ctx context.Context, id int64) (detail IncidentDetail, err error) {
	whole := d.kept.QueryRowContext(ctx, selectIncident+`WHERE i.incident_id = ?`, id)
	if detail.Incident, err = scanIncident(whole); err != nil {
		return detail, err
	}
	var raw []byte
	if err = d.read.QueryRowContext(ctx, `SELECT raw FROM incidents WHERE incident_id = ?`, id).Scan(&raw); err != nil {
		return detail, err
	}
	if err = json.Unmarshal(raw, &detail.Raw); err != nil {
		return detail, fmt.Errorf("raw: %w", err)
	}
	if detail.Updates, err = scan.List(ctx, d.kept, func(r *sql.Rows, u *Update) error {
		return r.Scan(&u.UpdateID, &u.IncidentID, &u.State, &u.VendorState, &u.PostedAt, &u.CreatedAt, &u.Body, &u.FirstSeenAt, &u.RemovedAt)
	}, `SELECT update_id, incident_id, state, vendor_state, coalesce(posted_at, ''), coalesce(created_at, ''), body, first_seen_at, coalesce(removed_at, '')
		FROM incident_updates WHERE incident_id = ? ORDER BY position, update_id`, id); err != nil {
		return detail, err
	}
	if detail.AffectedComponents, err = scan.List(ctx, d.kept, func(r *sql.Rows, c *Component) error {
		return r.Scan(&c.ComponentID, &c.SourceKey, &c.Name, &c.GroupName, &c.Status)
	}, `SELECT c.component_id, c.source_key, c.name, c.group_name, c.status
		FROM incident_components ic JOIN components c USING (component_id)
		WHERE ic.incident_id = ? ORDER BY c.position, c.component_id`, id); err != nil {
		return detail, err
	}
	if detail.Revisions, err = scan.List(ctx, d.kept, func(r *sql.Rows, v *Revision) error {
		return r.Scan(&v.RevisionID, &v.IncidentID, &v.UpdateID, &v.Field, &v.OldValue, &v.NewValue, &v.SeenAt)
	}, `SELECT revision_id, incident_id, coalesce(update_id, 0), field, old_value, new_value, seen_at
		FROM revisions WHERE incident_id = ? ORDER BY seen_at, revision_id`, id); err != nil {
		return detail, err
	}
	if detail.SameEvent, err = d.sameEvent(ctx, detail.Incident); err != nil {
		return detail, err
	}
	detail.Findings, err = scan.List(ctx, d.kept, func(r *sql.Rows, f *Finding) error {
		return r.Scan(&f.FindingID, &f.SourceID, &f.SourceKey, &f.Field, &f.Value, &f.Problem, &f.FirstSeenAt, &f.LastSeenAt, &f.TimesSeen)
	}, `SELECT finding_id, source_id, source_key, field, value, problem, first_seen_at, last_seen_at, times_seen
		FROM findings WHERE source_id = ? AND source_key = ? ORDER BY finding_id`, detail.SourceID, detail.SourceKey)
	return detail, err
}

// sameEvent returns the other records of an incident's event, the one that stands for it first.
func (d *DB) sameEvent(ctx context.Context, i Incident) ([]EventRecord, error) {
	return scan.List(ctx, d.kept, func(r *sql.Rows, o *EventRecord) error {
		return r.Scan(&o.IncidentID, &o.PageURL, &o.Platform, &o.SourceKey, &o.URL, &o.Title, &o.Severity, &o.State, &o.StartedAt, &o.ResolvedAt)
	}, `SELECT o.incident_id, s.page_url, s.platform, o.source_key, o.url, o.title, o.severity, o.state,
			coalesce(o.started_at, ''), coalesce(o.resolved_at, '')
		FROM incidents o JOIN sources s USING (source_id)
		WHERE o.same_event_id = ?1 AND o.incident_id <> ?2 ORDER BY o.incident_id <> ?1, o.incident_id`, i.SameEventID, i.IncidentID)
}
