package checkly

import (
	"encoding/json"
	"errors"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

// TestCaptures counts what each recorded list holds by undeclared JSON.
func TestCaptures(t *testing.T) {
	for _, path := range platformtest.CaptureFiles(t, "checkly/*.json") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			page := page.Page{Body: platformtest.ReadCapture(t, path)}
			var doc map[string][]map[string]any
			if err := json.Unmarshal(page.Body, &doc); err != nil {
				t.Fatal(err)
			}
			var want, got platformtest.Counted
			for _, in := range doc["incidents"] {
				want.Incidents++
				want.Updates += len(in["incidentUpdates"].([]any))
				want.Components += len(in["services"].([]any))
			}
			res, err := Platform{}.Parse(scraper.Source{}, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, raw := range res.Incidents {
				got.Incidents++
				got.Updates += len(raw.Updates)
				got.Components += len(raw.Components)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-in the file +read)\n%s", diff)
			}
			if !res.Coverage.Open || !scraper.Detects(Platform{}, page) {
				t.Errorf("covers %+v, detected: %v", res.Coverage, scraper.Detects(Platform{}, page))
			}
			incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
			if len(findings) > 0 || incidents[0].Severity != normalize.SeverityMinor ||
				incidents[0].State != normalize.StateInvestigating {
				t.Errorf("means %s, %s, findings %v", incidents[0].Severity, incidents[0].State, findings)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	for what, body := range map[string]string{
		"a list that is null":           `{"incidents":null}`,
		"a list that is an object":      `{"incidents":{}}`,
		"other keys beside the list":    `{"incidents":[],"status":"ok"}`,
		"the list under another name":   `{"incident":[]}`,
		"an entry of another kind":      `{"incidents":["down"]}`,
		"an entry without its timeline": `{"incidents":[{"id":"a","name":"b","lastUpdateStatus":"RESOLVED"}]}`,
		"an entry without its state":    `{"incidents":[{"id":"a","name":"b","incidentUpdates":[]}]}`,
		"a home page that names no slug": `<!DOCTYPE html><html><head><title>Tidemark status</title></head><body>` +
			`</body></html>`,
		"a home page that names two": `<!DOCTYPE html><html><head></head><body>` +
			`<script>a="/api/status-page/one/unresolved-incidents";` +
			`b="/api/status-page/two/unresolved-incidents"</script></body></html>`,
	} {
		p := page.Page{URL: "https://status.tidemark.example/", Body: []byte(body)}
		if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) {
			t.Errorf("%s is read as %+v (%v)", what, res, err)
		}
	}
}

func TestFindsItsList(t *testing.T) {
	const list = "/api/status-page/tidemark/unresolved-incidents"
	for source, want := range map[string]string{
		"https://tidemark.checkly-status-page.com":  "https://tidemark.checkly-status-page.com" + list,
		"https://status.tidemark.example" + list:    "https://status.tidemark.example" + list,
		"https://status.tidemark.example":           "https://status.tidemark.example",
		"https://tidemark.checkly-status-page.com/": "https://tidemark.checkly-status-page.com" + list,
	} {
		if got := (Platform{}).Start(scraper.Source{URL: source}); len(got) != 1 || got[0].URL != want {
			t.Errorf("%s starts with %+v, want %s", source, got, want)
		}
	}
	home := `<!DOCTYPE html><html><head><script>fetch("/api/status-page/tidemark/unresolved-incidents")</script>` +
		`</head><body></body></html>`
	res, err := Platform{}.Parse(scraper.Source{}, page.Page{URL: "https://status.tidemark.example/",
		Body: []byte(home)})
	if err != nil || len(res.Follow) != 1 || res.Follow[0].URL != "https://status.tidemark.example"+list ||
		res.Coverage != (scraper.Coverage{}) {
		t.Errorf("the home page gives %+v (%v)", res, err)
	}
	for page, want := range map[string]string{
		"https://status.tidemark.example" + list:        "https://status.tidemark.example" + list,
		"https://status.tidemark.example/incident/a1b2": "https://status.tidemark.example",
	} {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Platform{}).Home(u); got != want {
			t.Errorf("home of %s is %s", page, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "checkly")
	f.Add([]byte(`<html><script>"/api/status-page/a/"</script></html>`))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
