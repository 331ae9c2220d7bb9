package normalize

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize/markdown"
)

func (r *reader) components() {
	var found []Finding
	r.incident.Components, found = Components(r.raw.Components, r.own)
	for _, f := range found {
		r.finding(f.Field, f.Value, f.Problem)
	}
	for _, raw := range r.raw.Components {
		if raw.ID == "" || raw.Started.IsZero() {
			continue
		}
		start, end := r.time("components.started_at", raw.Started), r.time("components.resolved_at", raw.Resolved)
		if !start.IsZero() && !end.IsZero() && end.Before(start) {
			r.finding("components.resolved_at", raw.Resolved.Text, "a component recovered before it was affected")
			end = time.Time{}
		}
		parts := r.incident.Components
		n := slices.IndexFunc(parts, func(c Component) bool { return c.Key == raw.ID })
		parts[n].StartedAt, parts[n].ResolvedAt = start, end
	}
}

// Components gives components their meaning. Two of one name stay two: the id or the group tells them
// apart, else an ordinal in the key.
func Components(raws []RawComponent, own Words) ([]Component, []Finding) {
	out := slices.Grow([]Component(nil), len(raws))
	var findings []Finding
	used := make(map[string]int, len(raws))
	for _, raw := range raws {
		c := Component{Key: raw.ID, Name: markdown.Line(raw.Name), Group: markdown.Line(raw.Group),
			VendorStatus: strings.TrimSpace(raw.Status), Status: StatusUnknown}
		if c.VendorStatus != "" {
			status, ok := own.Status(c.VendorStatus)
			if !ok {
				findings = append(findings, Finding{Key: c.Key, Field: "status", Value: clip(c.VendorStatus, 300),
					Problem: fmt.Sprintf("this status word of the component %q is unknown", c.Name)})
			}
			c.Status = status
		}
		if c.Key == "" {
			c.Key = "@" + c.Group + "/" + c.Name
		}
		used[c.Key]++
		if n := used[c.Key]; n > 1 {
			if raw.ID != "" {
				continue // one component listed twice
			}
			c.Key += "#" + strconv.Itoa(n)
		}
		out = append(out, c)
	}
	return out, findings
}

// components takes the newer list of affected components. A name without an id means the component of
// that name and group whose id is known.
func (g *merging) components(known []Component, seen Incident) []Component {
	if len(seen.Components) == 0 {
		return known
	}
	taken := make([]bool, len(known))
	out := make([]Component, 0, len(seen.Components))
	grown := false
	for _, s := range seen.Components {
		n := sameComponent(known, taken, s)
		if n < 0 {
			out, grown = append(out, s), true
			continue
		}
		taken[n] = true
		out = append(out, joinComponent(known[n], s))
	}
	gone := slices.Contains(taken, false)
	if len(known) > 0 && (!g.fresh || seen.Excerpt && gone) {
		// An older or partial list adds exactness, and takes nothing away.
		return refine(known, seen.Components)
	}
	if len(known) > 0 && (grown || gone) {
		g.edit("", "components", componentNames(known), componentNames(out))
	}
	slices.SortStableFunc(out, func(a, b Component) int {
		return strings.Compare(a.Group+"\x00"+a.Name+"\x00"+a.Key, b.Group+"\x00"+b.Name+"\x00"+b.Key)
	})
	return out
}

func refine(known, seen []Component) []Component {
	taken := make([]bool, len(known))
	out := slices.Clone(known)
	for _, s := range seen {
		if n := sameComponent(known, taken, s); n >= 0 {
			taken[n] = true
			out[n] = joinComponent(known[n], s)
		}
	}
	return out
}

func sameComponent(known []Component, taken []bool, s Component) int {
	for n, k := range known {
		if !taken[n] && k.Key == s.Key {
			return n
		}
	}
	for n, k := range known {
		nameless := strings.HasPrefix(k.Key, "@") || strings.HasPrefix(s.Key, "@")
		if !taken[n] && nameless && k.Name == s.Name && (k.Group == s.Group || k.Group == "" || s.Group == "") {
			return n
		}
	}
	return -1
}

// joinComponent keeps the better key and the group; the status is the newer one, and so are the times, which a document
// tells both or not at all.
func joinComponent(k, s Component) Component {
	m := s
	if strings.HasPrefix(s.Key, "@") {
		m.Key = k.Key
	}
	if m.Group == "" {
		m.Group = k.Group
	}
	if m.Status == StatusUnknown && m.VendorStatus == "" {
		m.Status, m.VendorStatus = k.Status, k.VendorStatus
	}
	if m.StartedAt.IsZero() {
		m.StartedAt, m.ResolvedAt = k.StartedAt, k.ResolvedAt
	}
	return m
}

// Label is how a component is called before people: with its group, where it has one.
func (c Component) Label() string {
	if c.Group == "" {
		return c.Name
	}
	return c.Group + " › " + c.Name
}

func componentNames(cs []Component) string {
	names := make([]string, len(cs))
	for n, c := range cs {
		names[n] = c.Label()
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// meaning makes a stored value of its word again. Where a page has moved from one platform to another, either
// of them may have said it.
func meaning[V comparable](stored V, word string, words []Words, read func(Words, string) (V, bool)) V {
	var found V
	ok := false
	for n, w := range words {
		v, known := read(w, word)
		if v == stored {
			return stored
		}
		if n == 0 || known && !ok {
			found, ok = v, known
		}
	}
	return found
}

// Status is what a component's status word means, by the words of the platforms it may come from.
func Status(stored ComponentStatus, word string, words []Words) ComponentStatus {
	return meaning(stored, word, words, Words.Status)
}
