package cli_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/normalize/racetest"
)

// TestDocumentsOfDifferentMoments lets a reader see, while incidents go on and are edited, one document at a
// time, whichever it may be, and the whole JSON at the end. Its record is that of a reader who saw the
// JSON all along, and no update is in it twice.
func TestDocumentsOfDifferentMoments(t *testing.T) {
	racetest.Skip(t, "imports documents one after the other")
	t.Parallel()
	dir := t.TempDir()
	begin := time.Date(2026, 3, 28, 18, 0, 0, 0, time.UTC) // the night in which Europe's clocks go forward
	whole := []string{"/api/v2/incidents.json", "/api/v2/scheduled-maintenances.json"}
	test := t
	rapid.Check(t, func(t *rapid.T) {
		now := begin
		vendor := simulate.Complete(drawVendor(t, begin, true))
		site := simulate.NewSite(vendor, func() time.Time { return now })
		// The text of a page tells neither id nor address, and what it is of is not to be known once the vendor
		// has renamed it.
		all := slices.DeleteFunc(documentsOf(vendor), func(address string) bool {
			return strings.HasPrefix(address,
				"text:")
		})
		json, any := newImported(test, t, dir, "json"), newImported(test, t, dir, "any")
		see := func(i *imported, addresses ...string) {
			for _, address := range addresses {
				if body := fetch(site, address); body != nil {
					i.add(now, body)
				}
			}
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(5, 200).Draw(t, "minutes")) * time.Minute)
			see(json, whole...)
			see(any, rapid.SampledFrom(all).Draw(t, "document"))
		}
		now = begin.Add(60 * time.Hour)
		for _, i := range []*imported{json, any} {
			see(i, append(whole, "/api/v2/summary.json")...)
			for _, incident := range vendor.Incidents {
				see(i, "/incidents/"+incident.ID+".json")
			}
			i.read()
		}
		want, got := json.told(), any.told()
		if len(want["findings"]) != 0 {
			t.Fatalf("not understood: %q", want["findings"])
		}
		for _, told := range []map[string][]string{want, got} {
			delete(told, "revisions") // who sees less sees fewer edits
			delete(told, "findings")
		}
		compareTold(t, want, got)
		published := 0
		for _, i := range vendor.Incidents {
			published += len(i.Updates)
		}
		if n := len(want["updates"]); n != published {
			t.Fatalf("%d updates are on record, of %d that were published", n, published)
		}
	})
}
