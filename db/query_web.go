package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"vendorwatch/normalize"
)

// openNow is what v_open shows, not over, still on its page and standing for its event, without what filters
// hide.
const openNow = `i.state NOT IN ('resolved', 'completed', 'cancelled') AND i.left_feed_at IS NULL AND coalesce(i.same_event_id, i.incident_id) = i.incident_id
	AND NOT EXISTS (SELECT 1 FROM filtered_incidents x WHERE x.incident_id = i.incident_id)`

// worstFirst orders by severity as Severity.Rank does.
const worstFirst = `CASE i.severity WHEN 'critical' THEN 4 WHEN 'major' THEN 3 WHEN 'minor' THEN 1 WHEN 'none' THEN 0 ELSE 2 END DESC`

// VendorState is how a vendor does at this moment, as far as can be told.
type VendorState struct {
	VendorID         int64
	Slug             string
	Name             string // name for people
	Owner            string
	Sources          int    // status pages that the configuration lists
	Failing          int    // of those, how many could not be read three times in a row or more often
	NeverRead        int    // of those, how many were never read live
	FailingSinceAt   string // first failure of the one that has failed for longest
	LastSuccessAt    string // oldest last good reading among the pages
	IntervalSeconds  int64  // longest interval of the pages; 0 if not known
	IndicatorSinceAt string // since when a page calls itself unwell and no incident says why
	Incidents        int    // open ones of kind incident
	WorstSeverity    string // of those; empty if there is none
	Maintenances     int    // under way
	WorstStatus      string // worst component status that is not operational; empty if all are, or the pages tell of none
}

// VendorStates returns how all vendors do, by name. It reads the vendors, and of the rest only what is open
// or not well.
func (d *DB) VendorStates(ctx context.Context) ([]VendorState, error) {
	states, err := list(ctx, d.read, func(r *sql.Rows, v *VendorState) error {
		return r.Scan(&v.VendorID, &v.Slug, &v.Name, &v.Owner, &v.Sources, &v.Failing, &v.NeverRead, &v.FailingSinceAt, &v.LastSuccessAt,
			&v.IntervalSeconds, &v.IndicatorSinceAt)
	}, `
		SELECT v.vendor_id, v.slug, coalesce(nullif(v.name, ''), v.slug) AS vendor_name, v.owner, count(s.source_id),
			coalesce(sum(s.consecutive_failures >= 3), 0), coalesce(sum(s.last_success_at IS NULL), 0), coalesce(min(s.failing_since_at), ''),
			coalesce(min(s.last_success_at), ''), coalesce(max(s.interval_seconds), 0), coalesce(min(s.indicator_since_at), '')
		FROM vendors v LEFT JOIN sources s ON s.vendor_id = v.vendor_id AND s.watched = 1
		GROUP BY v.vendor_id ORDER BY vendor_name COLLATE NOCASE, v.slug`)
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
		SELECT s.vendor_id, i.kind, i.severity, i.state FROM incidents i JOIN sources s USING (source_id) WHERE `+openNow)
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
			if v.WorstSeverity == "" || normalize.Severity(severity).Rank() > normalize.Severity(v.WorstSeverity).Rank() {
				v.WorstSeverity = severity
			}
		case kind == string(normalize.KindMaintenance) && (state == string(normalize.StateInProgress) || state == string(normalize.StateVerifying)):
			v.Maintenances++
		}
	}
	return rows.Err()
}

// statusRank orders component statuses, worst highest.
func statusRank(status string) int {
	for n, s := range []normalize.ComponentStatus{normalize.StatusOperational, normalize.StatusMaintenance, normalize.StatusUnknown,
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

// OpenByKind returns what is open of one kind, the worst and then the newest first, at most limit of them,
// and how many there are. A vendor that is not empty chooses (slug).
func (d *DB) OpenByKind(ctx context.Context, kind normalize.Kind, vendor string, limit int) ([]Incident, int, error) {
	const chosen = ` FROM incidents i WHERE ` + openNow + ` AND i.kind = ?1
		AND (?2 = '' OR i.source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?2))`
	var total int
	if err := d.read.QueryRowContext(ctx, `SELECT count(*)`+chosen, kind, vendor).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("open %ss: %w", kind, err)
	}
	const order = worstFirst + `, ` + began + ` DESC, i.incident_id DESC`
	incidents, err := d.incidents(ctx, selectIncident+`
		WHERE i.incident_id IN (SELECT i.incident_id`+chosen+` ORDER BY `+order+` LIMIT ?3) ORDER BY `+order, kind, vendor, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("open %ss: %w", kind, err)
	}
	return incidents, total, nil
}

// HiddenOpen returns how many incidents are open that filters hide.
func (d *DB) HiddenOpen(ctx context.Context) (n int, err error) {
	err = d.read.QueryRowContext(ctx, `
		SELECT count(*) FROM filtered_incidents f JOIN incidents i USING (incident_id)
		WHERE i.state NOT IN ('resolved', 'completed', 'cancelled') AND i.left_feed_at IS NULL
			AND coalesce(i.same_event_id, i.incident_id) = i.incident_id`).Scan(&n)
	if err != nil {
		err = fmt.Errorf("hidden incidents: %w", err)
	}
	return n, err
}

// RecentEvents returns the news of what was seen at that time or later, the newest first, at most limit of
// them, and how many there are. News that is told elsewhere or was old when it was read is not in it.
func (d *DB) RecentEvents(ctx context.Context, since time.Time, limit int) ([]Event, int, error) {
	var total int
	err := d.read.QueryRowContext(ctx, `SELECT count(*) FROM events WHERE at >= ? AND withheld IS NULL`, stamp(since)).Scan(&total)
	if err != nil {
		return nil, 0, fmt.Errorf("recent events: %w", err)
	}
	events, err := queryEvents(ctx, d.read, `WHERE e.event_id IN (
		SELECT event_id FROM events WHERE at >= ? AND withheld IS NULL ORDER BY at DESC, event_id DESC LIMIT ?)`, stamp(since), limit)
	if err != nil {
		return nil, 0, fmt.Errorf("recent events: %w", err)
	}
	slices.SortFunc(events, func(a, b Event) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.EventID, a.EventID)) })
	return events, total, nil
}

// LastEventID returns the number of the newest event, 0 if there is none. It tells at little cost whether
// anything is new.
func (d *DB) LastEventID(ctx context.Context) (int64, error) {
	var id int64
	if err := d.read.QueryRowContext(ctx, `SELECT coalesce(max(event_id), 0) FROM events`).Scan(&id); err != nil {
		return 0, fmt.Errorf("last event: %w", err)
	}
	return id, nil
}

// VendorBySlug returns a vendor with its status pages, or ErrNotFound.
func (d *DB) VendorBySlug(ctx context.Context, slug string) (VendorHealth, error) {
	v := VendorHealth{}
	err := d.read.QueryRowContext(ctx, `
		SELECT vendor_id, slug, coalesce(nullif(name, ''), slug), homepage, owner, runbook_url FROM vendors WHERE slug = ?`, slug).
		Scan(&v.VendorID, &v.Slug, &v.Name, &v.Homepage, &v.Owner, &v.RunbookURL)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err == nil {
		v.Sources, err = list(ctx, d.read, scanHealth, selectHealth+`
			WHERE source_id IN (SELECT source_id FROM sources WHERE vendor_id = ?) ORDER BY source_id`, v.VendorID)
	}
	if err != nil {
		return VendorHealth{}, fmt.Errorf("vendor %q: %w", slug, err)
	}
	return v, nil
}
