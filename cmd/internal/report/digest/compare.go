package digest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
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
	incidents, err := d.IncidentsDuring(ctx, before, w.Until)
	if err != nil {
		return nil, err
	}
	kept := incidents[:0]
	for _, i := range incidents {
		wanted := i.Filtered == 0
		if wanted && !o.Match.Everything() {
			s, err := subjectOf(ctx, d, i.IncidentID)
			if err != nil {
				return nil, err
			}
			wanted = s != nil && o.shows(i.Vendor, i.VendorName, s)
		}
		if wanted {
			kept = append(kept, i)
		}
	}
	return &message.Comparison{FromAt: since, Now: figures(kept, w.Since, w.Until),
		Before: figures(kept, before, w.Since)}, nil
}

// figures counts incidents within a window. An open incident lasts until the end of the window. One that left its page
// without a resolution lasts until then, and one whose end is not known counts as no time.
func figures(incidents []query.Incident, since, until time.Time) message.Figures {
	var f message.Figures
	impact := map[string]time.Duration{}
	for _, i := range incidents {
		start := words.Time(i.StartedAt)
		if start.IsZero() || !start.Before(until) {
			continue
		}
		if !start.Before(since) {
			f.Incidents++
		}
		end := words.Time(cmp.Or(i.ResolvedAt, i.LeftFeedAt))
		switch {
		case end.IsZero() && normalize.State(i.State).Over():
			end = start
		case end.IsZero(), end.After(until):
			end = until
		}
		if start.Before(since) {
			start = since
		}
		if end.After(start) {
			f.ImpactSeconds += int64(end.Sub(start) / time.Second)
			impact[message.VendorName(i.VendorName, i.Vendor, 40)] += end.Sub(start)
		}
	}
	names := []string{}
	for name := range impact {
		names = append(names, name)
	}
	if len(names) > 0 {
		f.WorstVendor = slices.MinFunc(names, func(a, b string) int {
			return cmp.Or(cmp.Compare(impact[b], impact[a]),
				cmp.Compare(a, b))
		})
		f.WorstSeconds = int64(impact[f.WorstVendor] / time.Second)
	}
	return f
}
