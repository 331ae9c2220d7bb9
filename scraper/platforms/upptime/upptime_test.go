package upptime

import (
	"bytes"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	for _, file := range platformtest.CaptureFiles(t, "upptime/*") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			page := platformtest.CapturePage(t, file)
			if !scraper.Detects(Platform{}, page) {
				t.Error("it is not detected")
			}
			page.URL = "https://raw.githubusercontent.com/acme/upptime/HEAD/history/" + filepath.Base(file)
			res, err := Platform{}.Parse(scraper.Source{}, page)
			if err != nil {
				t.Fatal(err)
			}
			slugs, up := bytes.Count(page.Body, []byte(`"slug":`)), bytes.Count(page.Body, []byte(`"status": "up"`))
			if strings.HasSuffix(file, ".yml") {
				slugs, up = 1, bytes.Count(page.Body, []byte("status: up"))
			}
			components, findings := normalize.Components(res.Components, scraper.WordsOf(Platform{}))
			got := 0
			for _, c := range components {
				if c.Status == normalize.StatusOperational {
					got++
				}
				if c.Status == normalize.StatusUnknown || strings.ContainsAny(c.Key, "/: ") {
					t.Errorf("component %+v", c)
				}
			}
			if len(components) != slugs || got != up || len(findings) > 0 || len(res.Incidents) > 0 {
				t.Errorf("%d components, %d of them up, the file has %d and %d; findings %v", len(components), got,
					slugs, up, findings)
			}
			if res.Coverage.Components != strings.HasSuffix(file, ".json") || res.Coverage.Open {
				t.Errorf("coverage %+v", res.Coverage)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	tests := []struct{ address, repo, home string }{
		{"https://github.com/acme/upptime", "acme/upptime", "https://github.com/acme/upptime"},
		{"https://www.github.com/acme/upptime.git", "acme/upptime", "https://github.com/acme/upptime"},
		{"https://raw.githubusercontent.com/acme/upptime/HEAD/history/summary.json", "acme/upptime",
			"https://github.com/acme/upptime"},
		{"https://api.github.com/repos/acme/upptime/issues?page=2", "acme/upptime", "https://github.com/acme/upptime"},
		{"https://acme.github.io/status", "acme/status", "https://github.com/acme/status"},
		{"https://acme.github.io", "acme/acme.github.io", "https://github.com/acme/acme.github.io"},
		{"https://github.com/acme", "", "https://github.com"},
		{"https://status.acme.example/history/api", "", "https://status.acme.example"},
	}
	for _, tt := range tests {
		u, err := url.Parse(tt.address)
		if err != nil {
			t.Fatal(err)
		}
		if repo, home := repo(tt.address), (Platform{}).Home(u); repo != tt.repo || home != tt.home {
			t.Errorf("%s: repository %q, home %q; want %q, %q", tt.address, repo, home, tt.repo, tt.home)
		}
	}
}

func TestTitles(t *testing.T) {
	tests := []struct{ title, site, impact string }{
		{"🛑 Acme API is down", "Acme API", "is down"},
		{"⚠️ Acme API has degraded performance", "Acme API", "has degraded performance"},
		{"🟨 https://acme.example has degraded performance", "https://acme.example", "has degraded performance"},
		{"Acme is down is down", "Acme is down", "is down"},
		{"Trouble at Acme", "", ""},
	}
	for _, tt := range tests {
		issue := upIssue{Number: 1, Title: tt.title, State: "open"}
		issue.Labels = append(issue.Labels, struct {
			Name string `json:"name"`
		}{"status"})
		raw, ok := issue.raw(time.Time{})
		site := ""
		if len(raw.Components) > 0 {
			site = raw.Components[0].Name
		}
		if !ok || site != tt.site || raw.Impact != tt.impact {
			t.Errorf("%q: site %q, impact %q (%t); want %q, %q", tt.title, site, raw.Impact, ok, tt.site, tt.impact)
		}
	}
}

// TestEmptyIssuesNeedTheirAddress holds that an empty list is taken for a repository without issues only
// where GitHub was asked for them.
func TestEmptyIssuesNeedTheirAddress(t *testing.T) {
	p := page.Page{URL: "https://api.github.com/repos/acme/upptime/issues?state=all", Body: []byte(`[]`)}
	res, err := Platform{}.Parse(scraper.Source{}, p)
	if err != nil || !res.Coverage.Open {
		t.Errorf("coverage %+v, error %v", res.Coverage, err)
	}
	if scraper.Detects(Platform{}, p) {
		t.Error("an empty list is taken for Upptime's")
	}
	platformtest.MustRefuse(t, "an empty list from elsewhere", Platform{},
		page.Page{URL: "https://status.acme.example/history/summary.json", Body: []byte(`[]`)})
}

// An issue whose labels are not known may be an incident, so that a list with it is none without incidents.
func TestLabelsDecide(t *testing.T) {
	const labels, issue = `"labels":[{"name":"status"},{"name":"api"}]`, `[{"number":7,"title":"🛑 API is down",` +
		`"state":"open","html_url":"https://github.com/acme/upptime/issues/7","created_at":"2026-11-23T10:00:00Z",`
	ask := func(labels string) (scraper.Result, error) {
		return Platform{}.Parse(scraper.Source{}, page.Page{
			URL:  "https://api.github.com/repos/acme/upptime/issues?state=all",
			Body: []byte(issue + labels + `}]`), At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)})
	}
	for given, incidents := range map[string]int{labels: 1, `"labels":[]`: 0, `"labels":[{"name":"question"}]`: 0} {
		if res, err := ask(given); err != nil || len(res.Incidents) != incidents || !res.Coverage.Open {
			t.Errorf("%s: %d incidents, %v", given, len(res.Incidents), err)
		}
	}
	for _, given := range []string{`"labels":null`, `"label":[]`, `"labels":[{"name":""},{"name":"api"}]`,
		`"labels":[{"name":null}]`, `"labels":[{}]`, `"labels":["status"]`, `"labels":{}`} {
		if res, err := ask(given); err == nil {
			t.Errorf("%s: read as %d incidents", given, len(res.Incidents))
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "upptime")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
