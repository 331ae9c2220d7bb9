package terminal

import (
	"time"

	"vendorwatch/cmd/internal/words"
)

// Minute writes a stored time for people, in the zone of the one who reads: "2026-11-23 10:02". The zone, which a
// column's heading names, is added where the clocks went differently then.
func Minute(at string) string {
	t := words.Time(at).Local()
	switch {
	case words.Time(at).IsZero():
		return at
	case t.Format("MST") != time.Now().Format("MST"):
		return t.Format("2006-01-02 15:04 MST")
	}
	return t.Format("2006-01-02 15:04")
}

// Moment is Minute with its zone, for a sentence.
func Moment(at string) string {
	if words.Time(at).IsZero() {
		return at
	}
	return words.Time(at).Local().Format("2006-01-02 15:04 MST")
}

// When is a column of times as Minute writes them. Its heading has the zone: "Started (UTC)".
func When(name string) Column { return Whole(name + " (" + time.Now().Format("MST") + ")") }
