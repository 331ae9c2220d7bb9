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

// canon is all of a file that does not depend on the order in which its pages came: everything but our own ids, the
// events, which tell what was new when it was read, and whether they tell of an incident.
var canon = []string{
	`SELECT 'source', page_url, platform, baseline_at, latest_at, coverage_start_at, indicator, page_severity,
		page_because, page_severity_at FROM sources`,
	`SELECT 'component', s.page_url, source_key, name, group_name, status, vendor_status, position, first_seen_at,
		gone_at
		FROM components c JOIN sources s USING (source_id)`,
	`SELECT 'status', c.source_key, h.status, h.at FROM component_changes h JOIN components c USING (component_id)`,
	`SELECT 'page', seen_at, until_at, severity, because, said, red, posted, uncovered FROM page_states`,
	`SELECT 'incident', source_key, origin, kind, title, url, severity, state, vendor_severity, vendor_state,
		started_at,
		resolved_at,
		started_basis, started_after, resolved_basis,
		resolved_after, scheduled_start_at, scheduled_end_at, created_at, updated_at,
		stated_duration_seconds, start_given, excerpt, first_seen_at, left_feed_at,
		(SELECT json_group_object(key, json_remove(value, '$.words_number'))
			FROM (SELECT key, value FROM json_each(raw_index) ORDER BY key)) FROM incidents`,
	`SELECT 'update', i.source_key, u.source_key, position, u.state, u.vendor_state, posted_at, u.created_at, body,
		u.first_seen_at, removed_at
		FROM incident_updates u JOIN incidents i USING (incident_id)`,
	`SELECT 'affects', i.source_key, c.source_key FROM incident_components x JOIN incidents i USING (incident_id)
		JOIN components c USING (component_id)`,
	`SELECT 'revision', i.source_key, u.source_key, field, old_value, new_value, seen_at
		FROM revisions r JOIN incidents i USING (incident_id) LEFT JOIN incident_updates u USING (update_id)`,
	`SELECT 'reading', i.source_key, w.value ->> 'document', w.value ->> 'hash', w.value ->> 'raws', r.seen_at,
			r.until_at
		FROM readings r JOIN incidents i USING (incident_id) JOIN reading_words USING (incident_id)
		JOIN json_each(unpacked(words), '$.words') w ON w.key = r.words_number - 1`,
	`SELECT 'raw', i.source_key, s.key, w.value ->> 'document', w.value ->> 'hash', w.value ->> 'raws'
		FROM incidents i JOIN reading_words USING (incident_id) JOIN json_each(i.raw) s
		JOIN json_each(unpacked(words), '$.words') w ON w.key = (s.value ->> 'words_number') - 1`,
	`SELECT 'list', l.hash, r.seen_at, whole FROM component_readings r JOIN component_lists l USING (list_id)`,
	`SELECT 'gap', from_at, to_at, reason, filled_at FROM coverage_gaps`,
	`SELECT 'finding', source_key, field, value, problem, first_seen_at, last_seen_at, times_seen FROM findings`,
}

func (f *file) canon() string {
	f.t.Helper()
	var all []string
	for _, query := range canon {
		rows := f.rows(query)
		slices.Sort(rows)
		all = append(all, rows...)
	}
	return strings.Join(all, "\n")
}

// savedPages is what somebody saved of a vendor's pages over a day: lists of all that is open, with the page's
// components, and feeds in between, in which posts have no ids.
func savedPages(t *rapid.T) []record.Scrape {
	var out []record.Scrape
	var open []normalize.Raw
	states := []string{"investigating", "identified", "monitoring", "resolved"}
	parts := map[string]string{"1": "operational", "2": "operational", "3": "operational"}
	now, made := t0, 0
	numbered := rapid.IntRange(0, 9).Draw(t, "numbered") // the page at which incidents begin to name components by ids
	for range rapid.IntRange(2, 12).Draw(t, "pages") {
		now = now.Add(time.Duration(rapid.IntRange(31, 200).Draw(t, "minutes")) * time.Minute)
		switch rapid.IntRange(0, 5).Draw(t, "change") {
		case 0, 1:
			id := fmt.Sprint("i", made)
			made++
			raw := outage(id, now.Add(-time.Minute), "investigating")
			for _, part := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"7", "8", "9", "1"}), 0, 3,
				rapid.ID).Draw(t, "affected") { // of which no list has the first three
				raw.Components = append(raw.Components, normalize.RawComponent{ID: part, Name: "Part " + part})
			}
			open = append(open, raw)
		case 2:
			if len(open) > 0 {
				open = open[1:]
			}
		case 3:
			if len(open) > 0 {
				open[0].Title += " again"
				open[0].Updated = at(now)
			}
		default:
			if n := len(open); n > 0 {
				raw := open[n-1]
				raw.State = rapid.SampledFrom(states).Draw(t, "state")
				raw.Updates = append(slices.Clone(raw.Updates),
					normalize.RawUpdate{ID: fmt.Sprint(raw.ID, len(raw.Updates), made), State: raw.State,
						Posted: at(now), Body: "We say: " + raw.State, Format: normalize.FormatMarkdown})
				raw.Updated = at(now)
				open[n-1] = raw
			}
		}
		parts[rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "part")] = rapid.SampledFrom([]string{"operational",
			"major_outage", ""}).Draw(t, "status")
		var raws []normalize.Raw
		feed := rapid.IntRange(0, 3).Draw(t, "document") == 0
		for _, raw := range open {
			raw.Components = slices.Clone(raw.Components)
			for n := range raw.Components {
				if len(out) < numbered {
					raw.Components[n].ID = ""
				}
			}
			if feed {
				raw = of("feed", anonymous(raw))
				raw.Components, raw.Impact = nil, ""
			}
			raws = append(raws, raw)
		}
		s := record.Scrape{At: now, Archived: true, Incidents: read(raws...)}
		if !feed {
			s.AllOpen, s.AllComponents = true, rapid.IntRange(0, 3).Draw(t, "whole") > 0
			if hours := rapid.IntRange(0, 9).Draw(t, "history"); hours > 0 {
				s.CoverageStart = now.Add(-time.Duration(hours) * time.Hour)
			}
			s.Indicator = rapid.SampledFrom([]string{"", "none", "minor", "major"}).Draw(t, "indicator")
			for id, status := range parts {
				if status != "" {
					s.Components = append(s.Components, normalize.Component{Key: id, Name: "Part " + id,
						Status: normalize.ComponentStatus(status), VendorStatus: status})
				}
			}
			slices.SortFunc(s.Components, func(a, b normalize.Component) int { return strings.Compare(a.Key, b.Key) })
		}
		out = append(out, s)
	}
	return out
}

// Saved pages may come in any order: the file is the same.
func TestAnyOrderOfSavedPagesGivesOneFile(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		pages := savedPages(r)
		imported := func(pages []record.Scrape) string {
			f := newFile(t)
			for _, s := range pages {
				f.save(s)
			}
			return f.canon()
		}
		want := imported(pages)
		if diff := cmp.Diff(want, imported(rapid.Permutation(pages).Draw(r, "order"))); diff != "" {
			r.Fatalf("(-in order of time +in another)\n%s", diff)
		}
	})
}

// Events are what was new when it was read, and so depend on the order. In any order no opening is told twice,
// and pages that are saved again tell nothing.
func TestNoOrderOfSavedPagesTellsTwice(t *testing.T) {
	racetest.Skip(t, "saves one scrape after the other")
	rapid.Check(t, func(r *rapid.T) {
		pages := rapid.Permutation(savedPages(r)).Draw(r, "order")
		f := newFile(t)
		for _, s := range pages {
			f.save(s)
		}
		const events = `SELECT event_id, kind, at, incident_id, update_id, detail FROM events ORDER BY event_id`
		told := f.rows(events)
		if twice := f.rows(`SELECT incident_id, count(*) FROM events WHERE kind = 'incident_opened'
			GROUP BY incident_id HAVING count(*) > 1`); len(twice) > 0 {
			r.Fatalf("opened twice: %v", twice)
		}
		for _, s := range rapid.Permutation(pages).Draw(r, "again") {
			f.save(s)
		}
		if diff := cmp.Diff(told, f.rows(events)); diff != "" {
			r.Fatalf("saved again (-before +after)\n%s", diff)
		}
	})
}
