package pagestate_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"vendorwatch/normalize"
	"vendorwatch/normalize/pagestate"
)

var t0 = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func drawReadings(t *rapid.T) []pagestate.Reading {
	var out []pagestate.Reading
	at := t0
	for range rapid.IntRange(0, 15).Draw(t, "readings") {
		at = at.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
		r := pagestate.Reading{At: at, Until: at, Because: pagestate.ByPage}
		if rapid.Bool().Draw(t, "stays") {
			at = at.Add(10 * time.Minute)
			r.Until = at
		}
		severities := []normalize.Severity{"none", "minor", "major", "critical", "unknown"}
		r.Severity = rapid.SampledFrom(severities).Draw(t, "severity")
		r.Posted = rapid.SampledFrom(append([]normalize.Severity{"", "", ""}, severities...)).Draw(t, "posted")
		if rapid.Bool().Draw(t, "parts") {
			r.Red = []normalize.Component{{Key: "1", Name: "API", Status: rapid.SampledFrom(
				[]normalize.ComponentStatus{"major_outage", "degraded_performance"}).Draw(t, "status")}}
		}
		out = append(out, r)
	}
	return out
}

// Whatever a page says, and in whatever order its readings came: an incident is open from the first of two readings in
// a row that are red and not covered to the first that is not, and one at most is open.
func TestFold(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		readings := drawReadings(r)
		points := pagestate.Points(readings, time.Time{}, time.Time{})
		made, awaited := pagestate.Fold(points, true, nil)
		shuffled := rapid.Permutation(readings).Draw(r, "order")
		again, _ := pagestate.Fold(pagestate.Points(shuffled, time.Time{}, time.Time{}), true, nil)
		records := func(list []pagestate.Incident) (out []normalize.Record) {
			for _, i := range list {
				out = append(out, i.Record("https://status.example"))
			}
			return out
		}
		if diff := cmp.Diff(records(made), records(again)); diff != "" {
			r.Fatalf("in another order (-want +got)\n%s", diff)
		}
		inside := func(at time.Time) bool {
			return slices.ContainsFunc(made, func(i pagestate.Incident) bool {
				return !at.Before(i.Start) && (i.End.IsZero() || at.Before(i.End))
			})
		}
		for n, p := range points {
			before := n > 0 && points[n-1].Uncovered()
			after := n+1 < len(points) && points[n+1].Uncovered()
			first := n == 0
			if n > 0 && before {
				first = n == 1 // an incident that is open since the first reading goes on
			}
			want := p.Uncovered() && (before || after || first)
			if got := inside(p.At); got != want {
				r.Fatalf("reading %d of %v: open %v, want %v", n, points, got, want)
			}
		}
		last := len(points) - 1
		if want := last >= 1 && points[last].Uncovered() && !points[last-1].Uncovered(); awaited != want {
			r.Fatalf("awaited %v, want %v", awaited, want)
		}
		for n, i := range made {
			f := i.Record("")
			switch {
			case i.End.IsZero() && n < len(made)-1:
				r.Fatal("an incident is open, and not the last")
			case !i.CalmBefore.IsZero() && !i.CalmBefore.Before(i.Start):
				r.Fatal("it was calm before only after the start")
			case !i.End.IsZero() && (i.RedBefore.Before(i.Start) || !i.RedBefore.Before(i.End)):
				r.Fatalf("red until %v, of %v to %v", i.RedBefore, i.Start, i.End)
			case f.Incident.State.Over() != !i.End.IsZero(), i.Title == "", len(i.Posts) == 0:
				r.Fatalf("record %+v", f)
			}
			for m := 1; m < len(i.Posts); m++ {
				if !i.Posts[m].At.After(i.Posts[m-1].At) || i.Posts[m].Body == "" {
					r.Fatalf("posts %+v", i.Posts)
				}
			}
		}
	})
}

// Of a page with hundreds of components some always change: that is no post each time, and the list has them all.
func TestManyRedComponents(t *testing.T) {
	reading := func(n, red int) pagestate.Reading {
		at := t0.Add(time.Duration(n) * time.Minute)
		r := pagestate.Reading{At: at, Until: at, Severity: normalize.SeverityMinor, Because: pagestate.ByPage,
			Word: "Minor Service Outage"}
		for c := range red {
			name := string(rune('A' + c))
			r.Red = append(r.Red, normalize.Component{Key: name, Name: name, Status: normalize.StatusPartial})
		}
		return r
	}
	points := []pagestate.Reading{reading(0, 25), reading(5, 26), reading(10, 24), reading(15, 30)}
	made, _ := pagestate.Fold(points, true, nil)
	if len(made) != 1 || len(made[0].Posts) != 1 || len(made[0].Components) != 30 ||
		made[0].Title != "A and 29 more: partial outage, no incident posted" {
		t.Errorf("made %+v", made)
	}
}
