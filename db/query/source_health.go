package query

import (
	"context"
	"database/sql"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// SourceHealth is a row of v_source_health.
type SourceHealth struct {
	SourceID            int64  `json:"source_id"`
	Vendor              string `json:"vendor"`
	VendorName          string `json:"vendor_name"`
	PageURL             string `json:"page_url"`
	Platform            string `json:"platform"`
	Watched             int    `json:"watched"` // 1: the configuration lists it
	Health              string `json:"health"`  // ok, failing (1 or 2 failures), unreadable (3 and more), never (no good scrape yet), not_watched (whatever else)
	LastSuccessAt       string `json:"last_success_at,omitempty"`
	LastAttemptAt       string `json:"last_attempt_at,omitempty"`
	ConsecutiveFailures int    `json:"consecutive_failures"`
	FailingSince        string `json:"failing_since,omitempty"`
	LastError           string `json:"last_error,omitempty"`
	LatestAt            string `json:"latest_at,omitempty"` // newest good reading, live or from a saved page
	CoverageStartAt     string `json:"coverage_start_at,omitempty"`
	BaselineAt          string `json:"baseline_at,omitempty"`
	BlindSinceAt        string `json:"blind_since_at,omitempty"` // start of a gap in what was seen that lasts
	Gaps                int    `json:"gaps"`                     // those that no later reading made up for
	BlindSeconds30d     int64  `json:"blind_seconds_30d"`        // how much of the 30 days before LastAttemptAt they make up
	Indicator           string `json:"indicator,omitempty"`
	IndicatorSinceAt    string `json:"indicator_since_at,omitempty"` // since when it is raised without an open incident
	OpenIncidents       int    `json:"open_incidents"`
	Incidents           int    `json:"incidents"`
	OpenFindings        int    `json:"open_findings"`
}

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

// SourceHealth returns how each status page can be read, by vendor.
func (d *DB) SourceHealth(ctx context.Context) ([]SourceHealth, error) {
	health, err := scan.List(ctx, d.read, scanHealth, selectHealth+`ORDER BY vendor, source_id`)
	if err != nil {
		return nil, fmt.Errorf("health: %w", err)
	}
	return health, nil
}

// SourcesAfter returns the health of status pages in the order of their numbers, at most limit of them, from
// the one that follows afterID on. A vendor that is not empty chooses (slug).
func (d *DB) SourcesAfter(ctx context.Context, vendor string, afterID int64, limit int) ([]SourceHealth, error) {
	health, err := scan.List(ctx, d.read, scanHealth, selectHealth+`
		WHERE source_id IN (SELECT s.source_id FROM sources s JOIN vendors v USING (vendor_id)
			WHERE s.source_id > ?1 AND (?2 = '' OR v.slug = ?2) ORDER BY s.source_id LIMIT ?3)
		ORDER BY source_id`, afterID, vendor, limit)
	if err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	return health, nil
}

// SourcesByHealth returns the health of status pages, those that cannot be read first and then by vendor, limit of
// them from offset on, and how many pages there are.
func (d *DB) SourcesByHealth(ctx context.Context, limit, offset int) ([]SourceHealth, int, error) {
	var total int
	if err := d.read.QueryRowContext(ctx, `SELECT count(*) FROM sources`).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("sources: %w", err)
	}
	health, err := scan.List(ctx, d.read, scanHealth, selectHealth+`
		WHERE source_id IN (
			SELECT s.source_id FROM sources s JOIN vendors v USING (vendor_id)
			ORDER BY s.watched = 0, s.consecutive_failures = 0, s.last_success_at IS NOT NULL, v.slug, s.source_id LIMIT ? OFFSET ?)
		ORDER BY watched = 0, consecutive_failures = 0, last_success_at IS NOT NULL, vendor, source_id`, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("sources: %w", err)
	}
	return health, total, nil
}

// FailingSources returns the watched pages whose last attempt failed and those never read, the longest
// failing first, at most limit of them, and how many there are.
func (d *DB) FailingSources(ctx context.Context, limit int) ([]SourceHealth, int, error) {
	var total int
	err := d.read.QueryRowContext(ctx, `SELECT count(*) FROM sources WHERE watched = 1 AND (consecutive_failures > 0 OR last_success_at IS NULL)`).Scan(&total)
	if err != nil {
		return nil, 0, fmt.Errorf("unreadable sources: %w", err)
	}
	health, err := scan.List(ctx, d.read, scanHealth, selectHealth+`
		WHERE source_id IN (
			SELECT source_id FROM sources WHERE watched = 1 AND (consecutive_failures > 0 OR last_success_at IS NULL)
			ORDER BY failing_since_at IS NULL, failing_since_at, source_id LIMIT ?)
		ORDER BY failing_since IS NULL, failing_since, source_id`, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("unreadable sources: %w", err)
	}
	return health, total, nil
}

// ScrapeHealth is how reading a watched status page goes.
type ScrapeHealth struct {
	SourceID            int64
	Vendor              string // slug
	PageURL             string
	Platform            string
	ConsecutiveFailures int
	LastSuccessAt       string  // empty: never
	IntervalSeconds     int64   // between readings by its schedule; 0 if not known
	Outcome             Outcome // of the last live pass; empty if none is on record
	TookMS              int64   // of the same
}

// ScrapeHealth returns how reading each watched status page goes, by number of the source.
func (d *DB) ScrapeHealth(ctx context.Context) ([]ScrapeHealth, error) {
	pulses, err := scan.List(ctx, d.read, func(r *sql.Rows, p *ScrapeHealth) error {
		return r.Scan(&p.SourceID, &p.Vendor, &p.PageURL, &p.Platform, &p.ConsecutiveFailures, &p.LastSuccessAt, &p.IntervalSeconds, &p.Outcome, &p.TookMS)
	}, `
		SELECT s.source_id, v.slug, s.page_url, s.platform, s.consecutive_failures, coalesce(s.last_success_at, ''), s.interval_seconds,
			coalesce(x.outcome, ''), coalesce(x.took_ms, 0)
		FROM sources s JOIN vendors v USING (vendor_id)
		LEFT JOIN scrapes x ON x.scrape_id = (SELECT l.scrape_id FROM scrapes l
			WHERE l.source_id = s.source_id AND l.archived = 0 AND l.backfill = 0 ORDER BY l.started_at DESC, l.scrape_id DESC LIMIT 1)
		WHERE s.watched = 1 ORDER BY s.source_id`)
	if err != nil {
		return nil, fmt.Errorf("pulses of sources: %w", err)
	}
	return pulses, nil
}

// WatchedSources is what is known of a vendor's watched status pages together.
type WatchedSources struct {
	FirstReadAt string   // when the first of them was first read; empty if none ever was
	Raised      []string // words of those that call themselves unwell while no incident says why
}

// WatchedSources returns the watched pages of all vendors, by the vendor's number.
func (d *DB) WatchedSources(ctx context.Context) (map[int64]WatchedSources, error) {
	pages := map[int64]WatchedSources{}
	_, err := scan.List(ctx, d.read, func(r *sql.Rows, _ *struct{}) error {
		var vendor int64
		var baseline, word string
		var raised bool
		if err := r.Scan(&vendor, &baseline, &raised, &word); err != nil {
			return err
		}
		p := pages[vendor]
		if p.FirstReadAt == "" || (baseline != "" && baseline < p.FirstReadAt) {
			p.FirstReadAt = baseline
		}
		if raised {
			p.Raised = append(p.Raised, word)
		}
		pages[vendor] = p
		return nil
	}, `SELECT vendor_id, coalesce(baseline_at, ''), indicator_since_at IS NOT NULL, coalesce(indicator, '')
		FROM sources WHERE watched = 1 ORDER BY source_id`)
	if err != nil {
		return nil, fmt.Errorf("watched pages: %w", err)
	}
	return pages, nil
}
