package scraper_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

const homeWithOneIncident = `<html><head><title>Acme Status</title></head>` +
	`<body class="status index status-minor"><div class="layout-content status status-index">` +
	`<div class="components-container"><div class="component-inner-container" data-component-id="c1" ` +
	`data-component-status="operational"><span class="name">API</span></div></div>` +
	`<div class="unresolved-incidents"><div class="unresolved-incident impact-minor">` +
	`<div class="incident-title"><a class="actual-title" href="/incidents/abcdefgh1234">Anvils float</a></div>` +
	`<div class="updates"><div class="update"><strong>Investigating</strong> - We look.</div></div></div></div>` +
	`<div class="incidents-list"><div class="status-day"><div class="date">Nov 28, 2026</div></div></div>` +
	`</div></body></html>`

var feedEntry = regexp.MustCompile(`(?s)<(?:item|entry)>.*?</(?:item|entry)>\s*`)

// sole is a feed with the first of its entries alone.
func sole(t *testing.T, platform, file string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", platform, file))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	return feedEntry.ReplaceAllStringFunc(string(body), func(entry string) string {
		if n++; n == 1 {
			return entry
		}
		return ""
	})
}

// TestSoleBadEntry holds that the only entry of a feed or of a web page costs that entry, too, and that the page is
// not taken for calm: it covers nothing, and the entry counts as lost.
func TestSoleBadEntry(t *testing.T) {
	lists, err := os.ReadFile(filepath.Join("testdata", "statuscast", "healthy", "home.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		platform, body string
		swap           []string
		lost           string
		others         int // incidents in other lists of the page
	}{
		{"aws", sole(t, "aws", "rss/all.rss"), []string{"#multipleservices-eu-west-1_1795428000", "#x"},
			"Holes in boats", 0},
		{"hund", sole(t, "hund", "broken/feed.xml"), []string{"State::FeedNotifier::Entry/", ""}, "Logins time out",
			0},
		{"statuspage", homeWithOneIncident, []string{"Anvils float", "", ` href="/incidents/abcdefgh1234"`, ""},
			"We look.", 0},
		{"statuscast", string(lists), []string{`href="/incident/39001"`, `href=""`}, "desk is staffed", 3},
	} {
		p, err := platforms.Lookup(c.platform)
		if err != nil {
			t.Fatal(err)
		}
		read := func(body string) (scraper.Result, error) {
			return scraper.Read(p, scraper.Source{URL: "https://status.acme.example"},
				page.Page{URL: "https://status.acme.example/", Body: []byte(body)})
		}
		if whole, err := read(c.body); err != nil || len(whole.Incidents) != c.others+1 {
			t.Fatalf("%s: %d incidents, %v", c.platform, len(whole.Incidents), err)
		}
		res, err := read(platformtest.Swap(t, c.body, c.swap...))
		if err != nil || len(res.Incidents) != c.others || res.Coverage != (scraper.Coverage{}) {
			t.Errorf("%s: %d incidents, %+v, %v", c.platform, len(res.Incidents), res.Coverage, err)
			continue
		}
		if len(res.Findings) != 1 || !res.Findings[0].Lost || !strings.Contains(res.Findings[0].Value, c.lost) {
			t.Errorf("%s: findings %+v", c.platform, res.Findings)
		}
		other := strings.NewReplacer("<rss", "<rdf", "</rss", "</rdf", "<feed", "<map", "</feed", "</map",
			"status-day", "day", "widgets", "things").Replace(platformtest.Swap(t, c.body, c.swap...))
		if _, err := read(other); !errors.Is(err, scraper.ErrShape) {
			t.Errorf("%s: a page of another form: %v", c.platform, err)
		}
	}
}
