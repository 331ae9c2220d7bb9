package components

import (
	"strings"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// find returns the stored component that c is: by its key, else, where one of the two has no
// id of the vendor's, by name and group. Of several such each is taken once, so that two components of
// one name stay two. list is what c was read among and at when, and linked are the components that it may be by
// what was known before.
//
// Where a name alone could mean several, none is claimed: a component that only an incident names is then
// one of its own.
func (k *Known) find(c normalize.Component, list []normalize.Component, at string, taken,
	linked map[int64]bool) *Row {
	if r := k.rows[c.Key]; r != nil && !taken[r.ID] {
		return r
	}
	namesakes := k.namesakes(c)
	var best, known *Row
	exact := 0
	for _, r := range namesakes {
		if r.Group == c.Group && c.Group != "" {
			exact++
		}
		if taken[r.ID] {
			continue
		}
		if best == nil || better(r, best, c.Group) {
			best = r
		}
		if linked[r.ID] && (known == nil || better(r, known, c.Group)) {
			known = r
		}
	}
	fromIncident := linked != nil
	switch {
	case best == nil, exact > 0 && best.Group == c.Group:
		return best
	case fromIncident && madeKey(c.Key) && len(namesakes) > named(list, c):
		return known
	case !madeKey(c.Key) && k.unknownNamed(list, best, at, taken) > len(namesakes):
		return nil
	}
	return best
}

// namesakes returns the stored components that have the name of c, in a group that it may be in, of which
// one of the two has no id. Those that the page still shows go before those that are gone.
func (k *Known) namesakes(c normalize.Component) []*Row {
	var there, gone []*Row
	for _, r := range k.rows {
		switch {
		case !madeKey(c.Key) && !madeKey(r.Key) || !sameName(r.Name, r.Group, c):
		case r.GoneAt == "":
			there = append(there, r)
		default:
			gone = append(gone, r)
		}
	}
	if len(there) > 0 {
		return there
	}
	return gone
}

func sameName(name, group string, c normalize.Component) bool {
	return strings.EqualFold(name, c.Name) && (group == c.Group || group == "" || c.Group == "")
}

// named counts the components of a list that may have the name of c.
func named(list []normalize.Component, c normalize.Component) int {
	n := 0
	for _, other := range list {
		n += db.Bit(sameName(other.Name, other.Group, c))
	}
	return n
}

// unknownNamed counts the components of a list that may be the stored one without an id: those of its name
// that have an id under which nothing was stored before this scrape.
func (k *Known) unknownNamed(list []normalize.Component, stored *Row, at string, taken map[int64]bool) int {
	n := 0
	for _, other := range list {
		r := k.rows[other.Key]
		isNew := r == nil || taken[r.ID] && r.FirstSeen == at
		n += db.Bit(!madeKey(other.Key) && isNew && sameName(stored.Name, stored.Group, other))
	}
	return n
}

// better prefers the same group, then one that is still there, then the one that was there first.
func better(a, b *Row, group string) bool {
	if (a.Group == group) != (b.Group == group) {
		return a.Group == group
	}
	if (a.GoneAt == "") != (b.GoneAt == "") {
		return a.GoneAt == ""
	}
	return a.ID < b.ID
}
