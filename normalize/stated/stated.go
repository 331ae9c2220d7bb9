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
	said := func(form *lazyregexp.Regexp) time.Duration {
		m := form.FindStringSubmatch(text)
		if m == nil {
			return 0
		}
		d, _ := Length(m[1])
		return d
	}
	if headlines := headlineDurations(body); len(headlines) > 0 {
		longest := slices.Max(headlines)
		if slices.Min(headlines) < longest {
			return max(longest, said(statedTotal))
		}
		return longest
	}
	return cmp.Or(said(statedTotal), said(statedWhole), period(text), said(statedPart))
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
	return aboutText + `(` + unit + `(?:(?:,| and|, and)? ?` + unit + `)*)`
}

var (
	durationHead = lazyregexp.New(`(?i)^\W*([^:|.]*)\bduration\b(?: of (?:the ` +
		`)?(?:impact|incident|outage|disruption))?` +
		`(?: \([^)]*\))?[\s*.]*(?:[:|]|\s[–—-]\s|\s)[^\pL\pN~]*(.*)$`)
	durationFirst = lazyregexp.New(`(?i)^` + lengthText(lengthInShort))
	durationLast  = lazyregexp.New(`(?i)[:=(] ?` + lengthText(lengthInShort) + `\W*$`) // behind a period
	totalWord     = lazyregexp.New(`(?i)\b(?:total|overall|cumulative)\b`)

	// What a sentence says of the whole goes before what it may say of a part.
	statedTotal = lazyregexp.New(
		`(?i)\btotal (?:duration|impact|outage|downtime)?(?: time)?(?: ?(?:of|was|is))? ?` + lengthText(lengthInWords))
	statedWhole = lazyregexp.New(
		`(?i)\b(?:duration(?: of|:)?|lasted|lasting|spanned|totall?ing) ?(?:for )?` + lengthText(lengthInWords))
	statedPart = lazyregexp.New(`(?i)\b(?:for|over|ending) ` + lengthText(lengthInWords))
)

// headlineDurations reads the lines that are headed "Duration", on which or under which a length stands. Where one of
// them is headed as the total, it is the only one.
func headlineDurations(body string) []time.Duration {
	var all []time.Duration
	lines := plainLines(body)
	for n, line := range lines {
		m := durationHead.FindStringSubmatch(line)
		if m == nil || len(strings.Fields(m[1])) > 4 {
			continue
		}
		under := lines[n+1:]
		for len(under) > 0 && under[0] == "" {
			under = under[1:]
		}
		if m[2] != "" {
			under = []string{m[2]}
		}
		d := lengthIn(under)
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

// plainLines returns the lines of a Markdown text without their marks.
func plainLines(body string) []string {
	var lines []string
	for line := range strings.Lines(body) {
		lines = append(lines, markdown.Plain(line))
	}
	return lines
}
