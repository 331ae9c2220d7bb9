package db_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record/targets"
	"vendorwatch/normalize/target"
)

// Up to when it is known how a page does has one answer, for whatever counts time: the newest good reading tells of the
// present until the one after it is missed, and only of its own time once an attempt has failed.
func TestUntilWhenAPageIsKnown(t *testing.T) {
	f := newFile(t)
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	begin := db.Stamp(now.AddDate(0, 0, -20))
	do := func(text string, args ...any) {
		t.Helper()
		if err := f.execWithin(text, args...); err != nil {
			t.Fatal(err)
		}
	}
	do(`INSERT INTO components (component_id, source_id, source_key, name, status, first_seen_at)
		VALUES (1, 1, 'api', 'API', 'major_outage', ?)`, db.Stamp(now.AddDate(-2, 0, 0)))
	do(`INSERT INTO component_changes (component_id, status, at) VALUES (1, 'major_outage', ?)`, begin)
	promise := target.Target{TargetPercent: 99, Period: "month", Maintenance: true}
	if err := targets.Set(t.Context(), f.file, 1, &promise); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		interval time.Duration
		failures int
		read     time.Duration // ago
		known    bool          // up to now
	}{
		{5 * minute, 0, 0, true},
		{5 * minute, 0, 15 * minute, true}, // one may be missed, and each may be late
		{5 * minute, 0, 16 * minute, false},
		{5 * minute, 1, 6 * minute, false},
		{5 * minute, 2, 11 * minute, false},
		{5 * minute, 3, 16 * minute, false},
		{hour, 0, 2 * hour, true},
		{hour, 1, hour, false},
		{0, 0, 2 * hour, true}, // taken for an hour
		{0, 0, 3 * hour, false},
		{120 * hour, 0, 119 * hour, true},
		{120 * hour, 0, 122 * hour, false},
		{120 * hour, 1, 120 * hour, false},
		{120 * hour, 1, time.Minute, false},
	} {
		t.Run(fmt.Sprint(c.failures, " failures, every ", c.interval, ", read ", c.read, " ago"), func(t *testing.T) {
			read := now.Add(-c.read)
			do(`DELETE FROM incident_components`)
			f.spells(read, spell{from: begin, state: "identified"},
				spell{from: begin, state: "in_progress", kind: "maintenance"})
			f.seen(db.Stamp(now.AddDate(-2, 0, 0)))
			do(`INSERT INTO incident_components (incident_id, component_id) VALUES (1, 1), (2, 1)`)
			do(`UPDATE sources SET interval_seconds = ?, consecutive_failures = ?2, last_success_at = ?3,
				last_error = CASE WHEN ?2 > 0 THEN '503' END, failing_since_at = CASE WHEN ?2 > 0 THEN ?4 END`,
				int(c.interval/time.Second), c.failures, db.Stamp(read), db.Stamp(now))
			until := now
			if !c.known {
				until = read
			}
			same := func(what string, got time.Time) {
				t.Helper()
				if !got.Equal(until) {
					t.Errorf("%s is known until %s, want %s", what, db.Stamp(got), db.Stamp(until))
				}
			}
			stretches := func(what string, all []query.Stretch, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				unseen := now
				for _, s := range all {
					switch {
					case s.What == query.StretchUnseen && s.FromAt.After(now.AddDate(0, 0, -20)):
						unseen = s.FromAt
					case s.What != query.StretchUnseen:
						same(what+", "+s.What, s.ToAt)
					}
				}
				same(what+", what was seen", unseen)
			}
			all, err := f.Stretches(t.Context(), 1, now)
			stretches("vendor", all, err)
			all, err = f.ComponentStretches(t.Context(), 1, now)
			stretches("component", all, err)
			all, err = f.SLAStretches(t.Context(), 1, now)
			stretches("target", all, err)

			lasted := now.Sub(now.AddDate(0, 0, -20)) - now.Sub(until)
			of, err := f.VendorImpact(t.Context(), 1, now.AddDate(-1, 0, 0))
			if err != nil || len(of) != 1 {
				t.Fatal(of, err)
			}
			same("incident", of[0].Interval(now).End)
			if total := query.ImpactOf(of, time.Time{}, now, now); total.Time != lasted {
				t.Errorf("impact of %s, want %s", total.Time, lasted)
			}
			uptimes, err := f.Uptimes(t.Context(), 1, now)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range uptimes[1:] { // whose windows hold all of it
				known := 24 * float64(u.Days) * u.KnownPercent / 100
				if *u.ImpactHours != math.Round(lasted.Hours()*10000)/10000 || *u.ImpactHours > known {
					t.Errorf("%d days: impact of %g h, and %g %% known", u.Days, *u.ImpactHours, u.KnownPercent)
				}
			}
			gaps, err := f.CoverageGaps(t.Context(), "acme", now.AddDate(0, 0, -20), now)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case c.known && len(gaps) > 0, !c.known && (len(gaps) != 1 || gaps[0].FromAt != db.Stamp(read)):
				t.Errorf("gaps: %+v", gaps)
			}
		})
	}
}
