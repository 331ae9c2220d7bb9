package watch

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/custom"
)

const inspectedPage = `<!DOCTYPE html><html><body><div id="acme"><p class="i"><a href="/i/1">Anvils are light</a>` +
	` <b>weighing</b></p></div></body></html>`

const inspectedFeed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Status of Acme</title>` +
	`<item><title>Anvils are light</title><guid>https://acme.example/1</guid><pubDate>Mon,` +
	` 23 Nov 2026 09:10:00 +0000</pubDate></item></channel></rss>`

// TestInspect holds what is told of pages that are fetched: of a platform found by the page's shape, of a described
// page, and of one that is no status page.
func TestInspect(t *testing.T) {
	mux := http.NewServeMux()
	serve := func(path, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
	}
	serve("/own", inspectedPage)
	serve("/feed", inspectedFeed)
	serve("/shop", `<!DOCTYPE html><html><head><title>Anvils</title></head><body>For everyone.</body></html>`)
	server := httptest.NewServer(mux)
	defer server.Close()
	fetcher := scraper.NewCollector(scraper.FetchOptions{UserAgent: "vendorwatch test", Timeout: 10 * time.Second,
		MaxBytes: 1 << 20})
	inspect := func(s Source) Inspection {
		t.Helper()
		s.Vendor, s.URL = "acme", server.URL+s.URL
		in, err := Inspect(t.Context(), fetcher, s)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}

	in := inspect(Source{URL: "/feed"})
	if in.Platform != "feed" || len(in.Documents) != 1 || in.Documents[0].HTTPStatus != 200 || len(in.Incidents) != 1 ||
		in.Error != "" {
		t.Errorf("a feed: %+v", in)
	}

	selectors, mistakes := custom.Page{Anchor: "#acme", List: ".i", Title: "a", State: "b", Severity: "i"}.Compile()
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	in = inspect(Source{URL: "/own", Platform: scraper.Custom, Reading: Reading{Selectors: selectors}})
	if in.Error != "" || len(in.Incidents) != 1 || in.Incidents[0].VendorState != "weighing" ||
		in.Incidents[0].State != "unknown" || len(in.Findings) != 1 {
		t.Errorf("a described page: %+v", in)
	}
	if len(in.Selectors) != 5 || in.Selectors[4].Key != "severity" || in.Selectors[4].Count != 0 ||
		in.Selectors[4].Places != 1 {
		t.Errorf("its selectors: %+v", in.Selectors)
	}

	for path, want := range map[string]string{"/shop": `an HTML page of another kind, titled "Anvils"`,
		"/none": "404"} {
		in = inspect(Source{URL: path})
		if in.Platform != "" || !strings.Contains(in.Error, want) || len(in.Documents) == 0 || len(in.Incidents) != 0 {
			t.Errorf("%s: %+v", path, in)
		}
	}
}

// TestInspectFile holds that links of a saved page lead where the page belongs, and nowhere if that is not known.
func TestInspectFile(t *testing.T) {
	selectors, mistakes := custom.Page{Anchor: "#acme", List: ".i", Title: "a", Link: "a@href"}.Compile()
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for address, want := range map[string]string{"https://acme.example/status": "https://acme.example/i/1", "": ""} {
		in := InspectFile(scraper.Page{URL: "saved.html", Body: []byte(inspectedPage)},
			Source{Vendor: "acme", URL: address, Platform: scraper.Custom, Reading: Reading{Selectors: selectors}})
		if in.Error != "" || len(in.Incidents) != 1 || in.Incidents[0].URL != want ||
			in.Documents[0].URL != "saved.html" {
			t.Errorf("%q: %+v", address, in)
		}
	}
}

// TestInspectTellsTheWordsBesideTheirMeaning holds what is shown of an incident: its components and posts, and how each
// time was printed.
func TestInspectTellsTheWordsBesideTheirMeaning(t *testing.T) {
	in := InspectFile(savedPage(broken, "saved.json", time.Time{}), Source{Vendor: "acme"})
	if in.Platform != "statuspage" || in.Error != "" || !in.AllOpen || len(in.Incidents) != 1 ||
		len(in.Components) != 1 {
		t.Fatalf("%+v", in)
	}
	i := in.Incidents[0]
	if i.Key != "i1" || i.Severity != "major" || i.State != "investigating" ||
		i.StartedAt != "2026-03-01T10:00:00.000Z" || len(i.Raw) != 1 {
		t.Errorf("%+v", i)
	}
	if len(i.Components) != 1 || i.Components[0] != (InspectedComponent{"Anvils", "", "partial_outage",
		"partial_outage"}) {
		t.Errorf("components: %+v", i.Components)
	}
	want := InspectedUpdate{
		Key: "u1", State: "investigating", VendorState: "investigating", PostedAt: "2026-03-01T10:05:00.000Z",
		Posted: "2026-03-01T10:05:00.000Z", Body: "We look.",
	}
	if len(i.Updates) != 1 || i.Updates[0] != want {
		t.Errorf("updates: %+v", i.Updates)
	}
	in = InspectFile(savedPage("<html><title>Anvils</title></html>", "saved.html", time.Time{}), Source{Vendor: "acme"})
	if in.Platform != "" || in.Error == "" || in.Documents[0].Error != in.Error || in.Incidents == nil ||
		in.Findings == nil {
		t.Errorf("%+v", in)
	}
	if in, err := Inspect(t.Context(), fetchFunc(healthy), Source{Vendor: "acme", Platform: "telepathy"}); err != nil ||
		in.Error == "" || in.Documents == nil {
		t.Errorf("%+v, %v", in, err)
	}
}
