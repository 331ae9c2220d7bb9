package statuspage

import (
	"testing"
	"time"

	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// BenchmarkParse reads one document of each kind.
func BenchmarkParse(b *testing.B) {
	for _, doc := range []struct{ name, file string }{
		{page.DocSummary, "api/summary.json"},
		{page.DocIncidents, "api/incident-list.json"},
		{page.DocMaintenances, "api/scheduled-maintenances.json"},
		{page.DocIncident, "backfill/bare.json"},
		{page.DocHistory, "backfill/history-1.json"},
		{page.DocHistory + "_html", "api_refused/history.html"},
		{page.DocHome, "api_refused/home.html"},
		{page.DocIncidentPage, "api_refused/incident-7hq2m4xk9d3w.html"},
		{docIncidentText, "page_text/incident.txt"},
		{docAtom, "atom/history.atom"},
		{docRSS, "rss/history.rss"},
	} {
		body := []byte(fixture(b, doc.file))
		page := page.Page{URL: orbitdesk, Body: body, At: time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)}
		b.Run(doc.name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (Platform{}).Parse(scraper.Source{URL: orbitdesk}, page); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
