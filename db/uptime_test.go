package db_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/db"
	"vendorwatch/db/query"
)

// blind is a period in which a page was not read.
type blind struct {
	from, to string // to empty: it lasts
	filled   bool
}

// seen says how far the file's page was read: since when its record is whole, and with which gaps.
func (f *file) seen(since string, gaps ...blind) {
	f.t.Helper()
	exec := func(text string, args ...any) {
		if err := f.execWithin(text, args...); err != nil {
			f.t.Fatal(err)
		}
	}
	exec(`DELETE FROM coverage_gaps`)
	exec(`UPDATE sources SET coverage_start_at = nullif(?, ''), interval_seconds = 300`, since)
	for _, g := range gaps {
		exec(`INSERT INTO coverage_gaps (source_id, from_at, to_at, reason, filled_at)
			VALUES (?, ?, nullif(?, ''), 'unreadable', CASE WHEN ? THEN ? END)`, f.source, g.from, g.to,
			g.filled, g.from)
	}
}

// percent is a figure as rows prints it.
func percent(p *float64) string {
	if p == nil {
		return "NULL"
	}
	return fmt.Sprint(math.Round(*p*10000) / 10000)
}

func TestUptime(t *testing.T) {
	f := newFile(t)
	t.Cleanup(func() { f.spells(t0) })
	// Seven days have 168 hours: an hour is 0.5952 %.
	at := func(hoursAgo float64) string { return db.Stamp(t0.Add(-time.Duration(hoursAgo * float64(time.Hour)))) }
	ever := at(24 * 400)
	for name, c := range map[string]struct {
		since  string
		latest float64 // hours ago
		gaps   []blind
		spells []spell
		want   string // uptime, with maintenance, known, impact hours, of known length, of unknown length
	}{
		"nothing happened":    {since: ever, want: "100|100|100|0|0|0"},
		"nothing is known":    {since: "", want: "NULL|NULL|0|NULL|0|0"},
		"known since a while": {since: at(84), want: "100|100|50|0|0|0"},
		"two that overlap": {since: ever, spells: []spell{{from: at(10), to: at(8)}, {from: at(9), to: at(7)}},
			want: "98.2143|98.2143|100|3|2|0"},
		"begun before the window": {since: ever, spells: []spell{{from: at(200), to: at(160)}},
			want: "95.2381|95.2381|100|8|1|0"},
		"open, and its page read on schedule": {since: ever, latest: 0.1,
			spells: []spell{{from: at(2), state: "identified"}}, want: "98.8095|98.8095|100|2|1|0"},
		"open, and its page not read any more": {since: ever, latest: 84,
			spells: []spell{{from: at(86), state: "identified"}}, want: "97.619|97.619|50|2|1|0"},
		"open, and its page not read since before the window": {since: ever, latest: 200,
			spells: []spell{{from: at(210), state: "identified"}}, want: "NULL|NULL|0|NULL|0|0"},
		"of unknown length": {since: ever, spells: []spell{{from: at(10)}}, want: "NULL|NULL|100|NULL|0|1"},
		"one of unknown length of two": {since: ever, spells: []spell{{from: at(10)}, {from: at(9), to: at(7)}},
			want: "98.8095|98.8095|100|2|1|1"},
		"in a gap": {since: ever, gaps: []blind{{from: at(168), to: at(84)}},
			spells: []spell{{from: at(100), to: at(90)}}, want: "100|100|50|10|1|0"},
		"in a gap that was filled": {since: ever, gaps: []blind{{from: at(168), to: at(84), filled: true}},
			spells: []spell{{from: at(100), to: at(90)}}, want: "94.0476|94.0476|100|10|1|0"},
		"over the end of a gap": {since: ever, gaps: []blind{{from: at(168), to: at(84)}},
			spells: []spell{{from: at(90), to: at(78)}}, want: "92.8571|92.8571|50|12|1|0"},
		"a gap that lasts": {since: ever, gaps: []blind{{from: at(84)}}, want: "100|100|50|0|0|0"},
		"planned work": {since: ever, spells: []spell{
			{kind: "maintenance", state: "completed", from: at(10), to: at(8)},
			{from: at(9), to: at(7)}}, want: "98.8095|98.2143|100|2|1|0"},
		"planned work that was cancelled": {since: ever, spells: []spell{{kind: "maintenance", state: "cancelled",
			from: at(10), to: at(8)}}, want: "100|100|100|0|0|0"},
	} {
		t.Run(name, func(t *testing.T) {
			f.spells(t0.Add(-time.Duration(c.latest*float64(time.Hour))), c.spells...)
			f.seen(c.since, c.gaps...)
			got := f.rows(`SELECT uptime_percent, uptime_with_maintenance_percent, known_percent, impact_hours,
				incidents_of_known_length, incidents_of_unknown_length
				FROM (` + db.ViewAt("v_uptime", "'"+db.Stamp(t0)+"'") + `) WHERE days = 7`)[0]
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// In any world, the view, the function for any window, and a clock that is asked every hour agree.
func TestUptimeIsWhatAClockCounts(t *testing.T) {
	f := newFile(t)
	t.Cleanup(func() { f.spells(t0) })
	const hours = 24 * 8 // of which the window has the last 7 days
	base := t0.Add(-hours * time.Hour)
	stamp := func(n int) string { return db.Stamp(base.Add(time.Duration(n) * time.Hour)) }
	rapid.Check(t, func(t *rapid.T) {
		hour := rapid.IntRange(0, hours)
		unseen, wrong, planned := make([]bool, hours), make([]bool, hours), make([]bool, hours)
		fill := func(of []bool, from, to int) {
			for n := from; n < min(to, hours); n++ {
				of[n] = true
			}
		}
		var spells []spell
		known, unknown := 0, 0
		for range rapid.IntRange(0, 6).Draw(t, "incidents") {
			from := hour.Draw(t, "from")
			to := from + rapid.IntRange(0, 40).Draw(t, "length")
			s := spell{from: stamp(from), to: stamp(to)}
			counts := from < hours && (from >= 24 || to > 24)
			switch rapid.IntRange(0, 4).Draw(t, "sort") {
			case 0:
				s.kind, s.state = "maintenance", "completed"
				fill(planned, from, to)
				spells = append(spells, s)
				continue
			case 1: // open
				s.to, s.state, to = "", "identified", hours
				counts = from < hours
				if from == hours {
					continue
				}
			case 2:
				s.to = ""
				if from >= 24 && from < hours {
					unknown++
				}
				spells = append(spells, s)
				continue
			}
			if counts {
				known++
			}
			fill(wrong, from, to)
			spells = append(spells, s)
		}
		f.spells(t0, spells...)
		since := hour.Draw(t, "since")
		fill(unseen, 0, since)
		var gaps []blind
		for n := range rapid.IntRange(0, 3).Draw(t, "gaps") {
			from := 1 + n*50 + rapid.IntRange(0, 40).Draw(t, "gap")
			to := from + rapid.IntRange(0, 60).Draw(t, "blind")
			gap := blind{stamp(from), stamp(to), rapid.Bool().Draw(t, "filled")}
			if !gap.filled {
				fill(unseen, from, to)
			}
			gaps = append(gaps, gap)
		}
		f.seen(stamp(since), gaps...)

		var seen, down, downOrPlanned float64
		for n := 24; n < hours; n++ {
			if unseen[n] {
				continue
			}
			seen++
			if wrong[n] {
				down++
			}
			if wrong[n] || planned[n] {
				downOrPlanned++
			}
		}
		var up, with *float64
		if seen > 0 && (known > 0 || unknown == 0) {
			a, b := 100*(seen-down)/seen, 100*(seen-downOrPlanned)/seen
			up, with = &a, &b
		}
		share := math.Round(seen/(hours-24)*1000000) / 10000
		want := fmt.Sprintf("%s|%s|%v|%d|%d", percent(up), percent(with), share, known, unknown)
		rows, err := f.Uptimes(f.t.Context(), 1, t0)
		if err != nil || len(rows) != 4 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		u := rows[0]
		if got := fmt.Sprintf("%s|%s|%v|%d|%d", percent(u.UptimePercent), percent(u.UptimeWithMaintenance),
			u.KnownPercent, u.KnownLength, u.UnknownLength); got != want {
			t.Fatalf("the view says %s, the clock %s", got, want)
		}
		stretches, err := f.Stretches(f.t.Context(), 1, t0)
		if err != nil {
			t.Fatal(err)
		}
		s := query.ShareOf(stretches, base.Add(24*time.Hour), time.Time{}, t0)
		got := fmt.Sprintf("%s|%s|%v|%d|%d", percent(s.Percent(false)), percent(s.Percent(true)),
			math.Round(float64(s.Known)/float64(s.Window)*1000000)/10000, s.KnownLength, s.UnknownLength)
		if got != want {
			t.Fatalf("the function says %s, the clock %s", got, want)
		}
		incidents, err := f.VendorImpact(f.t.Context(), 1, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if total := query.ImpactOf(incidents, base.Add(24*time.Hour), time.Time{}, t0); total.Time != s.Impact {
			t.Fatalf("impact of the same incidents: %s here, %s elsewhere", s.Impact, total.Time)
		}
	})
}

func TestUptimeOfAComponent(t *testing.T) {
	f := newFile(t)
	t.Cleanup(func() { f.spells(t0) })
	at := func(hoursAgo int) string { return db.Stamp(t0.Add(-time.Duration(hoursAgo) * time.Hour)) }
	f.spells(t0, spell{from: at(10), to: at(8)}, spell{from: at(6), to: at(5)})
	f.seen(at(24 * 400))
	for _, text := range []string{
		`INSERT INTO components (component_id, source_id, source_key, name, status, first_seen_at)
			VALUES (1, 1, 'api', 'API', 'operational', '` + at(100) + `'),
				(2, 1, 'web', 'Web', 'operational', '` + at(100) + `')`,
		`INSERT INTO component_changes (component_id, status, at) VALUES (1, 'operational', '` + at(100) + `'),
			(1, 'partial_outage', '` + at(9) + `'), (1, 'operational', '` + at(7) + `'),
			(1, 'unknown', '` + at(60) + `'),
			(1, 'operational', '` + at(40) + `'), (2, 'operational', '` + at(100) + `')`,
		`INSERT INTO incident_components (incident_id, component_id) VALUES (1, 1)`,
	} {
		if err := f.exec(text); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { f.execWithin(`DELETE FROM incident_components`) })
	for component, want := range map[int64]string{1: "80h0m0s known, 3h0m0s down", 2: "100h0m0s known, 0s down"} {
		stretches, err := f.ComponentStretches(t.Context(), component, t0)
		if err != nil {
			t.Fatal(err)
		}
		s := query.ShareOf(stretches, t0.AddDate(0, 0, -7), t0, t0)
		if got := fmt.Sprintf("%s known, %s down", s.Known, s.Down); got != want {
			t.Errorf("component %d: %s, want %s", component, got, want)
		}
	}
}

// TestNothingIsKnownOfAPageThatIsNotRead holds that the fractions of a millisecond, which the file does not keep, are
// no time in which a page was well.
func TestNothingIsKnownOfAPageThatIsNotRead(t *testing.T) {
	for _, fraction := range []time.Duration{0, 1, time.Microsecond, time.Millisecond - 1} {
		f := newFile(t)
		f.read(t0.Add(-20*24*time.Hour), false)
		now := t0.Add(fraction)
		stretches, err := f.Stretches(t.Context(), 1, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []time.Time{{}, now, now.Add(time.Hour)} {
			if s := query.ShareOf(stretches, t0.AddDate(0, 0, -7), to, now); s.Known != 0 || s.Percent(false) != nil {
				t.Errorf("%s after a millisecond, until %v: %s are known (%+v)", fraction, to, s.Known, s)
			}
		}
	}
}
