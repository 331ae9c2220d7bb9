package times

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vendorwatch/normalize/lazyregexp"
)

// timeText brings a printed time into one form: ASCII digits, single spaces, no invisible characters, and the
// spellings of dates and clocks of several languages as English has them.
func timeText(s string) string {
	if !isASCII(s) {
		s = strings.Map(plainDigit, norm.NFKC.String(s))
		s = eastAsianText(s)
	}
	s = vietnameseMonth.ReplaceAllStringFunc(s, func(text string) string {
		return monthNumbered(vietnameseMonth.FindStringSubmatch(text)[1])
	})
	s = strings.Join(strings.Fields(s), " ")
	s = isoDateTime.ReplaceAllString(s, "$1 $2 $3")
	s = spacedDots.ReplaceAllString(s, "$1-$2-$3")
	s = namedDashes.ReplaceAllString(s, "$1 $2 $3")
	s = spacedMeridiem.ReplaceAllString(s, "$1${2}m")
	if strings.ContainsAny(s, "hH") {
		s = hourLetter.ReplaceAllString(s, "$1:$2")
		s = uhr.ReplaceAllStringFunc(s, func(clock string) string {
			m := uhr.FindStringSubmatch(clock)
			if m[2] == "" {
				m[2] = "00"
			}
			return m[1] + ":" + m[2]
		})
	}
	return strings.TrimSpace(s)
}

var (
	isoDateTime    = lazyregexp.New(`\b(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?`)
	spacedDots     = lazyregexp.New(`\b(\d{4})\. (\d{1,2})\. (\d{1,2})\b\.?`)         // 2026. 11. 27.
	namedDashes    = lazyregexp.New(`\b(\d{1,2})[-/](\pL{3,})\.?[-/](\d{4}|\d{2})\b`) // 27-Nov-26
	spacedMeridiem = lazyregexp.New(`(?i)(\d) ?([ap])(?: ?\. ?m\b\.?|m\b\.?)`)        // 10:15 a. m.
	hourLetter     = lazyregexp.New(`(?i)\b(\d{1,2}) ?h ?(\d{2})(?: ?min)?\b`)        // 10h15
	uhr            = lazyregexp.New(`(?i)\b(\d{1,2})(?:[.:](\d{2}))? ?uhr\b`)         // 10.15 Uhr, 10 Uhr
)

// plainDigit writes decimal digits of every script as ASCII, white space as a space, and leaves out what is
// invisible.
func plainDigit(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Cf, r):
		return -1
	case !unicode.Is(unicode.Nd, r):
		return r
	}
	// The digits of a script are ten code points in a row, and the ranges of the table begin with a zero.
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return '0' + (r-rune(block.Lo))%10
		}
	}
	for _, block := range unicode.Nd.R32 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return '0' + (r-rune(block.Lo))%10
		}
	}
	return r
}

var (
	eastAsianYear     = lazyregexp.New(`(\d{4}) ?[年년]`)
	eastAsianDay      = lazyregexp.New(`(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日号號일]`)
	eastAsianMonth    = lazyregexp.New(`(\d{1,2}) ?[月월]`)
	eastAsianClock    = lazyregexp.New(`(\d{1,2}) ?[時时點点시] ?(?:(\d{1,2}) ?[分분])? ?(?:(\d{1,2}) ?[秒초])?`)
	eastAsianMeridiem = lazyregexp.New(`(午前|上午|凌晨|早上|오전)|(午後|下午|晚上|오후)`)
	meridiemFirst     = lazyregexp.New(`([ap]m) *(\d{1,2}:\d{2}(?::\d{2})?)`)
	vietnameseMonth   = lazyregexp.New(`(?i)(?:tháng|thg) ?(\d{1,2})`)
)

// eastAsianText writes dates and clocks of Chinese, Japanese and Korean, which number their months, as English has
// them.
func eastAsianText(s string) string {
	s = eastAsianYear.ReplaceAllString(s, "$1 ")
	s = eastAsianDay.ReplaceAllStringFunc(s, func(day string) string {
		m := eastAsianDay.FindStringSubmatch(day)
		return " " + monthNumbered(m[1]) + " " + m[2] + " "
	})
	s = eastAsianMonth.ReplaceAllStringFunc(s, func(month string) string {
		return " " + monthNumbered(eastAsianMonth.FindStringSubmatch(month)[1]) + " "
	})
	s = eastAsianClock.ReplaceAllStringFunc(s, func(clock string) string {
		m := eastAsianClock.FindStringSubmatch(clock)
		text := " " + m[1] + ":" + twoDigits(m[2])
		if m[3] != "" {
			text += ":" + twoDigits(m[3])
		}
		return text + " "
	})
	s = eastAsianMeridiem.ReplaceAllStringFunc(s, func(half string) string {
		if eastAsianMeridiem.FindStringSubmatch(half)[1] != "" {
			return "am"
		}
		return "pm"
	})
	return meridiemFirst.ReplaceAllString(s, "$2$1")
}

// monthNumbered returns the English name of a month, or what is no number of one.
func monthNumbered(number string) string {
	if n, err := strconv.Atoi(number); err == nil && 1 <= n && n <= 12 {
		return time.Month(n).String()
	}
	return number
}

func twoDigits(s string) string { return ("00" + s)[len(s):] }
