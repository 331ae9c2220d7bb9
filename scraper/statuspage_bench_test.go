package scraper

import (
	"testing"
	"time"
)

// BenchmarkParseStatuspage reads one document of each kind.
func BenchmarkParseStatuspage(b *testing.B) {
	for _, doc := range []struct{ name, file string }{
		{docSummary, "api/summary.json"},
		{docIncidents, "api/incident-list.json"},
		{docMaintenances, "api/scheduled-maintenances.json"},
		{docIncident, "backfill/bare.json"},
		{docHistory, "backfill/history-1.json"},
		{docHistory + "_html", "api_refused/history.html"},
		{docHome, "api_refused/home.html"},
		{docIncidentPage, "api_refused/incident-7hq2m4xk9d3w.html"},
		{docIncidentText, "page_text/incident.txt"},
		{docAtom, "atom/history.atom"},
		{docRSS, "rss/history.rss"},
	} {
		body := []byte(spFixture(b, doc.file))
		page := Page{URL: orbitdesk, Body: body, At: time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)}
		b.Run(doc.name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (statuspage{}).Parse(Source{URL: orbitdesk}, page); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
