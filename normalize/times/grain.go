package times

import (
	"time"

	"vendorwatch/normalize/lazyregexp"
)

// grain is the unit a time was printed in, as far as its value tells: a time on the full minute counts as one without
// seconds.
func grain(t time.Time) time.Duration {
	switch {
	case t.Nanosecond() != 0:
		return time.Millisecond
	case t.Second() != 0:
		return time.Second
	default:
		return time.Minute
	}
}

// Same reports whether two times may be one, printed in different grains.
func Same(a, b time.Time) bool {
	return a.Sub(b).Abs() < max(grain(a), grain(b), time.Second)
}

// Finer returns the finer of two spellings of one time, a if they contradict each other.
func Finer(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && Same(a, b) && grain(b) < grain(a) {
		return b
	}
	return a
}

var clockSeconds = lazyregexp.New(`\d:\d\d:\d\d(?:\D|$)|T\d{6}(?:\D|$)`)

// ToSecond reports whether a text prints a time to the second or finer. On the full minute it then means that minute,
// and not one of its seconds.
func ToSecond(t Printed) bool { return clockSeconds.MatchString(t.Text) || epoch.MatchString(t.Text) }

// OfPost reports whether a time that a vendor states is no more than that of a post, in another grain. toSecond says
// that it is printed to the second: 15:58:00 is not the time of a post of 15:58:56, while 15:58 may be.
func OfPost(stated, posted time.Time, toSecond bool) bool {
	if toSecond && grain(posted) < time.Minute {
		return stated.Sub(posted).Abs() < time.Second
	}
	return Same(stated, posted)
}
