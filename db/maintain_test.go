package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// lived is a file in which something of everything happened.
func lived(t testing.TB) *file {
	f := newFile(t)
	s := seen(t0, affecting(outage("a", after(-hour), "investigating"), part("1", "Core", "API", "")),
		work("m", after(30*time.Hour), "scheduled"),
		outage("old", after(-100*hour), "investigating", "resolved", "postmortem"))
	s.Components, _ = normalize.Components([]normalize.RawComponent{part("1", "Core", "API", "operational"),
		part("2", "", "Web", "operational")}, normalize.Words{})
	s.AllComponents = true
	s.Findings = []normalize.Finding{{Key: "a", Field: "severity", Value: "purple",
		Problem: "this severity word is unknown"}}
	s.Documents = []query.Document{{URL: "https://status.acme.example/api/v2/summary.json", ETag: `"1"`, Hash: "ab"}}
	s.Took, s.HTTPStatus, s.Requests, s.Bytes, s.Indicator = 120*time.Millisecond, 200, 1, 4000, "minor"
	f.save(s)
	f.save(listed(after(10*time.Minute), part("1", "Core", "API", "partial_outage"),
		part("2", "", "Web", "operational")))
	f.save(seen(after(time.Hour), affecting(edited(outage("a", after(-hour), "investigating", "monitoring"),
		"We know more."), part("1", "Core", "API", "")), work("m", after(30*time.Hour), "scheduled")))
	for n := range 3 {
		f.save(failed(after(time.Duration(n+2) * time.Hour)))
	}
	sent(f)
	movedAway(f)
	incidentsOnly := normalize.Filter{Kinds: []normalize.Kind{normalize.KindIncident}}
	f.must(f.SetFilter(t.Context(), f.source, incidentsOnly, after(7*time.Hour)))
	return f
}

// sent puts a message on record, the lease of whoever sent it, and a mute.
func sent(f *file) {
	f.t.Helper()
	f.plan(ledger.NewDelivery{Channel: "ops", Reason: "first", IncidentID: 1, EventIDs: []int64{1}})
	f.must(f.MarkSending(f.t.Context(), 1, 0, ledger.Hand{At: after(5 * time.Hour)}))
	f.must(f.MarkDelivered(f.t.Context(), 1, after(5*time.Hour), "ok", "1700.1"))
	_, err := f.TakeLease(f.t.Context(), "here 1 a", after(5*time.Hour), func(string) bool { return false })
	f.must(err)
	_, err = f.Act(f.t.Context(), muteOf("acme", 0, after(9*time.Hour)), after(5*time.Hour))
	f.must(err)
}

// movedAway puts on record that the page moved.
func movedAway(f *file) {
	f.t.Helper()
	for _, statement := range []string{
		`INSERT INTO source_moves (source_id, at, from_url, from_platform, to_url, to_platform)
			VALUES (1, ?, 'https://a.example', 'feed', 'https://b.example', 'statuspage')`,
		`INSERT INTO source_searches (source_id, at) VALUES (1, ?)`,
		`INSERT INTO former_keys (source_id, source_key, incident_id, until_at) VALUES (1, 'before', 1, ?)`,
		`INSERT INTO probes (vendor_id, name, url, severity, interval_seconds, last_at)
			VALUES (1, 'API', 'https://api.acme.example', 'major', 60, ?)`,
		`INSERT INTO signals (vendor_id, fingerprint, name, severity, started_at, first_seen_at, last_seen_at)
			VALUES (1, 'f', 'Errors', 'major', ?1, ?1, ?1)`,
		`INSERT INTO incident_signals (incident_id, name, probe_id, from_at, seen_at, severity, text)
			VALUES (1, 'API', 1, ?1, ?1, 'major', 'It fails.')`,
		`INSERT INTO stories (provider, provider_name, region, summary, companies, named_by, started_at, told_at,
			first_seen_at) VALUES ('cloud', 'Cloud', '', 'Two name Cloud.', 2, 2, ?1, ?1, ?1)`,
		`INSERT INTO story_members (incident_id, story_id, evidence, since_at) VALUES (1, 1, 'named', ?)`,
		`INSERT INTO own_outages (from_at, vendors) VALUES (?, '["Acme"]')`,
	} {
		if err := f.exec(statement, normalize.FormatTime(after(6*time.Hour))); err != nil {
			f.t.Fatal(err)
		}
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ damage, want string }{
		"an event of another source": {`UPDATE events SET source_id = 2 WHERE incident_id IS NOT NULL
			AND event_id = 1`, "event 1 is of another source"},
		"an update of another incident": {`UPDATE events SET update_id = (SELECT max(update_id) FROM incident_updates
			WHERE incident_id <> events.incident_id) WHERE kind = 'update_posted'`,
			"names an update of another incident"},
		"a timeline in no order":     {`UPDATE incident_updates SET position = 0`, "updates at position 0"},
		"announced, and nobody told": {`UPDATE incidents SET announced = 1`, "no event tells of it"},
		"open, and yet with an end": {`UPDATE incidents SET resolved_at = '2027-01-01T00:00:00.000Z'
			WHERE source_key = 'a'`, "is open and has an end"},
		"a component without its change": {`UPDATE components SET status = 'unknown' WHERE source_key = '1'`,
			"its newest recorded change says partial_outage"},
		"failures since no time": {`UPDATE sources SET failing_since_at = NULL`, "no time since when"},
		"a reference to nothing": {`PRAGMA foreign_keys = OFF; DELETE FROM components WHERE source_key = '1'`,
			"that does not exist"},
		"a component of another source": {`UPDATE components SET source_id = 2 WHERE source_key = '1'`,
			"of another source"},
		"a revision for another's update": {`UPDATE revisions SET incident_id = 3`,
			"revision 1 names an update of another incident"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "copy.db")
			f := lived(t)
			f.addSource("other")
			if err := f.file.Backup(t.Context(), path); err != nil {
				t.Fatal(err)
			}
			d, err := db.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if problems, err := d.Check(t.Context()); err != nil || len(problems) > 0 {
				t.Fatalf("before the damage: %v %v", err, problems)
			}
			if _, err := d.Writer().ExecContext(t.Context(), c.damage); err != nil {
				t.Fatal(err)
			}
			problems, err := d.Check(t.Context())
			if err != nil || !strings.Contains(strings.Join(problems, "\n"), c.want) {
				t.Errorf("%v %q, want %q", err, problems, c.want)
			}
		})
	}
}

func TestBackup(t *testing.T) {
	f := lived(t)
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := f.file.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := f.file.Backup(t.Context(), path); !errors.Is(err, os.ErrExist) ||
		!strings.Contains(err.Error(), "never overwrites") {
		t.Errorf("a second backup to the same place: %v", err)
	}
	if err := f.file.Backup(t.Context(), filepath.Join(t.TempDir(), "no", "copy.db")); err == nil ||
		!strings.Contains(err.Error(), "does not exist") {
		t.Errorf("a folder that is not there: %v", err)
	}
	d, err := db.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if diff := cmp.Diff(f.dump(), over(t, d).dump()); diff != "" {
		t.Errorf("the copy differs (-file +copy)\n%s", diff)
	}
	if mode := valueOf(t, path, `PRAGMA journal_mode`); mode != "delete" {
		t.Errorf("reading the copy put it in mode %s", mode)
	}
	again := filepath.Join(t.TempDir(), "again.db")
	if err := d.Backup(t.Context(), again); err != nil {
		t.Errorf("a backup of a file opened for reading: %v", err)
	}
}

func TestPrune(t *testing.T) {
	f := newFile(t)
	f.baseline()
	f.save(record.Scrape{At: after(time.Minute), Unchanged: true})
	f.save(failed(after(2 * time.Minute)))
	f.save(archived(seen(after(3*time.Minute), outage("a", t0, "investigating"))))
	f.save(record.Scrape{At: after(20 * 24 * hour), Unchanged: true})
	if _, err := f.file.Prune(t.Context(), after(20*24*hour), 0); err == nil {
		t.Error("everything would have been deleted")
	}
	for _, c := range []struct {
		now  time.Duration
		gone int64
		left []string
	}{
		{20 * 24 * hour, 2, []string{"failed|0", "changed|1", "unchanged|0"}},
		{20 * 24 * hour, 0, []string{"failed|0", "changed|1", "unchanged|0"}},
		{29 * 24 * hour, 2, []string{"changed|1"}},
	} {
		gone, err := f.file.Prune(t.Context(), after(c.now), 7*24*hour)
		if err != nil || gone != c.gone {
			t.Errorf("after %s: %d deleted, want %d (%v)", c.now, gone, c.gone, err)
		}
		if diff := cmp.Diff(c.left, f.rows(`SELECT outcome, archived FROM scrapes ORDER BY scrape_id`)); diff != "" {
			t.Errorf("after %s (-want +got)\n%s", c.now, diff)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	f := sharedFile(t)
	const vendors, scrapes = 8, 10
	var sources []int64
	for n := range vendors {
		sources = append(sources, f.addSource("vendor"+string(rune('a'+n))))
	}
	f.must(f.EnsureStream(t.Context(), ledger.StreamAlerts, t0))
	second, err := db.Open(t.Context(), f.file.Path()) // as a second program would
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	other := over(t, second)
	var wg sync.WaitGroup
	work := func(fn func(context.Context) error) {
		wg.Go(func() {
			if err := fn(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	for n, source := range sources {
		d := []*file{f, other}[n%2]
		work(func(ctx context.Context) error {
			for k := range scrapes {
				s := seen(after(time.Duration(k)*time.Minute),
					outage("x", t0, []string{"investigating", "identified", "monitoring"}[:1+k%3]...))
				s.SourceID = source
				if _, err := d.SaveScrape(ctx, s); err != nil {
					return err
				}
			}
			return nil
		})
		work(func(ctx context.Context) error {
			for range scrapes {
				if _, err := d.OpenIncidents(ctx); err != nil {
					return err
				}
				if _, err := d.SourceHealth(ctx, t0); err != nil {
					return err
				}
				if _, err := d.SourceState(ctx, source); err != nil {
					return err
				}
			}
			return nil
		})
	}
	work(func(ctx context.Context) error {
		for range scrapes {
			events, err := other.UnplannedEvents(ctx, ledger.StreamAlerts)
			if err != nil || len(events) == 0 {
				return err
			}
			var ids []int64
			for _, e := range events {
				ids = append(ids, e.EventID)
			}
			if err := other.SavePlan(ctx, ledger.StreamAlerts, ids[len(ids)-1], t0,
				[]ledger.NewDelivery{{Channel: "ops", Reason: "first", EventIDs: ids}}, nil); err != nil {
				return err
			}
		}
		return nil
	})
	wg.Wait()
	c, err := f.Counts(t.Context())
	if err != nil || c.Incidents != vendors || c.Updates != 3*vendors || c.Scrapes != vendors*scrapes {
		t.Errorf("%+v %v", c, err)
	}
	left, err := f.UnplannedEvents(t.Context(), ledger.StreamAlerts)
	planned := f.rows(`SELECT event_id FROM delivery_events ORDER BY event_id`)
	if err != nil || len(left)+len(planned) != c.Events || len(slices.Compact(slices.Clone(planned))) != len(planned) {
		t.Errorf("%d events, %d planned, %d left (%v)", c.Events, len(planned), len(left), err)
	}
}
