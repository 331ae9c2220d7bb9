package db_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

func listed(at time.Time, raws ...normalize.RawComponent) record.Scrape {
	components, _ := normalize.Components(raws, normalize.Words{})
	return record.Scrape{At: at, Components: components, AllComponents: true}
}

func part(id, group, name, status string) normalize.RawComponent {
	return normalize.RawComponent{ID: id, Group: group, Name: name, Status: status}
}

func affecting(raw normalize.Raw, parts ...normalize.RawComponent) normalize.Raw {
	raw.Components = parts
	return raw
}

func TestComponents(t *testing.T) {
	const all = `SELECT source_key, group_name, name, status, coalesce(gone_at, '') FROM components
		ORDER BY component_id`
	for name, steps := range map[string][]step{
		"the first list is recorded, and no news, but that the page is red": {
			{scrape: listed(t0, part("1", "", "API", "major_outage"), part("2", "", "Web", "operational")),
				events: "incident_opened(already_open)",
				query:  `SELECT component_id, status, at FROM component_changes`,
				rows:   []string{"1|major_outage|2026-11-23T09:00:00.000Z", "2|operational|2026-11-23T09:00:00.000Z"}},
		},
		"a changed status is news": {
			{scrape: listed(t0, part("1", "Core", "API", "operational"))},
			{scrape: listed(after(hour), part("1", "Core", "API", "partial_outage")), events: "component_changed",
				query: `SELECT detail FROM events`,
				rows: []string{`{"component":"Core › API","component_id":"1",` +
					`"from":"operational","to":"partial_outage"}`}},
			{scrape: listed(after(2*hour), part("1", "Core", "API", "partial_outage")), events: "incident_opened"},
			{scrape: listed(after(3*hour), part("1", "Core", "API", "partial_outage")),
				outcome: query.OutcomeUnchanged},
		},
		"one that is gone, and comes back": {
			{scrape: listed(t0, part("1", "", "API", "operational"), part("2", "", "Web", "operational"))},
			{scrape: listed(after(hour), part("1", "", "API", "operational")), query: all,
				rows: []string{"1||API|operational|", "2||Web|operational|2026-11-23T10:00:00.000Z"}},
			{scrape: listed(after(2*hour), part("1", "", "API", "operational"), part("2", "", "Web", "operational")),
				query: all,
				rows:  []string{"1||API|operational|", "2||Web|operational|"}},
		},
		"a renamed one is the same": {
			{scrape: listed(t0, part("1", "", "API", "operational"))},
			{scrape: listed(after(hour), part("1", "Core", "Public API", "operational")), events: "component_changed",
				query: all, rows: []string{"1|Core|Public API|operational|"}},
			{scrape: listed(after(2*hour), part("1", "Base", "Public API", "major_outage")),
				events: "component_changed component_changed",
				query:  `SELECT detail FROM events`, rows: []string{
					`{"component":"Core › Public API","component_id":"1",` +
						`"from_name":"Core › API","to_name":"Core › Public API"}`,
					`{"component":"Base › Public API","component_id":"1",` +
						`"from_name":"Core › Public API","to_name":"Base › Public API"}`,
					`{"component":"Base › Public API","component_id":"1",` +
						`"from":"operational","to":"major_outage"}`}},
			{scrape: listed(after(3*hour), part("1", "Base", "Public API", "major_outage")), events: "incident_opened"},
			{scrape: listed(after(4*hour), part("1", "Base", "Public API", "major_outage")),
				outcome: query.OutcomeUnchanged,
				query:   `SELECT status, at FROM component_changes`,
				rows:    []string{"operational|2026-11-23T09:00:00.000Z", "major_outage|2026-11-23T11:00:00.000Z"}},
		},
		"one that comes back unwell": {
			{scrape: listed(t0, part("1", "", "API", "operational"), part("2", "", "Web", "operational"))},
			{scrape: listed(after(hour), part("1", "", "API", "operational"))},
			{scrape: listed(after(2*hour), part("1", "", "API", "operational"), part("2", "", "Web", "partial_outage")),
				events: "component_changed",
				query:  `SELECT component_id, status FROM component_changes`,
				rows:   []string{"1|operational", "2|operational", "2|partial_outage"}},
		},
		"an incident names one of the list by its name, once": {
			{scrape: listed(t0, part("1", "Prod1 (US)", "Web Client", "operational"),
				part("2", "Prod1 (US)", "API", "operational"))},
			{scrape: record.Scrape{At: after(hour), Incidents: read(affecting(outage("a", after(hour), "investigating"),
				part("", "", "Web Client", "")))},
				events: "incident_opened", query: all, rows: []string{"1|Prod1 (US)|Web Client|operational|",
					"2|Prod1 (US)|API|operational|"}},
			{scrape: record.Scrape{At: after(2 * hour), Incidents: read(of("incident_page",
				affecting(outage("b", after(hour), "investigating"), part("", "Prod1 (US)", "web client", ""))))},
				events: "incident_opened", query: `SELECT components FROM v_incidents`,
				rows: []string{"Prod1 (US) › Web Client", "Prod1 (US) › Web Client"}},
		},
		"a name that could mean two of the list means neither": {
			{scrape: listed(t0, part("1", "Prod1 (US)", "Web Client", "operational"),
				part("2", "Prod2 (EU)", "Web Client", "operational"))},
			{scrape: record.Scrape{At: after(hour), Incidents: read(affecting(outage("a", after(hour), "investigating"),
				part("", "", "Web Client", "")))},
				events: "incident_opened", query: `SELECT components FROM v_incidents`, rows: []string{"Web Client"}},
			{scrape: record.Scrape{At: after(2 * hour),
				Incidents: read(affecting(outage("b", after(hour), "investigating"),
					part("", "Prod2 (EU)", "Web Client", "")))},
				events: "incident_opened", query: `SELECT components FROM v_incidents`,
				rows: []string{"Web Client", "Prod2 (EU) › Web Client"}},
		},
		"a name known from an incident could be two that a list brings": {
			{scrape: record.Scrape{At: t0, Incidents: read(affecting(outage("a", after(-hour), "investigating"),
				part("", "", "Web Client", "")))}, events: "incident_opened(already_open)"},
			{scrape: listed(after(hour), part("1", "Prod1 (US)", "Web Client", "operational"),
				part("2", "Prod2 (EU)", "Web Client", "operational")),
				query: `SELECT source_key FROM components ORDER BY component_id`,
				rows:  []string{"@/Web Client", "1", "2"}},
		},
		"of two with one name, the one that the page still shows is meant": {
			{scrape: listed(t0, part("1", "", "Web Client", "operational"), part("3", "", "API", "operational"))},
			{scrape: listed(after(hour), part("2", "", "Web Client", "operational"),
				part("3", "", "API", "operational"))},
			{scrape: record.Scrape{At: after(2 * hour),
				Incidents: read(affecting(outage("a", after(hour), "investigating"), part("", "", "Web Client", "")))},
				events: "incident_opened",
				query:  `SELECT c.source_key FROM incident_components JOIN components c USING (component_id)`,
				rows:   []string{"2"}},
		},
		"two of one name stay two": {
			{scrape: listed(t0, part("", "", "Web Client", "operational"), part("", "", "Web Client", "operational"))},
			{scrape: listed(after(hour), part("", "", "Web Client", "operational"),
				part("", "", "Web Client", "major_outage")), events: "component_changed",
				query: `SELECT count(*) FROM components`, rows: []string{"2"}},
		},
		"an incident names those of the list": {
			{scrape: listed(t0, part("1", "Chat", "Web Client", "operational"),
				part("2", "Console", "Web Client", "operational"))},
			{scrape: record.Scrape{At: after(hour), Incidents: read(affecting(outage("a", after(hour), "investigating"),
				part("", "", "Web Client", ""), part("", "", "Web Client", "")))},
				events: "incident_opened", query: `SELECT components FROM v_incidents`,
				rows: []string{"Chat › Web Client, Console › Web Client"}},
			{scrape: record.Scrape{At: after(2 * hour),
				Incidents: read(affecting(outage("a", after(hour), "investigating"),
					part("2", "", "Web Client", "major_outage"), part("1", "", "Web Client", "operational")))},
				query: `SELECT count(*) FROM components`, rows: []string{"2"}},
		},
		"what an incident says of a status is how it was": {
			{scrape: listed(t0, part("1", "", "API", "operational"))},
			{scrape: record.Scrape{At: after(hour), Incidents: read(affecting(outage("a", after(hour), "investigating"),
				part("1", "", "API", "major_outage"), part("9", "", "Old", "major_outage")))},
				events: "incident_opened", query: all, rows: []string{"1||API|operational|", "9||Old|unknown|"}},
			{scrape: listed(after(2*hour), part("1", "", "API", "operational"), part("9", "", "Old", "operational")),
				query: all,
				rows:  []string{"1||API|operational|", "9||Old|operational|"}},
		},
		"an incident first, the list with ids later": {
			{scrape: record.Scrape{At: t0, Incidents: read(affecting(outage("a", after(-hour), "investigating"),
				part("", "", "API", "")))},
				events: "incident_opened(already_open)", query: all, rows: []string{"@/API||API|unknown|"}},
			{scrape: listed(after(hour), part("1", "Core", "API", "operational")), query: all,
				rows: []string{"1|Core|API|operational|"}},
		},
		"an older saved page changes no status": {
			{scrape: listed(after(hour), part("1", "", "API", "operational"))},
			{scrape: archived(listed(t0, part("1", "", "API", "major_outage"), part("0", "", "Gone", "operational"))),
				query: `SELECT source_key, status FROM components`, rows: []string{"1|operational", "0|operational"}},
		},
		"a list without any is not one that lost all": {
			{scrape: listed(t0, part("1", "", "API", "operational"))},
			{scrape: listed(after(hour)), query: all, rows: []string{"1||API|operational|"}},
		},
	} {
		t.Run(name, func(t *testing.T) { newFile(t).live(t, steps) })
	}
}

func TestFindings(t *testing.T) {
	const all = `SELECT source_key, field, times_seen, last_seen_at FROM findings ORDER BY finding_id`
	odd := func(key string) normalize.Finding {
		return normalize.Finding{Key: key, Field: "severity", Value: "purple", Problem: "this severity word is unknown"}
	}
	with := func(s record.Scrape, f ...normalize.Finding) record.Scrape { s.Findings = f; return s }
	newFile(t).live(t, []step{
		{scrape: with(seen(t0, outage("a", after(-hour), "investigating")), odd("a"), odd("a"), odd("")),
			events: "incident_opened(already_open)",
			query:  all, rows: []string{"a|severity|1|2026-11-23T09:00:00.000Z",
				"|severity|1|2026-11-23T09:00:00.000Z"}},
		{scrape: with(seen(after(hour), outage("a", after(-hour), "investigating")), odd("a"), odd("")),
			outcome: query.OutcomeUnchanged},
		{scrape: with(seen(after(2*hour), outage("a", after(-hour), "investigating", "monitoring")), odd("a"), odd("")),
			events: "update_posted state_changed",
			query:  all, rows: []string{"a|severity|2|2026-11-23T11:00:00.000Z",
				"|severity|2|2026-11-23T11:00:00.000Z"}},
	})
}

func TestDocuments(t *testing.T) {
	f := newFile(t)
	doc := query.Document{URL: "https://status.acme.example/api", ETag: `W/"1"`,
		LastModified: "Mon, 23 Nov 2026 09:00:00 GMT", Hash: "ab12", Words: "ef34"}
	refused := query.Document{URL: "https://status.acme.example/x", RefusedAt: t0}
	state := func() map[string]query.Document {
		t.Helper()
		s, err := f.SourceState(t.Context(), f.source)
		if err != nil {
			t.Fatal(err)
		}
		return s.Documents
	}
	f.save(backfill(record.Scrape{At: t0, Documents: []query.Document{doc}}))
	f.save(archived(record.Scrape{At: t0, Documents: []query.Document{doc}, AllOpen: true}))
	if got := state(); len(got) != 0 {
		t.Errorf("after a backfill and an import a poll would skip what it never read: %v", got)
	}
	f.save(record.Scrape{At: after(hour), Documents: []query.Document{doc, refused}})
	doc.ReadAt, refused.ReadAt = after(hour), after(hour)
	if diff := cmp.Diff(map[string]query.Document{doc.URL: doc, refused.URL: refused}, state()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	f.save(record.Scrape{At: after(2 * hour), Documents: []query.Document{{URL: doc.URL, Hash: "cd"}}, Err: errRefused,
		AllOpen: true})
	if got := state()[doc.URL].Hash; got != "ab12" {
		t.Errorf("a scrape with an error replaced the hash by %q", got)
	}
	f.save(seen(after(3*hour), five()...))
	vanished := seen(after(4 * hour))
	vanished.Documents = []query.Document{doc}
	f.save(vanished)
	if got := state()[doc.URL]; got.Hash != "" || got.ETag != "" || got.Words != "" {
		t.Errorf("the page that must be read again in full is remembered as %+v", got)
	}
}
