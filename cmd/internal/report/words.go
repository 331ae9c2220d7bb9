package report

import (
	"fmt"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// parse reads a stored time; the zero time stands for none.
func parse(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// when writes a moment for a reader in zone; the year appears only where it is not now's.
func when(t time.Time, zone *time.Location, now time.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	layout := "Mon 2 Jan 15:04 MST"
	if t.In(zone).Year() != now.In(zone).Year() {
		layout = "Mon 2 Jan 2006 15:04 MST"
	}
	return t.In(zone).Format(layout)
}

// window writes the span of a maintenance: the day is not repeated, and the zone is named once unless
// the clocks change within.
func window(from, to time.Time, zone *time.Location, now time.Time) string {
	if to.IsZero() || to.Before(from) {
		return when(from, zone, now)
	}
	a, b := from.In(zone), to.In(zone)
	span := ""
	switch {
	case a.Format("MST") != b.Format("MST"):
		return when(from, zone, now) + " to " + when(to, zone, now) + ", " + normalize.Duration(to.Sub(from))
	case a.Format(time.DateOnly) == b.Format(time.DateOnly):
		span = strings.TrimSuffix(when(from, zone, now), a.Format(" MST")) + "–" + b.Format("15:04 MST")
	default:
		span = strings.TrimSuffix(when(from, zone, now), a.Format(" MST")) + " to " + when(to, zone, now)
	}
	return span + ", " + normalize.Duration(to.Sub(from))
}

// spell turns an enum's word into words for people: "in_progress" into "in progress".
func spell(word string) string { return strings.ReplaceAll(oneLine(word), "_", " ") }

// severityWords says how bad; a vendor that did not say is not made out to be harmless.
func severityWords(severity string) string {
	switch normalize.Severity(severity) {
	case normalize.SeverityUnknown, "":
		return "severity unknown"
	case normalize.SeverityNone:
		return "no impact"
	}
	return oneLine(severity)
}

// severityChange says which way it went: "minor → critical (worse)".
func severityChange(from, to string) string {
	from, to = oneLine(from), oneLine(to)
	words := firstOf(from, "unknown") + " → " + firstOf(to, "unknown")
	a, b := normalize.Severity(from), normalize.Severity(to)
	switch {
	case a == normalize.SeverityUnknown || b == normalize.SeverityUnknown || from == "" || to == "":
		return words
	case b.Rank() > a.Rank():
		return words + " (worse)"
	case b.Rank() < a.Rank():
		return words + " (milder)"
	}
	return words
}

// count writes a number with its noun: "1 incident", "3 incidents".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
