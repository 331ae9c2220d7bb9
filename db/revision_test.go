package db_test

import (
	"slices"
	"testing"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// What a vendor changes after publishing it is a revision, with the time at which we saw it; how it is
// spelled is not.
func TestWhatIsARevision(t *testing.T) {
	const list = `SELECT field, old_value, new_value, update_id IS NOT NULL FROM revisions ORDER BY revision_id`
	start := after(hour).Add(123 * time.Millisecond)
	incident := func() normalize.Raw {
		raw := affecting(outage("a", start, "investigating", "resolved"), part("1", "Core", "API", ""),
			part("2", "", "Web & more", ""))
		raw.Title = "Mail is late & slow"
		raw.Started, raw.Resolved = at(start), at(start.Add(5*time.Minute))
		raw.Updates[0].Body = "Mails are late.\n\nWe look into it."
		return raw
	}
	maintenance := func() normalize.Raw { return work("m", after(30*hour), "scheduled") }
	later := func(raw normalize.Raw) normalize.Raw { raw.Updated = at(after(48 * hour)); return raw }
	for name, c := range map[string]struct {
		was  func() normalize.Raw
		edit func(raw *normalize.Raw)
		want []string
	}{
		"title": {incident, func(r *normalize.Raw) { r.Title = "Mail was late" },
			[]string{"title|Mail is late & slow|Mail was late|0"}},
		"severity": {incident, func(r *normalize.Raw) { r.Impact = "major" },
			[]string{"severity|minor|major|0"}},
		"an update's text": {incident, func(r *normalize.Raw) { r.Updates[0].Body = "All mails are late." },
			[]string{"body|Mails are late.\n\nWe look into it.|All mails are late.|1"}},
		"an update's state": {incident, func(r *normalize.Raw) { r.Updates[0].State = "identified" },
			[]string{"state|investigating|identified|1"}},
		"an update's time": {incident, func(r *normalize.Raw) { r.Updates[0].Posted = at(start.Add(time.Minute)) },
			[]string{"posted_at|2026-11-23T10:00:00.123Z|2026-11-23T10:01:00.123Z|1"}},
		"the start": {incident, func(r *normalize.Raw) { r.Started = at(start.Add(-hour)) },
			[]string{"started_at|2026-11-23T10:00:00.123Z|2026-11-23T09:00:00.123Z|0"}},
		"the end": {incident, func(r *normalize.Raw) { r.Resolved = at(start.Add(30 * time.Minute)) },
			[]string{"resolved_at|2026-11-23T10:05:00.123Z|2026-11-23T10:30:00.123Z|0"}},
		"the window's begin": {maintenance, func(r *normalize.Raw) { r.ScheduledStart = at(after(29 * hour)) },
			[]string{"scheduled_start_at|2026-11-24T15:00:00.000Z|2026-11-24T14:00:00.000Z|0"}},
		"the window's end": {maintenance, func(r *normalize.Raw) { r.ScheduledEnd = at(after(40 * hour)) },
			[]string{"scheduled_end_at|2026-11-24T16:00:00.000Z|2026-11-25T01:00:00.000Z|0"}},
		"a further component": {incident, func(r *normalize.Raw) {
			r.Components = append(r.Components,
				part("3", "", "Mail", ""))
		},
			[]string{"components|Core › API, Web & more|Core › API, Mail, Web & more|0"}},
		"a component less": {incident, func(r *normalize.Raw) { r.Components = r.Components[:1] },
			[]string{"components|Core › API, Web & more|Core › API|0"}},
		"two things at once": {incident, func(r *normalize.Raw) { r.Title, r.Impact = "Mail was late", "critical" },
			[]string{"title|Mail is late & slow|Mail was late|0", "severity|minor|critical|0"}},

		"no revision: white space": {incident, func(r *normalize.Raw) {
			r.Title, r.Updates[0].Body = "Mail is  late & slow ", "Mails are  late. \r\n\r\nWe look into it.\n"
		}, nil},
		"no revision: HTML entities": {incident, func(r *normalize.Raw) {
			r.Title, r.Components[1].Name, r.Updates[0].Body = "Mail is late &amp; slow", "Web &amp; more",
				"Mails are late&#46;\n\nWe look into it."
		}, nil},
		"no revision: components in another order": {incident, func(r *normalize.Raw) { slices.Reverse(r.Components) },
			nil},
		"no revision: times without their fractions": {incident, func(r *normalize.Raw) {
			r.Started, r.Resolved = at(start.Truncate(time.Second)), at(start.Add(5*time.Minute).Truncate(time.Second))
			for n := range r.Updates {
				r.Updates[n].Posted = at(start.Add(time.Duration(n) * 5 * time.Minute).Truncate(time.Second))
			}
		}, nil},
		"no revision: times with another offset": {incident, func(r *normalize.Raw) {
			zone := time.FixedZone("", -5*3600)
			r.Started.Text, r.Resolved.Text = start.In(zone).Format(time.RFC3339Nano),
				start.Add(5*time.Minute).In(zone).Format(time.RFC3339Nano)
			for n := range r.Updates {
				at := start.Add(time.Duration(n) * 5 * time.Minute)
				r.Updates[n].Posted.Text = at.In(zone).Format(time.RFC3339Nano)
			}
		}, nil},
		"no revision: the window spelled otherwise": {maintenance, func(r *normalize.Raw) {
			r.ScheduledStart.Text = after(30 * hour).In(time.FixedZone("", 3600)).Format(time.RFC3339)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			f.save(seen(t0))
			f.save(seen(after(hour), c.was()))
			now := c.was()
			c.edit(&now)
			saved := f.save(seen(after(2*hour), later(now)))
			want := c.want
			if want == nil {
				want = []string{}
			}
			f.live(t, []step{{scrape: seen(after(3*hour), later(now)), query: list, rows: want}})
			got := f.rows(`SELECT count(*) FROM revisions WHERE seen_at <> '2026-11-23T11:00:00.000Z'`)
			if got[0] != "0" {
				t.Errorf("%s revisions have another time than that of the reading", got[0])
			}
			if saved.Revisions != len(want) {
				t.Errorf("%d revisions were counted, want %d", saved.Revisions, len(want))
			}
			if edited := slices.ContainsFunc(saved.Events, func(e query.Event) bool {
				return e.Kind == normalize.EventIncidentEdited || e.Kind == normalize.EventSeverityChanged
			}); edited != (len(want) > 0) {
				t.Errorf("told of an edit: %v", kinds(saved.Events))
			}
		})
	}
}
