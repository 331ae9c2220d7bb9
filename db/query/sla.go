package query

import (
	"context"
	"fmt"
	"strings"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize/target"
)

// SLA is a row of v_sla: a vendor's uptime in a period, as its agreement counts it.
type SLA struct {
	Vendor        string   `db:"vendor" json:"vendor"` // slug
	VendorName    string   `db:"vendor_name" json:"vendor_name"`
	Period        string   `db:"period" json:"period"` // 2026-11 or 2026-Q4
	FromAt        string   `db:"from_at" json:"from_at"`
	ToAt          string   `db:"to_at" json:"to_at"`
	TargetPercent float64  `db:"target_percent" json:"target_percent"`
	UptimePercent *float64 `db:"uptime_percent" json:"uptime_percent"` // of the known time; null where nothing is known
	KnownPercent  float64  `db:"known_percent" json:"known_percent"`
	// of the whole period, if nothing was wrong in all other time
	AtBestPercent *float64 `db:"uptime_at_best_percent" json:"uptime_at_best_percent"`
	BudgetMinutes float64  `db:"budget_minutes" json:"budget_minutes"`
	ImpactMinutes *float64 `db:"impact_minutes" json:"impact_minutes"`
	BudgetLeft    *float64 `db:"budget_left_minutes" json:"budget_left_minutes"`
	BurnRate      *float64 `db:"burn_rate" json:"burn_rate"`
	Forecast      string   `db:"forecast" json:"forecast,omitempty"` // kept, at_risk, missed; empty: nothing is known
	CreditPercent *float64 `db:"credit_percent" json:"credit_percent"`
	KnownLength   int      `db:"incidents_of_known_length" json:"incidents_of_known_length"`
	UnknownLength int      `db:"incidents_of_unknown_length" json:"incidents_of_unknown_length"`
}

// What becomes of a target.
const (
	ForecastKept   = "kept"
	ForecastAtRisk = "at_risk" // the budget will be spent, if things go on as so far
	ForecastMissed = "missed"  // the budget is spent
)

var slaRow = scan.Of[SLA]("x")

// slaOfOne is v_sla for the one vendor that the second parameter names.
var slaOfOne = strings.NewReplacer(`FROM clock CROSS JOIN vendor_targets t)`,
	`FROM clock CROSS JOIN vendor_targets t WHERE t.vendor_id = ?2)`,
	`WHERE (s.what = 'unseen'`, `WHERE s.vendor_id = ?2 AND (s.what = 'unseen'`,
	`WHERE t.components <> '[]'`, `WHERE s.vendor_id = ?2 AND t.components <> '[]'`).Replace(db.ViewAt("v_sla", "?1"))

// SLA returns how a vendor does against its target in the period that a moment falls into, up to that moment. It
// returns db.ErrNotFound for a vendor without a target.
func (d *DB) SLA(ctx context.Context, vendorID int64, at time.Time) (SLA, error) {
	s, err := slaRow.One(ctx, d.read, `SELECT `+slaRow.Columns+` FROM (`+slaOfOne+`) x`, db.Stamp(at), vendorID)
	if err != nil {
		return SLA{}, fmt.Errorf("target of vendor %d: %w", vendorID, notFound(err))
	}
	return s, nil
}

// slaPart is the part of v_sla that says what counts, and what of it lies in the period.
var slaPart = func() string {
	part, _, found := strings.Cut(slaOfOne, ",\n  measure (name, what) AS (")
	if !found {
		panic("v_sla does not name its stretches before its measures")
	}
	return part + `
		SELECT s.what, s.incident_id, s.severity,
			CASE WHEN s.from_at < t.from_at THEN t.from_at ELSE s.from_at END AS from_at,
			CASE WHEN s.to_at > min(t.to_at, t.now) THEN min(t.to_at, t.now) ELSE s.to_at END AS to_at, s.counted_at
		FROM term t JOIN stretch s USING (vendor_id)
		WHERE s.to_at >= s.from_at AND s.from_at < min(t.to_at, t.now)
				AND (s.from_at >= t.from_at OR s.to_at > t.from_at)
			OR s.what = 'counts' AND coalesce(s.to_at < s.from_at, 1) AND s.counted_at >= t.from_at
				AND s.counted_at < min(t.to_at, t.now)`
}()

// SLAStretches returns what v_sla counts of a vendor in the period that a moment falls into, up to that moment, cut to
// the period: what is counts for impact, and for planned work where that counts, or unseen.
func (d *DB) SLAStretches(ctx context.Context, vendorID int64, at time.Time) ([]Stretch, error) {
	all, err := stretchRow.All(ctx, d.read, `SELECT `+stretchRow.Columns+` FROM (`+slaPart+`) x
		ORDER BY x.what, coalesce(x.from_at, x.counted_at), x.incident_id`, db.Stamp(at), vendorID)
	if err != nil {
		return nil, fmt.Errorf("what counts of vendor %d: %w", vendorID, err)
	}
	return all, nil
}

var targetRow = scan.Of[struct {
	TargetPercent float64         `db:"target_percent"`
	Period        string          `db:"period"`
	Severities    []string        `db:"severities"`
	Components    []string        `db:"components"`
	Maintenance   bool            `db:"maintenance"`
	Credits       []target.Credit `db:"credits"`
}]("t")

// Target returns what a vendor promises, or db.ErrNotFound if the configuration says nothing of it.
func (d *DB) Target(ctx context.Context, vendorID int64) (target.Target, error) {
	t, err := targetRow.One(ctx, d.read, `SELECT `+targetRow.Columns+` FROM vendor_targets t WHERE t.vendor_id = ?`,
		vendorID)
	if err != nil {
		return target.Target{}, fmt.Errorf("target of vendor %d: %w", vendorID, notFound(err))
	}
	return target.Target(t), nil
}

// VendorsWithTarget returns the numbers of the vendors that have a target, in their order.
func (d *DB) VendorsWithTarget(ctx context.Context) ([]int64, error) {
	ids, err := scan.Column[int64](ctx, d.read, `SELECT vendor_id FROM vendor_targets ORDER BY vendor_id`)
	if err != nil {
		return nil, fmt.Errorf("targets: %w", err)
	}
	return ids, nil
}
