package simulate

import "time"

// DemoLength is the wall time a demo is made for.
const DemoLength = 50 * time.Second

// The shape of the demo's story: how its wall time is shared out and what each part covers. The
// middle part takes what is left, nine to ten days.
const (
	firstShare  = 0.5 // the first half hour, in which most happens
	middleShare = 0.4
	firstPart   = 30 * time.Minute
	lastPart    = 6 * time.Minute // the minutes up to now
)

// plot places the events of the demo in time.
type plot struct {
	clock  *Clock
	length time.Duration
}

// Demo returns the world of the demo, not yet started, and the clock by which it runs; whoever
// watches it must take the time from the same clock. wall is time.Now outside of tests, and length
// how long the story takes on the wall: DemoLength, less for tests, an hour at the most. It ends in
// the present and goes on from there at the pace of the wall.
func Demo(wall func() time.Time, length time.Duration) (*World, *Clock) {
	p := newPlot(wall, length)
	return New(p.clock.Now,
		p.kustomer(), p.parcelwise(), p.ledgerline(), p.mailferry(), p.nimbusRidge(), p.quillpay(), p.switchyard(),
	), p.clock
}

// newPlot lets the story begin at 17:42 UTC, because the Kustomer incident began at 17:46, on the
// last day that leaves room for the nine days until its postmortem.
func newPlot(wall func() time.Time, length time.Duration) plot {
	length = min(max(length, 10*time.Millisecond), time.Hour)
	now := wall().UTC()
	end := now.Add(length)
	latest := end.AddDate(0, 0, -9)
	begin := time.Date(latest.Year(), latest.Month(), latest.Day(), 17, 42, 0, 0, time.UTC)
	if begin.After(latest) {
		begin = begin.AddDate(0, 0, -1)
	}
	first := time.Duration(firstShare * float64(length))
	middle := time.Duration(middleShare * float64(length))
	return plot{length: length, clock: NewClock(wall,
		Stretch{Real: first, Virtual: firstPart},
		Stretch{Real: middle, Virtual: end.Sub(begin) - firstPart - lastPart},
		Stretch{Real: length - first - middle, Virtual: lastPart},
	)}
}

// at is the story's time at a second of a demo of fifty seconds, whatever its length is.
func (p plot) at(second float64) time.Time {
	return p.clock.At(time.Duration(second / DemoLength.Seconds() * float64(p.length))).Truncate(time.Millisecond)
}

// day is the story's first day at midnight UTC.
func (p plot) day() time.Time { return p.at(0).Truncate(24 * time.Hour) }

// past is a moment so many days before the story begins.
func (p plot) past(days, hour, minute int) time.Time {
	return p.day().AddDate(0, 0, -days).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute +
		417*time.Millisecond)
}

// component makes a component of a vendor, with an id that the updates can refer to.
func component(vendor, group, name string) Component {
	return Component{ID: code(vendor, group, name), Group: group, Name: name}
}

// closed is an incident of the past in three updates, for the history that a baseline takes in.
func closed(c Component, name, impact, status string, from time.Time, lasted time.Duration, seen, found,
	over string) Incident {
	return Incident{Name: name, Impact: impact, Updates: []Update{
		{State: "investigating", At: from, Body: seen, Sets: []Status{{c.ID, status}}},
		{State: "identified", At: from.Add(lasted / 3), Body: found},
		{State: "resolved", At: from.Add(lasted), Body: over, Sets: []Status{{c.ID, "operational"}}},
	}}
}
