package message

import (
	"testing"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

func TestMovedTo(t *testing.T) {
	for _, c := range []struct{ url, platform, want string }{
		{"https://b.example", "feed", "page has moved to https://b.example; its history goes on"},
		{"https://a.example", "instatus", "page is now served by instatus; its history goes on"},
		{"https://b.example", "instatus",
			"page has moved to https://b.example and is now served by instatus; its history goes on"},
	} {
		e := query.Event{Kind: normalize.EventSourceMoved, Detail: map[string]string{
			"from_url": "https://a.example", "from_platform": "feed", "to_url": c.url, "to_platform": c.platform}}
		if got := MovedPageText(e); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
