package db_test

import (
	"errors"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// graver is an outage of that impact in these components.
func graver(raw normalize.Raw, impact string, parts ...string) normalize.Raw {
	raw.Impact = impact
	raw.Components = nil
	for _, name := range parts {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: "c-" + name, Name: name,
			Status: "major_outage"})
	}
	return raw
}

func (f *file) setFilter(filter normalize.Filter, at time.Time) {
	f.t.Helper()
	if err := f.SetFilter(f.t.Context(), f.source, filter, at); err != nil {
		f.t.Fatal(err)
	}
}

// What a filter hides is stored like everything else, and its news is withheld.
func TestFiltersWithholdNews(t *testing.T) {
	a := func(impact string, posts ...string) normalize.Raw {
		return graver(outage("a", after(hour), posts...), impact, "API")
	}
	both := func(posts ...string) normalize.Raw {
		raw := graver(outage("a", after(hour), posts...), "minor", "Web", "API")
		for n := range raw.Components {
			raw.Components[n].Status = ""
		}
		return raw
	}
	with := func(s record.Scrape, raw normalize.Raw) record.Scrape {
		s.Incidents = seen(s.At, raw).Incidents
		return s
	}
	for name, c := range map[string]struct {
		filter normalize.Filter
		steps  []step
	}{
		"of another component: stored, counted, not announced": {
			normalize.Filter{Components: []string{"web*"}}, []step{
				{scrape: seen(t0)},
				{scrape: seen(after(hour), a("minor", "investigating")), events: "incident_opened(filtered)",
					query: `SELECT title, (SELECT count(*) FROM v_filtered) FROM v_open`,
					rows:  []string{"Trouble a|1"}},
				{scrape: seen(after(2*hour), a("minor", "investigating", "resolved")),
					events: "update_posted(filtered) incident_resolved(filtered)"},
			}},
		"that names no component: never hidden by one": {
			normalize.Filter{Components: []string{"web*"}, Groups: []string{"x"}, Regions: []string{"eu"},
				Places: []string{"*"}}, []step{
				{scrape: seen(t0)},
				{scrape: seen(after(hour), outage("a", after(hour), "investigating")), events: "incident_opened"},
			}},
		"a severity that rises far enough: told from the opening": {
			normalize.Filter{Severity: normalize.SeverityMajor}, []step{
				{scrape: seen(t0)},
				{scrape: seen(after(hour), a("minor", "investigating")), events: "incident_opened(filtered)"},
				{scrape: seen(after(2*hour), a("critical", "investigating")),
					events: "incident_opened severity_changed",
					query:  `SELECT count(*) FROM v_filtered`, rows: []string{"0"}},
				{scrape: seen(after(3*hour), a("critical", "investigating", "resolved")),
					events: "update_posted incident_resolved"},
			}},
		"one that falls: what was told of is told to its end": {
			normalize.Filter{Severity: normalize.SeverityMajor}, []step{
				{scrape: seen(t0)},
				{scrape: seen(after(hour), a("critical", "investigating")), events: "incident_opened"},
				{scrape: seen(after(2*hour), a("minor", "investigating")), events: "severity_changed"},
				{scrape: seen(after(3*hour), a("minor", "investigating", "resolved")),
					events: "update_posted incident_resolved"},
			}},
		"open at the first look": {
			normalize.Filter{Components: []string{"web*"}}, []step{
				{scrape: seen(after(hour), a("minor", "investigating")),
					events: "incident_opened(already_open)(filtered)"},
			}},
		"a wanted component that is named later": {
			normalize.Filter{Components: []string{"web*"}}, []step{
				{scrape: seen(t0)},
				{scrape: seen(after(hour), a("minor", "investigating")), events: "incident_opened(filtered)"},
				{scrape: seen(after(2*hour), graver(outage("a", after(hour), "investigating"), "minor", "API", "Web")),
					events: "incident_opened incident_edited"},
			}},
		"a component that works itself, and then fails": {
			normalize.Filter{Components: []string{"Web"}, Status: normalize.StatusDegraded}, []step{
				{scrape: parts(t0, "Web", "operational", "API", "operational")},
				{scrape: with(parts(after(hour), "Web", "operational", "API", "degraded_performance"),
					both("investigating")), events: "component_changed(filtered) incident_opened(filtered)"},
				{scrape: with(parts(after(2*hour), "Web", "degraded_performance", "API", "degraded_performance"),
					both("investigating")), events: "component_changed incident_opened",
					query: `SELECT count(*) FROM v_filtered`, rows: []string{"0"}},
				{scrape: with(parts(after(3*hour), "Web", "operational", "API", "operational"),
					both("investigating", "resolved")),
					events: "component_changed component_changed(filtered) update_posted incident_resolved"},
			}},
		"a component that works to the end": {
			normalize.Filter{Components: []string{"Web"}, Status: normalize.StatusDegraded}, []step{
				{scrape: parts(t0, "Web", "operational", "API", "operational")},
				{scrape: with(parts(after(hour), "Web", "operational", "API", "degraded_performance"),
					both("investigating")), events: "component_changed(filtered) incident_opened(filtered)"},
				{scrape: with(parts(after(2*hour), "Web", "operational", "API", "operational"),
					both("investigating", "resolved")),
					events: "component_changed(filtered) update_posted(filtered) incident_resolved(filtered)"},
			}},
		"a component whose status is not given": {
			normalize.Filter{Components: []string{"Web"}, Status: normalize.StatusDegraded}, []step{
				{scrape: seen(t0)},
				{scrape: seen(after(hour), both("investigating")), events: "incident_opened"},
			}},
		"components of their own": {
			normalize.Filter{Components: []string{"web*"}}, []step{
				{scrape: parts(t0, "Web", "operational", "API", "operational")},
				{scrape: parts(after(hour), "Web", "operational", "API", "major_outage"),
					events: "component_changed(filtered)"},
				{scrape: parts(after(2*hour), "Web", "major_outage", "API", "major_outage"),
					events: "component_changed incident_opened"},
			}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			f.setFilter(c.filter, t0)
			f.live(t, c.steps)
		})
	}
}

// parts is a scrape of a page with these components: name and status in turn.
func parts(at time.Time, words ...string) record.Scrape {
	var raws []normalize.RawComponent
	for n := 0; n < len(words); n += 2 {
		raws = append(raws, normalize.RawComponent{ID: "c-" + words[n], Name: words[n], Status: words[n+1]})
	}
	components, _ := normalize.Components(raws, normalize.Words{})
	return record.Scrape{At: at, AllOpen: true, AllComponents: true, Components: components}
}

func TestAChangedFilter(t *testing.T) {
	f := newFile(t)
	web := normalize.Filter{Components: []string{"web*"}}
	f.setFilter(web, t0)
	f.baseline()
	over := graver(outage("b", after(hour), "investigating", "resolved"), "minor", "API")
	f.save(seen(after(hour), graver(outage("a", after(hour), "investigating"), "minor", "API"), over))

	const news = `SELECT e.kind, source_key, coalesce(withheld, '') FROM events e JOIN incidents USING (incident_id)
		WHERE at = ? ORDER BY event_id`
	f.setFilter(web, after(2*hour))
	if got := f.rows(news, db.Stamp(after(2*hour))); len(got) != 0 {
		t.Errorf("the same filter again made news: %q", got)
	}
	f.setFilter(normalize.Filter{}, after(3*hour))
	want := "incident_opened|a|"
	if got := f.rows(news, db.Stamp(after(3*hour))); len(got) != 1 || got[0] != want {
		t.Errorf("news of the lifted filter %q, want %q: what is open is told, what is over is not", got, want)
	}
	if got := f.rows(`SELECT count(*) FROM filtered_incidents`)[0]; got != "0" {
		t.Errorf("%s incidents are still hidden", got)
	}
	f.setFilter(web, after(4*hour))
	if got := f.rows(`SELECT count(*) FROM filtered_incidents`)[0]; got != "2" {
		t.Errorf("%s incidents are hidden by the filter that is back, want 2", got)
	}
	incidents, err := f.Incidents(t.Context(), query.Filter{Open: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(incidents) != 1 || incidents[0].Filtered != 1 {
		t.Errorf("the hidden incident is listed as %+v", incidents)
	}
	if err := f.SetFilter(t.Context(), 999, web, t0); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("filter of no source: %v", err)
	}
}
