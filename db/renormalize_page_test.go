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
)

// pageReading is a reading of a page, in its vendor's words.
type pageReading struct {
	at        time.Time
	indicator string
	parts     []normalize.RawComponent
	open      []normalize.Raw
	unchanged bool
}

// scrape is the reading as it is understood with some words.
func (r pageReading) scrape(words normalize.Words) record.Scrape {
	if r.unchanged {
		return record.Scrape{At: r.at, Unchanged: true}
	}
	s := record.Scrape{At: r.at, Words: words, AllOpen: true, AllComponents: true, Indicator: r.indicator}
	s.Incidents, s.Findings = normalize.Incidents(r.open, words)
	var problems []normalize.Finding
	s.Components, problems = normalize.Components(r.parts, words)
	s.Findings = append(s.Findings, problems...)
	return s
}

func pageReadings(t *rapid.T) []pageReading {
	var out []pageReading
	now := t0
	for n := range rapid.IntRange(2, 10).Draw(t, "readings") {
		now = now.Add(5 * time.Minute)
		r := pageReading{at: now, unchanged: n > 0 && rapid.IntRange(0, 4).Draw(t, "unchanged") == 0}
		r.indicator = rapid.SampledFrom([]string{"", "none", "none", "major", "blue", "violet"}).Draw(t, "indicator")
		for _, name := range []string{"API", "Web"} {
			word := rapid.SampledFrom([]string{"operational", "operational", "partial_outage", "wobbly",
				"gone"}).Draw(t, name)
			r.parts = append(r.parts, normalize.RawComponent{ID: name, Name: name, Status: word})
		}
		if rapid.IntRange(0, 3).Draw(t, "posted") == 0 {
			r.open = []normalize.Raw{impact(outage("i", t0, "investigating"),
				rapid.SampledFrom([]string{"minor", "crimson"}).Draw(t, "impact"))}
		}
		out = append(out, r)
	}
	return out
}

// pageRecord is what a file holds of what pages said of themselves, but for what events decide.
func (f *file) pageRecord() string {
	f.t.Helper()
	var all []string
	for _, query := range []string{
		`SELECT 'source', indicator, page_severity, page_because, red_suspected FROM sources`,
		`SELECT 'page', seen_at, indicator, whole, severity, because, said, red, posted, uncovered, hash
			FROM page_states`,
		`SELECT 'status', c.source_key, h.status, h.at FROM component_changes h JOIN components c USING (component_id)`,
		`SELECT 'incident', i.source_key, i.title, i.severity, i.state, i.started_at, i.started_after, i.resolved_at,
			i.resolved_after, i.first_seen_at, v.components FROM incidents i JOIN v_incidents v USING (incident_id)
			WHERE i.origin = 'page'`,
		`SELECT 'post', i.source_key, u.source_key, u.position, u.state, u.body FROM incident_updates u
			JOIN incidents i USING (incident_id) WHERE i.origin = 'page'`,
	} {
		rows := f.rows(query)
		slices.Sort(rows)
		all = append(all, rows...)
	}
	return strings.Join(all, "\n")
}

// Whatever a page said, words that are understood later mean what they would have meant at once. With the words that
// it was read with, nothing changes; and what was tampered with is as it was.
func TestRenormalizePages(t *testing.T) {
	later := normalize.Words{
		Severities: map[string]normalize.Severity{"blue": normalize.SeverityNone, "violet": normalize.SeverityCritical,
			"crimson": normalize.SeverityCritical},
		Statuses: map[string]normalize.ComponentStatus{"wobbly": normalize.StatusDegraded,
			"gone": normalize.StatusMajor},
	}
	rapid.Check(t, func(r *rapid.T) {
		readings := pageReadings(r)
		read := func(words normalize.Words) *file {
			f := newFile(t)
			for _, one := range readings {
				f.save(one.scrape(words))
			}
			return f
		}
		f, want := read(normalize.Words{}), read(later)
		whole := f.dump()
		if changes := f.renormalize(normalize.Words{}, false); len(changes) > 0 {
			r.Fatalf("the same words changed %+v", changes)
		}
		if diff := cmp.Diff(whole, f.dump()); diff != "" {
			r.Fatalf("the same words changed (-before +after)\n%s", diff)
		}
		f.renormalize(later, false)
		if diff := cmp.Diff(want.pageRecord(), f.pageRecord()); diff != "" {
			r.Fatalf("of %s\n(-read with the words +renormalized with them)\n%s", fmt.Sprintf("%+v", readings), diff)
		}
		if changes := f.renormalize(later, false); len(changes) > 0 {
			r.Fatalf("the second time it changed %+v", changes)
		}
		for _, tamper := range []string{
			`UPDATE page_states SET severity = 'major', because = 'page', uncovered = 1 - uncovered
				WHERE severity IS NOT NULL`,
			`UPDATE incidents SET title = 'Nothing', severity = 'none', started_after = NULL WHERE origin = 'page'`,
			`UPDATE incident_updates SET body = 'Nothing', state = 'update' WHERE incident_id IN (
				SELECT incident_id FROM incidents WHERE origin = 'page')`,
		} {
			if err := f.exec(tamper); err != nil {
				t.Fatal(err)
			}
		}
		f.renormalize(later, false)
		if diff := cmp.Diff(want.pageRecord(), f.pageRecord()); diff != "" {
			r.Fatalf("after it was tampered with (-want +got)\n%s", diff)
		}
	})
}
