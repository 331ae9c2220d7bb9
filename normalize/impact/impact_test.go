package impact

import (
	"cmp"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func utc(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestOf(t *testing.T) {
	at := func(clock string) time.Time {
		if clock == "" {
			return time.Time{}
		}
		return utc("2026-03-01T" + clock + ":00Z")
	}
	span := func(start, end string) Interval {
		return Interval{Start: at(start), End: at(end), At: at(cmp.Or(start, end))}
	}
	for _, c := range []struct {
		name          string
		intervals     []Interval
		from, to, now string
		time          time.Duration
		known         int
		unknown       int
	}{
		{"nothing", nil, "08:00", "20:00", "12:00", 0, 0, 0},
		{"one", []Interval{span("09:00", "10:00")}, "08:00", "20:00", "12:00", time.Hour, 1, 0},
		{"no time at all is known", []Interval{span("09:00", "09:00")}, "08:00", "20:00", "12:00", 0, 1, 0},
		{"what overlaps counts once", []Interval{span("09:00", "10:00"), span("09:30", "10:30")}, "08:00", "20:00",
			"12:00", 90 * time.Minute, 2, 0},
		{"one within another", []Interval{span("09:00", "11:00"), span("09:30", "10:00"), span("10:30", "11:30")},
			"08:00", "20:00", "12:00", 150 * time.Minute, 3, 0},
		{"with a gap, the later one first", []Interval{span("11:00", "11:30"), span("09:00", "10:00")}, "08:00",
			"20:00", "12:00", 90 * time.Minute, 2, 0},
		{"cut by the window", []Interval{span("07:00", "21:00")}, "08:00", "20:00", "23:00", 12 * time.Hour, 1, 0},
		{"nothing counts after now", []Interval{span("11:00", "13:00")}, "08:00", "20:00", "11:20", 20 * time.Minute, 1,
			0},
		{"before the window", []Interval{span("06:00", "07:00")}, "08:00", "20:00", "12:00", 0, 0, 0},
		{"after the window", []Interval{span("21:00", "22:00")}, "08:00", "20:00", "23:00", 0, 0, 0},
		{"not before tomorrow", []Interval{span("13:00", ""), span("13:00", "14:00")}, "08:00", "20:00",
			"12:00", 0, 0, 0},
		{"an end that is not known", []Interval{span("09:00", "")}, "08:00", "20:00", "12:00", 0, 0, 1},
		{"begun before the window, its end not known: counted there", []Interval{span("06:00", "")}, "08:00", "20:00",
			"12:00", 0, 0, 0},
		{"begun after the window, its end not known", []Interval{span("21:00", "")}, "08:00", "20:00", "23:00", 0, 0,
			0},
		{"a start that is not known", []Interval{span("", "10:00")}, "08:00", "20:00", "12:00", 0, 0, 1},
		{"a start that is not known, over before the window", []Interval{span("", "07:00")}, "08:00", "20:00", "12:00",
			0, 0, 0},
		{"no time but that of the entry", []Interval{{At: at("09:00")}}, "08:00", "20:00", "12:00", 0, 0, 1},
		{"an entry before the window", []Interval{{At: at("07:00")}}, "08:00", "20:00", "12:00", 0, 0, 0},
		{"begun at the end of the window", []Interval{span("10:00", "11:00")}, "08:00", "10:00", "12:00", 0, 0, 0},
		{"over at its beginning", []Interval{span("07:00", "08:00")}, "08:00", "10:00", "12:00", 0, 0, 0},
		{"an end before its start", []Interval{span("10:00", "09:00")}, "08:00", "20:00", "12:00", 0, 0, 1},
		{"known and unknown", []Interval{span("09:00", "10:00"), span("09:00", "")}, "08:00", "20:00", "12:00",
			time.Hour, 1, 1},
		{"no window", []Interval{span("09:00", "10:00"), span("11:00", "12:00")}, "", "", "12:00",
			2 * time.Hour, 2, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Of(c.intervals, at(c.from), at(c.to), at(c.now))
			if want := (Total{c.time, c.known, c.unknown}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if _, stated := got.Stated(); stated != (c.known > 0 || c.unknown == 0) {
				t.Errorf("stated: %v", stated)
			}
		})
	}
}

// The union of intervals is what a clock would count that is asked every minute whether one of them lasts.
func TestOfCountsEachMinuteOnce(t *testing.T) {
	base := utc("2026-03-01T00:00:00Z")
	minute := func(n int) time.Time { return base.Add(time.Duration(n) * time.Minute) }
	rapid.Check(t, func(t *rapid.T) {
		point := rapid.IntRange(1, 60)
		var intervals []Interval
		for range rapid.IntRange(0, 6).Draw(t, "intervals") {
			i := Interval{Start: minute(point.Draw(t, "start")), End: minute(point.Draw(t, "end"))}
			switch rapid.IntRange(0, 5).Draw(t, "sort") {
			case 1:
				i.End = time.Time{}
			case 2:
				i.Start = time.Time{}
			}
			intervals = append(intervals, i)
		}
		from, to, now := point.Draw(t, "from"), point.Draw(t, "to"), point.Draw(t, "now")
		var want time.Duration
		for n := from; n < min(to, now); n++ {
			for _, i := range intervals {
				if !i.Start.IsZero() && !i.End.IsZero() && !minute(n).Before(i.Start) && minute(n).Before(i.End) {
					want += time.Minute
					break
				}
			}
		}
		got := Of(intervals, minute(from), minute(to), minute(now))
		if got.Time != want {
			t.Fatalf("%v between %d and %d, now %d: %s, want %s", intervals, from, to, now, got.Time, want)
		}
		if got.Known+got.Unknown > len(intervals) {
			t.Fatalf("%d intervals, %+v", len(intervals), got)
		}
		more := Of(append(intervals, Interval{Start: minute(1), End: minute(60)}), minute(from), minute(to),
			minute(now))
		if more.Time < got.Time || more.Unknown != got.Unknown {
			t.Fatalf("another interval turns %+v into %+v", got, more)
		}
	})
}

// Common is what a count minute by minute finds, whatever overlaps.
func TestCommonIsWhatAllHave(t *testing.T) {
	begin := utc("2026-11-01T00:00:00Z")
	rapid.Check(t, func(t *rapid.T) {
		lists := make([][]Interval, rapid.IntRange(1, 4).Draw(t, "lists"))
		count := make([]int, 60)
		for n := range lists {
			has := make([]bool, len(count))
			for range rapid.IntRange(0, 4).Draw(t, "intervals") {
				from := rapid.IntRange(0, len(count)-1).Draw(t, "from")
				to := rapid.IntRange(from, len(count)).Draw(t, "to")
				lists[n] = append(lists[n], Interval{Start: begin.Add(time.Duration(from) * time.Minute),
					End: begin.Add(time.Duration(to) * time.Minute)})
				for m := from; m < to; m++ {
					has[m] = true
				}
			}
			for m := range has {
				if has[m] {
					count[m]++
				}
			}
		}
		want := time.Duration(0)
		for _, n := range count {
			if n == len(lists) {
				want += time.Minute
			}
		}
		if got := Of(Common(lists), begin, time.Time{}, begin.Add(time.Hour)).Time; got != want {
			t.Fatalf("%v in common, want %v, of %v", got, want, lists)
		}
	})
	if got := Common([][]Interval{{{Start: begin, At: begin}}}); got != nil {
		t.Errorf("of an interval of unknown length: %v", got)
	}
}
