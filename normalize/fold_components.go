package normalize

import (
	"slices"
	"strings"
)

// takeComponents takes the newer list of affected components. A list that another kind of document shows, or a part
// of a timeline, adds exactness and takes nothing away; an emptied one was emptied by the vendor.
func (f *folding) takeComponents(v, was *view) {
	i, seen := &f.record.Incident, v.i.Components
	if was == nil && len(seen) == 0 || was != nil && sameComponents(was.i.Components, seen) {
		i.Components = refine(i.Components, seen)
		return
	}
	if f.parts == nil {
		i.Components, f.parts = sortComponents(seen), v.source
		return
	}
	if len(seen) == 0 {
		if v.i.Excerpt || len(i.Components) == 0 || !newer(v.source, f.parts, true) {
			return
		}
		f.revise(v.seen, "", "components", componentNames(i.Components), "")
		i.Components, f.parts = nil, v.source
		return
	}
	taken := make([]bool, len(i.Components))
	out := make([]Component, 0, len(seen))
	grown := false
	for _, c := range seen {
		n := sameComponent(i.Components, taken, c)
		if n < 0 {
			out, grown = append(out, c), true
			continue
		}
		taken[n] = true
		out = append(out, joinComponent(i.Components[n], c))
	}
	gone := slices.Contains(taken, false)
	if !grown && !gone {
		i.Components = sortComponents(out)
		return
	}
	if !newer(v.source, f.parts, was != nil) || v.i.Excerpt && gone {
		i.Components = refine(i.Components, seen)
		return
	}
	f.revise(v.seen, "", "components", componentNames(i.Components), componentNames(out))
	i.Components, f.parts = sortComponents(out), v.source
}

// sameComponents reports whether two lists of one kind of document name the same components.
func sameComponents(a, b []Component) bool {
	if len(a) != len(b) {
		return false
	}
	for _, c := range a {
		if !slices.ContainsFunc(
			b,
			func(o Component) bool { return o.Key == c.Key && o.Name == c.Name && o.Group == c.Group },
		) {
			return false
		}
	}
	return true
}

func sortComponents(list []Component) []Component {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b Component) int {
		return strings.Compare(a.Group+"\x00"+a.Name+"\x00"+a.Key, b.Group+"\x00"+b.Name+"\x00"+b.Key)
	})
	return out
}
