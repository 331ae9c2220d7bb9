package query

import (
	"context"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// Vendor is a company whose status is watched. The json names are those of the SQL columns.
type Vendor struct {
	VendorID   int64  `db:"vendor_id" json:"vendor_id"`
	Slug       string `db:"slug" json:"slug"`
	Name       string `db:"name = coalesce(nullif(v.name, ''), v.slug)" json:"name"`
	Homepage   string `db:"homepage" json:"homepage,omitempty"`
	Owner      string `db:"owner" json:"owner,omitempty"`
	RunbookURL string `db:"runbook_url" json:"runbook_url,omitempty"`
}

var vendorRow = scan.Of[Vendor]("v")

var selectVendor = `SELECT ` + vendorRow.Columns + ` FROM vendors v `

// VendorHealth is a vendor with its status pages.
type VendorHealth struct {
	Vendor
	Sources []SourceHealth `json:"sources"`
}

// Vendors returns all vendors by slug, each with the health of its status pages at a moment.
func (d *DB) Vendors(ctx context.Context, now time.Time) ([]VendorHealth, error) {
	found, err := vendorRow.All(ctx, d.read, selectVendor+`ORDER BY v.slug`)
	if err != nil {
		return nil, fmt.Errorf("vendors: %w", err)
	}
	health, err := d.SourceHealth(ctx, now)
	if err != nil {
		return nil, err
	}
	vendors, at := make([]VendorHealth, len(found)), map[string]int{}
	for n, v := range found {
		vendors[n], at[v.Slug] = VendorHealth{Vendor: v, Sources: []SourceHealth{}}, n
	}
	for _, h := range health {
		if n, ok := at[h.Vendor]; ok {
			vendors[n].Sources = append(vendors[n].Sources, h)
		}
	}
	return vendors, nil
}

// VendorBySlug returns a vendor with its status pages and their health at a moment, or db.ErrNotFound.
func (d *DB) VendorBySlug(ctx context.Context, slug string, now time.Time) (v VendorHealth, err error) {
	if v.Vendor, err = d.Vendor(ctx, slug); err != nil {
		return VendorHealth{}, err
	}
	v.Sources, err = sourceHealthRow.All(ctx, d.read, selectHealth+`
		WHERE h.source_id IN (SELECT source_id FROM sources WHERE vendor_id = ?2) ORDER BY h.source_id`, db.Stamp(now),
		v.VendorID)
	if err != nil {
		return VendorHealth{}, fmt.Errorf("vendor %q: %w", slug, err)
	}
	return v, nil
}

// Vendor returns the vendor of that slug, or db.ErrNotFound.
func (d *DB) Vendor(ctx context.Context, slug string) (Vendor, error) {
	v, err := vendorRow.One(ctx, d.read, selectVendor+`WHERE v.slug = ?`, slug)
	if err != nil {
		return Vendor{}, fmt.Errorf("vendor %q: %w", slug, notFound(err))
	}
	return v, nil
}

// HasVendor reports whether there is a vendor of that slug.
func (d *DB) HasVendor(ctx context.Context, slug string) (known bool, err error) {
	if err = d.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM vendors WHERE slug = ?)`,
		slug).Scan(&known); err != nil {
		return false, fmt.Errorf("vendor %q: %w", slug, err)
	}
	return known, nil
}
