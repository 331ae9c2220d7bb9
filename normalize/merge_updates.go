package normalize

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize/markdown"
	"vendorwatch/normalize/times"
)

// updates joins two timelines. An update is the same by its id; without one by minute and state, and
// among several of those by its text.
func (g *merging) updates(known, seen []Update) []Update {
	out := slices.Clone(known)
	for n := range out {
		out[n].Was = ""
	}
	taken := make([]bool, len(out))
	left := make([]Update, 0, len(seen))
	for _, s := range seen {
		n := slices.IndexFunc(known, func(k Update) bool {
			return k.Key == s.Key && !generatedKey(s.Key) && !twoPosts(k, s)
		})
		if n < 0 || taken[n] {
			left = append(left, s)
			continue
		}
		taken[n] = true
		out[n] = g.update(out[n], s)
	}
	// Of two posts a minute apart, either may be the one that a document without seconds shows: the nearer first.
	text := func(k, s Update) bool { return alike(k, s) && sameText(k.Body, s.Body) }
	left = g.match(out, taken, left, func(k, s Update) bool { return sameMinute(k, s) && text(k, s) })
	left = g.match(out, taken, left, text)
	left = g.match(out, taken, left, func(k, s Update) bool { return sameMinute(k, s) && alike(k, s) })
	left = g.match(out, taken, left, alike)
	for _, s := range left {
		s.Was, s.Key = "", unusedKey(out, s.Key)
		out = append(out, s)
	}
	return tidy(out)
}

// unusedKey returns key, with an ordinal if an update has it: of two posts of one minute and state, the
// one that was not known may come first in its document, and so have the key of the other.
func unusedKey(updates []Update, key string) string {
	free := key
	for n := 2; slices.ContainsFunc(updates, func(u Update) bool { return u.Key == free }); n++ {
		free = key + "#" + strconv.Itoa(n)
	}
	return free
}

// match pairs what is left of seen with what is not taken of known, in order.
func (g *merging) match(out []Update, taken []bool, left []Update, same func(k, s Update) bool) []Update {
	var rest []Update
	for _, s := range left {
		n := -1
		for i := range taken {
			if !taken[i] && same(out[i], s) {
				n = i
				break
			}
		}
		if n < 0 {
			rest = append(rest, s)
			continue
		}
		taken[n] = true
		out[n] = g.update(out[n], s)
	}
	return rest
}

// sameMinute reports whether two updates are known to have been posted in one and the same minute.
func sameMinute(k, s Update) bool {
	return !k.PostedAt.IsZero() && k.PostedAt.Truncate(time.Minute).Equal(s.PostedAt.Truncate(time.Minute))
}

// generatedKey reports whether an update's key was made up, the document having shown no id.
func generatedKey(key string) bool { return strings.HasPrefix(key, "@") }

// alike reports whether two updates, one of them without an id, can be one.
func alike(k, s Update) bool {
	if !generatedKey(k.Key) && !generatedKey(s.Key) {
		return false
	}
	if k.State != s.State && k.State != StateUpdate && s.State != StateUpdate && k.State != StateUnknown &&
		s.State != StateUnknown {
		return false
	}
	if k.PostedAt.IsZero() || s.PostedAt.IsZero() {
		return sameText(k.Body, s.Body) || cutOf(s.Body, k.Body, s.PostedAt.IsZero()) ||
			cutOf(k.Body, s.Body, k.PostedAt.IsZero())
	}
	return times.Same(k.PostedAt, s.PostedAt)
}

func (g *merging) update(k, s Update) Update {
	m := k
	if generatedKey(k.Key) && !generatedKey(s.Key) {
		m.Key, m.Was = s.Key, k.Key
	}
	switch {
	case s.State == StateUpdate || s.State == StateUnknown && s.VendorState == "":
	case k.State == StateUpdate || k.State == StateUnknown && k.VendorState == "":
		m.State, m.VendorState = s.State, s.VendorState
	case k.State != s.State && g.fresh:
		g.edit(m.Key, "state", string(k.State), string(s.State))
		m.State, m.VendorState = s.State, s.VendorState
	case k.State == s.State:
		m.VendorState = clearer(k.VendorState, s.VendorState)
	}
	m.CreatedAt = times.Finer(k.CreatedAt, s.CreatedAt)
	switch {
	case k.PostedAt.IsZero():
		m.PostedAt = s.PostedAt
	case s.PostedAt.IsZero():
	case times.Same(k.PostedAt, s.PostedAt):
		m.PostedAt = times.Finer(k.PostedAt, s.PostedAt)
	case g.fresh:
		g.edit(m.Key, "posted_at", FormatTime(k.PostedAt), FormatTime(s.PostedAt))
		m.PostedAt = s.PostedAt
	}
	m.Body = g.body(m.Key, k, s)
	return m
}

func (g *merging) body(key string, k, s Update) string {
	switch {
	case k.Body == "":
		return s.Body
	case s.Body == "" || k.Body == s.Body:
		return k.Body
	case generatedKey(k.Key) != generatedKey(s.Key): // the documents with ids have the text as it was written
		if sameText(k.Body, s.Body) {
			if generatedKey(k.Key) {
				return s.Body
			}
			return k.Body
		}
	case generatedKey(k.Key): // the formats may differ
		if sameText(k.Body, s.Body) {
			return richer(k.Body, s.Body)
		}
	case sameWords(k.Body, s.Body):
		if markdown.Line(k.Body) == markdown.Line(s.Body) {
			return richer(k.Body, s.Body)
		}
		if !g.fresh {
			return k.Body
		}
		if g.reworked(key) {
			g.edit(key, "body", k.Body, s.Body)
		}
		return s.Body
	}
	switch {
	case cutOf(s.Body, k.Body, s.PostedAt.IsZero()):
		return k.Body
	case cutOf(k.Body, s.Body, k.PostedAt.IsZero()):
		return s.Body
	case !g.fresh:
		return k.Body
	}
	g.edit(key, "body", k.Body, s.Body)
	return s.Body
}

// reworked reports whether one kind of document shows an update's marks otherwise than it did before: a link
// that leads elsewhere, say. Between two kinds of documents the marks differ of themselves.
func (g *merging) reworked(key string) bool {
	for _, s := range g.seen {
		for _, k := range g.known {
			is, shown := rawBody(s, key)
			was, showed := rawBody(k, key)
			if s.Document == k.Document && shown && showed && markdown.Line(is) != markdown.Line(was) {
				return true
			}
		}
	}
	return false
}

func rawBody(r Raw, id string) (string, bool) {
	n := slices.IndexFunc(r.Updates, func(u RawUpdate) bool { return u.ID == id })
	if n < 0 {
		return "", false
	}
	return r.Updates[n].Body, true
}

// richer returns the one of two texts of the same words that has more form: more line ends, then more marks, then less
// white space. It depends on the texts alone, so that the order in which documents are read does not matter.
func richer(a, b string) string {
	form := func(s string) []int {
		return []int{strings.Count(s, "\n"), len(strings.Join(strings.Fields(s), "")), -len(s)}
	}
	if c := slices.Compare(form(a), form(b)); c != 0 {
		if c > 0 {
			return a
		}
		return b
	}
	return max(a, b)
}

// tidy puts a joined timeline in order and lets posts headed "Update", whose state was not to be seen in
// their own document, have the state in force.
func tidy(updates []Update) []Update {
	slices.SortStableFunc(updates, func(a, b Update) int { return a.PostedAt.Compare(b.PostedAt) })
	inForce := StateUpdate
	for n := range updates {
		switch updates[n].State {
		case StateUpdate:
			updates[n].State = inForce
		case StatePostmortem, StateUnknown:
		default:
			inForce = updates[n].State
		}
	}
	return updates
}
