package normalize

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// seenAt is a reading of raws at so many minutes after noon.
func seenAt(minutes int, raws ...Raw) Reading {
	return Reading{Raws: raws, Seen: day.Add(time.Duration(minutes) * time.Minute)}
}

func stampOf(t time.Time) RawTime { return RawTime{Text: t.Format(time.RFC3339Nano)} }

// life is what a vendor shows of one incident, state by state: posts are added, edited and taken back, words change.
func life(t *rapid.T) []Raw {
	raw := Raw{
		ID:         "abc",
		URL:        "https://status.acme.example/incidents/abc",
		Kind:       "incident",
		Title:      "Logins fail",
		Impact:     "minor",
		Started:    stampOf(day.Add(-time.Hour)),
		Created:    stampOf(day.Add(-50 * time.Minute)),
		Components: []RawComponent{{ID: "c1", Name: "Web", Group: "EU"}, {ID: "c2", Name: "API"}},
	}
	var states []Raw
	words := []string{"investigating", "identified", "monitoring", "resolved"}
	posts := 0
	for n := range rapid.IntRange(1, 8).Draw(t, "states") {
		at := day.Add(time.Duration(10*n) * time.Minute)
		next := raw
		next.Updates, next.Components = slices.Clone(raw.Updates), slices.Clone(raw.Components)
		switch change := rapid.IntRange(0, 6).Draw(t, "change"); {
		case change <= 2 || len(next.Updates) == 0:
			next.State = rapid.SampledFrom(words).Draw(t, "state")
			next.Updates = append(
				next.Updates,
				RawUpdate{ID: fmt.Sprintf("u%d", posts), State: next.State, Posted: stampOf(at.Add(-7 * time.Second)),
					Body: fmt.Sprintf("Post **%d** about it.", posts), Format: FormatMarkdown},
			)
			posts++
		case change == 3:
			next.Title = fmt.Sprintf("Logins fail, take %d", n)
		case change == 4:
			next.Impact = rapid.SampledFrom([]string{"minor", "major", "critical"}).Draw(t, "impact")
		case change == 5:
			next.Updates[len(next.Updates)-1].Body += fmt.Sprintf(" Edited %d.", n)
		case len(next.Updates) > 1:
			next.Updates = next.Updates[1:]
		}
		next.Resolved = RawTime{}
		if next.State == "resolved" {
			next.Resolved = stampOf(at)
		}
		next.Updated = stampOf(at)
		states, raw = append(states, next), next
	}
	return states
}

// readings shows some states of a life in several kinds of documents.
func readings(t *rapid.T) []Reading {
	var out []Reading
	for n, raw := range life(t) {
		docs := documents(raw)
		for _, d := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(docs)-1), 1, len(docs), rapid.ID[int]).Draw(t,
			"documents") {
			out = append(out, seenAt(10*n+rapid.IntRange(0, 9).Draw(t, "minutes"), docs[d]))
		}
	}
	return out
}

func TestFoldDoesNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := readings(t)
		want := Fold(slices.Clone(in))
		if diff := cmp.Diff(want, Fold(rapid.Permutation(in).Draw(t, "order"))); diff != "" {
			t.Fatalf("another order gives another record (-want +got)\n%s", diff)
		}
		twice := append(slices.Clone(in), rapid.SliceOf(rapid.SampledFrom(in)).Draw(t, "again")...)
		if diff := cmp.Diff(want, Fold(rapid.Permutation(twice).Draw(t, "order"))); diff != "" {
			t.Fatalf("what was read twice gives another record (-want +got)\n%s", diff)
		}
	})
}

// What the vendor changed is on record once, with the reading that first had it, however many readings follow. One
// kind of document is read, each state twice, so that nothing is held back as a copy.
func TestRevisionsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in []Reading
		before := []Revision{}
		for n, raw := range life(t) {
			raw.Document = "incident"
			r := seenAt(10*n, raw)
			r.Until = r.Seen.Add(5 * time.Minute)
			in = append(in, r)
			now := Fold(in).Revisions
			if len(now) < len(before) || len(before) > 0 && cmp.Diff(before, now[:len(before)]) != "" {
				t.Fatalf("a later reading changed what was on record:\n%s", cmp.Diff(before, now))
			}
			for _, r := range now[len(before):] {
				if !r.Seen.Equal(in[n].Seen) {
					t.Fatalf("%+v has the time of another reading", r)
				}
			}
			before = now
		}
		got := Fold(in)
		last := in[len(in)-1].Raws[0]
		if i := got.Incident; i.Title != last.Title || string(i.Severity) != last.Impact ||
			i.VendorState != last.State ||
			len(i.Updates) != len(last.Updates) {
			t.Fatalf("%+v is not what was read last: %+v", i, last)
		}
	})
}

// Documents of one truth give one record, in which no vendor edited anything.
func TestDocumentsOfOneTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := documents(truth(t))
		var in []Reading
		for n, d := range rapid.Permutation([]int{0, 1, 2, 3}).Draw(t, "order") {
			in = append(in, seenAt(2000000+n, docs[d]))
		}
		got, want := Fold(in), Fold([]Reading{seenAt(2000000, docs[0])})
		if len(got.Revisions) > 0 {
			t.Fatalf("documents of one truth were taken for edits: %+v", got.Revisions)
		}
		if len(got.Incident.Updates) != len(want.Incident.Updates) {
			t.Fatalf("%d posts, of %d", len(got.Incident.Updates), len(want.Incident.Updates))
		}
		want.Incident.Raws, got.Incident.Raws = nil, nil
		for n := range want.Updates {
			want.Updates[n].FirstSeen, want.Updates[n].Keys = got.Updates[n].FirstSeen, got.Updates[n].Keys
		}
		if diff := cmp.Diff(want.Incident, got.Incident); diff != "" {
			t.Fatalf("all documents say less than the best (-best +all)\n%s", diff)
		}
		if diff := cmp.Diff(want.Updates, got.Updates); diff != "" {
			t.Fatalf("posts (-best +all)\n%s", diff)
		}
	})
}

// short lists a record's revisions.
func short(r Record) []string {
	out := []string{}
	for _, v := range r.Revisions {
		out = append(
			out,
			strings.TrimSpace(fmt.Sprintf("%s %s %s→%s @%s", v.UpdateKey, v.Field, v.Old, v.New, v.Seen.Sub(day))),
		)
	}
	return out
}

func TestEditsOnRecord(t *testing.T) {
	base := func() Raw {
		raw := outage()
		raw.Document = "summary"
		raw.Components = []RawComponent{{ID: "c1", Name: "Web", Group: "EU"}, {ID: "c2", Name: "API"}}
		raw.Created = stampOf(day.Add(-2 * time.Hour))
		return raw
	}
	for name, c := range map[string]struct {
		edit func(r *Raw)
		want []string
	}{
		"nothing": {func(*Raw) {}, []string{}},
		"a title": {func(r *Raw) { r.Title = "Logins failed" },
			[]string{"title Logins fail→Logins failed @1h0m0s"}},
		"the kind": {func(r *Raw) { r.Kind = "maintenance" }, []string{"kind incident→maintenance @1h0m0s"}},
		"an impact word": {func(r *Raw) { r.Impact = "degraded performance" },
			[]string{"vendor_severity minor→degraded performance @1h0m0s"}},
		"an impact": {func(r *Raw) { r.Impact = "critical" }, []string{"severity minor→critical @1h0m0s"}},
		"when it was made": {func(r *Raw) { r.Created = stampOf(day.Add(-3 * time.Hour)) },
			[]string{"created_at 2026-03-01T10:00:00.000Z→2026-03-01T09:00:00.000Z @1h0m0s"}},
		"emptied components": {func(r *Raw) { r.Components = nil }, []string{"components API, EU › Web→ @1h0m0s"}},
		"a component less": {func(r *Raw) { r.Components = r.Components[:1] },
			[]string{"components API, EU › Web→EU › Web @1h0m0s"}},
		"a post": {func(r *Raw) { r.Updates[1].Body = "Another." },
			[]string{"u2 body " + outage().Updates[1].Body + "→Another. @1h0m0s"}},
		"a post taken away": {func(r *Raw) { r.Updates = slices.Delete(r.Updates, 1, 2) },
			[]string{"u2 removed_at →2026-03-01T13:00:00.000Z @1h0m0s"}},
		"a start": {func(r *Raw) { r.Started = stampOf(day.Add(-4 * time.Hour)) },
			[]string{"started_at 2026-03-01T10:00:00.368Z→2026-03-01T08:00:00.000Z @1h0m0s"}},
		"a document's silence": {func(r *Raw) {
			r.Document, r.Components, r.Created, r.Impact, r.Updates = "line", nil, RawTime{}, "", nil
		}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			was, is := base(), base()
			is.Updates, is.Components = slices.Clone(is.Updates), slices.Clone(is.Components)
			c.edit(&is)
			if is.Kind == "" {
				was.Kind, is.Kind = "incident", "incident"
			} else {
				was.Kind = "incident"
			}
			if diff := cmp.Diff(c.want, short(Fold([]Reading{seenAt(60, is), seenAt(0, was)}))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Of two posts of one minute and text, one is taken away: one is gone, and one stays.
func TestOneOfTwoTwinsIsTakenAway(t *testing.T) {
	post := func(id string) RawUpdate {
		return RawUpdate{ID: id, State: "investigating", Posted: printedAt("2026-03-01T10:00:00Z"),
			Body: "We look into it."}
	}
	for _, ids := range [][2]string{{"", ""}, {"a", "b"}} {
		raw := Raw{
			Document: "page",
			ID:       "i",
			Title:    "x",
			State:    "investigating",
			Updates:  []RawUpdate{post(ids[0]), post(ids[1])},
		}
		less := raw
		less.Updates = raw.Updates[:1]
		got := Fold([]Reading{seenAt(0, raw), seenAt(60, less)})
		var removed []bool
		for _, u := range got.Updates {
			removed = append(removed, !u.RemovedAt.IsZero())
		}
		if diff := cmp.Diff([]bool{false, true}, removed); diff != "" || len(got.Incident.Updates) != 1 ||
			got.Updates[0].Key == got.Updates[1].Key {
			t.Errorf("ids %q: %s %+v", ids, diff, got.Updates)
		}
	}
}

// A vendor's cache hands out an old page between two newer ones; another vendor takes a post back.
func TestStaleCopiesAndRetractions(t *testing.T) {
	page := func(posts int, state string) Raw {
		raw := Raw{Document: "summary", ID: "i", Title: "x", State: state}
		for n := range posts {
			posted := stampOf(day.Add(time.Duration(n-60) * time.Minute))
			raw.Updates = append(
				raw.Updates,
				RawUpdate{ID: fmt.Sprint(n), State: "investigating", Posted: posted, Body: fmt.Sprint("Post ", n)},
			)
			raw.Updated = posted
		}
		return raw
	}
	one, two, three := page(1, "investigating"), page(2, "identified"), page(3, "monitoring")
	over := page(1, "resolved")
	for _, c := range []struct {
		name     string
		readings []Reading
		state    State
		posts    int
		edits    int
	}{
		{"a copy between two newer ones", []Reading{seenAt(0, one), seenAt(5, two), seenAt(10, one), seenAt(15, two)},
			StateIdentified, 2, 0},
		{"a copy, and the page has gone on", []Reading{seenAt(0, one), seenAt(5, two), seenAt(10, one),
			seenAt(15, three)}, StateMonitoring, 3, 0},
		{"a copy that was read twice", []Reading{seenAt(0, one), seenAt(5, two),
			{Raws: []Raw{one}, Seen: day.Add(10 * time.Minute), Until: day.Add(15 * time.Minute)}, seenAt(20, two)},
			StateIdentified, 2, 0},
		{"a copy of what was never read", []Reading{seenAt(5, three), seenAt(10, two), seenAt(15, three)},
			StateMonitoring, 3, 0},
		{"read once so far", []Reading{seenAt(0, one), seenAt(5, two), seenAt(10, one)}, StateIdentified, 2, 0},
		{"read twice", []Reading{seenAt(0, one), seenAt(5, two),
			{Raws: []Raw{one}, Seen: day.Add(10 * time.Minute), Until: day.Add(15 * time.Minute)}}, StateInvestigating,
			1, 1},
		{"read once, long after", []Reading{seenAt(0, one), seenAt(5, two), seenAt(65, one)}, StateInvestigating, 1, 1},
		{"taken back, then over", []Reading{seenAt(0, one), seenAt(5, two), seenAt(10, one), seenAt(15, over)},
			StateResolved, 1, 1},
		{"taken back and over at once", []Reading{seenAt(0, one), seenAt(5, two), seenAt(10, over)}, StateResolved, 1,
			1},
	} {
		got := Fold(c.readings)
		if got.Incident.State != c.state || len(got.Incident.Updates) != c.posts || len(got.Revisions) != c.edits {
			t.Errorf("%s: %s with %d posts, %v", c.name, got.Incident.State, len(got.Incident.Updates), short(got))
		}
	}
}

func TestPlannedWorkThatBecomesAnIncident(t *testing.T) {
	planned := Raw{
		Document:       "summary",
		ID:             "m",
		Kind:           "maintenance",
		Title:          "Switch",
		State:          "in_progress",
		Impact:         "maintenance",
		ScheduledStart: stampOf(day),
		ScheduledEnd:   stampOf(day.Add(time.Hour)),
	}
	failed := planned
	failed.Kind, failed.State, failed.Impact, failed.ScheduledStart, failed.ScheduledEnd = "incident", "investigating",
		"critical", RawTime{}, RawTime{}
	got := Fold([]Reading{seenAt(0, planned), seenAt(60, failed)})
	if got.Incident.Kind != KindIncident || got.Incident.Severity != SeverityCritical ||
		!got.Incident.ScheduledStartAt.IsZero() {
		t.Errorf("%+v", got.Incident)
	}
	word := failed
	word.Impact, word.State = "enormous", "puzzled"
	if got := Fold([]Reading{seenAt(0, word)}); got.Incident.State != StateUnknown ||
		got.Incident.Severity != SeverityUnknown ||
		len(got.Findings) != 2 {
		t.Errorf("%+v %v", got.Incident, got.Findings)
	}
	// It began when the first post said that something is wrong, and not when the work was planned.
	at := func(hour int) RawTime { return stampOf(day.Add(time.Duration(hour) * time.Hour)) }
	failed.Created, failed.Started = at(0), at(0)
	failed.Updates = []RawUpdate{{ID: "1", State: "scheduled", Posted: at(0), Body: "a"},
		{ID: "2", State: "investigating", Posted: at(26), Body: "b"}}
	got = Fold([]Reading{seenAt(27*60, failed)})
	if !got.Incident.StartedAt.Equal(day.Add(26*time.Hour)) || got.StartedBasis != BasisPosted {
		t.Errorf("it began at %s, %s", got.Incident.StartedAt, got.StartedBasis)
	}
	failed.Started = at(25)
	got = Fold([]Reading{seenAt(27*60, failed)})
	if !got.Incident.StartedAt.Equal(day.Add(25*time.Hour)) || got.StartedBasis != BasisStated {
		t.Errorf("stated: it began at %s, %s", got.Incident.StartedAt, got.StartedBasis)
	}
}

func TestBasisOfTimes(t *testing.T) {
	item := func(state, date string) Raw {
		return Raw{
			Document: "feed_item",
			ID:       "1",
			Title:    "Errors",
			State:    state,
			Created:  printedAt(date),
			Started:  printedAt(date),
			Updates:  []RawUpdate{{State: state, Posted: printedAt(date), Body: state}},
		}
	}
	// "10:00 posted to 12:30 seen after 12:20"
	say := func(r Record) string {
		clock := func(t time.Time, b Basis) string {
			if t.IsZero() {
				return strings.TrimSpace("- " + string(b))
			}
			return strings.TrimSpace(t.Format("15:04 ") + string(b))
		}
		s := clock(r.Incident.StartedAt, r.StartedBasis) + ", " + clock(r.Incident.ResolvedAt, r.ResolvedBasis)
		if !r.ResolvedAfter.IsZero() {
			s += " after " + r.ResolvedAfter.Format("15:04")
		}
		return s
	}
	at10, at12 := "2026-03-01T10:00:00Z", "2026-03-01T12:30:00Z"
	timeline := func(change func(r *Raw)) Raw {
		raw := Raw{
			Document: "json",
			ID:       "1",
			Title:    "Errors",
			State:    "resolved",
			Created:  printedAt(at10),
			Updates: []RawUpdate{
				{
					ID:     "a",
					State:  "investigating",
					Posted: printedAt(at10),
					Body:   "a",
				}, {ID: "b", State: "resolved", Posted: printedAt(at12), Body: "b"}},
		}
		change(&raw)
		return raw
	}
	after := func(body, posted string) Raw {
		return timeline(func(r *Raw) {
			r.Created, r.Updates = RawTime{}, r.Updates[1:]
			r.Updates[0].Body, r.Updates[0].Posted = body, printedAt(posted)
		})
	}
	zoned := func(r Raw, zone string) Raw { r.Zone = zone; return r }
	ended := func(r Raw, at string) Raw { r.Resolved = printedAt(at); return r }
	dated := func(r Raw, body string) Raw { r.Updates[0].Body = body; return r }
	for name, c := range map[string]struct {
		readings []Reading
		want     string
	}{
		"a fixed date": {[]Reading{seenAt(0, item("investigating", at10)), seenAt(10, item("monitoring", at10)),
			seenAt(20, item("resolved", at10))}, "10:00 posted, 12:20 seen after 12:10"},
		"a moving date": {[]Reading{seenAt(0, item("investigating", at10)), seenAt(10, item("monitoring", at10)),
			seenAt(50, item("resolved", at12))}, "10:00 posted, 12:30 posted"},
		"over when first met": {[]Reading{seenAt(0, item("resolved", at10))}, "10:00 posted, -"},
		"posts":               {[]Reading{seenAt(60, timeline(func(*Raw) {}))}, "10:00 posted, 12:30 posted"},
		"a start that is none": {[]Reading{seenAt(60, timeline(func(r *Raw) {
			r.Started, r.Resolved = r.Created,
				printedAt(at12)
		}))},
			"10:00 posted, 12:30 posted"},
		"stated": {[]Reading{seenAt(60, timeline(func(r *Raw) {
			r.Started, r.Resolved = printedAt("2026-03-01T09:40:00Z"), printedAt("2026-03-01T12:05:00Z")
		}))},
			"09:40 stated, 12:05 stated"},
		"stated to the second, in the minute of a post": {[]Reading{seenAt(60, timeline(func(r *Raw) {
			r.Started, r.Resolved = printedAt(at10), printedAt(at12)
			r.Created.Text, r.Updates[0].Posted.Text = "2026-03-01T10:00:40Z", "2026-03-01T10:00:40Z"
			r.Updates[1].Posted.Text = "2026-03-01T12:30:56Z"
		}))}, "10:00 stated, 12:30 stated"},
		"stated to the minute, in the minute of a post": {[]Reading{seenAt(60, timeline(func(r *Raw) {
			r.Started, r.Resolved = printedAt("2026-03-01 10:00 UTC"), printedAt("2026-03-01 12:30 UTC")
			r.Updates[1].Posted.Text = "2026-03-01T12:30:56Z"
		}))}, "10:00 posted, 12:30 posted"},
		"an end that a field states, before a late post": {[]Reading{seenAt(60, ended(timeline(func(r *Raw) {
			r.Started = printedAt("2026-03-01T09:00:00Z")
		}), "2026-03-01T09:50:00Z"))}, "09:00 stated, 09:50 stated"},
		"an end that a field states, before it began again": {[]Reading{seenAt(60, ended(timeline(func(r *Raw) {
			r.Updates = append([]RawUpdate{{ID: "0", State: "resolved", Posted: printedAt("2026-03-01T09:50:00Z"),
				Body: "0"}}, r.Updates...)
			r.Started = printedAt("2026-03-01T09:00:00Z")
		}), "2026-03-01T09:50:00Z"))}, "09:00 stated, 12:30 posted"},
		"an end that another document states, before it began again": {[]Reading{
			seenAt(0, Raw{Document: "list", ID: "1", Title: "Errors", State: "resolved",
				Started: printedAt("2026-03-01T09:00:00Z"), Resolved: printedAt("2026-03-01T09:50:00Z")}),
			seenAt(60, timeline(func(*Raw) {}))}, "09:00 stated, 12:30 posted"},
		"cut": {[]Reading{seenAt(60, timeline(func(r *Raw) { r.Excerpt, r.Created = true, RawTime{} }))},
			"10:00, 12:30 posted"},
		"only the end": {[]Reading{seenAt(60,
			timeline(func(r *Raw) { r.Updates = r.Updates[1:]; r.Created = RawTime{} }))}, "12:30, 12:30 posted"},
		"no time at all": {[]Reading{seenAt(60, Raw{Document: "json", ID: "1", Title: "x", State: "resolved"})},
			"-, -"},
		"seen over": {[]Reading{{Raws: []Raw{{Document: "json", ID: "1", Title: "x", State: "investigating"}},
			Seen: day, Until: day.Add(25 * time.Minute)}, seenAt(30,
			Raw{Document: "json", ID: "1", Title: "x", State: "resolved"})}, "-, 12:30 seen after 12:25"},
		"one post, after the fact": {[]Reading{seenAt(60, after("Between 2:50 and 4:55 AM logins failed.", at12))},
			"02:50 stated, 04:55 stated"},
		"one post, after the fact, on a page with a zone": {[]Reading{seenAt(600, zoned(
			after("**Between 2:50 and 4:55 AM** logins failed.", at12), "America/New_York"))},
			"07:50 stated, 09:55 stated"},
		"one post, in text with a date and a zone": {[]Reading{seenAt(60,
			after("The incident began at 2026-03-01 02:50 and ended at 2026-03-01 04:55 (all times are UTC).", at12))},
			"02:50 stated, 04:55 stated"},
		"one post that states no period": {[]Reading{seenAt(60, after("Logins failed for 2 hours.", at12))},
			"12:30, 12:30 posted"},
		"one post that states two": {[]Reading{seenAt(60,
			after("Between 2:50 and 4:55 AM, and between 6:00 and 7:00 AM, logins failed.", at12))},
			"12:30, 12:30 posted"},
		"one post, and a field that states the end": {[]Reading{seenAt(60, ended(
			after("Between 2:50 and 4:55 AM logins failed.", at12), "2026-03-01T05:00:00Z"))},
			"02:50 stated, 05:00 stated"},
		"an end that a field states, before the only post": {[]Reading{seenAt(60, ended(after("It was short.", at12),
			"2026-03-01T05:00:00Z"))}, "-, 05:00 stated"},
		"several posts, of which the last tells of a part": {[]Reading{seenAt(60, timeline(func(r *Raw) {
			r.Updates[1].Body = "Between 10:30 and 11:00 it was worst."
		}))}, "10:00 posted, 12:30 posted"},
		"one post, which is not of the end": {[]Reading{seenAt(60, timeline(func(r *Raw) {
			r.State, r.Updates = "investigating", r.Updates[:1]
			r.Updates[0].Body = "Between 9:00 and 9:30 AM logins failed, and they may again."
		}))}, "10:00 posted, -"},
		"an item that bears the date of its beginning": {[]Reading{seenAt(60,
			dated(item("resolved", at10), "Between 10:00 and 11:30 AM logins failed."))}, "10:00 stated, 11:30 stated"},
		"an item that was written after the fact": {[]Reading{seenAt(60,
			dated(item("resolved", at10), "Between 2:50 and 4:55 AM logins failed."))}, "02:50 stated, 04:55 stated"},
		"work never begun": {[]Reading{seenAt(60, timeline(func(r *Raw) {
			r.Kind, r.State, r.ScheduledStart, r.Updates = "maintenance", "completed", printedAt(at10), nil
		}))}, "-, -"},
	} {
		if got := say(Fold(c.readings)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestStartInTheFuture(t *testing.T) {
	for _, c := range []struct {
		state, started string
		want           int
	}{
		{"investigating", "2026-03-01T12:20:00Z", 0},
		{"investigating", "2026-03-01T15:00:00Z", 1},
		{"resolved", "2026-03-01T15:00:00Z", 0},
	} {
		raw := Raw{Document: "json", ID: "1", Title: "x", State: c.state, Started: printedAt(c.started)}
		got := Fold([]Reading{seenAt(0, raw), seenAt(240, raw)})
		if len(got.Findings) != c.want || c.want > 0 && got.Findings[0].Field != "started_at" {
			t.Errorf("%+v: %+v", c, got.Findings)
		}
	}
}

// life of one incident with posts of ordinary length, read after each.
func manyReadings(posts int) []Reading {
	raw := outage()
	raw.Document, raw.Updates = "summary", nil
	var out []Reading
	for n := range posts {
		raw.Updates = append(
			slices.Clone(raw.Updates),
			RawUpdate{ID: fmt.Sprint("u", n), State: "monitoring",
				Posted: stampOf(day.Add(time.Duration(n) * time.Minute)),
				Format: FormatMarkdown, Body: fmt.Sprintf("We are looking into reports of **elevated** error rates "+
					"for %d requests, and will tell more [here](https://x.example/%d).", n, n)},
		)
		raw.Updated = raw.Updates[n].Posted
		out = append(out, seenAt(n, raw))
	}
	return out
}

func BenchmarkFold(b *testing.B) {
	for _, n := range []int{1, 5, 30} {
		in := manyReadings(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(in)
			}
		})
	}
}

// What one document lacks, another one gives: the key, the address, and the whole timeline.
func TestDocumentsCompleteEachOther(t *testing.T) {
	at := printedAt("2026-11-23 10:00")
	line := Raw{Document: "history", Title: "Errors", State: "resolved", Created: at, Excerpt: true}
	whole := Raw{Document: "incident", ID: "i1", Title: "Errors", State: "resolved", Created: at,
		URL:     "https://status.acme.example/incidents/i1",
		Updates: []RawUpdate{{ID: "u1", State: "resolved", Posted: at, Body: "It is over."}}}
	alone := Fold([]Reading{seenAt(0, line)}).Incident
	if !WeakKey(alone.Key) || !alone.Excerpt || alone.URL != "" {
		t.Errorf("a line of the history alone: %+v", alone)
	}
	for _, in := range [][]Reading{
		{seenAt(0, line), seenAt(5, whole)}, {seenAt(0, whole), seenAt(5, line)},
	} {
		if got := Fold(in).Incident; got.Key != "i1" || got.Excerpt || got.URL != whole.URL {
			t.Errorf("both: %+v", got)
		}
	}
}
