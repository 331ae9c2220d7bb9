package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// sourceColumns is what saving a scrape needs of a row of sources. An empty time is NULL.
type sourceColumns struct {
	Failures      int    `db:"consecutive_failures"`
	FailingSince  string `db:"failing_since_at"`
	LastSuccess   string `db:"last_success_at"`
	LastError     string `db:"last_error"`
	BaselineAt    string `db:"baseline_at"`
	LatestAt      string `db:"latest_at"`
	CoverageAt    string `db:"coverage_start_at"`
	SuspectedAt   string `db:"vanish_suspected_at"`
	Indicator     string `db:"indicator"`
	PageSeverity  string `db:"page_severity"`
	PageBecause   string `db:"page_because"`
	PageURL       string `db:"page_url"`
	Platform      string `db:"platform"`
	RedSuspected  bool   `db:"red_suspected"`  // the page is red since its last reading, and the next one decides
	CopySuspected bool   `db:"copy_suspected"` // what an incident says may come from a cache
}

// sourceRow is what saving a scrape needs of its source, as it was before.
type sourceRow struct {
	sourceColumns
	OpenListAt string `db:"open_list_at"` // newest list of what is open
	PartsAt    string `db:"parts_at"`     // newest list of components
	OtherSince string `db:"other_since"`  // since when it has another platform than before; "" if it always had this
	Gaps       bool   `db:"gaps"`         // there are gaps that were not filled
	GapOpen    bool   `db:"gap_open"`     // one lasts
	FilterText string `db:"filter"`
	filter     normalize.Filter
}

var (
	columnsOfSource = scan.Of[sourceColumns]("s")
	selectedSource  = scan.Of[sourceRow]("")
)

func loadSource(ctx context.Context, tx *db.Tx, sourceID int64) (sourceRow, error) {
	row, err := selectedSource.One(ctx, tx, `
		SELECT `+columnsOfSource.Columns+`,
			(SELECT max(o.started_at) FROM scrapes o WHERE o.source_id = s.source_id AND o.all_open = 1
				AND o.outcome IN ('changed', 'unchanged')) AS open_list_at,
			(SELECT max(p.seen_at) FROM component_readings p WHERE p.source_id = s.source_id) AS parts_at,
			(SELECT max(m.at) FROM source_moves m WHERE m.source_id = s.source_id
				AND m.from_platform <> m.to_platform) AS other_since,
			EXISTS (SELECT 1 FROM coverage_gaps g WHERE g.source_id = s.source_id AND g.filled_at IS NULL) AS gaps,
			EXISTS (SELECT 1 FROM coverage_gaps g WHERE g.source_id = s.source_id AND g.filled_at IS NULL
				AND g.to_at IS NULL) AS gap_open,
			(SELECT f.filter FROM source_filters f WHERE f.source_id = s.source_id) AS filter
		FROM sources s WHERE s.source_id = ?`, sourceID)
	if errors.Is(err, sql.ErrNoRows) {
		return row, fmt.Errorf("source: %w", db.ErrNotFound)
	}
	if err == nil && row.FilterText != "" {
		if err = json.Unmarshal([]byte(row.FilterText), &row.filter); err != nil {
			err = fmt.Errorf("filter of the source: %w", err)
		}
	}
	return row, err
}

// countFailure records a live attempt that read nothing. The third in a row is news.
func countFailure(ctx context.Context, tx *db.Tx, p pass) (change, error) {
	reason := p.Err.Error()
	since := p.source.FailingSince
	if since == "" {
		since = p.at
	}
	_, err := tx.Exec(ctx, `
		UPDATE sources SET last_attempt_at = ?, consecutive_failures = consecutive_failures + 1, failing_since_at = ?,
		last_error = ?,
			interval_seconds = ?
		WHERE source_id = ?`, p.at, since, reason, p.seconds(), p.SourceID)
	if err == nil {
		err = beginGap(ctx, tx, p)
	}
	if err != nil || p.source.Failures+1 != failuresToReport {
		return change{}, err
	}
	return writeNews(ctx, tx, p, normalize.EventSourceUnreadable, 0, 0, map[string]string{
		"reason": reason, "since": since, "last_success_at": p.source.LastSuccess,
	})
}

// saveSuccess records that the source could be read. Saved pages and backfills say nothing of whether
// it can be read now, so they leave the health alone.
func saveSuccess(ctx context.Context, tx *db.Tx, p pass) (change, error) {
	baseline := p.source.BaselineAt
	if p.baseline || p.onlySaved() && p.at < baseline {
		baseline = p.at
	}
	latest := p.source.LatestAt
	if !p.Backfill {
		latest = max(latest, p.at)
	}
	_, err := tx.Exec(ctx, `UPDATE sources SET baseline_at = ?, latest_at = ?, coverage_start_at = ?
		WHERE source_id = ?`, db.Null(baseline), db.Null(latest), db.Null(coverage(p)), p.SourceID)
	if err != nil {
		return change{}, err
	}
	if p.PageName != "" {
		if _, err := tx.Exec(ctx, `UPDATE vendors SET name = ? WHERE name = '' AND vendor_id = (
			SELECT vendor_id FROM sources WHERE source_id = ?)`, p.PageName, p.SourceID); err != nil {
			return change{}, err
		}
	}
	unseen := false
	switch {
	case p.Backfill:
		err = saveBackfill(ctx, tx, p)
	case p.Archived:
		err = saveArchivedGaps(ctx, tx, p, true)
	default:
		unseen, err = endGap(ctx, tx, p)
	}
	if err == nil && (p.source.Gaps || p.Archived || unseen) {
		err = fillGaps(ctx, tx, p)
	}
	if err != nil || !p.live() {
		return change{}, err
	}
	return saveReadable(ctx, tx, p)
}

// saveReadable records that the live page could be read. After failures of which was told, that is news.
func saveReadable(ctx context.Context, tx *db.Tx, p pass) (change, error) {
	lastError := ""
	if p.Err != nil {
		lastError = p.Err.Error()
	}
	lost := slices.ContainsFunc(p.Findings, func(f normalize.Finding) bool { return f.Lost })
	whole := p.Err == nil && !p.Unchanged && !p.SomeSame
	_, err := tx.Exec(ctx, `
		UPDATE sources SET last_attempt_at = ?1, last_success_at = ?1, consecutive_failures = 0,
			failing_since_at = NULL, last_error = ?2, interval_seconds = ?3,
			entries_lost = CASE WHEN ?4 THEN 1 WHEN ?5 THEN 0 ELSE entries_lost END
		WHERE source_id = ?6`, p.at, db.Null(lastError), p.seconds(), lost, whole, p.SourceID)
	if err != nil || p.source.Failures < failuresToReport {
		return change{}, err
	}
	return writeNews(ctx, tx, p, normalize.EventSourceReadable, 0, 0, map[string]string{
		"unreadable_since": p.source.FailingSince, "reason": p.source.LastError,
	})
}

func saveBackfill(ctx context.Context, tx *db.Tx, p pass) error {
	var err error
	switch {
	case p.BackfillPage < 0:
		_, err = tx.Exec(ctx, `UPDATE sources SET backfill_done_at = ? WHERE source_id = ?`, p.at, p.SourceID)
	case p.BackfillPage > 0:
		_, err = tx.Exec(ctx, `UPDATE sources SET backfill_page = ? WHERE source_id = ?`, p.BackfillPage, p.SourceID)
	}
	return err
}

// saveDocuments remembers validators and hashes, so that the next poll can be cheap. After a backfill or
// an import there is nothing to remember: a poll must still read what it has never parsed. Where the
// next scrape has to decide about incidents that vanished, the page must be read again in full.
func saveDocuments(ctx context.Context, tx *db.Tx, s Scrape, vanished bool) error {
	if s.Err != nil || !s.live() || s.Moved != nil {
		return nil
	}
	for _, doc := range s.Documents {
		if vanished {
			doc.ETag, doc.LastModified, doc.Hash, doc.Words = "", "", "", ""
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO documents (source_id, url, etag, last_modified, hash, words_hash, refused_at, fetched_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (source_id, url) DO UPDATE SET
				etag = excluded.etag, last_modified = excluded.last_modified, hash = excluded.hash,
				words_hash = excluded.words_hash, refused_at = excluded.refused_at, fetched_at = excluded.fetched_at
			WHERE etag <> excluded.etag OR last_modified <> excluded.last_modified OR hash <> excluded.hash
			OR words_hash <> excluded.words_hash OR refused_at IS NOT excluded.refused_at`,
			s.SourceID, doc.URL, doc.ETag, doc.LastModified, doc.Hash, doc.Words, db.Null(db.Stamp(doc.RefusedAt)),
			db.Stamp(s.At))
		if err != nil {
			return fmt.Errorf("document %s: %w", doc.URL, err)
		}
	}
	return nil
}
