package normalize

import (
	"fmt"
	"time"

	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/markdown"
)

// Vendors promise that an id is of one incident, and do not always keep it. Two entries with one id are two incidents
// if nothing of them is the same: neither title nor start nor a post. An incident whose vendor changes some of that
// stays one.

// TwoIncidents reports whether two entries with one id are two incidents.
func TwoIncidents(a, b Incident) bool {
	return a.Title != "" && b.Title != "" && !sameTitle(a.Title, b.Title) && startApart(a, b) && !sharePost(a, b)
}

func sameTitle(a, b string) bool {
	return a == b || markdown.Fold(a) == markdown.Fold(b) || sameText(a, b) || cutOf(a, b, false) || cutOf(b, a, false)
}

// Begin returns when an incident began, or is planned to; zero if that is not known.
func (i Incident) Begin() time.Time {
	return first(i.StartedAt, first(i.ScheduledStartAt, i.CreatedAt))
}

func startApart(a, b Incident) bool {
	from, to := a.Begin(), b.Begin()
	return !from.IsZero() && !to.IsZero() && from.Sub(to).Abs() >= time.Minute
}

func sharePost(a, b Incident) bool {
	for _, u := range a.Updates {
		for _, v := range b.Updates {
			if sameMinute(u, v) && (sameText(u.Body, v.Body) || u.Key == v.Key) {
				return true
			}
		}
	}
	return false
}

// twoPosts reports whether posts with one id are two: neither time nor text is the same.
func twoPosts(a, b Update) bool {
	return a.Key == b.Key && !generatedKey(a.Key) && !a.PostedAt.IsZero() && !b.PostedAt.IsZero() &&
		a.PostedAt.Sub(b.PostedAt).Abs() >= time.Minute && a.Body != "" && b.Body != "" && !sameText(a.Body, b.Body) &&
		!cutOf(a.Body, b.Body, false) && !cutOf(b.Body, a.Body, false)
}

// FieldKey is the Field of findings on ids. Value is the id.
const FieldKey = "source_key"

// ApartKey is the key of an incident whose id others have, too: the id and when it began.
func ApartKey(id string, i Incident) string {
	return id + "@" + i.Begin().UTC().Format("2006-01-02T15:04Z")
}

var apartEnd = lazyregexp.New(`@\d{4}-\d\d-\d\dT\d\d:\d\dZ$`)

// SharedID returns the id that an incident shares with others, as its key tells. ok is false if it shares none.
func SharedID(key string) (id string, ok bool) {
	at := apartEnd.FindStringIndex(key)
	if at == nil || at[0] == 0 {
		return key, false
	}
	return key[:at[0]], true
}

// SharedIDFinding says that other incidents have the same id.
func SharedIDFinding(key, id string) Finding {
	return Finding{Key: key, Field: FieldKey, Value: id,
		Problem: "two incidents have this id; they are kept apart by their start"}
}

// sharedPostID says that two posts of an incident have the same id.
func sharedPostID(id string) Finding {
	return Finding{Field: "updates", Value: id, Problem: "two updates have this id; both are kept"}
}

// gathering joins the entries of a pass that are of one incident.
type gathering struct {
	incidents []Incident
	findings  [][]Finding // of each incident
	byKey     map[string][]int
}

// add joins an entry with those of its incident that came before.
func (g *gathering) add(i Incident, found []Finding) {
	n := g.find(i)
	if n < 0 {
		g.byKey[i.Key] = append(g.byKey[i.Key], len(g.incidents))
		g.incidents, g.findings = append(g.incidents, i), append(g.findings, found)
		return
	}
	known := g.incidents[n]
	g.findings[n] = append(g.findings[n], found...)
	if lost := lostOf(known, i); lost != "" {
		g.findings[n] = append(g.findings[n], Finding{Key: i.Key, Field: FieldKey, Value: i.Key,
			Problem: "two entries of a document have this id; they are kept as one incident. The other one: " + lost})
	}
	g.incidents[n] = Merge(known, i)
	g.incidents[n].Raws = append(known.Raws[:len(known.Raws):len(known.Raws)], i.Raws...)
}

// find returns the incident that an entry is of; -1 if it is the first.
func (g *gathering) find(i Incident) int {
	found := -1
	for _, n := range g.byKey[i.Key] {
		known := g.incidents[n]
		switch {
		case sameTitle(known.Title, i.Title):
			return n
		case found < 0 && (WeakKey(i.Key) || !TwoIncidents(known, i)):
			found = n
		}
	}
	return found
}

// lostOf returns what the second of two entries of a document is about, if the first has another title.
func lostOf(known, i Incident) string {
	of := i.Raws[0].Document
	for _, raw := range known.Raws {
		if raw.Document == of && !WeakKey(i.Key) && raw.Title != "" && i.Title != "" &&
			!sameTitle(markdown.Title(raw.Title), i.Title) {
			return fmt.Sprintf("%q, %s", i.Title, FormatTime(i.Begin()))
		}
	}
	return ""
}

// finish gives incidents that share an id keys of their own.
func (g *gathering) finish() ([]Incident, []Finding) {
	for key, list := range g.byKey {
		if len(list) < 2 {
			continue
		}
		for _, n := range list {
			i := &g.incidents[n]
			i.Key = ApartKey(key, *i)
			for m := range g.findings[n] {
				if g.findings[n][m].Key == key {
					g.findings[n][m].Key = i.Key
				}
			}
			g.findings[n] = append(g.findings[n], SharedIDFinding(i.Key, key))
		}
	}
	var all []Finding
	for _, found := range g.findings {
		all = append(all, found...)
	}
	return g.incidents, all
}
