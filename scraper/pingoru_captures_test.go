package scraper

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
)

// capturePage reads a page that a real site served.
func capturePage(t testing.TB, path string) Page {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Page{Status: 200, Body: body, At: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)}
}

// captureFiles returns the captures that match, and skips the test where the checkout has none.
func captureFiles(t testing.TB, patterns ...string) []string {
	t.Helper()
	root := capturesDir()
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

func TestPingoruCaptures(t *testing.T) {
	head := regexp.MustCompile(`(?m)^ *(?:\d+\.|-) [a-z_]+ [A-Z][a-z]{2} \d\d, \d{4}, \d\d:\d\d [AP]M UTC$`)
	for _, file := range captureFiles(t, "pingoru/*.txt") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			page := capturePage(t, file)
			if !Detects(pingoru{}, page) {
				t.Error("it is not detected")
			}
			res, err := pingoru{}.Parse(Source{}, page)
			if err != nil {
				t.Fatal(err)
			}
			updates := 0
			for _, raw := range res.Incidents {
				updates += len(raw.Updates)
				for _, u := range raw.Updates {
					if u.Body == "" {
						t.Errorf("update %s of %s has no body", u.State, u.Posted.Text)
					}
				}
			}
			if want := len(head.FindAll(page.Body, -1)); updates != want {
				t.Errorf("%d updates, the file has %d", updates, want)
			}
			if len(res.Incidents) != 1 {
				t.Errorf("%d incidents, want 1", len(res.Incidents))
			}
		})
	}
}

// TestPingoruCaptureComponents holds what the page's own chips are, told by the vendor's other pages.
func TestPingoruCaptureComponents(t *testing.T) {
	tests := map[string][]string{
		"kustomer-2187314":        {"Kustomer Voice", "Channel - Chat"}, // named by the sentence only
		"kustomer-65745":          {"Channel - SMS", "Channel - WhatsApp"},
		"kustomer-outage-history": {"Channel - Email", "Channel - Email"},
		"porter-2279280":          nil,
		"onapp-2292262": {"CDN API Availability", "CDN Back End Service", "CDN Config Generation", "Purge & Prefetch Availability",
			"CDN Reporting Availability", "CDN Monitoring"},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			res, err := pingoru{}.Parse(Source{}, capturePage(t, captureFiles(t, "pingoru/"+name+".txt")[0]))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range res.Incidents[0].Components {
				got = append(got, c.Name)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPingoruCaptureFindings holds that what contradicts itself, or is no incident, is kept and said so.
func TestPingoruCaptureFindings(t *testing.T) {
	tests := map[string][]string{
		"billwerk-2297134":   {"resolved_at", "title"}, // the platform's example post
		"porter-2279280":     {"resolved_at", "title"},
		"chargeover-1986250": {"resolved_at"},
		"kustomer-385190":    {"title"}, // the text begins below it
		"kustomer-65746":     nil,
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			res, err := pingoru{}.Parse(Source{}, capturePage(t, captureFiles(t, "pingoru/"+name+".txt")[0]))
			if err != nil {
				t.Fatal(err)
			}
			incidents, findings := normalize.Incidents(res.Incidents, WordsOf(pingoru{}))
			if len(incidents) != 1 {
				t.Fatalf("%d incidents", len(incidents))
			}
			if i := incidents[0]; i.ResolvedAt.Before(i.StartedAt) && !i.ResolvedAt.IsZero() {
				t.Errorf("resolved at %s, started at %s", i.ResolvedAt, i.StartedAt)
			}
			var got []string
			for _, f := range findings {
				got = append(got, f.Field)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPingoruFirstCapture(t *testing.T) {
	page := capturePage(t, captureFiles(t, "pingoru/kustomer-65746.txt")[0])
	page.URL = "https://pingoru.io/providers/kustomer/incidents/65746"
	res, err := pingoru{}.Parse(Source{}, page)
	if err != nil {
		t.Fatal(err)
	}
	got := res.Incidents[0]
	for i := range got.Updates {
		got.Updates[i].Body = ""
	}
	update := func(state, posted string) normalize.RawUpdate {
		return normalize.RawUpdate{State: state, Posted: normalize.RawTime{Text: posted}, Format: normalize.FormatText}
	}
	want := normalize.Raw{
		Document:   "incident_text",
		ID:         "65746",
		URL:        "https://pingoru.io/providers/kustomer/incidents/65746",
		Title:      "[PLATFORM] [403 ERROR] [PROD 1 & 2]",
		State:      "Resolved",
		Impact:     "Minor",
		Duration:   "7m",
		Started:    normalize.RawTime{Text: "Aug 29, 2025, 05:46 PM UTC"},
		Resolved:   normalize.RawTime{Text: "Aug 29, 2025, 05:54 PM UTC"},
		Detected:   normalize.RawTime{Text: "Aug 29, 2025, 05:46 PM UTC"},
		Components: []normalize.RawComponent{{Name: "Web Client"}, {Name: "Web Client"}},
		Updates: []normalize.RawUpdate{
			update("investigating", "Aug 29, 2025, 05:46 PM UTC"),
			update("resolved", "Aug 29, 2025, 05:54 PM UTC"),
			update("postmortem", "Sep 07, 2025, 04:50 PM UTC"),
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
