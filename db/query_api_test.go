package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

func TestIncidentsChangedSince(t *testing.T) {
	f := newFile(t)
	f.save(seen(t0, outage("old", after(-10*hour), "investigating", "resolved"),
		outage("a", after(-hour), "investigating"), outage("b", after(-hour), "investigating")))
	f.save(seen(after(hour), outage("old", after(-10*hour), "investigating", "resolved"),
		outage("a", after(-hour), "investigating", "resolved"), outage("b", after(-hour), "investigating")))
	f.save(seen(after(2*hour), outage("old", after(-10*hour), "investigating", "resolved"),
		outage("a", after(-hour), "investigating", "resolved"),
		edited(outage("b", after(-hour), "investigating"), "Other words.")))
	f.save(seen(after(3*hour), outage("c", after(3*hour), "investigating"), outage("b", after(-hour), "investigating")))
	for since, want := range map[time.Duration]string{
		0: "c a b old", hour: "c a b", 2 * hour: "c b", 3 * hour: "c b", 4 * hour: "",
	} {
		page, err := f.History(t.Context(), query.HistoryFilter{Filter: query.Filter{Changed: after(since)}})
		if err != nil {
			t.Fatal(err)
		}
		keys := map[string]bool{}
		for _, i := range page.Incidents {
			keys[i.SourceKey] = true
		}
		if len(keys) != len(strings.Fields(want)) {
			t.Errorf("changed since %s: %v, want %q", since, keys, want)
		}
		for _, key := range strings.Fields(want) {
			if !keys[key] {
				t.Errorf("changed since %s: %v, want %q", since, keys, want)
			}
		}
	}
}

// Every listing for programs, read in pages of two, gives each row once and in order.
func TestListingsInPages(t *testing.T) {
	f := newFile(t)
	other := f.addSource("bolt")
	s := parts(t0, "Web", "operational", "API", "major_outage", "Mail", "operational")
	s.Incidents = read(outage("a", after(-hour), "investigating", "identified", "resolved"),
		outage("b", after(-hour), "investigating"))
	f.save(s)
	if _, err := f.SaveScrape(t.Context(), record.Scrape{SourceID: other, At: t0, AllOpen: true,
		Incidents: read(outage("z", after(-hour), "investigating"))}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		page func(after int64) ([]string, int64, error)
		want string
	}{
		"sources": {func(after int64) (out []string, last int64, err error) {
			rows, err := f.SourcesAfter(t.Context(), t0, "", after, 2)
			for _, r := range rows {
				out, last = append(out, r.Vendor), r.SourceID
			}
			return out, last, err
		}, "acme bolt"},
		"sources of a vendor": {func(after int64) (out []string, last int64, err error) {
			rows, err := f.SourcesAfter(t.Context(), t0, "bolt", after, 2)
			for _, r := range rows {
				out, last = append(out, r.Vendor), r.SourceID
			}
			return out, last, err
		}, "bolt"},
		"components": {func(after int64) (out []string, last int64, err error) {
			rows, err := f.ComponentsAfter(t.Context(), t0, "acme", "", after, 2)
			for _, r := range rows {
				out, last = append(out, r.Name), r.ComponentID
			}
			return out, last, err
		}, "Web API Mail"},
		"components that are down": {func(after int64) (out []string, last int64, err error) {
			rows, err := f.ComponentsAfter(t.Context(), t0, "", string(normalize.StatusMajor), after, 2)
			for _, r := range rows {
				out, last = append(out, r.Name), r.ComponentID
			}
			return out, last, err
		}, "API"},
		"updates": {func(after int64) (out []string, last int64, err error) {
			rows, err := f.UpdatesAfter(t.Context(), "", 0, after, 2)
			for _, r := range rows {
				out, last = append(out, fmt.Sprintf("%s/%s", r.Vendor, r.State)), r.UpdateID
			}
			return out, last, err
		}, "acme/investigating acme/identified acme/resolved acme/investigating acme/investigating bolt/investigating"},
		"updates of an incident": {func(after int64) (out []string, last int64, err error) {
			rows, err := f.UpdatesAfter(t.Context(), "", 1, after, 2)
			for _, r := range rows {
				out, last = append(out, string(r.State)), r.UpdateID
			}
			return out, last, err
		}, "investigating identified resolved"},
		"updates of a vendor": {func(after int64) (out []string, last int64, err error) {
			rows, err := f.UpdatesAfter(t.Context(), "bolt", 0, after, 2)
			for _, r := range rows {
				out, last = append(out, string(r.State)), r.UpdateID
			}
			return out, last, err
		}, "investigating"},
	} {
		t.Run(name, func(t *testing.T) {
			var all []string
			after := int64(0)
			for {
				rows, last, err := c.page(after)
				if err != nil {
					t.Fatal(err)
				}
				if len(rows) == 0 {
					break
				}
				all, after = append(all, rows...), last
			}
			if got := strings.Join(all, " "); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
