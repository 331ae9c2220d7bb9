package components

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// The characters between the fields and the ends of components written as one text: the ASCII unit and
// record separators, which no page shows.
const (
	fieldEnd = "\x1f"
	rowEnd   = "\x1e"
)

// same reports whether the page lists just what is stored and not gone, so that there is nothing to
// do. Pages list hundreds of components, of which a poll seldom changes one: SQLite makes one text of them
// at less cost than it hands over their rows.
func (k *Known) same(ctx context.Context, tx *db.Tx, list []normalize.Component) (bool, error) {
	if k.rows != nil {
		return k.sameRows(list), nil
	}
	var n int
	var stored string
	err := tx.QueryRowContext(ctx, `
		SELECT count(*), coalesce(group_concat(concat_ws(char(31), source_key, position, name, group_name, status,
		vendor_status), char(30)), '')
		FROM (SELECT * FROM components WHERE source_id = ? AND gone_at IS NULL ORDER BY source_key)`,
		k.source).Scan(&n, &stored)
	if err != nil || n != len(list) {
		return false, err
	}
	return stored == componentsText(list), nil
}

// sameRows is same over rows that are loaded.
func (k *Known) sameRows(list []normalize.Component) bool {
	there := 0
	for _, r := range k.rows {
		there += db.Bit(r.GoneAt == "")
	}
	if there != len(list) {
		return false
	}
	for n := range list {
		c := &list[n]
		r := k.rows[c.Key]
		if r == nil || r.GoneAt != "" || r.Position != n+1 || r.Name != c.Name || r.Group != c.Group ||
			r.Status != string(c.Status) || r.VendorStatus != c.VendorStatus || hasEnds(c) {
			return false
		}
	}
	return true
}

// hasEnds reports whether a component holds a character that ends fields or components: two lists could read the same.
func hasEnds(c *normalize.Component) bool {
	return slices.ContainsFunc([]string{c.Key, c.Name, c.Group, string(c.Status), c.VendorStatus}, func(t string) bool {
		return strings.Contains(t, fieldEnd) || strings.Contains(t, rowEnd)
	})
}

// componentsText writes a list of components as same reads the stored ones.
func componentsText(list []normalize.Component) string {
	order := make([]int, len(list))
	for n := range order {
		order[n] = n
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(list[a].Key, list[b].Key) })
	var b strings.Builder
	for n, at := range order {
		c := &list[at]
		if hasEnds(c) {
			return ""
		}
		if n > 0 {
			b.WriteString(rowEnd)
		}
		for field, text := range [...]string{c.Key, strconv.Itoa(at + 1), c.Name, c.Group, string(c.Status),
			c.VendorStatus} {
			if field > 0 {
				b.WriteString(fieldEnd)
			}
			b.WriteString(text)
		}
	}
	return b.String()
}
