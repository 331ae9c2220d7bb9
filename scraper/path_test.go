package scraper_test

import (
	"testing"

	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

// TestPageUnderAPath holds that a Statuspage that another server passes on is found, read and followed under its path,
// live and saved; and that a path that means nothing does no harm.
func TestPageUnderAPath(t *testing.T) {
	const base = "https://proxy.example/vendors/acme"
	summary := `{"page":{"id":"p1","name":"Acme","url":"https://proxy.example"},"status":{"indicator":"minor",` +
		`"description":"Minor"},"components":[],"scheduled_maintenances":[],"incidents":[{"id":"abcdefghijkl",` +
		`"name":"Anvils float","status":"investigating","created_at":"2026-03-01T10:00:00Z","impact":"minor",` +
		`"incident_updates":[]}]}`
	list := `{"page":{"id":"p1","name":"Acme","url":"https://proxy.example"},"incidents":[]}`
	statuspage, err := platforms.Lookup("statuspage")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		source, served, incident string
		asked                    []string
	}{
		"under its path": {base, base, base + "/incidents/abcdefghijkl", []string{"/api/v2/incidents.json"}},
		"a path that means nothing": {"https://status.acme.example/en", "https://status.acme.example",
			"https://status.acme.example/incidents/abcdefghijkl", []string{"/api/v2/incidents.json"}},
		"a path of the product's own": {"https://status.acme.example/history", "https://status.acme.example",
			"https://status.acme.example/incidents/abcdefghijkl", []string{"/api/v2/incidents.json"}},
	} {
		body := summary
		if c.served != base {
			body = `{"page":{"id":"p1","name":"Acme","url":"https://status.acme.example"` + summary[len(
				`{"page":{"id":"p1","name":"Acme","url":"https://proxy.example"`):]
		}
		f := pages{c.served + "/api/v2/summary.json": {body: body}, c.served + "/api/v2/incidents.json": {body: list}}
		out, err := scraper.Scrape(t.Context(), f, statuspage, scraper.Source{URL: c.source}, nil)
		if err != nil || len(out.Raws) != 1 || out.Raws[0].URL != c.incident {
			t.Errorf("%s: %+v, %v", name, out.Raws, err)
		}
		for _, path := range c.asked {
			if f[c.served+path].asked != 1 {
				t.Errorf("%s: %s was asked %d times", name, c.served+path, f[c.served+path].asked)
			}
		}
		found, err := platforms.All().Find(t.Context(), f, scraper.Source{URL: c.source})
		if err != nil || found.Platform != "statuspage" || scraper.HomeOf(statuspage, found.URL) != c.served {
			t.Errorf("%s: found %+v, %v", name, found, err)
		}
	}
	saved := scraper.Page{URL: base + "/api/v2/summary.json", Body: []byte(summary)}
	res, err := scraper.Read(statuspage, scraper.Source{URL: scraper.HomeOf(statuspage, saved.URL)}, saved)
	if err != nil || res.Incidents[0].URL != base+"/incidents/abcdefghijkl" || res.PageURL != base {
		t.Errorf("saved: %+v, %v", res, err)
	}
}
