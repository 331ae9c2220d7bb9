package watch

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/feed"
)

const zonelessList = `{"meta":{"pagination":{"total":1,"count":1,"per_page":20,"current_page":1,"total_pages":1,` +
	`"links":{}}},"data":[{"id":9,"name":"Ledger export late","status":1,"visible":1,"message":"We look.",` +
	`"human_status":"Investigating","latest_status":1,"occurred_at":"2026-11-27 12:00:00",` +
	`"created_at":"2026-11-27 12:00:00","updated_at":"2026-11-27 12:00:00","updates":[]}]}`

const oddFeed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Acme</title><item><title>Anvils</title>` +
	`<guid>a1</guid><pubDate>Fri, 27 Nov 2026 12:00:00</pubDate><description>Wieder da.</description></item>` +
	`</channel></rss>`

// TestReading holds that what the config says of a page counts for one that is fetched as for one that was saved: the
// zone of its times, and how its feed speaks.
func TestReading(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v1/incidents", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(zonelessList))
	})
	mux.HandleFunc("/feed", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(oddFeed)) })
	server := httptest.NewServer(mux)
	defer server.Close()
	fetcher := scraper.NewCollector(scraper.FetchOptions{UserAgent: "vendorwatch test", Timeout: 10 * time.Second,
		MaxBytes: 1 << 20})
	dialect, mistakes := feed.Speech{States: map[string]string{"wieder da": "resolved"}}.Compile()
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for _, c := range []struct {
		body, platform, address string
		Reading
		started, state string
		found          bool
	}{
		{zonelessList, "cachet", "", Reading{}, "2026-11-27T12:00:00.000Z", "investigating", true},
		{zonelessList, "cachet", "", Reading{TimeZone: "Asia/Tokyo"}, "2026-11-27T03:00:00.000Z", "investigating",
			false},
		{oddFeed, "feed", "/feed", Reading{}, "2026-11-27T12:00:00.000Z", "unknown", true},
		{oddFeed, "feed", "/feed", Reading{TimeZone: "Asia/Tokyo", Dialect: dialect}, "2026-11-27T03:00:00.000Z",
			"resolved", false},
	} {
		s := Source{Vendor: "acme", URL: server.URL + c.address, Platform: c.platform, Reading: c.Reading}
		live, err := Inspect(t.Context(), fetcher, s)
		if err != nil {
			t.Fatal(err)
		}
		for how, in := range map[string]Inspection{
			"live": live, "saved": InspectFile(scraper.Page{URL: "saved", Body: []byte(c.body)}, s),
		} {
			found := false
			for _, f := range in.Findings {
				found = found || f.Field == "time_zone" && strings.Contains(f.Problem, "UTC is taken")
			}
			if len(in.Incidents) != 1 || in.Incidents[0].StartedAt != c.started ||
				in.Incidents[0].State != c.state || found != c.found {
				t.Errorf("%s, %s with %+v: %+v, findings %+v", c.platform, how, c.Reading, in.Incidents, in.Findings)
			}
		}
	}
}
