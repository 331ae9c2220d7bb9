package db_test

import (
	"strings"
	"testing"
	"time"
	"vendorwatch/db/record"

	"github.com/google/go-cmp/cmp"
)

const (
	minute  = time.Minute
	allGaps = `SELECT substr(from_at, 12, 5), coalesce(substr(to_at, 12, 5), 'lasts'), reason,
		coalesce('filled ' || substr(filled_at, 12, 5), 'unfilled') FROM coverage_gaps ORDER BY from_at`
	quarters = 15 * minute
)

// every is a scrape of a source that is read every quarter of an hour.
func every(s record.Scrape) record.Scrape { s.Interval = quarters; return s }

// queued is a scrape of a page that waited for its turn, while the service was on.
func queued(s record.Scrape) record.Scrape { s.Queued = true; return s }

// tellingStill is a scrape of a page that waited for its turn, and told everything when it was last read in full.
func tellingStill(s record.Scrape) record.Scrape { s.Told = true; return queued(s) }

// telling is a good scrape whose page tells everything since then.
func telling(at, since time.Time) record.Scrape {
	return record.Scrape{At: at, AllOpen: true, CoverageStart: since}
}

// savedHourly is a saved page of those that were saved every hour.
func savedHourly(s record.Scrape) record.Scrape {
	s.Interval = hour
	return archived(s)
}

func bad(at time.Time) record.Scrape {
	return archived(record.Scrape{At: at, Err: errRefused, Unreadable: true})
}

func TestCoverageGaps(t *testing.T) {
	good := func(at time.Time) record.Scrape { return record.Scrape{At: at, AllOpen: true} }
	same := func(at time.Time) record.Scrape { return record.Scrape{At: at, Unchanged: true} }
	for name, c := range map[string]struct {
		scrapes []record.Scrape
		want    []string
	}{
		"ordinary polling leaves none": {[]record.Scrape{every(good(t0)), every(same(after(quarters))),
			every(good(after(2 * quarters)))}, nil},
		"one failure that the next scrape mends": {
			[]record.Scrape{every(good(t0)), every(failed(after(quarters))), every(good(after(2 * quarters)))}, nil},
		"failures for longer than that": {
			[]record.Scrape{every(good(t0)), every(failed(after(quarters))), every(failed(after(2 * quarters))),
				every(failed(after(3 * quarters)))},
			[]string{"09:00|lasts|unreadable|unfilled"}},
		"and the next good scrape ends it": {
			[]record.Scrape{every(good(t0)), every(failed(after(quarters))), every(failed(after(3 * quarters))),
				every(good(after(hour)))},
			[]string{"09:00|10:00|unreadable|unfilled"}},
		"also one that finds nothing changed": {
			[]record.Scrape{every(good(t0)), every(failed(after(3 * quarters))), every(same(after(hour)))},
			[]string{"09:00|10:00|unreadable|unfilled"}},
		"the service was off": {
			[]record.Scrape{every(good(t0)), every(good(after(3 * hour)))},
			[]string{"09:00|12:00|not_watched|unfilled"}},
		"the service was off, and nothing changed meanwhile": {
			[]record.Scrape{every(good(t0)), every(same(after(3 * hour))), every(same(after(3*hour + quarters)))},
			[]string{"09:00|12:00|not_watched|unfilled"}},
		"off, after a failure": {
			[]record.Scrape{every(good(t0)), every(failed(after(quarters))), every(good(after(3 * hour)))},
			[]string{"09:00|12:00|unreadable|unfilled"}},
		"a schedule that is not known is taken to be hourly": {
			[]record.Scrape{good(t0), good(after(2 * hour)), good(after(5 * hour))},
			[]string{"11:00|14:00|not_watched|unfilled"}},
		"the page itself told what happened meanwhile": {
			[]record.Scrape{every(good(t0)), every(telling(after(3*hour), after(-hour)))},
			[]string{"09:00|12:00|not_watched|filled 12:00"}},
		"the page told a part of it": {
			[]record.Scrape{every(good(t0)), every(telling(after(3*hour), after(hour)))},
			[]string{"09:00|12:00|not_watched|unfilled"}},
		"it only waited for its turn, and nothing changed of what told everything": {
			[]record.Scrape{every(telling(t0, after(-hour))), tellingStill(every(same(after(3 * hour))))}, nil},
		"it only waited for its turn, and nothing changed of what does not tell everything": {
			[]record.Scrape{every(good(t0)), queued(every(same(after(3 * hour))))},
			[]string{"09:00|12:00|not_watched|unfilled"}},
		"it only waited for its turn, and the page told what happened meanwhile": {
			[]record.Scrape{every(good(t0)), queued(every(telling(after(3*hour), after(-hour))))}, nil},
		"it waited, and the page told a part of it": {
			[]record.Scrape{every(good(t0)), queued(every(telling(after(3*hour), after(hour))))},
			[]string{"09:00|12:00|not_watched|unfilled"}},
		"it waited, and the page tells only what is open": {
			[]record.Scrape{every(good(t0)), queued(every(good(after(3 * hour))))},
			[]string{"09:00|12:00|not_watched|unfilled"}},
		"a backfill tells it later": {
			[]record.Scrape{every(good(t0)), every(good(after(3 * hour))),
				backfill(telling(after(4*hour), after(-10*hour)))}, []string{"09:00|12:00|not_watched|filled 13:00"}},
		"a history of days before it tells nothing": {
			[]record.Scrape{every(good(t0)), every(good(after(3 * hour))),
				backfill(record.Scrape{At: after(4 * hour), CoverageStart: after(-10 * hour),
					CoverageEnd: after(hour)})}, []string{"09:00|12:00|not_watched|unfilled"}},
		"one that lasts is not filled": {
			[]record.Scrape{every(good(t0)), every(failed(after(hour))),
				backfill(telling(after(2*hour), after(-10*hour)))}, []string{"09:00|lasts|unreadable|unfilled"}},
		"never read so far": {[]record.Scrape{failed(t0), failed(after(9 * hour))}, nil},
		"saved pages as far apart as polls": {
			[]record.Scrape{archived(good(t0)), archived(good(after(quarters))),
				archived(good(after(2*quarters + 4*minute)))}, nil},
		"and further apart": {
			[]record.Scrape{archived(good(t0)), archived(good(after(30 * minute)))},
			[]string{"09:00|09:30|not_watched|unfilled"}},
		"as far apart as somebody says they were saved": {
			[]record.Scrape{savedHourly(good(t0)), savedHourly(good(after(hour))), savedHourly(good(after(3 * hour)))},
			[]string{"10:00|12:00|not_watched|unfilled"}},
		"a later saved page tells what happened since the one before": {
			[]record.Scrape{archived(good(t0)), archived(telling(after(5*hour), after(-hour)))},
			[]string{"09:00|14:00|not_watched|filled 14:00"}},
		"also if it was imported first": {
			[]record.Scrape{archived(telling(after(5*hour), after(-hour))), archived(good(after(2 * hour))),
				archived(good(t0))},
			[]string{"09:00|11:00|not_watched|filled 14:00", "11:00|14:00|not_watched|filled 14:00"}},
		"a part of it": {
			[]record.Scrape{archived(good(t0)), archived(telling(after(5*hour), after(hour)))},
			[]string{"09:00|14:00|not_watched|unfilled"}},
		"what does not list all that is open proves nothing": {
			[]record.Scrape{archived(good(t0)), archived(record.Scrape{At: after(10 * minute)}),
				archived(good(after(20*minute + time.Second)))},
			[]string{"09:00|09:20|not_watched|unfilled"}},
		"between the last saved page and the first reading": {
			[]record.Scrape{archived(good(t0)), every(good(after(5 * hour))), archived(good(after(2 * hour)))},
			[]string{"09:00|11:00|not_watched|unfilled", "11:00|14:00|not_watched|unfilled"}},
		"while the live page was read": {
			[]record.Scrape{every(good(t0)), every(good(after(quarters))), archived(good(after(10 * minute)))}, nil},
		"before it was": {
			[]record.Scrape{every(good(after(5 * hour))), archived(good(after(2 * hour))), archived(good(t0))},
			[]string{"09:00|11:00|not_watched|unfilled", "11:00|14:00|not_watched|unfilled"}},
		"an unreadable one among saved pages": {
			[]record.Scrape{archived(good(t0)), bad(after(hour)), bad(after(2 * hour)),
				archived(good(after(4 * hour)))}, []string{"09:00|13:00|unreadable|unfilled"}},
		"unreadable ones at the ends": {[]record.Scrape{bad(after(-hour)), archived(good(t0)), bad(after(4 * hour))},
			nil},
		"the same saved pages in another order": {
			[]record.Scrape{archived(good(after(4 * hour))), archived(good(t0)), bad(after(2 * hour)),
				bad(after(hour))}, []string{"09:00|13:00|unreadable|unfilled"}},
		"a readable one found later divides it": {
			[]record.Scrape{archived(good(t0)), bad(after(hour)), archived(good(after(8 * hour))),
				archived(good(after(4 * hour)))}, []string{"09:00|13:00|unreadable|unfilled",
				"13:00|17:00|not_watched|unfilled"}},
		"a saved page that is unreadable while the service read it well": {
			[]record.Scrape{archived(good(after(-8 * hour))), good(after(-6 * hour)), bad(after(-5 * hour)),
				good(after(-4 * hour)), archived(good(t0))}, nil},
		"from the last saved page to the first live reading": {
			[]record.Scrape{archived(good(t0)), every(good(after(5 * hour)))},
			[]string{"09:00|14:00|not_watched|unfilled"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			for _, s := range c.scrapes {
				f.save(s)
			}
			if diff := cmp.Diff(append([]string{}, c.want...), f.rows(allGaps)); diff != "" {
				t.Errorf("gaps (-want +got)\n%s", diff)
			}
		})
	}
}

func TestCoverageStart(t *testing.T) {
	history := func(at, since, until time.Time) record.Scrape {
		return record.Scrape{At: at, CoverageStart: since, CoverageEnd: until}
	}
	for name, c := range map[string]struct {
		scrapes []record.Scrape
		want    string
	}{
		"the first reading": {[]record.Scrape{{At: t0, AllOpen: true}},
			"2026-11-23T09:00:00.000Z"},
		"what its list tells of": {[]record.Scrape{telling(t0, after(-2*hour))},
			"2026-11-23T07:00:00.000Z"},
		"a backfill moves it back": {[]record.Scrape{telling(t0, after(-2*hour)),
			backfill(telling(after(hour), after(-5*hour)))}, "2026-11-23T04:00:00.000Z"},
		"stretch by stretch": {[]record.Scrape{telling(t0, after(-2*hour)),
			backfill(history(after(hour), after(-5*hour), after(-2*hour).Add(-time.Second)))},
			"2026-11-23T04:00:00.000Z"},
		"not over days that nobody told of": {[]record.Scrape{telling(t0, after(-2*hour)),
			backfill(history(after(hour), after(-9*hour), after(-5*hour)))}, "2026-11-23T07:00:00.000Z"},
		"a saved history page moves it back": {[]record.Scrape{telling(t0, after(-2*hour)),
			archived(history(after(hour), after(-5*hour), after(-2*hour)))}, "2026-11-23T04:00:00.000Z"},
		"an old saved page does not": {[]record.Scrape{{At: t0, AllOpen: true},
			archived(telling(after(-90*hour), after(-99*hour)))}, "2026-11-23T09:00:00.000Z"},
		"a history of old days alone is no start": {[]record.Scrape{archived(history(t0, after(-99*hour),
			after(-90*hour)))}, "NULL"},
		"saved pages of the past, where nothing else is known": {[]record.Scrape{
			archived(record.Scrape{At: t0, AllOpen: true}), archived(record.Scrape{At: after(-hour), AllOpen: true}),
			archived(record.Scrape{At: after(-2 * hour)})}, "2026-11-23T08:00:00.000Z"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			for _, s := range c.scrapes {
				f.save(s)
			}
			if got := f.rows(`SELECT coverage_start_at FROM sources`)[0]; got != c.want {
				t.Errorf("covered since %s, want %s", got, c.want)
			}
		})
	}
}

func TestCoverage(t *testing.T) {
	f := newFile(t)
	f.save(every(telling(t0, after(-2*hour))))
	f.save(every(failed(after(hour))))
	f.save(every(record.Scrape{At: after(2 * hour), AllOpen: true}))
	never := f.addSource("never")
	saved := f.addSource("saved")
	f.must(f.SetWatched(t.Context(), []int64{f.source, never}))
	acme := f.source
	f.source = saved
	f.save(archived(record.Scrape{At: after(-30 * hour), AllOpen: true}))
	f.source = acme
	for name, c := range map[string]struct {
		vendor   string
		from, to time.Time
		want     string
	}{
		"a window that was seen": {"acme", after(2 * hour), after(2*hour + quarters), ""},
		"one with a gap in it":   {"acme", after(-hour), after(2 * hour), "09:00 to 11:00 unreadable"},
		"one that cuts the gap":  {"acme", after(30 * minute), after(90 * minute), "09:30 to 10:30 unreadable"},
		"from before the record": {"acme", after(-5 * hour), after(2 * hour),
			"04:00 to 07:00 not yet watched, 09:00 to 11:00 unreadable"},
		"all on record":                  {"acme", time.Time{}, after(2 * hour), "09:00 to 11:00 unreadable"},
		"until long after the last read": {"acme", after(2 * hour), after(5 * hour), "11:00 to now not watched"},
		"after the last read":            {"acme", after(4 * hour), after(5 * hour), "13:00 to now not watched"},
		"before there was a record": {"acme", after(-9 * hour), after(-5 * hour),
			"00:00 to 04:00 not yet watched"},
		"never read": {"never", after(-hour), after(hour), "08:00 to now never read"},
		"saved pages only": {"saved", after(-31 * hour), t0,
			"02:00 to 03:00 not yet watched, 03:00 to now not watched"},
		"all vendors": {"", after(2 * hour), after(2*hour + quarters),
			"11:00 to now never read, 11:00 to now not watched"},
		"no vendor": {"nobody", after(-hour), after(hour), ""},
	} {
		t.Run(name, func(t *testing.T) {
			blind, err := f.CoverageGaps(t.Context(), c.vendor, c.from, c.to)
			f.must(err)
			var got []string
			for _, b := range blind {
				to := "now"
				if b.ToAt != "" {
					to = b.ToAt[11:16]
				}
				got = append(got, b.FromAt[11:16]+" to "+to+" "+string(b.Reason))
			}
			if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("not seen (-want +got)\n%s", diff)
			}
		})
	}
}

func TestFullySeenMonths(t *testing.T) {
	const months = `SELECT month, fully_seen FROM v_monthly WHERE vendor = 'acme' ORDER BY month`
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC) }
	f := newFile(t)
	daily := func(s record.Scrape) record.Scrape { s.Interval = 24 * hour; return s }
	s := telling(day(8, 15), day(6, 15))
	s.Incidents = read(outage("june", day(6, 20), "resolved"), outage("july", day(7, 20), "resolved"),
		outage("august", day(8, 2), "resolved"))
	f.save(daily(s))
	if diff := cmp.Diff([]string{"2026-06|0", "2026-07|1", "2026-08|0"}, f.rows(months)); diff != "" {
		t.Errorf("in August (-want +got)\n%s", diff)
	}
	f.save(daily(record.Scrape{At: day(8, 31), AllOpen: true}))
	f.save(daily(record.Scrape{At: day(9, 1), AllOpen: true}))
	if diff := cmp.Diff([]string{"2026-06|0", "2026-07|1", "2026-08|0"}, f.rows(months)); diff != "" {
		t.Errorf("with two weeks of August not watched (-want +got)\n%s", diff)
	}
	f.save(backfill(telling(day(9, 2), day(6, 1))))
	if diff := cmp.Diff([]string{"2026-06|1", "2026-07|1", "2026-08|1"}, f.rows(months)); diff != "" {
		t.Errorf("after a backfill (-want +got)\n%s", diff)
	}
	vendor := f.rows(`SELECT vendor_id FROM sources`)[0]
	if err := f.exec(`INSERT INTO sources (vendor_id, page_url) VALUES (?, 'import:acme')`, vendor); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2026-06|1", "2026-07|1", "2026-08|1"}, f.rows(months)); diff != "" {
		t.Errorf("a page known from copies beside the one that is watched (-want +got)\n%s", diff)
	}
}

func TestWatched(t *testing.T) {
	health := `SELECT vendor, health FROM ` + healthAt(0) + ` ORDER BY vendor`
	f := newFile(t)
	f.save(record.Scrape{At: t0, AllOpen: true})
	other := f.addSource("other")
	for _, c := range []struct {
		ids  []int64
		want []string
	}{
		{[]int64{f.source}, []string{"acme|ok", "other|not_watched"}},
		{[]int64{other}, []string{"acme|not_watched", "other|never"}},
		{[]int64{f.source, other, other, 99}, []string{"acme|ok", "other|never"}},
		{nil, []string{"acme|not_watched", "other|not_watched"}},
	} {
		f.must(f.SetWatched(t.Context(), c.ids))
		if diff := cmp.Diff(c.want, f.rows(health)); diff != "" {
			t.Errorf("watched %v (-want +got)\n%s", c.ids, diff)
		}
	}
}
