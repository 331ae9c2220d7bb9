package board

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// CaseCount is of how many incidents or posts a measure of v_honesty could be taken, and how many are cases of it.
type CaseCount struct {
	Cases int `db:"cases"`
	Of    int `db:"of"`
}

var casesRow = scan.Of[struct {
	Span    int    `db:"span"`
	Measure string `db:"measure"`
	CaseCount
}]("")

// Honesty counts the cases of each measure of a vendor since each of some moments, by measure; where there is nothing
// to count, a measure is left out.
func (d *DB) Honesty(ctx context.Context, vendorID int64, since []time.Time) ([]map[string]CaseCount, error) {
	spans, out := make([]string, len(since)), make([]map[string]CaseCount, len(since))
	for n, at := range since {
		spans[n], out[n] = db.Stamp(at), map[string]CaseCount{}
	}
	list, err := db.JSON(spans)
	if err != nil {
		return nil, err
	}
	rows, err := casesRow.All(ctx, d.read, `
		WITH looked AS MATERIALIZED (SELECT measure, is_case, at FROM v_honesty_cases WHERE vendor_id = ?1)
		SELECT w.key AS span, x.measure, sum(x.is_case) AS cases, count(*) AS of
		FROM json_each(?2) w JOIN looked x ON x.at >= w.value GROUP BY w.key, x.measure`, vendorID, list)
	if err != nil {
		return nil, fmt.Errorf("honesty: %w", err)
	}
	for _, r := range rows {
		out[r.Span][r.Measure] = r.CaseCount
	}
	return out, nil
}
