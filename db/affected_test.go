package db_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db/board"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// TestComponentsOfIncidents holds how long each component was affected, where more is known of it than the incident.
func TestComponentsOfIncidents(t *testing.T) {
	at := func(s string) normalize.RawTime { return normalize.RawTime{Text: "2026-11-23T" + s + ":00Z"} }
	timed := func(p normalize.RawComponent, from, to string) normalize.RawComponent {
		p.Started = at(from)
		if to != "" {
			p.Resolved = at(to)
		}
		return p
	}
	// One poll: the page's list, and the incident with what it affects.
	poll := func(when time.Duration, raw normalize.Raw, status string, p normalize.RawComponent) record.Scrape {
		s := listed(after(when), part("1", "", "API", status))
		s.Incidents, s.AllOpen = read(affecting(raw, p)), true
		return s
	}
	open, over := outage("a", t0, "investigating"), outage("a", t0, "investigating", "monitoring", "resolved")
	end := normalize.FormatTime(read(over)[0].ResolvedAt)
	api := part("1", "", "API", "")
	for name, tc := range map[string]struct {
		scrapes []record.Scrape
		want    string // start, own end, its basis, seconds, and the end of all components
	}{
		"as the vendor says": {[]record.Scrape{poll(hour, over, "operational", timed(api, "09:02", "09:07"))},
			"09:02|09:07|stated|300|09:07"},
		"as the vendor says, while the incident is open": {
			[]record.Scrape{poll(hour, open, "operational", timed(api, "09:00", "09:30"))},
			"09:00|09:30|stated|1800|09:30"},
		"no earlier than the incident": {[]record.Scrape{poll(hour, over, "operational", timed(api, "09:00",
			end[11:16]))}, "09:00|" + end[11:16] + "|stated|600|NULL"},
		"still affected": {[]record.Scrape{poll(hour, open, "major_outage", timed(api, "09:00", ""))},
			"09:00|NULL|NULL|NULL|NULL"},
		"well and affected again": {[]record.Scrape{poll(hour, open, "operational", timed(api, "09:00", "09:30")),
			poll(2*hour, open, "major_outage", timed(api, "09:00", ""))}, "09:00|NULL|NULL|NULL|NULL"},
		"corrected": {[]record.Scrape{poll(hour, open, "operational", timed(api, "09:00", "09:30")),
			poll(2*hour, open, "operational", timed(api, "09:00", "09:20"))}, "09:00|09:20|stated|1200|09:20"},
		"a document that does not tell takes nothing away": {[]record.Scrape{
			poll(hour, open, "operational", timed(api, "09:00", "09:30")),
			poll(2*hour, line(open), "operational", api)}, "09:00|09:30|stated|1800|09:30"},
		"as seen": {[]record.Scrape{poll(time.Minute, open, "major_outage", api), poll(time.Hour, open, "operational",
			api)}, "09:00|10:00|seen|3600|10:00"},
		"as seen, and red again": {[]record.Scrape{poll(time.Minute, open, "major_outage", api), poll(hour, open,
			"operational", api), poll(2*hour, open, "partial_outage", api)}, "09:00|NULL|NULL|NULL|NULL"},
		"never red on the page": {[]record.Scrape{poll(time.Minute, open, "operational", api), poll(hour, open,
			"operational", api)}, "09:00|NULL|NULL|NULL|NULL"},
		"well after the incident was over": {[]record.Scrape{poll(time.Minute, open, "major_outage", api), poll(hour,
			over, "operational", api)}, "09:00|NULL|NULL|NULL|NULL"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			f.baseline()
			for _, s := range tc.scrapes {
				f.save(s)
			}
			if diff := cmp.Diff([]string{tc.want}, f.rows(`
				SELECT substr(x.started_at, 12, 5), substr(x.resolved_at, 12, 5), x.resolved_basis, x.duration_seconds,
					substr(i.components_resolved_at, 12, 5)
				FROM v_incidents i JOIN v_incident_components x USING (incident_id)
				WHERE i.origin = 'vendor'`)); diff != "" {
				t.Error(diff)
			}
			spans, err := board.New(f.file).ComponentSpans(t.Context(), []int64{1}, t0.Add(-hour))
			if err != nil {
				t.Fatal(err)
			}
			own := f.rows(`SELECT coalesce(x.resolved_at, i.resolved_at, '') FROM v_incident_components x
				JOIN incidents i USING (incident_id) WHERE i.origin = 'vendor'`)[0]
			for _, s := range spans {
				if s.IncidentID == 1 && (s.ToAt != own || s.FromAt[11:16] != tc.want[:5]) {
					t.Errorf("it is drawn from %s to %s, and was affected until %s", s.FromAt, s.ToAt, own)
				}
			}
		})
	}
}
