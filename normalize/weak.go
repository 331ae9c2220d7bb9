package normalize

import (
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize/markdown"
)

// WeakKey reports whether a key says nothing to later documents: it was made up, the document having shown neither id
// nor address, or it is an id that the platform has given up.
func WeakKey(key string) bool { return strings.HasPrefix(key, "#") }

// SameByTitle reports whether two incidents of one source have the same title and a start, or a planned
// start, within a minute of each other: all there is to go by where one of them has a weak key.
func SameByTitle(a, b Incident) bool {
	near := func(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.Sub(b).Abs() < time.Minute }
	return a.Title != "" && markdown.Fold(a.Title) == markdown.Fold(b.Title) &&
		(near(a.StartedAt, b.StartedAt) || near(a.ScheduledStartAt, b.ScheduledStartAt))
}

// FormerKey begins a Raw's ID that its platform has given up: the same incident has another one in later documents.
const FormerKey = "#id/"

// FormerID reports whether a key is an id that the platform has given up.
func FormerID(key string) bool { return strings.HasPrefix(key, FormerKey) }

// SameWeak reports whether two incidents, one of which has a weak key, are the same. Title and start tell it. Where
// that key is a former id, several incidents may have them, and only the one that also opens with the same post is the
// same. Two former ids are two incidents.
func SameWeak(a, b Incident) bool {
	if FormerID(a.Key) || FormerID(b.Key) {
		return FormerID(a.Key) != FormerID(b.Key) && twins(a, b)
	}
	return SameByTitle(a, b)
}

// HasTwin reports whether list has another incident with the title, start and opening post of i. A former id of either
// could be of both, and is joined to neither.
func HasTwin(list []Incident, i Incident) bool {
	return slices.ContainsFunc(list, func(k Incident) bool { return k.Key != i.Key && twins(k, i) })
}

func twins(a, b Incident) bool {
	if !SameByTitle(a, b) || len(a.Updates) == 0 || len(b.Updates) == 0 {
		return false
	}
	u, v := a.opening(), b.opening()
	return !made(u).IsZero() && made(u).Equal(made(v)) && u.Body != "" && sameText(u.Body, v.Body)
}

// opening returns the first post that was made. The last tells less: Google ends several incidents in one second.
func (i Incident) opening() Update {
	return slices.MinFunc(i.Updates, func(u, v Update) int { return made(u).Compare(made(v)) })
}

// made returns when a post was made, which an edit of the time that it shows leaves as it is.
func made(u Update) time.Time { return first(u.CreatedAt, u.PostedAt) }
