package db_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/record"
	"vendorwatch/db/record/targets"
	"vendorwatch/db/servicetime"
	"vendorwatch/normalize"
	"vendorwatch/normalize/target"
)

// A service was down while something that it needs was: a component that an incident names, or an incident that names
// none. What affects other components leaves it alone, and a need that names nothing is not known.
func TestServiceUptime(t *testing.T) {
	f := newFile(t)
	named := func(raw normalize.Raw, component string) normalize.Raw {
		raw.Components = []normalize.RawComponent{{ID: component, Name: component}}
		return raw
	}
	all := []normalize.Raw{
		named(outage("x", after(time.Hour), "investigating", "monitoring", "resolved"), "API"),
		named(outage("y", after(3*time.Hour), "investigating", "monitoring", "resolved"), "Web"),
		outage("z", after(5*time.Hour), "investigating", "resolved"),
	}
	page := func(at time.Time, raws ...normalize.Raw) {
		t.Helper()
		f.save(record.Scrape{At: at, AllOpen: true, AllComponents: true, Interval: 11 * time.Hour,
			Incidents: read(raws...), Components: []normalize.Component{
				{Key: "API", Name: "API", Status: normalize.StatusOperational, VendorStatus: "operational"},
				{Key: "Web", Name: "Web", Status: normalize.StatusOperational, VendorStatus: "operational"}}})
	}
	page(t0)
	page(after(10*time.Hour), all...)
	goal := &target.Target{TargetPercent: 99.9, Period: "month"}
	needs := func(slug string, words ...string) record.Service {
		s := record.Service{Slug: slug, Name: slug, Target: goal}
		for _, w := range words {
			s.Needs = append(s.Needs, record.Need{Text: "acme: " + w, Vendor: "acme", Component: w})
		}
		return s
	}
	if err := f.SetServices(t.Context(), []record.Service{needs("api", "API"), needs("web", "Web"), needs("all", ""),
		needs("both", "API", "Web"), needs("nothing", "Ledger"), needs("part", "API", "Ledger")}); err != nil {
		t.Fatal(err)
	}
	for service, want := range map[string]string{
		"api":  "97.5, known 5.9524, 2 incidents of 0.25 hours; month: 15 minutes, 28.2 left, at_risk",
		"web":  "97.5, known 5.9524, 2 incidents of 0.25 hours; month: 15 minutes, 28.2 left, at_risk",
		"all":  "95.8333, known 5.9524, 3 incidents of 0.4167 hours; month: 25 minutes, 18.2 left, at_risk",
		"both": "95.8333, known 5.9524, 3 incidents of 0.4167 hours; month: 25 minutes, 18.2 left, at_risk",
		// What is known to have been wrong is told; how much of the time was good is not known.
		"nothing": "?, known 0, 0 incidents of ? hours; month: ? minutes, ? left, ",
		"part":    "?, known 0, 2 incidents of 0.25 hours; month: 15 minutes, 28.2 left, ",
	} {
		figures, err := servicetime.Of(t.Context(), f.DB, service, after(10*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		u, s := figures.Uptime[0], figures.SLA
		got := fmt.Sprintf("%s, known %v, %d incidents of %s hours; month: %s minutes, %s left, %s",
			figure(u.UptimePercent), u.KnownPercent, u.KnownLength, figure(u.ImpactHours), figure(s.ImpactMinutes),
			figure(s.BudgetLeft), s.Forecast)
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", service, got, want)
		}
	}
	// The vendor promises the same. What is told of the two is what stands above, also when the period is over.
	if err := targets.Set(t.Context(), f.file, 1, goal); err != nil {
		t.Fatal(err)
	}
	standings, err := servicetime.Standings(t.Context(), f.DB, after(10*time.Hour))
	var told []string
	for _, s := range standings {
		told = append(told, fmt.Sprintf("%s %s left", s.Key(), figure(s.BudgetLeft)))
	}
	if want := []string{"vendor:acme:2026-11 18.2 left", "service:all:2026-11 18.2 left",
		"service:api:2026-11 28.2 left", "service:both:2026-11 18.2 left",
		"service:web:2026-11 28.2 left"}; err != nil || !slices.Equal(told, want) {
		t.Errorf("%q, want %q (%v)", told, want, err)
	}
	for key, want := range map[string]string{"vendor:acme:2026-11": "18.2", "service:api:2026-11": "28.2",
		"service:api:2026-Q4": "not found", "service:gone:2026-11": "not found", "vendor:acme:x": "not found"} {
		for _, now := range []time.Time{after(11 * time.Hour), after(30 * 24 * time.Hour)} {
			s, err := servicetime.StandingOf(t.Context(), f.DB, key, now)
			got := figure(s.BudgetLeft)
			if errors.Is(err, db.ErrNotFound) {
				got, err = "not found", nil
			}
			if got != want || err != nil {
				t.Errorf("%s at %s: %s left, want %s (%v)", key, now.Format(time.DateOnly), got, want, err)
			}
		}
	}
	if _, err := servicetime.Of(t.Context(), f.DB, "nobody", t0); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a service that is not there: %v", err)
	}
}
