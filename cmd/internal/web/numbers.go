package web

import (
	"slices"
	"time"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// numbers are a vendor's figures over a span of time, in words.
type numbers struct {
	Span      string
	Incidents int
	Severe    int    // major and critical
	Impact    string // sum of the lengths of ended incidents; overlapping ones count twice
	Resolve   string // median of start to end
	Silence   string // median of start to first post, where the vendor states the start
	SilenceOf int    // how many incidents that is of
}

// figure makes the numbers of the incidents that began at since or later.
func figure(span string, figures []db.IncidentFigures, since time.Time) numbers {
	n := numbers{Span: span, Impact: "–", Resolve: "–", Silence: "–"}
	var impact, silence []int64
	var sum int64
	for _, f := range figures {
		if parse(f.StartedAt).Before(since) {
			continue
		}
		n.Incidents++
		if normalize.Severity(f.Severity).Rank() >= normalize.SeverityMajor.Rank() {
			n.Severe++
		}
		if f.ImpactSeconds != nil {
			impact = append(impact, *f.ImpactSeconds)
			sum += *f.ImpactSeconds
		}
		if f.SilenceSeconds != nil {
			silence = append(silence, *f.SilenceSeconds)
		}
	}
	if len(impact) > 0 {
		n.Impact, n.Resolve = hours(sum), duration(seconds(median(impact)))
	}
	if len(silence) > 0 {
		n.Silence, n.SilenceOf = duration(seconds(median(silence))), len(silence)
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

func median(values []int64) int64 {
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}
