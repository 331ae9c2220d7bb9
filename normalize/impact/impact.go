// Package impact counts the time that incidents lasted. What overlaps counts once, and what is not known is not zero.
package impact

import (
	"slices"
	"time"
)

// Interval is the time that something lasted, as far as it is known. What goes on ends, so far, at the moment up to
// which that is known.
type Interval struct {
	Start time.Time // zero: not known
	End   time.Time // zero: not known
	At    time.Time // when it counts as having begun, where its length is not known
}

// Total is how long at least one of several intervals lasted within a window.
type Total struct {
	Time    time.Duration // of the intervals that are known
	Known   int           // intervals that Time counts: those with both ends that touch the window
	Unknown int           // intervals that lack an end, or have one before their start, and are counted in the window
}

// Stated returns the time, and false if nothing is known of it, which is not the same as no time.
func (t Total) Stated() (time.Duration, bool) { return t.Time, t.Known > 0 || t.Unknown == 0 }

// Of returns how long at least one of the intervals lasted from from until before to: their union, so that what
// overlaps counts once. Nothing counts that lies after now. An interval whose length is not known is counted by At
// alone. A zero from or to sets no limit.
func Of(intervals []Interval, from, to, now time.Time) Total {
	within := func(t time.Time) bool { return !t.Before(from) && (to.IsZero() || t.Before(to)) && !t.After(now) }
	limit := now
	if !to.IsZero() {
		limit = earlier(to, now)
	}
	var total Total
	var known []Interval
	for _, i := range intervals {
		switch {
		case i.Start.IsZero() || i.End.IsZero() || i.End.Before(i.Start):
			if within(i.At) {
				total.Unknown++
			}
		case within(i.Start) || i.Start.Before(from) && i.End.After(from):
			total.Known++
			known = append(known, Interval{Start: later(i.Start, from), End: earlier(i.End, limit)})
		}
	}
	slices.SortFunc(known, func(a, b Interval) int { return a.Start.Compare(b.Start) })
	var reached time.Time // up to here, everything is counted
	for _, i := range known {
		if start := later(i.Start, reached); i.End.After(start) {
			total.Time += i.End.Sub(start)
		}
		reached = later(reached, i.End)
	}
	return total
}

// Common returns the time that each of several lists has intervals for, which may overlap. Intervals whose length is
// not known are left out.
func Common(lists [][]Interval) []Interval {
	var common []Interval
	for n, list := range lists {
		var both []Interval
		for _, i := range list {
			if i.Start.IsZero() || i.End.IsZero() {
				continue
			}
			if n == 0 {
				both = append(both, i)
			}
			for _, c := range common {
				if start, end := later(i.Start, c.Start), earlier(i.End, c.End); end.After(start) {
					both = append(both, Interval{Start: start, End: end})
				}
			}
		}
		if common = both; len(common) == 0 {
			return nil
		}
	}
	return common
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
