package db_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

const (
	oldPage = "https://status.acme.example"
	newPage = "https://acme.other.example"
)

// otherwise is an incident as another platform tells it: other ids, other documents, times without seconds.
func otherwise(raw normalize.Raw) normalize.Raw {
	raw.Document = "payload"
	raw.ID, raw.URL = "other-"+raw.ID, newPage+"/incident/other-"+raw.ID
	updates := raw.Updates
	raw.Updates = nil
	for _, u := range updates {
		u.ID = "other-" + u.ID
		raw.Updates = append(raw.Updates, u)
	}
	return raw
}

func movedTo(s record.Scrape) record.Scrape {
	s.Moved = &record.Move{PageURL: newPage + "/", Platform: "instatus"}
	return s
}

// TestAMoveKeepsTheRecordWhole holds that what both platforms tell of is stored and told once, that what happened
// meanwhile is told, and that the rest of the new page's history is not.
func TestAMoveKeepsTheRecordWhole(t *testing.T) {
	f := newFile(t)
	f.baseline()
	open, ended, gone := outage("a", after(time.Hour), "investigating"),
		outage("b", after(-9*time.Hour), "investigating", "resolved"), outage("g", after(2*time.Hour), "investigating")
	open.Title, ended.Title, gone.Title = "API requests fail", "Logins are slow", "Mail is late"
	f.save(seen(after(3*time.Hour), affecting(open, part("1", "Core", "API", "")), ended, gone))
	before := f.rows(`SELECT incident_id, title FROM incidents ORDER BY incident_id`)

	open.Updates = append(open.Updates, normalize.RawUpdate{ID: "a-more", State: "identified",
		Posted: at(after(4 * time.Hour)), Body: "We found it.", Format: normalize.FormatMarkdown})
	open.State = "identified"
	meanwhile := outage("m", after(3*time.Hour+10*time.Minute), "investigating", "resolved")
	meanwhile.Title = "Search was down"
	history := outage("h", after(-300*time.Hour), "investigating", "resolved")
	history.Title = "An old story"
	saved := f.save(movedTo(seen(after(5*time.Hour), affecting(otherwise(open), part("x1", "Core", "API", "")),
		otherwise(ended), otherwise(meanwhile), otherwise(history))))

	want := "source_moved incident_opened incident_resolved update_posted state_changed incident_left_feed"
	if got := sorted(kinds(saved.Events)); got != sorted(want) {
		t.Errorf("told: %s\nwant: %s", kinds(saved.Events), want)
	}
	for _, e := range saved.Events {
		if e.Kind == normalize.EventSourceMoved {
			want := map[string]string{"from_url": oldPage, "from_platform": "statuspage", "to_url": newPage,
				"to_platform": "instatus"}
			if diff := cmp.Diff(want, e.Detail); diff != "" || e.URL != newPage {
				t.Errorf("the move: %s %s", e.URL, diff)
			}
		}
	}
	if got := f.rows(`SELECT incident_id, title FROM incidents ORDER BY incident_id LIMIT 3`); cmp.Diff(before,
		got) != "" {
		t.Errorf("the records from before are %q, were %q", got, before)
	}
	for query, want := range map[string][]string{
		`SELECT source_key FROM incidents ORDER BY incident_id`:  {"other-b", "other-a", "g", "other-h", "other-m"},
		`SELECT source_key FROM former_keys ORDER BY source_key`: {"a", "b"},
		`SELECT u.source_key FROM incident_updates u JOIN incidents i USING (incident_id)
			WHERE title = 'API requests fail' ORDER BY position`: {"other-a-investigating", "other-a-more"},
		`SELECT count(*) FROM revisions`:                                                 {"0"},
		`SELECT count(*) FROM incident_updates WHERE removed_at IS NOT NULL`:             {"0"},
		`SELECT page_url, platform FROM sources`:                                         {newPage + "|instatus"},
		`SELECT count(*) FROM documents`:                                                 {"0"},
		`SELECT name, source_key FROM components`:                                        {"API|@1"},
		`SELECT count(*) FROM incident_components`:                                       {"1"},
		`SELECT title FROM incidents WHERE announced = 0 ORDER BY title`:                 {"An old story"},
		`SELECT json_array_length(raw) FROM incidents WHERE title = 'API requests fail'`: {"2"},
		`SELECT group_concat(value ->> 'document', ' ') FROM incidents, json_each(raw)
			WHERE title = 'API requests fail'`: {"statuspage/summary payload"},
	} {
		got := f.rows(query)
		if strings.Contains(query, "ORDER BY incident_id") {
			got, want = sortedList(got), sortedList(want)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", query, diff)
		}
	}
	// The page read again says nothing new, nor does the whole history, read backwards.
	again := f.save(seen(after(6*time.Hour), affecting(otherwise(open), part("x1", "Core", "API", "")),
		otherwise(ended), otherwise(meanwhile), otherwise(history)))
	if len(again.Events) != 0 || again.Incidents != 0 || again.Updates != 0 {
		t.Errorf("read again: %+v", again)
	}
}

// TestABackfillAfterAMoveFindsTheOldRecords holds that the new page's history is not stored beside the old one's.
func TestABackfillAfterAMoveFindsTheOldRecords(t *testing.T) {
	f := newFile(t)
	old := outage("b", after(-90*time.Hour), "investigating", "resolved")
	f.save(seen(t0, old))
	f.save(movedTo(seen(after(time.Hour))))
	s := seen(after(2*time.Hour), otherwise(old), otherwise(outage("c", after(-190*time.Hour), "investigating",
		"resolved")))
	s.Backfill, s.AllOpen = true, false
	if saved := f.save(s); saved.Incidents != 1 || len(saved.Events) != 0 {
		t.Errorf("the backfill: %+v", saved)
	}
	// An incident of the same words that begins where an old one did is not taken for it a second time.
	twin := otherwise(old)
	twin.ID, twin.URL = "twin", newPage+"/incident/twin"
	f.save(seen(after(3*time.Hour), otherwise(old), twin))
	if got := f.rows(`SELECT source_key FROM incidents ORDER BY source_key`); cmp.Diff([]string{"other-b", "other-c",
		"twin"}, got) != "" {
		t.Errorf("records: %q", got)
	}
}

// TestInDoubtTwoRecordsStayTwo holds that where two records may be the one that a new page tells of, none is taken.
func TestInDoubtTwoRecordsStayTwo(t *testing.T) {
	f := newFile(t)
	one, two := outage("a", after(-5*time.Hour), "investigating"),
		outage("b", after(-5*time.Hour+4*time.Minute), "investigating")
	one.Title, two.Title = "API requests fail", "API requests fail"
	f.save(seen(t0, one, two))
	three := otherwise(one)
	three.Started = at(after(-5*time.Hour + 2*time.Minute))
	saved := f.save(movedTo(seen(after(time.Hour), three)))
	if saved.Incidents != 1 || !strings.Contains(kinds(saved.Events), "incident_opened") {
		t.Errorf("%+v", saved)
	}
}

// TestAMoveAndBack holds that former keys are known again.
func TestAMoveAndBack(t *testing.T) {
	f := newFile(t)
	raw := outage("a", after(-time.Hour), "investigating")
	f.save(seen(t0, raw))
	f.save(movedTo(seen(after(time.Hour), otherwise(raw))))
	back := seen(after(2*time.Hour), raw)
	back.Moved = &record.Move{PageURL: oldPage, Platform: "statuspage"}
	if saved := f.save(back); kinds(saved.Events) != "source_moved" || saved.Incidents+saved.Updates != 0 {
		t.Errorf("%s %+v", kinds(saved.Events), saved)
	}
	if got := f.rows(`SELECT source_key FROM incidents`); cmp.Diff([]string{"a"}, got) != "" {
		t.Errorf("records: %q", got)
	}
}

// TestANewAddressAlone holds that the page's own keys stay as they are where only the address is another.
func TestANewAddressAlone(t *testing.T) {
	f := newFile(t)
	raw := outage("a", after(-time.Hour), "investigating")
	f.save(seen(t0, raw))
	s := seen(after(time.Hour), raw)
	s.Moved = &record.Move{PageURL: newPage, Platform: "statuspage"}
	if saved := f.save(s); kinds(saved.Events) != "source_moved" || saved.Incidents+saved.Updates+saved.Revisions != 0 {
		t.Errorf("%s %+v", kinds(saved.Events), saved)
	}
	if got := f.rows(`SELECT (SELECT count(*) FROM former_keys), page_url FROM sources`); got[0] != "0|"+newPage {
		t.Errorf("%q", got)
	}
	s.At = after(2 * time.Hour)
	if saved := f.save(s); len(saved.Events) != 0 {
		t.Errorf("told again: %s", kinds(saved.Events))
	}
}

func TestEnsureSourceFollowsMoves(t *testing.T) {
	f := newFile(t)
	f.baseline()
	f.save(movedTo(seen(after(time.Hour))))
	vendor, err := f.EnsureVendor(t.Context(), query.Vendor{Slug: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ url, platform, wantURL, wantPlatform string }{
		{oldPage, "statuspage", newPage, "instatus"}, // the configuration is as it was
		{oldPage + "/", "", newPage, "instatus"},     // as an import names it
		{newPage, "instatus", newPage, "instatus"},   // it was brought up to date
		{oldPage, "instatus", newPage, "instatus"},   // in part
		{oldPage, "feed", oldPage, "feed"},           // it says something else
	} {
		id, err := f.EnsureSource(t.Context(), vendor, c.url, c.platform)
		if err != nil || id != f.source {
			t.Fatalf("%s %s is source %d (%v)", c.url, c.platform, id, err)
		}
		s, err := f.Source(t.Context(), id)
		if err != nil || s.PageURL != c.wantURL || s.Platform != c.wantPlatform {
			t.Errorf("%s %s: %+v (%v)", c.url, c.platform, s, err)
		}
	}
}

func TestAMoveToATakenAddressIsRefused(t *testing.T) {
	f := newFile(t)
	f.baseline()
	vendor, err := f.EnsureVendor(t.Context(), query.Vendor{Slug: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.EnsureSource(t.Context(), vendor, newPage, "instatus"); err != nil {
		t.Fatal(err)
	}
	if err := f.CanMove(t.Context(), f.source, newPage+"/"); !errors.Is(err, record.ErrTaken) {
		t.Error(err)
	}
	s := movedTo(seen(after(time.Hour)))
	s.SourceID = f.source
	if _, err := f.SaveScrape(t.Context(), s); !errors.Is(err, record.ErrTaken) {
		t.Error(err)
	}
	if err := f.CanMove(t.Context(), f.source, "https://third.example"); err != nil {
		t.Error(err)
	}
}

func TestSearches(t *testing.T) {
	f := newFile(t)
	if s, err := f.LastSearch(t.Context(), f.source); err != nil || !s.At.IsZero() {
		t.Errorf("%+v %v", s, err)
	}
	for n, outcome := range []string{"a login page", "instatus"} {
		want := record.Search{At: after(time.Duration(n) * time.Hour), Outcome: outcome}
		if err := f.SaveSearch(t.Context(), f.source, want); err != nil {
			t.Fatal(err)
		}
		if s, err := f.LastSearch(t.Context(), f.source); err != nil || s != want {
			t.Errorf("%+v %v", s, err)
		}
	}
}

func sortedList(list []string) []string { return slices.Sorted(slices.Values(list)) }

func sorted(words string) string { return strings.Join(sortedList(strings.Fields(words)), " ") }
