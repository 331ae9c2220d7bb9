// Package stated reads the lengths of time that vendors state: how long an incident lasted by its postmortem, and what
// is printed beside a pair of times.
package stated

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/markdown"
	"vendorwatch/normalize/times"
)

// Duration returns the duration that a postmortem states, 0 if it states none. Its headline, "Duration: 2 hrs 55
// minutes", goes before any other number of the text. If there are several headlines, for several products, it is the
// total that the text states, else the longest of them. Without a headline it is what the sentences say: a total, a
// length of the whole, the period from when to when it lasted, or else a length of any part.
func Duration(body string) time.Duration {
	text := markdown.Plain(body)
	said := func(form *lazyregexp.Regexp) time.Duration { return said(text, form) }
	if headlines := headlineDurations(body); len(headlines) > 0 {
		longest := slices.Max(headlines)
		if slices.Min(headlines) < longest {
			return max(longest, said(statedTotal))
		}
		return longest
	}
	return cmp.Or(said(statedTotal), said(statedWhole), period(text), said(statedPart), clockPeriod(text))
}

// said is the first length that a text states in a form, of what was, and not of what is planned or always so.
func said(text string, form *lazyregexp.Regexp) time.Duration {
	for _, at := range form.FindAllStringSubmatchIndex(text, -1) {
		before := text[:at[0]]
		before = before[sentenceStart(before):]
		if notPast.MatchString(before) || foretold.MatchString(before[max(0, len(before)-20):]) {
			continue
		}
		d, _ := Length(text[at[2]:at[3]])
		return d
	}
	return 0
}

// sentenceStart is where the sentence begins that a text ends in.
func sentenceStart(text string) int {
	ends := sentenceEnd.FindAllStringIndex(text, -1)
	if len(ends) == 0 {
		return 0
	}
	return ends[len(ends)-1][1]
}

// clockPeriod is the length of the one period that a text states without a date: "Between 14:03 and 15:20 UTC logins
// failed". Its sentence must speak of trouble, since people are at work from when to when, too.
func clockPeriod(text string) time.Duration {
	anyDay := time.Date(2024, 6, 12, 0, 0, 0, 0, time.UTC)
	start, end, err := times.PeriodIn(text, anyDay, "")
	if err != nil || end.Sub(start) > 24*time.Hour {
		return 0
	}
	for _, sentence := range sentenceEnd.Split(text, -1) {
		if _, _, err := times.PeriodIn(sentence, anyDay, ""); err == nil {
			if !trouble.MatchString(sentence) || notPast.MatchString(sentence) {
				return 0
			}
			return end.Sub(start)
		}
	}
	return 0
}

// period is the length of the period that a text states: "The incident began at 2026-03-01 04:37 and ended at
// 2026-03-01 06:35 (all times are US/Pacific)".
func period(text string) time.Duration {
	start, end, err := times.PeriodIn(text, time.Time{}, "")
	if err != nil {
		return 0
	}
	return end.Sub(start)
}

const (
	lengthInWords = `\d+(?:\.\d+)? ?(?:weeks?|days?|hours?|hrs?|minutes?|mins?)\b`
	lengthInShort = `\d+(?:\.\d+)? ?(?:weeks?|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|[dhms])\b`
	aboutText     = `(?:about |around |approximately |approx\.? |roughly |nearly |almost |a total of |up to |~ ?)*`
)

// lengthText matches a length of several units: "1 day 1 hours, 20 minutes".
func lengthText(unit string) string {
	return aboutText + `(` + unit + `(?:(?:,| and|, and)? ?` + lengthInShort + `)*)`
}

var (
	durationHead = lazyregexp.New(`(?i)^\W*([^:|.]*)\b(?:duration|downtime|(?:outage|incident) length` +
		`|length of outage)\b(?: of (?:the )?(?:impact|incident|outage|disruption))?` +
		`(?: \([^)]*\))?[\s*.]*(?:[:|]|\s[–—-]\s|\s)[^\pL\pN~]*(.*)$`)
	durationFirst   = lazyregexp.New(`(?i)^` + lengthText(lengthInShort))
	durationLast    = lazyregexp.New(`(?i)(?:^|\D)[:=(] ?` + lengthText(lengthInShort) + `\W*$`) // behind a period
	clockLength     = lazyregexp.New(`(?i)^(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?: ?(hours?|hrs?|h))?\W*$`)
	clockUnits      = lazyregexp.New(`(?i)\bh+:m+\b`)
	foretold        = lazyregexp.New(`(?i)\b(?:estimated|expected|planned|scheduled|target|maximum|detection)\b`)
	hoursAndMinutes = lazyregexp.New(`(?i)\b(\d{1,3}) ?h ?([0-5]\d)([^\w:.]|$)`) // 1h20
	totalWord       = lazyregexp.New(`(?i)\b(?:total|overall|cumulative)\b`)

	// What a sentence says of the whole goes before what it may say of a part.
	statedTotal = lazyregexp.New(
		`(?i)\btotal (?:duration|impact|outage|downtime)?(?: time)?(?: ?(?:of|was|is))? ?` + lengthText(lengthInWords))
	statedWhole = lazyregexp.New(
		`(?i)\b(?:duration(?: of|:)?|lasted|lasting|spanned|totall?ing) ?(?:for )?` + lengthText(lengthInShort))
	statedPart = lazyregexp.New(`(?i)\b(?:for|over|ending) ` + lengthText(lengthInWords))
	notPast    = lazyregexp.New(`(?i)\b(?:will|shall|plan|going to|continue|every|each|retain|retention|kept|keep|` +
		`expires?|monitor|monitoring|timeout)\b`)
	sentenceEnd = lazyregexp.New(`[.!?]\s+`)
	trouble     = lazyregexp.New(`(?i)fail|error|unavailab|\bdown\b|outage|impact|degrad|disrupt|unable|latenc|slow|` +
		`affect|incident|could not|interrupt`)
)

// headlineDurations reads the lines that are headed "Duration", on which or under which a length stands. Where one of
// them is headed as the total, it is the only one.
func headlineDurations(body string) []time.Duration {
	var all []time.Duration
	lines := plainLines(body)
	for n, line := range lines {
		m := durationHead.FindStringSubmatch(line)
		if m == nil || len(strings.Fields(m[1])) > 4 || foretold.MatchString(m[1]) {
			continue
		}
		under := lines[n+1:]
		for len(under) > 0 && under[0] == "" {
			under = under[1:]
		}
		if m[2] != "" {
			under = []string{m[2]}
		}
		d := cmp.Or(lengthIn(under), clockIn(under, clockUnits.MatchString(line)))
		if d == 0 {
			continue
		}
		if totalWord.MatchString(m[1]) {
			return []time.Duration{d}
		}
		all = append(all, d)
	}
	return all
}

// lengthIn reads the length at the beginning of lines, or the longest of a list that they begin with: "Partial
// mitigation: 15 hours", "Full mitigation: 1 day, 8 hours". It returns 0 if there is none.
func lengthIn(lines []string) (longest time.Duration) {
	for n, line := range lines {
		if first := durationFirst.FindStringSubmatch(line); first != nil && n == 0 {
			d, _ := Length(first[1])
			return d
		}
		last := durationLast.FindStringSubmatch(line)
		if last == nil {
			break
		}
		d, _ := Length(last[1])
		longest = max(longest, d)
	}
	return longest
}

// clockIn reads a length that is written like a time of day: "00:45:12", "1:20 hours". Two numbers alone may be minutes
// and seconds, unless hours says that they are not.
func clockIn(lines []string, hours bool) time.Duration {
	if len(lines) == 0 {
		return 0
	}
	m := clockLength.FindStringSubmatch(lines[0])
	if m == nil || m[3] == "" && m[4] == "" && !hours {
		return 0
	}
	d, _ := Length(m[1] + "h " + m[2] + "m " + cmp.Or(m[3], "0") + "s")
	return d
}

// plainLines returns the lines of a Markdown text without their marks.
func plainLines(body string) []string {
	var lines []string
	for line := range strings.Lines(body) {
		lines = append(lines, hoursAndMinutes.ReplaceAllString(
			joined.ReplaceAllString(markdown.Plain(line), "$1 $2"), "$1 h $2 m$3"))
	}
	return lines
}
