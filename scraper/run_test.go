package scraper_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// pages is a Fetcher of canned answers; what is not in it is refused with 404.
type pages map[string]struct {
	body  string
	asked int
}

func (p pages) Fetch(_ context.Context, r scraper.Request) (scraper.Page, error) {
	a, ok := p[r.URL]
	a.asked++
	p[r.URL] = a
	if !ok || a.body == "" {
		return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 404}
	}
	return scraper.Page{URL: r.URL, Status: 200, Body: []byte(a.body), At: time.Now()}, nil
}

// wordPage is a Platform whose pages must begin with "ok"; the API is preferred to the home page.
type wordPage struct{}

func (wordPage) Start(s scraper.Source) []scraper.Request {
	return []scraper.Request{{URL: s.URL + "/api", Fallback: []scraper.Request{{URL: s.URL + "/home"}}}}
}

func (wordPage) Parse(_ scraper.Source, p scraper.Page) (scraper.Result, error) {
	if !strings.HasPrefix(string(p.Body), "ok") {
		return scraper.Result{}, page.Errorf("a page that says %q", p.Body)
	}
	return scraper.Result{Document: "list", Coverage: scraper.Coverage{Open: true}}, nil
}

func TestAFallbackThatFailsTooTellsBothReasons(t *testing.T) {
	f := pages{"x/home": {body: "log in"}}
	_, err := scraper.Scrape(context.Background(), f, wordPage{}, scraper.Source{URL: "x"}, nil)
	if !errors.Is(err, scraper.ErrShape) || !strings.Contains(err.Error(), `"log in"`) ||
		!strings.Contains(err.Error(), "x/api: 404") {
		t.Errorf("error: %v", err)
	}
}

func TestARememberedRefusalIsNotAskedAgain(t *testing.T) {
	f := pages{"x/home": {body: "ok"}}
	out, err := scraper.Scrape(context.Background(), f, wordPage{}, scraper.Source{URL: "x"}, nil)
	if err != nil || f["x/api"].asked != 1 || out.Requests != 2 {
		t.Fatalf("error %v, asked %d times, %d requests", err, f["x/api"].asked, out.Requests)
	}
	docs := map[string]scraper.Document{}
	for _, d := range out.Documents {
		docs[d.URL] = d
	}
	out, err = scraper.Scrape(context.Background(), f, wordPage{}, scraper.Source{URL: "x"}, docs)
	if err != nil || f["x/api"].asked != 1 || out.Requests != 1 || !out.Unchanged {
		t.Errorf("error %v, asked %d times, %d requests, unchanged %v", err, f["x/api"].asked, out.Requests,
			out.Unchanged)
	}
}

func TestARefusalIsForgottenWhereItsFallbackFails(t *testing.T) {
	f := pages{"x/api": {body: "ok"}, "x/home": {body: "gone"}}
	docs := map[string]scraper.Document{"x/api": {URL: "x/api", RefusedAt: time.Now()}}
	out, err := scraper.Scrape(context.Background(), f, wordPage{}, scraper.Source{URL: "x"}, docs)
	if err != nil || out.Parsed != 1 || out.Requests != 2 {
		t.Errorf("error %v, %d pages read with %d requests", err, out.Parsed, out.Requests)
	}
}

// partsPage is a Platform whose list of components lies on three pages, each of which leads to the next.
type partsPage struct{}

func (partsPage) Start(s scraper.Source) []scraper.Request {
	return []scraper.Request{{URL: s.URL + "/1"}}
}

func (partsPage) Parse(_ scraper.Source, p scraper.Page) (scraper.Result, error) {
	next := map[string]string{"x/1": "x/2", "x/2": "x/3"}[p.URL]
	res := scraper.Result{Document: "list", Part: true, Components: []normalize.RawComponent{{Name: string(p.Body)}}}
	if next == "" {
		res.Coverage.Components = true
	} else {
		res.Follow = []scraper.Request{{URL: next}}
	}
	return res, nil
}

func TestThePartsOfAListAreReadTogether(t *testing.T) {
	f := pages{"x/1": {body: "a"}, "x/2": {body: "b"}, "x/3": {body: "c"}}
	docs := map[string]scraper.Document{}
	for poll := 1; poll <= 2; poll++ {
		out, err := scraper.Scrape(context.Background(), f, partsPage{}, scraper.Source{URL: "x"}, docs)
		if err != nil || out.Parsed != 3 || len(out.Components) != 3 || !out.Coverage.Components {
			t.Fatalf("poll %d: error %v, %d pages read, components %v", poll, err, out.Parsed, out.Components)
		}
		for _, d := range out.Documents {
			docs[d.URL] = d
		}
	}
}

// homePage is a Platform whose home page only leads to the API.
type homePage struct{}

func (homePage) Start(s scraper.Source) []scraper.Request {
	return []scraper.Request{{URL: s.URL + "/api"}}
}

func (homePage) Parse(s scraper.Source, p scraper.Page) (scraper.Result, error) {
	if string(p.Body) == "home" {
		return scraper.Result{Document: "home", Part: true, Follow: []scraper.Request{{URL: s.URL + "/api"}}}, nil
	}
	return scraper.Result{Document: "list", Coverage: scraper.Coverage{Open: true}}, nil
}

func TestAPageThatLeadsNowhereIsUnreadable(t *testing.T) {
	// The API gives way to the home page, which leads to the API.
	out, err := scraper.Scrape(context.Background(), pages{"x/api": {body: "home"}}, homePage{},
		scraper.Source{URL: "x"}, nil)
	if !errors.Is(err, scraper.ErrShape) || out.Coverage.Open {
		t.Errorf("error %v, coverage %+v", err, out.Coverage)
	}
	if out, err = scraper.Scrape(context.Background(), pages{"x/api": {body: "ok"}}, homePage{},
		scraper.Source{URL: "x"}, nil); err != nil || !out.Coverage.Open {
		t.Errorf("error %v, coverage %+v", err, out.Coverage)
	}
}

// unmodified is a Fetcher that answers "not modified" to whatever it is asked.
type unmodified struct{}

func (unmodified) Fetch(_ context.Context, r scraper.Request) (scraper.Page, error) {
	return scraper.Page{URL: r.URL, Status: 304, NotModified: true, At: time.Now()}, nil
}

// An answer "not modified" to a request without validators says nothing, and is no good reading.
func TestNotModifiedIsAnErrorIfNobodyAskedForIt(t *testing.T) {
	out, err := scraper.Scrape(t.Context(), unmodified{}, wordPage{}, scraper.Source{URL: "x"}, nil)
	if !errors.Is(err, scraper.ErrShape) || out.Unchanged {
		t.Errorf("unchanged %v, error %v", out.Unchanged, err)
	}
	known := map[string]scraper.Document{"x/api": {URL: "x/api", ETag: `"1"`}}
	if out, err = scraper.Scrape(t.Context(), unmodified{}, wordPage{}, scraper.Source{URL: "x"}, known); err != nil ||
		!out.Unchanged {
		t.Errorf("asked for: unchanged %v, error %v", out.Unchanged, err)
	}
}

// movingPage is a Platform whose list says what stands before a "|" and prints the time behind it. It leads to posts.
type movingPage struct{ alone bool }

func (movingPage) Start(s scraper.Source) []scraper.Request {
	return []scraper.Request{{URL: s.URL + "/list"}}
}

func (m movingPage) Parse(s scraper.Source, p scraper.Page) (scraper.Result, error) {
	words, _, _ := strings.Cut(string(p.Body), "|")
	res := scraper.Result{Document: "list", Incidents: []normalize.Raw{{ID: "1", Title: words}}}
	if !m.alone && strings.HasSuffix(p.URL, "/list") {
		res.Follow = []scraper.Request{{URL: s.URL + "/posts"}}
	}
	return res, nil
}

// TestWordsThatAreAsBeforeLeadNowhere holds that a page which prints the time into each answer costs one request while
// it says what it said, nothing is open and what it leads to was read lately; and that nothing of it is forgotten
// otherwise.
func TestWordsThatAreAsBeforeLeadNowhere(t *testing.T) {
	began := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	over := map[string]scraper.Known{"1": {Over: true}}
	for _, c := range []struct {
		name     string
		alone    bool
		known    map[string]scraper.Known
		body     string
		later    time.Duration
		requests int
		remember bool // the new answer
	}{
		{"the same bytes", false, over, "calm|9:00", time.Hour, 1, true},
		{"the same words", false, over, "calm|9:01", time.Minute, 1, false},
		{"other words", false, over, "storm|9:01", time.Minute, 2, true},
		{"the same words, something open", false, map[string]scraper.Known{"1": {}}, "calm|9:01", time.Minute, 2, true},
		{"the same words, long after", false, over, "calm|9:05", 5 * time.Minute, 2, true},
		{"the same words, leading nowhere", true, map[string]scraper.Known{"1": {}}, "calm|9:01", time.Hour, 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := pages{"x/list": {body: "calm|9:00"}, "x/posts": {body: "posts"}}
			source := scraper.Source{URL: "x", Now: func() time.Time { return began },
				LoadKnown: func(context.Context) (map[string]scraper.Known, error) { return c.known, nil }}
			out, err := scraper.Scrape(t.Context(), f, movingPage{c.alone}, source, nil)
			if err != nil {
				t.Fatal(err)
			}
			docs := map[string]scraper.Document{}
			for _, d := range out.Documents {
				d.ReadAt = began
				docs[d.URL] = d
			}
			f["x/list"] = pages{"": {body: c.body}}[""]
			source.Now = func() time.Time { return began.Add(c.later) }
			out, err = scraper.Scrape(t.Context(), f, movingPage{c.alone}, source, docs)
			if err != nil || out.Requests != c.requests {
				t.Fatalf("%d requests, want %d; error %v", out.Requests, c.requests, err)
			}
			if c.requests == 1 != out.Unchanged || out.Unchanged && len(out.Raws) > 0 {
				t.Errorf("unchanged %v, with %d incidents", out.Unchanged, len(out.Raws))
			}
			if same := out.Documents[0].Hash == docs["x/list"].Hash; same == c.remember && c.body != "calm|9:00" {
				t.Errorf("the new answer is remembered: %v, want %v", !same, c.remember)
			}
		})
	}
}
