package record

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"vendorwatch/normalize"
)

// The characters between the fields and the ends of components written as one text: the ASCII unit and
// record separators, which no page shows.
const (
	fieldEnd = "\x1f"
	rowEnd   = "\x1e"
)

// sameComponents reports whether the page lists just what is stored and not gone, so that there is nothing to
// do. Pages list hundreds of components, of which a poll seldom changes one: SQLite makes one text of them
// at less cost than it hands over their rows.
func (v *saver) sameComponents() (bool, error) {
	var n int
	var stored string
	err := v.queryRow(`
		SELECT count(*), coalesce(group_concat(concat_ws(char(31), source_key, position, name, group_name, status,
		vendor_status), char(30)), '')
		FROM (SELECT * FROM components WHERE source_id = ? AND gone_at IS NULL ORDER BY source_key)`,
		v.s.SourceID).Scan(&n, &stored)
	if err != nil || n != len(v.s.Components) {
		return false, err
	}
	return stored == componentsText(v.s.Components), nil
}

// componentsText writes a list of components as sameComponents reads the stored ones.
func componentsText(list []normalize.Component) string {
	order := make([]int, len(list))
	for n := range order {
		order[n] = n
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(list[a].Key, list[b].Key) })
	var b strings.Builder
	for n, position := range order {
		c := &list[position]
		if n > 0 {
			b.WriteString(rowEnd)
		}
		for field, text := range [...]string{c.Key, strconv.Itoa(position), c.Name, c.Group, string(c.Status),
			c.VendorStatus} {
			if strings.Contains(text, fieldEnd) || strings.Contains(text, rowEnd) {
				return "" // two lists could read the same
			}
			if field > 0 {
				b.WriteString(fieldEnd)
			}
			b.WriteString(text)
		}
	}
	return b.String()
}

// affects reports whether the components of a stored incident are those of a list, by their keys.
func (r *record) affects(list []normalize.Component) bool {
	if len(list) != len(r.components) || len(list) != len(r.incident.Components) {
		return false
	}
	keys := make(map[string]bool, len(list))
	for _, c := range r.incident.Components {
		keys[c.Key] = true
	}
	for _, c := range list {
		if !keys[c.Key] {
			return false
		}
		delete(keys, c.Key) // one that is listed twice is not the same list
	}
	return true
}
