package query

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db/internal/scan"
	"vendorwatch/db/internal/wording"
	"vendorwatch/normalize"
)

// IncidentDetail is one incident whole.
type IncidentDetail struct {
	Incident
	AffectedComponents []AffectedComponent `json:"affected_components"`
	Updates            []Update            `json:"updates"` // oldest first
	Revisions          []Revision          `json:"revisions"`
	Findings           []Finding           `json:"findings"`
	// the event's records from other pages, the one that stands for it first
	SameEvent []EventRecord   `json:"same_event"`
	Actions   []Action        `json:"actions"` // of ours on any of them, oldest first
	Raw       []normalize.Raw `json:"raw"`
}

// AffectedComponent is a component that an incident affects. Its own end is known where it recovered before the
// incident was resolved.
type AffectedComponent struct {
	Component
	StartedAt  string `db:"started_at" json:"started_at,omitempty"`   // its own, otherwise the incident's
	ResolvedAt string `db:"resolved_at" json:"resolved_at,omitempty"` // its own only
	// how ResolvedAt is known: stated, seen
	ResolvedBasis   string `db:"resolved_basis" json:"resolved_basis,omitempty"`
	DurationSeconds *int64 `db:"duration_seconds" json:"duration_seconds,omitempty"`
}

// Parts returns what the incident affects, as components alone.
func (i IncidentDetail) Parts() []Component {
	parts := make([]Component, len(i.AffectedComponents))
	for n, c := range i.AffectedComponents {
		parts[n] = c.Component
	}
	return parts
}

var affectedComponentRow = scan.Of[AffectedComponent]("x")

// EventRecord is another record of the same event, read from another page of the vendor.
type EventRecord struct {
	IncidentID int64  `db:"incident_id" json:"incident_id"`
	SourceID   int64  `db:"source_id" json:"-"`
	PageURL    string `db:"page_url = s.page_url" json:"page_url"`
	Platform   string `db:"platform = s.platform" json:"platform"`
	SourceKey  string `db:"source_key" json:"source_key"`
	URL        string `db:"url" json:"url,omitempty"`
	Title      string `db:"title" json:"title"`
	Severity   string `db:"severity" json:"severity"`
	State      string `db:"state" json:"state"`
	StartedAt  string `db:"started_at" json:"started_at,omitempty"`
	ResolvedAt string `db:"resolved_at" json:"resolved_at,omitempty"`
}

var eventRecordRow = scan.Of[EventRecord]("o")

// IncidentByID returns one incident whole, with its components as far as they are known at a moment, or db.ErrNotFound.
func (d *DB) IncidentByID(ctx context.Context, id int64, now time.Time) (IncidentDetail, error) {
	detail, err := d.incidentDetail(ctx, id, now)
	if err != nil {
		return IncidentDetail{}, fmt.Errorf("incident %d: %w", id, notFound(err))
	}
	return detail, nil
}

// IncidentByKey returns the incident whose id at the vendor, or whose address, is key; the newest if several sources
// have one. The error wraps db.ErrNotFound if there is none.
func (d *DB) IncidentByKey(ctx context.Context, key string, now time.Time) (IncidentDetail, error) {
	var id int64
	err := d.read.QueryRowContext(ctx, `
		SELECT incident_id FROM incidents WHERE source_key = ?1 OR url = ?1 ORDER BY first_seen_at DESC LIMIT 1`,
		key).Scan(&id)
	if err != nil {
		return IncidentDetail{}, fmt.Errorf("incident %q: %w", key, notFound(err))
	}
	return d.IncidentByID(ctx, id, now)
}

func (d *DB) incidentDetail(ctx context.Context, id int64, now time.Time) (detail IncidentDetail, err error) {
	if detail.Incident, err = incidentRow.One(ctx, d.read, selectIncident+`WHERE i.incident_id = ?`, id); err != nil {
		return detail, err
	}
	if detail.Raw, err = d.rawOf(ctx, id); err != nil {
		return detail, err
	}
	if detail.Updates, err = updateRow.All(ctx, d.read, `
		SELECT `+updateRow.Columns+` FROM incident_updates u WHERE u.incident_id = ? ORDER BY u.position, u.update_id`,
		id); err != nil {
		return detail, err
	}
	if detail.AffectedComponents, err = affectedComponentRow.All(ctx, d.read, `
		SELECT `+affectedComponentRow.Columns+` FROM v_incident_components x
		WHERE x.incident_id = ? ORDER BY x.position NULLS LAST, x.group_name, x.name, x.component_id`, id); err != nil {
		return detail, err
	}
	if err = d.sayOnlyKnown(ctx, now, len(detail.AffectedComponents), func(n int) (*Component, int64) {
		return &detail.AffectedComponents[n].Component, detail.SourceID
	}); err != nil {
		return detail, err
	}
	if detail.Revisions, err = revisionRow.All(ctx, d.read, `
		SELECT `+revisionRow.Columns+` FROM revisions r WHERE r.incident_id = ? ORDER BY r.seen_at, r.revision_id`,
		id); err != nil {
		return detail, err
	}
	if detail.SameEvent, err = eventRecordRow.All(ctx, d.read, `
		SELECT `+eventRecordRow.Columns+` FROM incidents o JOIN sources s USING (source_id)
		WHERE o.same_event_id = ?1 AND o.incident_id <> ?2 ORDER BY o.incident_id <> ?1, o.incident_id`,
		detail.SameEventID, detail.IncidentID); err != nil {
		return detail, err
	}
	if detail.Actions, err = actionRow.All(ctx, d.read, selectActions+`
		WHERE a.incident_id = ?1 OR a.incident_id IN (SELECT incident_id FROM incidents WHERE same_event_id = ?2)
		ORDER BY a.action_id`, detail.IncidentID, detail.SameEventID); err != nil {
		return detail, err
	}
	detail.Findings, err = findingRow.All(ctx, d.read, `
		SELECT `+findingRow.Columns+` FROM findings f WHERE f.source_id = ? AND f.source_key = ? ORDER BY f.finding_id`,
		detail.SourceID, detail.SourceKey)
	return detail, err
}

// rawOf reads the vendor's words that an incident is shown with.
func (d *DB) rawOf(ctx context.Context, id int64) ([]normalize.Raw, error) {
	var raw string
	var words []byte
	err := d.read.QueryRowContext(ctx, `
		SELECT i.raw, w.words FROM incidents i LEFT JOIN reading_words w USING (incident_id)
		WHERE i.incident_id = ?`, id).Scan(&raw, &words)
	if err != nil {
		return nil, err
	}
	raws, err := wording.ShownIn(raw, words)
	if err != nil {
		return nil, fmt.Errorf("the vendor's words: %w", err)
	}
	return raws, nil
}
