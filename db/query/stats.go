package query

import (
	"context"
	"errors"
	"time"
	"vendorwatch/db"
)

// Stats are the figures that a vendor is judged by, as v_uptime, v_sla and v_honesty have them.
type Stats struct {
	Vendor     string    `json:"vendor"` // slug
	VendorName string    `json:"vendor_name"`
	Uptime     []Uptime  `json:"uptime"`        // the shortest window first
	SLA        *SLA      `json:"sla,omitempty"` // nil where the configuration has no target
	Honesty    []Honesty `json:"honesty"`       // over all of the record
}

// Stats returns the figures of the vendor of that slug at a moment, or db.ErrNotFound.
func (d *DB) Stats(ctx context.Context, slug string, now time.Time) (Stats, error) {
	v, err := d.Vendor(ctx, slug)
	if err != nil {
		return Stats{}, err
	}
	s := Stats{Vendor: v.Slug, VendorName: v.Name}
	if s.Uptime, err = d.Uptimes(ctx, v.VendorID, now); err != nil {
		return s, err
	}
	switch sla, err := d.SLA(ctx, v.VendorID, now); {
	case err == nil:
		s.SLA = &sla
	case !errors.Is(err, db.ErrNotFound):
		return s, err
	}
	s.Honesty, err = d.Honesty(ctx, v.VendorID, time.Time{}, time.Time{})
	return s, err
}
