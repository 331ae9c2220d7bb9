package db_test

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"vendorwatch/db"
	"vendorwatch/db/query"
)

// spell is an incident as figures of impact see it.
type spell struct {
	from, to   string // empty: null
	state      string
	left, kind string
	posted     []string
	basis      string // of the start
	same       int64  // incident that stands for the event
	excerpt    bool
	red        string // since when its page was red, without a post
}

// spells puts incidents into the file, numbered from 1, and says when the page was last read.
func (f *file) spells(latest time.Time, all ...spell) {
	f.t.Helper()
	ctx := context.Background() // t's is over when it cleans up
	known := func(at, basis string) any {
		if at == "" {
			return nil
		}
		return basis
	}
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	err := f.file.Change(ctx, func(tx *db.Tx) error {
		do := func(query string, args ...any) error {
			_, err := tx.ExecContext(ctx, query, args...)
			return err
		}
		for _, table := range []string{"incident_updates", "incidents"} {
			if err := do(`DELETE FROM ` + table); err != nil {
				return err
			}
		}
		if err := do(`UPDATE sources SET latest_at = ?`, db.Stamp(latest)); err != nil {
			return err
		}
		for n, s := range all {
			if s.kind == "" {
				s.kind = "incident"
			}
			if s.basis == "" {
				s.basis = "posted"
			}
			if s.state == "" {
				s.state = "resolved"
			}
			var same any
			if s.same != 0 {
				same = s.same
			}
			err := do(`
				INSERT INTO incidents (incident_id, source_id, source_key, kind, title, severity, state, started_at,
					resolved_at, started_basis,
					resolved_basis, first_seen_at, left_feed_at, announced, same_event_id, excerpt)
				VALUES (?, ?, ?, ?, 'Trouble', 'minor', ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
				n+1, f.source, fmt.Sprint(n), s.kind, s.state, text(s.from), text(s.to), known(s.from, s.basis),
				known(s.to, "posted"), db.Stamp(t0), text(s.left), same, db.Bit(s.excerpt))
			if s.red != "" && err == nil {
				err = do(`
					INSERT INTO incidents (incident_id, source_id, source_key, kind, title, severity, state, started_at,
						started_basis, first_seen_at, announced, same_event_id, origin)
					VALUES (?, ?, ?, 'incident', 'Red', 'minor', 'resolved', ?, 'seen', ?, 0, ?, 'page')`,
					1000+n, f.source, fmt.Sprint("red", n), s.red, db.Stamp(t0), n+1)
			}
			for at, post := range s.posted {
				if err == nil {
					err = do(`
						INSERT INTO incident_updates (incident_id,
						source_key, position, state, posted_at, body, first_seen_at)
						VALUES (?, ?, ?, 'investigating', ?, '', ?)`, n+1, fmt.Sprint(at), at, text(post), db.Stamp(t0))
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

func TestHoursOfImpact(t *testing.T) {
	f := newFile(t)
	t.Cleanup(func() { f.spells(t0) })
	at := func(day int, clock string) string { return fmt.Sprintf("2026-10-%02dT%s:00.000Z", day, clock) }
	for name, c := range map[string]struct {
		spells []spell
		want   []string // month, incidents, hours, of known length, of unknown length
	}{
		"one": {[]spell{{from: at(3, "09:00"), to: at(3, "11:00")}}, []string{"2026-10|1|2|1|0"}},
		"what overlaps counts once": {[]spell{{from: at(3, "09:00"), to: at(3, "11:00")},
			{from: at(3, "10:00"), to: at(3, "12:00")}, {from: at(3, "10:30"), to: at(3, "10:40")},
			{from: at(3, "12:00"), to: at(3, "12:30")}}, []string{"2026-10|4|3.5|4|0"}},
		"over the end of a month": {[]spell{{from: at(31, "22:00"), to: "2026-11-01T03:00:00.000Z"}},
			[]string{"2026-10|1|2|1|0", "2026-11|0|3|1|0"}},
		"over a whole month": {[]spell{{from: "2026-08-31T23:00:00.000Z", to: at(1, "01:00")},
			{from: "2026-09-10T00:00:00.000Z", to: "2026-09-11T00:00:00.000Z"}},
			[]string{"2026-08|1|1|1|0", "2026-09|1|720|2|0", "2026-10|0|1|1|0"}},
		"over the end of a year": {[]spell{{from: "2025-12-31T22:00:00.000Z", to: "2026-01-01T01:00:00.000Z"}},
			[]string{"2025-12|1|2|1|0", "2026-01|0|1|1|0"}},
		"open: until its page was last read": {[]spell{{from: at(31, "22:00"), state: "investigating"}},
			[]string{"2026-10|1|2|1|0", "2026-11|0|537|1|0"}},
		"gone from the list: until then": {[]spell{{from: at(3, "09:00"), left: at(3, "10:00"),
			state: "investigating"}}, []string{"2026-10|1|1|1|0"}},
		"of unknown length: no hours, which is not zero hours": {[]spell{{from: at(3, "09:00")},
			{to: at(4, "09:00")}}, []string{"2026-10|2|NULL|0|2"}},
		"some of unknown length": {[]spell{{from: at(3, "09:00")}, {from: at(4, "09:00"), to: at(4, "10:00")}},
			[]string{"2026-10|2|1|1|1"}},
		"no word of its state": {
			[]spell{{from: at(3, "09:00"), state: "unknown"}},
			[]string{"2026-10|1|NULL|0|1"},
		},
		"no time at all: when we first read of it": {[]spell{{}}, []string{"2026-11|1|NULL|0|1"}},
		"a start in the future counts in no month to come": {
			[]spell{{from: "2027-11-27T10:00:00.000Z", state: "investigating"}}, []string{"2026-11|1|NULL|0|1"}},
		"two pages tell of one event": {[]spell{{from: at(3, "09:00"), to: at(3, "11:00"), same: 1},
			{from: at(3, "08:00"), to: at(3, "12:00"), same: 1}}, []string{"2026-10|1|2|1|0"}},
		"the page was red before the post": {[]spell{{from: at(3, "09:00"), to: at(3, "11:00"), same: 1,
			red: at(3, "08:00")}}, []string{"2026-10|1|3|1|0"}},
		"planned work": {[]spell{{from: at(3, "09:00"), to: at(3, "11:00"), kind: "maintenance", state: "completed"}},
			[]string{"2026-10|0|0|0|0"}},
	} {
		t.Run(name, func(t *testing.T) {
			f.spells(after(0), c.spells...)
			if diff := cmp.Diff(c.want, f.rows(`
				SELECT month, incidents, hours_of_impact, incidents_of_known_length, incidents_of_unknown_length
				FROM v_monthly ORDER BY month`)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The view and the function that pages, digests and the API use give the same figures of every month.
func TestMonthsAreWhatImpactOfSays(t *testing.T) {
	f := newFile(t)
	t.Cleanup(func() { f.spells(t0) })
	base := time.Date(2026, 5, 30, 0, 0, 0, 0, time.UTC)
	latest := base.AddDate(0, 3, 0)
	rapid.Check(t, func(t *rapid.T) {
		var all []spell
		for range rapid.IntRange(0, 8).Draw(t, "incidents") {
			begin := base.Add(time.Duration(rapid.IntRange(0, 24*80).Draw(t, "begin")) * time.Hour)
			end := begin.Add(time.Duration(rapid.IntRange(0, 24*40).Draw(t, "length")) * time.Hour)
			if end.After(latest) {
				end = latest
			}
			s := spell{from: db.Stamp(begin), to: db.Stamp(end)}
			switch rapid.IntRange(0, 5).Draw(t, "sort") {
			case 0:
				s.to, s.state = "", "monitoring"
			case 1:
				s.to = ""
			case 2:
				s.from = ""
			}
			all = append(all, s)
		}
		f.spells(latest, all...)
		incidents, err := f.VendorImpact(f.t.Context(), 1, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range f.rows(`
			SELECT month, hours_of_impact, incidents_of_known_length, incidents_of_unknown_length FROM v_monthly`) {
			column := strings.Split(row, "|")
			month, err := time.Parse("2006-01", column[0])
			if err != nil {
				t.Fatal(err)
			}
			total := query.ImpactOf(incidents, month, month.AddDate(0, 1, 0), latest)
			want := "NULL"
			if lasted, known := total.Stated(); known {
				want = strconv.FormatFloat(math.Round(lasted.Hours()*100)/100, 'g', -1, 64)
			}
			want = fmt.Sprintf("%s|%s|%d|%d", column[0], want, total.Known, total.Unknown)
			if row != want {
				t.Fatalf("the view says %s, the function %s", row, want)
			}
		}
	})
}

func TestFirstWord(t *testing.T) {
	f := newFile(t)
	t.Cleanup(func() { f.spells(t0) })
	at := func(clock string) string { return "2026-10-03T" + clock + ":00.000Z" }
	for name, c := range map[string]struct {
		spell
		want string // seconds
	}{
		"the start is stated": {spell{from: at("09:00"), basis: "stated", posted: []string{at("09:20")}},
			"1200"},
		"the first word is all that tells of it": {spell{from: at("09:00"), posted: []string{at("09:00")}}, "NULL"},
		"the first of several, not the first one in order": {spell{from: at("09:00"), basis: "stated",
			posted: []string{at("09:20"), at("09:10")}}, "600"},
		"a word before the start": {spell{from: at("09:00"), basis: "stated",
			posted: []string{at("08:50"), at("09:10")}}, "NULL"},
		"a post of unknown time": {spell{from: at("09:00"), basis: "stated", posted: []string{"", at("09:10")}},
			"NULL"},
		"no post": {spell{from: at("09:00"), basis: "stated"}, "NULL"},
		"a cut timeline": {spell{from: at("09:00"), basis: "stated", posted: []string{at("09:20")}, excerpt: true},
			"NULL"},
	} {
		t.Run(name, func(t *testing.T) {
			f.spells(after(0), c.spell)
			if got := f.rows(`SELECT seconds_to_first_update FROM v_impact`)[0]; got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			minutes := "NULL"
			if c.want != "NULL" {
				seconds, _ := strconv.ParseFloat(c.want, 64)
				minutes = strconv.FormatFloat(seconds/60, 'g', -1, 64)
			}
			if got := f.rows(`SELECT median_minutes_to_first_update FROM v_scorecard`)[0]; got != minutes {
				t.Errorf("the scorecard says %s, want %s", got, minutes)
			}
		})
	}
}

// Of an event that left its times open, no figure is made.
func TestFiguresOfUnknownTimes(t *testing.T) {
	f := newFile(t)
	t.Cleanup(func() { f.spells(t0) })
	f.spells(after(0), spell{from: "2026-10-03T09:00:00.000Z"}, spell{to: "2026-10-04T09:00:00.000Z"})
	if diff := cmp.Diff([]string{"2|NULL|NULL|NULL|NULL"}, f.rows(`
		SELECT incidents, median_minutes_to_resolve, mean_minutes_to_resolve, longest_minutes,
			median_minutes_to_first_update FROM v_scorecard`)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
