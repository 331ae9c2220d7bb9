package digest

import (
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

func TestFiguresOfAWindow(t *testing.T) {
	at := func(clock string) string { return "2026-11-23T" + clock + ":00.000Z" }
	when := func(clock string) time.Time { return words.Time(at(clock)) }
	incidents := []query.Incident{
		// 20 min lie within
		{VendorName: "Acme", State: "resolved", StartedAt: at("08:30"), ResolvedAt: at("09:20")},
		{VendorName: "Acme", State: "resolved", StartedAt: at("09:30"), ResolvedAt: at("09:40")}, // 10 min
		{VendorName: "Bolt", State: "investigating", StartedAt: at("09:50")},                     // open: 10 min
		{VendorName: "Bolt", State: "resolved", StartedAt: at("09:00"), ResolvedAt: at("11:00")}, // 60 min
		// 5 min were seen
		{VendorName: "Cove", State: "monitoring", StartedAt: at("09:10"), LeftFeedAt: at("09:15")},
		// nobody knows when it ended
		{VendorName: "Dune", State: "resolved", StartedAt: at("09:10")},
		// after the window
		{VendorName: "Echo", State: "resolved", StartedAt: at("10:00"), ResolvedAt: at("10:30")},
		{VendorName: "Echo", State: "resolved", StartedAt: at("07:00"), ResolvedAt: at("08:00")},       // before it
		{VendorName: "Fern", State: "resolved", StartedAt: "", ResolvedAt: at("09:30"), IncidentID: 9}, // no start
	}
	want := message.Figures{Incidents: 5, ImpactSeconds: 105 * 60, WorstVendor: "Bolt", WorstSeconds: 70 * 60}
	if got := figures(incidents, when("09:00"), when("10:00")); got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
