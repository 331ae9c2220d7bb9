package servicetime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
)

// Standing is how a target does, of a vendor or of a service of ours.
type Standing struct {
	Of   string `json:"of"`   // vendor or service
	Slug string `json:"slug"` // of it
	Name string `json:"name"`
	SLA
}

// Key names a target and its period: vendor:acme:2026-11.
func (s Standing) Key() string { return s.Of + ":" + s.Slug + ":" + s.Period }

// Standings returns the targets that are at risk or missed at a moment, in the periods that last then: those of vendors
// and those of services of ours.
func Standings(ctx context.Context, d *query.DB, now time.Time) ([]Standing, error) {
	var all []Standing
	vendors, err := d.VendorsWithTarget(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range vendors {
		s, err := d.SLA(ctx, id, now)
		if errors.Is(err, db.ErrNotFound) {
			continue // it was taken back meanwhile
		}
		if err != nil {
			return nil, err
		}
		if s.Forecast == query.ForecastAtRisk || s.Forecast == query.ForecastMissed {
			all = append(all, ofVendor(s))
		}
	}
	services, err := scan.Column[string](ctx, d.Reader.Read, `SELECT s.slug FROM service_targets t
		JOIN services s USING (service_id) ORDER BY s.slug`)
	if err != nil {
		return nil, fmt.Errorf("targets of services: %w", err)
	}
	for _, slug := range services {
		s, err := ofService(ctx, d, slug, now, now)
		if errors.Is(err, db.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if s.Forecast == query.ForecastAtRisk || s.Forecast == query.ForecastMissed {
			all = append(all, s)
		}
	}
	return all, nil
}

// StandingOf returns how the target of a Key does in its period, up to now, or db.ErrNotFound if there is none
// any more.
func StandingOf(ctx context.Context, d *query.DB, key string, now time.Time) (Standing, error) {
	of, rest, _ := strings.Cut(key, ":")
	slug, period, _ := strings.Cut(rest, ":")
	at := now
	s, err := standingAt(ctx, d, of, slug, at, now)
	if err == nil && s.Period != period {
		// The period is over: what is asked for is its end.
		var end time.Time
		if end, err = endOf(period); err == nil {
			s, err = standingAt(ctx, d, of, slug, end.Add(-time.Millisecond), now)
		}
	}
	if err == nil && s.Period != period {
		err = db.ErrNotFound
	}
	if err != nil {
		return s, fmt.Errorf("target %q: %w", key, err)
	}
	return s, nil
}

func standingAt(ctx context.Context, d *query.DB, of, slug string, at, now time.Time) (Standing, error) {
	if of == "service" {
		return ofService(ctx, d, slug, at, now)
	}
	v, err := d.Vendor(ctx, slug)
	if err != nil {
		return Standing{}, err
	}
	s, err := d.SLA(ctx, v.VendorID, at)
	return ofVendor(s), err
}

// endOf returns when a period ends: 2026-11 or 2026-Q4.
func endOf(period string) (time.Time, error) {
	if from, err := time.Parse("2006-01", period); err == nil {
		return from.AddDate(0, 1, 0), nil
	}
	var year, quarter int
	if _, err := fmt.Sscanf(period, "%d-Q%d", &year, &quarter); err != nil {
		return time.Time{}, errors.Join(db.ErrNotFound, fmt.Errorf("%q is no period", period))
	}
	return time.Date(year, time.Month(3*quarter+1), 1, 0, 0, 0, 0, time.UTC), nil
}

func ofVendor(s query.SLA) Standing {
	return Standing{Of: "vendor", Slug: s.Vendor, Name: s.VendorName, SLA: SLA{Period: s.Period, FromAt: s.FromAt,
		ToAt: s.ToAt, TargetPercent: s.TargetPercent, UptimePercent: s.UptimePercent, KnownPercent: s.KnownPercent,
		BudgetMinutes: s.BudgetMinutes, ImpactMinutes: s.ImpactMinutes, BudgetLeft: s.BudgetLeft,
		BurnRate: s.BurnRate, Forecast: s.Forecast}}
}

func ofService(ctx context.Context, d *query.DB, slug string, at, now time.Time) (Standing, error) {
	s := Standing{Of: "service", Slug: slug}
	names, err := scan.Column[string](ctx, d.Reader.Read, `SELECT name FROM services WHERE slug = ?`, slug)
	if err == nil && len(names) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return s, err
	}
	s.Name = names[0]
	all, err := Stretches(ctx, d, slug, now)
	if err != nil {
		return s, err
	}
	sla, err := slaOf(ctx, d, slug, all, at)
	if err == nil && sla == nil {
		err = db.ErrNotFound
	}
	if err == nil {
		s.SLA = *sla
	}
	return s, err
}
