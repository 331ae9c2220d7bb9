package times

import (
	"fmt"
	"strings"
	"time"

	"vendorwatch/normalize/lazyregexp"
)

// layoutTime reads a text that has the form of t.Layout, and no other; names of months and weekdays may be those of
// t.Language. A year or a day that the form leaves out is the one closest to t.Near; a zone that it
// leaves out is the page's, else UTC.
func layoutTime(t Printed, text string, zone *time.Location) (time.Time, error) {
	if t.Language != "" {
		if err := CheckLanguage(t.Language); err != nil {
			return time.Time{}, err
		}
		text = inEnglish(text, t.Layout, allDateNames()[t.Language])
	}
	at, err := time.Parse(t.Layout, layoutMeridiem(text, t.Layout))
	if err != nil {
		return time.Time{}, fmt.Errorf("%q does not have the form %q", t.Text, t.Layout)
	}
	has := func(other time.Time) bool { return layoutProbe.Format(t.Layout) != other.Format(t.Layout) }
	p := timeParts{
		year: at.Year(), month: at.Month(), day: at.Day(),
		hour: at.Hour(), minute: at.Minute(), second: at.Second(), ns: at.Nanosecond(),
		hasYear: has(layoutProbe.AddDate(6, 0, 0)), hasMonth: has(layoutProbe.AddDate(0, 1, 0)),
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

// layoutProbe is a Saturday. The times that it is compared with are Saturdays too and differ from it in one part, so
// that a layout which tells the weekday only tells neither day nor year.
var layoutProbe = time.Date(2001, time.February, 3, 16, 5, 6, 0, time.UTC)

var (
	dateWord       = lazyregexp.New(`\pL[\pL\pM'’׳]*\.?`)
	anyMeridiem    = lazyregexp.New(`(?i)(^|[\d ])([ap])\.? ?m\b\.?`)
	layoutWeekdays = strings.NewReplacer("Monday", "", "Mon", "")
)

// inEnglish writes the names of months and weekdays in a text in English, in the length that the layout has. The day of
// the week says nothing beside a date, so that any will do.
func inEnglish(text, layout string, names dateNames) string {
	short := func(full string) string {
		if strings.Contains(layout, "January") && full != "Monday" || strings.Contains(layout, full) {
			return full
		}
		return full[:3]
	}
	isMonth := func(word string) bool { return names.months[nameFold(word)] != 0 }
	months := 0 // still to come
	for _, word := range dateWord.FindAllString(text, -1) {
		if isMonth(word) {
			months++
		}
	}
	return dateWord.ReplaceAllStringFunc(text, func(word string) string {
		stop := ""
		if strings.HasSuffix(word, ".") && (strings.Contains(layout, "Jan.") || strings.Contains(layout, "Mon.")) {
			stop = "."
		}
		weekday := names.weekdays[nameFold(word)]
		if isMonth(word) {
			// "mar 3 mar": the first of two is the weekday.
			if months--; months == 0 || !weekday {
				return short(names.months[nameFold(word)].String()) + stop
			}
		}
		if weekday && layoutWeekdays.Replace(layout) != layout {
			return short("Monday") + stop
		}
		return word
	})
}

// layoutMeridiem writes AM and PM, in any case and with any dots, as the layout does.
func layoutMeridiem(text, layout string) string {
	switch {
	case strings.Contains(layout, "PM"):
		return anyMeridiem.ReplaceAllStringFunc(text, func(s string) string {
			m := anyMeridiem.FindStringSubmatch(s)
			return m[1] + strings.ToUpper(m[2]) + "M"
		})
	case strings.Contains(layout, "pm"):
		return anyMeridiem.ReplaceAllStringFunc(text, func(s string) string {
			m := anyMeridiem.FindStringSubmatch(s)
			return m[1] + strings.ToLower(m[2]) + "m"
		})
	}
	return text
}

// CheckLayout returns an error if a layout, in the form of package time, tells neither a day nor a time of day.
func CheckLayout(layout string) error {
	for _, other := range []time.Time{layoutProbe.AddDate(0, 0, 7), layoutProbe.Add(5 * time.Hour)} {
		if layoutProbe.Format(layout) != other.Format(layout) {
			return nil
		}
	}
	return fmt.Errorf("%q is no form of a time", layout)
}
