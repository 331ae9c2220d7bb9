package db_test

import (
	"testing"
	"time"

	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// What looks like an old copy from a vendor's cache is held back at first. The next reading decides, also where it
// says only that nothing has changed.
func TestCopiesOfCaches(t *testing.T) {
	minutes := func(n time.Duration) time.Time { return after(n * time.Minute) }
	one, two := outage("a", after(-hour), "investigating"), outage("a", after(-hour), "investigating", "monitoring")
	const query = `SELECT state, (SELECT count(*) FROM incident_updates WHERE removed_at IS NULL),
		(SELECT count(*) FROM revisions), copy_suspected FROM incidents JOIN sources USING (source_id)`
	begin := []step{
		{scrape: seen(t0, one), events: "incident_opened(already_open)"},
		{scrape: seen(minutes(5), two), events: "update_posted state_changed", query: query,
			rows: []string{"monitoring|2|0|0"}},
		{scrape: seen(minutes(10), one), query: query, rows: []string{"monitoring|2|0|1"}},
	}
	for name, steps := range map[string][]step{
		"the page is back": {
			{scrape: seen(minutes(15), two), query: query, rows: []string{"monitoring|2|0|0"}},
		},
		"the same again: the post was taken back": {
			{scrape: seen(minutes(15), one), events: "state_changed", query: query,
				rows: []string{"investigating|1|1|0"}},
		},
		"nothing has changed: the post was taken back": {
			{scrape: record.Scrape{At: minutes(15), Unchanged: true}, events: "state_changed", query: query,
				rows: []string{"investigating|1|1|0"}},
			{scrape: record.Scrape{At: minutes(20), Unchanged: true}, query: query,
				rows: []string{"investigating|1|1|0"}},
		},
		"it is over, without the post": {
			{scrape: seen(minutes(15), resolvedAs(one)), events: "incident_resolved", query: query,
				rows: []string{"resolved|1|1|0"}},
		},
	} {
		t.Run(name, func(t *testing.T) { newFile(t).live(t, append(begin[:len(begin):len(begin)], steps...)) })
	}
}

// resolvedAs is an incident whose page says that it is over, and shows no post that does.
func resolvedAs(raw normalize.Raw) normalize.Raw {
	raw.State = "resolved"
	return raw
}
