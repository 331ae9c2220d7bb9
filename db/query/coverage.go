package query

import (
	"context"
	"fmt"
	"strings"
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
	SourceID   int64     `db:"source_id" json:"source_id"`
	Vendor     string    `db:"vendor = v.slug" json:"vendor"` // slug
	VendorName string    `db:"vendor_name = coalesce(nullif(v.name, ''), v.slug)" json:"vendor_name"`
	PageURL    string    `db:"page_url" json:"page_url"`
	Watched    int       `db:"watched" json:"watched"` // 1: the configuration lists it
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
	chosen, args := ofVendor(vendorSlug)
	sources, err := coveredRow.All(ctx, d.read, `
		SELECT `+coveredRow.Columns+` FROM vendors v JOIN sources s USING (vendor_id)
		WHERE `+chosen+` ORDER BY v.slug, s.source_id`, args...)
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
	Gap                 // of the source
	KnownSince   string `db:"coverage_start_at"`
	LastSuccess  string `db:"last_success_at"`
	Latest       string `db:"latest_at"`
	Failures     int    `db:"consecutive_failures"`
	CurrentUntil string `db:"current_until_at"`
}

var coveredRow = scan.Of[covered]("s")

// storedGap is a row of coverage_gaps.
type storedGap struct {
	SourceID int64  `db:"source_id"`
	FromAt   string `db:"from_at"`
	ToAt     string `db:"to_at"`
	Reason   string `db:"reason"`
}

var storedGapRow = scan.Of[storedGap]("g")

// unfilledGaps returns the gaps of each source that no later reading made up for, oldest first.
func (d *DB) unfilledGaps(ctx context.Context, vendorSlug string) (map[int64][]Gap, error) {
	chosen, args := ofVendor(vendorSlug)
	gaps, err := storedGapRow.All(ctx, d.read, `
		SELECT `+storedGapRow.Columns+
		` FROM coverage_gaps g JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		WHERE g.filled_at IS NULL AND `+chosen+` ORDER BY g.source_id, g.from_at`, args...)
	out := map[int64][]Gap{}
	for _, g := range gaps {
		reason := GapReason(strings.ReplaceAll(g.Reason, "_", " "))
		out[g.SourceID] = append(out[g.SourceID], Gap{SourceID: g.SourceID, FromAt: g.FromAt, ToAt: g.ToAt,
			Reason: reason})
	}
	return out, err
}

// ofVendor is SQL that is true for the vendor v of a slug, or for all of them where it is empty. Two queries, and not
// one with both cases, let SQLite enter the index of slugs.
func ofVendor(slug string) (string, []any) {
	if slug == "" {
		return `1`, nil
	}
	return `v.slug = ?1`, []any{slug}
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
	last := max(c.LastSuccess, c.Latest)
	if last == "" {
		add(from, "", GapNeverRead)
		return out
	}
	if c.KnownSince == "" { // no reading so far listed all that was open
		add(from, "", GapNotYetWatched)
		return out
	}
	if from != "" && c.KnownSince > from {
		add(from, c.KnownSince, GapNotYetWatched)
	}
	lasts := false
	for _, g := range gaps {
		add(g.FromAt, g.ToAt, g.Reason)
		lasts = lasts || g.ToAt == ""
	}
	if !lasts && !to.IsZero() && c.CurrentUntil < until {
		why := GapNotWatched
		if c.Failures > 0 {
			why = GapUnreadable
		}
		add(last, "", why)
	}
	return out
}

// Tolerance is how far two readings may lie apart by their schedule before it counts as a gap.
func Tolerance(interval time.Duration) time.Duration {
	if interval <= 0 {
		interval = time.Hour
	}
	return interval + Grace(interval)
}

// Grace is how late a reading may be: one may be missed where they are an hour apart or less, and each may be late by
// a few minutes. Where the schedule is not known, it is taken to be an hourly one.
func Grace(interval time.Duration) time.Duration {
	if interval <= 0 || interval > time.Hour {
		interval = time.Hour
	}
	return interval + 5*time.Minute
}
