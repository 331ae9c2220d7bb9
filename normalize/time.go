package normalize

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ParseTime reads a printed time as UTC. It knows RFC 3339, RFC 1123 and epoch seconds or milliseconds,
// and the forms of status pages: "Aug 29, 2025, 05:46 PM UTC", "Oct 16, 2025 - 12:42 EDT", "Nov 2, 16:09 PST",
// "8 November 2025 14:07 GMT+08". A missing year, or day, is that which lies closest to t.Near; a missing
// zone is the page's zone, else UTC. Where t.Layout is set, the text has that form and no other is tried.
// The error says what could not be read; the time is then zero.
func ParseTime(t RawTime, zone string) (time.Time, error) {
	if at, ok := rfc3339Time(t.Text); ok && t.Layout == "" {
		return plausible(at)
	}
	return parseTime(t, pageZone(zone))
}

// rfc3339Time reads the form that machines write. It needs no zone, and looking one up costs far more
// than the reading.
func rfc3339Time(text string) (time.Time, bool) {
	at, err := time.Parse(time.RFC3339Nano, text)
	return at, err == nil
}

func parseTime(t RawTime, zone *time.Location) (time.Time, error) {
	text := strings.Join(strings.Fields(zeroWidth.Replace(strings.ReplaceAll(t.Text, "\u00a0", " "))), " ")
	if text == "" {
		return time.Time{}, fmt.Errorf("no time is printed")
	}
	if t.Layout != "" {
		at, err := layoutTime(t, text, zone)
		if err != nil {
			return time.Time{}, err
		}
		return plausible(at)
	}
	if at, ok := machineTime(text, zone); ok {
		return plausible(at)
	}
	p, err := scanTime(text)
	if err != nil {
		return time.Time{}, err
	}
	if !p.hasMonth && !p.hasClock {
		return time.Time{}, fmt.Errorf("%q holds no date", t.Text)
	}
	at, err := p.resolve(t.Near, zone)
	if err != nil {
		return time.Time{}, err
	}
	return plausible(at)
}

// plausible refuses years that no status page has written about.
func plausible(t time.Time) (time.Time, error) {
	t = t.UTC().Truncate(time.Millisecond)
	if t.Year() < 1990 || t.Year() > 2199 {
		return time.Time{}, fmt.Errorf("the year %d cannot be", t.Year())
	}
	return t, nil
}

var machineLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00",
	"2006-01-02 15:04:05.999999999 Z0700", "2006-01-02 15:04:05.999999999 -0700", "2006-01-02 15:04:05.999999999 -07:00",
	"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04 -0700",
	time.RFC1123Z, "Mon, _2 Jan 2006 15:04:05 -0700", "_2 Jan 2006 15:04:05 -0700",
}

var zonelessLayouts = []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"}

var (
	epoch         = regexp.MustCompile(`^\d{9,10}(?:\.\d+)?$|^\d{12,13}$`)
	isoWithAbbrev = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?([A-Za-z]{1,5}(?:[+-]\d{1,4})?)$`)
)

func machineTime(text string, zone *time.Location) (time.Time, bool) {
	if epoch.MatchString(text) {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return time.Time{}, false
		}
		if n > 1e11 {
			return time.UnixMilli(int64(n)), true
		}
		sec, frac := math.Modf(n)
		return time.Unix(int64(sec), int64(frac*1e9)), true
	}
	for _, layout := range machineLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range zonelessLayouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	if m := isoWithAbbrev.FindStringSubmatch(text); m != nil {
		for _, layout := range zonelessLayouts[1:4] {
			if t, err := time.Parse(layout, m[1]+" "+m[2]); err == nil {
				at, err := clock(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), m[3], zone)
				return at, err == nil
			}
		}
	}
	return time.Time{}, false
}

// timeParts holds the parts of a time that a text shows.
type timeParts struct {
	year, day                int
	month                    time.Month
	hour, minute, second, ns int
	zone                     string
	hasMonth, hasDay         bool
	hasYear, hasClock        bool
}

var months = map[string]time.Month{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
	"january": 1, "february": 2, "march": 3, "april": 4, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
}

var fillers = map[string]bool{
	"at": true, "on": true, "of": true, "the": true, "posted": true, "updated": true, "time": true, "-": true, "–": true, "—": true, "@": true,
	"mon": true, "tue": true, "tues": true, "wed": true, "thu": true, "thur": true, "thurs": true, "fri": true, "sat": true, "sun": true,
	"monday": true, "tuesday": true, "wednesday": true, "thursday": true, "friday": true, "saturday": true, "sunday": true,
}

var (
	clockForm = regexp.MustCompile(`^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?i:(am|pm|a\.m\.|p\.m\.))?(Z)?$`)
	hourForm  = regexp.MustCompile(`^(\d{1,2})(?i:(am|pm))$`)
	dayForm   = regexp.MustCompile(`^(\d{1,2})(?i:st|nd|rd|th)?$`)
	isoDate   = regexp.MustCompile(`^(\d{4})-(\d{2})-(\d{2})$`)
	zoneForm  = regexp.MustCompile(`^[A-Za-z]{1,5}$|^(?i:GMT|UTC)?[+−-]\d{1,2}(?::?\d{2})?$`)
)

func scanTime(text string) (timeParts, error) {
	var p timeParts
	for _, token := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '(' || r == ')' }) {
		word := strings.ToLower(strings.TrimSuffix(token, "."))
		month, isMonth := months[word]
		switch {
		case isMonth && !p.hasMonth:
			p.month, p.hasMonth = month, true
		case fillers[word]:
		case clockForm.MatchString(token):
			if err := p.setClock(clockForm.FindStringSubmatch(token)); err != nil {
				return p, fmt.Errorf("%q: %w", text, err)
			}
		case hourForm.MatchString(token) && !p.hasClock:
			m := hourForm.FindStringSubmatch(token)
			if err := p.setClock([]string{"", m[1], "0", "", "", m[2], ""}); err != nil {
				return p, fmt.Errorf("%q: %w", text, err)
			}
		case isoDate.MatchString(token) && !p.hasMonth:
			m := isoDate.FindStringSubmatch(token)
			p.year, _ = strconv.Atoi(m[1])
			mo, _ := strconv.Atoi(m[2])
			p.day, _ = strconv.Atoi(m[3])
			p.month, p.hasMonth, p.hasDay, p.hasYear = time.Month(mo), true, true, true
		case p.hasClock && (word == "am" || word == "pm" || word == "a.m" || word == "p.m"):
			if err := p.meridiem(word[:1]); err != nil {
				return p, fmt.Errorf("%q: %w", text, err)
			}
		case dayForm.MatchString(token) && !p.hasDay:
			p.day, _ = strconv.Atoi(dayForm.FindStringSubmatch(token)[1])
			p.hasDay = true
		case len(token) == 4 && !p.hasYear && allDigits(token):
			p.year, _ = strconv.Atoi(token)
			p.hasYear = true
		case zoneForm.MatchString(token) && p.hasClock && p.zone == "":
			p.zone = token
		case zoneForm.MatchString(token) && p.hasClock && (token[0] == '+' || token[0] == '-'):
			p.zone = token // "GMT +08": the offset is the more exact
		default:
			return p, fmt.Errorf("%q is no time: %q does not belong to one", text, token)
		}
	}
	if p.hasMonth && p.hasDay && (p.month < 1 || p.month > 12 || p.day < 1 || p.day > daysIn(p.month)) {
		return p, fmt.Errorf("%q: there is no such day", text)
	}
	return p, nil
}

func (p *timeParts) setClock(m []string) error {
	if p.hasClock {
		return fmt.Errorf("two times of day are printed")
	}
	p.hour, _ = strconv.Atoi(m[1])
	p.minute, _ = strconv.Atoi(m[2])
	p.second, _ = strconv.Atoi(m[3])
	if m[4] != "" {
		p.ns, _ = strconv.Atoi((m[4] + "000000000")[:9])
	}
	if m[6] != "" {
		p.zone = "UTC"
	}
	p.hasClock = true
	if p.hour > 24 || p.hour == 24 && p.minute > 0 || p.minute > 59 || p.second > 60 {
		return fmt.Errorf("there is no such time of day")
	}
	if m[5] != "" {
		return p.meridiem(strings.ToLower(m[5][:1]))
	}
	return nil
}

func (p *timeParts) meridiem(half string) error {
	if p.hour > 12 {
		if half == "p" && p.hour < 24 {
			return nil // "17:46 PM": said twice, but plain
		}
		return fmt.Errorf("there is no such time of day")
	}
	p.hour %= 12
	if half == "p" {
		p.hour += 12
	}
	return nil
}

// resolve fills in what is not printed from the date that lies near.
func (p timeParts) resolve(near string, zone *time.Location) (time.Time, error) {
	var ref time.Time
	if (!p.hasYear || !p.hasMonth || !p.hasDay) && near != "" {
		var err error
		if ref, err = nearTime(near); err != nil {
			return time.Time{}, fmt.Errorf("the date near by: %w", err)
		}
	}
	if !p.hasMonth {
		if ref.IsZero() || p.hasDay {
			return time.Time{}, fmt.Errorf("no day is printed")
		}
		return p.onDayNear(ref, zone)
	}
	if !p.hasDay {
		if !p.hasYear {
			return time.Time{}, fmt.Errorf("no day is printed")
		}
		p.day = 1
	}
	if p.hasYear {
		if p.day > time.Date(p.year, p.month+1, 0, 0, 0, 0, 0, time.UTC).Day() {
			return time.Time{}, fmt.Errorf("%d has no %s %d", p.year, p.month, p.day)
		}
		return p.in(p.year, zone)
	}
	if ref.IsZero() {
		return time.Time{}, fmt.Errorf("no year is printed, nor any near by")
	}
	var best time.Time
	for y := ref.Year() - 1; y <= ref.Year()+1; y++ {
		if p.day > time.Date(y, p.month+1, 0, 0, 0, 0, 0, time.UTC).Day() {
			continue
		}
		t, err := p.in(y, zone)
		if err != nil {
			return time.Time{}, err
		}
		if best.IsZero() || t.Sub(ref).Abs() < best.Sub(ref).Abs() {
			best = t
		}
	}
	if best.IsZero() {
		return time.Time{}, fmt.Errorf("no year near %d has a %s %d", ref.Year(), p.month, p.day)
	}
	return best, nil
}

// onDayNear puts a time of day on the day that brings it closest to ref, or onto ref's own day if
// ref is a whole day.
func (p timeParts) onDayNear(ref time.Time, zone *time.Location) (time.Time, error) {
	p.year, p.month, p.day = ref.Date()
	return p.in(p.year, zone)
}

func (p timeParts) in(year int, zone *time.Location) (time.Time, error) {
	return clock(year, p.month, p.day, p.hour, p.minute, p.second, p.ns, p.zone, zone)
}

// nearTime reads RawTime.Near; a month alone stands for its middle, a day for its noon.
func nearTime(near string) (time.Time, error) {
	if t, ok := machineTime(near, nil); ok {
		if len(near) == len("2006-01-02") {
			t = t.Add(12 * time.Hour)
		}
		return t, nil
	}
	p, err := scanTime(near)
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
	return p.in(p.year, nil)
}

var rangeForm = regexp.MustCompile(`^(.*\d{1,2}:\d{2}.*?)\s+(?:-|–|—|to|until)\s+(.*\d{1,2}:\d{2}.*)$`)

// ParsePeriod reads two times printed as one text: "Feb 29, 22:00 - 23:00 GMT", "Jan 30, 22:00 - Jan 31, 06:00 CET".
// An end without a date lies on the start's day, or the next if it would lie before the start. A
// single time is the start; the end is then zero.
func ParsePeriod(t RawTime, zone string) (start, end time.Time, err error) {
	loc := pageZone(zone)
	text := strings.Join(strings.Fields(t.Text), " ")
	m := rangeForm.FindStringSubmatch(text)
	if m == nil {
		start, err = parseTime(t, loc)
		return start, time.Time{}, err
	}
	from, err := scanTime(m[1])
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	to, err := scanTime(m[2])
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	borrowed := from.zone == "" && to.zone != ""
	if borrowed {
		from.zone = to.zone
	}
	if !from.hasYear && to.hasYear && from.hasMonth && to.hasMonth {
		from.year, from.hasYear = to.year, true
		if from.month > to.month {
			from.year--
		}
	}
	if start, err = from.resolve(t.Near, loc); err != nil {
		return time.Time{}, time.Time{}, err
	}
	if to.hasMonth && to.hasDay {
		end, err = to.resolve(FormatTime(start), loc)
	} else {
		to.year, to.month, to.day = from.dateOf(start, loc)
		if end, err = to.in(to.year, loc); err == nil && end.Before(start) {
			end, err = clock(to.year, to.month, to.day+1, to.hour, to.minute, to.second, to.ns, to.zone, loc)
		}
	}
	if err != nil {
		return start.UTC(), time.Time{}, err
	}
	if borrowed {
		start = from.beforeChange(start, end, t.Near, loc)
	}
	if start, err = plausible(start); err != nil {
		return time.Time{}, time.Time{}, err
	}
	end, err = plausible(end)
	return start, end, err
}

// dateOf returns the date that was printed for start.
func (p timeParts) dateOf(start time.Time, zone *time.Location) (int, time.Month, int) {
	if p.hasMonth && p.hasDay {
		return start.Year(), p.month, p.day
	}
	if zone != nil {
		start = start.In(zone)
	}
	return start.Date()
}

func daysIn(m time.Month) int { return time.Date(2024, m+1, 0, 0, 0, 0, 0, time.UTC).Day() }

func allDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

var durationPart = regexp.MustCompile(`(?i)(\d+(?:\.\d+)?)\s*(days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)\b`)

// parseDuration reads a printed duration such as "1d 3h", "8h 38m", "9 hours and 18 minutes". unit is its
// smallest printed unit, 0 if there is no duration in the text.
func parseDuration(s string) (d, unit time.Duration) {
	for _, m := range durationPart.FindAllStringSubmatch(s, -1) {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil || n > 1e5 {
			return 0, 0
		}
		u := map[byte]time.Duration{'d': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute, 's': time.Second}[strings.ToLower(m[2])[0]]
		d += time.Duration(n * float64(u))
		if unit == 0 || u < unit {
			unit = u
		}
	}
	return d, unit
}
