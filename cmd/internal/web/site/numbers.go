package site

import (
	"context"
	"slices"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Numbers are a vendor's figures over a span of time.
type Numbers struct {
	Days      int `json:"days"`      // how far back, from now
	Incidents int `json:"incidents"` // that began within it; maintenances and notices are not counted
	Severe    int `json:"severe"`    // of major and critical severity
	// Of the span, with at least one incident; null if no length is known.
	ImpactSeconds *int64 `json:"impact_seconds"`
	KnownLength   int    `json:"incidents_of_known_length"`   // the number of incidents that ImpactSeconds counts
	UnknownLength int    `json:"incidents_of_unknown_length"` // the number of incidents that ImpactSeconds lacks
	// From start to end; null if of none that ended both are known.
	MedianResolveSeconds *int64 `json:"median_seconds_to_resolve"`
	ResolveOf            int    `json:"resolve_of"` // the number of incidents that MedianResolveSeconds is of
	// From the start to the first post, where the start is known from elsewhere; null if there is none such.
	MedianSilenceSeconds *int64 `json:"median_seconds_to_first_update"`
	SilenceOf            int    `json:"first_update_of"` // the number of incidents that MedianSilenceSeconds is of
	// The record is complete for all of the vendor's pages from then on; few incidents before it prove nothing.
	CoverageStartAt string `json:"coverage_start_at,omitempty"`
	BlindSeconds    int64  `json:"blind_seconds"` // coverage gaps of all pages within the span
}

// Numbers returns a vendor's figures over the last 30, 90 and 365 days.
func (s *Site) Numbers(ctx context.Context, slug string) ([]Numbers, error) {
	v, err := s.DB.VendorBySlug(ctx, slug, s.Clock())
	if err != nil {
		return nil, err
	}
	now := s.Clock()
	incidents, err := s.DB.VendorImpact(ctx, v.VendorID, now.AddDate(0, 0, -365))
	if err != nil {
		return nil, err
	}
	covered := ""
	for _, page := range v.Sources {
		if page.Watched == 1 && (covered == "" || page.CoverageStartAt > covered) {
			covered = page.CoverageStartAt
		}
	}
	out := []Numbers{}
	for _, days := range []int{30, 90, 365} {
		since := now.AddDate(0, 0, -days)
		n := Sum(incidents, since, now)
		n.Days, n.CoverageStartAt = days, covered
		blind, err := s.DB.CoverageGaps(ctx, v.Slug, since, now)
		if err != nil {
			return nil, err
		}
		for _, b := range blind {
			n.BlindSeconds += blindSeconds(b, now)
		}
		out = append(out, n)
	}
	return out, nil
}

// blindSeconds is the length of a coverage gap, up to now.
func blindSeconds(b query.Gap, now time.Time) int64 {
	from, to := words.Time(b.FromAt), words.Time(b.ToAt)
	if to.IsZero() || to.After(now) {
		to = now
	}
	return max(0, int64(to.Sub(from)/time.Second))
}

// Sum makes the figures of the incidents that began, or lasted, at since or later.
func Sum(incidents []query.IncidentImpact, since, now time.Time) Numbers {
	var n Numbers
	var resolve, silence []int64
	for _, i := range incidents {
		if i.CountedAt.Before(since) {
			continue
		}
		n.Incidents++
		if normalize.Severity(i.Severity).Rank() >= normalize.SeverityMajor.Rank() {
			n.Severe++
		}
		if i.ResolveSeconds != nil {
			resolve = append(resolve, *i.ResolveSeconds)
		}
		if i.SilenceSeconds != nil {
			silence = append(silence, *i.SilenceSeconds)
		}
	}
	total := query.ImpactOf(incidents, since, time.Time{}, now)
	n.KnownLength, n.UnknownLength = total.Known, total.Unknown
	if lasted, known := total.Stated(); known {
		n.ImpactSeconds = new(int64(lasted / time.Second))
	}
	n.ResolveOf, n.SilenceOf = len(resolve), len(silence)
	n.MedianResolveSeconds, n.MedianSilenceSeconds = median(resolve), median(silence)
	return n
}

// median is nil for no values.
func median(values []int64) *int64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	middle := len(values) / 2
	m := values[middle]
	if len(values)%2 == 0 {
		m = (values[middle-1] + values[middle]) / 2
	}
	return &m
}
