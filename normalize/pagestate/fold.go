package pagestate

import (
	"cmp"
	"slices"
	"time"

	"vendorwatch/normalize"
)

// Reading is what a page said of its own state over a time in which it said the same.
type Reading struct {
	At, Until time.Time // when it was first and last read to say so
	Severity  normalize.Severity
	Because   Because
	Word      string                // the page's own words for it; empty if it has none
	Red       []normalize.Component // its red components, in its order
	Posted    normalize.Severity    // the worst of the vendor's incidents that were open; empty if none was
}

// Uncovered reports whether the page is red and no incident of the vendor says so. One of unknown severity says as much
// as any page, and of a page of unknown severity any incident does: nothing shows that the page is worse.
func (r Reading) Uncovered() bool {
	switch {
	case !Red(r.Severity):
		return false
	case r.Posted == "":
		return true
	case r.Posted == normalize.SeverityUnknown, r.Severity == normalize.SeverityUnknown:
		return false
	}
	return r.Posted.Rank() < r.Severity.Rank()
}

// Points returns when a page was read, in order, from one time to another, both included; a zero time is no limit. Each
// is a Reading of one moment. What is known of a time in which a page said the same is its first and its last reading.
// Of several documents of one moment the one counts that shows the worst, and what any of them shows to be posted is.
func Points(readings []Reading, from, to time.Time) []Reading {
	var all []Reading
	add := func(r Reading, at time.Time) {
		if !at.Before(from) && (to.IsZero() || !at.After(to)) {
			r.At, r.Until = at, at
			all = append(all, r)
		}
	}
	for _, r := range readings {
		add(r, r.At)
		if r.Until.After(r.At) {
			add(r, r.Until)
		}
	}
	slices.SortStableFunc(all, func(a, b Reading) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
			cmp.Compare(len(b.Red), len(a.Red)), cmp.Compare(a.Word, b.Word), cmp.Compare(a.Because, b.Because))
	})
	var points []Reading
	for _, r := range all {
		if n := len(points) - 1; n >= 0 && points[n].At.Equal(r.At) {
			points[n].Posted = Worse(points[n].Posted, r.Posted)
			continue
		}
		points = append(points, r)
	}
	return points
}

// Worse returns which of two severities of posted incidents says more; one that is not known says the most.
func Worse(a, b normalize.Severity) normalize.Severity {
	order := []normalize.Severity{"", normalize.SeverityNone, normalize.SeverityMinor, normalize.SeverityMajor,
		normalize.SeverityCritical, normalize.SeverityUnknown}
	return order[max(0, slices.Index(order, a), slices.Index(order, b))]
}

// StatusOf tells how a component was doing at a time; empty if that is not known.
type StatusOf func(c normalize.Component, at time.Time) normalize.ComponentStatus

// Fold makes the incidents of a page of the times at which it was read. An incident opens with the first of two
// readings in a row that are red and that no incident of the vendor covers; at the first reading of all, which begins
// says that the points begin with, one is enough. It ends with the first reading that is well, or covered. So at most
// one is open, the last. awaited says that the last reading is red, and that the next one decides.
func Fold(points []Reading, begins bool, status StatusOf) (incidents []Incident, awaited bool) {
	var calm time.Time   // the last reading before that was not red
	var waiting *Reading // a reading that is red, the one before it not being so
	open := false
	for n := range points {
		p := &points[n]
		switch {
		case open && p.Uncovered():
			incidents[len(incidents)-1].goOn(*p, status)
		case open:
			incidents[len(incidents)-1].end(*p, status)
			open, calm = false, p.At
		case !p.Uncovered():
			waiting, calm = nil, p.At
		case waiting != nil || begins && n == 0:
			first := p
			if waiting != nil {
				first = waiting
			}
			i := begin(*first, calm, status)
			if waiting != nil {
				i.goOn(*p, status)
			}
			incidents, open, waiting = append(incidents, i), true, nil
		default:
			waiting = p
		}
	}
	return incidents, waiting != nil
}
