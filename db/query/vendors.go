package query

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// Vendor is a company whose status is watched. The json names are those of the SQL columns.
type Vendor struct {
	VendorID   int64  `json:"vendor_id"`
	Slug       string `json:"slug"`
	Name       string `json:"name"`
	Homepage   string `json:"homepage,omitempty"`
	Owner      string `json:"owner,omitempty"`
	RunbookURL string `json:"runbook_url,omitempty"`
}

// VendorHealth is a vendor with its status pages.
type VendorHealth struct {
	Vendor
	Sources []SourceHealth `json:"sources"`
}

// Vendors returns all vendors by slug, each with the health of its status pages.
func (d *DB) Vendors(ctx context.Context) ([]VendorHealth, error) {
	vendors, err := scan.List(ctx, d.read, func(r *sql.Rows, v *VendorHealth) error {
		v.Sources = []SourceHealth{}
		return r.Scan(&v.VendorID, &v.Slug, &v.Name, &v.Homepage, &v.Owner, &v.RunbookURL)
	}, `SELECT vendor_id, slug, coalesce(nullif(name, ''), slug), homepage, owner, runbook_url FROM vendors ORDER BY slug`)
	if err != nil {
		return nil, fmt.Errorf("vendors: %w", err)
	}
	health, err := d.SourceHealth(ctx)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for n, v := range vendors {
		at[v.Slug] = n
	}
	for _, h := range health {
		if n, ok := at[h.Vendor]; ok {
			vendors[n].Sources = append(vendors[n].Sources, h)
		}
	}
	return vendors, nil
}

// VendorBySlug returns a vendor with its status pages, or db.ErrNotFound.
func (d *DB) VendorBySlug(ctx context.Context, slug string) (VendorHealth, error) {
	v := VendorHealth{}
	err := d.read.QueryRowContext(ctx, `
		SELECT vendor_id, slug, coalesce(nullif(name, ''), slug), homepage, owner, runbook_url FROM vendors WHERE slug = ?`, slug).
		Scan(&v.VendorID, &v.Slug, &v.Name, &v.Homepage, &v.Owner, &v.RunbookURL)
	if errors.Is(err, sql.ErrNoRows) {
		err = db.ErrNotFound
	}
	if err == nil {
		v.Sources, err = scan.List(ctx, d.read, scanHealth, selectHealth+`
			WHERE source_id IN (SELECT source_id FROM sources WHERE vendor_id = ?) ORDER BY source_id`, v.VendorID)
	}
	if err != nil {
		return VendorHealth{}, fmt.Errorf("vendor %q: %w", slug, err)
	}
	return v, nil
}

// Vendor returns the vendor of that slug, or db.ErrNotFound.
func (d *DB) Vendor(ctx context.Context, slug string) (v Vendor, err error) {
	err = d.read.QueryRowContext(ctx, `
		SELECT vendor_id, slug, coalesce(nullif(name, ''), slug), homepage, owner, runbook_url FROM vendors WHERE slug = ?`, slug).
		Scan(&v.VendorID, &v.Slug, &v.Name, &v.Homepage, &v.Owner, &v.RunbookURL)
	if errors.Is(err, sql.ErrNoRows) {
		err = db.ErrNotFound
	}
	if err != nil {
		return Vendor{}, fmt.Errorf("vendor %q: %w", slug, err)
	}
	return v, nil
}

// HasVendor reports whether there is a vendor of that slug.
func (d *DB) HasVendor(ctx context.Context, slug string) (known bool, err error) {
	if err = d.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM vendors WHERE slug = ?)`, slug).Scan(&known); err != nil {
		return false, fmt.Errorf("vendor %q: %w", slug, err)
	}
	return known, nil
}
