package db_test

import (
	"testing"
	"time"

	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// elsewhere is a scrape that proves nothing about what is open, such as of an incident's own page.
func elsewhere(at time.Time, raws ...normalize.Raw) record.Scrape {
	return record.Scrape{At: at, Incidents: read(raws...)}
}

// line is an incident as a history page lists it: its period and last words, without a state or a timeline.
func line(raw normalize.Raw) normalize.Raw {
	raw.Started, raw.Resolved = raw.Updates[0].Posted, raw.Updates[len(raw.Updates)-1].Posted
	raw.Document, raw.Message, raw.Excerpt = "history", raw.Updates[len(raw.Updates)-1].Body, true
	raw.Updates, raw.State, raw.Created, raw.Updated = nil, "", normalize.RawTime{}, normalize.RawTime{}
	return raw
}

// Gone from the list of open ones is not resolved: how it ended is what a later document says, if one does.
func TestWhatBecameOfIncidentsThatLeft(t *testing.T) {
	const record = `SELECT state, left_feed_at, resolved_at, (SELECT count(*) FROM v_open) FROM incidents`
	a, over := outage("a", after(hour), "investigating", "monitoring"),
		outage("a", after(hour), "investigating", "monitoring", "resolved")
	left := []step{
		{scrape: seen(t0)},
		{scrape: seen(after(hour), a), events: "incident_opened"},
		{scrape: archived(seen(after(2 * hour))), events: "incident_left_feed",
			query: record, rows: []string{"monitoring|2026-11-23T11:00:00.000Z|NULL|0"}},
	}
	ended := []string{"resolved|NULL|2026-11-23T10:10:00.000Z|0"}
	for name, steps := range map[string][]step{
		"nothing more is heard of it: it keeps its last state": {
			{scrape: seen(after(3 * hour)), query: record,
				rows: []string{"monitoring|2026-11-23T11:00:00.000Z|NULL|0"}},
			{scrape: seen(after(4 * hour)), query: record,
				rows: []string{"monitoring|2026-11-23T11:00:00.000Z|NULL|0"}},
		},
		"its own page says how it ended": {
			{scrape: elsewhere(after(3*hour), of("incident_page", over)), events: "update_posted incident_resolved",
				query: record, rows: ended},
			{scrape: seen(after(4 * hour)), query: record, rows: ended},
		},
		"the list of recent incidents says how it ended, long after": {
			{scrape: elsewhere(after(300*hour), of("incidents", over)), events: "update_posted incident_resolved",
				query: record, rows: ended},
		},
		"a line of the history says that it ended": {
			{scrape: elsewhere(after(3*hour), line(over)), events: "incident_resolved",
				query: `SELECT state, left_feed_at, (SELECT count(*) FROM v_open), announced FROM v_incidents`,
				rows:  []string{"resolved|NULL|0|1"}},
		},
		"a backfill finds how it ended, in silence": {
			{scrape: backfill(elsewhere(after(3*hour), of("history", over))),
				query: `SELECT state, resolved_at, (SELECT count(*) FROM v_open) FROM incidents`,
				rows:  []string{"resolved|2026-11-23T10:10:00.000Z|0"}},
		},
		"it comes back as it was: no second opening, and it is not opened again": {
			{scrape: seen(after(3*hour), a), query: record, rows: []string{"monitoring|NULL|NULL|1"}},
		},
		"it comes back with more to say: no second opening": {
			{scrape: seen(after(3*hour), outage("a", after(hour), "investigating", "monitoring", "identified")),
				events: "update_posted state_changed",
				query:  record, rows: []string{"identified|NULL|NULL|1"}},
		},
		"it had been over and is taken up again: that is opened again": {
			{scrape: elsewhere(after(3*hour), of("incident_page", over)), events: "update_posted incident_resolved"},
			{scrape: seen(after(4*hour), reopened(over, after(4*hour))), events: "update_posted incident_reopened",
				query: record, rows: []string{"investigating|NULL|NULL|1"}},
		},
		"it leaves a second time: that is news again": {
			{scrape: seen(after(3*hour), a)},
			{scrape: seen(after(4 * hour)), events: "incident_left_feed", query: record,
				rows: []string{"monitoring|2026-11-23T13:00:00.000Z|NULL|0"}},
		},
		"a document that is no list of open ones shows it as it was: it stays gone": {
			{scrape: elsewhere(after(3*hour), of("incident_page", a)), query: record,
				rows: []string{"monitoring|2026-11-23T11:00:00.000Z|NULL|0"}},
			{scrape: elsewhere(after(4*hour), of("incident_page", a)), query: record,
				rows: []string{"monitoring|2026-11-23T11:00:00.000Z|NULL|0"}},
		},
		"such a document has more to say: it goes on": {
			{scrape: elsewhere(after(3*hour), of("incident_page",
				outage("a", after(hour), "investigating", "monitoring", "identified"))),
				events: "update_posted state_changed", query: record, rows: []string{"identified|NULL|NULL|1"}},
		},
		"an older saved page that still shows it does not bring it back": {
			{scrape: archived(seen(after(hour+30*time.Minute), a)), query: record,
				rows: []string{"monitoring|2026-11-23T11:00:00.000Z|NULL|0"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			newFile(t).live(t, append(left[:len(left):len(left)], steps...))
		})
	}
}

// What the vendor adds to the past is listed, and announced to nobody; how far back the past begins is a
// setting.
func TestHowFarBackThePastBegins(t *testing.T) {
	for _, c := range []struct {
		name      string
		lateAfter time.Duration
		began     time.Duration // before it was first seen
		states    []string
		events    string
		announced string
	}{
		{"ended 23 hours ago", 24 * hour, 23 * hour, []string{"investigating", "resolved"},
			"incident_opened incident_resolved", "1"},
		{"ended 25 hours ago", 24 * hour, 25 * hour, []string{"investigating", "resolved"}, "incident_opened(late)",
			"0"},
		{"ended 25 hours ago, and two days count as new", 48 * hour, 25 * hour, []string{"investigating", "resolved"},
			"incident_opened incident_resolved", "1"},
		{"ended three hours ago, and an hour counts as old", hour, 3 * hour, []string{"investigating", "resolved"},
			"incident_opened(late)", "0"},
		{"began long ago, and is open", 24 * hour, 900 * hour, []string{"investigating"}, "incident_opened", "1"},
		{"explained at once", 24 * hour, 90 * hour, []string{"investigating", "resolved", "postmortem"},
			"incident_opened(late)", "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFile(t)
			f.LateAfter = c.lateAfter
			f.live(t, []step{
				{scrape: seen(t0)},
				{scrape: seen(after(hour), outage("a", after(hour-c.began), c.states...)), events: c.events,
					query: `SELECT announced, (SELECT count(*) FROM events WHERE detail ->> 'late' = 'true'
						AND detail ->> 'reason' IS NULL) FROM incidents`,
					rows: []string{c.announced + "|0"}},
				{scrape: seen(after(2*hour), outage("a", after(hour-c.began), c.states...))},
			})
		})
	}
}
