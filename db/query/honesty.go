package query

import (
	"context"
	"fmt"
	"strings"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// Honesty is a row of v_honesty: one measure of how a vendor tells of its trouble.
type Honesty struct {
	Vendor        string   `db:"vendor" json:"vendor"` // slug
	VendorName    string   `db:"vendor_name" json:"vendor_name"`
	Measure       string   `db:"measure" json:"measure"`
	Cases         int      `db:"cases" json:"cases"`
	Of            int      `db:"of" json:"of"`                         // the sample
	Value         *float64 `db:"value" json:"value"`                   // null where there is no sample
	Unit          string   `db:"unit" json:"unit"`                     // of the value: minutes, their median; percent
	MedianMinutes *float64 `db:"median_minutes" json:"median_minutes"` // of the cases, where they are counted
}

var (
	honestyRow = scan.Of[Honesty]("x")

	// honestyOfOne is v_honesty for one vendor, of what began or was posted from a moment until before another.
	honestyOfOne = strings.Replace(db.ViewAt("v_honesty", "?"), `FROM v_honesty_cases)`,
		`FROM v_honesty_cases WHERE vendor_id = ?1 AND at >= ?2 AND (?3 = '' OR at < ?3))`, 1) + `
		WHERE v.vendor_id = ?1`
)

// Honesty returns the measures of a vendor, in their order, of what began or was posted from since until before until;
// the zero times stand for all of the record.
func (d *DB) Honesty(ctx context.Context, vendorID int64, since, until time.Time) ([]Honesty, error) {
	all, err := honestyRow.All(ctx, d.read, `SELECT `+honestyRow.Columns+` FROM (`+honestyOfOne+`) x
		ORDER BY x.position`, vendorID, db.Stamp(since), db.Stamp(until))
	if err != nil {
		return nil, fmt.Errorf("honesty: %w", err)
	}
	return all, nil
}

// HonestyCase is a case of a measure: a row of v_honesty_cases with what it is about.
type HonestyCase struct {
	Measure    string   `db:"measure" json:"measure"`
	IncidentID int64    `db:"incident_id" json:"incident_id"`
	UpdateID   int64    `db:"update_id" json:"update_id,omitempty"` // 0: it is about the incident
	At         string   `db:"at" json:"at"`
	Minutes    *float64 `db:"minutes" json:"minutes,omitempty"`
	Title      string   `db:"title = i.title" json:"title"`
}

var honestyCaseRow = scan.Of[HonestyCase]("x")

// HonestyCases returns the cases of a measure, or with an empty one of all, the newest first and at most limit.
func (d *DB) HonestyCases(ctx context.Context, vendorID int64, measure string, since, until time.Time, limit int) (
	[]HonestyCase, error) {
	all, err := honestyCaseRow.All(ctx, d.read, `SELECT `+honestyCaseRow.Columns+`
		FROM v_honesty_cases x JOIN incidents i ON i.incident_id = x.incident_id
		WHERE x.vendor_id = ?1 AND x.at >= ?2 AND (?3 = '' OR x.at < ?3) AND x.is_case AND (?4 = '' OR x.measure = ?4)
		ORDER BY x.at DESC, x.incident_id DESC, x.update_id DESC, x.measure LIMIT ?5`, vendorID, db.Stamp(since),
		db.Stamp(until), measure, limit)
	if err != nil {
		return nil, fmt.Errorf("cases of honesty: %w", err)
	}
	return all, nil
}
