package scraper_test

import (
	"strings"
	"testing"

	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

// TestControlCharactersThatAreEscaped holds that control characters that a document writes as escapes are left out of
// titles, posts and names, with a finding, in JSON, in JSON in a web page, and as references in HTML.
func TestControlCharactersThatAreEscaped(t *testing.T) {
	statuspage, err := platforms.Lookup("statuspage")
	if err != nil {
		t.Fatal(err)
	}
	body := platformtest.Swap(t, twoIncidents,
		"Anvils float", `Anv\u0000ils\u001b[31m float\u009b\uffff \\u0000`, "We look.",
		`We\tlook.\n&#27;[2J&#x1b;&#65;`, `"id":"i2"`, `"id":"i\u00072"`)
	res, err := scraper.Read(statuspage, scraper.Source{URL: "https://status.acme.example"},
		page.Page{URL: "https://status.acme.example/api/v2/incidents.json", Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	if in := res.Incidents[0]; in.Title != `Anvils[31m float \u0000` || in.Updates[1].Body != "We\tlook.\n[2J&#65;" {
		t.Errorf("title %q, body %q", in.Title, in.Updates[1].Body)
	}
	if res.Incidents[1].ID != "i2" {
		t.Errorf("id %q", res.Incidents[1].ID)
	}
	fields := ""
	for _, f := range res.Findings {
		if !strings.Contains(f.Problem, "left out") || strings.ContainsAny(f.Value, "\x00\x1b") {
			t.Errorf("finding %+v", f)
		}
		fields += f.Field + " "
	}
	if fields != "title updates source_key " {
		t.Errorf("findings of %q", fields)
	}
}
