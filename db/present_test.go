package db_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize/racetest"
)

// randomWorld fills a file with vendors in every state, whatever a save would make of them.
func randomWorld(t *testing.T, file *db.DB, r *rand.Rand, vendors int) {
	t.Helper()
	must := func(statement string, args ...any) {
		t.Helper()
		if _, err := file.Writer().ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	pick := func(of ...any) any { return of[r.IntN(len(of))] }
	often := func(usual any, of ...any) any {
		if r.IntN(4) > 0 {
			return usual
		}
		return pick(of...)
	}
	ago := func(minutes int) any { return db.Stamp(t0.Add(-time.Duration(minutes) * time.Minute)) }
	source, incident := int64(0), int64(0)
	for v := range vendors {
		must(`INSERT INTO vendors (vendor_id, slug, name) VALUES (?, ?, ?)`, v+1,
			fmt.Sprintf("v%03d", r.IntN(1000)*100+v),
			pick("", "Beta", "alpha", fmt.Sprintf("Name %d", v)))
		var stands any // the record that stands for an event of the vendor
		for range r.IntN(3) {
			source++
			success := often(ago(1), nil, ago(4), ago(16), ago(14), ago(200), ago(5000), ago(-3))
			severity := often("none", nil, "minor", "critical", "unknown")
			because, severityAt := any("page"), ago(90)
			if severity == nil {
				because, severityAt = nil, nil
			} else if r.IntN(2) == 0 {
				because = "component"
			}
			failures := often(0, 1, 2, 3, 9)
			var failed any
			partial := success != nil && r.IntN(6) == 0
			if failures != 0 || partial { // as every save of such a reading has it
				failed = "503 Service Unavailable"
			}
			must(`INSERT INTO sources (source_id, vendor_id, page_url, watched, interval_seconds, last_success_at,
				consecutive_failures, last_error, indicator, page_severity, page_because, page_severity_at,
				entries_lost)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, source, v+1, fmt.Sprintf("https://%d.example", source),
				often(1, 0), pick(0, 60, 300, 300, 86400), success, failures, failed,
				often(nil, "", "none", "Service Under Maintenance"), severity, because, severityAt,
				often(0, 1))
			if partial {
				must(`INSERT INTO scrapes (source_id, started_at, last_started_at, took_ms, outcome)
					VALUES (?, ?, ?, 1, 'partial')`, source, success, success)
			}
			for range r.IntN(2) * r.IntN(3) {
				incident++
				kind := pick("incident", "maintenance", "notice")
				state := pick("investigating", "resolved", "monitoring", "unknown", "unknown")
				if kind == "maintenance" {
					state = pick("scheduled", "in_progress", "verifying", "completed", "unknown")
				}
				must(`INSERT INTO incidents (incident_id, source_id, source_key, kind, title, severity, state,
					started_at, first_seen_at, left_feed_at, announced, raw, same_event_id)
					VALUES (?, ?, ?, ?, 'x', ?, ?, ?, ?, ?, 1, ?, ?)`, incident, source, fmt.Sprint(incident), kind,
					pick("none", "minor", "major", "critical", "unknown"), state,
					pick(ago(10), ago(2000), nil), ago(5), often(nil, ago(1)),
					pick(`[]`, `[{"document": "feed_item"}]`), pick(nil, stands))
				if stands == nil {
					stands = incident
					must(`UPDATE incidents SET same_event_id = incident_id WHERE incident_id = ?`, incident)
				}
				if r.IntN(8) == 0 {
					must(`INSERT INTO filtered_incidents (incident_id, since_at) VALUES (?, ?)`, incident, ago(5))
				}
			}
			for n := range r.IntN(2) {
				must(`INSERT INTO components (source_id, source_key, name, status, vendor_status, first_seen_at,
					gone_at) VALUES (?, ?, 'x', ?, ?, ?, ?)`, source, fmt.Sprint(n),
					often("operational", "unknown", "under_maintenance", "major_outage"), pick("", "purple"), ago(90),
					often(nil, ago(1)))
			}
		}
	}
}

// What is read of the vendors and pages that are not calm is what v_status and v_source_health say of all of them.
func TestPresentIsTheStatusOfAll(t *testing.T) {
	racetest.Skip(t, "it reads in one goroutine")
	for seed := range uint64(12) {
		path := filepath.Join(t.TempDir(), "world.db")
		emptyFile(t, path)
		file, err := db.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		f, ctx := query.New(file), t.Context()
		randomWorld(t, file, rand.New(rand.NewPCG(seed, 1)), 60)
		all, err := f.Statuses(ctx, t0)
		if err != nil {
			t.Fatal(err)
		}
		want := query.Present{Vendors: len(all)}
		for _, s := range all {
			one, err := f.Status(ctx, s.Vendor, t0)
			if diff := gocmp.Diff(s, one); diff != "" || err != nil {
				t.Errorf("seed %d: Status of %s (-all +one): %v\n%s", seed, s.Vendor, err, diff)
			}
			if !s.Watched() {
				continue
			}
			want.Watched++
			if s.Readable() {
				want.Readable++
			}
			if !s.Well() {
				want.Unwell = append(want.Unwell, s)
			}
		}
		got, err := f.Present(ctx, t0)
		if diff := gocmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("seed %d: Present (-want +got): %v\n%s", seed, err, diff)
		}
		part, total, err := f.StatusesByName(ctx, t0, 20, 30)
		if diff := gocmp.Diff(all[30:50], part); diff != "" || err != nil || total != len(all) {
			t.Errorf("seed %d: StatusesByName (-want +got): %d, %v\n%s", seed, total, err, diff)
		}
		var byNumber []query.Status
		for after := int64(0); ; {
			part, err := f.StatusesAfter(ctx, t0, after, 7)
			if err != nil {
				t.Fatal(err)
			}
			if len(part) == 0 {
				break
			}
			byNumber, after = append(byNumber, part...), part[len(part)-1].VendorID
		}
		sorted := slices.SortedFunc(slices.Values(all),
			func(a, b query.Status) int { return cmp.Compare(a.VendorID, b.VendorID) })
		if diff := gocmp.Diff(sorted, byNumber); diff != "" {
			t.Errorf("seed %d: StatusesAfter (-want +got)\n%s", seed, diff)
		}
		health, err := f.SourceHealth(ctx, t0)
		if err != nil {
			t.Fatal(err)
		}
		var worstFirst []query.SourceHealth
		for offset := 0; offset < len(health); offset += 9 {
			part, total, err := f.SourcesByHealth(ctx, t0, 9, offset)
			if err != nil || total != len(health) {
				t.Fatalf("seed %d: %d pages, %v", seed, total, err)
			}
			worstFirst = append(worstFirst, part...)
		}
		order := func(h query.SourceHealth) string {
			return fmt.Sprint(h.Watched == 0, h.Health == "ok", h.Watched == 0 || h.Health != "unreadable",
				h.Watched == 0 || h.LastSuccessAt != "", h.Vendor, fmt.Sprintf(" %9d", h.SourceID))
		}
		ranked := slices.SortedFunc(slices.Values(health),
			func(a, b query.SourceHealth) int { return cmp.Compare(order(a), order(b)) })
		if diff := gocmp.Diff(ranked, worstFirst); diff != "" {
			t.Errorf("seed %d: SourcesByHealth (-want +got)\n%s", seed, diff)
		}
		count := query.SourceCount{}
		failing := map[int64]string{}
		for _, h := range health {
			if h.Watched == 1 {
				count.Watched++
				count.NewestAt = max(count.NewestAt, h.LastSuccessAt)
			}
			if h.Health != "ok" && h.Health != "not_watched" {
				count.NotOk++
				failing[h.SourceID] = h.Health
			}
		}
		if got, err := f.SourceCount(ctx, t0); got != count || err != nil {
			t.Errorf("seed %d: SourceCount %+v, %v; want %+v", seed, got, err, count)
		}
		sources, n, err := f.FailingSources(ctx, t0, 1000)
		gotFailing := map[int64]string{}
		for _, h := range sources {
			gotFailing[h.SourceID] = h.Health
		}
		if diff := gocmp.Diff(failing, gotFailing); diff != "" || err != nil || n != len(failing) {
			t.Errorf("seed %d: FailingSources (-want +got): %d, %v\n%s", seed, n, err, diff)
		}
		each, err := f.ScrapeHealth(ctx, t0)
		if err != nil {
			t.Fatal(err)
		}
		each = slices.DeleteFunc(each, func(h query.ScrapeHealth) bool { return h.Health == "ok" })
		scrapes, err := f.FailingScrapes(ctx, t0)
		if diff := gocmp.Diff(each, scrapes); diff != "" || err != nil {
			t.Errorf("seed %d: FailingScrapes (-want +got): %v\n%s", seed, err, diff)
		}
	}
}
