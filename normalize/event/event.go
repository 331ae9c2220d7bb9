// Package event tells whether two records of one vendor are about one event.
package event

import (
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/markdown"
)

// How close two records' times must be to speak of one event, and how long a text must be to be no
// platform's ready-made sentence.
const (
	startsTogether = 10 * time.Minute
	endsTogether   = 5 * time.Minute
	tellingText    = 80 // letters
)

// Same reports whether two records of one vendor, read from two sources, tell of one event: they begin
// or end together, and share their title, or a text that says something. A wrong link would hide an
// incident, so that in doubt they stay two.
func Same(a, b normalize.Incident) bool {
	if (a.Kind == normalize.KindMaintenance) != (b.Kind == normalize.KindMaintenance) {
		return false
	}
	starts := together(begins(a), begins(b), startsTogether)
	ends := together(a.ResolvedAt, b.ResolvedAt, endsTogether)
	if !starts && !ends {
		return false
	}
	titles, texts := similarTitles(a.Title, b.Title), sharedText(a, b)
	apart := !a.ResolvedAt.IsZero() && !b.ResolvedAt.IsZero() && !ends
	switch {
	case starts && apart:
		// A record that was closed late is still the same event, if its words are the same.
		return titles && texts
	case starts:
		return titles || texts
	case ends:
		// One of the two does not show how it began.
		return titles && texts
	}
	return false
}

// begins is when a record says that it all began: the window of a maintenance, the start of an incident.
func begins(i normalize.Incident) time.Time {
	if i.Kind == normalize.KindMaintenance && !i.ScheduledStartAt.IsZero() {
		return i.ScheduledStartAt
	}
	return i.StartedAt
}

func together(a, b time.Time, within time.Duration) bool {
	return !a.IsZero() && !b.IsZero() && a.Sub(b).Abs() <= within
}

var titleWord = lazyregexp.New(`[\pL\pN]+`)

// similarTitles reports whether two titles have at least four fifths of their words in common.
func similarTitles(a, b string) bool {
	words := func(s string) map[string]bool {
		set := map[string]bool{}
		for _, w := range titleWord.FindAllString(markdown.Fold(s), -1) {
			set[w] = true
		}
		return set
	}
	x, y := words(a), words(b)
	both := 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	all := len(x) + len(y) - both
	return both > 0 && both*5 >= all*4
}

var mailAddress = lazyregexp.New(`(?i)\[email[  ]protected\]|[\w.+-]+@[\w-]+\.[\w.-]+`)

// sharedText reports whether both records hold one text that no platform's ready-made sentence is as long
// as. Mail addresses do not count, since some sources hide them; a cut text counts by its beginning.
func sharedText(a, b normalize.Incident) bool {
	text := func(u normalize.Update) string {
		return strings.ToLower(markdown.Squeeze(mailAddress.ReplaceAllString(u.Body, "")))
	}
	for _, x := range a.Updates {
		long := text(x)
		if len(long) < tellingText {
			continue
		}
		for _, y := range b.Updates {
			other := text(y)
			if len(other) >= tellingText && (strings.HasPrefix(long, other) || strings.HasPrefix(other, long)) {
				return true
			}
		}
	}
	return false
}
