package times

import (
	"time"

	"vendorwatch/normalize/lazyregexp"
)

// ParsePeriod reads two times that are printed as one text: "Feb 29, 22:00 - 23:00 GMT", "Jan 30, 22:00 - Jan 31,
// 06:00 CET", "between 2:50 and 4:55 AM on May 3, 2026". What is printed beside one of the two only, a date, a zone or
// AM and PM, holds for both; an end without a date lies on the start's day, or on the next one if it would
// lie before the start. A missing year or day is the one closest to t.Near. A single time is the start; the end is then
// zero.
func ParsePeriod(t Printed, zone string) (start, end time.Time, err error) {
	page := pageZone(zone)
	text := timeText(singleSpaced(t.Text))
	from, to, ok := splitPeriod(text)
	if !ok {
		start, err = parseIn(t, page)
		return start, time.Time{}, err
	}
	if start, end, err = resolvePeriod(from, to, t.Near, page); err != nil {
		return time.Time{}, time.Time{}, err
	}
	if start, err = plausible(start); err != nil {
		return time.Time{}, time.Time{}, err
	}
	if end, err = plausible(end); err != nil {
		return time.Time{}, time.Time{}, err
	}
	return start, end, nil
}

var (
	periodIntro     = lazyregexp.New(`(?i)(^|,? )(?:between|from|von|de|du|desde|van|dal|dalle) `)
	periodSeparator = lazyregexp.New(`(?i) (?:-|–|—|~|/|to|and|until|till|til|through|thru|bis|à|al|alle|hasta|` +
		`até|tot|do) `)
	tightSeparator = lazyregexp.New(`(?i)(\d(?:[ap]m)?)[-–—~](\d{1,2}(?:[ap]m|:\d{2}))|(Z)/(\d)`)
	bareHour       = lazyregexp.New(`(^|[ ,])(\d{1,2})$`)
)

// splitPeriod finds the two times of a period in a text that timeText has prepared; ok is false if there are not two.
func splitPeriod(text string) (from, to timeParts, ok bool) {
	text = periodIntro.ReplaceAllString(text, "$1")
	for _, s := range []string{text, tightSeparator.ReplaceAllString(text, "$1$3 - $2$4")} {
		for _, at := range periodSeparator.FindAllStringIndex(s, -1) {
			if from, to, ok = readPeriod(s[:at[0]], s[at[1]:]); ok {
				return from, to, true
			}
		}
	}
	return timeParts{}, timeParts{}, false
}

// readPeriod reads the two sides of a separator. The start may be a bare hour, "2 - 4:55 AM", if the end has AM or PM.
func readPeriod(left, right string) (from, to timeParts, ok bool) {
	to, err := scanTime(right)
	if err != nil || !to.hasClock {
		return from, to, false
	}
	from, err = scanTime(left)
	if (err != nil || !from.hasClock) && to.half != 0 {
		from, err = scanTime(bareHour.ReplaceAllString(left, "$1$2:00"))
	}
	return from, to, err == nil && from.hasClock
}

// resolvePeriod returns the times of a period. Each side gets what only the other one has.
func resolvePeriod(from, to timeParts, near string, page *time.Location) (start, end time.Time, err error) {
	fromBorrows, toBorrows := from.zone == "" && to.zone != "", to.zone == "" && from.zone != ""
	if fromBorrows {
		from.zone = to.zone
	} else if toBorrows {
		to.zone = from.zone
	}
	shareMeridiem(&from, &to)
	if !from.hasYear && to.hasYear && from.hasMonth && to.hasMonth {
		from.year, from.hasYear = to.year, true
		if from.month > to.month {
			from.year--
		}
	}
	dated := func(p timeParts) bool { return p.hasMonth && p.hasDay }
	if dated(to) && !dated(from) {
		end, start, err = to.resolveWith(&from, near, page, -1)
	} else {
		if !dated(to) {
			to.hasMonth, to.hasDay, to.hasYear = false, false, false
		}
		start, end, err = from.resolveWith(&to, near, page, +1)
	}
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	switch {
	case fromBorrows:
		if moved := from.acrossChange(start, end, page); !moved.After(end) {
			start = moved
		}
	case toBorrows:
		if moved := to.acrossChange(end, start, page); !moved.Before(start) {
			end = moved
		}
	}
	return start, end, nil
}

// resolveWith resolves p, and then the other end of its period, which follows it if way is +1 and precedes it if way
// is -1. Without a date of its own, the other end lies on p's day, or a day further where it would be on the
// wrong side of p. Both are left with their dates filled in.
func (p *timeParts) resolveWith(other *timeParts, near string, page *time.Location, way int) (at, then time.Time,
	err error) {
	if *p, err = p.dated(near, page); err != nil {
		return at, then, err
	}
	if at, err = p.in(page); err != nil {
		return at, then, err
	}
	if other.hasMonth {
		if *other, err = other.dated(Format(at), page); err != nil {
			return at, then, err
		}
		then, err = other.in(page)
		return at, then, err
	}
	other.year, other.month, other.day = p.year, p.month, p.day
	if then, err = other.in(page); err != nil || then.Compare(at) != -way {
		return at, then, err
	}
	other.day += way
	then, err = other.in(page)
	return at, then, err
}

// shareMeridiem gives AM or PM that is printed at one end of a period only to the other one, such that the period is as
// short as it can be: "2:50 and 4:55 AM" begins in the night, "11:30 and 12:15 PM" before noon.
func shareMeridiem(from, to *timeParts) {
	bare, lead := from, 1
	printed := to
	if to.half == 0 {
		bare, printed, lead = to, from, -1
	}
	if printed.half == 0 || bare.half != 0 || bare.hour > 12 || bare.hour == 0 {
		return
	}
	if from.hasDay && to.hasDay {
		bare.half = printed.half
		return
	}
	length := func(half byte) int {
		p := *bare
		p.half = half
		minutes := lead * (60*(printed.hour24()-p.hour24()) + printed.minute - p.minute)
		return (minutes + 24*60) % (24 * 60)
	}
	if bare.half = 'a'; length('p') < length('a') {
		bare.half = 'p'
	}
}
