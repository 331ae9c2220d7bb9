package page_test

import (
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

// TestWrongPageNamesRecordedPages holds that the pages of other products are called by their names.
func TestWrongPageNamesRecordedPages(t *testing.T) {
	for pattern, want := range map[string]string{
		"betterstack/*.html":        "a page of Better Stack",
		"instatus/*.html":           "a page of Instatus",
		"instatus/*summary*.json":   "a summary of Instatus",
		"incident.io/*.html":        "a page of incident.io",
		"incident.io/*summary*":     "incident.io's Statuspage-compatible API",
		"pagerduty/*.html":          "a page of PagerDuty",
		"statuscast/*.html":         "a page of StatusCast",
		"aws/*empty*.json":          "an empty body",
		"aws/*.utf16.json":          "not text",
		"azure/*.xml":               "a feed of another kind",
		"google-cloud/*.json":       "a list, not an object",
		"vultr/vultr-alerts-*.json": "with the keys service_alerts",
	} {
		for _, path := range platformtest.CaptureFiles(t, pattern) {
			if got := page.Describe(page.Page{Body: platformtest.ReadCapture(t, path)}); !strings.Contains(got, want) {
				t.Errorf("%s is called %q, want %q", filepath.Base(path), got, want)
			}
		}
	}
}

func TestWrongPage(t *testing.T) {
	for body, want := range map[string]string{
		"":              "an empty body",
		`{"errors":[]}`: `a JSON error message, "[]"`,
		`{"a":`:         "truncated JSON: it breaks off at byte 5",
		`{"message":"` + strings.Repeat("x", 500) + `"}`:      `xxx…"`,
		"<rss><channel><title>News</title></channel></rss>":   `a feed of another kind, titled "News"`,
		"<!doctype html><title>Sign in to continue</title>":   "a login page",
		`<html><form action="/access/login"></form></html>`:   "a login page",
		"<html><body>Buy this domain today</body></html>":     "a parked domain",
		"<html><body><h1>404 Not Found</h1></body></html>":    "an error page",
		"<html><script>window._cf_chl_opt={}</script></html>": "a bot challenge",
		"<p>Hello</p>": "an HTML page of another kind",
		"\xff\xfe\xff": "3 bytes that are not text",
		"Hello":        `text of another kind, which begins "Hello"`,
	} {
		if got := page.Describe(page.Page{Body: []byte(body)}); !strings.Contains(got, want) {
			t.Errorf("wrongPage(%q) = %q, want %q", page.Clip(body, 60), got, want)
		}
	}
}
