package query

import (
	"cmp"
	"context"
	"fmt"
	"time"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// Component is a component of a source. Of a page that is not read its status is unknown.
type Component struct {
	ComponentID int64  `db:"component_id" json:"component_id"`
	SourceKey   string `db:"source_key" json:"source_key"`
	Name        string `db:"name" json:"name"`
	GroupName   string `db:"group_name" json:"group_name,omitempty"`
	Status      string `db:"status" json:"status"`
	// Status as last read, where the page is not read now; otherwise empty.
	LastStatus string `json:"last_status,omitempty"`
}

// Shown is the status in which the component was last read, however long ago.
func (c Component) Shown() string { return cmp.Or(c.LastStatus, c.Status) }

// Label is how the component is called before people: with its group, where it has one.
func (c Component) Label() string {
	return normalize.Component{Name: c.Name, Group: c.GroupName}.Label()
}

// sayOnlyKnown takes back the status of every component whose page was not read when it was due, or is not watched:
// how it does now is not known.
func (d *DB) sayOnlyKnown(ctx context.Context, now time.Time, n int, of func(n int) (*Component, int64)) error {
	if n == 0 {
		return nil
	}
	sources := make([]int64, n)
	for i := range n {
		_, sources[i] = of(i)
	}
	unread, err := d.UnreadSources(ctx, now, sources)
	if err != nil {
		return err
	}
	for i := range n {
		if c, source := of(i); unread[source] {
			c.LastStatus, c.Status = c.Status, string(normalize.StatusUnknown)
		}
	}
	return nil
}

// ListedComponent is a component with the vendor and the page that show it.
type ListedComponent struct {
	Component
	SourceID     int64  `db:"source_id" json:"source_id"`
	Vendor       string `db:"vendor = v.slug" json:"vendor"` // slug
	VendorStatus string `db:"vendor_status" json:"vendor_status,omitempty"`
	FirstSeenAt  string `db:"first_seen_at" json:"first_seen_at"`
	GoneAt       string `db:"gone_at" json:"gone_at,omitempty"` // its page lists it no more
}

var listedComponentRow = scan.Of[ListedComponent]("c")

// ComponentsAfter returns components in the order of their numbers, at most limit of them, from the one that
// follows afterID on. Vendor (slug) and status, as last read, choose where they are not empty.
func (d *DB) ComponentsAfter(ctx context.Context, now time.Time, vendor, status string, afterID int64,
	limit int) ([]ListedComponent, error) {
	from, chosen := `components`, `component_id > ?1 AND (?2 = '' OR status = ?2)`
	args := []any{afterID, status, limit}
	if vendor != "" {
		chosen += ` AND source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?4)`
		args = append(args, vendor)
	}
	if status != "" && status != string(normalize.StatusOperational) {
		from += ` INDEXED BY components_not_operational` // few among all, which SQLite would walk in their order
		chosen += ` AND status <> 'operational'`
	}
	components, err := listedComponentRow.All(ctx, d.read, `
		SELECT `+listedComponentRow.Columns+`
		FROM (SELECT * FROM `+from+` WHERE `+chosen+` ORDER BY component_id LIMIT ?3) c
		JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		ORDER BY c.component_id`, args...)
	if err != nil {
		return nil, fmt.Errorf("components: %w", err)
	}
	return components, d.sayOnlyKnown(ctx, now, len(components),
		func(n int) (*Component, int64) { return &components[n].Component, components[n].SourceID })
}

// ComponentStatus is a component with when it took the status that it has.
type ComponentStatus struct {
	ListedComponent
	ChangedAt string `db:"changed_at"`
}

var componentStatusRow = scan.Of[ComponentStatus]("c")

// ComponentStatuses returns a vendor's components in the order of its pages, those that the pages list no more
// included.
func (d *DB) ComponentStatuses(ctx context.Context, now time.Time, vendor string) ([]ComponentStatus, error) {
	components, err := componentStatusRow.All(ctx, d.read, `
		SELECT `+componentStatusRow.Columns+`
		FROM (SELECT *, coalesce((SELECT max(h.at) FROM component_changes h
			WHERE h.component_id = components.component_id), first_seen_at) AS changed_at
			FROM components) c JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		WHERE v.slug = ?
		ORDER BY c.source_id, c.position NULLS LAST, c.group_name, c.name, c.component_id`, vendor)
	if err != nil {
		return nil, fmt.Errorf("components of %q: %w", vendor, err)
	}
	return components, d.sayOnlyKnown(ctx, now, len(components),
		func(n int) (*Component, int64) { return &components[n].Component, components[n].SourceID })
}

// VendorComponents returns the components that a vendor's pages list now, in the pages' order, limit of them
// from offset on, and how many there are.
func (d *DB) VendorComponents(ctx context.Context, now time.Time, vendorID int64, limit, offset int) ([]ListedComponent,
	int, error) {
	const listed = ` FROM components c JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		WHERE c.gone_at IS NULL AND s.vendor_id = ?1`
	var total int
	if err := d.read.QueryRowContext(ctx, `SELECT count(*)`+listed, vendorID).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("components: %w", err)
	}
	components, err := listedComponentRow.All(ctx, d.read, `SELECT `+listedComponentRow.Columns+listed+`
		ORDER BY c.source_id, c.position NULLS LAST, c.group_name, c.name, c.component_id LIMIT ?2 OFFSET ?3`,
		vendorID, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("components: %w", err)
	}
	err = d.sayOnlyKnown(ctx, now, len(components),
		func(n int) (*Component, int64) { return &components[n].Component, components[n].SourceID })
	return components, total, err
}
