package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/board"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

func titles(t *testing.T, f *file, filter query.HistoryFilter) string {
	t.Helper()
	page, err := f.History(t.Context(), filter)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range page.Incidents {
		out = append(out, strings.TrimPrefix(i.Title, "Trouble "))
	}
	return strings.Join(out, " ")
}

// What is found follows what the vendor writes: words that were edited away are not found any more.
func TestSearchFollowsEdits(t *testing.T) {
	f := newFile(t)
	f.baseline()
	raw := outage("a", after(minute), "investigating")
	f.save(record.Scrape{At: after(2 * minute), Incidents: read(raw), AllOpen: true})
	for words, want := range map[string]string{"investigating": "a", "INVEST": "a", "trouble": "a", "tro inv": "",
		"this is": "a", "vestigating": "", "mended": "", `"`: "", "": "a", "* OR NOT": ""} {
		if got := titles(t, f, query.HistoryFilter{Filter: query.Filter{Search: words}}); got != want {
			t.Errorf("%q finds %q, want %q", words, got, want)
		}
	}
	raw.Title, raw.Updates[0].Body = "Trouble elsewhere", "It was mended."
	f.save(record.Scrape{At: after(3 * minute), Incidents: read(raw), AllOpen: true})
	for words, want := range map[string]string{"investigating": "", "mended": "elsewhere", "elsewhere": "elsewhere"} {
		if got := titles(t, f, query.HistoryFilter{Filter: query.Filter{Search: words}}); got != want {
			t.Errorf("after the edit %q finds %q, want %q", words, got, want)
		}
	}
	for _, index := range []string{"incident_search", "update_search", "component_search"} {
		if err := f.exec(`INSERT INTO ` + index + ` (` + index + `, rank) VALUES ('integrity-check', 1)`); err != nil {
			t.Errorf("%s is not what its table says: %v", index, err)
		}
	}
}

// TestSearchHoldsWhatTheTablesHold holds that whatever a transaction does to texts, in whatever order, the full-text
// indexes say what the tables say once it is over.
func TestSearchHoldsWhatTheTablesHold(t *testing.T) {
	f := newFile(t)
	f.baseline()
	f.save(seen(after(minute), outage("a", after(-minute), "investigating")))
	insert := `INSERT INTO incidents (source_id, source_key, kind, title, severity, state, raw, announced,
		first_seen_at)
		VALUES (1, 'x', 'incident', 'fresh words', 'minor', 'investigating', '[]', 0, '2026-11-23T09:00:00.000Z')`
	rename := func(key, to string) string {
		return `UPDATE incidents SET title = '` + to + `' WHERE source_key = '` + key + `'`
	}
	drop := `DELETE FROM incidents WHERE source_key = 'x'`
	for n, statements := range [][]string{
		{rename("a", "first")}, {rename("a", "second"), rename("a", "third")}, {insert}, {drop}, {insert, drop},
		{insert, rename("x", "late words")}, {rename("x", "later"), drop}, {insert, rename("x", "y"), drop, insert},
		{drop, insert}, {rename("a", "fourth"), drop},
	} {
		if err := f.file.Change(t.Context(), func(tx *db.Tx) error {
			for _, s := range statements {
				if _, err := tx.Exec(t.Context(), s); err != nil {
					return fmt.Errorf("%s: %w", s, err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, index := range []string{"incident_search", "update_search", "component_search"} {
			err := f.exec(`INSERT INTO ` + index + ` (` + index + `, rank) VALUES ('integrity-check', 1)`)
			if err != nil {
				t.Errorf("%d: %s is not what its table says: %v", n, index, err)
			}
		}
	}
}

func TestHistoryPages(t *testing.T) {
	f := newFile(t)
	f.baseline()
	var raws []normalize.Raw
	for n := range 25 {
		// four of each time
		raws = append(raws, outage(fmt.Sprintf("%02d", n), after(-time.Duration(n/4)*time.Hour), "resolved"))
	}
	f.save(record.Scrape{At: after(minute), Incidents: read(raws...), AllOpen: true})
	seen := map[int64]bool{}
	filter, last := query.HistoryFilter{Filter: query.Filter{Limit: 7}}, "z"
	for pages := 1; ; pages++ {
		page, err := f.History(t.Context(), filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Incidents {
			if seen[i.IncidentID] || i.StartedAt > last {
				t.Errorf("%s of %s is shown twice, or out of order", i.Title, i.StartedAt)
			}
			seen[i.IncidentID], last = true, i.StartedAt
		}
		if filter.After = page.Next; page.Next == "" {
			if pages != 4 {
				t.Errorf("%d pages, want 4", pages)
			}
			break
		}
	}
	if len(seen) != 25 {
		t.Errorf("%d incidents on all pages, want 25", len(seen))
	}
	for _, after := range []string{"x", "_", "2026-11-23T09:00:00.000Z_", "2026-11-23_1",
		"2026-11-23T09:00:00.000Z_1_2"} {
		if _, err := f.History(t.Context(), query.HistoryFilter{After: after}); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("page %q: %v", after, err)
		}
	}
}

func TestOpenIncidentsAndFailingPages(t *testing.T) {
	f := newFile(t)
	f.baseline()
	worst := outage("worst", after(-time.Minute), "investigating")
	worst.Impact = "critical"
	f.save(record.Scrape{At: after(minute), AllOpen: true, Incidents: read(outage("mild", t0, "investigating"), worst)})
	f.save(record.Scrape{At: after(2 * minute), Err: errRefused})
	open, total, err := f.OpenByKind(t.Context(), normalize.KindIncident, "acme", 1)
	if err != nil || total != 2 || len(open) != 1 || open[0].Title != "Trouble worst" {
		t.Errorf("open: %d of %d, %v, %v", len(open), total, open, err)
	}
	blind, n, err := f.FailingSources(t.Context(), after(3*minute), 5)
	if err != nil || n != 1 || len(blind) != 1 || blind[0].Vendor != "acme" || blind[0].Health != "failing" {
		t.Errorf("unreadable: %v %d %v", blind, n, err)
	}
	counts, err := board.New(f.file).OpenCounts(t.Context())
	if err != nil || len(counts) != 2 {
		t.Errorf("counted: %v, %v", counts, err)
	}
	// Of a page that nobody watches any more, nothing is known to be open now.
	if err := f.SetWatched(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, vendor := range []string{"", "acme"} {
		if open, total, err := f.OpenByKind(t.Context(), normalize.KindIncident, vendor, 5); err != nil || total != 0 ||
			len(open) != 0 {
			t.Errorf("open on a page that is not watched: %d, %v, %v", total, open, err)
		}
	}
	if counts, err = board.New(f.file).OpenCounts(t.Context()); err != nil || len(counts) != 0 {
		t.Errorf("counted on a page that is not watched: %v, %v", counts, err)
	}
}

func TestComponentSpans(t *testing.T) {
	f := newFile(t)
	status := func(s normalize.ComponentStatus) []normalize.Component {
		return []normalize.Component{{Key: "a", Name: "A", Status: s, VendorStatus: string(s)}}
	}
	old, recent := outage("old", after(-200*24*time.Hour), "investigating", "resolved"),
		outage("recent", after(-time.Hour), "investigating", "resolved")
	for _, raw := range []*normalize.Raw{&old, &recent} {
		raw.Components = []normalize.RawComponent{{ID: "a", Name: "A"}}
	}
	f.save(record.Scrape{At: after(-100 * 24 * time.Hour), AllOpen: true, AllComponents: true,
		Components: status(normalize.StatusOperational), Incidents: read(old)})
	f.save(record.Scrape{At: after(-time.Hour), AllOpen: true, AllComponents: true,
		Components: status(normalize.StatusPartial)})
	f.save(record.Scrape{At: t0, AllOpen: true, AllComponents: true, Components: status(normalize.StatusOperational),
		Incidents: read(recent)})
	components, total, err := f.VendorComponents(t.Context(), t0, 1, 10, 0)
	if err != nil || total != 1 || len(components) != 1 {
		t.Fatalf("components %v, %d, %v", components, total, err)
	}
	spans, err := board.New(f.file).ComponentSpans(t.Context(), []int64{components[0].ComponentID},
		after(-30*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range spans {
		got = append(got, fmt.Sprintf("%s%s %s-%s", s.Status, s.Severity, s.FromAt, s.ToAt))
	}
	want := []string{
		"operational " + db.Stamp(after(-100*24*time.Hour)) + "-" + db.Stamp(after(-time.Hour)),
		"partial_outage " + db.Stamp(after(-time.Hour)) + "-" + db.Stamp(t0),
		"operational " + db.Stamp(t0) + "-",
		"minor " + db.Stamp(after(-time.Hour)) + "-" + db.Stamp(after(-55*time.Minute)),
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("spans\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// An incident that names all components is found by the status that one of them had itself while it lasted.
func TestHistoryByTheComponentsOwnStatus(t *testing.T) {
	f := newFile(t)
	with := func(s record.Scrape, raws ...normalize.Raw) record.Scrape {
		s.Incidents = read(raws...)
		return s
	}
	all := []normalize.RawComponent{{ID: "c-Web", Name: "Web"}, {ID: "c-API", Name: "API"}}
	first := affecting(outage("first", after(hour), "investigating", "resolved"), all...)
	second := affecting(outage("second", after(4*hour), "investigating"), all...)
	f.save(parts(t0, "Web", "under_maintenance", "API", "operational"))
	f.save(parts(after(minute), "Web", "operational", "API", "operational"))
	f.save(with(parts(after(hour), "Web", "operational", "API", "partial_outage"), first,
		outage("nameless", after(hour), "investigating")))
	f.save(with(parts(after(3*hour), "Web", "operational", "API", "operational"), first))
	f.save(with(parts(after(4*hour), "Web", "under_maintenance", "API", "operational"), first, second))
	for _, tt := range []struct {
		component string
		status    normalize.ComponentStatus
		want      string
	}{
		{"", normalize.StatusPartial, "first"}, {"api", normalize.StatusPartial, "first"},
		{"api", normalize.StatusMajor, ""}, {"web", normalize.StatusPartial, ""},
		{"web", normalize.StatusMaintenance, "second"}, {"web", normalize.StatusOperational, "second first"},
		{"", normalize.StatusMaintenance, "second first"}, {"", "", "second nameless first"},
		{"nothing", normalize.StatusOperational, ""},
	} {
		if got := titles(t, f, query.HistoryFilter{Component: tt.component, Status: tt.status}); got != tt.want {
			t.Errorf("component %q, %s: %q; want %q", tt.component, tt.status, got, tt.want)
		}
	}
}
