package query

import (
	"context"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// SourceHealth is a row of v_source_health.
type SourceHealth struct {
	SourceID   int64  `db:"source_id" json:"source_id"`
	Vendor     string `db:"vendor" json:"vendor"`
	VendorName string `db:"vendor_name" json:"vendor_name"`
	PageURL    string `db:"page_url" json:"page_url"`
	Platform   string `db:"platform" json:"platform"`
	Watched    int    `db:"watched" json:"watched"` // 1: the configuration lists it
	// ok, failing (1 or 2 failures), unreadable (3 and more), never (no good scrape yet), not_watched (whatever else)
	Health              string `db:"health" json:"health"`
	LastSuccessAt       string `db:"last_success_at" json:"last_success_at,omitempty"`
	LastAttemptAt       string `db:"last_attempt_at" json:"last_attempt_at,omitempty"`
	ConsecutiveFailures int    `db:"consecutive_failures" json:"consecutive_failures"`
	FailingSince        string `db:"failing_since" json:"failing_since,omitempty"`
	LastError           string `db:"last_error" json:"last_error,omitempty"`
	// newest good reading, live or from a saved page
	LatestAt        string `db:"latest_at" json:"latest_at,omitempty"`
	CoverageStartAt string `db:"coverage_start_at" json:"coverage_start_at,omitempty"`
	BaselineAt      string `db:"baseline_at" json:"baseline_at,omitempty"`
	// start of a gap in what was seen that lasts
	BlindSinceAt string `db:"blind_since_at" json:"blind_since_at,omitempty"`
	Gaps         int    `db:"gaps" json:"gaps"` // those that no later reading made up for
	// how much of the 30 days before LastAttemptAt they make up
	BlindSeconds30d int64  `db:"blind_seconds_30d" json:"blind_seconds_30d"`
	Indicator       string `db:"indicator" json:"indicator,omitempty"`
	// since when it is raised without an open incident
	IndicatorSinceAt string `db:"indicator_since_at" json:"indicator_since_at,omitempty"`
	// how bad the page itself says or shows it is; empty if it says nothing that can be understood
	PageSeverity   string `db:"page_severity" json:"page_severity,omitempty"`
	PageSeverityAt string `db:"page_severity_at" json:"page_severity_at,omitempty"` // since when
	// what gives it: page, its own word; component, its components
	PageBecause   string `db:"page_because" json:"page_because,omitempty"`
	OpenIncidents int    `db:"open_incidents" json:"open_incidents"`
	Incidents     int    `db:"incidents" json:"incidents"`
	OpenFindings  int    `db:"open_findings" json:"open_findings"`
}

var sourceHealthRow = scan.Of[SourceHealth]("h")

var selectHealth = `SELECT ` + sourceHealthRow.Columns + ` FROM v_source_health h `

// SourceHealth returns how each status page can be read, by vendor.
func (d *DB) SourceHealth(ctx context.Context) ([]SourceHealth, error) {
	health, err := sourceHealthRow.All(ctx, d.read, selectHealth+`ORDER BY vendor, source_id`)
	if err != nil {
		return nil, fmt.Errorf("health: %w", err)
	}
	return health, nil
}

// SourcesAfter returns the health of status pages in the order of their numbers, at most limit of them, from
// the one that follows afterID on. A vendor that is not empty chooses (slug).
func (d *DB) SourcesAfter(ctx context.Context, vendor string, afterID int64, limit int) ([]SourceHealth, error) {
	health, err := sourceHealthRow.All(ctx, d.read, selectHealth+`
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
	health, err := sourceHealthRow.All(ctx, d.read, selectHealth+`
		WHERE source_id IN (
			SELECT s.source_id FROM sources s JOIN vendors v USING (vendor_id)
			ORDER BY s.watched = 0, s.consecutive_failures = 0, s.last_success_at IS NOT NULL, v.slug, s.source_id
			LIMIT ? OFFSET ?)
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
	err := d.read.QueryRowContext(ctx, `SELECT count(*) FROM sources
		WHERE watched = 1 AND (consecutive_failures > 0 OR last_success_at IS NULL)`).Scan(&total)
	if err != nil {
		return nil, 0, fmt.Errorf("unreadable sources: %w", err)
	}
	health, err := sourceHealthRow.All(ctx, d.read, selectHealth+`
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
	SourceID            int64   `db:"source_id"`
	Vendor              string  `db:"vendor = v.slug"` // slug
	PageURL             string  `db:"page_url"`
	Platform            string  `db:"platform"`
	ConsecutiveFailures int     `db:"consecutive_failures"`
	LastSuccessAt       string  `db:"last_success_at"`     // empty: never
	IntervalSeconds     int64   `db:"interval_seconds"`    // between readings by its schedule; 0 if not known
	Outcome             Outcome `db:"outcome = x.outcome"` // of the last live pass; empty if none is on record
	TookMS              int64   `db:"took_ms = x.took_ms"` // of the same
}

var scrapeHealthRow = scan.Of[ScrapeHealth]("s")

// ScrapeHealth returns how reading each watched status page goes, by number of the source.
func (d *DB) ScrapeHealth(ctx context.Context) ([]ScrapeHealth, error) {
	health, err := scrapeHealthRow.All(ctx, d.read, `
		SELECT `+scrapeHealthRow.Columns+`
		FROM sources s JOIN vendors v USING (vendor_id)
		LEFT JOIN scrapes x ON x.scrape_id = (SELECT l.scrape_id FROM scrapes l
			WHERE l.source_id = s.source_id AND l.archived = 0 AND l.backfill = 0
			ORDER BY l.started_at DESC, l.scrape_id DESC LIMIT 1)
		WHERE s.watched = 1 ORDER BY s.source_id`)
	if err != nil {
		return nil, fmt.Errorf("health of scrapes: %w", err)
	}
	return health, nil
}

// WatchedSources is what is known of a vendor's watched status pages together.
type WatchedSources struct {
	FirstReadAt string   // when the first of them was first read; empty if none ever was
	Raised      []string // words of those that call themselves unwell while no incident says why
}

// watchedRow reads a watched source.
var watchedRow = scan.Of[struct {
	VendorID         int64  `db:"vendor_id"`
	BaselineAt       string `db:"baseline_at"`
	Indicator        string `db:"indicator"`
	IndicatorSinceAt string `db:"indicator_since_at"`
}]("s")

// WatchedSources returns the watched pages of all vendors, by the vendor's number.
func (d *DB) WatchedSources(ctx context.Context) (map[int64]WatchedSources, error) {
	rows, err := watchedRow.All(ctx, d.read, `SELECT `+watchedRow.Columns+
		` FROM sources s WHERE s.watched = 1 ORDER BY s.source_id`)
	if err != nil {
		return nil, fmt.Errorf("watched sources: %w", err)
	}
	watched := map[int64]WatchedSources{}
	for _, r := range rows {
		w := watched[r.VendorID]
		if w.FirstReadAt == "" || (r.BaselineAt != "" && r.BaselineAt < w.FirstReadAt) {
			w.FirstReadAt = r.BaselineAt
		}
		if r.IndicatorSinceAt != "" {
			w.Raised = append(w.Raised, r.Indicator)
		}
		watched[r.VendorID] = w
	}
	return watched, nil
}
