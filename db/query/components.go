package query

import (
	"context"
	"database/sql"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// Component is a component of a source.
type Component struct {
	ComponentID int64  `json:"component_id"`
	SourceKey   string `json:"source_key"`
	Name        string `json:"name"`
	GroupName   string `json:"group_name,omitempty"`
	Status      string `json:"status"`
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
	components, err := scan.List(ctx, d.read, func(r *sql.Rows, c *ListedComponent) error {
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

// ComponentStatus is a component with when it took the status that it has.
type ComponentStatus struct {
	ListedComponent
	ChangedAt string
}

// ComponentStatuses returns a vendor's components in the order of its pages, those that the pages list no more
// included.
func (d *DB) ComponentStatuses(ctx context.Context, vendor string) ([]ComponentStatus, error) {
	components, err := scan.List(ctx, d.read, func(r *sql.Rows, c *ComponentStatus) error {
		c.Vendor = vendor
		return r.Scan(&c.ComponentID, &c.SourceKey, &c.Name, &c.GroupName, &c.Status, &c.SourceID, &c.VendorStatus, &c.FirstSeenAt, &c.GoneAt, &c.ChangedAt)
	}, `
		SELECT c.component_id, c.source_key, c.name, c.group_name, c.status, c.source_id, c.vendor_status, c.first_seen_at, coalesce(c.gone_at, ''),
			coalesce((SELECT max(h.at) FROM component_changes h WHERE h.component_id = c.component_id), c.first_seen_at)
		FROM components c WHERE c.source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?)
		ORDER BY c.source_id, c.position, c.component_id`, vendor)
	if err != nil {
		return nil, fmt.Errorf("components of %q: %w", vendor, err)
	}
	return components, nil
}

// VendorComponents returns the components that a vendor's pages list now, in the pages' order, limit of them
// from offset on, and how many there are.
func (d *DB) VendorComponents(ctx context.Context, vendorID int64, limit, offset int) ([]ListedComponent, int, error) {
	const listed = ` FROM components c JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		WHERE c.gone_at IS NULL AND s.vendor_id = ?1`
	var total int
	if err := d.read.QueryRowContext(ctx, `SELECT count(*)`+listed, vendorID).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("components: %w", err)
	}
	components, err := scan.List(ctx, d.read, func(r *sql.Rows, c *ListedComponent) error {
		return r.Scan(&c.ComponentID, &c.SourceKey, &c.Name, &c.GroupName, &c.Status, &c.SourceID, &c.Vendor, &c.VendorStatus, &c.FirstSeenAt)
	}, `SELECT c.component_id, c.source_key, c.name, c.group_name, c.status, c.source_id, v.slug, c.vendor_status, c.first_seen_at`+listed+`
		ORDER BY c.source_id, c.position, c.component_id LIMIT ?2 OFFSET ?3`, vendorID, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("components: %w", err)
	}
	return components, total, nil
}
