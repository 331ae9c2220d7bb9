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
	"vendorwatch/normalize/racetest"
)

// idEntry is an entry of a document: an incident of that id, whose title says what it is, that began after that many
// hours and lasted one.
func idEntry(document, id, title string, hours int) normalize.Raw {
	at := func(minutes int) normalize.RawTime {
		return normalize.RawTime{Text: t0.Add(time.Duration(hours)*time.Hour +
			time.Duration(minutes)*time.Minute).Format(time.RFC3339)}
	}
	return normalize.Raw{Document: document, ID: id, Title: title, State: "resolved", Started: at(0), Resolved: at(60),
		Updates: []normalize.RawUpdate{
			{State: "investigating", Posted: at(1), Body: "We look into it."},
			{State: "resolved", Posted: at(60), Body: title + " is over."},
		}}
}

// read saves what documents said, as one pass.
func (f *file) read(at time.Time, archived bool, raws ...normalize.Raw) {
	f.t.Helper()
	incidents, findings := normalize.Incidents(raws, normalize.Words{})
	f.save(record.Scrape{At: at, Archived: archived, Incidents: incidents, Findings: findings})
}

func (f *file) keysAndTitles() string {
	f.t.Helper()
	return strings.Join(f.rows(`SELECT title, source_key, (SELECT count(*) FROM incident_updates u
		WHERE u.incident_id = i.incident_id AND removed_at IS NULL) FROM incidents i ORDER BY started_at, title`), "; ")
}

// TestIncidentsOfOneIDInTheRecord holds that two incidents with one id are two records, once each, whatever documents
// and passes they come from, and that a finding says so.
func TestIncidentsOfOneIDInTheRecord(t *testing.T) {
	a, b := idEntry("list", "x", "Anvils float", 1), idEntry("list", "x", "Rockets late", 5)
	other := func(document string, r normalize.Raw) normalize.Raw { r.Document = document; return r }
	renamed := idEntry("list", "x", "Anvils do float", 1)
	moved := a
	moved.Started = idEntry("list", "x", "", 0).Started
	both := "Anvils float|x@2026-11-23T10:00Z|2; Rockets late|x@2026-11-23T14:00Z|2"
	open := idEntry("list", "x", "Anvils float", 1)
	open.State, open.Resolved, open.Updates = "investigating", normalize.RawTime{}, open.Updates[:1]
	for _, tt := range []struct {
		name   string
		passes [][]normalize.Raw
		want   string
		tell   bool
	}{
		{"one document", [][]normalize.Raw{{a, b}}, both, true},
		{"one document, again and again", [][]normalize.Raw{{a, b}, {a, b}, {b, a}}, both, true},
		{"list and detail", [][]normalize.Raw{{a, other("detail", b)}}, both, true},
		{"list and feed", [][]normalize.Raw{{a, b, other("feed_item", a), other("feed_item", b)}}, both, true},
		{"two pages of history", [][]normalize.Raw{{b}, {a}}, both, true},
		{"the older one first", [][]normalize.Raw{{a}, {b}}, both, true},
		{"first one, then both, then one", [][]normalize.Raw{{a}, {a, b}, {b}, {a}}, both, true},
		{"open when the other one comes", [][]normalize.Raw{{open}, {open, b}, {a}, {b}}, both, true},
		{"another title", [][]normalize.Raw{{a}, {renamed}}, "Anvils do float|x|2", false},
		{"another start", [][]normalize.Raw{{a}, {moved}}, "Anvils float|x|2", false},
		{"one of two has another title", [][]normalize.Raw{{a, b}, {renamed, b}},
			"Anvils do float|x@2026-11-23T10:00Z|2; Rockets late|x@2026-11-23T14:00Z|2", true},
		{"a third one, when two are known", [][]normalize.Raw{{a, b}, {idEntry("list", "x", "Glue is dry", 2)}},
			"Anvils float|x@2026-11-23T10:00Z|2; Glue is dry|x@2026-11-23T11:00Z|2; " +
				"Rockets late|x@2026-11-23T14:00Z|2", true},
	} {
		for _, archived := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, saved %v", tt.name, archived), func(t *testing.T) {
				f := newFile(t)
				for n, raws := range tt.passes {
					f.read(t0.Add(240*time.Hour+time.Duration(n)*time.Minute), archived, raws...)
				}
				if got := f.keysAndTitles(); got != tt.want {
					t.Errorf("it holds %s\nwant %s", got, tt.want)
				}
				if told := f.rows(`SELECT * FROM findings WHERE field = 'source_key'`); (len(told) > 0) != tt.tell {
					t.Errorf("findings %q", told)
				}
			})
		}
	}
}

// TestPostsOfOneID holds that two posts with one id are two, whatever documents they come from, and an edited post one.
func TestPostsOfOneID(t *testing.T) {
	post := func(id, at, body string) normalize.RawUpdate {
		return normalize.RawUpdate{ID: id, State: "investigating", Posted: normalize.RawTime{Text: at}, Body: body}
	}
	one := post("u", "2026-11-23T10:00:00Z", "We look into it.")
	two := post("u", "2026-11-23T10:30:00Z", "A magnet was left on.")
	raw := func(document string, posts ...normalize.RawUpdate) normalize.Raw {
		return normalize.Raw{Document: document, ID: "i", Title: "Anvils float", Updates: posts}
	}
	for _, tt := range []struct {
		name   string
		passes [][]normalize.Raw
		want   []string
		tell   bool
	}{
		{"one document", [][]normalize.Raw{{raw("list", one, two)}}, []string{one.Body, two.Body}, true},
		{"twice the same", [][]normalize.Raw{{raw("list", one, one)}}, []string{one.Body}, false},
		{"list and detail", [][]normalize.Raw{{raw("list", one), raw("detail", two)}},
			[]string{one.Body, two.Body}, true},
		{"list, and later detail", [][]normalize.Raw{{raw("list", one)}, {raw("detail", two)}},
			[]string{one.Body, two.Body}, true},
		{"edited", [][]normalize.Raw{{raw("list", one)}, {raw("list", two)}}, []string{two.Body}, false},
		{"two pages of a list", [][]normalize.Raw{{raw("list", one), raw("list", two)}},
			[]string{one.Body, two.Body}, true},
		{"two pages with ids", [][]normalize.Raw{{raw("list", one), raw("list", post("v", two.Posted.Text, two.Body))}},
			[]string{one.Body, two.Body}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFile(t)
			for range 2 {
				for n, raws := range tt.passes {
					f.read(t0.Add(240*time.Hour+time.Duration(n)*time.Minute), true, raws...)
				}
			}
			got := f.rows(`SELECT body FROM incident_updates WHERE removed_at IS NULL ORDER BY posted_at`)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if told := f.rows(`SELECT * FROM findings WHERE field = 'updates'`); (len(told) > 0) != tt.tell {
				t.Errorf("findings %q", told)
			}
		})
	}
}

// TestAnyIncidentsOfAnyIDs holds, for any incidents that share any ids and are shown by any documents in any order,
// that each is stored once.
func TestAnyIncidentsOfAnyIDs(t *testing.T) {
	racetest.Skip(t, "saves one scrape after the other")
	rapid.Check(t, func(rt *rapid.T) {
		f := newFile(t)
		number := rapid.IntRange(1, 5).Draw(rt, "incidents")
		ids := make([]string, number)
		for n := range ids {
			ids[n] = rapid.SampledFrom([]string{"x", "y", "x@y"}).Draw(rt, "id")
		}
		shown := map[int]bool{}
		for pass := range rapid.IntRange(1, 4).Draw(rt, "passes") {
			var raws []normalize.Raw
			for _, n := range rapid.SliceOfDistinct(rapid.IntRange(0, number-1), rapid.ID[int]).Draw(rt, "shown") {
				document := rapid.SampledFrom([]string{"list", "detail", "feed_item"}).Draw(rt, "document")
				raws = append(raws, idEntry(document, ids[n], fmt.Sprintf("Trouble %c", 'A'+n), 3*n))
				shown[n] = true
			}
			f.read(t0.Add(240*time.Hour+time.Duration(pass)*time.Minute), rapid.Bool().Draw(rt, "saved"), raws...)
		}
		var want []string
		for n := range number {
			if shown[n] {
				want = append(want, fmt.Sprintf("Trouble %c|2", 'A'+n))
			}
		}
		got := f.rows(`SELECT title, (SELECT count(*) FROM incident_updates u WHERE u.incident_id = i.incident_id)
			FROM incidents i ORDER BY title`)
		if !slices.Equal(got, want) {
			rt.Fatalf("it holds %q, want %q", got, want)
		}
	})
}
