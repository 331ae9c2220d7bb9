package scraper_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

// TestBadEntryOfAnyPage holds that a bad entry costs that entry wherever it stands: in JSON in a web page, in a
// script's call, in the data of a page made with Next.js, in a list of HTML, and in a feed.
func TestBadEntryOfAnyPage(t *testing.T) {
	racetest.Skip(t, "reads page after page")
	for _, c := range []struct {
		platform, file string
		swap           []string
		fewer          int // incidents than without the change
		lost           string
	}{
		{"pagerduty", "broken/home.html", []string{`{"id":"PINC002"`, `7,{"id":"PINC002"`}, 0, "7"},
		{"pagerduty", "broken/home.html", []string{`{"id":"PINC002"`, `{"id":["x"],"updates":[]},{"id":"PINC002"`}, 0,
			`"x"`},
		{"incidentio", "home_broken/home.html", []string{`ongoing_incidents\":[`,
			`ongoing_incidents\":[{\"id\":\"\",\"name\":\"\",\"status\":\"odd\"},`}, 0, `"odd"`},
		{"instatus", "home_broken/home.html", []string{`activeIncidents\":[`,
			`activeIncidents\":[{\"id\":\"q\",\"name\":\"w\",\"status\":[\"x\"]},`}, 0, `"x"`},
		{"apple", "broken/status.js", []string{`"messageId": "2000000400"`, `"messageId": {}`}, 1,
			"11/20/2026 03:00 PST"},
		{"aws", "rss/all.rss", []string{"#horns_1793200000", "#horns"}, 1, "Fog"},
		{"oraclecloud", "broken/feed.rss", []string{"<guid>ocid1.oraclecloudincident.oc1.iad.old1</guid>", "",
			"#/incidents/ocid1.oraclecloudincident.oc1.iad.old1", ""}, 1, "Barrel Storage"},
		{"hund", "broken/feed.xml", []string{"State::FeedNotifier::Entry/66a1a0", "66a1a0",
			"https://status.oakmere.example/components/5ff0c2", ""}, 1, "degraded"},
	} {
		body, err := os.ReadFile(filepath.Join("testdata", c.platform, c.file))
		if err != nil {
			t.Fatal(err)
		}
		p, err := platforms.Lookup(c.platform)
		if err != nil {
			t.Fatal(err)
		}
		read := func(body string) (scraper.Result, error) {
			return scraper.Read(p, scraper.Source{URL: "https://status.acme.example"},
				page.Page{URL: "https://status.acme.example/", Body: []byte(body)})
		}
		whole, err := read(string(body))
		if err != nil {
			t.Fatalf("%s/%s: %v", c.platform, c.file, err)
		}
		bad := platformtest.Swap(t, string(body), c.swap...)
		if _, err := p.Parse(scraper.Source{}, page.Page{Body: []byte(bad)}); err == nil {
			t.Errorf("%s/%s with %q is not refused", c.platform, c.file, c.swap)
		}
		res, err := read(bad)
		if err != nil {
			t.Errorf("%s/%s with %q: %v", c.platform, c.file, c.swap, err)
			continue
		}
		if len(res.Incidents) != len(whole.Incidents)-c.fewer || len(res.Components) < len(whole.Components)-c.fewer ||
			res.Coverage != (scraper.Coverage{}) {
			t.Errorf("%s/%s with %q: %d incidents, %d components, %+v", c.platform, c.file, c.swap, len(res.Incidents),
				len(res.Components), res.Coverage)
		}
		found := false
		for _, f := range res.Findings {
			found = found || strings.Contains(f.Problem, "is left out") && strings.Contains(f.Value, c.lost)
		}
		if !found {
			t.Errorf("%s/%s with %q: findings %+v", c.platform, c.file, c.swap, res.Findings)
		}
	}
}
