package board

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
)

// Impact returns the incidents of a scope that began, or lasted, at some time from since until before until, in the
// order in which they began; with words of a component, those that name one which has each of them in its name or
// group. Of those that are over, CurrentUntil is not filled in.
func (d *DB) Impact(ctx context.Context, s Scope, component string, since, until time.Time) (
	[]query.IncidentImpact, error) {
	list, err := s.Vendors.list()
	if err != nil {
		return nil, err
	}
	args := []any{list, s.Service, db.Stamp(since), db.Stamp(until), db.Stamp(since.Add(-soonOver))}
	near := nearAll
	if s.Vendors != nil {
		near = nearSome
	}
	var named strings.Builder
	for n, word := range strings.Fields(component) {
		if n == 0 {
			named.WriteString(` AND EXISTS (SELECT 1 FROM incident_components ic JOIN components c USING (component_id)
				WHERE ic.incident_id = o.incident_id`)
		}
		args = append(args, word)
		fmt.Fprintf(&named, ` AND instr(lower(c.group_name || ' ' || c.name), lower(?%d)) > 0`, len(args))
	}
	if named.Len() > 0 {
		named.WriteString(`)`)
	}
	out := []query.IncidentImpact{}
	err = scan.EachRow(ctx, d.read, func(row scan.Scanner) error {
		var text string
		if err := row.Scan(&text); err != nil {
			return err
		}
		i, err := readImpact(text)
		out = append(out, i)
		return err
	}, `SELECT x.incident_id || char(31) || x.severity || char(31) || x.open || char(31) || coalesce(x.from_at, '')
			|| char(31) || coalesce(x.to_at, '') || char(31) || x.counted_at || char(31)
			|| CASE WHEN x.open THEN coalesce(s.current_until_at, '') ELSE '' END || char(31)
			|| v.slug || char(31) || coalesce(nullif(v.name, ''), v.slug)
		FROM (`+near+`) o CROSS JOIN v_impact x ON x.incident_id = o.incident_id
		CROSS JOIN sources s ON s.source_id = x.source_id CROSS JOIN vendors v ON v.vendor_id = s.vendor_id
		WHERE x.counted_at < ?4 AND (x.counted_at >= ?3 OR x.to_at > ?3)
			AND (?2 = '' OR EXISTS (SELECT 1 FROM v_service_incidents t
				WHERE t.incident_id = o.incident_id AND t.service = ?2 COLLATE NOCASE))`+named.String(), args...)
	if err != nil {
		return nil, fmt.Errorf("incidents of a window: %w", err)
	}
	slices.SortFunc(out, func(a, b query.IncidentImpact) int {
		return cmp.Or(a.CountedAt.Compare(b.CountedAt), cmp.Compare(a.IncidentID, b.IncidentID))
	})
	return out, nil
}

// soonOver is less than what incidents last that are in the index incidents_long: of those that began before it, none
// else lasted until the window.
const soonOver = 48 * time.Hour

// near are the incidents that can have to do with the window from ?3 until before ?4, each once: those that began in it
// or in the time ?5 before it, those that lasted longer, those that are open, those that left their page, and those of
// which it is not known when they began. %s is what chooses them by their vendors.
const near = `
		SELECT n.incident_id FROM %[1]s n.started_at >= ?5 AND n.started_at < ?4
		UNION ALL SELECT n.incident_id FROM %[1]s julianday(n.resolved_at) - julianday(n.started_at) > 1.9
			AND n.resolved_at > ?3 AND n.started_at < ?5 AND n.ended = 1
		UNION ALL SELECT n.incident_id FROM %[1]s n.open = 1 AND (n.started_at < ?5 OR n.started_at >= ?4)
		UNION ALL SELECT n.incident_id FROM %[1]s n.ended = 0 AND n.left_feed_at > ?3
			AND (n.started_at < ?5 OR n.started_at >= ?4)
		UNION ALL SELECT n.incident_id FROM %[1]s n.started_at IS NULL`

var (
	nearAll  = fmt.Sprintf(near, `incidents n WHERE`)
	nearSome = fmt.Sprintf(near, `json_each(?1) j CROSS JOIN sources p ON p.vendor_id = j.value
			CROSS JOIN incidents n ON n.source_id = p.source_id WHERE`)
)

// readImpact reads the parts of an incident, which Impact selects as one text.
func readImpact(text string) (i query.IncidentImpact, err error) {
	parts := strings.SplitN(text, separator, 9)
	if len(parts) != 9 {
		return i, fmt.Errorf("%q has %d parts", text, len(parts))
	}
	i.Severity, i.Vendor, i.VendorName = parts[1], parts[7], parts[8]
	if parts[2] == "1" {
		i.Open = 1
	}
	if i.IncidentID, err = strconv.ParseInt(parts[0], 10, 64); err != nil {
		return i, err
	}
	for n, at := range []*time.Time{&i.FromAt, &i.ToAt, &i.CountedAt, &i.CurrentUntil} {
		if *at, err = db.ParseStamp(parts[3+n]); err != nil {
			return i, err
		}
	}
	return i, nil
}

// Titles returns the titles of incidents, by number.
func (d *DB) Titles(ctx context.Context, ids []int64) (map[int64]string, error) {
	list, err := db.JSON(append([]int64{}, ids...))
	if err != nil {
		return nil, err
	}
	rows, err := titleRow.All(ctx, d.read, `SELECT i.incident_id, i.title FROM json_each(?) j
		CROSS JOIN incidents i ON i.incident_id = j.value`, list)
	if err != nil {
		return nil, fmt.Errorf("titles: %w", err)
	}
	titles := map[int64]string{}
	for _, r := range rows {
		titles[r.IncidentID] = r.Title
	}
	return titles, nil
}

var titleRow = scan.Of[struct {
	IncidentID int64  `db:"incident_id"`
	Title      string `db:"title"`
}]("i")

// unseen is the part of v_stretches that tells of time in which pages told nothing, of the vendors in ?2 alone.
var unseen = func() string {
	text := db.ViewAt("v_stretches", "?1")
	return `WITH sources AS (SELECT * FROM main.sources WHERE vendor_id IN (SELECT value FROM json_each(?2))),
		vendors AS (SELECT * FROM main.vendors WHERE vendor_id IN (SELECT value FROM json_each(?2))),
		stretch (vendor_id, what, incident_id, severity, from_at, to_at, counted_at) AS (` +
		text[strings.LastIndex(text, "SELECT blind."):] + `)`
}()

var unseenRow = scan.Of[struct {
	Vendor string `db:"vendor = v.slug"`
	query.Stretch
}]("x")

// Unseen returns, of v_stretches as it is at a moment, the time in which the pages of vendors told nothing, by slug.
func (d *DB) Unseen(ctx context.Context, slugs []string, now time.Time) (map[string][]query.Stretch, error) {
	s, _, err := d.ScopeOf(ctx, append([]string{}, slugs...))
	if err != nil {
		return nil, err
	}
	list, err := s.Vendors.list()
	if err != nil {
		return nil, err
	}
	rows, err := unseenRow.All(ctx, d.read, unseen+`
		SELECT `+unseenRow.Columns+` FROM stretch x JOIN main.vendors v USING (vendor_id)`, db.Stamp(now), list)
	if err != nil {
		return nil, fmt.Errorf("unseen time: %w", err)
	}
	of := map[string][]query.Stretch{}
	for _, r := range rows {
		of[r.Vendor] = append(of[r.Vendor], r.Stretch)
	}
	return of, nil
}

// VendorCount returns how many vendors are on record.
func (d *DB) VendorCount(ctx context.Context) (n int, err error) {
	if err = d.read.QueryRowContext(ctx, `SELECT count(*) FROM vendors`).Scan(&n); err != nil {
		err = fmt.Errorf("vendors: %w", err)
	}
	return n, err
}

// ScopeOf returns the vendors of these slugs as a scope, and the slugs that are on no vendor.
func (d *DB) ScopeOf(ctx context.Context, slugs []string) (s Scope, unknown []string, err error) {
	list, err := db.JSON(slugs)
	if err != nil {
		return s, nil, err
	}
	rows, err := chosenRow.All(ctx, d.read, `SELECT v.vendor_id, v.slug FROM json_each(?) j
		CROSS JOIN vendors v ON v.slug = j.value ORDER BY v.vendor_id`, list)
	if err != nil {
		return s, nil, fmt.Errorf("vendors by slug: %w", err)
	}
	s.Vendors, s.Slugs = Vendors{}, map[string]bool{}
	for _, r := range rows {
		s.Vendors, s.Slugs[r.Slug] = append(s.Vendors, r.VendorID), true
	}
	for _, slug := range slugs {
		if !s.Slugs[slug] {
			unknown = append(unknown, slug)
		}
	}
	return s, unknown, nil
}

// Slugs returns the slugs of all vendors, in their order.
func (d *DB) Slugs(ctx context.Context) ([]string, error) {
	slugs, err := scan.Column[string](ctx, d.read, `SELECT slug FROM vendors ORDER BY slug`)
	if err != nil {
		return nil, fmt.Errorf("slugs of vendors: %w", err)
	}
	return slugs, nil
}
