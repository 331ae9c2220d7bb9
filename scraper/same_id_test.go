package scraper_test

import (
	"strings"
	"testing"

	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

// TestEntriesWithOneID holds that entries which share an id are all kept, with a finding, and the same entry twice is
// one.
func TestEntriesWithOneID(t *testing.T) {
	tests := []struct {
		name      string
		swap      []string
		incidents string // their ids
		updates   string // ids of the first one's
		findings  int
	}{
		{"all differ", nil, "i1 i2", "u2 u1", 0},
		{"two incidents", []string{`"id":"i2"`, `"id":"i1"`}, "i1@2026-03-01T10:00:00Z i1@2026-02-01T10:00:00Z",
			"u2 u1", 2},
		{"one incident twice", []string{`"id":"i2","name":"Rockets late"`, `"id":"i1","name":"Anvils float"`}, "i1 i1",
			"u2 u1", 0},
		{"two updates", []string{`"id":"u2"`, `"id":"u1"`}, "i1 i2", "u1 u1@2026-03-01T10:00:00Z", 1},
	}
	reader, err := platforms.Lookup("statuspage")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, err := scraper.Read(reader, scraper.Source{URL: "https://status.acme.example"}, page.Page{
				URL:  "https://status.acme.example/api/v2/incidents.json",
				Body: []byte(platformtest.Swap(t, twoIncidents, tt.swap...))})
			if err != nil || len(res.Incidents) != 2 {
				t.Fatalf("%+v, %v", res, err)
			}
			var incidents, updates []string
			for _, raw := range res.Incidents {
				incidents = append(incidents, raw.ID)
			}
			for _, u := range res.Incidents[0].Updates {
				updates = append(updates, u.ID)
			}
			if got := strings.Join(incidents, " "); got != tt.incidents {
				t.Errorf("incidents %q, want %q", got, tt.incidents)
			}
			if got := strings.Join(updates, " "); got != tt.updates {
				t.Errorf("updates %q, want %q", got, tt.updates)
			}
			if len(res.Findings) != tt.findings {
				t.Errorf("findings %+v", res.Findings)
			}
		})
	}
}
