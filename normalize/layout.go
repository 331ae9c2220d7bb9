package normalize

import (
	"fmt"
	"strings"
	"time"
)

// layoutTime reads a text that has the form of t.Layout, and no other. What the form leaves out, a year or a
// day, is that which lies closest to t.Near; a zone that it leaves out is the page's, else UTC.
func layoutTime(t RawTime, text string, zone *time.Location) (time.Time, error) {
	at, err := time.Parse(t.Layout, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q does not have the form %q", t.Text, t.Layout)
	}
	has := func(other time.Time) bool { return layoutProbe.Format(t.Layout) != other.Format(t.Layout) }
	p := timeParts{
		year: at.Year(), month: at.Month(), day: at.Day(),
		hour: at.Hour(), minute: at.Minute(), second: at.Second(), ns: at.Nanosecond(),
		hasYear: has(layoutProbe.AddDate(4, 0, 0)), hasMonth: has(layoutProbe.AddDate(0, 7, 0)),
		hasDay: has(layoutProbe.AddDate(0, 0, 7)), hasClock: true,
	}
	switch {
	case strings.Contains(t.Layout, "-07"), strings.Contains(t.Layout, "Z07"):
		p.zone = at.Format("-07:00")
	case strings.Contains(t.Layout, "MST"):
		// An abbreviation that the parser does not know means UTC to it, so that only its name is taken.
		p.zone, _ = at.Zone()
	}
	return p.resolve(t.Near, zone)
}

// layoutProbe is a time whose every part differs from those of the times it is compared with.
var layoutProbe = time.Date(2001, time.February, 3, 16, 5, 6, 0, time.UTC)

// CheckLayout returns an error if a layout, in the form of package time, tells neither a day nor a time of day.
func CheckLayout(layout string) error {
	for _, other := range []time.Time{layoutProbe.AddDate(0, 0, 7), layoutProbe.Add(5 * time.Hour)} {
		if layoutProbe.Format(layout) != other.Format(layout) {
			return nil
		}
	}
	return fmt.Errorf("%q is no form of a time", layout)
}
