package record

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"vendorwatch/db"
	"vendorwatch/db/query"
)

// EnsureVendor stores a vendor under its slug, or brings it up to date, and returns its id. Empty fields
// erase nothing.
func (r *Recorder) EnsureVendor(ctx context.Context, v query.Vendor) (int64, error) {
	if v.Slug == "" {
		return 0, errors.New("vendor: the slug is missing")
	}
	var id int64
	err := r.file.Change(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO vendors (slug, name, homepage, owner, runbook_url) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (slug) DO UPDATE SET
				name = coalesce(nullif(excluded.name, ''), name), homepage = coalesce(nullif(excluded.homepage, ''),
				homepage),
				owner = coalesce(nullif(excluded.owner, ''), owner), runbook_url = coalesce(nullif(excluded.runbook_url,
				''), runbook_url)
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
func (r *Recorder) EnsureSource(ctx context.Context, vendorID int64, pageURL, platform string) (int64, error) {
	pageURL = strings.TrimRight(pageURL, "/")
	if pageURL == "" {
		return 0, errors.New("source: the page's address is missing")
	}
	var id int64
	err := r.file.Change(ctx, func(tx *db.Tx) error {
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
				UPDATE sources SET page_url = ?1, platform = ?2 WHERE source_id = ?3 AND platform <> ?2`, pageURL,
				platform, moved)
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO sources (vendor_id, page_url, platform) VALUES (?, ?, ?)
			ON CONFLICT (vendor_id, page_url) DO UPDATE SET platform = excluded.platform
			WHERE excluded.platform NOT IN ('', platform)`,
			vendorID, pageURL, platform)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT source_id FROM sources WHERE vendor_id = ? AND page_url = ?`, vendorID,
			pageURL).Scan(&id)
	})
	if err != nil {
		return 0, fmt.Errorf("source %s: %w", pageURL, err)
	}
	return id, nil
}

// IdentifySource gives a source, of which nothing could be read so far, its address and platform. A slash
// at the end of pageURL makes no difference.
func (r *Recorder) IdentifySource(ctx context.Context, sourceID int64, pageURL, platform string) error {
	err := r.file.Change(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE sources SET page_url = ?, platform = ? WHERE source_id = ?`,
			strings.TrimRight(pageURL, "/"), platform, sourceID)
		return err
	})
	if err != nil {
		return fmt.Errorf("source %s: %w", pageURL, err)
	}
	return nil
}

// SetWatched records which sources the service's configuration lists: these, and no others.
func (r *Recorder) SetWatched(ctx context.Context, ids []int64) error {
	list, err := db.JSON(append([]int64{}, ids...))
	if err == nil {
		err = r.file.Change(ctx, func(tx *db.Tx) error {
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
