package normalize

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// numbered is an incident in a form whose ids were given up, and in the one that came after. All of them have one
// title, start, end and last post; seconds tell when the first post was made.
func numbered(n, seconds int, text string) (former, now Raw) {
	at := func(seconds int) RawTime { return printedAt(FormatTime(day.Add(time.Duration(seconds) * time.Second))) }
	now = Raw{Document: "incidents", ID: fmt.Sprint("new", n), Title: "All is linked to one incident", Started: at(0),
		Resolved: at(9000), Updates: []RawUpdate{
			{ID: fmt.Sprint(seconds), State: "investigating", Posted: at(seconds), Created: at(seconds), Body: text},
			{ID: "9000", State: "resolved", Posted: at(9000), Created: at(9000), Body: "All is well."},
		}}
	former = now
	former.ID, former.Updates = FormerKey+fmt.Sprint("old/", n), slices.Clone(now.Updates)
	former.Document = "incidents_2020"
	return former, now
}

// TestAFormerIDIsJoinedByTheOpeningPost holds what a former id is joined to, and what it is not.
func TestAFormerIDIsJoinedByTheOpeningPost(t *testing.T) {
	change := func(change func(*Raw)) func(former, now *Raw) { return func(former, _ *Raw) { change(former) } }
	for _, c := range []struct {
		name   string
		change func(former, now *Raw)
		want   int
	}{
		{"the same", func(_, _ *Raw) {}, 1},
		{"other line ends", change(func(r *Raw) { r.Updates[0].Body = "We look\r\ninto it." }), 1},
		{"a time shown that was moved", change(func(r *Raw) {
			r.Updates[0].Posted = printedAt("2026-03-01T10:00:00Z")
		}), 1},
		{"a further post", change(func(r *Raw) { r.Updates = r.Updates[:1] }), 1},
		{"a start within the minute", change(func(r *Raw) {
			r.Started = printedAt(FormatTime(day.Add(59 * time.Second)))
		}), 1},
		{"another title", change(func(r *Raw) { r.Title = "Another" }), 2},
		{"another start", change(func(r *Raw) { r.Started = printedAt(FormatTime(day.Add(time.Minute))) }), 2},
		{"another opening text", change(func(r *Raw) { r.Updates[0].Body = "We look elsewhere." }), 2},
		{"an opening of another second", change(func(r *Raw) {
			r.Updates[0].Created = printedAt(FormatTime(day.Add(61 * time.Second)))
		}), 2},
		{"only the end in common", change(func(r *Raw) { r.Updates = r.Updates[1:] }), 2},
		{"no posts", func(former, now *Raw) { former.Updates, now.Updates = nil, nil }, 2},
		{"an opening without text", func(former, now *Raw) {
			former.Updates[0].Body, now.Updates[0].Body = "", ""
		}, 2},
		{"two former ids", func(_, now *Raw) { now.ID = FormerKey + "old/2" }, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			former, now := numbered(1, 60, "We look into it.")
			c.change(&former, &now)
			for _, raws := range [][]Raw{{former, now}, {now, former}} {
				got, _ := Incidents(raws, Words{})
				if len(got) != c.want || c.want == 1 && (got[0].Key != now.ID || len(got[0].Raws) != 2) {
					t.Errorf("%d incidents, want %d: %+v", len(got), c.want, got)
				}
			}
		})
	}
}

// TestFormerIDsOfTwinsAreNotGuessed holds that an id of which nothing tells which of two incidents it was of is joined
// to neither.
func TestFormerIDsOfTwinsAreNotGuessed(t *testing.T) {
	formerA, a := numbered(1, 60, "We look into it.")
	formerB, b := numbered(2, 60, "We look into it.")
	for _, raws := range [][]Raw{{formerA, a, b}, {formerA, formerB, a}, {b, formerB, a, formerA}} {
		if got, _ := Incidents(raws, Words{}); len(got) != len(raws) {
			t.Errorf("%d of %d entries: %+v", len(got), len(raws), got)
		}
	}
}

// TestFormerIDsJoinNoTwoIncidents holds that of incidents with one title, start and end each former id is joined to its
// own incident, whatever the order and whichever of them are there.
func TestFormerIDsJoinNoTwoIncidents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.SliceOfNDistinct(rapid.IntRange(1, 200), 1, 8, rapid.ID[int]).Draw(t, "openings")
		var raws []Raw
		own, want := map[string]string{}, map[string]bool{}
		for n, at := range seconds {
			former, now := numbered(n, at, rapid.SampledFrom([]string{"We look.", "It is linked."}).Draw(t, "text"))
			own[former.ID], own[now.ID] = now.ID, now.ID
			shown := rapid.IntRange(0, 2).Draw(t, "shown")
			if shown != 1 {
				raws = append(raws, former)
				want[former.ID] = shown == 0
			}
			if shown != 0 {
				raws = append(raws, now)
				want[now.ID] = true
			}
		}
		for key, whole := range want {
			if !whole {
				delete(want, key)
			}
		}
		raws = rapid.Permutation(raws).Draw(t, "order")
		got, _ := Incidents(raws, Words{})
		read := 0
		for _, i := range got {
			if !want[i.Key] {
				t.Errorf("no incident of its own: %s", i.Key)
			}
			for _, raw := range i.Raws {
				if own[raw.ID] != own[i.Key] {
					t.Errorf("%s was joined to %s", raw.ID, i.Key)
				}
				read++
			}
		}
		if len(got) != len(want) || read != len(raws) {
			t.Errorf("%d incidents of %d entries, want %d of %d", len(got), read, len(want), len(raws))
		}
	})
}
