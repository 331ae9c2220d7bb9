package board

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// Listed is a watched vendor in the list of all of them.
type Listed struct {
	VendorID    int64
	Vendor      string // slug
	VendorName  string
	ReadableAt  string // as in query.Status
	FirstReadAt string // when the first of its watched pages was first read; empty: none was
}

// add adds another page of the vendor.
func (v *Listed) add(page Listed) {
	v.ReadableAt = min(v.ReadableAt, page.ReadableAt) // empty where one was never read
	if v.FirstReadAt == "" || page.FirstReadAt != "" && page.FirstReadAt < v.FirstReadAt {
		v.FirstReadAt = page.FirstReadAt
	}
}

// readable is SQL for query.Status.ReadableAt over the watched pages s of a vendor.
const readable = `CASE WHEN count(s.last_success_at) = count(*) THEN min(s.last_success_at) END`

// separator stands between the parts of a text that is read as one. Handing ten thousand rows over column by column
// takes several times as long as finding them.
const separator = "\x1f"

// Roster returns all watched vendors, by name.
func (d *DB) Roster(ctx context.Context) ([]Listed, error) { return d.roster(ctx, nil) }

// RosterOf returns those of the watched vendors that have these slugs, by name.
func (d *DB) RosterOf(ctx context.Context, slugs []string) ([]Listed, error) {
	return d.roster(ctx, append([]string{}, slugs...))
}

func (d *DB) roster(ctx context.Context, slugs []string) ([]Listed, error) {
	chosen, args := ``, []any{}
	if slugs != nil {
		list, err := db.JSON(slugs)
		if err != nil {
			return nil, err
		}
		chosen, args = `WHERE v.slug IN (SELECT value FROM json_each(?1)) `, []any{list}
	}
	out := []Listed{}
	err := scan.EachRow(ctx, d.read, func(row scan.Scanner) error {
		var page Listed
		var rest string
		if err := row.Scan(&page.VendorID, &rest); err != nil {
			return err
		}
		page.Vendor, rest, _ = strings.Cut(rest, separator)
		page.ReadableAt, rest, _ = strings.Cut(rest, separator)
		page.FirstReadAt, page.VendorName, _ = strings.Cut(rest, separator)
		if last := len(out) - 1; last >= 0 && out[last].VendorID == page.VendorID {
			out[last].add(page)
		} else {
			out = append(out, page)
		}
		return nil
	}, `SELECT v.vendor_id, v.slug || char(31) || coalesce(s.last_success_at, '') || char(31)
			|| coalesce(s.baseline_at, '') || char(31) || coalesce(nullif(v.name, ''), v.slug)
		FROM vendors v CROSS JOIN sources s ON s.vendor_id = v.vendor_id AND s.watched = 1
		`+chosen+`ORDER BY `+byName, args...)
	if err != nil {
		return nil, fmt.Errorf("watched vendors: %w", err)
	}
	return out, nil
}

// byName is the order of vendors v.
const byName = `coalesce(nullif(v.name, ''), v.slug) COLLATE NOCASE, v.slug`

// Places returns the place of each watched vendor in Roster, by its number, the first 1.
func (d *DB) Places(ctx context.Context) (map[int64]int, error) {
	var ids []int64
	list, err := scan.Column[string](ctx, d.read, `SELECT json_group_array(vendor_id) FROM (
		SELECT v.vendor_id FROM vendors v
		WHERE EXISTS (SELECT 1 FROM sources s WHERE s.vendor_id = v.vendor_id AND s.watched = 1)
		ORDER BY `+byName+`)`)
	if err == nil {
		err = json.Unmarshal([]byte(list[0]), &ids)
	}
	if err != nil {
		return nil, fmt.Errorf("places of vendors: %w", err)
	}
	places := make(map[int64]int, len(ids))
	for n, id := range ids {
		places[id] = n + 1
	}
	return places, nil
}

var latelyReadRow = scan.Of[struct {
	Seconds  int64  `db:"seconds"`
	VendorID int64  `db:"vendor_id"`
	At       string `db:"at"`
}]("")

// NewestReading returns the newest query.Status.ReadableAt of all watched vendors; empty: none was read.
func (d *DB) NewestReading(ctx context.Context) (string, error) {
	// A vendor with several pages is as readable as the one that was read first. Of each interval, the pages that were
	// read last are looked at, and more of them where those that were not looked at could be newer.
	for many := 32; ; many *= 8 {
		rows, err := latelyReadRow.All(ctx, d.read, `WITH RECURSIVE interval (seconds) AS (
				SELECT min(interval_seconds) FROM sources WHERE watched = 1
				UNION ALL
				SELECT (SELECT min(s.interval_seconds) FROM sources s
					WHERE s.watched = 1 AND s.interval_seconds > seconds)
				FROM interval WHERE seconds IS NOT NULL)
			SELECT every.seconds, s.vendor_id, s.last_success_at AS at FROM interval every
			CROSS JOIN sources s ON s.source_id IN (SELECT t.source_id FROM sources t
				WHERE t.watched = 1 AND t.interval_seconds = every.seconds ORDER BY t.last_success_at DESC LIMIT ?)
			WHERE s.last_success_at IS NOT NULL`, many)
		if err != nil {
			return "", fmt.Errorf("newest reading: %w", err)
		}
		ids, count, oldest := []int64{}, map[int64]int{}, map[int64]string{}
		for _, r := range rows {
			ids = append(ids, r.VendorID)
			count[r.Seconds]++
			if at, ok := oldest[r.Seconds]; !ok || r.At < at {
				oldest[r.Seconds] = r.At
			}
		}
		list, err := db.JSON(ids)
		if err != nil {
			return "", err
		}
		newest, err := scan.Column[string](ctx, d.read, `SELECT coalesce(max(at), '') FROM (
			SELECT `+readable+` AS at FROM sources s
			WHERE s.watched = 1 AND s.vendor_id IN (SELECT value FROM json_each(?)) GROUP BY s.vendor_id)`, list)
		if err != nil {
			return "", fmt.Errorf("newest reading: %w", err)
		}
		enough := true
		for seconds, n := range count {
			enough = enough && (n < many || newest[0] >= oldest[seconds])
		}
		if enough {
			return newest[0], nil
		}
	}
}
