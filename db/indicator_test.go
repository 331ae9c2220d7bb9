package db_test

import (
	"testing"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// inPart is a scrape of a page that need not list all that is open.
func inPart(s record.Scrape) record.Scrape { s.AllOpen = false; return s }

func saying(s record.Scrape, indicator string) record.Scrape {
	s.Indicator, s.IndicatorText = indicator, map[string]string{"minor": "Minor Service Outage"}[indicator]
	return s
}

func TestIndicator(t *testing.T) {
	const (
		details = `SELECT detail FROM events ORDER BY event_id`
		since   = `SELECT indicator, coalesce(substr(indicator_since_at, 12, 5), 'no') FROM v_source_health`
	)
	open := outage("a", after(-hour), "investigating")
	for name, steps := range map[string][]step{
		"raised without an incident, once, and cleared": {
			{scrape: saying(seen(t0), "none"), query: since, rows: []string{"none|no"}},
			{scrape: saying(seen(after(hour)), "minor"), events: "indicator_raised", query: details,
				rows: []string{`{"description":"Minor Service Outage","indicator":"minor","since":"2026-11-23T10:00:00.000Z"}`}},
			{scrape: saying(seen(after(2*hour)), "minor"), outcome: query.OutcomeUnchanged, query: since,
				rows: []string{"minor|10:00"}},
			{scrape: record.Scrape{At: after(3 * hour), Unchanged: true}, query: since, rows: []string{"minor|10:00"}},
			{scrape: failed(after(4 * hour)), query: since, rows: []string{"minor|10:00"}},
			{scrape: saying(seen(after(5*hour)), "none"), events: "indicator_cleared", query: since,
				rows: []string{"none|no"}},
		},
		"raised at the first look": {
			{scrape: saying(seen(t0), "minor"), events: "indicator_raised(already_open)", query: since,
				rows: []string{"minor|09:00"}},
		},
		"an incident says why": {
			{scrape: saying(seen(t0, open), "minor"), events: "incident_opened(already_open)", query: since,
				rows: []string{"minor|no"}},
			{scrape: saying(seen(after(hour), outage("a", after(-hour), "investigating", "resolved")), "minor"),
				events: "update_posted incident_resolved indicator_raised"},
		},
		"an incident says why, an hour later": {
			{scrape: saying(seen(t0), "none")},
			{scrape: saying(seen(after(hour)), "minor"), events: "indicator_raised"},
			{scrape: saying(seen(after(2*hour), outage("b", after(hour), "investigating")), "minor"),
				events: "incident_opened indicator_cleared",
				query:  `SELECT detail FROM events WHERE kind = 'indicator_cleared'`,
				rows:   []string{`{"explained":"true","from":"minor","indicator":"minor","since":"2026-11-23T10:00:00.000Z"}`}},
		},
		"it becomes worse": {
			{scrape: saying(seen(t0), "none")},
			{scrape: saying(seen(after(hour)), "minor"), events: "indicator_raised"},
			{scrape: saying(seen(after(2*hour)), "major"), events: "indicator_raised", query: since,
				rows: []string{"major|10:00"}},
		},
		"work under way says why, work ahead does not": {
			{scrape: saying(seen(t0, work("m", after(2*hour), "scheduled")), "maintenance"),
				events: "maintenance_scheduled(already_open) indicator_raised(already_open)"},
			{scrape: saying(seen(after(2*hour), work("m", after(2*hour), "in_progress")), "maintenance"),
				events: "update_posted maintenance_started indicator_cleared"},
		},
		"a page that need not list what is open is believed all the same": {
			{scrape: saying(record.Scrape{At: t0}, "downtime"), events: "indicator_raised(already_open)", query: since,
				rows: []string{"downtime|09:00"}},
			{scrape: saying(record.Scrape{At: after(hour)}, "downtime")},
			{scrape: saying(inPart(seen(after(2*hour), outage("a", after(hour), "investigating"))), "downtime"),
				events: "incident_opened indicator_cleared"},
		},
		"a saved document that does not list what is open cannot show that nothing is": {
			{scrape: archived(saying(record.Scrape{At: t0}, "major")), query: since, rows: []string{"major|no"}},
			{scrape: archived(saying(record.Scrape{At: after(hour), AllOpen: true}, "major")),
				events: "indicator_raised"},
		},
		"words of other pages": {
			{scrape: saying(seen(t0), "up")},
			{scrape: saying(seen(after(hour)), "All Systems Operational")},
			{scrape: saying(seen(after(2*hour)), "wobbly"), events: "indicator_raised"},
			{scrape: saying(seen(after(3*hour)), "Operational"), events: "indicator_cleared"},
		},
		"saved pages in their order, an older one not": {
			{scrape: archived(saying(seen(t0), "none"))},
			{scrape: archived(saying(seen(after(hour)), "minor")), events: "indicator_raised"},
			{scrape: archived(saying(seen(after(hour)), "minor"))},
			{scrape: archived(saying(seen(after(30*minute)), "none")), query: since, rows: []string{"minor|10:00"}},
			{scrape: archived(saying(seen(after(2*hour)), "none")), events: "indicator_cleared"},
		},
	} {
		t.Run(name, func(t *testing.T) { newFile(t).live(t, steps) })
	}
}

func TestIndicatorWords(t *testing.T) {
	for word, want := range map[string]bool{"": false, "none": false, "Operational": false, "up": false, "minor": true,
		"maintenance": true, "??": false, "odd": true} {
		if got := normalize.IndicatorRaised(word); got != want {
			t.Errorf("IndicatorRaised(%q) = %v, want %v", word, got, want)
		}
	}
}
