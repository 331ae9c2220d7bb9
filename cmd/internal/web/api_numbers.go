package web

import (
	"context"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// apiNumbers are a vendor's figures over the incidents that began within a span of time.
type apiNumbers struct {
	Days                 int    `json:"days"`                           // how far back, from now
	Incidents            int    `json:"incidents"`                      // maintenances and notices are none
	Severe               int    `json:"severe"`                         // of major and critical severity
	ImpactSeconds        int64  `json:"impact_seconds"`                 // start to end of those that ended; overlapping ones count twice
	ImpactOf             int    `json:"impact_of"`                      // how many incidents that is of
	MedianResolveSeconds *int64 `json:"median_seconds_to_resolve"`      // start to end; null where none ended
	MedianSilenceSeconds *int64 `json:"median_seconds_to_first_update"` // start to first post, where the vendor states the start; null where it never does
	SilenceOf            int    `json:"first_update_of"`                // how many incidents that is of
	CoverageStartAt      string `json:"coverage_start_at,omitempty"`    // since when the record is whole for all of the vendor's pages; earlier silence proves nothing
	BlindSeconds         int64  `json:"blind_seconds"`                  // how much of the span was not seen, all pages together
}

// numbersOf returns a vendor's figures over the last 30, 90 and 365 days.
func (s *Server) numbersOf(ctx context.Context, slug string) ([]apiNumbers, error) {
	v, err := s.db.VendorBySlug(ctx, slug)
	if err != nil {
		return nil, err
	}
	now := s.now()
	figures, err := s.db.VendorFigures(ctx, v.VendorID, now.AddDate(0, 0, -365))
	if err != nil {
		return nil, err
	}
	covered := ""
	for _, page := range v.Sources {
		if page.Watched == 1 && (covered == "" || page.CoverageStartAt > covered) {
			covered = page.CoverageStartAt
		}
	}
	out := []apiNumbers{}
	for _, days := range []int{30, 90, 365} {
		since := now.AddDate(0, 0, -days)
		n := sum(figures, since)
		n.Days, n.CoverageStartAt = days, covered
		blind, err := s.db.Coverage(ctx, v.Slug, since, now)
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

// blindSeconds is how long a stretch that was not seen lasted, up to now.
func blindSeconds(b db.Blind, now time.Time) int64 {
	from, to := words.Time(b.FromAt), words.Time(b.ToAt)
	if to.IsZero() || to.After(now) {
		to = now
	}
	return max(0, int64(to.Sub(from)/time.Second))
}

// sum makes the figures of the incidents that began at since or later.
func sum(figures []db.IncidentFigures, since time.Time) apiNumbers {
	var n apiNumbers
	var resolve, silence []int64
	for _, f := range figures {
		if words.Time(f.StartedAt).Before(since) {
			continue
		}
		n.Incidents++
		if normalize.Severity(f.Severity).Rank() >= normalize.SeverityMajor.Rank() {
			n.Severe++
		}
		if f.ImpactSeconds != nil {
			resolve = append(resolve, *f.ImpactSeconds)
			n.ImpactSeconds += *f.ImpactSeconds
		}
		if f.SilenceSeconds != nil {
			silence = append(silence, *f.SilenceSeconds)
		}
	}
	n.ImpactOf, n.SilenceOf = len(resolve), len(silence)
	if len(resolve) > 0 {
		m := median(resolve)
		n.MedianResolveSeconds = &m
	}
	if len(silence) > 0 {
		m := median(silence)
		n.MedianSilenceSeconds = &m
	}
	return n
}
