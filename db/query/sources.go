package query

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"vendorwatch/db"
)

// Source is a status page of a vendor.
type Source struct {
	SourceID   int64  `json:"source_id"`
	VendorID   int64  `json:"vendor_id"`
	Vendor     string `json:"vendor"` // slug
	VendorName string `json:"vendor_name"`
	PageURL    string `json:"page_url"`
	Platform   string `json:"platform"`
}

const selectSource = `
	SELECT s.source_id, s.vendor_id, v.slug, coalesce(nullif(v.name, ''), v.slug), s.page_url, s.platform
	FROM sources s JOIN vendors v USING (vendor_id) `

// Source returns one status page, or db.ErrNotFound.
func (d *DB) Source(ctx context.Context, sourceID int64) (Source, error) {
	var s Source
	err := d.read.QueryRowContext(ctx, selectSource+`WHERE s.source_id = ?`, sourceID).
		Scan(&s.SourceID, &s.VendorID, &s.Vendor, &s.VendorName, &s.PageURL, &s.Platform)
	if errors.Is(err, sql.ErrNoRows) {
		err = db.ErrNotFound
	}
	if err != nil {
		return Source{}, fmt.Errorf("source %d: %w", sourceID, err)
	}
	return s, nil
}

// SourcesOf returns a vendor's status pages in the order they were added; none if there is no such vendor.
func (d *DB) SourcesOf(ctx context.Context, vendorSlug string) ([]Source, error) {
	rows, err := d.read.QueryContext(ctx, selectSource+`WHERE v.slug = ? ORDER BY s.source_id`, vendorSlug)
	if err != nil {
		return nil, fmt.Errorf("sources of %q: %w", vendorSlug, err)
	}
	defer rows.Close()
	var sources []Source
	for rows.Next() {
		var s Source
		if err := rows.Scan(&s.SourceID, &s.VendorID, &s.Vendor, &s.VendorName, &s.PageURL, &s.Platform); err != nil {
			return nil, fmt.Errorf("sources of %q: %w", vendorSlug, err)
		}
		sources = append(sources, s)
	}
	return sources, rows.Err()
}
