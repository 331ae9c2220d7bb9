package record

import (
	"database/sql"
	"errors"
	"fmt"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// sourceRow is what saving a scrape needs of its source. An empty time is NULL.
type sourceRow struct {
	failures                                      int
	failingSince, lastSuccess, lastError          string
	baselineAt, latestAt, coverageAt, suspectedAt string
	indicator                                     string
	pageSeverity, pageBecause                     string
	pageURL, platform                             string
	// since when the page has another platform than before; "" if it always had this one
	otherSince          string
	openListAt, partsAt string // newest list of what is open, and of components
	redSuspected        bool   // the page is red since its last reading, and the next one decides
	copySuspected       bool   // what an incident says may come from a cache
	gaps, gapOpen       bool   // there are gaps that were not filled; one lasts
}

func (v *saver) loadSource() error {
	r := &v.source
	err := v.queryRow(`
		SELECT consecutive_failures, coalesce(failing_since_at, ''), coalesce(last_success_at, ''), coalesce(last_error,
		''),
			coalesce(baseline_at, ''), coalesce(latest_at, ''), coalesce(coverage_start_at, ''),
			coalesce(vanish_suspected_at, ''),
			coalesce(indicator, ''), coalesce(page_severity, ''),
			coalesce(page_because, ''), page_url, platform, copy_suspected, red_suspected,
			coalesce((SELECT max(o.started_at) FROM scrapes o WHERE o.source_id = s.source_id AND o.all_open = 1
			AND o.outcome IN ('changed', 'unchanged')), ''),
			coalesce((SELECT max(p.seen_at) FROM component_readings p WHERE p.source_id = s.source_id), ''),
			coalesce((SELECT max(m.at) FROM source_moves m WHERE m.source_id = s.source_id
			AND m.from_platform <> m.to_platform), ''),
			EXISTS (SELECT 1 FROM coverage_gaps g WHERE g.source_id = s.source_id AND g.filled_at IS NULL),
			EXISTS (SELECT 1 FROM coverage_gaps g WHERE g.source_id = s.source_id AND g.filled_at IS NULL
			AND g.to_at IS NULL)
		FROM sources s WHERE source_id = ?`, v.s.SourceID).Scan(
		&r.failures, &r.failingSince, &r.lastSuccess, &r.lastError, &r.baselineAt, &r.latestAt, &r.coverageAt,
		&r.suspectedAt,
		&r.indicator, &r.pageSeverity, &r.pageBecause, &r.pageURL, &r.platform, &r.copySuspected, &r.redSuspected,
		&r.openListAt, &r.partsAt, &r.otherSince, &r.gaps, &r.gapOpen)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("source: %w", db.ErrNotFound)
	}
	return err
}

// countFailure records a live attempt that read nothing. The third in a row is news.
func (v *saver) countFailure() error {
	reason := v.s.Err.Error()
	since := v.source.failingSince
	if since == "" {
		since = v.at
	}
	_, err := v.exec(`
		UPDATE sources SET last_attempt_at = ?, consecutive_failures = consecutive_failures + 1, failing_since_at = ?,
		last_error = ?,
			interval_seconds = ?
		WHERE source_id = ?`, v.at, since, reason, v.s.seconds(), v.s.SourceID)
	if err == nil {
		err = v.beginGap()
	}
	if err != nil || v.source.failures+1 != failuresToReport {
		return err
	}
	return v.event(normalize.EventSourceUnreadable, 0, 0, map[string]string{
		"reason": reason, "since": since, "last_success_at": v.source.lastSuccess,
	})
}

// saveSuccess records that the source could be read. Saved pages and backfills say nothing of whether
// it can be read now, so they leave the health alone.
func (v *saver) saveSuccess() error {
	s := v.s
	coverage := v.coverage()
	baseline := v.source.baselineAt
	if v.baseline || s.Archived && v.source.lastSuccess == "" && v.at < baseline {
		baseline = v.at
	}
	latest := v.source.latestAt
	if !s.Backfill {
		latest = max(latest, v.at)
	}
	_, err := v.exec(`UPDATE sources SET baseline_at = ?, latest_at = ?, coverage_start_at = ? WHERE source_id = ?`,
		db.Null(baseline), db.Null(latest), db.Null(coverage), s.SourceID)
	if err != nil {
		return err
	}
	if s.Backfill {
		if err := v.saveBackfill(); err != nil {
			return err
		}
	}
	if s.PageName != "" {
		_, err := v.exec(`
			UPDATE vendors SET name = ? WHERE name = '' AND vendor_id = (SELECT vendor_id FROM sources
			WHERE source_id = ?)`, s.PageName, s.SourceID)
		if err != nil {
			return err
		}
	}
	switch {
	case s.Backfill:
	case s.Archived:
		err = v.saveArchivedGaps(true)
	default:
		err = v.endGap()
	}
	if err == nil {
		err = v.fillGaps()
	}
	if err != nil || s.Archived || s.Backfill {
		return err
	}
	var lastError any
	if s.Err != nil {
		lastError = s.Err.Error()
	}
	_, err = v.exec(`
		UPDATE sources SET last_attempt_at = ?1, last_success_at = ?1, consecutive_failures = 0,
		failing_since_at = NULL,
			last_error = ?2, interval_seconds = ?3
		WHERE source_id = ?4`, v.at, lastError, s.seconds(), s.SourceID)
	if err != nil || v.source.failures < failuresToReport {
		return err
	}
	return v.event(normalize.EventSourceReadable, 0, 0, map[string]string{
		"unreadable_since": v.source.failingSince, "reason": v.source.lastError,
	})
}

func (v *saver) saveBackfill() error {
	var err error
	switch {
	case v.s.BackfillPage < 0:
		_, err = v.exec(`UPDATE sources SET backfill_done_at = ? WHERE source_id = ?`, v.at, v.s.SourceID)
	case v.s.BackfillPage > 0:
		_, err = v.exec(`UPDATE sources SET backfill_page = ? WHERE source_id = ?`, v.s.BackfillPage, v.s.SourceID)
	}
	return err
}

// saveDocuments remembers validators and hashes, so that the next poll can be cheap. After a backfill or
// an import there is nothing to remember: a poll must still read what it has never parsed. Where the
// next scrape has to decide about incidents that vanished, the page must be read again in full.
func (v *saver) saveDocuments() error {
	if v.s.Err != nil || v.s.Archived || v.s.Backfill || v.s.Moved != nil {
		return nil
	}
	for _, doc := range v.s.Documents {
		if v.vanished {
			doc.ETag, doc.LastModified, doc.Hash = "", "", ""
		}
		_, err := v.exec(`
			INSERT INTO documents (source_id, url, etag, last_modified, hash, refused_at, fetched_at)
			VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (source_id, url) DO UPDATE SET
				etag = excluded.etag, last_modified = excluded.last_modified, hash = excluded.hash,
				refused_at = excluded.refused_at, fetched_at = excluded.fetched_at
			WHERE etag <> excluded.etag OR last_modified <> excluded.last_modified OR hash <> excluded.hash
			OR refused_at IS NOT excluded.refused_at`,
			v.s.SourceID, doc.URL, doc.ETag, doc.LastModified, doc.Hash, db.Null(db.Stamp(doc.RefusedAt)), v.at)
		if err != nil {
			return fmt.Errorf("document %s: %w", doc.URL, err)
		}
	}
	return nil
}
