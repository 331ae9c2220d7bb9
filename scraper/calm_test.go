package scraper_test

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

// fixture is a page of a golden case that the platform reads.
type fixture struct {
	platform, name string
	reader         scraper.Platform
	source         scraper.Source
	page           scraper.Page
}

// detected is the platform that the page is known to be of: a page that no product makes is nobody's.
func (f fixture) detected() string {
	if f.platform == scraper.Custom {
		return ""
	}
	return f.platform
}

// fixtures returns every page of the golden cases that its own platform reads.
func fixtures(t testing.TB) []fixture {
	t.Helper()
	var out []fixture
	dirs := platformtest.CaseDirs(t)
	for _, name := range slices.Sorted(maps.Keys(dirs)) {
		for _, dir := range dirs[name] {
			c := platformtest.ReadCase(t, name, dir)
			reader := readerOf(t, c)
			for _, url := range slices.Sorted(maps.Keys(c.Pages)) {
				if s := c.Pages[url].Status; s != 0 && s/100 != 2 {
					continue
				}
				page, err := c.Page(url)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := reader.Parse(c.Reading(), page); err == nil {
					out = append(out, fixture{name, filepath.Base(dir) + "/" + c.Pages[url].File, reader,
						c.Reading(), page})
				}
			}
		}
	}
	if len(out) == 0 {
		t.Fatal("no platform reads any page of its cases")
	}
	return out
}

// TestNothingIsTakenForCalm feeds every platform what is no status page of its own: it must refuse,
// since a page that says nothing is no sign of health.
func TestNothingIsTakenForCalm(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	bodies := map[string]string{
		"an error in JSON":  `{"message":"Forbidden"}`,
		"an empty list":     `[]`,
		"an empty object":   `{}`,
		"null":              `null`,
		"a number":          `0`,
		"an empty body":     ``,
		"white space":       " \n\t \r\n",
		"a byte order mark": "\xef\xbb\xbf",
		"plain text":        "OK\n",
		"an HTML page": `<!DOCTYPE html><html><head><title>Acme</title></head><body><h1>Acme</h1>` +
			`<p>Anvils for everyone.</p></body></html>`,
		"a login page": `<!DOCTYPE html><html><head><title>Log in</title></head><body>` +
			`<form action="/login"><input type="password"></form></body></html>`,
		"an empty HTML page": `<html></html>`,
		"bare XML":           `<?xml version="1.0"?><status/>`,
		"an XML prologue":    `<?xml version="1.0" encoding="UTF-8"?>`,
		"a sitemap": `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` +
			`<url><loc>https://acme.example/</loc></url></urlset>`,
		"an error in XML":    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>`,
		"bytes, not text":    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xfe",
		"a nest of brackets": `[[[[[[[[[[[]]]]]]]]]]]`,
		"keys without values": `{"page":null,"incidents":null,"components":null,"status":null,` +
			`"scheduled_maintenances":null,"items":null,"version":null}`,
	}
	for _, name := range platforms.Names() {
		for what, body := range bodies {
			for _, contentType := range []string{"application/json", "text/html; charset=utf-8", "application/xml"} {
				page := scraper.Page{URL: "https://status.acme.example/", Status: 200, ContentType: contentType,
					Body: []byte(body)}
				for as, reader := range readers(t, name) {
					platformtest.MustRefuse(t, fmt.Sprintf("%s%s: %s (%s)", name, as, what, contentType), reader, page)
				}
			}
		}
	}
}

// readers returns the platforms of that name which are fed a page that is none of their own, by what tells them
// apart: one, and for pages of one's own description also one for each that the golden cases have.
func readers(t testing.TB, name string) map[string]scraper.Platform {
	t.Helper()
	platform, err := platforms.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]scraper.Platform{"": platform}
	if name != scraper.Custom {
		return out
	}
	for _, dir := range platformtest.CaseDirs(t)[name] {
		out[" by the selectors of "+filepath.Base(dir)] = readerOf(t, platformtest.ReadCase(t, name, dir))
	}
	return out
}

// TestOthersPagesAreRefused feeds every platform the pages of all others. A generic feed reader reads
// any feed.
func TestOthersPagesAreRefused(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	as := map[string]map[string]scraper.Platform{}
	for _, name := range platforms.Names() {
		as[name] = readers(t, name)
	}
	for _, f := range fixtures(t) {
		for _, name := range platforms.Names() {
			if name == f.platform || name == "feed" && page.IsFeed(bytes.TrimSpace(f.page.Body)) ||
				f.platform == "feed" && page.IsFeed(bytes.TrimSpace(f.page.Body)) {
				continue
			}
			for by, reader := range as[name] {
				platformtest.MustRefuse(t, fmt.Sprintf("%s%s: the page %s/%s", name, by, f.platform, f.name), reader,
					f.page)
			}
		}
	}
}

// TestCutPagesClaimNothing cuts every fixture short, as a broken connection does. JSON and XML show that
// they are cut. HTML and text may be readable up to there, but nothing may be concluded from what is missing.
func TestCutPagesClaimNothing(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	for _, f := range fixtures(t) {
		for _, part := range []float64{0.1, 0.5, 0.9} {
			cut := f.page
			cut.Body = f.page.Body[:int(float64(len(f.page.Body))*part)]
			what := fmt.Sprintf("%s/%s, cut to %.0f %%", f.platform, f.name, part*100)
			res, err := f.reader.Parse(scraper.Source{Name: "acme", URL: "https://status.acme.example"}, cut)
			body := bytes.TrimSpace(cut.Body)
			switch {
			case err != nil:
				platformtest.MustRefuse(t, what, f.reader, cut)
			case len(body) == 0 || body[0] == '{' || body[0] == '[' || page.IsFeed(body) || bytes.HasPrefix(body,
				[]byte("<?xml")):
				t.Errorf("%s is read as %q with %d incidents", what, res.Document, len(res.Incidents))
			case res.Coverage.Open || res.Coverage.Since != "":
				t.Errorf("%s claims %+v", what, res.Coverage)
			case len(res.Incidents) == 0 && len(res.Components) == 0 && res.Indicator == "":
				t.Errorf("%s is read, and nothing is found in it", what)
			}
		}
	}
}

// TestDetectFindsEachPlatformsOwnPages holds that the platform of a saved page is found from its bytes.
func TestDetectFindsEachPlatformsOwnPages(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	for _, f := range fixtures(t) {
		if got := platforms.Detect(f.page); got != f.detected() {
			t.Errorf("%s/%s is detected as %q", f.platform, f.name, got)
		}
	}
}
