package db_test

import (
	"testing"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// An item of a feed that has no words for states is not open for ever. For a day it is said that nobody knows whether
// it is over; after that it is history. An item of any other document, or one with a word that nobody knows, stays
// open until it has left its page.
func TestAFeedWithoutStates(t *testing.T) {
	item := func(id string, at time.Time) normalize.Raw {
		return normalize.Raw{Document: "feed_item", ID: id, Title: "Notice " + id,
			Started: normalize.RawTime{Text: normalize.FormatTime(at)}}
	}
	word := item("word", after(-2*day))
	word.State = "pondering"
	listed := item("listed", after(-2*day))
	listed.Document = "incidents"
	const well, unknown = "operational", "unknown"
	old, ancient, fresh := item("b", after(-2*day)), item("a", after(-900*day)), item("b", after(-hour))
	for name, c := range map[string]struct {
		raws            []normalize.Raw
		hours           int // after the newest item
		want            string
		open, openCount int
	}{
		"old items":          {[]normalize.Raw{ancient, old}, 0, well, 0, 0},
		"a new one":          {[]normalize.Raw{ancient, fresh}, 0, unknown, 0, 1},
		"a day later":        {[]normalize.Raw{fresh}, 24, well, 0, 0},
		"an unknown word":    {[]normalize.Raw{word}, 0, unknown, 1, 1},
		"listed among those": {[]normalize.Raw{listed}, 0, unknown, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			now := after(time.Duration(c.hours) * hour)
			f.save(record.Scrape{At: t0, Incidents: read(c.raws...)})
			if c.hours > 0 {
				f.save(record.Scrape{At: now, Incidents: read(c.raws...)})
			}
			status, err := f.Status(t.Context(), "acme", now)
			if err != nil {
				t.Fatal(err)
			}
			open, err := f.OpenIncidents(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if string(status.Status) != c.want || status.OpenIncidents != c.openCount || len(open) != c.open {
				t.Errorf("%s because %s, %d open by the status, %d in the list", status.Status, status.Because,
					status.OpenIncidents, len(open))
			}
			if status.Well() != (c.want == well) {
				t.Errorf("well: %t", status.Well())
			}
			if status.Because == query.BecauseIncident && status.IncidentID == 0 {
				t.Error("no incident is named")
			}
		})
	}
}
