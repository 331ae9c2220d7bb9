package record

import (
	"strings"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// findComponent returns the stored component that c is: by its key, else, where one of the two has no
// id of the vendor's, by name and group. Of several such each is taken once, so that two components of
// one name stay two. list is what c was read among, and linked the components that it may be by what was known
// before.
//
// Where a name alone could mean several, none is claimed: a component that only an incident names is then
// one of its own.
func (v *saver) findComponent(c normalize.Component, list []normalize.Component, taken,
	linked map[int64]bool) *componentRow {
	if r := v.components[c.Key]; r != nil && !taken[r.id] {
		return r
	}
	namesakes := v.namesakes(c)
	var best, known *componentRow
	exact := 0
	for _, r := range namesakes {
		if r.group == c.Group && c.Group != "" {
			exact++
		}
		if taken[r.id] {
			continue
		}
		if best == nil || better(r, best, c.Group) {
			best = r
		}
		if linked[r.id] && (known == nil || better(r, known, c.Group)) {
			known = r
		}
	}
	fromIncident := linked != nil
	switch {
	case best == nil, exact > 0 && best.group == c.Group:
		return best
	case fromIncident && madeKey(c.Key) && len(namesakes) > named(list, c):
		return known
	case !madeKey(c.Key) && v.unknownNamed(list, best, taken) > len(namesakes):
		return nil
	}
	return best
}

// namesakes returns the stored components that have the name of c, in a group that it may be in, of which
// one of the two has no id. Those that the page still shows go before those that are gone.
func (v *saver) namesakes(c normalize.Component) []*componentRow {
	var there, gone []*componentRow
	for _, r := range v.components {
		switch {
		case !madeKey(c.Key) && !madeKey(r.key) || !sameName(r.name, r.group, c):
		case r.goneAt == "":
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
func (v *saver) unknownNamed(list []normalize.Component, stored *componentRow, taken map[int64]bool) int {
	n := 0
	for _, other := range list {
		r := v.components[other.Key]
		isNew := r == nil || taken[r.id] && r.firstSeen == v.at
		n += db.Bit(!madeKey(other.Key) && isNew && sameName(stored.name, stored.group, other))
	}
	return n
}

// better prefers the same group, then one that is still there, then the one that was there first.
func better(a, b *componentRow, group string) bool {
	if (a.group == group) != (b.group == group) {
		return a.group == group
	}
	if (a.goneAt == "") != (b.goneAt == "") {
		return a.goneAt == ""
	}
	return a.id < b.id
}
