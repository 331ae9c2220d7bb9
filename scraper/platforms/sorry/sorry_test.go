package sorry

import (
	"errors"
	"fmt"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestRefuses(t *testing.T) {
	for what, body := range map[string]string{
		"an error":                    `{"error":"unauthorized"}`,
		"a list without its meta":     `{"notices":[]}`,
		"a list without a total":      `{"notices":[],"meta":{"next_page":null}}`,
		"notices that are null":       `{"notices":null,"meta":{"total_count":0}}`,
		"notices that are an object":  `{"notices":{},"meta":{"total_count":0}}`,
		"components that are null":    `{"components":null,"meta":{"total_count":0}}`,
		"another key beside the list": `{"notices":[],"meta":{"total_count":0},"status":"ok"}`,
		"both lists":                  `{"notices":[],"components":[]}`,
		"a notice without a state": `{"notices":[{"id":1,"type":"unplanned","subject":"Down"}],` +
			`"meta":{"total_count":1}}`,
		"a notice without a timeline": `{"notice":{"id":1,"type":"unplanned","state":"resolved","subject":"Down"}}`,
		"a component without a name":  `{"components":[{"id":1,"state":"operational"}],"meta":{"total_count":1}}`,
		"a page of another product": `{"page":{"name":"Quillon","url":"https://status.quillon.example",` +
			`"state":"up"}}`,
		"a page that is a list": `{"page":[]}`,
	} {
		p := page.Page{URL: "https://status.quillon.example/api/v1/notices", Body: []byte(body)}
		if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) ||
			scraper.Detects(Platform{}, p) {
			t.Errorf("%s: read as %+v (%v)", what, res, err)
		}
	}
}

// TestListsAreWholeOnlyOnOnePage holds what may be concluded from a notice's absence: nothing, where there are
// further pages.
func TestListsAreWholeOnlyOnOnePage(t *testing.T) {
	for body, want := range map[string]bool{
		`{"notices":[],"meta":{"count":0,"total_count":0,"next_page":null}}`:                      true,
		`{"notices":[],"meta":{"count":0,"total_count":30,"next_page":"/api/v1/notices?page=2"}}`: false,
	} {
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{URL: "https://status.quillon.example/api/v1/" +
			"notices", Body: []byte(body)})
		if err != nil || res.Coverage.Open != want {
			t.Errorf("%s covers %+v (%v)", body, res.Coverage, err)
		}
	}
}

// TestFollowsWhatIsNotKnown holds which notices of a list are asked for by themselves.
func TestFollowsWhatIsNotKnown(t *testing.T) {
	list := []byte(`{"notices":[
		{"id":1,"type":"unplanned","state":"investigating","subject":"open","ended_at":null},
		{"id":2,"type":"unplanned","state":"resolved","subject":"known, and over","ended_at":"2026-05-01T00:00:00Z"},
		{"id":3,"type":"unplanned","state":"resolved","subject":"known in part","ended_at":"2026-05-01T00:00:00Z"},
		{"id":4,"type":"unplanned","state":"resolved","subject":"known as open","ended_at":"2026-05-01T00:00:00Z"},
		{"id":"../5","type":"unplanned","state":"resolved","subject":"no id for an address",` +
		`"ended_at":"2026-05-01T00:00:00Z"}
	],"meta":{"total_count":60,"next_page":"/api/v1/notices?page=2"}}`)
	s := scraper.Source{URL: "https://status.quillon.example", Known: map[string]scraper.Known{
		"1": {}, "2": {Over: true}, "3": {Over: true, Excerpt: true}, "4": {}, "7": {}, "8": {Over: true},
	}}
	res, err := Platform{}.Parse(s, page.Page{URL: s.URL + "/api/v1/notices", Body: list})
	if err != nil || len(res.Incidents) != 5 {
		t.Fatalf("%d incidents, error %v", len(res.Incidents), err)
	}
	var got string
	for _, r := range res.Follow {
		got += r.URL[len(s.URL+"/api/v1/notices/"):] + " "
	}
	if got != "1 3 4 7 " {
		t.Errorf("follows %s", got)
	}
}

func TestUnknownWords(t *testing.T) {
	e := entry{ID: "1", Type: "promotion", State: "glowing", Subject: "New colours"}
	in, findings := normalize.Incidents([]normalize.Raw{e.raw(notices)}, scraper.WordsOf(Platform{}))
	if in[0].State != normalize.StateUnknown || len(findings) != 2 {
		t.Errorf("state %s, findings %v", in[0].State, findings)
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "sorry")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}

// A list that announces more entries than it has is cut, or the last page of one that was saved without its address.
func TestAListShorterThanAnnouncedProvesNoEnd(t *testing.T) {
	for _, c := range []struct {
		total int
		whole bool
	}{{0, true}, {1, true}, {2, false}, {40, false}} {
		res := platformtest.Parsed(t, Platform{}, "", fmt.Sprintf(`{"notices":[{"id":9001,"type":"unplanned","state":`+
			`"investigating","subject":"Tills are slow","began_at":"2026-11-23T09:00:00Z","ended_at":null,`+
			`"timeline_state":"present"}],"meta":{"count":1,"total_count":%d,"next_page":null}}`, c.total))
		if len(res.Incidents) != 1 || res.Coverage.Open != c.whole {
			t.Errorf("of %d: %d incidents, %+v", c.total, len(res.Incidents), res.Coverage)
		}
	}
}
