package db_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// step is one scrape of a story, with what it must tell and leave behind.
type step struct {
	scrape  record.Scrape
	events  string        // kinds in order
	query   string        // what to look at afterwards, if anything
	rows    []string      // and what is to be seen there
	outcome query.Outcome // if it matters
}

func seen(at time.Time, raws ...normalize.Raw) record.Scrape {
	return record.Scrape{At: at, AllOpen: true, Incidents: read(raws...)}
}

func archived(s record.Scrape) record.Scrape { s.Archived = true; return s }
func backfill(s record.Scrape) record.Scrape { s.Backfill, s.AllOpen = true, false; return s }

func failed(at time.Time) record.Scrape { return record.Scrape{At: at, Err: errRefused} }

const hour = time.Hour

var stories = map[string][]step{
	"the first good scrape announces only what is open": {
		{scrape: seen(t0,
			outage("old", after(-48*hour), "investigating", "resolved"),
			outage("open", after(-2*hour), "investigating"),
			work("soon", after(3*hour), "scheduled"),
			work("now", after(-10*time.Minute), "in_progress")),
			events: "incident_opened(already_open) maintenance_scheduled(already_open) " +
				"maintenance_started(already_open)",
			query: `SELECT source_key, announced FROM incidents ORDER BY source_key`,
			rows:  []string{"now|1", "old|0", "open|1", "soon|1"}, outcome: query.OutcomeChanged},
	},
	"an incident lives": {
		{scrape: seen(t0)},
		{scrape: seen(after(hour), outage("a", after(hour), "investigating")), events: "incident_opened"},
		{scrape: seen(after(2*hour), outage("a", after(hour), "investigating", "monitoring")),
			events: "update_posted state_changed"},
		{scrape: seen(after(3*hour), outage("a", after(hour), "investigating", "monitoring", "resolved")),
			events: "update_posted incident_resolved",
			query:  `SELECT state, resolved_at, duration_seconds, update_count, latest_state FROM v_incidents`,
			rows:   []string{"resolved|2026-11-23T10:10:00.000Z|600|3|resolved"}},
		{scrape: seen(after(4*hour), outage("a", after(hour), "investigating", "monitoring", "resolved", "postmortem")),
			events: "postmortem_posted",
			query:  `SELECT state, resolved_at, latest_state FROM v_incidents`,
			rows:   []string{"resolved|2026-11-23T10:10:00.000Z|resolved"}},
	},
	"the same page twice changes nothing": {
		{scrape: seen(t0, outage("a", after(-hour), "investigating")), events: "incident_opened(already_open)"},
		{scrape: seen(after(hour), outage("a", after(-hour), "investigating")), outcome: query.OutcomeUnchanged},
	},
	"an edit by the vendor is a revision, and news once": {
		{scrape: seen(t0)},
		{scrape: seen(after(hour), outage("a", after(hour), "investigating")), events: "incident_opened"},
		{scrape: seen(after(2*hour), edited(outage("a", after(hour), "investigating"), "We were wrong.")),
			events: "incident_edited",
			query:  `SELECT field, old_value, new_value, seen_at, update_id IS NOT NULL FROM revisions`,
			rows:   []string{"body|This is investigating.|We were wrong.|2026-11-23T11:00:00.000Z|1"}},
		{scrape: seen(after(3*hour), edited(outage("a", after(hour), "investigating"), "We were wrong.")),
			outcome: query.OutcomeUnchanged},
	},
	"an incident that ended between two scrapes is told with its end": {
		{scrape: seen(t0)},
		{scrape: seen(after(2*hour), outage("a", after(hour), "investigating", "resolved")),
			events: "incident_opened incident_resolved"},
	},
	"what ended more than a day ago is added to the past": {
		{scrape: seen(t0)},
		{scrape: seen(after(48*hour), outage("late", after(hour), "investigating", "resolved")),
			events: "incident_opened(late)",
			query:  `SELECT announced FROM incidents`, rows: []string{"0"}},
		{scrape: seen(after(49*hour), outage("late", after(hour), "investigating", "resolved"))},
	},
	"an entry made today about last week is added to the past": {
		{scrape: seen(t0)},
		{scrape: seen(after(48*hour), entered(outage("a", after(hour), "investigating", "resolved"), after(47*hour))),
			events: "incident_opened(late)",
			query: `SELECT i.announced, e.withheld, e.detail ->> 'reason' FROM incidents i
				JOIN events e USING (incident_id)`,
			rows: []string{"0|NULL|it began 2026-11-23 10:00 UTC and was over when it was first seen"}},
	},
	"what is still open is news, however long ago it began": {
		{scrape: seen(t0)},
		{scrape: seen(after(48*hour), outage("a", after(hour), "investigating")), events: "incident_opened"},
	},
	"gone from the open list is not resolved": {
		{scrape: seen(t0, outage("a", after(-hour), "investigating")), events: "incident_opened(already_open)"},
		{scrape: seen(after(hour)), events: "incident_left_feed",
			query: `SELECT state, left_feed_at, resolved_at FROM incidents`,
			rows:  []string{"investigating|2026-11-23T10:00:00.000Z|NULL"}},
		{scrape: seen(after(2 * hour)), outcome: query.OutcomeUnchanged},
		{scrape: seen(after(3*hour), outage("a", after(-hour), "investigating")),
			query: `SELECT left_feed_at FROM incidents`, rows: []string{"NULL"}, outcome: query.OutcomeChanged},
	},
	"a page that does not list all open ones proves nothing": {
		{scrape: seen(t0, outage("a", after(-hour), "investigating")), events: "incident_opened(already_open)"},
		{scrape: record.Scrape{At: after(hour), Incidents: read(outage("b", after(-hour), "investigating"))},
			events: "incident_opened",
			query:  `SELECT count(*) FROM v_open`, rows: []string{"2"}},
	},
	"an ended incident may leave": {
		{scrape: seen(t0, outage("a", after(-hour), "investigating", "resolved"))},
		{scrape: seen(after(hour)), query: `SELECT left_feed_at FROM incidents`, rows: []string{"NULL"}},
	},
	"most of many vanish: the next scrape decides, and they are gone": {
		{scrape: seen(t0, five()...), events: opened(5)},
		{scrape: seen(after(hour), five()[0]), query: `SELECT value FROM findings WHERE field = 'left_feed_at'`,
			rows: []string{"4 of 5"}},
		{scrape: seen(after(2*hour), five()[0]), events: strings.TrimSpace(strings.Repeat("incident_left_feed ", 4)),
			query: `SELECT coalesce(vanish_suspected_at, 'no') FROM sources`, rows: []string{"no"}},
	},
	"most of many vanish: the next scrape decides, and they are back": {
		{scrape: seen(t0, five()...), events: opened(5)},
		{scrape: seen(after(hour)), query: `SELECT count(*) FROM v_open`, rows: []string{"5"}},
		{scrape: seen(after(2*hour), five()...),
			query: `SELECT count(*), (SELECT vanish_suspected_at FROM sources) FROM v_open`, rows: []string{"5|NULL"}},
		{scrape: seen(after(3 * hour)), query: `SELECT count(*) FROM v_open`, rows: []string{"5"}},
	},
	"few may vanish at once": {
		{scrape: seen(t0, five()[:4]...), events: opened(4)},
		{scrape: seen(after(hour)), events: strings.TrimSpace(strings.Repeat("incident_left_feed ", 4))},
	},
	"a backfill adds to the record in silence": {
		{scrape: seen(t0)},
		{scrape: backfill(seen(after(hour), outage("old", after(-900*hour), "investigating", "resolved"))),
			query: `SELECT announced FROM incidents`, rows: []string{"0"}},
	},
	"a backfill is no baseline": {
		{scrape: backfill(seen(t0, outage("old", after(-900*hour), "investigating", "resolved"),
			outage("open", after(-hour), "investigating"))),
			query: `SELECT baseline_at, last_success_at FROM sources`, rows: []string{"NULL|NULL"}},
		{scrape: seen(after(hour), outage("open", after(-hour), "investigating")),
			events: "incident_opened(already_open)",
			query:  `SELECT baseline_at FROM sources`, rows: []string{"2026-11-23T10:00:00.000Z"}},
	},
	"what a backfill met first is announced by the next poll": {
		{scrape: seen(t0)},
		{scrape: backfill(seen(after(2*hour), outage("open", after(hour), "investigating"),
			outage("short", after(hour), "investigating", "resolved")))},
		{scrape: seen(after(3*hour), outage("open", after(hour), "investigating"),
			outage("short", after(hour), "investigating", "resolved")),
			events: "incident_opened incident_opened incident_resolved",
			query:  `SELECT announced FROM incidents`, rows: []string{"1", "1"}},
		{scrape: seen(after(4*hour), outage("open", after(hour), "investigating"),
			outage("short", after(hour), "investigating", "resolved"))},
	},
	"history that its vendor never closed leaves in silence": {
		{scrape: backfill(seen(t0, outage("zombie", after(-9000*hour), "investigating")))},
		{scrape: seen(after(hour)), query: `SELECT left_feed_at IS NOT NULL FROM incidents`, rows: []string{"1"}},
	},
	"history that is taken up again is news": {
		{scrape: seen(t0, outage("a", after(-hour), "investigating", "resolved"))},
		{scrape: seen(after(hour), reopened(outage("a", after(-hour), "investigating", "resolved"), after(hour))),
			events: "update_posted incident_reopened",
			query:  `SELECT announced, state FROM incidents`, rows: []string{"1|investigating"}},
	},
	"an update taken off the page is kept, and marked": {
		{scrape: seen(t0, outage("a", after(-hour), "investigating", "identified", "monitoring")),
			events: "incident_opened(already_open)"},
		{scrape: seen(after(hour), without(outage("a", after(-hour), "investigating", "identified", "monitoring"), 1)),
			query: `SELECT source_key, removed_at FROM incident_updates ORDER BY position`,
			rows:  []string{"a-investigating|NULL", "a-identified|2026-11-23T10:00:00.000Z", "a-monitoring|NULL"}},
		{scrape: seen(after(2*hour), outage("a", after(-hour), "investigating", "identified", "monitoring")),
			query: `SELECT count(*) FROM incident_updates WHERE removed_at IS NULL`, rows: []string{"3"}},
	},
	"an update taken off a page without ids is the one that was there, and no other": {
		{scrape: seen(t0, outage("a", after(-hour), "investigating", "identified", "monitoring")),
			events: "incident_opened(already_open)"},
		{scrape: seen(after(hour),
			of("page", anonymous(outage("a", after(-hour), "investigating", "identified", "monitoring"))))},
		{scrape: seen(after(2*hour),
			of("page", anonymous(without(outage("a", after(-hour), "investigating", "identified", "monitoring"), 1)))),
			query: `SELECT source_key, removed_at FROM incident_updates ORDER BY position`,
			rows:  []string{"a-investigating|NULL", "a-identified|2026-11-23T11:00:00.000Z", "a-monitoring|NULL"}},
		{scrape: seen(after(3*hour),
			of("page", anonymous(outage("a", after(-hour), "investigating", "identified", "monitoring")))),
			query: `SELECT source_key, removed_at FROM incident_updates ORDER BY position`,
			rows:  []string{"a-investigating|NULL", "a-identified|NULL", "a-monitoring|NULL"}},
	},
	"an update of another minute or text does not stand for one that was taken off": {
		{scrape: seen(t0, of("page", anonymous(outage("a", after(-hour), "investigating", "identified",
			"monitoring")))),
			events: "incident_opened(already_open)"},
		{scrape: seen(after(hour),
			of("page", anonymous(before(without(outage("a", after(-hour), "investigating", "identified", "monitoring"),
				1), "Another text.")))),
			events: "update_posted",
			query:  `SELECT count(*), count(removed_at) FROM incident_updates`, rows: []string{"4|1"}},
	},
	"an update of the same text at another time does not stand for one that was taken off": {
		{scrape: seen(t0, of("page", anonymous(sameText(outage("a", after(-hour), "investigating", "identified"))))),
			events: "incident_opened(already_open)"},
		{scrape: seen(after(hour),
			of("page", anonymous(without(sameText(outage("a", after(-hour), "investigating", "identified")), 0)))),
			query: `SELECT state, removed_at FROM incident_updates ORDER BY position`,
			rows:  []string{"investigating|2026-11-23T10:00:00.000Z", "identified|NULL"}},
	},
	"posts are in the order of their times, whatever the order of the document": {
		{scrape: seen(t0)},
		{scrape: seen(after(hour), backwards(outage("a", after(hour), "investigating", "identified", "monitoring"))),
			events: "incident_opened",
			query:  `SELECT source_key, position FROM incident_updates ORDER BY position`,
			rows:   []string{"a-investigating|0", "a-identified|1", "a-monitoring|2"}},
		{scrape: seen(after(2*hour), backwards(outage("a", after(hour), "investigating", "identified", "monitoring",
			"resolved"))),
			events: "update_posted incident_resolved",
			query:  `SELECT source_key, position FROM incident_updates ORDER BY position`,
			rows:   []string{"a-investigating|0", "a-identified|1", "a-monitoring|2", "a-resolved|3"}},
	},
	"a part of a timeline takes nothing away": {
		{scrape: seen(t0, outage("a", after(-hour), "investigating", "monitoring")),
			events: "incident_opened(already_open)"},
		{scrape: seen(after(hour), excerpt(without(outage("a", after(-hour), "investigating", "monitoring"), 0))),
			query: `SELECT count(*), count(removed_at) FROM incident_updates`, rows: []string{"2|0"}},
	},
	"a document without id and address adds to the incident of that title and start": {
		{scrape: seen(t0)},
		{scrape: seen(after(hour), outage("a", after(hour), "investigating")), events: "incident_opened"},
		{scrape: seen(after(2*hour), nameless(outage("a", after(hour), "investigating", "monitoring"))),
			events: "update_posted state_changed",
			query:  `SELECT source_key, update_count FROM v_incidents`, rows: []string{"a|2"}},
	},
	"an id that becomes known takes the place of a made key": {
		{scrape: seen(t0)},
		{scrape: seen(after(hour), nameless(outage("a", after(hour), "investigating"))), events: "incident_opened"},
		{scrape: seen(after(2*hour), outage("a", after(hour), "investigating")),
			query: `SELECT incident_id, source_key, update_count FROM v_incidents`, rows: []string{"1|a|1"}},
		{scrape: seen(after(3*hour), outage("a", after(hour), "investigating")), outcome: query.OutcomeUnchanged},
	},
	"an id that changes under the same page, title and start is told once": {
		{scrape: seen(t0)},
		{scrape: seen(after(hour), outage("a", after(hour), "investigating")), events: "incident_opened"},
		{scrape: seen(after(2*hour), renamed("b", outage("a", after(hour), "investigating"))), events: "",
			query: `SELECT source_key, update_count FROM v_incidents`, rows: []string{"a|1"}},
		{scrape: seen(after(3*hour), renamed("c", outage("a", after(hour), "investigating", "resolved"))),
			events: "update_posted incident_resolved",
			query:  `SELECT source_key, state FROM v_incidents`, rows: []string{"a|resolved"}},
	},
	"two ids on one page are two incidents": {
		{scrape: seen(t0)},
		{scrape: seen(after(hour), outage("a", after(hour), "investigating"),
			renamed("b", outage("a", after(hour), "investigating"))), events: "incident_opened incident_opened",
			query: `SELECT source_key FROM v_incidents ORDER BY 1`, rows: []string{"a", "b"}},
	},
	"updates keep their row when their id becomes known": {
		{scrape: seen(t0)},
		{scrape: seen(after(hour), anonymous(outage("a", after(hour), "investigating", "monitoring"))),
			events: "incident_opened",
			query:  `SELECT update_id, source_key FROM incident_updates ORDER BY update_id`,
			rows:   []string{"1|@2026-11-23T10:00Z/investigating", "2|@2026-11-23T10:05Z/monitoring"}},
		{scrape: seen(after(2*hour), outage("a", after(hour), "investigating", "monitoring")),
			query: `SELECT update_id, source_key FROM incident_updates ORDER BY update_id`,
			rows:  []string{"1|a-investigating", "2|a-monitoring"}},
	},
	"two posts of one minute stay two": {
		{scrape: seen(t0)},
		{scrape: seen(after(hour), anonymous(outage("a", after(hour), "investigating"))), events: "incident_opened"},
		{scrape: seen(after(2*hour), before(anonymous(outage("a", after(hour), "investigating")),
			"Something else came first.")), events: "update_posted",
			query: `SELECT body FROM incident_updates ORDER BY update_id`,
			rows:  []string{"This is investigating.", "Something else came first."}},
		{scrape: seen(after(3*hour), before(anonymous(outage("a", after(hour), "investigating")),
			"Something else came first.")), outcome: query.OutcomeUnchanged},
	},
	"three failures in a row are news, and so is the end of them": {
		{scrape: seen(t0)},
		{scrape: failed(after(1 * hour)), outcome: query.OutcomeFailed, query: `SELECT health FROM ` + healthAt(1*hour),
			rows: []string{"failing"}},
		{scrape: failed(after(2 * hour))},
		{scrape: failed(after(3 * hour)), events: "source_unreadable",
			query: `SELECT health, failing_since, last_success_at, last_error FROM ` + healthAt(3*hour),
			rows:  []string{"unreadable|2026-11-23T10:00:00.000Z|2026-11-23T09:00:00.000Z|403 Forbidden"}},
		{scrape: failed(after(4 * hour))},
		{scrape: seen(after(5 * hour)), events: "source_readable",
			query: `SELECT health, consecutive_failures, failing_since, last_error FROM ` + healthAt(5*hour),
			rows:  []string{"ok|0|NULL|NULL"}},
	},
	"an unchanged page ends failures too": {
		{scrape: seen(t0)},
		{scrape: failed(after(1 * hour))}, {scrape: failed(after(2 * hour))},
		{scrape: failed(after(3 * hour)), events: "source_unreadable"},
		{scrape: record.Scrape{At: after(4 * hour), Unchanged: true}, events: "source_readable",
			outcome: query.OutcomeUnchanged},
		{scrape: record.Scrape{At: after(5 * hour), Unchanged: true}, query: `SELECT last_success_at FROM sources`,
			rows: []string{"2026-11-23T14:00:00.000Z"}},
	},
	"a failure empties nothing": {
		{scrape: seen(t0, outage("a", after(-hour), "investigating")), events: "incident_opened(already_open)"},
		{scrape: record.Scrape{At: after(hour), Err: errRefused, Unreadable: true}, outcome: query.OutcomeUnreadable,
			query: `SELECT count(*) FROM v_open`, rows: []string{"1"}},
	},
	"what could be read of a page is saved though more failed": {
		{scrape: seen(t0)},
		{scrape: record.Scrape{At: after(hour), Err: errRefused,
			Incidents: read(outage("a", after(hour), "investigating"))}, events: "incident_opened",
			outcome: query.OutcomePartial,
			query:   `SELECT health, last_error, last_success_at FROM ` + healthAt(1*hour),
			rows:    []string{"ok|403 Forbidden|2026-11-23T10:00:00.000Z"}},
	},
	"saved pages leave the live health alone": {
		{scrape: archived(seen(t0, outage("a", after(-hour), "investigating"))),
			events: "incident_opened(already_open)",
			query:  `SELECT baseline_at, last_success_at, last_attempt_at FROM sources`,
			rows:   []string{"2026-11-23T09:00:00.000Z|NULL|NULL"}},
		{scrape: archived(record.Scrape{At: after(hour), Err: errRefused, Unreadable: true}),
			outcome: query.OutcomeUnreadable,
			query:   `SELECT consecutive_failures, (SELECT count(*) FROM v_open) FROM sources`, rows: []string{"0|1"}},
	},
	"the same saved page is imported once": {
		{scrape: archived(seen(t0))},
		{scrape: archived(seen(after(hour), outage("a", after(hour), "investigating"))), events: "incident_opened"},
		{scrape: archived(seen(after(hour), outage("a", after(hour), "investigating"))),
			outcome: query.OutcomeUnchanged,
			query:   `SELECT count(*) FROM scrapes`, rows: []string{"2"}},
		{scrape: archived(record.Scrape{At: after(2 * hour), Err: errRefused, Unreadable: true}),
			outcome: query.OutcomeUnreadable},
		{scrape: archived(record.Scrape{At: after(2 * hour), Err: errRefused, Unreadable: true}),
			outcome: query.OutcomeUnreadable,
			query:   `SELECT count(*) FROM scrapes`, rows: []string{"3"}},
	},
	"an older saved page undoes nothing": {
		{scrape: seen(t0)},
		{scrape: seen(after(2*hour), edited(outage("a", after(hour), "investigating", "resolved"), "All is well.")),
			events: "incident_opened incident_resolved"},
		{scrape: archived(seen(after(hour+time.Minute), outage("a", after(hour), "investigating"))),
			query: `SELECT state, first_seen_at, left_feed_at, update_count FROM v_incidents`,
			rows:  []string{"resolved|2026-11-23T10:01:00.000Z|NULL|2"}},
		{scrape: archived(seen(after(hour-time.Minute), outage("b", after(hour-2*time.Minute), "investigating"))),
			events: "incident_opened",
			query:  `SELECT source_key, left_feed_at FROM incidents`,
			rows:   []string{"a|NULL", "b|2026-11-23T10:01:00.000Z"}},
	},
	"an older saved page shows what was edited since": {
		{scrape: seen(t0)},
		{scrape: seen(after(3*hour), edited(outage("a", after(hour), "investigating"), "We were wrong.")),
			events: "incident_opened"},
		{scrape: archived(seen(after(2*hour), outage("a", after(hour), "investigating"))),
			query: `SELECT old_value, new_value, seen_at, (SELECT body FROM incident_updates) FROM revisions`,
			rows:  []string{"This is investigating.|We were wrong.|2026-11-23T12:00:00.000Z|We were wrong."}},
		{scrape: archived(seen(after(2*hour+time.Minute), outage("a", after(hour), "investigating"))),
			query: `SELECT count(*) FROM revisions`, rows: []string{"1"}},
	},
	"coverage begins at the first good scrape, or where the page does": {
		{scrape: seen(t0), query: `SELECT coverage_start_at FROM sources`, rows: []string{"2026-11-23T09:00:00.000Z"}},
		{scrape: record.Scrape{At: after(hour), CoverageStart: after(-48 * hour)},
			query: `SELECT coverage_start_at FROM sources`, rows: []string{"2026-11-21T09:00:00.000Z"}},
		{scrape: record.Scrape{At: after(2 * hour), CoverageStart: t0}, query: `SELECT coverage_start_at FROM sources`,
			rows: []string{"2026-11-21T09:00:00.000Z"}},
	},
	"a backfill remembers where it is": {
		{scrape: backfill(record.Scrape{At: t0, BackfillPage: 4, CoverageStart: after(-900 * hour)}),
			query: `SELECT backfill_page, backfill_done_at, coverage_start_at FROM sources`,
			rows:  []string{"4|NULL|2026-10-16T21:00:00.000Z"}},
		{scrape: backfill(record.Scrape{At: after(hour)}), query: `SELECT backfill_page FROM sources`,
			rows: []string{"4"}},
		{scrape: backfill(record.Scrape{At: after(2 * hour), BackfillPage: -1}),
			query: `SELECT backfill_page, backfill_done_at FROM sources`, rows: []string{"4|2026-11-23T11:00:00.000Z"}},
		{scrape: backfill(failed(after(3 * hour))), query: `SELECT consecutive_failures FROM sources`,
			rows: []string{"0"}},
	},
	"the raw words of each kind of document are kept": {
		{scrape: seen(t0, outage("a", after(-hour), "investigating")), events: "incident_opened(already_open)"},
		{scrape: seen(after(hour), of("incident_page", outage("a", after(-hour), "investigating"))),
			query: `SELECT s.value ->> 'document', w.value ->> '$.raws[0].title'
				FROM incidents JOIN reading_words USING (incident_id) JOIN json_each(raw) s
				JOIN json_each(unpacked(words), '$.words') w ON w.key = (s.value ->> 'words_number') - 1
				ORDER BY s.key`,
			rows: []string{"summary|Trouble a", "incident_page|Trouble a"}},
	},
	"an end before the start is left unknown": {
		{scrape: record.Scrape{At: t0, Incidents: []normalize.Incident{{Key: "x", Kind: "incident", Title: "X",
			Severity: "minor", State: "resolved",
			StartedAt: after(-hour), ResolvedAt: after(-2 * hour), ScheduledStartAt: after(hour), ScheduledEndAt: t0}}},
			query: `SELECT started_at, resolved_at, scheduled_end_at, duration_seconds FROM v_incidents`,
			rows:  []string{"2026-11-23T08:00:00.000Z|NULL|NULL|NULL"}},
	},
}

func TestStories(t *testing.T) {
	for name, steps := range stories {
		t.Run(name, func(t *testing.T) { newFile(t).live(t, steps) })
	}
}

// live saves one scrape after the other, and checks what each told and left behind.
func (f *file) live(t *testing.T, steps []step) {
	t.Helper()
	for n, s := range steps {
		before := f.dump()
		saved := f.save(s.scrape)
		if got := kinds(saved.Events); got != s.events {
			t.Errorf("scrape %d told %q\nwant %q", n+1, got, s.events)
		}
		if s.outcome != "" && saved.Outcome != s.outcome {
			t.Errorf("scrape %d: outcome %s, want %s", n+1, saved.Outcome, s.outcome)
		}
		if s.query != "" {
			if diff := cmp.Diff(s.rows, f.rows(s.query)); diff != "" {
				t.Errorf("scrape %d: %s (-want +got)\n%s", n+1, s.query, diff)
			}
		}
		if saved.Outcome == query.OutcomeUnchanged && len(saved.Events) == 0 {
			// What was seen when is no change of what a page says.
			record := func(dump string) string { dump, _, _ = strings.Cut(dump, "coverage_gaps|"); return dump }
			if diff := cmp.Diff(record(before), record(f.dump())); diff != "" {
				t.Errorf("scrape %d says unchanged (-before +after)\n%s", n+1, diff)
			}
		}
	}
}

// The pieces of stories.

func five() []normalize.Raw {
	var raws []normalize.Raw
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		raws = append(raws, outage(id, after(-hour), "investigating"))
	}
	return raws
}

func opened(n int) string {
	return strings.TrimSpace(strings.Repeat("incident_opened(already_open) ", n))
}

func edited(raw normalize.Raw, body string) normalize.Raw {
	raw.Updates = slices.Clone(raw.Updates)
	raw.Updates[0].Body = body
	return raw
}

func entered(raw normalize.Raw, at time.Time) normalize.Raw {
	raw.Created.Text = normalize.FormatTime(at)
	return raw
}

func reopened(raw normalize.Raw, posted time.Time) normalize.Raw {
	raw.State, raw.Updated = "investigating", at(posted)
	raw.Updates = append(slices.Clone(raw.Updates), normalize.RawUpdate{ID: raw.ID + "-again", State: "investigating",
		Posted: at(posted), Body: "It is back.", Format: normalize.FormatMarkdown})
	return raw
}

func without(raw normalize.Raw, n int) normalize.Raw {
	raw.Updates = slices.Delete(slices.Clone(raw.Updates), n, n+1)
	return raw
}

func backwards(raw normalize.Raw) normalize.Raw {
	raw.Updates = slices.Clone(raw.Updates)
	slices.Reverse(raw.Updates)
	return raw
}

func sameText(raw normalize.Raw) normalize.Raw {
	raw.Updates = slices.Clone(raw.Updates)
	for n := range raw.Updates {
		raw.Updates[n].Body = "We look into it."
	}
	return raw
}

func excerpt(raw normalize.Raw) normalize.Raw { raw.Excerpt = true; return raw }

func of(document string, raw normalize.Raw) normalize.Raw { raw.Document = document; return raw }

// renamed is the same incident under another id.
func renamed(id string, raw normalize.Raw) normalize.Raw {
	raw.ID = id
	return raw
}

func nameless(raw normalize.Raw) normalize.Raw {
	raw.ID, raw.URL, raw.Document = "", "", "page_text"
	return anonymous(raw)
}

func anonymous(raw normalize.Raw) normalize.Raw {
	raw.Updates = slices.Clone(raw.Updates)
	for n := range raw.Updates {
		raw.Updates[n].ID = ""
	}
	return raw
}

func before(raw normalize.Raw, body string) normalize.Raw {
	first := raw.Updates[0]
	first.Body = body
	raw.Updates = append([]normalize.RawUpdate{first}, raw.Updates...)
	return raw
}

func TestSaveScrapeRefuses(t *testing.T) {
	f := newFile(t)
	if _, err := f.SaveScrape(t.Context(), record.Scrape{SourceID: 99, At: t0}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a source that does not exist: %v", err)
	}
	if _, err := f.SaveScrape(t.Context(), record.Scrape{SourceID: f.source}); err == nil {
		t.Error("a scrape without a time was saved")
	}
	if got := f.rows(`SELECT count(*) FROM scrapes`); got[0] != "0" {
		t.Errorf("%s scrapes were stored", got[0])
	}
}

func TestAFailureInTheMiddleLeavesNothing(t *testing.T) {
	f := newFile(t)
	f.baseline()
	before := f.dump()
	bad := read(outage("a", after(hour), "investigating"))
	bad = append(bad, read(of("", outage("b", after(hour), "investigating")))...)
	if _, err := f.SaveScrape(t.Context(), record.Scrape{SourceID: f.source, At: after(hour),
		Incidents: bad}); err == nil {
		t.Fatal("the schema took words of no kind of document")
	}
	if diff := cmp.Diff(before, f.dump()); diff != "" {
		t.Errorf("a failed save left something (-before +after)\n%s", diff)
	}
}

func TestEventsTellWhatAReaderWants(t *testing.T) {
	f := newFile(t)
	f.baseline()
	f.save(seen(after(hour), outage("a", after(hour), "investigating")))
	saved := f.save(seen(after(2*hour), outage("a", after(hour), "investigating", "monitoring")))
	want := query.Event{EventID: 2, Kind: normalize.EventUpdatePosted, At: "2026-11-23T11:00:00.000Z",
		SourceID: f.source, IncidentID: 1, UpdateID: 2,
		Detail: map[string]string{}, Vendor: "acme", VendorName: "ACME", Title: "Trouble a", Severity: "minor",
		State: "monitoring",
		URL:   "https://status.acme.example/incidents/a", Body: "This is monitoring."}
	if diff := cmp.Diff(want, saved.Events[0]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
