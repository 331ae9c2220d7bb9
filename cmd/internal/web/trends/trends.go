// Package trends makes the figures behind the pictures of trends: incidents by week, impact by vendor and week,
// lengths, and what happened lately. It is pure; what is not known is told apart from what is zero.
package trends

import (
	"cmp"
	"slices"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Severities are those of incidents, the worst first.
var Severities = []normalize.Severity{normalize.SeverityCritical, normalize.SeverityMajor, normalize.SeverityUnknown,
	normalize.SeverityMinor, normalize.SeverityNone}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// Weeks are the weeks from Monday to Monday, in UTC, that begin at since or contain it, up to until.
func Weeks(since, until time.Time) []time.Time {
	monday := since.UTC().Truncate(day)
	monday = monday.AddDate(0, 0, -(int(monday.Weekday())+6)%7)
	var weeks []time.Time
	for ; monday.Before(until); monday = monday.Add(week) {
		weeks = append(weeks, monday)
	}
	return weeks
}

// ByWeek is how many incidents began in each week.
type ByWeek struct {
	Weeks  []time.Time
	Counts [][]int // by week, and by the order of Severities
	Totals []int   // by week
	Most   int     // in one week
	All    int
}

// Count counts the incidents that began in these weeks, by the severity that they have now.
func Count(incidents []query.IncidentImpact, weeks []time.Time, now time.Time) ByWeek {
	b := ByWeek{Weeks: weeks, Counts: make([][]int, len(weeks)), Totals: make([]int, len(weeks))}
	for n := range b.Counts {
		b.Counts[n] = make([]int, len(Severities))
	}
	for _, i := range incidents {
		n := weekOf(weeks, i.CountedAt)
		if n < 0 || i.CountedAt.After(now) {
			continue
		}
		s := slices.Index(Severities, normalize.Severity(i.Severity))
		if s < 0 {
			s = slices.Index(Severities, normalize.SeverityUnknown)
		}
		b.Counts[n][s]++
		b.Totals[n]++
		b.All++
		b.Most = max(b.Most, b.Totals[n])
	}
	return b
}

// weekOf is the place of the week in which a moment lies, or -1.
func weekOf(weeks []time.Time, at time.Time) int {
	if len(weeks) == 0 || at.Before(weeks[0]) {
		return -1
	}
	if n := int(at.Sub(weeks[0]) / week); n < len(weeks) {
		return n
	}
	return -1
}

// Cell is the impact on one vendor in one week.
type Cell struct {
	Impact  time.Duration
	Known   bool    // something is known: the page was read at some time of the week, or tells of an incident then
	Stated  bool    // the length of at least one incident is known, or there was none
	Unknown int     // incidents of unknown length, which Impact lacks
	Seen    float64 // share of the week in which the vendor's pages were read
}

// Partly reports whether there may have been more impact than is counted: the pages were not read all the time, or an
// incident is of unknown length.
func (c Cell) Partly() bool { return c.Seen < 1 || c.Unknown > 0 }

// Row is the impact on one vendor by weeks.
type Row struct {
	Vendor, VendorName string
	Cells              []Cell
	Sum                time.Duration
}

// HeatRow counts the impact on one vendor in each week, of the stretches that its uptime is made of.
func HeatRow(vendor, name string, stretches []query.Stretch, weeks []time.Time, now time.Time) Row {
	r := Row{Vendor: vendor, VendorName: name}
	for _, from := range weeks {
		c := cellOf(stretches, from, from.Add(week), now)
		r.Sum += c.Impact
		r.Cells = append(r.Cells, c)
	}
	return r
}

func cellOf(stretches []query.Stretch, from, to, now time.Time) Cell {
	s := query.ShareOf(stretches, from, to, now)
	c := Cell{Impact: s.Impact, Unknown: s.UnknownLength, Stated: s.KnownLength > 0 || s.UnknownLength == 0}
	if s.Window > 0 {
		c.Seen = float64(s.Known) / float64(s.Window)
	}
	c.Known = s.Known > 0 || s.KnownLength > 0 || s.UnknownLength > 0
	return c
}

// bounds are where one class of lengths ends and the next begins.
var bounds = []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour,
	8 * time.Hour, day, 3 * day}

// Classes are the names of the classes of lengths, the shortest first.
var Classes = []string{"under 15 min", "15 to 30 min", "30 min to 1 h", "1 to 2 h", "2 to 4 h", "4 to 8 h",
	"8 h to 1 d", "1 to 3 d", "3 d and more"}

// Lengths is how long incidents lasted that are over.
type Lengths struct {
	Counts  []int // by the order of Classes
	Known   int
	Most    int
	Median  time.Duration // of those whose length is known
	P90     time.Duration // nine in ten were over by then
	Open    int           // not over, and in no class
	Unknown int           // over, and of unknown length
}

// Distribute sorts the incidents that began in a window into classes of lengths.
func Distribute(incidents []query.IncidentImpact, since, until time.Time) Lengths {
	l := Lengths{Counts: make([]int, len(Classes))}
	var all []time.Duration
	for _, i := range incidents {
		switch {
		case i.CountedAt.Before(since) || !i.CountedAt.Before(until):
		case i.Open == 1:
			l.Open++
		case i.FromAt.IsZero() || i.ToAt.IsZero() || i.ToAt.Before(i.FromAt):
			l.Unknown++
		default:
			lasted := i.ToAt.Sub(i.FromAt)
			n, found := slices.BinarySearch(bounds, lasted)
			if found { // a bound belongs to the class that begins with it
				n++
			}
			l.Counts[n]++
			l.Most = max(l.Most, l.Counts[n])
			all = append(all, lasted)
		}
	}
	l.Known = len(all)
	l.Median, l.P90 = Percentile(all, 50), Percentile(all, 90)
	return l
}

// Percentile is the smallest of the lengths that so many in a hundred of them do not exceed; 0 if there are none.
func Percentile(lengths []time.Duration, percent int) time.Duration {
	if len(lengths) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(lengths))
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

// Bar is an incident on the line of its vendor.
type Bar struct {
	query.IncidentImpact
	From, To time.Time // within the window
	Unknown  bool      // its length is not known: only From is
	Story    int64     // of which it is a member; 0: of none
}

// Line is what happened at one vendor, by time.
type Line struct {
	Vendor, VendorName string
	Bars               []Bar
	Story              int64 // of its first incident that is a member of one; 0: none is

	begins time.Time // that incident, or the first
}

// Lately draws up what lasted at some time of a window that ends now, those whose trouble began first at the top. The
// vendors of a story stand together, where the first of them would; story is by incident.
func Lately(incidents []query.IncidentImpact, story map[int64]int64, since, now time.Time) []Line {
	var lines []Line
	at := map[string]int{}
	for _, i := range incidents {
		interval := i.Interval(now)
		b := Bar{IncidentImpact: i, From: interval.Start, To: interval.End, Story: story[i.IncidentID]}
		if b.From.IsZero() || b.To.IsZero() || b.To.Before(b.From) {
			b.From, b.To, b.Unknown = i.CountedAt, i.CountedAt, true
		}
		if b.To.Before(since) || b.From.After(now) {
			continue
		}
		if b.From.Before(since) {
			b.From = since
		}
		if b.To.After(now) {
			b.To = now
		}
		n, ok := at[i.Vendor]
		if !ok {
			n = len(lines)
			at[i.Vendor] = n
			lines = append(lines, Line{Vendor: i.Vendor, VendorName: i.VendorName})
		}
		lines[n].Bars = append(lines[n].Bars, b)
	}
	first := map[int64]time.Time{} // when a story begins
	for n := range lines {
		l := &lines[n]
		slices.SortFunc(l.Bars, func(a, b Bar) int {
			return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.IncidentID, b.IncidentID))
		})
		l.begins = l.Bars[0].From
		if at := slices.IndexFunc(l.Bars, func(b Bar) bool { return b.Story != 0 }); at >= 0 {
			l.Story, l.begins = l.Bars[at].Story, l.Bars[at].From
			if begins, ok := first[l.Story]; !ok || l.begins.Before(begins) {
				first[l.Story] = l.begins
			}
		}
	}
	place := func(l Line) time.Time {
		if l.Story == 0 {
			return l.begins
		}
		return first[l.Story]
	}
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(place(a).Compare(place(b)), cmp.Compare(a.Story, b.Story), a.begins.Compare(b.begins),
			cmp.Compare(a.Vendor, b.Vendor))
	})
	return lines
}
