package times

import "time"

// Zoneless reports whether a text prints a time of day without its zone, so that the page's own zone decides which
// time it means. For a period, at least one of its ends must have a zone.
func Zoneless(t Printed) bool {
	if _, machine := RFC3339(t.Text); machine || t.IsZero() {
		return false
	}
	// Zones that have nothing in common: what is the same in both does not depend on the zone.
	west, east := time.FixedZone("", -12*3600), time.FixedZone("", 14*3600)
	from, err := parseIn(t, west)
	if err == nil {
		other, err := parseIn(t, east)
		return err == nil && !from.Equal(other) && printsClock(t, from.In(west))
	}
	start, end, ok := splitPeriod(timeText(singleSpaced(t.Text)))
	return ok && start.zone == "" && end.zone == ""
}

// printsClock reports whether a text shows a time of day: a date alone is no exact time in any zone.
func printsClock(t Printed, at time.Time) bool {
	if at.Hour() != 0 || at.Minute() != 0 || at.Second() != 0 {
		return true
	}
	for _, layout := range zonelessLayouts {
		if _, err := time.Parse(layout, singleSpaced(t.Text)); err == nil {
			return layout != "2006-01-02"
		}
	}
	p, err := scanTime(timeText(singleSpaced(t.Text)))
	return err == nil && p.hasClock
}
