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
	Impact    string // time with at least one incident
	Unknown   int    // incidents of unknown length, which Impact lacks
	Length    int    // incidents of known length, which Impact counts
	Resolve   string // median of start to end
	ResolveOf int    // how many incidents Resolve is of
	Silence   string // median of start to first post, where the start is known from elsewhere
	SilenceOf int    // how many incidents Silence is of
}

// figure puts the figures of the incidents that began, or lasted, at since or later into words.
func figure(span string, incidents []query.IncidentImpact, since, now time.Time) numbers {
	f := site.Sum(incidents, since, now)
	n := numbers{Span: span, Incidents: f.Incidents, Severe: f.Severe, Length: f.KnownLength,
		Unknown: f.UnknownLength, ResolveOf: f.ResolveOf, SilenceOf: f.SilenceOf, Impact: "not known", Resolve: "–",
		Silence: "–"}
	if f.ImpactSeconds != nil {
		n.Impact = hours(*f.ImpactSeconds)
	}
	if f.KnownLength+f.UnknownLength == 0 {
		n.Impact = "–"
	}
	if f.MedianResolveSeconds != nil {
		n.Resolve = words.Seconds(*f.MedianResolveSeconds)
	}
	if f.MedianSilenceSeconds != nil {
		n.Silence = words.Seconds(*f.MedianSilenceSeconds)
	}
	return n
}

// Of is how many incidents there are that Impact could count.
func (n numbers) Of() int { return n.Length + n.Unknown }

func hours(sum int64) string {
	h := float64(sum) / 3600
	if h < 10 {
		return trimZero(h, 1) + " h"
	}
	return trimZero(h, 0) + " h"
}
