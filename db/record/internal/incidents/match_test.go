package incidents

import (
	"testing"
	"time"

	"vendorwatch/normalize"
)

// A post keeps its row, and so its number, whatever key it has by now: first by key and text, then by key, then by one
// of its other keys, and last by text and minute. No row serves two posts.
func TestAPostKeepsItsRow(t *testing.T) {
	minute := func(n int) time.Time { return time.Date(2026, 11, 23, 10, n, 0, 0, time.UTC) }
	post := func(key, body string, at int, others ...string) normalize.Post {
		return normalize.Post{Update: normalize.Update{Key: key, Body: body, PostedAt: minute(at)}, Keys: others}
	}
	record := func(rows ...normalize.Post) *Record {
		r := &Record{Updates: map[string]*Update{}}
		for n, p := range rows {
			r.Updates[p.Key] = &Update{ID: int64(n + 1), Update: p.Update, row: updateRow{Key: p.Key, Position: n}}
		}
		return r
	}
	for name, c := range map[string]struct {
		rows, posts []normalize.Post
		want        []int64 // number of each post's row; 0: none
	}{
		"the same": {[]normalize.Post{post("a", "One.", 0), post("b", "Two.", 5)},
			[]normalize.Post{post("a", "One.", 0), post("b", "Two.", 5)}, []int64{1, 2}},
		"an edit, and a new post": {[]normalize.Post{post("a", "One.", 0)},
			[]normalize.Post{post("b", "Two.", 5), post("a", "One, better.", 0)}, []int64{0, 1}},
		"keys that changed places": {[]normalize.Post{post("a", "One.", 0), post("b", "Two.", 0)},
			[]normalize.Post{post("b", "One.", 0, "a"), post("a", "Two.", 0, "b")}, []int64{2, 1}},
		"an id in place of minute and state": {[]normalize.Post{post("@10:00 update", "One.", 0)},
			[]normalize.Post{post("u1", "One, better.", 0, "@10:00 update")}, []int64{1}},
		"another id for the same words in the same minute": {
			[]normalize.Post{post("a", "One.", 0), post("b", "Two.", 5)},
			[]normalize.Post{post("x", "One.", 0), post("y", "Two.", 5)}, []int64{1, 2},
		},
		"another id for the same words at another time": {[]normalize.Post{post("a", "One.", 0)},
			[]normalize.Post{post("x", "One.", 5)}, []int64{0}},
		"another id for other words in the same minute": {[]normalize.Post{post("a", "One.", 0)},
			[]normalize.Post{post("x", "Two.", 0)}, []int64{0}},
		"one row, and its words twice": {[]normalize.Post{post("a", "One.", 0), post("b", "Two.", 5)},
			[]normalize.Post{post("x", "One.", 0), post("y", "One.", 0), post("b", "Two.", 5)}, []int64{1, 0, 2}},
		"a row that is kept does not serve another post": {[]normalize.Post{post("a", "One.", 0), post("b", "One.", 0)},
			[]normalize.Post{post("a", "One.", 0), post("x", "One.", 0)}, []int64{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			for n, row := range record(c.rows...).match(c.posts) {
				got := int64(0)
				if row != nil {
					got = row.ID
				}
				if got != c.want[n] {
					t.Errorf("post %d has row %d, want %d", n, got, c.want[n])
				}
			}
		})
	}
}
