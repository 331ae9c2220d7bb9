// Package board reads what the dashboard's overviews show of many vendors at once: what is open and what is new, for
// all vendors or for those that somebody looks after.
package board

import (
	"context"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
)

// DB answers questions about many vendors. Its methods may be called from several goroutines at once.
type DB struct {
	read  scan.Querier
	query *query.DB
}

// New returns a DB that reads an open file.
func New(file *db.DB) *DB { return In(file.Reader()) }

// In returns a DB that reads through q.
func In(q scan.Querier) *DB { return &DB{q, query.In(q)} }

// Choice chooses vendors by what the configuration says of them. Empty fields choose none out; capitals make no
// difference.
type Choice struct {
	Tag     string
	Owner   string
	Service string // slug of a service of ours that needs them
}

// Any reports whether it chooses anything out.
func (c Choice) Any() bool { return c != Choice{} }

// Choices are the words that a Choice may have, each list in its order.
type Choices struct {
	Tags, Owners, Services []string
}

// Choices returns the words by which vendors can be chosen.
func (d *DB) Choices(ctx context.Context) (c Choices, err error) {
	for _, list := range []struct {
		into  *[]string
		query string
	}{
		{&c.Tags, `WITH RECURSIVE t (tag) AS (SELECT min(tag) FROM vendor_tags UNION ALL
			SELECT (SELECT min(n.tag) FROM vendor_tags n WHERE n.tag > t.tag) FROM t WHERE t.tag IS NOT NULL)
			SELECT tag FROM t WHERE tag IS NOT NULL`},
		{&c.Owners, `WITH RECURSIVE own (owner) AS (SELECT min(owner) FROM vendors WHERE owner > '' UNION ALL
			SELECT (SELECT min(n.owner) FROM vendors n WHERE n.owner > own.owner) FROM own WHERE own.owner IS NOT NULL)
			SELECT owner FROM own WHERE owner IS NOT NULL`},
		{&c.Services, `SELECT slug FROM services ORDER BY slug`},
	} {
		if *list.into, err = scan.Column[string](ctx, d.read, list.query); err != nil {
			return Choices{}, fmt.Errorf("what vendors can be chosen by: %w", err)
		}
	}
	return c, nil
}

// Vendors are the numbers of the vendors that a Choice chooses. Nil stands for all of them.
type Vendors []int64

// everyone is what a list of vendors is in SQL where all of them are meant.
const everyone = `null`

// list writes the numbers as SQL reads them.
func (v Vendors) list() (string, error) {
	if v == nil {
		return everyone, nil
	}
	return db.JSON([]int64(v))
}

// of is SQL that is true where the vendor of a row is among those of the list in parameter ?1.
func of(vendor string) string {
	return `(?1 = '` + everyone + `' OR ` + vendor + ` IN (SELECT value FROM json_each(?1)))`
}

// Scope is of what an overview shows the present: of these vendors, and of their incidents those that touch the
// service, or may, where one is named.
type Scope struct {
	Vendors Vendors
	Slugs   map[string]bool // of these vendors; nil: all
	Service string          // slug
}

// Scope returns what c chooses.
func (d *DB) Scope(ctx context.Context, c Choice) (Scope, error) {
	s := Scope{Service: c.Service}
	if !c.Any() {
		return s, nil
	}
	rows, err := chosenRow.All(ctx, d.read, `SELECT v.vendor_id, v.slug FROM vendors v
		WHERE (?1 = '' OR EXISTS (SELECT 1 FROM vendor_tags t
				WHERE t.vendor_id = v.vendor_id AND t.tag = ?1 COLLATE NOCASE))
			AND (?2 = '' OR v.owner = ?2 COLLATE NOCASE)
			AND (?3 = '' OR v.vendor_id IN (SELECT n.vendor_id FROM service_needs n JOIN services s USING (service_id)
				WHERE s.slug = ?3 COLLATE NOCASE))
		ORDER BY v.vendor_id`, c.Tag, c.Owner, c.Service)
	if err != nil {
		return s, fmt.Errorf("vendors chosen: %w", err)
	}
	s.Vendors, s.Slugs = Vendors{}, map[string]bool{}
	for _, r := range rows {
		s.Vendors, s.Slugs[r.Slug] = append(s.Vendors, r.VendorID), true
	}
	return s, nil
}

var chosenRow = scan.Of[struct {
	VendorID int64  `db:"vendor_id"`
	Slug     string `db:"slug"`
}]("v")

// Named returns the vendors whose name or slug has each of the words, by name, at most limit of them, and how many
// there are.
func (d *DB) Named(ctx context.Context, words []string, limit int) (Vendors, int, error) {
	list, err := db.JSON(words)
	if err != nil {
		return nil, 0, err
	}
	rows, err := namedRow.All(ctx, d.read, `SELECT `+namedRow.Columns+` FROM vendors v
		WHERE NOT EXISTS (SELECT 1 FROM json_each(?1) w
			WHERE instr(lower(v.name || ' ' || v.slug), lower(w.value)) = 0)
		ORDER BY coalesce(nullif(v.name, ''), v.slug) COLLATE NOCASE, v.slug LIMIT ?2`, list, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("vendors by name: %w", err)
	}
	ids, total := Vendors{}, 0
	for _, r := range rows {
		ids, total = append(ids, r.VendorID), r.Total
	}
	return ids, total, nil
}

var namedRow = scan.Of[struct {
	VendorID int64 `db:"vendor_id"`
	Total    int   `db:"total = count(*) OVER ()"`
}]("v")
