package query

import (
	"context"
	"fmt"
	"strings"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize/impact"
)

// Uptime is a row of v_uptime: how much of the last days a vendor was without impact, as far as its pages told us.
type Uptime struct {
	Vendor     string `db:"vendor" json:"vendor"` // slug
	VendorName string `db:"vendor_name" json:"vendor_name"`
	Days       int    `db:"days" json:"days"`
	FromAt     string `db:"from_at" json:"from_at"`
	ToAt       string `db:"to_at" json:"to_at"`
	// of the known time; null where nothing is known
	UptimePercent *float64 `db:"uptime_percent" json:"uptime_percent"`
	// the same, where planned work counts as impact
	UptimeWithMaintenance *float64 `db:"uptime_with_maintenance_percent" json:"uptime_with_maintenance_percent"`
	KnownPercent          float64  `db:"known_percent" json:"known_percent"` // of the window
	ImpactHours           *float64 `db:"impact_hours" json:"impact_hours"`   // null where nothing is known
	MaintenanceHours      float64  `db:"maintenance_hours" json:"maintenance_hours"`
	KnownLength           int      `db:"incidents_of_known_length" json:"incidents_of_known_length"`
	UnknownLength         int      `db:"incidents_of_unknown_length" json:"incidents_of_unknown_length"`
}

var uptimeRow = scan.Of[Uptime]("x")

// uptimeOfOne is v_uptime for the one vendor that the second parameter names.
var uptimeOfOne = strings.NewReplacer(`) v_stretches),`, `) v_stretches WHERE vendor_id = ?2),`,
	`FROM vendors v CROSS JOIN period w)`, `FROM vendors v CROSS JOIN period w WHERE v.vendor_id = ?2)`).
	Replace(db.ViewAt("v_uptime", "?1"))

// Uptimes returns the uptime of a vendor over windows that end now, the shortest first.
func (d *DB) Uptimes(ctx context.Context, vendorID int64, now time.Time) ([]Uptime, error) {
	all, err := uptimeRow.All(ctx, d.read, `SELECT `+uptimeRow.Columns+` FROM (`+uptimeOfOne+`) x ORDER BY x.days`,
		db.Stamp(now), vendorID)
	if err != nil {
		return nil, fmt.Errorf("uptime: %w", err)
	}
	return all, nil
}

// Stretch is a row of v_stretches: time that uptime is made of.
type Stretch struct {
	What       string    `db:"what" json:"what"`               // impact, maintenance or unseen
	IncidentID int64     `db:"incident_id" json:"incident_id"` // 0 for unseen
	Severity   string    `db:"severity" json:"severity"`
	FromAt     time.Time `db:"from_at" json:"from_at"`       // zero: not known
	ToAt       time.Time `db:"to_at" json:"to_at"`           // zero: not known
	CountedAt  time.Time `db:"counted_at" json:"counted_at"` // when it counts as having begun
}

// The kinds of stretches.
const (
	StretchImpact      = "impact"
	StretchMaintenance = "maintenance"
	StretchUnseen      = "unseen"
)

var stretchRow = scan.Of[Stretch]("x")

var (
	stretchText          = db.ViewAt("v_stretches", "?1")
	componentStretchText = db.ViewAt("v_component_stretches", "?1")
)

// Stretches returns the time that the uptime of a vendor is made of, in its order, as it is at a moment.
func (d *DB) Stretches(ctx context.Context, vendorID int64, now time.Time) ([]Stretch, error) {
	all, err := stretchRow.All(ctx, d.read, `SELECT `+stretchRow.Columns+` FROM (`+stretchText+`) x
		WHERE x.vendor_id = ?2 ORDER BY x.counted_at, x.incident_id`, db.Stamp(now), vendorID)
	if err != nil {
		return nil, fmt.Errorf("time of a vendor: %w", err)
	}
	return all, nil
}

// ComponentStretches is Stretches for one component: incidents and planned work that name it, as v_component_stretches
// has them, time in which its page showed it degraded or down, and time in which nothing is known of it.
func (d *DB) ComponentStretches(ctx context.Context, componentID int64, now time.Time) ([]Stretch, error) {
	// With the vendor's number, SQLite makes the stretches of the one vendor.
	vendors, err := scan.Column[int64](ctx, d.read,
		`SELECT s.vendor_id FROM components c JOIN sources s USING (source_id) WHERE c.component_id = ?`, componentID)
	if err != nil || len(vendors) == 0 {
		return []Stretch{}, err
	}
	all, err := stretchRow.All(ctx, d.read, `
		WITH component AS (
			SELECT c.component_id, c.first_seen_at, c.gone_at, s.vendor_id, s.source_id,
				CASE WHEN s.current_until_at >= ?1 THEN ?1 ELSE s.latest_at END AS known_until_at
			FROM components c JOIN sources s USING (source_id) WHERE c.component_id = ?2),
		shown AS (
			SELECT h.status, h.at,
				lead(h.at, 1, c.known_until_at) OVER (ORDER BY h.at, h.component_change_id) AS next_at
			FROM component c JOIN component_changes h USING (component_id) WHERE h.at < ?1)
		SELECT `+stretchRow.Columns+` FROM (
			SELECT what, incident_id, severity, from_at, to_at, counted_at
			FROM (`+componentStretchText+` WHERE t.vendor_id = ?3 AND x.component_id = ?2)
			UNION ALL
			SELECT t.what, NULL, NULL, t.from_at, t.to_at, t.counted_at
			FROM (`+stretchText+`) t WHERE t.vendor_id = ?3 AND t.what = 'unseen'
			UNION ALL
			SELECT CASE WHEN status = 'under_maintenance' THEN 'maintenance' WHEN status = 'unknown' THEN 'unseen'
				ELSE 'impact' END, NULL, NULL, at, next_at, at FROM shown WHERE status <> 'operational'
			UNION ALL SELECT 'unseen', NULL, NULL, '0000-01-01T00:00:00.000Z', first_seen_at, first_seen_at
				FROM component
			UNION ALL SELECT 'unseen', NULL, NULL, gone_at, ?1, gone_at FROM component WHERE gone_at < ?1) x
		ORDER BY x.counted_at, x.incident_id`, db.Stamp(now), componentID, vendors[0])
	if err != nil {
		return nil, fmt.Errorf("time of a component: %w", err)
	}
	return all, nil
}

// Share is how much of a window was without impact, of the time that is known.
type Share struct {
	Window      time.Duration // up to now
	Known       time.Duration // of the window
	Down        time.Duration // of the known time, with impact
	Planned     time.Duration // of the known time, with planned work and without impact
	Impact      time.Duration // of the window, with impact
	KnownLength int           // incidents that are in Impact
	// incidents of the window whose length is not known; where there are any, Down may be too little
	UnknownLength int
}

// ShareOf counts what falls between from and to, and not after now. It is v_uptime for any window, of the same
// stretches. As in the file, milliseconds are the finest that there is: of a page that is not read, the nanoseconds
// since the last one that the file can name would be known time.
func ShareOf(stretches []Stretch, from, to, now time.Time) Share {
	from, to, now = from.Truncate(time.Millisecond), to.Truncate(time.Millisecond), now.Truncate(time.Millisecond)
	if to.IsZero() || to.After(now) {
		to = now
	}
	of := func(kinds ...string) impact.Total {
		var all []impact.Interval
		for _, s := range stretches {
			for _, what := range kinds {
				if s.What == what {
					all = append(all, impact.Interval{Start: s.FromAt, End: s.ToAt, At: s.CountedAt})
				}
			}
		}
		return impact.Of(all, from, to, now)
	}
	if !to.After(from) {
		return Share{}
	}
	window := to.Sub(from)
	unseen, wrong := of(StretchUnseen).Time, of(StretchUnseen, StretchImpact).Time
	impacted := of(StretchImpact)
	return Share{Window: window, Known: window - unseen, Down: wrong - unseen,
		Planned: of(StretchUnseen, StretchImpact, StretchMaintenance).Time - wrong,
		Impact:  impacted.Time, KnownLength: impacted.Known, UnknownLength: impacted.Unknown}
}

// Stated reports whether anything is known of how much was down.
func (s Share) Stated() bool { return s.Known > 0 && (s.KnownLength > 0 || s.UnknownLength == 0) }

// Percent returns the uptime, or nil where nothing is known. With planned, planned work counts as impact.
func (s Share) Percent(planned bool) *float64 {
	if !s.Stated() {
		return nil
	}
	down := s.Down
	if planned {
		down += s.Planned
	}
	percent := 100 * float64(s.Known-down) / float64(s.Known)
	return &percent
}
