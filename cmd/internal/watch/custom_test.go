package watch

import (
	"context"
	"testing"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/custom"
)

// TestADescriptionThatIsMendedIsAppliedToAnUnchangedPage holds that other words for the same page reach the file
// with the next scrape, though its server says that nothing has changed.
func TestADescriptionThatIsMendedIsAppliedToAnUnchangedPage(t *testing.T) {
	asked := 0
	w, s := watcher(t, func(_ context.Context, r scraper.Request) (scraper.Page, error) {
		asked++
		if r.ETag != "" {
			return scraper.Page{URL: r.URL, Status: 304, NotModified: true, ETag: r.ETag}, nil
		}
		return scraper.Page{URL: r.URL, Status: 200, Body: []byte(inspectedPage), ETag: `"1"`, At: time.Now()}, nil
	})
	s.Platform, s.URL = scraper.Custom, "https://status.acme.example/own"
	vendor, err := w.Record.EnsureVendor(t.Context(), query.Vendor{Slug: s.Vendor})
	if err == nil {
		s.ID, err = w.Record.EnsureSource(t.Context(), vendor, s.URL, s.Platform)
	}
	if err != nil {
		t.Fatal(err)
	}
	page := custom.Page{Anchor: "#acme", List: ".i", Title: "a", Link: "a@href", State: "b"}
	describe := func() {
		t.Helper()
		var mistakes []custom.Mistake
		if s.Selectors, mistakes = page.Compile(); len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
	}
	scrape := func(outcome string, state string) {
		t.Helper()
		saved, err := w.Scrape(t.Context(), s)
		if err != nil || string(saved.Outcome) != outcome {
			t.Fatalf("outcome %q, error %v; want %q", saved.Outcome, err, outcome)
		}
		i, err := w.DB.IncidentByKey(t.Context(), "https://status.acme.example/i/1", time.Now())
		if err != nil || i.State != state || i.VendorState != "weighing" {
			t.Errorf("state %q of %q, error %v; want %q", i.State, i.VendorState, err, state)
		}
	}
	describe()
	scrape("changed", "unknown")
	scrape("unchanged", "unknown")
	page.States = map[string]string{"weighing": "identified"}
	describe()
	scrape("changed", "identified")
	scrape("unchanged", "identified")
	if asked != 4 {
		t.Errorf("%d requests", asked)
	}
}
