package query

import (
	"context"
	"fmt"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// VendorState is how a vendor does at this moment, as far as can be told.
type VendorState struct {
	VendorID int64  `db:"vendor_id"`
	Slug     string `db:"slug"`
	Name     string `db:"name"` // name for people
	Owner    string `db:"owner"`
	Sources  int    `db:"sources"` // status pages that the configuration lists
	// of those, how many could not be read three times in a row or more often
	Failing          int    `db:"failing"`
	NeverRead        int    `db:"never_read"`         // of those, how many were never read live
	FailingSinceAt   string `db:"failing_since_at"`   // first failure of the one that has failed for longest
	LastSuccessAt    string `db:"last_success_at"`    // oldest last good reading among the pages
	IntervalSeconds  int64  `db:"interval_seconds"`   // longest interval of the pages; 0 if not known
	IndicatorSinceAt string `db:"indicator_since_at"` // since when a page calls itself unwell and no incident says why
	Incidents        int    // open ones of kind incident
	WorstSeverity    string // of those; empty if there is none
	Maintenances     int    // under way
	// worst component status that is not operational; empty if all are, or the pages tell of none
	WorstStatus string
}

var vendorStateRow = scan.Of[VendorState]("")

// VendorStates returns how all vendors do, by name. It reads the vendors, and of the rest only what is open
// or not well.
func (d *DB) VendorStates(ctx context.Context) ([]VendorState, error) {
	states, err := vendorStateRow.All(ctx, d.read, `
		SELECT v.vendor_id, v.slug, coalesce(nullif(v.name, ''), v.slug) AS name, v.owner,
		count(s.source_id) AS sources,
			sum(s.consecutive_failures >= 3) AS failing, sum(s.last_success_at IS NULL) AS never_read,
			min(s.failing_since_at) AS failing_since_at,
			min(s.last_success_at) AS last_success_at, max(s.interval_seconds) AS interval_seconds,
			min(s.indicator_since_at) AS indicator_since_at
		FROM vendors v LEFT JOIN sources s ON s.vendor_id = v.vendor_id AND s.watched = 1
		GROUP BY v.vendor_id ORDER BY coalesce(nullif(v.name, ''), v.slug) COLLATE NOCASE, v.slug`)
	if err != nil {
		return nil, fmt.Errorf("vendor states: %w", err)
	}
	at := make(map[int64]*VendorState, len(states))
	for n := range states {
		at[states[n].VendorID] = &states[n]
	}
	if err := d.addOpen(ctx, at); err != nil {
		return nil, fmt.Errorf("vendor states: %w", err)
	}
	if err := d.addComponents(ctx, at); err != nil {
		return nil, fmt.Errorf("vendor states: %w", err)
	}
	return states, nil
}

func (d *DB) addOpen(ctx context.Context, at map[int64]*VendorState) error {
	rows, err := d.read.QueryContext(ctx, `
		SELECT s.vendor_id, i.kind, i.severity, i.state FROM incidents i JOIN sources s USING (source_id) WHERE `+
		openNow)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var vendor int64
		var kind, severity, state string
		if err := rows.Scan(&vendor, &kind, &severity, &state); err != nil {
			return err
		}
		v := at[vendor]
		switch {
		case v == nil:
		case kind == string(normalize.KindIncident):
			v.Incidents++
			if v.WorstSeverity == "" ||
				normalize.Severity(severity).Rank() > normalize.Severity(v.WorstSeverity).Rank() {
				v.WorstSeverity = severity
			}
		case kind == string(normalize.KindMaintenance) && (state == string(normalize.StateInProgress) ||
			state == string(normalize.StateVerifying)):
			v.Maintenances++
		}
	}
	return rows.Err()
}

// statusRank orders component statuses, worst highest.
func statusRank(status string) int {
	for n, s := range []normalize.ComponentStatus{normalize.StatusOperational, normalize.StatusMaintenance,
		normalize.StatusUnknown,
		normalize.StatusDegraded, normalize.StatusPartial, normalize.StatusMajor} {
		if status == string(s) {
			return n
		}
	}
	return 0
}

func (d *DB) addComponents(ctx context.Context, at map[int64]*VendorState) error {
	rows, err := d.read.QueryContext(ctx, `
		SELECT s.vendor_id, c.status FROM components c JOIN sources s USING (source_id)
		WHERE c.status <> 'operational' AND c.gone_at IS NULL AND s.watched = 1
			AND NOT (c.status = 'unknown' AND c.vendor_status = '') GROUP BY s.vendor_id, c.status`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var vendor int64
		var status string
		if err := rows.Scan(&vendor, &status); err != nil {
			return err
		}
		if v := at[vendor]; v != nil && statusRank(status) > statusRank(v.WorstStatus) {
			v.WorstStatus = status
		}
	}
	return rows.Err()
}
