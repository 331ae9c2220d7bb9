package db_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db/board"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// order is the titles of what changed last, the newest change first.
func (f *file) order(filter query.Filter, limit int) []string {
	f.t.Helper()
	rows, err := f.LastChanged(f.t.Context(), filter, limit)
	if err != nil {
		f.t.Fatal(err)
	}
	titles := []string{}
	for _, r := range rows {
		i, err := f.IncidentByID(f.t.Context(), r.IncidentID, t0)
		if err != nil {
			f.t.Fatal(err)
		}
		titles = append(titles, i.Title)
	}
	return titles
}

func TestChangedLast(t *testing.T) {
	f := newFile(t)
	f.baseline()
	old := outage("old", after(-40*24*hour), "investigating", "resolved")
	recent := outage("recent", after(-hour), "investigating")
	recent.Impact = "major"
	f.save(seen(after(minute), old, recent))
	if diff := cmp.Diff([]string{"Trouble recent", "Trouble old"}, f.order(query.Filter{}, 9)); diff != "" {
		t.Errorf("by the vendor's times (-want +got)\n%s", diff)
	}

	old.Updates = append(old.Updates, normalize.RawUpdate{ID: "pm", State: "postmortem",
		Posted: at(after(-39 * 24 * hour)), Body: "It was us.", Format: normalize.FormatMarkdown})
	f.save(seen(after(2*hour), old, recent))
	for name, c := range map[string]struct {
		filter query.Filter
		limit  int
		want   []string
	}{
		"an old one that is told more of comes first": {query.Filter{}, 9, []string{"Trouble old", "Trouble recent"}},
		"and is not lost where the limit is small":    {query.Filter{}, 1, []string{"Trouble old"}},
		"of a vendor":   {query.Filter{Vendor: "acme"}, 9, []string{"Trouble old", "Trouble recent"}},
		"of no vendor":  {query.Filter{Vendor: "nobody"}, 9, []string{}},
		"of a severity": {query.Filter{Severity: normalize.SeverityMajor}, 9, []string{"Trouble recent"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, f.order(c.filter, c.limit)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestFreshnessOnlyGrows(t *testing.T) {
	f := newFile(t)
	f.baseline()
	future := outage("a", after(-hour), "investigating")
	future.Updates[0].Posted = at(after(48 * hour))
	version, changed := 0, ""
	for n, body := range []string{"One.", "Two.", "Two."} {
		future.Updates[0].Body = body
		now := after(time.Duration(n+1) * hour)
		f.save(seen(now, future))
		rows, err := f.IncidentVersions(t.Context(), []int64{1, 99})
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		r := rows[1]
		if r.ChangedAt > normalize.FormatTime(now) {
			t.Errorf("changed at %s, which is yet to come", r.ChangedAt)
		}
		if grown := r.Version > version && r.ChangedAt > changed; grown != (n < 2) {
			t.Errorf("scrape %d: version %d at %s after %d at %s", n, r.Version, r.ChangedAt, version, changed)
		}
		version, changed = r.Version, r.ChangedAt
	}
}

// What a feed is made of is what each incident has whole.
func TestToldOfMany(t *testing.T) {
	f := newFile(t)
	f.baseline()
	a, b := outage("a", after(0), "investigating"), outage("b", after(0), "investigating", "monitoring")
	b.Components = []normalize.RawComponent{{Name: "API"}, {Name: "Search"}}
	f.save(record.Scrape{At: after(hour), AllOpen: true, Incidents: read(a, b)})
	want := []query.IncidentDetail{}
	for _, id := range []int64{2, 1} {
		whole, err := f.IncidentByID(t.Context(), id, after(hour))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, query.IncidentDetail{Incident: whole.Incident, Updates: whole.Updates,
			AffectedComponents: whole.AffectedComponents})
	}
	got, err := board.New(f.file).Told(t.Context(), []int64{2, 99, 1})
	if diff := cmp.Diff(want, got); diff != "" || err != nil || len(want[0].Updates) == 0 {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestPulses(t *testing.T) {
	f := newFile(t)
	f.baseline()
	f.save(record.Scrape{At: after(hour), Took: 250 * time.Millisecond, Interval: 5 * time.Minute, AllOpen: true,
		Incidents: read(outage("a", after(0), "investigating"))})
	f.save(record.Scrape{At: after(2 * hour), Backfill: true, Took: time.Hour})
	f.addSource("idle")
	got, err := f.ScrapeHealth(t.Context(), after(hour))
	if err != nil {
		t.Fatal(err)
	}
	want := []query.ScrapeHealth{{SourceID: f.source, Vendor: "acme", PageURL: "https://status.acme.example",
		Platform: "statuspage", Health: "ok",
		LastSuccessAt: normalize.FormatTime(after(hour)), IntervalSeconds: 300, Outcome: query.OutcomeChanged,
		TookMS: 250}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a page that is not watched has no pulse, a backfill is none (-want +got)\n%s", diff)
	}
	counts, err := board.New(f.file).OpenCounts(t.Context())
	if diff := cmp.Diff([]board.OpenCount{{Vendor: "acme", Severity: "minor", Open: 1}}, counts); err != nil ||
		diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestPostmortemShare(t *testing.T) {
	f := newFile(t)
	f.baseline()
	f.save(seen(after(hour), outage("a", after(-hour), "investigating", "resolved", "postmortem"),
		outage("b", after(-hour), "investigating"),
		outage("old", after(-9*24*hour), "investigating", "resolved", "postmortem"),
		work("w", after(hour), "scheduled")))
	with, of, err := f.PostmortemShare(t.Context(), 1, normalize.FormatTime(after(-24*hour)))
	if got := fmt.Sprintf("%d of %d", with, of); err != nil || got != "1 of 2" {
		t.Errorf("%s, %v", got, err)
	}
}
