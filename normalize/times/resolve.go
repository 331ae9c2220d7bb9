package times

import (
	"fmt"
	"time"
)

// resolve returns the time that the parts mean. What is not printed is taken from the date near by.
func (p timeParts) resolve(near string, zone *time.Location) (time.Time, error) {
	p, err := p.dated(near, zone)
	if err != nil {
		return time.Time{}, err
	}
	return p.in(zone)
}

// dated fills in the year, or the whole day, from the date near by.
func (p timeParts) dated(near string, zone *time.Location) (timeParts, error) {
	var ref time.Time
	if (!p.hasYear || !p.hasMonth || !p.hasDay) && near != "" {
		var err error
		if ref, err = nearTime(near); err != nil {
			return p, fmt.Errorf("the date near by: %w", err)
		}
	}
	switch {
	case !p.hasMonth:
		if ref.IsZero() || p.hasDay {
			return p, fmt.Errorf("no day is printed")
		}
		p.year, p.month, p.day = ref.Date()
		p.hasYear, p.hasMonth, p.hasDay = true, true, true
		return p, nil
	case !p.hasDay && !p.hasYear:
		return p, fmt.Errorf("no day is printed")
	case !p.hasDay:
		p.day, p.hasDay = 1, true
	}
	if p.hasYear {
		if p.day > daysOf(p.year, p.month) {
			return p, fmt.Errorf("%d has no %s %d", p.year, p.month, p.day)
		}
		return p, nil
	}
	if ref.IsZero() {
		return p, fmt.Errorf("no year is printed, nor any near by")
	}
	return p.inYearNear(ref, zone)
}

// inYearNear takes the year in which the day lies closest to ref.
func (p timeParts) inYearNear(ref time.Time, zone *time.Location) (timeParts, error) {
	var best timeParts
	var closest time.Duration
	for y := ref.Year() - 1; y <= ref.Year()+1; y++ {
		if p.day > daysOf(y, p.month) {
			continue
		}
		p.year, p.hasYear = y, true
		t, err := p.in(zone)
		if err != nil {
			return p, err
		}
		if apart := t.Sub(ref).Abs(); !best.hasYear || apart < closest {
			best, closest = p, apart
		}
	}
	if !best.hasYear {
		return p, fmt.Errorf("no year near %d has a %s %d", ref.Year(), p.month, p.day)
	}
	return best, nil
}

// daysOf returns the number of days of a month.
func daysOf(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// in returns the time of parts that have a date, in the zone that is printed beside them, else in the page's.
func (p timeParts) in(zone *time.Location) (time.Time, error) {
	wall := time.Date(p.year, p.month, p.day, p.hour24(), p.minute, p.second, p.ns, time.UTC)
	return inZone(wall, p.zone, zone)
}

// nearTime reads Printed.Near; a month alone stands for its middle, a day for its noon.
func nearTime(near string) (time.Time, error) {
	if t, ok := machineTime(near, nil); ok {
		if len(near) == len("2006-01-02") {
			t = t.Add(12 * time.Hour)
		}
		return t, nil
	}
	p, err := scanTime(timeText(near))
	if err != nil {
		return time.Time{}, err
	}
	if !p.hasYear || !p.hasMonth {
		return time.Time{}, fmt.Errorf("%q holds no year and month", near)
	}
	if !p.hasDay {
		p.day = 15
	}
	if !p.hasClock {
		p.hour = 12
	}
	return p.in(nil)
}
