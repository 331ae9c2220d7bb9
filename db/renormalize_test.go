package db_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// saveWith saves a scrape as it is read with these words.
func (f *file) saveWith(words normalize.Words, at time.Time, raws ...normalize.Raw) {
	f.t.Helper()
	incidents, findings := normalize.Incidents(raws, words)
	f.save(record.Scrape{At: at, Incidents: incidents, Words: words, Findings: findings})
}

func (f *file) renormalize(words normalize.Words, dryRun bool) []record.MeaningChange {
	f.t.Helper()
	done, err := f.Renormalize(f.t.Context(), f.source, after(24*time.Hour), dryRun,
		func(string) (normalize.Words, bool) { return words, true })
	if err != nil {
		f.t.Fatal(err)
	}
	return done.Changes
}

func change(field, from, to string, count int) record.MeaningChange {
	return record.MeaningChange{Field: field, From: from, To: to, Count: count}
}

func TestRenormalize(t *testing.T) {
	odd := outage("odd", t0, "Looking", "Fixing", "Update", "Gone")
	odd.Impact = "Red"
	odd.Components = []normalize.RawComponent{{ID: "c1", Name: "API"}}
	words := func(more ...func(*normalize.Words)) normalize.Words {
		w := normalize.Words{States: map[string]normalize.State{}, Severities: map[string]normalize.Severity{}}
		for _, add := range more {
			add(&w)
		}
		return w
	}
	state := func(word string, s normalize.State) func(*normalize.Words) {
		return func(w *normalize.Words) { w.States[word] = s }
	}
	red := func(w *normalize.Words) { w.Severities["red"] = normalize.SeverityCritical }
	all := words(state("looking", normalize.StateInvestigating), state("fixing", normalize.StateIdentified),
		state("gone", normalize.StateResolved), red)
	for _, c := range []struct {
		name          string
		before, after normalize.Words
		raws          []normalize.Raw
		changes       []record.MeaningChange
		incident      string // kind, severity, state, start, end
		updates       string // states
		findings      int
	}{
		{"the same words", all, all, []normalize.Raw{odd}, []record.MeaningChange{},
			"incident|critical|resolved|09:00|09:15", "investigating identified identified resolved", 0},
		{"all words become known", normalize.Words{}, all, []normalize.Raw{odd}, []record.MeaningChange{
			change("findings.severity", "this severity word is unknown", "", 1),
			change("findings.state", "this state word is unknown", "", 1),
			change("findings.state", "this state word of an update is unknown", "", 3),
			change("incident_updates.state", "unknown", "identified", 1),
			change("incident_updates.state", "unknown", "investigating", 1),
			change("incident_updates.state", "unknown", "resolved", 1),
			change("incident_updates.state", "update", "identified", 1),
			change("incidents.resolved_at", "", "", 1), change("incidents.resolved_basis", "", "posted", 1),
			change("incidents.severity", "unknown", "critical", 1),
			change("incidents.state", "unknown", "resolved", 1),
		}, "incident|critical|resolved|09:00|09:15", "investigating identified identified resolved", 0},
		{"a word is not known any more", all, words(state("looking", normalize.StateInvestigating),
			state("fixing", normalize.StateIdentified), state("gone", normalize.StateResolved)),
			[]normalize.Raw{odd}, []record.MeaningChange{
				change("findings.severity", "", "this severity word is unknown", 1),
				change("incidents.severity", "critical", "unknown", 1),
			}, "incident|unknown|resolved|09:00|09:15", "investigating identified identified resolved", 1},
		{"what ended it does not end it", all, words(state("looking", normalize.StateInvestigating),
			state("fixing", normalize.StateIdentified), state("gone", normalize.StateMonitoring), red),
			[]normalize.Raw{odd}, []record.MeaningChange{
				change("incident_updates.state", "resolved", "monitoring", 1),
				change("incidents.resolved_at", "", "", 1), change("incidents.resolved_basis", "posted", "", 1),
				change("incidents.state", "resolved", "monitoring", 1),
			}, "incident|critical|monitoring|09:00|", "investigating identified identified monitoring", 0},
		{"it is planned work", all, words(state("looking", normalize.StateScheduled),
			state("fixing", normalize.StateInProgress), state("gone", normalize.StateCompleted), red),
			[]normalize.Raw{odd}, []record.MeaningChange{
				change("incident_updates.state", "identified", "in_progress", 2),
				change("incident_updates.state", "investigating", "scheduled", 1),
				change("incident_updates.state", "resolved", "completed", 1),
				change("incidents.kind", "incident", "maintenance", 1), change("incidents.started_at", "", "", 1),
				change("incidents.state", "resolved", "completed", 1),
			}, "maintenance|critical|completed|09:05|09:15", "scheduled in_progress in_progress completed", 0},
		{"an update that is shown no more", normalize.Words{}, all, []normalize.Raw{odd, lacking(odd, 1)},
			[]record.MeaningChange{
				change("findings.severity", "this severity word is unknown", "", 1),
				change("findings.state", "this state word is unknown", "", 1),
				change("findings.state", "this state word of an update is unknown", "", 3),
				change("incident_updates.state", "unknown", "identified", 1),
				change("incident_updates.state", "unknown", "investigating", 1),
				change("incident_updates.state", "unknown", "resolved", 1),
				change("incident_updates.state", "update", "investigating", 1),
				change("incidents.resolved_at", "", "", 1), change("incidents.resolved_basis", "", "posted", 1),
				change("incidents.severity", "unknown", "critical", 1),
				change("incidents.state", "unknown", "resolved", 1),
			}, "incident|critical|resolved|09:00|09:15", "investigating identified investigating resolved", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFile(t)
			f.baseline()
			for n, raw := range c.raws {
				f.saveWith(c.before, after(time.Duration(n+1)*time.Hour), raw)
			}
			const kept = `SELECT incident_id || source_key || first_seen_at || announced || raw || raw_index
				FROM incidents
				UNION ALL SELECT update_id || source_key || body || first_seen_at || coalesce(removed_at, '')
				FROM incident_updates
				UNION ALL SELECT revision_id || old_value || new_value FROM revisions UNION ALL
				SELECT event_id || kind || detail FROM events`
			untouched, whole := f.rows(kept), f.dump()
			if diff := cmp.Diff(c.changes, f.renormalize(c.after, true)); diff != "" {
				t.Errorf("a dry run (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(whole, f.dump()); diff != "" {
				t.Errorf("a dry run wrote (-before +after)\n%s", diff)
			}
			if diff := cmp.Diff(c.changes, f.renormalize(c.after, false)); diff != "" {
				t.Errorf("changes (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(untouched, f.rows(kept)); diff != "" {
				t.Errorf("what is to stay (-before +after)\n%s", diff)
			}
			got := f.rows(`SELECT kind, severity, state, substr(started_at, 12, 5), coalesce(substr(resolved_at, 12, 5),
				'') FROM incidents`)
			if diff := cmp.Diff([]string{c.incident}, got); diff != "" {
				t.Errorf("incident (-want +got)\n%s", diff)
			}
			if got := strings.Join(f.rows(`SELECT state FROM incident_updates ORDER BY position`),
				" "); got != c.updates {
				t.Errorf("updates %s, want %s", got, c.updates)
			}
			if got := len(f.rows(`SELECT * FROM findings`)); got != c.findings {
				t.Errorf("%d findings, want %d: %s", got, c.findings, f.rows(`SELECT * FROM findings`))
			}
			if again := f.renormalize(c.after, false); len(again) > 0 {
				t.Errorf("the second time it changed %+v", again)
			}
			whole = f.dump()
			f.saveWith(c.after, after(time.Duration(len(c.raws)+1)*time.Hour), c.raws[len(c.raws)-1])
			if diff := cmp.Diff(whole, f.dump()); diff != "" {
				t.Errorf("the next reading differs (-before +after)\n%s", diff)
			}
		})
	}
}

// lacking is a raw whose page shows an update no more.
func lacking(raw normalize.Raw, n int) normalize.Raw {
	raw.Updates = append(append([]normalize.RawUpdate{}, raw.Updates[:n]...), raw.Updates[n+1:]...)
	return raw
}

// A time zone that was misread moves every time that was printed in it, and doubles no update.
func TestRenormalizeTimes(t *testing.T) {
	f := newFile(t)
	f.baseline()
	raw := normalize.Raw{Document: "page", URL: "https://status.acme.example/1", Title: "Trouble", Zone: "UTC"}
	for n, s := range []string{"investigating", "resolved"} {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{State: s, Body: "It is " + s + ".",
			Posted: normalize.RawTime{Text: "Nov 23, 2026 - 1" + string(rune('0'+n)) + ":00"}})
	}
	f.saveWith(normalize.Words{}, after(time.Hour), raw)
	// The record of a program that took the zone for another.
	for _, column := range []string{"incidents SET started_at", "incidents SET resolved_at",
		"incident_updates SET posted_at"} {
		name := strings.Fields(column)[2]
		if err := f.exec("UPDATE " + column + " = strftime('%Y-%m-%dT%H:%M:%fZ', " + name +
			", '-20 minutes')"); err != nil {
			t.Fatal(err)
		}
	}
	want := []record.MeaningChange{{Field: "incident_updates.posted_at", Count: 2},
		{Field: "incidents.resolved_at", Count: 1}, {Field: "incidents.started_at", Count: 1}}
	if diff := cmp.Diff(want, f.renormalize(normalize.Words{}, false)); diff != "" {
		t.Errorf("changes (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"10:00|11:00"},
		f.rows(`SELECT substr(started_at, 12, 5), substr(resolved_at, 12, 5) FROM incidents`)); diff != "" {
		t.Errorf("incident (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"10:00", "11:00"},
		f.rows(`SELECT substr(posted_at, 12, 5) FROM incident_updates ORDER BY position`)); diff != "" {
		t.Errorf("updates (-want +got)\n%s", diff)
	}
	if again := f.renormalize(normalize.Words{}, false); len(again) > 0 {
		t.Errorf("the second time it changed %+v", again)
	}
}

// The status of a component is made again of the word beside it, with the newest entry of its history.
func TestRenormalizeComponents(t *testing.T) {
	f := newFile(t)
	f.save(listed(t0, part("c1", "", "API", "operational"), part("c2", "", "Web", "operational")))
	f.save(listed(after(time.Hour), part("c1", "", "API", "Sluggish"), part("c2", "", "Web", "operational")))
	words := normalize.Words{Statuses: map[string]normalize.ComponentStatus{"sluggish": normalize.StatusDegraded}}
	want := []record.MeaningChange{change("component_changes", "", "", 1),
		change("components.status", "unknown", "degraded_performance", 1),
		change("page_states.severity", "", "minor", 1)}
	if diff := cmp.Diff(want, f.renormalize(words, false)); diff != "" {
		t.Errorf("changes (-want +got)\n%s", diff)
	}
	got := f.rows(`SELECT c.name, h.status FROM component_changes h JOIN components c USING (component_id)
		ORDER BY c.name, component_change_id`)
	if diff := cmp.Diff([]string{"API|operational", "API|degraded_performance", "Web|operational"}, got); diff != "" {
		t.Errorf("history (-want +got)\n%s", diff)
	}
}

// An incident whose words are not stored, or in part only, stays as it is.
func TestRenormalizeWithoutWords(t *testing.T) {
	f := newFile(t)
	f.baseline()
	page := outage("b", t0, "Looking")
	page.Document = "page"
	f.saveWith(normalize.Words{}, after(time.Hour), outage("a", t0, "Looking"), outage("b", t0, "Looking"), page,
		outage("c", t0, "Looking"))
	for _, change := range []string{
		`DELETE FROM readings WHERE incident_id = (SELECT incident_id FROM incidents WHERE source_key = 'a')`,
		`UPDATE reading_words SET words = packed(replace(unpacked(words), '"document":"page"',
			'"document":"unheard-of/page"'))`,
	} {
		if err := f.exec(change); err != nil {
			t.Fatal(err)
		}
	}
	done, err := f.Renormalize(t.Context(), f.source, after(2*time.Hour), false,
		func(platform string) (normalize.Words, bool) {
			return normalize.Words{States: map[string]normalize.State{"looking": normalize.StateInvestigating}},
				platform != "unheard-of"
		})
	if err != nil {
		t.Fatal(err)
	}
	if done.Wordless != 2 || done.Incidents != 1 || done.Changed != 1 {
		t.Errorf("%+v", done)
	}
	if diff := cmp.Diff([]string{"a|unknown", "b|unknown", "c|investigating"},
		f.rows(`SELECT source_key, state FROM incidents ORDER BY 1`)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
