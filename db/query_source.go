package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

const selectHealth = `
	SELECT source_id, vendor, vendor_name, page_url, platform, watched, health, coalesce(last_success_at, ''), coalesce(last_attempt_at, ''),
		consecutive_failures, coalesce(failing_since, ''), coalesce(last_error, ''), coalesce(latest_at, ''), coalesce(coverage_start_at, ''),
		coalesce(baseline_at, ''), coalesce(blind_since_at, ''), gaps, coalesce(blind_seconds_30d, 0), coalesce(indicator, ''),
		coalesce(indicator_since_at, ''), open_incidents, incidents, open_findings
	FROM v_source_health `

func scanHealth(r *sql.Rows, h *SourceHealth) error {
	return r.Scan(&h.SourceID, &h.Vendor, &h.VendorName, &h.PageURL, &h.Platform, &h.Watched, &h.Health, &h.LastSuccessAt, &h.LastAttemptAt,
		&h.ConsecutiveFailures, &h.FailingSince, &h.LastError, &h.LatestAt, &h.CoverageStartAt,
		&h.BaselineAt, &h.BlindSinceAt, &h.Gaps, &h.BlindSeconds30d, &h.Indicator,
		&h.IndicatorSinceAt, &h.OpenIncidents, &h.Incidents, &h.OpenFindings)
}

// Health returns how each status page can be read, by vendor.
func (d *DB) Health(ctx context.Context) ([]SourceHealth, error) {
	health, err := list(ctx, d.read, scanHealth, selectHealth+`ORDER BY vendor, source_id`)
	if err != nil {
		return nil, fmt.Errorf("health: %w", err)
	}
	return health, nil
}

// VendorHealth is a vendor with its status pages.
type VendorHealth struct {
	Vendor
	Sources []SourceHealth `json:"sources"`
}

// Vendors returns all vendors by slug, each with the health of its status pages.
func (d *DB) Vendors(ctx context.Context) ([]VendorHealth, error) {
	vendors, err := list(ctx, d.read, func(r *sql.Rows, v *VendorHealth) error {
		v.Sources = []SourceHealth{}
		return r.Scan(&v.VendorID, &v.Slug, &v.Name, &v.Homepage, &v.Owner, &v.RunbookURL)
	}, `SELECT vendor_id, slug, coalesce(nullif(name, ''), slug), homepage, owner, runbook_url FROM vendors ORDER BY slug`)
	if err != nil {
		return nil, fmt.Errorf("vendors: %w", err)
	}
	health, err := d.Health(ctx)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for n, v := range vendors {
		at[v.Slug] = n
	}
	for _, h := range health {
		if n, ok := at[h.Vendor]; ok {
			vendors[n].Sources = append(vendors[n].Sources, h)
		}
	}
	return vendors, nil
}

const selectEvent = `
	SELECT e.event_id, e.kind, e.at, e.source_id, coalesce(e.incident_id, 0), coalesce(e.update_id, 0), e.detail,
		v.slug, coalesce(nullif(v.name, ''), v.slug), coalesce(i.title, ''), coalesce(i.severity, ''), coalesce(i.state, ''),
		coalesce(nullif(i.url, ''), s.page_url), coalesce(u.body, ''), coalesce(e.withheld, '')
	FROM events e
	JOIN sources s USING (source_id)
	JOIN vendors v USING (vendor_id)
	LEFT JOIN incidents i ON i.incident_id = e.incident_id
	LEFT JOIN incident_updates u ON u.update_id = e.update_id `

// queryEvents returns events in the order in which they were learned. rest follows selectEvent.
func queryEvents(ctx context.Context, q querier, rest string, args ...any) ([]Event, error) {
	return list(ctx, q, func(r *sql.Rows, e *Event) error {
		var detail []byte
		if err := r.Scan(&e.EventID, &e.Kind, &e.At, &e.SourceID, &e.IncidentID, &e.UpdateID, &detail,
			&e.Vendor, &e.VendorName, &e.Title, &e.Severity, &e.State, &e.URL, &e.Body, &e.Withheld); err != nil {
			return err
		}
		if err := json.Unmarshal(detail, &e.Detail); err != nil {
			return fmt.Errorf("detail of event %d: %w", e.EventID, err)
		}
		return nil
	}, selectEvent+rest+` ORDER BY e.event_id`, args...)
}

// EventsAfter returns the events that were learned after the one of that id, at most limit of them; a limit
// of 0 or less means all.
func (d *DB) EventsAfter(ctx context.Context, afterID int64, limit int) ([]Event, error) {
	if limit <= 0 {
		limit = -1
	}
	events, err := queryEvents(ctx, d.read, `WHERE e.event_id IN (SELECT event_id FROM events WHERE event_id > ? ORDER BY event_id LIMIT ?)`, afterID, limit)
	if err != nil {
		return nil, fmt.Errorf("events after %d: %w", afterID, err)
	}
	return events, nil
}

// EventsSince returns the events seen at that time or later, those from saved pages by the time of the page;
// a zero time means all.
func (d *DB) EventsSince(ctx context.Context, since time.Time) ([]Event, error) {
	events, err := queryEvents(ctx, d.read, `WHERE e.at >= ?`, stamp(since))
	if err != nil {
		return nil, fmt.Errorf("events since %s: %w", stamp(since), err)
	}
	return events, nil
}

// Counts are the sizes of the record.
type Counts struct {
	Vendors      int `json:"vendors"`
	Sources      int `json:"sources"`
	Incidents    int `json:"incidents"`    // of kind incident
	Maintenances int `json:"maintenances"` // of kind maintenance
	Notices      int `json:"notices"`      // of kind notice
	Updates      int `json:"updates"`
	Revisions    int `json:"revisions"`
	Components   int `json:"components"`
	Events       int `json:"events"`
	Findings     int `json:"findings"`
	Scrapes      int `json:"scrapes"`
}

// Counts returns the sizes of the record.
func (d *DB) Counts(ctx context.Context) (c Counts, err error) {
	err = d.read.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM vendors), (SELECT count(*) FROM sources),
			(SELECT count(*) FROM incidents WHERE kind = 'incident'), (SELECT count(*) FROM incidents WHERE kind = 'maintenance'),
			(SELECT count(*) FROM incidents WHERE kind = 'notice'),
			(SELECT count(*) FROM incident_updates), (SELECT count(*) FROM revisions), (SELECT count(*) FROM components),
			(SELECT count(*) FROM events), (SELECT count(*) FROM findings), (SELECT count(*) FROM scrapes)`).
		Scan(&c.Vendors, &c.Sources, &c.Incidents, &c.Maintenances, &c.Notices, &c.Updates, &c.Revisions, &c.Components, &c.Events, &c.Findings, &c.Scrapes)
	if err != nil {
		err = fmt.Errorf("counts: %w", err)
	}
	return c, err
}
