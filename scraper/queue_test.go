package scraper_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/statuspage"
)

// answers is a Fetcher that asks a function.
type answers struct {
	asked  []string
	answer func(url string) (body string, status int)
}

func (a *answers) Fetch(_ context.Context, r scraper.Request) (scraper.Page, error) {
	a.asked = append(a.asked, r.URL)
	body, status := a.answer(r.URL)
	if status != 200 {
		return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: status}
	}
	return scraper.Page{URL: r.URL, Status: 200, Body: []byte(body), At: time.Now()}, nil
}

const manyOpen = 40

// homeOf40 is a home page of Statuspage that lists forty incidents.
func homeOf40() string {
	one := `<div class="unresolved-incident impact-minor"><div class="incident-title">` +
		`<a class="actual-title" href="/incidents/abcdefgh1234">Anvils float</a></div>` +
		`<div class="updates"><div class="update"><strong>Investigating</strong> - We look.</div></div></div>`
	var all strings.Builder
	for n := range manyOpen {
		all.WriteString(strings.ReplaceAll(one, "abcdefgh1234", fmt.Sprintf("abcdefgh%04d", n)))
	}
	return strings.Replace(homeWithOneIncident, one, all.String(), 1)
}

// TestUnreadablePagesCostFewRequests holds that a page whose incidents' pages cannot be read costs few requests, that
// their turn comes in later readings, and that nothing is left out where one of them can be read.
func TestUnreadablePagesCostFewRequests(t *testing.T) {
	home := homeOf40()
	if home == homeWithOneIncident {
		t.Fatal("the home page has one incident")
	}
	minute := 0
	scrape := func(incident func(url string) (string, int)) (*answers, scraper.Outcome, error) {
		f := &answers{answer: func(url string) (string, int) {
			switch {
			case url == "https://status.acme.example":
				return home, 200
			case strings.Contains(url, "/incidents/abcdefgh"):
				return incident(url)
			}
			return "", 404
		}}
		minute += 5
		now := time.Date(2026, 3, 1, 0, minute, 0, 0, time.UTC)
		out, err := scraper.Scrape(t.Context(), f, statuspage.Platform{}, scraper.Source{
			URL: "https://status.acme.example", Now: func() time.Time { return now }}, nil)
		return f, out, err
	}
	turns := map[string]bool{}
	for name, answer := range map[string]func(string) (string, int){
		"refused":     func(string) (string, int) { return "", 403 },
		"gone":        func(string) (string, int) { return "", 404 },
		"broken":      func(string) (string, int) { return "", 500 },
		"other pages": func(string) (string, int) { return "<html><body>Hello</body></html>", 200 },
	} {
		f, out, err := scrape(answer)
		if len(f.asked) > 8 || len(out.Raws) != manyOpen {
			t.Errorf("%s: %d requests, %d incidents: %s", name, len(f.asked), len(out.Raws), f.asked)
		}
		if (err != nil) != (name == "broken") {
			t.Errorf("%s: error %v", name, err)
		}
		told := 0
		for _, found := range out.Findings {
			if strings.Contains(found.Problem, "left to the next ") {
				told++
			}
		}
		if told != 1 {
			t.Errorf("%s: %d findings say so: %+v", name, told, out.Findings)
		}
	}
	for range 100 {
		f, _, _ := scrape(func(string) (string, int) { return "", 404 })
		for _, url := range f.asked {
			turns[url] = true
		}
	}
	if len(turns) < manyOpen {
		t.Errorf("%d of %d incidents had a turn in 100 readings", len(turns), manyOpen)
	}
	incident, err := os.ReadFile("testdata/statuspage/api_refused/incident-b8n5t1r6y2qc.html")
	if err != nil {
		t.Fatal(err)
	}
	// The first three are gone for good, and all others can be read.
	f, _, err := scrape(func(url string) (string, int) {
		if slices.Contains([]string{"0000", "0001", "0002"}, url[len(url)-4:]) {
			return "", 404
		}
		return string(incident), 200
	})
	if len(f.asked) < manyOpen || err != nil {
		t.Errorf("three incidents are gone, and %d requests are made, %v", len(f.asked), err)
	}
}
