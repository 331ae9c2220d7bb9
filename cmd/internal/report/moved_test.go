package report

import (
	"testing"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

func TestMovedTo(t *testing.T) {
	for _, c := range []struct{ url, platform, want string }{
		{"https://b.example", "feed", "page has moved to https://b.example; its history goes on"},
		{"https://a.example", "instatus", "page is now served by instatus; its history goes on"},
		{"https://b.example", "instatus", "page has moved to https://b.example and is now served by instatus; its history goes on"},
	} {
		e := db.Event{Kind: normalize.EventSourceMoved, Detail: map[string]string{
			"from_url": "https://a.example", "from_platform": "feed", "to_url": c.url, "to_platform": c.platform}}
		if got := movedTo(e); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestAPageThatMovedTwiceIsToldOnce holds that the last move counts, and that both events are delivered with it.
func TestAPageThatMovedTwiceIsToldOnce(t *testing.T) {
	move := func(id int64, to string) db.Event {
		return db.Event{EventID: id, SourceID: 1, Kind: normalize.EventSourceMoved, At: "2026-11-23T10:00:00.000Z",
			Detail: map[string]string{"from_url": "https://a.example", "from_platform": "feed", "to_url": to, "to_platform": "feed"}}
	}
	got := moved(facts{events: []db.Event{move(1, "https://b.example"), move(2, "https://c.example")}})
	if len(got) != 1 || got[0].PageURL != "https://c.example" || len(got[0].EventIDs) != 2 {
		t.Errorf("%+v", got)
	}
}
