package digest

import (
	"context"
	"maps"
	"slices"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// compare compares a window with the one before. It returns nil if the window has no start, or if the record does not
// cover the window before, whose zeroes would prove nothing.
func compare(ctx context.Context, d *query.DB, w Window, o Options, health []query.SourceHealth) (*message.Comparison,
	error) {
	if w.Since.IsZero() || !w.Since.Before(w.Until) {
		return nil, nil
	}
	before := w.Since.Add(w.Since.Sub(w.Until))
	since := normalize.FormatTime(before)
	for _, h := range health {
		if h.Watched == 1 && (h.CoverageStartAt == "" || h.CoverageStartAt > since) {
			return nil, nil
		}
	}
	incidents, err := d.ImpactDuring(ctx, before, w.Until)
	if err != nil {
		return nil, err
	}
	kept, err := o.impacts(ctx, d, incidents)
	if err != nil {
		return nil, err
	}
	return &message.Comparison{FromAt: since, Now: figures(kept, w.Since, w.Until, w.Until),
		Before: figures(kept, before, w.Since, w.Until)}, nil
}

// impacts returns the incidents that a digest counts: those that it chooses, and that the vendors' filters do not hide.
func (o Options) impacts(ctx context.Context, d *query.DB, incidents []query.IncidentImpact) ([]query.IncidentImpact,
	error) {
	kept := incidents[:0]
	for _, i := range incidents {
		wanted := i.Filtered == 0
		if wanted && !o.Match.Everything() {
			s, err := subjectOf(ctx, d, i.IncidentID, o.Now)
			if err != nil {
				return nil, err
			}
			wanted = s != nil && o.shows(i.Vendor, i.VendorName, s)
		}
		if wanted {
			kept = append(kept, i)
		}
	}
	return kept, nil
}

// figures counts the incidents of a window, as it was known at now.
func figures(incidents []query.IncidentImpact, since, until, now time.Time) message.Figures {
	var f message.Figures
	byVendor := map[string][]query.IncidentImpact{}
	for _, i := range incidents {
		if !i.CountedAt.Before(since) && i.CountedAt.Before(until) {
			f.Incidents++
		}
		name := message.VendorName(i.VendorName, i.Vendor, 40)
		byVendor[name] = append(byVendor[name], i)
	}
	total := query.ImpactOf(incidents, since, until, now)
	f.KnownLength, f.UnknownLength = total.Known, total.Unknown
	lasted, known := total.Stated()
	if !known {
		return f
	}
	f.ImpactSeconds = new(int64(lasted / time.Second))
	for _, name := range slices.Sorted(maps.Keys(byVendor)) {
		of := int64(query.ImpactOf(byVendor[name], since, until, now).Time / time.Second)
		if of > f.WorstSeconds {
			f.WorstVendor, f.WorstSeconds = name, of
		}
	}
	return f
}
