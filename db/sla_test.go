package db_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record/targets"
	"vendorwatch/normalize"
	"vendorwatch/normalize/target"
)

// figure is a figure that may be unknown.
func figure(p *float64) string {
	if p == nil {
		return "?"
	}
	return fmt.Sprint(*p)
}

func TestTarget(t *testing.T) {
	f := newFile(t)
	t.Cleanup(func() { f.spells(t0) })
	// It is 30 November, 00:00: 29 of 30 days of the month, 60 of 92 of the quarter are over.
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	ever := "2025-01-01T00:00:00.000Z"
	nov := func(day int, clock string) string { return fmt.Sprintf("2026-11-%02dT%s:00.000Z", day, clock) }
	credits := []target.Credit{{Below: 99.9, Percent: 10}, {Below: 99, Percent: 25}}
	month := target.Target{TargetPercent: 99.9, Period: "month", Credits: credits} // 43.2 minutes
	quarter := target.Target{TargetPercent: 99.9, Period: "quarter"}               // 132.48 minutes
	for name, c := range map[string]struct {
		target target.Target
		since  string
		spells []spell
		at     time.Time
		want   string // period, uptime, known, budget, left, burn, forecast, credit
	}{
		"nothing happened": {month, ever, nil, now, "2026-11: 100 of 100, 43.2 left of 43.2, burn 0, kept, credit ?"},
		"within the budget": {month, ever, []spell{{from: nov(3, "10:00"), to: nov(3, "10:30")}}, now,
			"2026-11: 99.9282 of 100, 13.2 left of 43.2, burn 0.718, kept, credit ?"},
		"half of it at once, early in the month": {month, ever, []spell{{from: nov(3, "10:00"), to: nov(3, "10:30")}},
			now.AddDate(0, 0, -25), "2026-11: 99.4792 of 100, 13.2 left of 43.2, burn 5.208, at_risk, credit ?"},
		"missed": {month, ever, []spell{{from: nov(3, "10:00"), to: nov(3, "11:00")}}, now,
			"2026-11: 99.8563 of 100, -16.8 left of 43.2, burn 1.437, missed, credit 10"},
		"missed by far": {month, ever, []spell{{from: nov(3, "10:00"), to: nov(3, "20:00")}}, now,
			"2026-11: 98.5632 of 100, -556.8 left of 43.2, burn 14.368, missed, credit 25"},
		"a quarter": {quarter, ever, []spell{{from: "2026-10-03T10:00:00.000Z", to: "2026-10-03T11:00:00.000Z"}}, now,
			"2026-Q4: 99.9306 of 100, 72.48 left of 132.48, burn 0.694, kept, credit ?"},
		"another month": {month, ever, []spell{{from: "2026-10-31T23:30:00.000Z", to: nov(1, "00:10")}}, now,
			"2026-11: 99.9761 of 100, 33.2 left of 43.2, burn 0.239, kept, credit ?"},
		"nothing is known": {month, "", nil, now, "2026-11: ? of 0, ? left of 43.2, burn ?, , credit ?"},
		"known since the 20th": {month, nov(20, "00:00"), nil, now,
			"2026-11: 100 of 34.4828, 43.2 left of 43.2, burn 0, kept, credit ?"},
		"of unknown length": {month, ever, []spell{{from: nov(3, "10:00")}}, now,
			"2026-11: ? of 100, ? left of 43.2, burn ?, , credit ?"},
		"all of the time": {target.Target{TargetPercent: 100, Period: "month"}, ever,
			[]spell{{from: nov(3, "10:00"), to: nov(3, "10:01")}}, now,
			"2026-11: 99.9976 of 100, -1 left of 0, burn ?, missed, credit ?"},
		"a severity that does not count": {target.Target{TargetPercent: 99.9, Period: "month",
			Severities: []string{"major", "critical"}}, ever,
			[]spell{{from: nov(3, "10:00"), to: nov(3, "11:00")}}, now,
			"2026-11: 100 of 100, 43.2 left of 43.2, burn 0, kept, credit ?"},
		"planned work": {month, ever, []spell{{kind: "maintenance", state: "completed", from: nov(3, "10:00"),
			to: nov(3, "11:00")}}, now, "2026-11: 100 of 100, 43.2 left of 43.2, burn 0, kept, credit ?"},
		"planned work that counts": {target.Target{TargetPercent: 99.9, Period: "month", Maintenance: true}, ever,
			[]spell{{kind: "maintenance", state: "completed", from: nov(3, "10:00"), to: nov(3, "11:00")}}, now,
			"2026-11: 99.8563 of 100, -16.8 left of 43.2, burn 1.437, missed, credit ?"},
	} {
		t.Run(name, func(t *testing.T) {
			f.spells(now, c.spells...)
			f.seen(c.since)
			if err := targets.Set(t.Context(), f.file, 1, &c.target); err != nil {
				t.Fatal(err)
			}
			s, err := f.SLA(t.Context(), 1, c.at)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%s: %s of %v, %s left of %v, burn %s, %s, credit %s", s.Period, figure(s.UptimePercent),
				s.KnownPercent, figure(s.BudgetLeft), s.BudgetMinutes, figure(s.BurnRate), s.Forecast,
				figure(s.CreditPercent))
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	if err := targets.Set(t.Context(), f.file, 1, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := f.SLA(t.Context(), 1, now); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("without a target: %v", err)
	}
}

// The view and the functions agree, whatever counts.
func TestTargetIsWhatShareOfSays(t *testing.T) {
	f := newFile(t)
	t.Cleanup(func() {
		f.execWithin(`DELETE FROM incident_components`)
		f.spells(t0)
	})
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	begin := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	names := []string{"API", "Search [beta]", "Web"}
	for n, name := range names {
		if err := f.exec(`INSERT INTO components (component_id, source_id, source_key, name, group_name, status,
			first_seen_at) VALUES (?, 1, ?, ?, 'Core', 'operational', ?)`, n+1, name, name,
			db.Stamp(begin)); err != nil {
			t.Fatal(err)
		}
	}
	severities := []string{"none", "minor", "major", "critical", "unknown"}
	rapid.Check(t, func(t *rapid.T) {
		hour := func(n int) string { return db.Stamp(begin.Add(time.Duration(n-100) * time.Hour)) }
		promise := target.Target{TargetPercent: 99, Period: "month", Maintenance: rapid.Bool().Draw(t, "planned")}
		for _, s := range severities {
			if rapid.IntRange(0, 2).Draw(t, s) == 0 {
				promise.Severities = append(promise.Severities, s)
			}
		}
		globs := rapid.SampledFrom([]string{"", "api", "Core › W*", "search [beta]", "?eb", "Other"})
		if glob := globs.Draw(t, "glob"); glob != "" {
			promise.Components = []string{glob}
		}
		var spells []spell
		var severity []string
		var parts [][]int
		for range rapid.IntRange(0, 6).Draw(t, "incidents") {
			from := rapid.IntRange(0, 580).Draw(t, "from")
			to := min(from+rapid.IntRange(0, 60).Draw(t, "length"), 580)
			s := spell{from: hour(from), to: hour(to)}
			switch rapid.IntRange(0, 4).Draw(t, "sort") {
			case 0:
				s.kind, s.state = "maintenance", "completed"
			case 1:
				s.to = ""
			}
			spells = append(spells, s)
			severity = append(severity, rapid.SampledFrom(severities).Draw(t, "severity"))
			parts = append(parts, rapid.SliceOfNDistinct(rapid.IntRange(1, 3), 0, 2, rapid.ID[int]).Draw(t, "parts"))
		}
		f.execWithin(`DELETE FROM incident_components`)
		f.spells(now, spells...)
		f.seen(hour(rapid.IntRange(0, 300).Draw(t, "since")))
		counts := map[int64]bool{}
		own := map[int64][]query.Stretch{} // by incident: those of its components that count, as far as they are known
		for n := range spells {
			f.execWithin(`UPDATE incidents SET severity = ? WHERE incident_id = ?`, severity[n], n+1)
			var affected []normalize.Component
			for _, part := range parts[n] {
				var from, to time.Time
				var stated [2]any
				begins := rapid.IntRange(0, 580).Draw(t, "component from")
				if rapid.IntRange(0, 2).Draw(t, "component's own start") == 0 {
					from, stated[0] = begin.Add(time.Duration(begins-100)*time.Hour), hour(begins)
				}
				if rapid.IntRange(0, 2).Draw(t, "component's own end") == 0 {
					ends := min(begins+rapid.IntRange(0, 60).Draw(t, "component length"), 580)
					to, stated[1] = begin.Add(time.Duration(ends-100)*time.Hour), hour(ends)
				}
				if err := f.execWithin(`INSERT INTO incident_components (incident_id, component_id, started_at,
					resolved_at) VALUES (?, ?, ?, ?)`, n+1, part, stated[0], stated[1]); err != nil {
					t.Fatal(err)
				}
				one := normalize.Component{Name: names[part-1], Group: "Core"}
				affected = append(affected, one)
				if one.Matches(promise.Components) {
					own[int64(n+1)] = append(own[int64(n+1)], query.Stretch{FromAt: from, ToAt: to, CountedAt: from})
				}
			}
			kind := normalize.KindIncident
			if spells[n].kind != "" {
				kind = normalize.KindMaintenance
			}
			counts[int64(n+1)] = countsAgainst(promise, kind, normalize.Severity(severity[n]), affected)
		}
		if err := targets.Set(f.t.Context(), f.file, 1, &promise); err != nil {
			t.Fatal(err)
		}
		if stored, err := f.Target(f.t.Context(), 1); err != nil || text(t, stored) != text(t, promise) {
			t.Fatalf("stored %s, %v", text(t, stored), err)
		}
		stretches, err := f.Stretches(f.t.Context(), 1, now)
		if err != nil {
			t.Fatal(err)
		}
		chosen := slices.DeleteFunc(stretches, func(s query.Stretch) bool {
			return s.What != query.StretchUnseen && !counts[s.IncidentID]
		})
		for n := range chosen {
			if chosen[n].What == query.StretchMaintenance {
				chosen[n].What = query.StretchImpact
			}
		}
		share := distinct(pieces(chosen, func(s query.Stretch) ([]query.Stretch, bool) {
			all := slices.Clone(own[s.IncidentID])
			for n, of := range all {
				all[n] = s
				if !of.FromAt.IsZero() {
					all[n].FromAt, all[n].CountedAt = of.FromAt, of.FromAt
				}
				if !of.ToAt.IsZero() {
					all[n].ToAt = of.ToAt
				}
			}
			return all, len(promise.Components) > 0 && len(all) > 0
		}), begin, now, now)
		got, err := f.SLA(f.t.Context(), 1, now)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("%s|%v|%d|%d", percent(share.Percent(false)),
			math.Round(float64(share.Known)/float64(share.Window)*1000000)/10000, share.KnownLength,
			share.UnknownLength)
		if have := fmt.Sprintf("%s|%v|%d|%d", percent(got.UptimePercent), got.KnownPercent, got.KnownLength,
			got.UnknownLength); have != want {
			t.Fatalf("the view says %s, the function %s", have, want)
		}
		if got.ImpactMinutes != nil && *got.ImpactMinutes != share.Impact.Minutes() {
			t.Fatalf("the view says %v minutes, the function %s", *got.ImpactMinutes, share.Impact)
		}
		listed, err := f.SLAStretches(f.t.Context(), 1, now)
		if err != nil {
			t.Fatal(err)
		}
		for n := range listed {
			if s := &listed[n]; s.What != query.StretchUnseen {
				s.What = query.StretchImpact
			}
			if from := listed[n].FromAt; !from.IsZero() && from.Before(begin) {
				t.Fatalf("what is listed begins before the period: %+v", listed[n])
			}
		}
		if again := distinct(listed, begin, now, now); again != share {
			t.Fatalf("what is listed makes %+v, what counts %+v", again, share)
		}
	})
}

// text is a target as JSON, empty lists as those that were left out.
func text(t *rapid.T, of target.Target) string {
	of.Severities = append([]string{}, of.Severities...)
	of.Components = append([]string{}, of.Components...)
	of.Credits = append([]target.Credit{}, of.Credits...)
	b, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// countsAgainst reports whether an incident, or planned work, of these components counts against the target, by the
// rule of v_sla.
func countsAgainst(t target.Target, kind normalize.Kind, severity normalize.Severity,
	components []normalize.Component) bool {
	switch {
	case kind == normalize.KindMaintenance && !t.Maintenance, kind == normalize.KindNotice:
		return false
	case kind == normalize.KindIncident && len(t.Severities) > 0 && !slices.Contains(t.Severities, string(severity)):
		return false
	}
	return len(t.Components) == 0 || len(components) == 0 ||
		slices.ContainsFunc(components, func(c normalize.Component) bool { return c.Matches(t.Components) })
}
