package words

import (
	"fmt"
	"strings"
	"time"
)

const day = 24 * time.Hour

// Time reads a stored time. The zero time stands for none, and for a text that is not a time.
func Time(stored string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, stored)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Duration writes a length of time in its two largest units: "8 min", "2 h 5 min", "3 d 4 h". Parts of a minute
// are left out, since vendors do not publish them. A negative length is "unknown".
func Duration(d time.Duration) string {
	units := func(large time.Duration, largeUnit string, small time.Duration, smallUnit string) string {
		text := fmt.Sprintf("%d %s", d/large, largeUnit)
		if rest := d % large / small; rest > 0 {
			text += fmt.Sprintf(" %d %s", rest, smallUnit)
		}
		return text
	}
	switch {
	case d < 0:
		return "unknown"
	case d < time.Minute:
		return "under 1 min"
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < day:
		return units(time.Hour, "h", time.Minute, "min")
	}
	return units(day, "d", time.Hour, "h")
}

// Seconds is Duration for a length that is stored in seconds.
func Seconds(n int64) string { return Duration(time.Duration(n) * time.Second) }

// Ago writes how long before now a moment was, or how long after now it will be: "5 min ago", "in 2 h",
// "just now". The zero time is "never".
func Ago(t, now time.Time) string {
	switch d := now.Sub(t); {
	case t.IsZero():
		return "never"
	case d < -time.Minute:
		return "in " + Duration(-d)
	case d < time.Minute:
		return "just now"
	default:
		return Duration(d) + " ago"
	}
}

// Moment writes a moment in a zone: "Mon 24 Nov 07:00 UTC". The year stands there only where it is not the year
// of now.
func Moment(t time.Time, zone *time.Location, now time.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	layout := "Mon 2 Jan 15:04 MST"
	if t.In(zone).Year() != now.In(zone).Year() {
		layout = "Mon 2 Jan 2006 15:04 MST"
	}
	return t.In(zone).Format(layout)
}

// Window writes when a maintenance begins and ends, and how long it takes: "Mon 10 Mar 23:00–23:30 CET, 30 min".
// A day that both share is not repeated, and the zone is named once unless the clocks change in between. Without
// an end, or with one before the start, it is the start alone.
func Window(from, to time.Time, zone *time.Location, now time.Time) string {
	begin := Moment(from, zone, now)
	if to.IsZero() || to.Before(from) {
		return begin
	}
	a, b := from.In(zone), to.In(zone)
	withoutZone := strings.TrimSuffix(begin, a.Format(" MST"))
	length := ", " + Duration(to.Sub(from))
	switch {
	case a.Format("MST") != b.Format("MST"):
		return begin + " to " + Moment(to, zone, now) + length
	case a.Format(time.DateOnly) == b.Format(time.DateOnly):
		return withoutZone + "–" + b.Format("15:04 MST") + length
	}
	return withoutZone + " to " + Moment(to, zone, now) + length
}
