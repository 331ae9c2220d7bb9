package scraper

import (
	"encoding/json"
	"errors"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
)

// TestChecklyCaptures counts what each recorded list holds by undeclared JSON.
func TestChecklyCaptures(t *testing.T) {
	for _, path := range captureFiles(t, "checkly/*.json") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			page := Page{Body: readCapture(t, path)}
			var doc map[string][]map[string]any
			if err := json.Unmarshal(page.Body, &doc); err != nil {
				t.Fatal(err)
			}
			var want, got counted
			for _, in := range doc["incidents"] {
				want.Incidents++
				want.Updates += len(in["incidentUpdates"].([]any))
				want.Components += len(in["services"].([]any))
			}
			res, err := checkly{}.Parse(Source{}, page)
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
			if !res.Coverage.Open || !Detects(checkly{}, page) {
				t.Errorf("covers %+v, detected: %v", res.Coverage, Detects(checkly{}, page))
			}
			incidents, findings := normalize.Incidents(res.Incidents, WordsOf(checkly{}))
			if len(findings) > 0 || incidents[0].Severity != normalize.SeverityMinor || incidents[0].State != normalize.StateInvestigating {
				t.Errorf("means %s, %s, findings %v", incidents[0].Severity, incidents[0].State, findings)
			}
		})
	}
}

func TestChecklyRefuses(t *testing.T) {
	for what, body := range map[string]string{
		"a list that is null":            `{"incidents":null}`,
		"a list that is an object":       `{"incidents":{}}`,
		"other keys beside the list":     `{"incidents":[],"status":"ok"}`,
		"the list under another name":    `{"incident":[]}`,
		"an entry of another kind":       `{"incidents":["down"]}`,
		"an entry without its timeline":  `{"incidents":[{"id":"a","name":"b","lastUpdateStatus":"RESOLVED"}]}`,
		"an entry without its state":     `{"incidents":[{"id":"a","name":"b","incidentUpdates":[]}]}`,
		"a home page that names no slug": `<!DOCTYPE html><html><head><title>Tidemark status</title></head><body></body></html>`,
		"a home page that names two": `<!DOCTYPE html><html><head></head><body><script>a="/api/status-page/one/unresolved-incidents";` +
			`b="/api/status-page/two/unresolved-incidents"</script></body></html>`,
	} {
		page := Page{URL: "https://status.tidemark.example/", Body: []byte(body)}
		if res, err := (checkly{}).Parse(Source{}, page); !errors.Is(err, ErrShape) {
			t.Errorf("%s is read as %+v (%v)", what, res, err)
		}
	}
}

func TestChecklyFindsItsList(t *testing.T) {
	const list = "/api/status-page/tidemark/unresolved-incidents"
	for source, want := range map[string]string{
		"https://tidemark.checkly-status-page.com":  "https://tidemark.checkly-status-page.com" + list,
		"https://status.tidemark.example" + list:    "https://status.tidemark.example" + list,
		"https://status.tidemark.example":           "https://status.tidemark.example",
		"https://tidemark.checkly-status-page.com/": "https://tidemark.checkly-status-page.com" + list,
	} {
		if got := (checkly{}).Start(Source{URL: source}); len(got) != 1 || got[0].URL != want {
			t.Errorf("%s starts with %+v, want %s", source, got, want)
		}
	}
	home := `<!DOCTYPE html><html><head><script>fetch("/api/status-page/tidemark/unresolved-incidents")</script></head><body></body></html>`
	res, err := checkly{}.Parse(Source{}, Page{URL: "https://status.tidemark.example/", Body: []byte(home)})
	if err != nil || len(res.Follow) != 1 || res.Follow[0].URL != "https://status.tidemark.example"+list || res.Coverage != (Coverage{}) {
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
		if got := (checkly{}).Home(u); got != want {
			t.Errorf("home of %s is %s", page, got)
		}
	}
}

func FuzzChecklyParse(f *testing.F) {
	seeds(f, "checkly")
	f.Add([]byte(`<html><script>"/api/status-page/a/"</script></html>`))
	f.Fuzz(func(t *testing.T, body []byte) { checkFuzzed(t, checkly{}, body) })
}
