package pages

import (
	"time"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

// numbers are a vendor's figures over a span of time, in words.
type numbers struct {
	Span      string
	Incidents int
	Severe    int    // major and critical
	Impact    string // sum of the lengths of ended incidents; overlapping ones count twice
	Resolve   string // median of start to end
	Silence   string // median of start to first post, of incidents whose start the vendor states
	SilenceOf int    // how many incidents Silence is of
}

// figure puts the figures of the incidents that began at since or later into words.
func figure(span string, figures []query.IncidentFigures, since time.Time) numbers {
	f := site.Sum(figures, since)
	n := numbers{Span: span, Incidents: f.Incidents, Severe: f.Severe, SilenceOf: f.SilenceOf,
		Impact: "–", Resolve: "–", Silence: "–"}
	if f.MedianResolveSeconds != nil {
		n.Impact, n.Resolve = hours(f.ImpactSeconds), words.Seconds(*f.MedianResolveSeconds)
	}
	if f.MedianSilenceSeconds != nil {
		n.Silence = words.Seconds(*f.MedianSilenceSeconds)
	}
	return n
}

func hours(sum int64) string {
	h := float64(sum) / 3600
	if h < 10 {
		return trimZero(h, 1) + " h"
	}
	return trimZero(h, 0) + " h"
}
