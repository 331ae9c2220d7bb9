package simulate

import "time"

// Stretch is a part of a story: for Real time on the wall, Virtual time passes in the story.
type Stretch struct {
	Real    time.Duration
	Virtual time.Duration
}

// Clock tells a story's time. It runs at the pace of its stretches and arrives at the wall clock's
// time at the end of the last one; from then on the two are the same. A story whose stretches are
// never slower than the wall clock is never in the future.
type Clock struct {
	wall      func() time.Time
	began     time.Time // wall time of the beginning
	from      time.Time // story time of the beginning
	stretches []Stretch
}

// NewClock starts a clock now. wall is the clock on the wall, time.Now outside of tests.
func NewClock(wall func() time.Time, stretches ...Stretch) *Clock {
	began := wall()
	c := &Clock{wall: wall, began: began, stretches: stretches}
	lead := time.Duration(0)
	for _, s := range stretches {
		lead += s.Virtual - s.Real
	}
	// Round strips the monotonic reading: story times are compared and stored as plain dates.
	c.from = began.Round(0).UTC().Add(-lead)
	return c
}

// Now returns the story's time, in UTC.
func (c *Clock) Now() time.Time { return c.At(c.wall().Sub(c.began)) }

// At returns the story's time when that much wall time has passed since the beginning.
func (c *Clock) At(elapsed time.Duration) time.Time {
	t := c.from
	for _, s := range c.stretches {
		if elapsed < s.Real {
			// Floating point, because nine days times seconds overflow an int64 of nanoseconds.
			return t.Add(time.Duration(float64(s.Virtual) * (float64(elapsed) / float64(s.Real))))
		}
		elapsed -= s.Real
		t = t.Add(s.Virtual)
	}
	return t.Add(elapsed)
}

// Length is how much wall time the stretches take together.
func (c *Clock) Length() time.Duration {
	total := time.Duration(0)
	for _, s := range c.stretches {
		total += s.Real
	}
	return total
}

// Remaining is how much wall time is left until the end of the last stretch; 0 when it is over.
func (c *Clock) Remaining() time.Duration {
	return max(0, c.Length()-c.wall().Sub(c.began))
}

// Most returns the most story time that passes in so much wall time.
func (c *Clock) Most(real time.Duration) time.Duration {
	most := real
	for _, s := range c.stretches {
		if s.Real > 0 {
			most = max(most, time.Duration(float64(s.Virtual)*(float64(real)/float64(s.Real))))
		}
	}
	return most
}
