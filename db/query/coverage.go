package query

import (
	"context"
	"database/sql"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// GapReason is why a stretch of time was not seen.
type GapReason string

// The reasons why a stretch of time was not seen, in words for people.
const (
	GapNeverRead     GapReason = "never read"      // no good reading so far
	GapNotYetWatched GapReason = "not yet watched" // before the record of the page begins
	GapUnreadable    GapReason = "unreadable"      // attempts to read the page failed
	GapNotWatched    GapReason = "not watched"     // no attempt was made: the service or the source was off
)

// Gap is a stretch of time of which we do not know all that a page told.
type Gap struct {
	SourceID   int64     `json:"source_id"`
	Vendor     string    `json:"vendor"` // slug
	VendorName string    `json:"vendor_name"`
	PageURL    string    `json:"page_url"`
	Watched    int       `json:"watched"` // 1: the configuration lists it
	Reason     GapReason `json:"reason"`
	FromAt     string    `json:"from_at,omitempty"` // empty: since ever
	ToAt       string    `json:"to_at,omitempty"`   // empty: it lasts
}

// CoverageGaps returns what was not seen between from and to: the time before a page's record begins, the gaps
// that no later reading made up for, and the time since its last reading where that is longer ago than its
// schedule explains. It holds the pages of one vendor, or of all if vendorSlug is empty, by vendor and
// time; pages that were seen throughout are not in it. A zero from asks for all that is on record, which is
// then complete as far back as it goes; a zero to asks for no time after the last reading.
func (d *DB) CoverageGaps(ctx context.Context, vendorSlug string, from, to time.Time) ([]Gap, error) {
	gaps, err := d.unfilledGaps(ctx, vendorSlug)
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	sources, err := scan.List(ctx, d.read, scanCovered, selectCovered, vendorSlug)
	if err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	var out []Gap
	for _, s := range sources {
		out = append(out, s.blind(gaps[s.SourceID], db.Stamp(from), to)...)
	}
	return out, nil
}

// covered is a source with what tells how much of it was seen.
type covered struct {
	Gap                              // of the source
	knownSince, lastLive, lastLatest string
	failures                         int
	interval                         int64 // seconds
}

const selectCovered = `
	SELECT s.source_id, v.slug, coalesce(nullif(v.name, ''), v.slug), s.page_url, s.watched,
		coalesce(s.coverage_start_at, s.baseline_at, ''), coalesce(s.last_success_at, ''), coalesce(s.latest_at, ''),
		s.consecutive_failures, s.interval_seconds
	FROM sources s JOIN vendors v USING (vendor_id)
	WHERE ?1 IN ('', v.slug) ORDER BY v.slug, s.source_id`

func scanCovered(r *sql.Rows, c *covered) error {
	return r.Scan(&c.SourceID, &c.Vendor, &c.VendorName, &c.PageURL, &c.Watched,
		&c.knownSince, &c.lastLive, &c.lastLatest, &c.failures, &c.interval)
}

// unfilledGaps returns the gaps of each source that no later reading made up for, oldest first.
func (d *DB) unfilledGaps(ctx context.Context, vendorSlug string) (map[int64][]Gap, error) {
	gaps, err := scan.List(ctx, d.read, func(r *sql.Rows, g *Gap) error {
		return r.Scan(&g.SourceID, &g.FromAt, &g.ToAt, &g.Reason)
	}, `
		SELECT g.source_id, g.from_at, coalesce(g.to_at, ''), CASE g.reason WHEN 'not_watched' THEN 'not watched' ELSE g.reason END
		FROM coverage_gaps g JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		WHERE g.filled_at IS NULL AND ?1 IN ('', v.slug) ORDER BY g.source_id, g.from_at`, vendorSlug)
	out := map[int64][]Gap{}
	for _, g := range gaps {
		out[g.SourceID] = append(out[g.SourceID], g)
	}
	return out, err
}

// blind returns the stretches between from and to that were not seen of one source.
func (c covered) blind(gaps []Gap, from string, to time.Time) []Gap {
	var out []Gap
	until := db.Stamp(to)
	add := func(begin, end string, why GapReason) {
		if until != "" && begin >= until || end != "" && end <= from {
			return
		}
		b := c.Gap
		b.FromAt, b.ToAt, b.Reason = max(begin, from), end, why
		if end != "" && until != "" {
			b.ToAt = min(end, until)
		}
		out = append(out, b)
	}
	last := max(c.lastLive, c.lastLatest)
	if last == "" {
		add(from, "", GapNeverRead)
		return out
	}
	if from != "" && c.knownSince > from {
		add(from, c.knownSince, GapNotYetWatched)
	}
	lasts := false
	for _, g := range gaps {
		add(g.FromAt, g.ToAt, g.Reason)
		lasts = lasts || g.ToAt == ""
	}
	if !lasts && !to.IsZero() && last < db.Stamp(to.Add(-Tolerance(time.Duration(c.interval)*time.Second))) {
		why := GapNotWatched
		if c.failures > 0 {
			why = GapUnreadable
		}
		add(last, "", why)
	}
	return out
}

// Tolerance is how far two readings may lie apart before it counts as a gap: one may be missed, and be
// late by a few minutes. Where the schedule is not known, it is taken to be an hourly one.
func Tolerance(interval time.Duration) time.Duration {
	if interval <= 0 {
		interval = time.Hour
	}
	return 2*interval + 5*time.Minute
}
