package times

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize/lazyregexp"
)

// timeParts holds the parts of a time that a text shows.
type timeParts struct {
	year, day                int
	month                    time.Month
	hour, minute, second, ns int
	half                     byte // 'a' or 'p' where AM or PM is printed
	zone                     string
	hasYear, hasMonth        bool
	hasDay, hasClock         bool

	weekdayLike bool // the word read as the month also abbreviates a weekday: "mar" is Tuesday in three languages
	dayFirst    bool // the day stands before the month
	shortYear   bool // the year has two digits
}

// moreNames are spellings of months and weekdays that are in use beside those of CLDR.
var moreNames = dateNames{
	months: map[string]time.Month{"sept": time.September, "mrz": time.March, "janner": time.January},
	weekdays: map[string]bool{
		"tues": true, "thur": true, "thurs": true, "weds": true,
		"月": true, "火": true, "水": true, "木": true, "金": true, "土": true, "日": true,
		"月曜日": true, "火曜日": true, "水曜日": true, "木曜日": true, "金曜日": true, "土曜日": true, "日曜日": true,
		"星期一": true, "星期二": true, "星期三": true, "星期四": true, "星期五": true, "星期六": true, "星期日": true, "星期天": true,
		"周一": true, "周二": true, "周三": true, "周四": true, "周五": true, "周六": true, "周日": true,
		"월": true, "화": true, "수": true, "목": true, "금": true, "토": true, "일": true,
		"월요일": true, "화요일": true, "수요일": true, "목요일": true, "금요일": true, "토요일": true, "일요일": true,
	},
}

// fillers are words between the parts of a time that say nothing of their own, folded by nameFold.
var fillers = wordSet(`
	at on of the posted updated time - – — @ hrs hours
	am um den der uhr de del d a las le la el kl klo klokken kello om ore alle saat ora as h horas uur
	в г года о р року r roku o godz v dne lúc ngày năm pukul jam`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[nameFold(w)] = true
	}
	return set
}

// meridiems are the words for AM and PM that stand beside a clock; "10:15am" is one token.
var meridiems = map[string]byte{
	"am": 'a', "pm": 'p', "π.μ": 'a', "πμ": 'a', "μ.μ": 'p', "μμ": 'p', "ص": 'a', "م": 'p',
}

var (
	clockForm  = lazyregexp.New(`^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?i:([ap])m)?(Z)?$`)
	hourForm   = lazyregexp.New(`^(\d{1,2})(?i:([ap])m|h)$`)
	dotClock   = lazyregexp.New(`^(\d{1,2})\.(\d{2})$`)
	dayForm    = lazyregexp.New(`^(\d{1,2})(?i:st|nd|rd|th|er|o)?$`)
	yearForm   = lazyregexp.New(`^\d{4}$`)
	ymdForm    = lazyregexp.New(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$`)
	dottedDate = lazyregexp.New(`^(\d{1,2})\.(\d{1,2})\.(\d{4})?$`)
	eitherDate = lazyregexp.New(`^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$`)
	zoneForm   = lazyregexp.New(`^[A-Za-z]{1,5}$|^(?i:GMT|UTC)?[+−-]\d{1,2}(?::?\d{2})?$`)
	comment    = lazyregexp.New(`\([^()]*\)`)
)

// scanTime reads the parts of a time from a text that timeText has prepared. What stands in brackets belongs to the
// time if it can be read, and is a comment (RFC 5322, 3.2.2) if it cannot.
func scanTime(text string) (timeParts, error) {
	p, err := scanTokens(text)
	if err == nil || !strings.Contains(text, "(") {
		return p, err
	}
	bare := text
	for comment.MatchString(bare) {
		bare = comment.ReplaceAllString(bare, " ")
	}
	if q, bareErr := scanTokens(bare); bareErr == nil {
		return q, nil
	}
	return p, err
}

func scanTokens(text string) (timeParts, error) {
	var p timeParts
	for _, token := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,()", r) }) {
		known, err := p.read(token)
		if err != nil {
			return p, fmt.Errorf("%q: %w", text, err)
		}
		if !known {
			return p, fmt.Errorf("%q is no time: %q does not belong to one", text, token)
		}
	}
	return p, p.check(text)
}

// read takes one word of a text; it returns false for a word that belongs to no time.
func (p *timeParts) read(token string) (bool, error) {
	name := nameFold(token)
	switch {
	case p.readMonth(name):
	case p.hasClock && p.zone == "" && knownZone(token):
		p.zone = token
	case p.hasClock && meridiems[name] != 0:
		p.half = meridiems[name]
	case fillers[name] && (name != "a" || !p.hasClock), allDateNames()[""].weekdays[name], moreNames.weekdays[name]:
	case clockForm.MatchString(token):
		m := clockForm.FindStringSubmatch(token)
		return true, p.setClock(m[1], m[2], m[3], m[4], m[5], m[6])
	case hourForm.MatchString(token) && !p.hasClock:
		m := hourForm.FindStringSubmatch(token)
		if m[2] == "" && !p.hasMonth {
			return false, nil // "10h" may be a length
		}
		return true, p.setClock(m[1], "", "", "", m[2], "")
	case dotClock.MatchString(token) && p.hasMonth && p.hasDay && !p.hasClock:
		m := dotClock.FindStringSubmatch(token)
		return true, p.setClock(m[1], m[2], "", "", "", "")
	case p.readDate(token):
	case eitherDate.MatchString(token):
		return false, fmt.Errorf("nothing says which of %s is the month: give the layout", token)
	case dayForm.MatchString(strings.TrimSuffix(token, ".")) && !p.hasDay:
		p.day, _ = strconv.Atoi(dayForm.FindStringSubmatch(strings.TrimSuffix(token, "."))[1])
		p.hasDay = true
	case yearForm.MatchString(strings.TrimSuffix(token, ".")) && !p.hasYear:
		p.setYear(strings.TrimSuffix(token, "."))
	case p.readShortYear(token):
	case zoneForm.MatchString(token) && p.hasClock && p.zone == "":
		p.zone = token
	case zoneForm.MatchString(token) && p.hasClock && strings.ContainsAny(token[:1], "+-"):
		p.zone = token // "GMT +08": the offset is more exact
	default:
		return false, nil
	}
	return true, nil
}

// readMonth takes the name of a month. The second one is it where the first may have been a weekday.
func (p *timeParts) readMonth(name string) bool {
	all := allDateNames()[""]
	month, ok := all.months[name]
	if !ok {
		month, ok = moreNames.months[name]
	}
	if !ok || p.hasMonth && !p.weekdayLike {
		return false
	}
	p.month, p.hasMonth, p.weekdayLike, p.dayFirst = month, true, all.weekdays[name], p.hasDay
	return true
}

// readDate takes a whole date in numbers. Dots stand between day, month and year in this order wherever they are in
// use; with slashes or dashes the order differs by country, so that such a date is read only where the day
// cannot be a month, or is the same number.
func (p *timeParts) readDate(token string) bool {
	if p.hasMonth {
		return false
	}
	var year, month, day string
	if m := ymdForm.FindStringSubmatch(token); m != nil {
		year, month, day = m[1], m[2], m[3]
	} else if m := dottedDate.FindStringSubmatch(token); m != nil {
		year, month, day = m[3], m[2], m[1]
	} else if m := eitherDate.FindStringSubmatch(token); m != nil {
		year, month, day = m[3], m[2], m[1]
		a, _ := strconv.Atoi(day)
		b, _ := strconv.Atoi(month)
		switch {
		case b > 12:
			month, day = day, month
		case a <= 12 && a != b:
			return false
		}
	} else {
		return false
	}
	n, _ := strconv.Atoi(month)
	p.month, p.hasMonth = time.Month(n), true
	p.day, _ = strconv.Atoi(day)
	p.hasDay = true
	if year != "" {
		p.setYear(year)
	}
	return true
}

func (p *timeParts) setYear(digits string) {
	p.year, _ = strconv.Atoi(digits)
	p.hasYear = true
}

// readShortYear takes a year of two digits where RFC 822 has it: after day and month, before the clock. RFC 5322,
// 4.3, says which century is meant.
func (p *timeParts) readShortYear(token string) bool {
	digits := strings.TrimPrefix(token, "'")
	if len(digits) != 2 || !allDigits(digits) || !p.dayFirst || p.hasYear || p.hasClock {
		return false
	}
	p.setYear(digits)
	p.shortYear = true
	if p.year += 1900; p.year < 1950 {
		p.year += 100
	}
	return true
}

func (p *timeParts) setClock(hour, minute, second, fraction, half, utc string) error {
	if p.hasClock {
		return fmt.Errorf("two times of day are printed")
	}
	p.hour, _ = strconv.Atoi(hour)
	p.minute, _ = strconv.Atoi(minute)
	p.second, _ = strconv.Atoi(second)
	if fraction != "" {
		p.ns, _ = strconv.Atoi((fraction + "000000000")[:9])
	}
	if half != "" {
		p.half = strings.ToLower(half)[0]
	}
	if utc != "" {
		p.zone = "UTC"
	}
	p.hasClock = true
	return nil
}

// check refuses what no calendar and no clock has.
func (p *timeParts) check(text string) error {
	if p.hasMonth && p.hasDay && (p.month < 1 || p.month > 12 || p.day < 1 || p.day > daysIn(p.month)) {
		return fmt.Errorf("%q: there is no such day", text)
	}
	if p.shortYear && !p.hasClock {
		return fmt.Errorf("%q is no time: its year has two digits", text)
	}
	if p.hour > 24 || p.hour == 24 && p.minute > 0 || p.minute > 59 || p.second > 60 ||
		p.hour > 12 && p.half == 'a' || p.hour == 24 && p.half != 0 {
		return fmt.Errorf("%q: there is no such time of day", text)
	}
	return nil
}

// hour24 is the hour on a clock of twenty-four; "17:46 PM" says it twice, but plainly.
func (p timeParts) hour24() int {
	hour := p.hour
	if p.half != 0 && hour == 12 {
		hour = 0
	}
	if p.half == 'p' && hour < 12 {
		hour += 12
	}
	return hour
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
