package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// TestFormerIDsInAnyOrderOfPages holds that incidents whose ids a platform has given up are one record each, with those
// of the later documents, in whatever order the pages come and whichever incidents each page lists; and that incidents
// with one title, start, end and last post remain as many as they are.
func TestFormerIDsInAnyOrderOfPages(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		openings := rapid.SliceOfNDistinct(rapid.IntRange(1, 90), 2, 6, rapid.ID[int]).Draw(r, "openings")
		entry := func(n int, former bool) normalize.Raw {
			raw := outage(fmt.Sprint("n", n), t0)
			raw.Title, raw.Started, raw.State, raw.URL = "All is linked to one incident", at(t0), "resolved", ""
			made, end := at(t0.Add(time.Duration(openings[n])*time.Second)), at(t0.Add(time.Hour))
			raw.Created, raw.Resolved, raw.Updated = made, end, end
			raw.Updates = []normalize.RawUpdate{
				{ID: fmt.Sprint(openings[n]), State: "investigating", Posted: made, Created: made,
					Body: "It is linked."},
				{ID: "end", State: "resolved", Posted: end, Created: end, Body: "All is well."},
			}
			if former {
				raw.ID = normalize.FormerKey + fmt.Sprint("old/", n)
			}
			return raw
		}
		var pages []record.Scrape
		listed := map[int]bool{}
		forms := rapid.IntRange(1, 4).Draw(r, "pages of the old form")
		for page := range forms + rapid.IntRange(1, 3).Draw(r, "pages of the new form") {
			var raws []normalize.Raw
			for n := range openings {
				if rapid.IntRange(0, 3).Draw(r, "listed") > 0 {
					raws = append(raws, entry(n, page < forms))
					listed[n] = listed[n] || page >= forms
				}
			}
			pages = append(pages, record.Scrape{At: t0.Add(time.Duration(page+2) * time.Hour), Archived: true,
				Incidents: read(raws...)})
		}
		imported := func(pages []record.Scrape) (string, []string) {
			f := newFile(t)
			for _, s := range pages {
				f.save(s)
			}
			return f.canon(), f.rows(`SELECT source_key FROM incidents ORDER BY source_key`)
		}
		var want []string
		for n, now := range listed {
			want = append(want, entry(n, !now).ID)
		}
		slices.Sort(want)
		file, keys := imported(pages)
		if diff := cmp.Diff(strings.Join(want, " "), strings.Join(keys, " ")); diff != "" {
			r.Fatalf("keys (-want +got)\n%s", diff)
		}
		other, _ := imported(rapid.Permutation(pages).Draw(r, "order"))
		if diff := cmp.Diff(file, other); diff != "" {
			r.Fatalf("(-in order of time +in another)\n%s", diff)
		}
	})
}
