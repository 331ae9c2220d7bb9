package site

import (
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Readable reports whether all of a vendor's pages were read when their schedule last asked for it.
func (s *Site) Readable(v query.VendorState) bool {
	if v.Failing > 0 || v.NeverRead > 0 || v.Sources == 0 {
		return false
	}
	return s.Clock().Sub(words.Time(v.LastSuccessAt)) <= query.Tolerance(time.Duration(v.IntervalSeconds)*time.Second)
}

// PageReadable is Readable for one page.
func (s *Site) PageReadable(p query.ScrapeHealth) bool {
	return p.ConsecutiveFailures == 0 && p.LastSuccessAt != "" &&
		s.Clock().Sub(words.Time(p.LastSuccessAt)) <= query.Tolerance(time.Duration(p.IntervalSeconds)*time.Second)
}

// State is one word for how a vendor does. What is known to be broken comes first, then what cannot be seen; only
// a vendor whose pages were all read is quiet.
func (s *Site) State(v query.VendorState) string {
	switch {
	case v.Sources == 0:
		return "not_watched"
	case v.WorstSeverity != "":
		return v.WorstSeverity
	case !s.Readable(v):
		return "unreadable"
	case v.WorstStatus != "" && v.WorstStatus != string(normalize.StatusMaintenance):
		return v.WorstStatus
	case v.IndicatorSinceAt != "":
		return "unwell"
	case v.Maintenances > 0 || v.WorstStatus != "":
		return "maintenance"
	}
	return "quiet"
}
