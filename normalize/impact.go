package normalize

import (
	"slices"
	"time"
)

// Interval is the time that something lasted, as far as it is known.
type Interval struct {
	Start time.Time // zero: not known
	End   time.Time // zero: not known, or not yet if Open
	Open  bool      // it goes on
}

// Impact is how long at least one of several intervals lasted within a window.
type Impact struct {
	Time    time.Duration // of the intervals that are known
	Known   int           // intervals that Time counts: those with both ends that touch the window
	Unknown int           // intervals that may touch the window, but lack an end or have one before their start
}

// Stated returns the impact time, and false if nothing is known of it, which is not the same as no time.
func (i Impact) Stated() (time.Duration, bool) { return i.Time, i.Known > 0 || i.Unknown == 0 }

// ImpactOf returns how long at least one of the intervals lasted between from and to: their union, so that what
// overlaps counts once. An open interval lasts until now, and nothing counts that lies after now. A zero from or to
// sets no limit.
func ImpactOf(intervals []Interval, from, to, now time.Time) Impact {
	if to.IsZero() || to.After(now) {
		to = now
	}
	var impact Impact
	var known []Interval
	for _, i := range intervals {
		if i.Open {
			i.End = now
		}
		switch {
		case !i.Start.IsZero() && i.Start.After(to), !i.End.IsZero() && i.End.Before(from):
		case i.Start.IsZero() || i.End.IsZero() || i.End.Before(i.Start):
			impact.Unknown++
		default:
			impact.Known++
			known = append(known, Interval{Start: latest(i.Start, from), End: earliest(i.End, to)})
		}
	}
	slices.SortFunc(known, func(a, b Interval) int { return a.Start.Compare(b.Start) })
	var reached time.Time // up to here, everything is counted
	for _, i := range known {
		if start := latest(i.Start, reached); i.End.After(start) {
			impact.Time += i.End.Sub(start)
		}
		reached = latest(reached, i.End)
	}
	return impact
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
