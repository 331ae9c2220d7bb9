package db

import (
	"context"
	"database/sql"
	"fmt"
)

// SourcesAfter returns the health of status pages in the order of their numbers, at most limit of them, from
// the one that follows afterID on. A vendor that is not empty chooses (slug).
func (d *DB) SourcesAfter(ctx context.Context, vendor string, afterID int64, limit int) ([]SourceHealth, error) {
	health, err := list(ctx, d.read, scanHealth, selectHealth+`
		WHERE source_id IN (SELECT s.source_id FROM sources s JOIN vendors v USING (vendor_id)
			WHERE s.source_id > ?1 AND (?2 = '' OR v.slug = ?2) ORDER BY s.source_id LIMIT ?3)
		ORDER BY source_id`, afterID, vendor, limit)
	if err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	return health, nil
}

// HasVendor reports whether there is a vendor of that slug.
func (d *DB) HasVendor(ctx context.Context, slug string) (known bool, err error) {
	if err = d.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM vendors WHERE slug = ?)`, slug).Scan(&known); err != nil {
		return false, fmt.Errorf("vendor %q: %w", slug, err)
	}
	return known, nil
}

// ListedComponent is a component with the vendor and the page that show it.
type ListedComponent struct {
	Component
	SourceID     int64  `json:"source_id"`
	Vendor       string `json:"vendor"` // slug
	VendorStatus string `json:"vendor_status,omitempty"`
	FirstSeenAt  string `json:"first_seen_at"`
	GoneAt       string `json:"gone_at,omitempty"` // its page lists it no more
}

// ComponentsAfter returns components in the order of their numbers, at most limit of them, from the one that
// follows afterID on. Vendor (slug) and status choose where they are not empty.
func (d *DB) ComponentsAfter(ctx context.Context, vendor, status string, afterID int64, limit int) ([]ListedComponent, error) {
	components, err := list(ctx, d.read, func(r *sql.Rows, c *ListedComponent) error {
		return r.Scan(&c.ComponentID, &c.SourceKey, &c.Name, &c.GroupName, &c.Status, &c.SourceID, &c.Vendor, &c.VendorStatus, &c.FirstSeenAt, &c.GoneAt)
	}, `
		SELECT c.component_id, c.source_key, c.name, c.group_name, c.status, c.source_id, v.slug, c.vendor_status, c.first_seen_at, coalesce(c.gone_at, '')
		FROM components c JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		WHERE c.component_id > ?1 AND (?2 = '' OR c.source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?2))
			AND (?3 = '' OR c.status = ?3)
		ORDER BY c.component_id LIMIT ?4`, afterID, vendor, status, limit)
	if err != nil {
		return nil, fmt.Errorf("components: %w", err)
	}
	return components, nil
}

// ListedUpdate is a post with the incident and the vendor that it is of.
type ListedUpdate struct {
	Update
	Vendor string `json:"vendor"` // slug
	Title  string `json:"title"`  // of the incident
	Kind   string `json:"kind"`   // of the incident
}

// UpdatesAfter returns posts in the order in which they were stored, at most limit of them, from the one that
// follows afterID on. Vendor (slug) chooses where it is not empty, and so does incident where it is not 0.
func (d *DB) UpdatesAfter(ctx context.Context, vendor string, incident, afterID int64, limit int) ([]ListedUpdate, error) {
	chosen := `u.update_id > ?1`
	args := []any{afterID, limit}
	switch {
	case incident != 0:
		chosen += ` AND u.incident_id = ?3`
		args = append(args, incident)
	case vendor != "":
		chosen += ` AND i.source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?3)`
		args = append(args, vendor)
	}
	updates, err := list(ctx, d.read, func(r *sql.Rows, u *ListedUpdate) error {
		return r.Scan(&u.UpdateID, &u.IncidentID, &u.State, &u.VendorState, &u.PostedAt, &u.CreatedAt, &u.Body, &u.FirstSeenAt, &u.RemovedAt, &u.Vendor, &u.Title, &u.Kind)
	}, `
		SELECT u.update_id, u.incident_id, u.state, u.vendor_state, coalesce(u.posted_at, ''), coalesce(u.created_at, ''), u.body, u.first_seen_at,
			coalesce(u.removed_at, ''), v.slug, i.title, i.kind
		FROM incident_updates u JOIN incidents i USING (incident_id) JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		WHERE `+chosen+` ORDER BY u.update_id LIMIT ?2`, args...)
	if err != nil {
		return nil, fmt.Errorf("updates: %w", err)
	}
	return updates, nil
}
