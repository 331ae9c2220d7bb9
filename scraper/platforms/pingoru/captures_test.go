package pingoru

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	head := regexp.MustCompile(`(?m)^ *(?:\d+\.|-) [a-z_]+ [A-Z][a-z]{2} \d\d, \d{4}, \d\d:\d\d [AP]M UTC$`)
	for _, file := range platformtest.CaptureFiles(t, "pingoru/*.txt") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			page := platformtest.CapturePage(t, file)
			if !scraper.Detects(Platform{}, page) {
				t.Error("it is not detected")
			}
			res, err := Platform{}.Parse(scraper.Source{}, page)
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

// TestCaptureComponents holds what the page's own chips are, told by the vendor's other pages.
func TestCaptureComponents(t *testing.T) {
	tests := map[string][]string{
		"kustomer-2187314":        {"Kustomer Voice", "Channel - Chat"}, // named by the sentence only
		"kustomer-65745":          {"Channel - SMS", "Channel - WhatsApp"},
		"kustomer-outage-history": {"Channel - Email", "Channel - Email"},
		"porter-2279280":          nil,
		"onapp-2292262": {"CDN API Availability", "CDN Back End Service", "CDN Config Generation",
			"Purge & Prefetch Availability",
			"CDN Reporting Availability", "CDN Monitoring"},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			res, err := Platform{}.Parse(scraper.Source{}, platformtest.CapturePage(t, platformtest.CaptureFiles(t,
				"pingoru/"+name+".txt")[0]))
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

// TestCaptureFindings holds that what contradicts itself, or is no incident, is kept and said so.
func TestCaptureFindings(t *testing.T) {
	tests := map[string][]string{
		"billwerk-2297134":   {"resolved_at", "title"}, // the platform's example post
		"porter-2279280":     {"resolved_at", "title"},
		"chargeover-1986250": {"resolved_at"},
		"kustomer-385190":    {"title"}, // the text begins below it
		"kustomer-65746":     nil,
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			res, err := Platform{}.Parse(scraper.Source{}, platformtest.CapturePage(t, platformtest.CaptureFiles(t,
				"pingoru/"+name+".txt")[0]))
			if err != nil {
				t.Fatal(err)
			}
			incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
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

func TestFirstCapture(t *testing.T) {
	page := platformtest.CapturePage(t, platformtest.CaptureFiles(t, "pingoru/kustomer-65746.txt")[0])
	page.URL = "https://pingoru.io/providers/kustomer/incidents/65746"
	res, err := Platform{}.Parse(scraper.Source{}, page)
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
