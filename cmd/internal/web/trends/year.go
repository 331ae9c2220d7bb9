package trends

import (
	"time"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Day is what is known of one day of a vendor.
type Day struct {
	At time.Time // midnight in UTC
	Cell
	Worst normalize.Severity // of the incidents that lasted on it; empty: there was none
}

// Month sums up the days of a month.
type Month struct {
	At       time.Time
	Days     int // of the month, up to today
	Unknown  int // of those, on which nothing is known
	Troubled int // of those, with an incident
	Partly   int // of the others, of which a part or the length of an incident is not known
	Impact   time.Duration
}

// Year counts the impact on a vendor on each of the last 365 days, today included, of the stretches that its uptime is
// made of, and by months, the newest first.
func Year(stretches []query.Stretch, now time.Time) (days []Day, months []Month) {
	first := now.UTC().Truncate(day).AddDate(0, 0, -364)
	for at := first; !at.After(now); at = at.AddDate(0, 0, 1) {
		// Few stretches touch a day: those that do are looked for once.
		var touching []query.Stretch
		end := at.AddDate(0, 0, 1)
		var worst normalize.Severity
		for _, s := range stretches {
			if !touches(s, at, end) {
				continue
			}
			touching = append(touching, s)
			if s.What == query.StretchImpact && (worst == "" || normalize.Severity(s.Severity).Rank() > worst.Rank()) {
				worst = normalize.Severity(s.Severity)
			}
		}
		d := Day{At: at, Cell: cellOf(touching, at, end, now), Worst: worst}
		days = append(days, d)
		if n := len(months) - 1; n < 0 || months[n].At.Month() != at.Month() {
			months = append(months, Month{At: at})
		}
		m := &months[len(months)-1]
		m.Days++
		m.Impact += d.Impact
		if d.Known && d.Partly() {
			m.Partly++
		}
		switch {
		case !d.Known:
			m.Unknown++
		case worst != "":
			m.Troubled++
		}
	}
	for a, b := 0, len(months)-1; a < b; a, b = a+1, b-1 {
		months[a], months[b] = months[b], months[a]
	}
	return days, months
}

// touches reports whether a stretch lies in part between two moments, or counts there as one of unknown length.
func touches(s query.Stretch, from, to time.Time) bool {
	if s.FromAt.IsZero() || s.ToAt.IsZero() || s.ToAt.Before(s.FromAt) {
		return !s.CountedAt.Before(from) && s.CountedAt.Before(to)
	}
	return s.FromAt.Before(to) && (s.ToAt.After(from) || !s.FromAt.Before(from))
}
