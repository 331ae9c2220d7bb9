package db_test

import (
	"path/filepath"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

func saying(s record.Scrape, indicator string) record.Scrape {
	s.Indicator, s.IndicatorText = indicator, map[string]string{"minor": "Minor Service Outage",
		"none": "All Systems Operational"}[indicator]
	return s
}

// showing is a scrape of a page that lists all its components, by name and status.
func showing(s record.Scrape, parts ...string) record.Scrape {
	s.AllComponents = true
	for n := 0; n < len(parts); n += 2 {
		s.Components = append(s.Components, normalize.Component{Key: parts[n], Name: parts[n],
			Status: normalize.ComponentStatus(parts[n+1]), VendorStatus: parts[n+1]})
	}
	return s
}

// impact is an incident of a severity.
func impact(raw normalize.Raw, word string) normalize.Raw { raw.Impact = word; return raw }

func unchanged(s record.Scrape) record.Scrape { return record.Scrape{At: s.At, Unchanged: true} }

// partly is a scrape of which only the document with the incidents has changed.
func partly(s record.Scrape, raws ...normalize.Raw) record.Scrape {
	s.SomeSame, s.AllOpen, s.Incidents = true, true, read(raws...)
	return s
}

func TestPageIncident(t *testing.T) {
	const (
		up, down, slow = "operational", "major_outage", "degraded_performance"
		all            = `SELECT title, severity, state, substr(started_at, 12, 5), coalesce(started_basis, 'NULL'),
			coalesce(substr(started_after, 12, 5), 'NULL'), coalesce(substr(resolved_at, 12, 5), 'NULL'),
			coalesce(substr(resolved_after, 12, 5), 'NULL'), components
			FROM v_incidents WHERE origin = 'page' ORDER BY started_at`
		posts = `SELECT state, substr(posted_at, 12, 5), body FROM v_updates WHERE origin = 'page'
			ORDER BY incident_id, position`
		page = `SELECT page_severity, substr(page_severity_at, 12, 5), page_because FROM sources`
		none = `SELECT count(*) FROM incidents WHERE origin = 'page'`
	)
	m := func(n int) record.Scrape { return seen(after(minutes(n))) }
	for name, steps := range map[string][]step{
		"it opens at the second reading that is red, and ends at the first that is well": {
			{scrape: showing(m(0), "API", up, "Web", up), query: page, rows: []string{"none|09:00|component"}},
			{scrape: showing(m(5), "API", down, "Web", up), events: "component_changed", query: none,
				rows: []string{"0"}},
			{scrape: showing(m(10), "API", down, "Web", up), events: "incident_opened", query: all,
				rows: []string{"API: major outage, no incident " +
					"posted|major|investigating|09:05|seen|09:00|NULL|NULL|API"}},
			{scrape: showing(m(15), "API", down, "Web", up), outcome: query.OutcomeUnchanged},
			{scrape: showing(m(20), "API", down, "Web", slow),
				events: "component_changed update_posted"},
			{scrape: showing(m(25), "API", down, "Web", down),
				events: "component_changed severity_changed update_posted", query: all,
				rows: []string{"API and 1 more: major outage, no incident " +
					"posted|critical|investigating|09:05|seen|09:00|" +
					"NULL|NULL|API, Web"}},
			{scrape: unchanged(m(30))},
			{scrape: failed(after(minutes(35)))},
			{scrape: showing(m(40), "API", up, "Web", up),
				events: "component_changed component_changed update_posted incident_resolved", query: all,
				rows: []string{"API and 1 more: major outage, no incident posted|critical|resolved|09:05|seen|09:00|" +
					"09:40|09:30|API, Web"}},
			{scrape: showing(m(45), "API", up, "Web", up), query: posts, rows: []string{
				"investigating|09:05|API: operational → major outage",
				"update|09:20|Web: operational → degraded performance",
				"update|09:25|Web: degraded performance → major outage",
				"resolved|09:40|The page no longer says that something is wrong.\n\n" +
					"- API: major outage → operational\n- Web: major outage → operational"}},
		},
		"its components are in a document that has not changed since": {
			{scrape: showing(m(0), "API", up)},
			{scrape: showing(m(5), "API", down), events: "component_changed", query: none, rows: []string{"0"}},
			{scrape: partly(m(10)), events: "incident_opened", query: none, rows: []string{"1"}},
			{scrape: partly(m(15), impact(outage("a", after(minutes(14)), "investigating"), "critical")),
				events: "incident_opened update_posted(same_event) incident_resolved(same_event) update_posted",
				query: `SELECT body FROM v_updates
				WHERE origin = 'page' AND state = 'resolved'`,
				rows: []string{"The vendor has posted an incident that says so."}},
		},
		"a page that no longer tells how its components do is not known to be well": {
			{scrape: showing(m(0), "API", up), query: page, rows: []string{"none|09:00|component"}},
			{scrape: m(5), query: page, rows: []string{"none|09:00|component"}},
			{scrape: showing(m(10), "API", string(normalize.StatusUnknown)), events: "component_changed",
				query: `SELECT page_severity IS NULL, page_severity_at IS NULL, page_because IS NULL FROM sources`,
				rows:  []string{"1|1|1"}},
			{scrape: showing(m(15), "API", up), events: "component_changed", query: page,
				rows: []string{"none|09:15|component"}},
		},
		"one reading that is red is none": {
			{scrape: showing(m(0), "API", up)},
			{scrape: showing(m(5), "API", down), events: "component_changed"},
			{scrape: showing(m(10), "API", up), events: "component_changed", query: none, rows: []string{"0"}},
			{scrape: showing(m(15), "API", down), events: "component_changed", query: none, rows: []string{"0"}},
		},
		"a page that has not changed is the second reading": {
			{scrape: showing(m(0), "API", up)},
			{scrape: showing(m(5), "API", down), events: "component_changed",
				query: `SELECT red_suspected FROM sources`, rows: []string{"1"}},
			{scrape: unchanged(m(10)), events: "incident_opened", query: `SELECT red_suspected FROM sources`,
				rows: []string{"0"}},
			{scrape: unchanged(m(15))},
			{scrape: showing(m(20), "API", up), events: "component_changed update_posted incident_resolved", query: all,
				rows: []string{"API: major outage, no incident " +
					"posted|critical|resolved|09:05|seen|09:00|09:20|09:15|API"}},
		},
		"a page that is red when we begin": {
			{scrape: showing(saying(m(0), "minor"), "API", slow), events: "incident_opened(already_open)", query: all,
				rows: []string{"API: degraded performance, no incident " +
					"posted|minor|investigating|09:00|NULL|NULL|NULL|NULL|API"}},
			{scrape: showing(saying(m(5), "minor"), "API", slow), outcome: query.OutcomeUnchanged, query: page,
				rows: []string{"minor|09:00|page"}},
			{scrape: showing(saying(m(10), "none"), "API", up),
				events: "component_changed update_posted incident_resolved"},
		},
		"by its word alone": {
			{scrape: saying(m(0), "none")},
			{scrape: saying(m(5), "minor")},
			{scrape: saying(m(10), "minor"), events: "incident_opened", query: all, rows: []string{
				"Minor Service Outage, no incident posted|minor|investigating|09:05|seen|09:00|NULL|NULL|NULL"}},
			{scrape: saying(m(15), "critical"), events: "severity_changed update_posted", query: all, rows: []string{
				`The page says "critical", no incident posted|critical|investigating|09:05|seen|09:00|NULL|NULL|NULL`}},
			{scrape: record.Scrape{At: after(minutes(20)), AllOpen: true}, query: none, rows: []string{"1"}},
			{scrape: saying(m(25), "none"), events: "update_posted incident_resolved"},
		},
		"an incident of the vendor says as much": {
			{scrape: saying(seen(t0, impact(outage("a", after(-hour), "investigating"), "major")), "major"),
				events: "incident_opened(already_open)"},
			{scrape: saying(seen(after(minutes(5)), impact(outage("a", after(-hour), "investigating"), "major")),
				"major"),
				query: none, rows: []string{"0"}},
			{scrape: saying(seen(after(minutes(10)), impact(outage("a", after(-hour), "investigating"), "major")),
				"critical")},
			{scrape: saying(seen(after(minutes(15)), impact(outage("a", after(-hour), "investigating"), "major")),
				"critical"),
				events: "incident_opened", query: `SELECT title FROM v_open WHERE origin = 'page'`,
				rows: []string{`The page says "critical", posted as major`}},
			{scrape: saying(seen(after(minutes(20)), impact(outage("a", after(-hour), "investigating"), "major")),
				"major"),
				events: "update_posted(same_event) incident_resolved(same_event) update_posted"},
		},
		"one of unknown severity may say as much": {
			{scrape: saying(m(0), "none")},
			{scrape: saying(seen(after(minutes(5)), impact(outage("a", after(0), "investigating"), "")), "critical"),
				events: "incident_opened"},
			{scrape: saying(seen(after(minutes(10)), impact(outage("a", after(0), "investigating"), "")), "critical"),
				query: none, rows: []string{"0"}},
		},
		"planned work says nothing of trouble": {
			{scrape: saying(seen(t0, work("m", t0, "in_progress")), "none"),
				events: "maintenance_started(already_open)"},
			{scrape: saying(seen(after(minutes(5)), work("m", t0, "in_progress")), "major")},
			{scrape: saying(seen(after(minutes(10)), work("m", t0, "in_progress")), "major"),
				events: "incident_opened"},
		},
		"the page's word for planned work is not red": {
			{scrape: saying(m(0), "none")},
			{scrape: showing(saying(m(5), "maintenance"), "API", "under_maintenance"), events: "component_changed"},
			{scrape: showing(saying(m(10), "maintenance"), "API", "under_maintenance"), query: none,
				rows: []string{"0"}},
		},
		"the vendor posts afterwards": {
			{scrape: saying(m(0), "none")},
			{scrape: saying(m(5), "minor")},
			{scrape: saying(m(10), "minor"), events: "incident_opened"},
			{scrape: saying(seen(after(minutes(20)), outage("b", after(minutes(19)), "investigating")), "minor"),
				events: "incident_opened update_posted(same_event) incident_resolved(same_event) update_posted",
				query: `SELECT origin, state, same_event_id, coalesce(red_before_post_seconds, 'NULL') FROM v_incidents
					ORDER BY incident_id`,
				rows: []string{"page|resolved|2|NULL", "vendor|investigating|2|840"}},
			{scrape: saying(seen(after(minutes(25)), outage("b", after(minutes(19)), "investigating", "resolved")),
				"none"),
				events: "update_posted incident_resolved"},
			{scrape: saying(m(30), "none"), query: `SELECT count(*) FROM v_open`, rows: []string{"0"}},
		},
		"the vendor posts what is worse": {
			{scrape: saying(m(0), "none")},
			{scrape: saying(m(5), "minor")},
			{scrape: saying(m(10), "minor"), events: "incident_opened"},
			{scrape: saying(seen(after(minutes(20)),
				impact(outage("b", after(minutes(19)), "investigating"), "critical")), "critical"),
				events: "incident_opened update_posted(same_event) incident_resolved(same_event) severity_changed"},
		},
		"the vendor posts what is milder, and the page gets well": {
			{scrape: saying(m(0), "none")},
			{scrape: saying(m(5), "critical")},
			{scrape: saying(m(10), "critical"), events: "incident_opened"},
			{scrape: saying(seen(after(minutes(20)), outage("b", after(minutes(19)), "investigating")), "critical"),
				events: "incident_opened", query: `SELECT origin FROM v_open ORDER BY origin`, rows: []string{"page",
					"vendor"}},
			{scrape: saying(seen(after(minutes(25)), outage("b", after(minutes(19)), "investigating", "resolved")),
				"none"),
				events: "update_posted incident_resolved update_posted(same_event) incident_resolved(same_event)",
				query:  `SELECT count(DISTINCT same_event_id), count(*) FROM incidents`, rows: []string{"1|2"}},
		},
		"a page read in part says nothing of the rest": {
			{scrape: showing(m(0), "API", down), events: "incident_opened(already_open)"},
			{scrape: record.Scrape{At: after(minutes(5)), Err: errRefused,
				Components: showing(m(5), "Web", up).Components},
				query: `SELECT open FROM incidents`, rows: []string{"1"}},
		},
		"saved pages far apart": {
			{scrape: archived(saying(m(0), "none"))},
			{scrape: archived(saying(m(3000), "minor")), query: none, rows: []string{"0"}},
			{scrape: archived(saying(m(6000), "minor")), events: "incident_opened", query: all, rows: []string{
				"Minor Service Outage, no incident posted|minor|investigating|11:00|seen|09:00|NULL|NULL|NULL"}},
			{scrape: archived(saying(m(6000), "minor"))},
			{scrape: archived(saying(m(4500), "none")), query: none, rows: []string{"0"}},
			{scrape: archived(saying(m(7500), "minor")), events: "incident_opened", query: all, rows: []string{
				"Minor Service Outage, no incident posted|minor|investigating|13:00|seen|12:00|NULL|NULL|NULL"}},
		},
		"an older page tells how a component was doing before": {
			{scrape: archived(showing(m(60), "API", up))},
			{scrape: archived(showing(m(120), "API", up, "Web", down)), events: "component_changed"},
			{scrape: archived(showing(m(180), "API", up, "Web", down)), events: "incident_opened"},
			{scrape: archived(showing(m(0), "API", up, "Web", up)), query: posts,
				rows: []string{"investigating|11:00|Web: operational → major outage"}},
		},
		"what a filter hides": {
			{scrape: showing(m(0), "API", up, "Web", up)},
			{scrape: showing(m(5), "API", up, "Web", down), events: "component_changed(filtered)"},
			{scrape: showing(m(10), "API", up, "Web", down), events: "incident_opened(filtered)",
				query: `SELECT filtered FROM v_incidents`, rows: []string{"1"}},
			{scrape: showing(m(15), "API", down, "Web", down),
				events: "component_changed incident_opened severity_changed update_posted",
				query:  `SELECT filtered FROM v_incidents`, rows: []string{"0"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			if name == "what a filter hides" {
				f.setFilter(normalize.Filter{Components: []string{"API"}}, t0)
			}
			f.live(t, steps)
		})
	}
}

// What was awaited is awaited still after the program was started again.
func TestPageIncidentAfterRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "restart.db")
	emptyFile(t, path)
	at := func(n int, status string) record.Scrape {
		return showing(seen(after(minutes(n))), "API", status)
	}
	var events string
	for n, s := range []record.Scrape{at(0, "operational"), at(5, "major_outage"), unchanged(at(10, ""))} {
		d, err := db.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		f := over(t, d)
		if n == 0 {
			f.addSource("acme")
		}
		f.source = 1
		events = kinds(f.save(s).Events)
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if events != "incident_opened" {
		t.Errorf("events of the second reading, after a restart: %q", events)
	}
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }
