package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// Source is a status page of a vendor.
type Source struct {
	SourceID   int64  `json:"source_id"`
	VendorID   int64  `json:"vendor_id"`
	Vendor     string `json:"vendor"` // slug
	VendorName string `json:"vendor_name"`
	PageURL    string `json:"page_url"`
	Platform   string `json:"platform"`
}

// State is what a scrape needs to know of its source beforehand.
type State struct {
	Source
	Documents           map[string]Document // by address; empty before the baseline, so that the first page is read in full
	BaselineAt          time.Time           // zero before the first good scrape
	BackfillPage        int                 // history page on which a backfill goes on; 0 if none was begun
	BackfillDoneAt      time.Time           // zero while the first day has not been reached
	ConsecutiveFailures int
	LastAttemptAt       time.Time
	LastSuccessAt       time.Time
}

// Known is what the record holds of one incident, so that a crawl need not read its page again.
type Known struct {
	Kind       normalize.Kind
	Over       bool // it has ended, or has left the page
	Updates    int  // number of updates
	Postmortem bool // one of them is a postmortem
	Excerpt    bool // the timeline is known in part only
}

// EnsureVendor stores a vendor under its slug, or brings it up to date, and returns its id. Empty fields
// erase nothing.
func (d *DB) EnsureVendor(ctx context.Context, v Vendor) (int64, error) {
	if v.Slug == "" {
		return 0, errors.New("vendor: the slug is missing")
	}
	var id int64
	err := d.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO vendors (slug, name, homepage, owner, runbook_url) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (slug) DO UPDATE SET
				name = coalesce(nullif(excluded.name, ''), name), homepage = coalesce(nullif(excluded.homepage, ''), homepage),
				owner = coalesce(nullif(excluded.owner, ''), owner), runbook_url = coalesce(nullif(excluded.runbook_url, ''), runbook_url)
			WHERE excluded.name NOT IN ('', name) OR excluded.homepage NOT IN ('', homepage)
				OR excluded.owner NOT IN ('', owner) OR excluded.runbook_url NOT IN ('', runbook_url)`,
			v.Slug, v.Name, v.Homepage, v.Owner, v.RunbookURL)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT vendor_id FROM vendors WHERE slug = ?`, v.Slug).Scan(&id)
	})
	if err != nil {
		return 0, fmt.Errorf("vendor %q: %w", v.Slug, err)
	}
	return id, nil
}

// EnsureSource stores a status page of a vendor, or brings its platform up to date, and returns its id. A
// slash at the end of pageURL makes no difference; an empty platform erases nothing. An address and a platform that
// a source has moved from mean that source as it is now, so that a configuration which still names them keeps
// to one record; an address alone that it has moved from, with another platform, takes the source back there.
func (d *DB) EnsureSource(ctx context.Context, vendorID int64, pageURL, platform string) (int64, error) {
	pageURL = strings.TrimRight(pageURL, "/")
	if pageURL == "" {
		return 0, errors.New("source: the page's address is missing")
	}
	var id int64
	err := d.change(ctx, func(tx *sql.Tx) error {
		moved, both, err := movedFrom(ctx, tx, vendorID, pageURL, platform)
		switch {
		case err != nil:
			return err
		case moved != 0 && both:
			id = moved
			return nil
		case moved != 0:
			id = moved
			_, err := tx.ExecContext(ctx, `
				UPDATE sources SET page_url = ?1, platform = ?2 WHERE source_id = ?3 AND platform <> ?2`, pageURL, platform, moved)
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO sources (vendor_id, page_url, platform) VALUES (?, ?, ?)
			ON CONFLICT (vendor_id, page_url) DO UPDATE SET platform = excluded.platform WHERE excluded.platform NOT IN ('', platform)`,
			vendorID, pageURL, platform)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT source_id FROM sources WHERE vendor_id = ? AND page_url = ?`, vendorID, pageURL).Scan(&id)
	})
	if err != nil {
		return 0, fmt.Errorf("source %s: %w", pageURL, err)
	}
	return id, nil
}

// IdentifySource gives a source, of which nothing could be read so far, its address and platform. A slash
// at the end of pageURL makes no difference.
func (d *DB) IdentifySource(ctx context.Context, sourceID int64, pageURL, platform string) error {
	err := d.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE sources SET page_url = ?, platform = ? WHERE source_id = ?`, strings.TrimRight(pageURL, "/"), platform, sourceID)
		return err
	})
	if err != nil {
		return fmt.Errorf("source %s: %w", pageURL, err)
	}
	return nil
}

// SetWatched records which sources the service's configuration lists: these, and no others.
func (d *DB) SetWatched(ctx context.Context, ids []int64) error {
	list, err := marshal(append([]int64{}, ids...))
	if err == nil {
		err = d.change(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `
				UPDATE sources SET watched = source_id IN (SELECT value FROM json_each(?1))
				WHERE watched <> (source_id IN (SELECT value FROM json_each(?1)))`, list)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("watched sources: %w", err)
	}
	return nil
}

const selectSource = `
	SELECT s.source_id, s.vendor_id, v.slug, coalesce(nullif(v.name, ''), v.slug), s.page_url, s.platform
	FROM sources s JOIN vendors v USING (vendor_id) `

// Source returns one status page, or ErrNotFound.
func (d *DB) Source(ctx context.Context, sourceID int64) (Source, error) {
	var s Source
	err := d.read.QueryRowContext(ctx, selectSource+`WHERE s.source_id = ?`, sourceID).
		Scan(&s.SourceID, &s.VendorID, &s.Vendor, &s.VendorName, &s.PageURL, &s.Platform)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Source{}, fmt.Errorf("source %d: %w", sourceID, err)
	}
	return s, nil
}

// SourcesOf returns a vendor's status pages in the order they were added; none if there is no such vendor.
func (d *DB) SourcesOf(ctx context.Context, vendorSlug string) ([]Source, error) {
	rows, err := d.read.QueryContext(ctx, selectSource+`WHERE v.slug = ? ORDER BY s.source_id`, vendorSlug)
	if err != nil {
		return nil, fmt.Errorf("sources of %q: %w", vendorSlug, err)
	}
	defer rows.Close()
	var sources []Source
	for rows.Next() {
		var s Source
		if err := rows.Scan(&s.SourceID, &s.VendorID, &s.Vendor, &s.VendorName, &s.PageURL, &s.Platform); err != nil {
			return nil, fmt.Errorf("sources of %q: %w", vendorSlug, err)
		}
		sources = append(sources, s)
	}
	return sources, rows.Err()
}

// SourceState returns what a scrape of the source begins with, or ErrNotFound.
func (d *DB) SourceState(ctx context.Context, sourceID int64) (State, error) {
	s := State{Documents: map[string]Document{}}
	var baseline, done, attempt, success string
	stmt, err := d.reading(ctx, `
		SELECT s.source_id, s.vendor_id, v.slug, coalesce(nullif(v.name, ''), v.slug), s.page_url, s.platform,
			coalesce(s.baseline_at, ''), s.backfill_page, coalesce(s.backfill_done_at, ''), s.consecutive_failures,
			coalesce(s.last_attempt_at, ''), coalesce(s.last_success_at, '')
		FROM sources s JOIN vendors v USING (vendor_id) WHERE s.source_id = ?`)
	if err == nil {
		err = stmt.QueryRowContext(ctx, sourceID).Scan(
			&s.SourceID, &s.VendorID, &s.Vendor, &s.VendorName, &s.PageURL, &s.Platform,
			&baseline, &s.BackfillPage, &done, &s.ConsecutiveFailures, &attempt, &success)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err == nil {
		err = parseStamps(map[*time.Time]string{&s.BaselineAt: baseline, &s.BackfillDoneAt: done, &s.LastAttemptAt: attempt, &s.LastSuccessAt: success})
	}
	if err == nil && baseline != "" {
		err = d.documents(ctx, sourceID, s.Documents)
	}
	if err != nil {
		return State{}, fmt.Errorf("state of source %d: %w", sourceID, err)
	}
	return s, nil
}

func (d *DB) documents(ctx context.Context, sourceID int64, into map[string]Document) error {
	stmt, err := d.reading(ctx, `
		SELECT url, etag, last_modified, hash, coalesce(refused_at, '') FROM documents WHERE source_id = ?`)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, sourceID)
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
		if doc.RefusedAt, err = parseStamp(refused); err != nil {
			return err
		}
		into[doc.URL] = doc
	}
	return rows.Err()
}

// Known returns what the record holds of each incident of a source, by key.
func (d *DB) Known(ctx context.Context, sourceID int64) (map[string]Known, error) {
	stmt, err := d.reading(ctx, `
		SELECT i.source_key, i.kind, i.state, i.left_feed_at IS NOT NULL, i.excerpt,
			count(u.update_id), coalesce(max(u.state = 'postmortem'), 0)
		FROM incidents i LEFT JOIN incident_updates u ON u.incident_id = i.incident_id AND u.removed_at IS NULL
		WHERE i.source_id = ? GROUP BY i.incident_id`)
	if err != nil {
		return nil, fmt.Errorf("known incidents of source %d: %w", sourceID, err)
	}
	rows, err := stmt.QueryContext(ctx, sourceID)
	if err != nil {
		return nil, fmt.Errorf("known incidents of source %d: %w", sourceID, err)
	}
	defer rows.Close()
	known := map[string]Known{}
	for rows.Next() {
		var key string
		var state normalize.State
		var left bool
		var k Known
		if err := rows.Scan(&key, &k.Kind, &state, &left, &k.Excerpt, &k.Updates, &k.Postmortem); err != nil {
			return nil, fmt.Errorf("known incidents of source %d: %w", sourceID, err)
		}
		k.Over = state.Over() || left
		known[key] = k
	}
	return known, rows.Err()
}
