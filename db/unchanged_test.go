package db_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db/record"
)

// Scrapes that find nothing changed share a row, as long as they follow one another and nothing else was tried in
// between. What is not a repetition has a row of its own.
func TestUnchangedScrapesShareARow(t *testing.T) {
	same := func(minutes int) record.Scrape {
		return record.Scrape{At: after(time.Duration(minutes) * time.Minute), Unchanged: true, HTTPStatus: 304,
			Requests: 1, Bytes: 10, Took: time.Duration(minutes) * time.Millisecond, Interval: 5 * time.Minute}
	}
	with := func(s record.Scrape, change func(*record.Scrape)) record.Scrape { change(&s); return s }
	// first and last minute, attempts, requests, bytes, milliseconds
	const row = `SELECT CAST(round((julianday(started_at) - julianday('2026-11-23T09:00:00.000Z')) * 1440) AS INTEGER),
		CAST(round((julianday(last_started_at) - julianday('2026-11-23T09:00:00.000Z')) * 1440) AS INTEGER),
		times, requests, bytes, took_ms, outcome FROM scrapes WHERE scrape_id > 1 AND backfill = 0 AND archived = 0
		ORDER BY scrape_id`
	for name, c := range map[string]struct {
		scrapes []record.Scrape
		rows    []string
	}{
		"one after the other": {[]record.Scrape{same(5), same(10), same(15)}, []string{"5|15|3|3|30|15|unchanged"}},
		"for more than an hour": {[]record.Scrape{same(5), same(10), same(15), same(20), same(25), same(30), same(35),
			same(40), same(45), same(50), same(55), same(60), same(65), same(70)},
			[]string{"5|60|12|12|120|60|unchanged", "65|70|2|2|20|70|unchanged"}},
		"a failure in between": {[]record.Scrape{same(5), failed(after(10 * time.Minute)), same(15), same(20)},
			[]string{"5|5|1|1|10|5|unchanged", "10|10|1|0|0|0|failed", "15|20|2|2|20|20|unchanged"}},
		"something new in between": {[]record.Scrape{same(5),
			with(seen(after(10*time.Minute), outage("a", after(9*time.Minute), "investigating")),
				func(s *record.Scrape) { s.Interval = 5 * time.Minute }),
			same(15)}, []string{"5|5|1|1|10|5|unchanged", "10|10|1|0|0|0|changed", "15|15|1|1|10|15|unchanged"}},
		"another status": {[]record.Scrape{same(5),
			with(same(10), func(s *record.Scrape) { s.HTTPStatus = 200 }), same(15)},
			[]string{"5|5|1|1|10|5|unchanged", "10|10|1|1|10|10|unchanged", "15|15|1|1|10|15|unchanged"}},
		"history in between": {[]record.Scrape{same(5), with(seen(after(7*time.Minute)),
			func(s *record.Scrape) { s.Backfill = true }), same(10)},
			[]string{"5|5|1|1|10|5|unchanged", "10|10|1|1|10|10|unchanged"}},
		"a saved page in between": {[]record.Scrape{same(5), archived(seen(after(7 * time.Minute))), same(10)},
			[]string{"5|10|2|2|20|10|unchanged"}},
		"after a long pause": {[]record.Scrape{same(5), same(45)},
			[]string{"5|5|1|1|10|5|unchanged", "45|45|1|1|10|45|unchanged"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			f.save(with(seen(t0), func(s *record.Scrape) { s.Interval = 5 * time.Minute }))
			for _, s := range c.scrapes {
				f.save(s)
			}
			if diff := cmp.Diff(c.rows, f.rows(row)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A row that still grows is not old, however long ago its first scrape was.
func TestPruneKeepsARowThatGrows(t *testing.T) {
	f := newFile(t)
	f.baseline()
	for n := range 12 {
		f.save(record.Scrape{At: after(time.Duration(n+1) * 4 * time.Minute), Unchanged: true})
	}
	if _, err := f.file.Prune(t.Context(), after(80*time.Minute), 50*time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := f.rows(`SELECT times, outcome FROM scrapes`); len(got) != 1 || got[0] != "12|unchanged" {
		t.Errorf("left are %q", got)
	}
}
