package query

import (
	"context"
	"fmt"
	"slices"
	"time"
	"vendorwatch/db"
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
	// ok, failing (1 or 2 failures), unreadable (3 and more, or not read for three intervals, whatever the reason),
	// never
	// (no good scrape yet), not_watched (whatever else)
	Health              string `db:"health" json:"health"`
	IntervalSeconds     int64  `db:"interval_seconds" json:"interval_seconds"` // by its schedule; 0: not known
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
	// how bad the page itself says or shows it is; empty if it says nothing that can be understood
	PageSeverity   string `db:"page_severity" json:"page_severity,omitempty"`
	PageSeverityAt string `db:"page_severity_at" json:"page_severity_at,omitempty"` // since when
	// what gives it: page, its own word; component, its components
	PageBecause   string `db:"page_because" json:"page_because,omitempty"`
	OpenIncidents int    `db:"open_incidents" json:"open_incidents"`
	Incidents     int    `db:"incidents" json:"incidents"`
	OpenFindings  int    `db:"open_findings" json:"open_findings"`
}

// Readable reports whether the page was read when its schedule last asked for it, or failed once or twice since.
func (h SourceHealth) Readable() bool {
	return h.Health == "ok" || h.Health == "failing" && h.LastSuccessAt != ""
}

var sourceHealthRow = scan.Of[SourceHealth]("h")

// healthAt is v_source_health with the moment as its first parameter.
var healthAt = `(` + db.ViewAt("v_source_health", "?1") + `) h `

var selectHealth = `SELECT ` + sourceHealthRow.Columns + ` FROM ` + healthAt

// SourceHealth returns how each status page can be read at a moment, by vendor.
func (d *DB) SourceHealth(ctx context.Context, now time.Time) ([]SourceHealth, error) {
	health, err := sourceHealthRow.All(ctx, d.read, selectHealth+`ORDER BY vendor, source_id`, db.Stamp(now))
	if err != nil {
		return nil, fmt.Errorf("health: %w", err)
	}
	return health, nil
}

// UnreadSources returns those of some status pages of which the present is not known at a moment: they were not read
// when they were due, never, or are not watched.
func (d *DB) UnreadSources(ctx context.Context, now time.Time, ids []int64) (map[int64]bool, error) {
	list, err := db.JSON(ids)
	if err != nil {
		return nil, err
	}
	unread, err := scan.Column[int64](ctx, d.read, `SELECT h.source_id FROM `+healthAt+`
		WHERE h.source_id IN (SELECT value FROM json_each(?2))
			AND NOT (h.health = 'ok' OR h.health = 'failing' AND h.last_success_at IS NOT NULL)`, db.Stamp(now), list)
	if err != nil {
		return nil, fmt.Errorf("unread sources: %w", err)
	}
	set := map[int64]bool{}
	for _, id := range unread {
		set[id] = true
	}
	return set, nil
}

// SourcesAfter returns the health of status pages in the order of their numbers, at most limit of them, from
// the one that follows afterID on. A vendor that is not empty chooses (slug).
func (d *DB) SourcesAfter(ctx context.Context, now time.Time, vendor string, afterID int64, limit int) ([]SourceHealth,
	error) {
	health, err := sourceHealthRow.All(ctx, d.read, selectHealth+`
		WHERE source_id IN (SELECT s.source_id FROM sources s JOIN vendors v USING (vendor_id)
			WHERE s.source_id > ?2 AND (?3 = '' OR v.slug = ?3) ORDER BY s.source_id LIMIT ?4)
		ORDER BY source_id`, db.Stamp(now), afterID, vendor, limit)
	if err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	return health, nil
}

// SourcesByHealth returns the health of status pages, those that cannot be read first and then by vendor, limit of
// them from offset on, and how many pages there are. Those that are not watched come last.
func (d *DB) SourcesByHealth(ctx context.Context, now time.Time, limit, offset int) ([]SourceHealth, int, error) {
	var total int
	if err := d.read.QueryRowContext(ctx, `SELECT count(*) FROM sources`).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("sources: %w", err)
	}
	notOk, err := d.notOk(ctx, now, `h.health <> 'unreadable', h.last_success_at IS NOT NULL, h.vendor, h.source_id`)
	if err != nil {
		return nil, 0, err
	}
	ids := notOk[min(offset, len(notOk)):min(offset+limit, len(notOk))]
	if len(ids) < limit {
		list, err := db.JSON(notOk)
		if err != nil {
			return nil, 0, err
		}
		var watched int
		if err := d.read.QueryRowContext(ctx, `SELECT count(*) FROM sources WHERE watched = 1`).Scan(
			&watched); err != nil {
			return nil, 0, fmt.Errorf("sources: %w", err)
		}
		// Those that are watched are read in their order from indexes, up to where the page begins.
		from := max(0, offset-len(notOk))
		others, err := scan.Column[int64](ctx, d.read, `
			SELECT s.source_id FROM vendors v CROSS JOIN sources s ON s.vendor_id = v.vendor_id AND s.watched = 1
			WHERE s.source_id NOT IN (SELECT value FROM json_each(?1))
			ORDER BY v.slug, s.source_id LIMIT ?2 OFFSET ?3`, list, limit-len(ids), from)
		if err != nil {
			return nil, 0, fmt.Errorf("sources: %w", err)
		}
		ids = slices.Concat(ids, others)
		from = max(0, offset-watched)
		others, err = scan.Column[int64](ctx, d.read, `
			SELECT s.source_id FROM sources s CROSS JOIN vendors v USING (vendor_id) WHERE s.watched = 0
			ORDER BY v.slug, s.source_id LIMIT ?1 OFFSET ?2`, limit-len(ids), from)
		if err != nil {
			return nil, 0, fmt.Errorf("sources: %w", err)
		}
		ids = slices.Concat(ids, others)
	}
	health, err := d.healthOf(ctx, now, ids)
	return health, total, err
}

// mayBeUnread chooses every watched page that may not be read as it should, without a look at the others.
const mayBeUnread = `WITH RECURSIVE` + dueSince + `
	SELECT source_id FROM sources INDEXED BY sources_not_calm WHERE ` + notCalm + `
	UNION SELECT s.source_id ` + notReadWhenDue

// FailingSources returns the watched pages that were not read when they were last due, the longest unread first, at
// most limit of them, and how many there are.
func (d *DB) FailingSources(ctx context.Context, now time.Time, limit int) ([]SourceHealth, int, error) {
	ids, err := d.notOk(ctx, now, `h.last_success_at IS NULL, h.last_success_at, h.source_id`)
	if err != nil {
		return nil, 0, err
	}
	health, err := d.healthOf(ctx, now, ids[:min(limit, len(ids))])
	return health, len(ids), err
}

// notOk returns the watched pages whose health is not ok, in an order of h.
func (d *DB) notOk(ctx context.Context, now time.Time, order string) ([]int64, error) {
	ids, err := scan.Column[int64](ctx, d.read, `SELECT h.source_id FROM `+healthAt+`
		WHERE h.source_id IN (`+mayBeUnread+`) AND h.health NOT IN ('ok', 'not_watched')
		ORDER BY `+order, db.Stamp(now))
	if err != nil {
		return nil, fmt.Errorf("unreadable sources: %w", err)
	}
	return ids, nil
}

// healthOf returns the health of status pages in the order of their numbers in the list.
func (d *DB) healthOf(ctx context.Context, now time.Time, ids []int64) ([]SourceHealth, error) {
	list, err := db.JSON(ids)
	if err != nil {
		return nil, err
	}
	health, err := sourceHealthRow.All(ctx, d.read, selectHealth+`JOIN json_each(?2) j ON j.value = h.source_id
		WHERE h.source_id IN (SELECT value FROM json_each(?2)) ORDER BY j.key`, db.Stamp(now), list)
	if err != nil {
		return nil, fmt.Errorf("health of sources: %w", err)
	}
	return health, nil
}

// SourceCount is how many status pages are watched, and how reading them goes.
type SourceCount struct {
	Watched  int    `db:"watched"`
	NotOk    int    `db:"not_ok"`    // of those, how many have a health other than ok
	NewestAt string `db:"newest_at"` // when one was last read; empty: none was
}

var sourceCountRow = scan.Of[SourceCount]("x")

// SourceCount counts the status pages that are watched at a moment.
func (d *DB) SourceCount(ctx context.Context, now time.Time) (SourceCount, error) {
	count, err := sourceCountRow.One(ctx, d.read, `SELECT `+sourceCountRow.Columns+` FROM (
		SELECT (SELECT count(*) FROM sources WHERE watched = 1) AS watched, count(*) AS not_ok,
			`+newestRead+` AS newest_at
		FROM `+healthAt+`
		WHERE h.source_id IN (`+mayBeUnread+`) AND h.health NOT IN ('ok', 'not_watched')) x`, db.Stamp(now))
	if err != nil {
		return count, fmt.Errorf("count of sources: %w", err)
	}
	return count, nil
}

// ScrapeHealth is how reading a watched status page goes.
type ScrapeHealth struct {
	SourceID            int64   `db:"source_id"`
	Vendor              string  `db:"vendor"` // slug
	PageURL             string  `db:"page_url"`
	Platform            string  `db:"platform"`
	ConsecutiveFailures int     `db:"consecutive_failures"`
	LastSuccessAt       string  `db:"last_success_at"`     // empty: never
	IntervalSeconds     int64   `db:"interval_seconds"`    // between readings by its schedule; 0 if not known
	Health              string  `db:"health"`              // as in SourceHealth
	Outcome             Outcome `db:"outcome = x.outcome"` // of the last live pass; empty if none is on record
	TookMS              int64   `db:"took_ms = x.took_ms"` // of the same
}

var scrapeHealthRow = scan.Of[ScrapeHealth]("h")

// ScrapeHealth returns how reading each watched status page goes, by number of the source.
func (d *DB) ScrapeHealth(ctx context.Context, now time.Time) ([]ScrapeHealth, error) {
	return d.scrapeHealth(ctx, now, `h.watched = 1`)
}

// FailingScrapes is ScrapeHealth of those pages only whose health is not ok.
func (d *DB) FailingScrapes(ctx context.Context, now time.Time) ([]ScrapeHealth, error) {
	return d.scrapeHealth(ctx, now, `h.watched = 1 AND h.source_id IN (`+mayBeUnread+`) AND h.health <> 'ok'`)
}

func (d *DB) scrapeHealth(ctx context.Context, now time.Time, which string) ([]ScrapeHealth, error) {
	health, err := scrapeHealthRow.All(ctx, d.read, `
		SELECT `+scrapeHealthRow.Columns+`
		FROM `+healthAt+`
		LEFT JOIN scrapes x ON x.scrape_id = (SELECT l.scrape_id FROM scrapes l
			WHERE l.source_id = h.source_id AND l.archived = 0 AND l.backfill = 0
			ORDER BY l.started_at DESC, l.scrape_id DESC LIMIT 1)
		WHERE `+which+` ORDER BY h.source_id`, db.Stamp(now))
	if err != nil {
		return nil, fmt.Errorf("health of scrapes: %w", err)
	}
	return health, nil
}
