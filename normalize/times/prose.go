package times

import (
	"fmt"
	"strings"
	"time"

	"vendorwatch/normalize/lazyregexp"
)

// PeriodIn finds the period that the text of a vendor's post states, as in "Between 2:50 AM and 4:55 AM PDT on May 3
// some requests failed" or "The incident began at 10:00 UTC and ended at 11:30 UTC". posted is when the text was
// posted:
// a period without a day is the last one that was over by then. The error says that the text states no period, or
// several.
func PeriodIn(words string, posted time.Time, zone string) (start, end time.Time, err error) {
	page := pageZone(zone)
	text := proseText(words)
	for _, at := range periodStart.FindAllStringIndex(text, -1) {
		from, to, ok := prosePeriod(text[:at[0]], text[at[1]:])
		if !ok {
			continue
		}
		s, e, err := resolveProse(from, to, posted, page)
		switch {
		case err != nil:
		case start.IsZero():
			start, end = s, e
		case !s.Equal(start) || !e.Equal(end):
			return time.Time{}, time.Time{}, fmt.Errorf("the text states several periods")
		}
	}
	if start.IsZero() {
		return start, end, fmt.Errorf("the text states no period")
	}
	return start.UTC(), end.UTC(), nil
}

var (
	periodStart = lazyregexp.New(
		`(?i)\b(?:between|from|(?:beg(?:an|in|inning)|start(?:ed|s|ing)?)(?: (?:at|on|from))?)(?:[: ]+)`)
	periodEnd = lazyregexp.New(`(?i),? (?:(?:and )?(?:end(?:ed|ing)|was resolved|was mitigated|resolved)(?: ` +
		`(?:at|on))?|` +
		`and|to|until|till|through|thru|-|–|—)(?:[: ]+)`)
	hedge = lazyregexp.New(`(?i)\b(?:approximately|approx\.?|about|around|roughly) `)
)

// proseText returns the words of a text, with its times in the form that timeText gives them.
func proseText(words string) string {
	text := hedge.ReplaceAllString(singleSpaced(words), "")
	return tightSeparator.ReplaceAllString(timeText(text), "$1$3 - $2$4")
}

// prosePeriod reads the two times that follow a word such as "between", and the date before it if they have none.
func prosePeriod(before, after string) (from, to timeParts, ok bool) {
	const longest = 80 // bytes that a time takes in prose, with its date
	for _, at := range periodEnd.FindAllStringIndex(after[:min(len(after), 2*longest)], -1) {
		left := after[:at[0]]
		if _, rest := proseWords(left); rest != "" {
			return from, to, false
		}
		words, _ := proseWords(after[at[1]:])
		for n := len(words); n > 0 && !ok; n-- {
			from, to, ok = readPeriod(left, strings.Join(words[:n], " "))
			ok = ok && whole(from) && whole(to)
		}
		if ok {
			break
		}
	}
	if ok && !from.hasMonth && !to.hasMonth {
		if date, found := dateBefore(before); found {
			from.year, from.month, from.day = date.year, date.month, date.day
			from.hasYear, from.hasMonth, from.hasDay = date.hasYear, true, true
		}
	}
	return from, to, ok
}

// whole reports whether a number in prose was taken for a day or a year only beside a month.
func whole(p timeParts) bool { return p.hasMonth == p.hasDay && (p.hasMonth || !p.hasYear) }

// proseWords returns the words at the beginning of a text that can belong to a time, up to the end of the
// sentence, and what follows the first word that cannot. Names and zones have to be written as in a text with care,
// since "may", "est" and "sat" are words too.
func proseWords(text string) (words []string, rest string) {
	for n, word := range strings.Fields(text) {
		bare := strings.Trim(word, ".,;:()")
		lower := strings.ToLower(bare)
		english := allDateNames()["en"]
		switch {
		case bare == "" || bare == "-" || bare[0] >= '0' && bare[0] <= '9':
		case lower == "at" || lower == "on" || lower == "of" || lower == "the" || meridiems[lower] != 0:
		case bare != lower && (english.months[lower] != 0 || english.weekdays[lower] || moreNames.months[lower] != 0):
		case (bare == strings.ToUpper(bare) || strings.Contains(bare, "/")) && knownZone(bare):
		default:
			return words, strings.Join(strings.Fields(text)[n:], " ")
		}
		if endsSentence(word) {
			return append(words, strings.TrimRight(word, ".;")), ""
		}
		words = append(words, strings.TrimRight(word, ",;:"))
	}
	return words, ""
}

func endsSentence(word string) bool {
	return strings.HasSuffix(word, ";") ||
		strings.HasSuffix(word, ".") && allDateNames()["en"].months[nameFold(word)] == 0
}

// dateBefore reads the date with which a text ends: "On Monday, November 27, 2026, customers saw errors" ends with
// none, "On November 27, 2026," does.
func dateBefore(text string) (timeParts, bool) {
	words := strings.Fields(text)
	for n := max(0, len(words)-8); n < len(words); n++ {
		date := strings.Join(words[n:], " ")
		taken, rest := proseWords(date)
		if rest != "" || len(taken) < len(words)-n {
			continue
		}
		if p, err := scanTime(strings.TrimRight(date, ",:; ")); err == nil && p.hasMonth && p.hasDay && !p.hasClock {
			return p, true
		}
	}
	return timeParts{}, false
}

// resolveProse returns the times of a period in a text that was posted after it.
func resolveProse(from, to timeParts, posted time.Time, page *time.Location) (start, end time.Time, err error) {
	const rounding = 5 * time.Minute // posts state times to five minutes
	over := func(t time.Time) bool { return posted.IsZero() || !t.After(posted.Add(rounding)) }
	if from.hasMonth || to.hasMonth {
		start, end, err = resolvePeriod(from, to, Format(posted), page)
		if err == nil && (end.Before(start) || !over(end)) {
			err = fmt.Errorf("the period is not over at %s", Format(posted))
		}
		return start, end, err
	}
	if posted.IsZero() {
		return start, end, fmt.Errorf("no day is printed")
	}
	for days := 1; days >= -2; days-- {
		start, end, err = resolvePeriod(from, to, Format(posted.AddDate(0, 0, days)), page)
		if err != nil || over(end) {
			return start, end, err
		}
	}
	return start, end, fmt.Errorf("the period is not over at %s", Format(posted))
}
