package query

import (
	"context"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// Source is a status page of a vendor.
type Source struct {
	SourceID   int64  `db:"source_id" json:"source_id"`
	VendorID   int64  `db:"vendor_id" json:"vendor_id"`
	Vendor     string `db:"vendor = v.slug" json:"vendor"` // slug
	VendorName string `db:"vendor_name = coalesce(nullif(v.name, ''), v.slug)" json:"vendor_name"`
	PageURL    string `db:"page_url" json:"page_url"`
	Platform   string `db:"platform" json:"platform"`
}

var sourceRow = scan.Of[Source]("s")

var selectSource = `
	SELECT ` + sourceRow.Columns + `
	FROM sources s JOIN vendors v USING (vendor_id) `

// Source returns one status page, or db.ErrNotFound.
func (d *DB) Source(ctx context.Context, sourceID int64) (Source, error) {
	s, err := sourceRow.One(ctx, d.read, selectSource+`WHERE s.source_id = ?`, sourceID)
	if err != nil {
		return Source{}, fmt.Errorf("source %d: %w", sourceID, notFound(err))
	}
	return s, nil
}

// SourcesOf returns a vendor's status pages in the order they were added; none if there is no such vendor.
func (d *DB) SourcesOf(ctx context.Context, vendorSlug string) ([]Source, error) {
	sources, err := sourceRow.All(ctx, d.read, selectSource+`WHERE v.slug = ? ORDER BY s.source_id`, vendorSlug)
	if err != nil {
		return nil, fmt.Errorf("sources of %q: %w", vendorSlug, err)
	}
	return sources, nil
}
