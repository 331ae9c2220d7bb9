package watch

import (
	"context"
	"errors"
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

// cstate answers with a page of another platform.
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
	if got := health(t, w); got.Platform != "cstate" || got.PageURL != s.URL ||
		got.Health != "ok" && got.Health != "not_watched" {
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
	if found, err := w.Record.LastSearch(t.Context(), s.ID); err != nil ||
		!strings.Contains(found.Outcome, "a login page") {
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
	h.serves(says(`<rss version="2.0"><channel><title>News of Acme</title><link>https://acme.example</link><item>` +
		`<title>We are hiring</title><guid>1</guid><pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate></item></channel>` +
		`</rss>`))
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

// hosts answers with a page by the host that is asked, and notes which hosts were.
type hosts struct {
	asked map[string]int
	pages map[string]fetchFunc
}

func (h *hosts) fetch(ctx context.Context, r scraper.Request) (scraper.Page, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return scraper.Page{}, err
	}
	h.asked[u.Host]++
	if page := h.pages[u.Host]; page != nil {
		return page(ctx, r)
	}
	return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 404}
}

// TestTheConfiguredAddressIsAskedAgainAfterAMove holds that a page which moved and is gone from its new address is
// looked for where the config says it is.
func TestTheConfiguredAddressIsAskedAgainAfterAMove(t *testing.T) {
	const configured, moved = "status.acme.example", "acme.pages.example"
	h := &hosts{asked: map[string]int{}, pages: map[string]fetchFunc{configured: healthy}}
	w, s := watcher(t, h.fetch)
	scrape := func() error {
		t.Helper()
		_, err := w.Scrape(t.Context(), s)
		return err
	}
	page := func() string {
		t.Helper()
		source, err := w.DB.Source(t.Context(), s.ID)
		if err != nil {
			t.Fatal(err)
		}
		return source.PageURL
	}
	h.pages[configured] = func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
		page, err := healthy(ctx, r)
		page.URL = strings.Replace(r.URL, configured, moved, 1)
		page.MovedTo = page.URL
		return page, err
	}
	if err := scrape(); err != nil || page() != "https://"+moved {
		t.Fatalf("at %s, %v", page(), err)
	}
	h.pages = map[string]fetchFunc{configured: healthy}
	for n := range failuresToSearch - 1 {
		h.asked = map[string]int{}
		if err := scrape(); err == nil || h.asked[configured] != 0 {
			t.Fatalf("failure %d: %v, asked %v", n+1, err, h.asked)
		}
	}
	if err := scrape(); err != nil || page() != "https://"+configured || h.asked[moved] == 0 {
		t.Errorf("at %s, %v, asked %v", page(), err, h.asked)
	}
	if got := health(t, w); got.ConsecutiveFailures != 0 || got.Platform != "statuspage" {
		t.Errorf("health: %+v", got)
	}
}

// TestASearchThatFindsNothingSaysWhat holds what is kept of a search that changes nothing, and what is said of it.
func TestASearchThatFindsNothingSaysWhat(t *testing.T) {
	redirect := func(to fetchFunc) fetchFunc {
		return func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
			page, err := to(ctx, r)
			page.URL = strings.Replace(page.URL, "status.acme.example", "acme.pages.example", 1)
			return page, err
		}
	}
	half := func(f fetchFunc) fetchFunc { // what finds it reads it, and what reads it does not
		asked := 0
		return func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
			if asked++; asked > 12 {
				return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 503}
			}
			return f(ctx, r)
		}
	}
	for _, c := range []struct {
		name         string
		page         fetchFunc
		taken        bool
		outcome, err string
	}{
		{"a page that is gone", refuses(404), false, "404", "404"},
		{"another source has it", redirect(cstate(t)), true, "cstate at https://acme.pages.example: ",
			"remove one of the two from the config"},
		{"found, and not to be read", half(cstate(t)), false, "which cannot be read: ", ""},
		{"some feed", says(`<rss version="2.0"><channel><title>News</title><link>https://acme.example</link><item>` +
			`<title>We are hiring</title><guid>1</guid></item></channel></rss>`), false,
			"a feed at https://status.acme.example", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, w, s := watcherOfChangingPage(t)
			if c.taken {
				if _, err := w.Record.EnsureSource(t.Context(), vendorOf(t, w), "https://acme.pages.example",
					"statuspage"); err != nil {
					t.Fatal(err)
				}
			}
			h.serves(c.page)
			var err error
			for range failuresToSearch {
				if _, err = w.Scrape(t.Context(), s); err == nil {
					t.Fatal("it was read")
				}
			}
			if !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want %q in it", err, c.err)
			}
			if found, err := w.Record.LastSearch(t.Context(), s.ID); err != nil ||
				!strings.Contains(found.Outcome, c.outcome) {
				t.Errorf("the search brought %q, %v; want %q in it", found.Outcome, err, c.outcome)
			}
			if source, err := w.DB.Source(t.Context(), s.ID); err != nil ||
				source.PageURL != "https://status.acme.example" || source.Platform != "statuspage" {
				t.Errorf("%+v, %v", source, err)
			}
		})
	}
}

// TestASearchThatIsStoppedIsNotKept holds that a service which stops in the middle of a search makes it again.
func TestASearchThatIsStoppedIsNotKept(t *testing.T) {
	h, w, s := watcherOfChangingPage(t)
	h.serves(refuses(404))
	for range failuresToSearch - 1 {
		if _, err := w.Scrape(t.Context(), s); err == nil {
			t.Fatal("it was read")
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the service is stopping")
	asked := 0
	h.serves(func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
		if asked++; asked > 8 {
			cancel(why)
			return scraper.Page{}, context.Cause(ctx)
		}
		return refuses(404)(ctx, r)
	})
	if _, err := w.Scrape(ctx, s); !errors.Is(err, why) {
		t.Errorf("error: %v", err)
	}
	if found, err := w.Record.LastSearch(t.Context(), s.ID); err != nil || !found.At.IsZero() {
		t.Errorf("%+v, %v", found, err)
	}
	if got := health(t, w); got.ConsecutiveFailures != failuresToSearch-1 {
		t.Errorf("health: %+v", got)
	}
}
