package scraper_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms"
)

// summary is what a status page made with Statuspage answers at /api/v2/summary.json.
const summary = `{"page":{"id":"a1b2c3d4e5f6","name":"Acme","url":"%s","time_zone":"Etc/UTC"},
"status":{"indicator":"minor","description":"Minor Service Outage"},"components":[],"scheduled_maintenances":[],
"incidents":[{"id":"q1w2e3r4t5y6","name":"Anvils are late","status":"identified","impact":"minor",
"created_at":"2026-11-23T09:00:00Z","started_at":"2026-11-23T09:00:00Z","shortlink":"https://stspg.io/1",
"incident_updates":[{"id":"z9y8x7w6v5u4","status":"identified","body":"A lorry broke down.",` +
	`"created_at":"2026-11-23T09:00:00Z"}]}]}`

// serveSummary is a server with a status page of one open incident.
func serveSummary() *httptest.Server {
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	mux.HandleFunc("/api/v2/summary.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, summary, s.URL)
	})
	return s
}

// Scrape reads a status page. Its incidents come in the vendor's words, to which package normalize gives their
// meaning.
func ExampleScrape() {
	server := serveSummary()
	defer server.Close()

	platform, err := platforms.Lookup("statuspage")
	if err != nil {
		fmt.Println(err)
		return
	}
	fetcher := scraper.NewCollector(scraper.FetchOptions{UserAgent: "example (ops@example.com)"})
	out, err := scraper.Scrape(context.Background(), fetcher, platform, scraper.Source{Name: "acme",
		URL: server.URL}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	incidents, _ := normalize.Incidents(out.Raws, scraper.WordsOf(platform))
	for _, i := range incidents {
		fmt.Printf("%s: %s, %s, since %s\n", i.Title, i.State, i.Severity, i.StartedAt.Format("15:04"))
	}
	// Output:
	// Anvils are late: identified, minor, since 09:00
}

// Find tells what a status page is made with, from its address alone.
func ExampleRegistry_Find() {
	server := serveSummary()
	defer server.Close()

	fetcher := scraper.NewCollector(scraper.FetchOptions{})
	found, err := platforms.All().Find(context.Background(), fetcher, scraper.Source{Name: "acme", URL: server.URL})
	fmt.Println(found.Platform, found.URL == server.URL, err)
	// Output:
	// statuspage true <nil>
}

// Detect tells what a saved page is of, from its bytes alone.
func ExampleRegistry_Detect() {
	saved := page.Page{Body: []byte(`{"service_alerts":[]}`)}
	fmt.Println(platforms.All().Detect(saved))
	// Output:
	// vultr
}

// People know a vendor by several names.
func ExampleLookupVendor() {
	entry, found := scraper.LookupVendor("gh")
	fmt.Println(entry.Name, entry.Page, found)
	// Output:
	// GitHub https://www.githubstatus.com true
}

// anvilPage is an invented platform: its pages answer /incidents.json.
type anvilPage struct{}

const wantAnvils = "AnvilPage's incidents.json"

// Start returns the requests a scrape begins with.
func (anvilPage) Start(s scraper.Source) []scraper.Request {
	return []scraper.Request{{URL: s.URL + "/incidents.json"}}
}

// Parse refuses what is not such a document, then hands on the vendor's own words.
func (anvilPage) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	var doc struct {
		Incidents []struct {
			ID    page.Scalar `json:"id"`
			Title string      `json:"title"`
			State string      `json:"state"`
			Since string      `json:"since"`
		} `json:"incidents"`
	}
	if err := page.DecodeJSON(p, &doc, wantAnvils); err != nil {
		return scraper.Result{}, err
	}
	if err := page.Require(p, wantAnvils, doc.Incidents); err != nil {
		return scraper.Result{}, err
	}
	res := scraper.Result{Document: page.DocIncidents, Coverage: scraper.Coverage{Open: true}}
	for _, in := range doc.Incidents {
		res.Incidents = append(res.Incidents, normalize.Raw{
			Document: res.Document, ID: string(in.ID), Title: in.Title, State: in.State, Started: page.Time(in.Since,
				""),
		})
	}
	return res, nil
}

// A platform has two methods, neither of which does I/O. Its own words need Vocabulary, a page below the status page's
// address PageAddress, and detection is derived from Parse.
func ExamplePlatform() {
	registry := scraper.Registry{"anvilpage": anvilPage{}}
	doc := page.Page{Body: []byte(`{"incidents":[{"id":7,"title":"Anvils are late","state":"Identified",` +
		`"since":"2026-11-23 09:00 UTC"}]}`)}
	fmt.Println("detected as", registry.Detect(doc))

	res, err := anvilPage{}.Parse(scraper.Source{}, doc)
	fmt.Println(len(res.Incidents), res.Incidents[0].ID, res.Incidents[0].Title, err)

	_, err = anvilPage{}.Parse(scraper.Source{}, page.Page{Body: []byte(`{"message":"Forbidden"}`)})
	fmt.Println(err)
	// Output:
	// detected as anvilpage
	// 1 7 Anvils are late <nil>
	// not the expected page: a JSON error message, "Forbidden", where AnvilPage's incidents.json is expected
}
