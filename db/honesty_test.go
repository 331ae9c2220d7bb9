package db_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/db"
	"vendorwatch/db/query"
)

// told is an incident and how its vendor told of it, in minutes after the beginning of the test.
type told struct {
	start, length      int  // of the incident
	over, left, byPage bool // it ended; it went from its page without an end; no post tells of it
	severity           string
	postmortem         bool
	stated             int // length by the postmortem; 0: none
	firstSeen          int // after its start
	lowered            int // when its severity was seen to be lowered, after its end; -1000: never
	cut                int // by how many minutes its end was moved to the front when it was over
	posts              []toldPost
}

type toldPost struct {
	after, written int // minutes after the start, and from then until it was written
	removed        bool
	promise        int // minutes; 0: none
}

func drawTold(t *rapid.T, n int) told {
	one := func(name string) bool { return rapid.Bool().Draw(t, name) }
	upTo := func(name string, least, most int) int { return rapid.IntRange(least, most).Draw(t, name) }
	i := told{start: n*2000 + upTo("start", 0, 500), length: upTo("length", 1, 300), over: one("over"),
		byPage: upTo("by", 0, 4) == 0, firstSeen: upTo("seen", 0, 400), lowered: -1000,
		severity: rapid.SampledFrom([]string{"minor", "major", "critical", "unknown"}).Draw(t, "severity")}
	if i.byPage {
		return i
	}
	i.left, i.postmortem = !i.over && one("left"), one("postmortem")
	if one("states") {
		i.stated = upTo("stated", 1, 400)
	}
	if one("lowers") {
		i.lowered = upTo("lowered", -10, 10)
	}
	if one("cuts") {
		i.cut = upTo("cut", -5, 5)
	}
	after := 0
	for range upTo("posts", 0, 4) {
		after += upTo("after", 1, 60)
		p := toldPost{after: after, written: upTo("written", 0, 10), removed: upTo("removed", 0, 5) == 0}
		if one("promises") {
			p.promise = upTo("promise", 1, 60)
		}
		i.posts = append(i.posts, p)
	}
	return i
}

// tellAll puts the incidents into the file, whose page was read at now.
func (f *file) tellAll(base time.Time, now time.Time, all []told) error {
	stamp := func(minute int) string { return db.Stamp(base.Add(time.Duration(minute) * time.Minute)) }
	return f.change(func(do func(string, ...any) error) error {
		for _, table := range []string{"revisions", "incident_updates", "incidents"} {
			if err := do(`DELETE FROM ` + table); err != nil {
				return err
			}
		}
		if err := do(`UPDATE sources SET latest_at = ?`, db.Stamp(now)); err != nil {
			return err
		}
		for n, i := range all {
			id, end, state, origin := n+1, any(nil), "identified", "vendor"
			var basis, left, stated any
			if i.over {
				end, state, basis = stamp(i.start+i.length), "resolved", "posted"
			}
			if i.left {
				left = stamp(i.start + i.length)
			}
			if i.byPage {
				origin = "page"
			}
			if i.stated > 0 {
				stated = i.stated * 60
			}
			if err := do(`INSERT INTO incidents (incident_id, source_id, source_key, origin, kind, title, severity,
				state, started_at, resolved_at, started_basis, resolved_basis, first_seen_at, left_feed_at, announced,
				stated_duration_seconds) VALUES (?, 1, ?, ?, 'incident', 't', ?, ?, ?, ?, 'stated', ?, ?, ?, 1, ?)`, id,
				fmt.Sprint(id), origin, i.severity, state, stamp(i.start), end, basis, stamp(i.start+i.firstSeen), left,
				stated); err != nil {
				return err
			}
			for m, p := range i.posts {
				var removed, promised any
				at := stamp(i.start + p.after)
				if p.removed {
					removed = at
				}
				if p.promise > 0 {
					promised = stamp(i.start + p.after + p.promise)
				}
				if err := do(`INSERT INTO incident_updates (incident_id, source_key, position, state, posted_at,
					created_at, body, first_seen_at, removed_at, promised_at)
					VALUES (?, ?, ?, 'identified', ?, ?, '', ?, ?, ?)`, id, fmt.Sprint(m), m, at,
					stamp(i.start+p.after+p.written), at, removed, promised); err != nil {
					return err
				}
			}
			if i.postmortem {
				if err := do(`INSERT INTO incident_updates (incident_id, source_key, position, state, body,
					first_seen_at) VALUES (?, 'pm', 99, 'postmortem', '', ?)`, id, stamp(i.start)); err != nil {
					return err
				}
			}
			ended := i.start + i.length
			if i.lowered != -1000 {
				if err := do(`INSERT INTO revisions (incident_id, field, old_value, new_value, seen_at)
					VALUES (?, 'severity', 'major', 'minor', ?)`, id, stamp(ended+i.lowered)); err != nil {
					return err
				}
			}
			if i.cut != 0 {
				if err := do(`INSERT INTO revisions (incident_id, field, old_value, new_value, seen_at)
					VALUES (?, 'resolved_at', ?, ?, ?)`, id, stamp(ended+i.cut), stamp(ended),
					stamp(ended)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// looked counts what one measure looks at.
type looked struct {
	cases, of int
	minutes   []float64
}

func (l *looked) at(isCase bool, minutes ...int) {
	l.of++
	if isCase {
		l.cases++
		for _, m := range minutes {
			l.minutes = append(l.minutes, float64(m))
		}
	}
}

func (l looked) String(unit string) string {
	var value, median *float64
	if n := len(l.minutes); n > 0 {
		slices.Sort(l.minutes)
		m := (l.minutes[(n-1)/2] + l.minutes[n/2]) / 2
		median = &m
	}
	if unit == "minutes" {
		value = median
	} else if l.of > 0 {
		share := math.Round(1000*float64(l.cases)/float64(l.of)) / 10
		value = &share
	}
	return fmt.Sprintf("%d of %d: %s %s, %s", l.cases, l.of, percent(value), unit, percent(median))
}

// honestyOf counts by hand what v_honesty counts in SQL. now is when the page was read, in minutes; place says whether
// it has one for postmortems.
func honestyOf(all []told, now int, place bool) map[string]*looked {
	m := map[string]*looked{}
	for _, name := range []string{"first_word", "never_posted", "post_back_dated", "post_removed", "severity_lowered",
		"shortened", "deleted", "postmortem_longer", "postmortem_missing", "promise_broken", "after_our_check"} {
		m[name] = &looked{}
	}
	for _, i := range all {
		if i.over {
			m["never_posted"].at(i.byPage, i.length)
		}
		if i.byPage {
			continue
		}
		if len(i.posts) > 0 {
			m["first_word"].at(true, i.posts[0].after)
		} else {
			m["first_word"].at(false)
		}
		for n, p := range i.posts {
			m["post_back_dated"].at(p.written >= 5, p.written)
			m["post_removed"].at(p.removed)
			due := p.after + p.promise
			if p.promise == 0 || i.left || i.start+due+5 >= now {
				continue
			}
			kept, late := i.over && i.length <= due+5, -1
			for _, next := range i.posts[n+1:] {
				if at := next.after + next.written; late < 0 || at < late {
					late = at
				}
			}
			switch {
			case kept || late >= 0 && late <= due+5:
				m["promise_broken"].at(false)
			case late < 0:
				m["promise_broken"].at(true)
			default:
				m["promise_broken"].at(true, late-due)
			}
		}
		if i.postmortem {
			m["post_removed"].at(false)
		}
		if i.firstSeen < i.length && (i.over || i.left) || !i.over && i.left {
			m["deleted"].at(i.left)
		}
		if !i.over {
			continue
		}
		if i.firstSeen < i.length {
			m["severity_lowered"].at(i.lowered >= 0)
		}
		m["shortened"].at(i.cut >= 1, i.cut)
		if i.stated > 0 {
			longer := i.stated >= i.length+5 && float64(i.stated) > 1.1*float64(i.length)
			m["postmortem_longer"].at(longer, i.stated-i.length)
		}
		if place && (i.severity == "major" || i.severity == "critical") && i.start+i.length+14*24*60 <= now {
			m["postmortem_missing"].at(!i.postmortem)
		}
	}
	return m
}

// In any world, the view, the function for one vendor and a count by hand agree.
func TestHonestyIsWhatACountByHandSays(t *testing.T) {
	f := newFile(t)
	t.Cleanup(func() { f.tellAll(t0, t0, nil) })
	base := t0.AddDate(0, 0, -20)
	rapid.Check(t, func(t *rapid.T) {
		var all []told
		for n := range rapid.IntRange(0, 5).Draw(t, "incidents") {
			all = append(all, drawTold(t, n))
			red := func(o told) bool { return o.byPage && !o.over }
			if red(all[n]) && slices.ContainsFunc(all[:n], red) {
				all[n].over = true // a page has one incident of its own at a time
			}
		}
		now := rapid.IntRange(9000, 28800).Draw(t, "now")
		platform := rapid.SampledFrom([]string{"statuspage", "cachet"}).Draw(t, "platform")
		if err := f.tellAll(base, base.Add(time.Duration(now)*time.Minute), all); err != nil {
			t.Fatal(err)
		}
		if err := f.change(func(do func(string, ...any) error) error {
			return do(`UPDATE sources SET platform = ?`, platform)
		}); err != nil {
			t.Fatal(err)
		}
		want := honestyOf(all, now, platform == "statuspage")
		got, err := f.Honesty(f.t.Context(), 1, time.Time{}, time.Time{})
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d measures, %v", len(got), err)
		}
		view := f.rows(`SELECT measure, cases, of, value, median_minutes FROM v_honesty ORDER BY position`)
		cases, err := f.HonestyCases(f.t.Context(), 1, "", time.Time{}, time.Time{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for n, h := range got {
			is := fmt.Sprintf("%d of %d: %s %s, %s", h.Cases, h.Of, percent(h.Value), h.Unit, percent(h.MedianMinutes))
			if by := want[h.Measure].String(h.Unit); is != by {
				t.Fatalf("%s is %s, by hand %s", h.Measure, is, by)
			}
			row := fmt.Sprintf("%s|%d|%d|%s|%s", h.Measure, h.Cases, h.Of, percent(h.Value), percent(h.MedianMinutes))
			if view[n] != row {
				t.Fatalf("the view has %s, the function %s", view[n], row)
			}
			listed := 0
			for _, c := range cases {
				if c.Measure == h.Measure {
					listed++
				}
			}
			if listed != h.Cases {
				t.Fatalf("%s has %d cases, of which %d are listed", h.Measure, h.Cases, listed)
			}
		}
	})
}

// A window has what began in it.
func TestHonestyOfAWindow(t *testing.T) {
	f := newFile(t)
	t.Cleanup(func() { f.tellAll(t0, t0, nil) })
	base := t0.AddDate(0, 0, -20)
	posts := []toldPost{{after: 7, promise: 30}, {after: 60}}
	if err := f.tellAll(base, t0, []told{{length: 90, over: true, lowered: -1000, severity: "major", posts: posts},
		{start: 5000, length: 90, over: true, lowered: -1000, severity: "major", posts: posts}}); err != nil {
		t.Fatal(err)
	}
	middle := base.Add(4000 * time.Minute)
	for name, c := range map[string]struct{ since, until time.Time }{
		"all": {}, "the first": {until: middle}, "the second": {since: middle},
	} {
		rows, err := f.Honesty(t.Context(), 1, c.since, c.until)
		if err != nil {
			t.Fatal(err)
		}
		broken := rows[slices.IndexFunc(rows, func(h query.Honesty) bool { return h.Measure == "promise_broken" })]
		want := "1 of 1"
		if name == "all" {
			want = "2 of 2"
		}
		if got := fmt.Sprintf("%d of %d", broken.Cases, broken.Of); got != want {
			t.Errorf("%s: %s promises broken, want %s", name, got, want)
		}
	}
}
