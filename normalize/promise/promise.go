// Package promise reads from a post by when its author promised the next one.
package promise

import (
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize/lazyregexp"
)

// longest is the longest promise that is believed. What is further away is no next post of an incident.
const longest = 7 * 24 * time.Hour

var (
	sentenceEnd = lazyregexp.New(`[.!?]+(?:\s|$)|\n+`)

	// ahead is a word of what is still to come, and told a word of telling. A sentence needs both.
	ahead = lazyregexp.New(`(?i)\b(?:next|will|we'll|we’ll|further|another|additional|more|expect|anticipate|` +
		`provide|share|post|continue|back)\b`)
	told = lazyregexp.New(`(?i)\b(?:updates?|updated|updating|information|details|post|report back)\b`)

	// software is what is also called an update.
	software = lazyregexp.New(`(?i)\b(?:roll(?:ed|ing)?|rollout|deploy\w*|releas\w*|appl(?:y|ied|ying)|` +
		`install\w*|firmware|resolved?|fix(?:ed)?|restored?|recover\w*|complet\w*|ago|last|past|previous)\b`)

	// object is what is updated: the page is how the next post comes, anything else is work.
	object = lazyregexp.New(`(?i)\bupdat(?:e|ing)\s+(?:the|our|its|this)\s+(\w+)`)
	page   = lazyregexp.New(`(?i)^(?:page|status|post|incident|notice|site|thread)$`)

	// span is a length of time, of which the longer counts: "within the next 30-60 minutes", "in one hour".
	span = lazyregexp.New(`(?i)\b(?:within|in|every|after)\s+(?:the\s+next\s+|the\s+|about\s+|approximately\s+|` +
		`around\s+|next\s+|another\s+|at\s+most\s+)*(half\s+an|an|a|one|two|three|four|five|six|eight|ten|twelve|` +
		`fifteen|twenty|thirty|forty-five|sixty|\d{1,3})?\s*(?:(?:-|–|to)\s*(\d{1,3})\s*)?(?:\(\d+\)\s*)?` +
		`(minutes?|mins?|hours?|hrs?|days?)\b`)

	// clock is a time of day in UTC: "by 14:30 UTC".
	clock = lazyregexp.New(`(?i)\b(?:by|at|before|around|update:?)\s+(?:approximately\s+)?` +
		`([01]?\d|2[0-3]):([0-5]\d)\s*(?:UTC|GMT|Z)\b`)
)

var numbers = map[string]float64{"half an": 0.5, "an": 1, "a": 1, "one": 1, "": 1, "two": 2, "three": 3, "four": 4,
	"five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
	"forty-five": 45, "sixty": 60}

// Until returns by when the author of a post promised the next one, or the zero time where it promises none in words
// that are understood. A time of day counts where it says that it is in UTC. Of several promises the latest counts.
func Until(text string, posted time.Time) time.Time {
	var until time.Time
	if posted.IsZero() {
		return until
	}
	for _, sentence := range sentenceEnd.Split(strings.NewReplacer("*", "", "_", "").Replace(text), -1) {
		if !ahead.MatchString(sentence) || !told.MatchString(sentence) || software.MatchString(sentence) {
			continue
		}
		if m := object.FindStringSubmatch(sentence); m != nil && !page.MatchString(m[1]) {
			continue
		}
		for _, at := range []time.Time{bySpan(sentence, posted), byClock(sentence, posted)} {
			if at.After(until) && at.Sub(posted) <= longest {
				until = at
			}
		}
	}
	return until
}

func bySpan(sentence string, posted time.Time) time.Time {
	m := span.FindStringSubmatch(sentence)
	if m == nil {
		return time.Time{}
	}
	word := strings.Join(strings.Fields(strings.ToLower(m[1])), " ")
	amount, known := numbers[word]
	if !known {
		n, err := strconv.Atoi(word)
		if err != nil {
			return time.Time{}
		}
		amount = float64(n)
	}
	if n, err := strconv.Atoi(m[2]); err == nil {
		amount = max(amount, float64(n))
	}
	unit := time.Minute
	switch strings.ToLower(m[3])[0] {
	case 'h':
		unit = time.Hour
	case 'd':
		unit = 24 * time.Hour
	}
	if amount == 0 {
		return time.Time{}
	}
	return posted.Add(time.Duration(amount * float64(unit)))
}

func byClock(sentence string, posted time.Time) time.Time {
	m := clock.FindStringSubmatch(sentence)
	if m == nil {
		return time.Time{}
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	at := posted.UTC().Truncate(24 * time.Hour).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	if !at.After(posted) {
		at = at.AddDate(0, 0, 1)
	}
	if at.Sub(posted) > 18*time.Hour { // it names a time that has passed
		return time.Time{}
	}
	return at
}
