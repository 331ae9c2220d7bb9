package watch

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
)

// changingPage is the page of a vendor that changes: what serves it is chosen by now.
type changingPage struct {
	now   atomic.Value // of fetchFunc
	asked atomic.Int32
}

func (h *changingPage) fetch(ctx context.Context, r scraper.Request) (scraper.Page, error) {
	h.asked.Add(1)
	return h.now.Load().(fetchFunc)(ctx, r)
}

func (h *changingPage) serves(f fetchFunc) { h.now.Store(f) }

// cstate fetchFunc with a page of another platform.
func cstate(t *testing.T) fetchFunc {
	files := map[string]string{"index.json": "index.json", "issues/index.json": "issues.json",
		"issues/2026-02-01-tables/index.json": "tables.json", "issues/2026-01-20-works/index.json": "works.json"}
	bodies := map[string][]byte{}
	for path, name := range files {
		body, err := os.ReadFile(filepath.Join("..", "..", "..", "scraper", "testdata", "cstate", "healthy", name))
		if err != nil {
			t.Fatal(err)
		}
		bodies["/"+path] = body
	}
	return func(_ context.Context, r scraper.Request) (scraper.Page, error) {
		u, err := url.Parse(r.URL)
		if err != nil || bodies[u.Path] == nil {
			return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 404}
		}
		return scraper.Page{URL: r.URL, Status: 200, Body: bodies[u.Path], At: time.Now()}, nil
	}
}

func says(body string) fetchFunc {
	return func(_ context.Context, r scraper.Request) (scraper.Page, error) {
		return scraper.Page{URL: r.URL, Status: 200, Body: []byte(body), At: time.Now()}, nil
	}
}

func refuses(status int) fetchFunc {
	return func(_ context.Context, r scraper.Request) (scraper.Page, error) {
		return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: status}
	}
}

// watcherOfChangingPage has read the page once.
func watcherOfChangingPage(t *testing.T) (*changingPage, *Watcher, Source) {
	t.Helper()
	h := &changingPage{}
	h.serves(healthy)
	w, s := watcher(t, h.fetch)
	if _, err := w.Scrape(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return h, w, s
}

func TestAPageOfAnotherPlatformIsFollowedFromTheThirdFailureOn(t *testing.T) {
	h, w, s := watcherOfChangingPage(t)
	h.serves(cstate(t))
	for n := range 2 {
		if _, err := w.Scrape(t.Context(), s); err == nil {
			t.Fatalf("failure %d was read", n+1)
		}
	}
	saved, err := w.Scrape(t.Context(), s)
	if err != nil || len(saved.Events) == 0 || saved.Events[0].Kind != normalize.EventSourceMoved {
		t.Fatalf("%+v, error %v", saved, err)
	}
	for _, e := range saved.Events[1:] {
		t.Errorf("the page's history is told: %s %s", e.Kind, e.Title)
	}
	// The source that the config still describes is read as it is now.
	h.asked.Store(0)
	if _, err := w.Scrape(t.Context(), s); err != nil {
		t.Error(err)
	}
	if got := health(t, w); got.Platform != "cstate" || got.PageURL != s.URL || got.Health != "ok" && got.Health != "not_watched" {
		t.Errorf("health: %+v", got)
	}
	if h.asked.Load() > 5 {
		t.Errorf("%d requests for a page that is known", h.asked.Load())
	}
}

func TestAPageIsLookedForOnceADay(t *testing.T) {
	h, w, s := watcherOfChangingPage(t)
	now := time.Now()
	w.Now = func() time.Time { return now }
	h.serves(says("<html><title>Sign in</title></html>"))
	cost := func() int32 {
		h.asked.Store(0)
		now = now.Add(5 * time.Minute)
		if _, err := w.Scrape(t.Context(), s); err == nil || !strings.Contains(err.Error(), "a login page") {
			t.Fatalf("error %v", err)
		}
		return h.asked.Load()
	}
	plain := cost()
	cost()
	if third := cost(); third <= plain || third > plain+45 {
		t.Errorf("%d requests with the search, %d without", third, plain)
	}
	if found, err := w.Record.LastSearch(t.Context(), s.ID); err != nil || !strings.Contains(found.Outcome, "a login page") {
		t.Errorf("%+v %v", found, err)
	}
	for range 3 {
		if again := cost(); again != plain {
			t.Errorf("%d requests, want %d: the search was made again", again, plain)
		}
	}
	now = now.Add(24 * time.Hour)
	if next := cost(); next <= plain {
		t.Error("the next day no search was made")
	}
	if got := health(t, w); got.Platform != "statuspage" || got.Health != "unreadable" && got.ConsecutiveFailures < 3 {
		t.Errorf("health: %+v", got)
	}
}

func TestNothingIsLookedForWhereAServerIsDownOrTurnsUsAway(t *testing.T) {
	for _, status := range []int{401, 403, 429, 500, 503} {
		h, w, s := watcherOfChangingPage(t)
		h.serves(refuses(status))
		for range 4 {
			if _, err := w.Scrape(t.Context(), s); err == nil {
				t.Fatal("it was read")
			}
		}
		if found, err := w.Record.LastSearch(t.Context(), s.ID); err != nil || !found.At.IsZero() {
			t.Errorf("%d: %+v %v", status, found, err)
		}
	}
}

// TestAnyFeedIsNotTakenForAMovedPage holds that what any site may have, a feed, does not take the page's place.
func TestAnyFeedIsNotTakenForAMovedPage(t *testing.T) {
	h, w, s := watcherOfChangingPage(t)
	h.serves(says(`<rss version="2.0"><channel><title>News of Acme</title><link>https://acme.example</link><item><title>We are hiring</title><guid>1</guid><pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate></item></channel></rss>`))
	for range 4 {
		if saved, err := w.Scrape(t.Context(), s); err == nil {
			t.Fatalf("it was read: %+v", saved)
		}
	}
	if got := health(t, w); got.Platform != "statuspage" || got.Incidents != 0 {
		t.Errorf("health: %+v", got)
	}
}

func TestAPermanentRedirectIsFollowedAndATakenAddressIsNot(t *testing.T) {
	h, w, s := watcherOfChangingPage(t)
	moved := func(_ context.Context, r scraper.Request) (scraper.Page, error) {
		page, err := healthy(t.Context(), r)
		page.URL = strings.Replace(r.URL, "status.acme.example", "acme.pages.example", 1)
		page.MovedTo = page.URL
		return page, err
	}
	source, err := w.DB.Source(t.Context(), s.ID)
	if err != nil {
		t.Fatal(err)
	}
	taken, err := w.Record.EnsureSource(t.Context(), source.VendorID, "https://acme.pages.example", "statuspage")
	if err != nil {
		t.Fatal(err)
	}
	h.serves(moved)
	if saved, err := w.Scrape(t.Context(), s); err != nil || len(saved.Events) != 0 {
		t.Errorf("another source has the address: %+v %v", saved, err)
	}
	if err := w.Record.IdentifySource(t.Context(), taken, "https://third.example", "statuspage"); err != nil {
		t.Fatal(err)
	}
	saved, err := w.Scrape(t.Context(), s)
	if err != nil || len(saved.Events) != 1 || saved.Events[0].Detail["to_url"] != "https://acme.pages.example" {
		t.Errorf("%+v %v", saved, err)
	}
	if source, err = w.DB.Source(t.Context(), s.ID); err != nil || source.PageURL != "https://acme.pages.example" {
		t.Errorf("%+v %v", source, err)
	}
}

// A source that was never read is read as what it is at the first try, and nobody is told of a move.
func TestWhatServesANewPageIsFoundAtTheFirstReading(t *testing.T) {
	h := &changingPage{}
	h.serves(cstate(t))
	w, s := watcher(t, h.fetch)
	saved, err := w.Scrape(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range saved.Events {
		if e.Kind == normalize.EventSourceMoved {
			t.Errorf("a page that was found counts as moved: %+v", e)
		}
	}
	if got := health(t, w); got.Platform != "cstate" || got.Incidents == 0 {
		t.Errorf("health: %+v", got)
	}
	// The next pass needs no search.
	h.asked.Store(0)
	if _, err := w.Scrape(t.Context(), s); err != nil || h.asked.Load() > 5 {
		t.Errorf("%d requests, error %v", h.asked.Load(), err)
	}
}
