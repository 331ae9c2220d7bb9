package query

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// Document is what is remembered of one URL of a source, so that an unchanged page costs one conditional request.
type Document struct {
	URL          string
	ETag         string
	LastModified string
	Hash         string    // of the body, hex
	RefusedAt    time.Time // when it was last refused, so that its fallback is taken at once; zero if it was not
}

// SourceState is what a scrape needs to know of its source beforehand.
type SourceState struct {
	Source
	Documents           map[string]Document // by address; empty before the baseline, so that the first page is read in full
	BaselineAt          time.Time           // zero before the first good scrape
	BackfillPage        int                 // history page on which a backfill goes on; 0 if none was begun
	BackfillDoneAt      time.Time           // zero while the first day has not been reached
	ConsecutiveFailures int
	LastAttemptAt       time.Time
	LastSuccessAt       time.Time
}

// KnownIncident is what the record holds of one incident, so that a crawl need not read its page again.
type KnownIncident struct {
	Kind       normalize.Kind
	Over       bool // it has ended, or has left the page
	Updates    int  // number of updates
	Postmortem bool // one of them is a postmortem
	Excerpt    bool // the timeline is known in part only
}

// SourceState returns what a scrape of the source begins with, or db.ErrNotFound.
func (d *DB) SourceState(ctx context.Context, sourceID int64) (SourceState, error) {
	s := SourceState{Documents: map[string]Document{}}
	var baseline, done, attempt, success string
	err := d.kept.QueryRowContext(ctx, `
		SELECT s.source_id, s.vendor_id, v.slug, coalesce(nullif(v.name, ''), v.slug), s.page_url, s.platform,
			coalesce(s.baseline_at, ''), s.backfill_page, coalesce(s.backfill_done_at, ''), s.consecutive_failures,
			coalesce(s.last_attempt_at, ''), coalesce(s.last_success_at, '')
		FROM sources s JOIN vendors v USING (vendor_id) WHERE s.source_id = ?`, sourceID).Scan(
		&s.SourceID, &s.VendorID, &s.Vendor, &s.VendorName, &s.PageURL, &s.Platform,
		&baseline, &s.BackfillPage, &done, &s.ConsecutiveFailures, &attempt, &success)
	if errors.Is(err, sql.ErrNoRows) {
		err = db.ErrNotFound
	}
	if err == nil {
		err = db.ParseStamps(map[*time.Time]string{&s.BaselineAt: baseline, &s.BackfillDoneAt: done, &s.LastAttemptAt: attempt, &s.LastSuccessAt: success})
	}
	if err == nil && baseline != "" {
		err = d.documents(ctx, sourceID, s.Documents)
	}
	if err != nil {
		return SourceState{}, fmt.Errorf("state of source %d: %w", sourceID, err)
	}
	return s, nil
}

func (d *DB) documents(ctx context.Context, sourceID int64, into map[string]Document) error {
	rows, err := d.kept.QueryContext(ctx, `
		SELECT url, etag, last_modified, hash, coalesce(refused_at, '') FROM documents WHERE source_id = ?`, sourceID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var doc Document
		var refused string
		if err := rows.Scan(&doc.URL, &doc.ETag, &doc.LastModified, &doc.Hash, &refused); err != nil {
			return err
		}
		if doc.RefusedAt, err = db.ParseStamp(refused); err != nil {
			return err
		}
		into[doc.URL] = doc
	}
	return rows.Err()
}

// KnownIncidents returns what the record holds of each incident of a source, by key.
func (d *DB) KnownIncidents(ctx context.Context, sourceID int64) (map[string]KnownIncident, error) {
	rows, err := d.kept.QueryContext(ctx, `
		SELECT i.source_key, i.kind, i.state, i.left_feed_at IS NOT NULL, i.excerpt,
			count(u.update_id), coalesce(max(u.state = 'postmortem'), 0)
		FROM incidents i LEFT JOIN incident_updates u ON u.incident_id = i.incident_id AND u.removed_at IS NULL
		WHERE i.source_id = ? GROUP BY i.incident_id`, sourceID)
	if err != nil {
		return nil, fmt.Errorf("known incidents of source %d: %w", sourceID, err)
	}
	defer rows.Close()
	known := map[string]KnownIncident{}
	for rows.Next() {
		var key string
		var state normalize.State
		var left bool
		var k KnownIncident
		if err := rows.Scan(&key, &k.Kind, &state, &left, &k.Excerpt, &k.Updates, &k.Postmortem); err != nil {
			return nil, fmt.Errorf("known incidents of source %d: %w", sourceID, err)
		}
		k.Over = state.Over() || left
		known[key] = k
	}
	return known, rows.Err()
}
