package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// Comparison sets a digest's window beside the one of the same length before it.
type Comparison struct {
	FromAt string  `json:"from_at"` // start of the window before; it ends where the digest's begins
	Now    Figures `json:"now"`
	Before Figures `json:"before"`
}

// Figures are what one window came to. Maintenance is no part of it, nor what the vendors' filters hide.
type Figures struct {
	Incidents     int    `json:"incidents"`              // that began within it
	ImpactSeconds int64  `json:"impact_seconds"`         // of all incidents together, as far as they lie within it
	WorstVendor   string `json:"worst_vendor,omitempty"` // name of the one with the longest impact
	WorstSeconds  int64  `json:"worst_seconds,omitempty"`
}

// compare returns the comparison; nil where the window has no start, or where the record does not reach back
// over the one before, so that its silence would prove nothing.
func compare(ctx context.Context, d *db.DB, w Window, o Options, health []db.SourceHealth) (*Comparison, error) {
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
		if wanted && !o.Match.all() {
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
	return &Comparison{FromAt: since, Now: figures(kept, w.Since, w.Until), Before: figures(kept, before, w.Since)}, nil
}

// figures counts incidents within a window. One that is open goes on until the window's end; of one that left its
// page without a resolution, or whose end is not known, no more counts than what was seen.
func figures(incidents []db.Incident, since, until time.Time) Figures {
	var f Figures
	impact := map[string]time.Duration{}
	for _, i := range incidents {
		start := words.Time(i.StartedAt)
		if start.IsZero() || !start.Before(until) {
			continue
		}
		if !start.Before(since) {
			f.Incidents++
		}
		end := words.Time(firstOf(i.ResolvedAt, i.LeftFeedAt))
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
			impact[vendorName(i.VendorName, i.Vendor, 40)] += end.Sub(start)
		}
	}
	names := []string{}
	for name := range impact {
		names = append(names, name)
	}
	if len(names) > 0 {
		f.WorstVendor = slices.MinFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(impact[b], impact[a]), cmp.Compare(a, b)) })
		f.WorstSeconds = int64(impact[f.WorstVendor] / time.Second)
	}
	return f
}

// compareWords says in a line how the window went beside the one before; empty where that is not known, or where
// there is nothing to say of either.
func (d Digest) compareWords() string {
	c := d.Compared
	if c == nil || c.Now == (Figures{}) && c.Before == (Figures{}) {
		return ""
	}
	span := words.Duration(words.Time(d.UntilAt).Sub(words.Time(d.FromAt)))
	return fmt.Sprintf("%s began, %s; in the %s before %d began, %s", words.Count(c.Now.Incidents, "incident"), c.Now.impactWords(), span, c.Before.Incidents, c.Before.impactWords())
}

func (f Figures) impactWords() string {
	if f.ImpactSeconds == 0 {
		return "no impact"
	}
	text := words.Seconds(f.ImpactSeconds) + " of impact"
	if f.WorstVendor != "" {
		text += " (worst " + f.WorstVendor + ", " + words.Seconds(f.WorstSeconds) + ")"
	}
	return text
}
