package platformtest

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Tally counts what a document holds.
type Tally struct{ Incidents, Open, Updates, Affected, Components int }

// TallyOf counts what was read. An incident is open if its state is not an end.
func TallyOf(t *testing.T, p scraper.Platform, res scraper.Result) Tally {
	t.Helper()
	incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(p))
	if len(incidents) != len(res.Incidents) {
		t.Errorf("%d incidents were read, and are %d", len(res.Incidents), len(incidents))
	}
	CheckIncidents(t, res.Incidents, incidents, findings, scraper.WordsOf(p))
	for _, f := range findings {
		t.Errorf("finding: %+v", f)
	}
	n := Tally{Incidents: len(incidents), Components: len(res.Components)}
	for _, i := range incidents {
		if !i.State.Over() {
			n.Open++
		}
		if i.StartedAt.IsZero() && i.Kind != normalize.KindMaintenance {
			t.Errorf("incident %q has no start", i.Title)
		}
		for _, u := range i.Updates {
			if u.PostedAt.IsZero() {
				t.Errorf("an update of %q lacks its time", i.Title)
			}
		}
	}
	for _, raw := range res.Incidents {
		n.Updates += len(raw.Updates)
		n.Affected += len(raw.Components)
	}
	return n
}

// ReadCaptures reads each capture of a platform, and compares the counts with what count finds in the bytes.
func ReadCaptures(t *testing.T, p scraper.Platform, count func(*testing.T, []byte) Tally, patterns ...string) {
	t.Helper()
	for _, file := range CaptureFiles(t, patterns...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			page := CapturePage(t, file)
			if len(page.Body) == 0 {
				MustRefuse(t, "an empty capture", p, page)
				return
			}
			if !scraper.Detects(p, page) {
				t.Error("it is not detected")
			}
			res, err := p.Parse(scraper.Source{URL: "https://status.acme.example"}, page)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(count(t, page.Body), TallyOf(t, p, res)); diff != "" {
				t.Errorf("counts (-in the file +read):\n%s", diff)
			}
		})
	}
}

func CountRaws(res scraper.Result) Counted {
	n := Counted{Incidents: len(res.Incidents), Components: len(res.Components)}
	for _, raw := range res.Incidents {
		n.Updates += len(raw.Updates)
	}
	return n
}

// CapturePage returns a recorded page.
func CapturePage(t testing.TB, path string) page.Page {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return page.Page{Status: 200, Body: body, At: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)}
}

// CaptureFiles returns the recorded pages that match. It skips the test if there are none beside the checkout.
func CaptureFiles(t testing.TB, patterns ...string) []string {
	t.Helper()
	root := Captures()
	if _, err := os.Stat(root); err != nil {
		t.Skip("captures of real pages are not beside this checkout")
	}
	var files []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no capture matches %s (%v)", pattern, err)
		}
		files = append(files, found...)
	}
	return files
}

func ReadCapture(t testing.TB, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no recorded page %s", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// Counted is what a test finds in the bytes by means other than the parser's.
type Counted struct{ Incidents, Updates, Components int }

func CountJSON(t *testing.T, body []byte) Counted {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	var n Counted
	list := func(v any) []any { l, _ := v.([]any); return l }
	add := func(v any) {
		for _, in := range list(v) {
			n.Incidents++
			n.Updates += len(list(in.(map[string]any)["incident_updates"]))
		}
	}
	add(doc["incidents"])
	add(doc["scheduled_maintenances"])
	if one, ok := doc["incident"]; ok {
		add([]any{one})
	}
	for _, month := range list(doc["months"]) {
		add(month.(map[string]any)["incidents"])
	}
	for _, c := range list(doc["components"]) {
		if group, _ := c.(map[string]any)["group"].(bool); !group {
			n.Components++
		}
	}
	return n
}
