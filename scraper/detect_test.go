package scraper_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

// capturedPlatforms names the platform of each folder of recorded pages; "" is none that is known.
var capturedPlatforms = map[string]string{
	"apple": "apple", "aws": "aws", "azure": "azure", "betterstack": "betterstack", "cachet": "cachet",
	"checkly": "checkly",
	"cstate":  "cstate", "feed": "feed", "flashduty": "flashduty", "google-cloud": "googlecloud", "heroku": "heroku",
	"hund": "hund", "incident.io": "incidentio", "instatus": "instatus", "kustomer": "statuspage", "other": "",
	"pagerduty": "pagerduty", "pingoru": "pingoru", "slack": "slack", "statuscast": "statuscast",
	"statusio":   "statusio",
	"statuspage": "statuspage", "uptimecom": "uptimecom", "uptimekuma": "uptimekuma", "uptimerobot": "uptimerobot",
	"upptime": "upptime", "vultr": "vultr", "yandex-cloud": "yandexcloud", "zendesk": "zendesk",
}

// claimants returns the platforms that take a page for their own. The generic one takes any feed, and counts
// only where no other does.
func claimants(p scraper.Page) []string {
	var out []string
	for _, name := range platforms.Names() {
		if name != scraper.Generic && name != scraper.Custom && scraper.Detects(platforms.All()[name], p) {
			out = append(out, name)
		}
	}
	if len(out) == 0 && scraper.Detects(platforms.All()[scraper.Generic], p) {
		out = append(out, scraper.Generic)
	}
	return out
}

// TestDetectConfusionTable holds that every recorded page is taken for its platform's by that platform and by no
// other one: the table of folders by platforms has a count in one column only.
func TestDetectConfusionTable(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	// Of these nothing tells what they are: an empty body, and the middle of a text.
	bare := map[string]bool{
		"aws-data.json-2023-05-26-empty-after-retirement.json": true,
		"digitalocean-summary-2023-03-21-empty-body.json":      true,
		"status-kustomer-com-ynpzl8z0r8wc.txt":                 true,
	}
	table := map[string]map[string]int{}
	for _, file := range platformtest.CaptureFiles(t, "*/*") {
		folder, name := filepath.Base(filepath.Dir(file)), filepath.Base(file)
		platform, known := capturedPlatforms[folder]
		if !known {
			t.Errorf("captures/%s: the test does not say of which platform these pages are", folder)
			continue
		}
		want := []string{platform}
		if platform == "" || bare[name] {
			want = nil
		} else if _, err := platforms.Lookup(platform); err != nil {
			continue // not registered
		}
		page := platformtest.CapturePage(t, file)
		got := claimants(page)
		if !slices.Equal(got, want) {
			t.Errorf("%s/%s is taken for %q, want %q", folder, name, got, want)
		}
		if table[folder] == nil {
			table[folder] = map[string]int{}
			if detected := platforms.Detect(page); detected != strings.Join(got, "") {
				t.Errorf("%s/%s: Detect says %q, the platforms say %q", folder, name, detected, got)
			}
		}
		for _, name := range got {
			table[folder][name]++
		}
		if len(got) == 0 {
			table[folder]["none"]++
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(table)) {
		t.Logf("%-12s %v", folder, table[folder])
	}
}

// TestDetectIgnoresTheStatusAndTheAddress holds that a page is known by its bytes alone: most hosts answer 200 to
// every path, and saved pages have neither.
func TestDetectIgnoresTheStatusAndTheAddress(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	for _, f := range fixtures(t) {
		page := scraper.Page{URL: "https://www.unrelated.example/a/b?c=d", Status: 503,
			ContentType: "application/octet-stream", Body: f.page.Body}
		if got := platforms.Detect(page); got != f.detected() {
			t.Errorf("%s/%s is detected as %q", f.platform, f.name, got)
		}
	}
}

// TestDetectRefusesWrongPages holds that no page which a platform's own cases refuse is taken for a status page,
// whatever it lies beside: marketing, login and inactive pages, errors, documents with a key renamed.
func TestDetectRefusesWrongPages(t *testing.T) {
	// Refused as what was asked for, and yet a document of a platform.
	documents := map[string]string{
		"feed/refused_cut_between_items": scraper.Generic, "feed/refused_rss_without_channel": scraper.Generic,
		"ibmcloud/refused_empty": scraper.Generic, "ibmcloud/refused_without_types": scraper.Generic,
		"oraclecloud/refused_empty_feed": scraper.Generic,
		"aws/refused_other_feed":         scraper.Generic, "azure/refused_another_host": scraper.Generic,
		"azure/refused_another_title": scraper.Generic,
		"kener/refused_another_title": scraper.Generic, "kener/refused_without_status": scraper.Generic,
		"hund/refused_another_feed": scraper.Generic, "statusiq/refused_empty_feed": scraper.Generic,
	}
	wrong := 0
	dirs := platformtest.CaseDirs(t)
	for _, name := range slices.Sorted(maps.Keys(dirs)) {
		platform, err := platforms.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range dirs[name] {
			c := platformtest.ReadCase(t, name, dir)
			for _, address := range slices.Sorted(maps.Keys(c.Pages)) {
				page, err := c.Page(address)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := platform.Parse(scraper.Source{Name: c.Source.Name, URL: c.Source.URL}, page); err == nil {
					continue
				}
				wrong++
				what := name + "/" + filepath.Base(dir)
				if got := claimants(page); strings.Join(got, "") != documents[what] {
					t.Errorf("%s/%s is taken for %q, want %q", what, c.Pages[address].File, got, documents[what])
				}
			}
		}
	}
	if wrong < 10 {
		t.Errorf("the cases hold %d wrong pages only", wrong)
	}
}

// TestDetectRefusesWhatMerelyParses holds that well-formed answers with the keys of status pages, and pages that
// stand where a status page should, are taken for none.
func TestDetectRefusesWhatMerelyParses(t *testing.T) {
	for what, body := range map[string]string{
		"an error":                `{"message":"Forbidden"}`,
		"an empty list":           `[]`,
		"a list of numbers":       `[1,2,3]`,
		"a list of empty objects": `[{},{}]`,
		"a list of issues of any project": `[{"number":1,"title":"Crash at start","state":"open",` +
			`"html_url":"https://github.com/acme/anvil/issues/1","created_at":"2026-01-01T00:00:00Z",` +
			`"labels":[{"name":"bug"}],"comments":0}]`,
		"a list of checks": `[{"name":"API","url":"https://acme.example","slug":"api","status":"up"}]`,
		"a list of products": `[{"id":"1","number":"2","begin":"2026-01-01","name":"Anvil",` +
			`"status":"ok"}]`,
		"an answer of any API": `{"request_id":"a1","data":{"items":[]}}`,
		"a page without lists": `{"request_id":"a1","data":{"page":{"page_id":1,"name":"Acme"}}}`,
		"a page and a status":  `{"page":{"name":"Acme","url":"https://acme.example"},"status":"UP"}`,
		"a health check":       `{"status":"ok","incidents":0,"components":{"db":"up"}}`,
		"a summary full of nulls": `{"page":null,"status":null,"components":null,"incidents":null,` +
			`"scheduled_maintenances":null,"summary":null,"data":null}`,
		"a JSON:API list":      `{"data":[{"id":"1","type":"article"}],"included":[]}`,
		"an empty data object": `{"data":{}}`,
		"a Slack answer":       `{"ok":false,"error":"invalid_auth"}`,
		"text":                 "All systems operational",
		"YAML":                 "url: https://acme.example\nstatus: up\ncode: 200\n",
		"a script with data": `<!DOCTYPE html><html><body>` +
			`<script id="data" type="application/json">{"summary":{"open_incidents":null,` +
			`"text":"none"}}</script></body></html>`,
		"a framework's data": `<!DOCTYPE html><html><body><script id="__NEXT_DATA__" ` +
			`type="application/json">{"props":{"pageProps":{}}}</script></body></html>`,
		"a page with a status's classes": `<!DOCTYPE html><html><body class="statuspage page-index">` +
			`<div class="layout-content"><div class="widgets"><div class="widget" data-id="a">All well</div></div>` +
			`</div></body></html>`,
		"a marketing page": `<!DOCTYPE html><html><head><title>Hosted status pages for your company</title></head>` +
			`<body><h1>Status pages</h1><p>Incidents, maintenance, components: all in one place.</p></body></html>`,
		"a login page": `<!DOCTYPE html><html><head><title>Log in to view this status page</title></head>` +
			`<body><form action="/access/login"><input type="password"></form></body></html>`,
		"a parked domain": `<!DOCTYPE html><html><head><title>status.acme.example</title></head><body>` +
			`<p>This domain is for sale.</p></body></html>`,
		"a bot challenge": `<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>` +
			`<script>window._cf_chl_opt={};</script></body></html>`,
		"an inactive page": `<!DOCTYPE html><html><head><title>Page inactive</title></head><body>` +
			`<p>This status page is inactive.</p></body></html>`,
		"a sitemap": `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>` +
			`<loc>https://acme.example/</loc></url></urlset>`,
		"nothing": "",
	} {
		if got := claimants(scraper.Page{Status: 200, Body: []byte(body)}); len(got) > 0 {
			t.Errorf("%s is taken for %q", what, got)
		}
	}
}
