package digest

import (
	"testing"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// TestAPageThatMovedTwiceIsToldOnce holds that the last move counts, and that both events are delivered with it.
func TestAPageThatMovedTwiceIsToldOnce(t *testing.T) {
	move := func(id int64, to string) query.Event {
		return query.Event{EventID: id, SourceID: 1, Kind: normalize.EventSourceMoved, At: "2026-11-23T10:00:00.000Z",
			Detail: map[string]string{"from_url": "https://a.example", "from_platform": "feed", "to_url": to,
				"to_platform": "feed"}}
	}
	got := moved(Facts{Events: []query.Event{move(1, "https://b.example"), move(2, "https://c.example")}})
	if len(got) != 1 || got[0].PageURL != "https://c.example" || len(got[0].EventIDs) != 2 {
		t.Errorf("%+v", got)
	}
}
