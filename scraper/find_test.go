package scraper_test

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

// caseSite is a Fetcher of a case's pages. It answers every other path of their hosts as many hosts do: with a 200
// and a page of no use.
type caseSite struct {
	c     *platformtest.Case
	asked []string
}

func (s *caseSite) Fetch(_ context.Context, r scraper.Request) (scraper.Page, error) {
	s.asked = append(s.asked, r.URL)
	for _, address := range []string{r.URL, r.URL + "/", strings.TrimSuffix(r.URL, "/")} {
		if _, ok := s.c.Pages[address]; ok {
			page, err := s.c.Page(address)
			if err == nil {
				page.URL = r.URL
			}
			return page, err
		}
	}
	return scraper.Page{URL: r.URL, Status: 200,
		Body: []byte("<!DOCTYPE html><html><title>Nothing here</title></html>")}, nil
}

// TestFindNamesThePlatformOfEveryCase holds that of every status page which a platform can read the platform is found
// from its address alone, with few requests.
func TestFindNamesThePlatformOfEveryCase(t *testing.T) {
	racetest.Skip(t, "reads every case, one after the other")
	// The page itself, which is known by its bytes, is not among the case's.
	incomplete := map[string]bool{"statusio/broken": true}
	for name, list := range platformtest.CaseDirs(t) {
		p, err := platforms.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range list {
			c := platformtest.ReadCase(t, name, dir)
			what := name + "/" + filepath.Base(dir)
			source := scraper.Source{Name: c.Source.Name, URL: c.Source.URL}
			site := &caseSite{c: c}
			if _, err := scraper.Scrape(t.Context(), site, p, source, nil); err != nil || incomplete[what] {
				continue
			}
			site.asked = nil
			found, err := platforms.Find(t.Context(), site, source)
			own := strings.TrimSuffix(c.Source.URL, "/")
			if home := scraper.HomeOf(p, c.Source.URL); err != nil || found.Platform != name || found.URL != home &&
				found.URL != own {
				t.Errorf("%s: found %+v, want %s at %s or %s (%v)", what, found, name, home, own, err)
			}
			if len(site.asked) > scraper.MostProbes || err == nil && found.Asked != len(site.asked) {
				t.Errorf("%s: %d requests, %d counted", what, len(site.asked), found.Asked)
			}
		}
	}
}

// TestFindTellsWhatAPageIs holds that a page which no platform reads is called what it is, and that the feeds it links
// to are named and not taken.
func TestFindTellsWhatAPageIs(t *testing.T) {
	const feed = `<rss version="2.0"><channel><title>Acme status</title><link>https://acme.example</link><item>` +
		`<title>API down</title><guid>1</guid><pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate></item></channel></rss>`
	site := pages{
		"https://acme.example": {body: `<!DOCTYPE html><html><head><title>Acme</title>
			<link rel="alternate" type="application/rss+xml" href="/status.rss">` +
			`<link rel="alternate" type="application/atom+xml; charset=utf-8" href="https://feeds.example/acme.atom">
			<link rel="alternate" hreflang="de" href="/de"></head></html>`},
		"https://acme.example/status.rss": {body: feed},
	}
	_, err := platforms.Find(t.Context(), site, scraper.Source{URL: "https://acme.example"})
	var unrecognised *scraper.Unrecognised
	if !errors.As(err, &unrecognised) || !errors.Is(err, scraper.ErrShape) {
		t.Fatal(err)
	}
	want := &scraper.Unrecognised{URL: "https://acme.example", What: `an HTML page of another kind, titled "Acme"`,
		Feeds: []string{"https://acme.example/status.rss", "https://feeds.example/acme.atom"}}
	if diff := cmp.Diff(want, unrecognised); diff != "" {
		t.Error(diff)
	}
	found, err := platforms.Find(t.Context(), site, scraper.Source{URL: "https://acme.example/status.rss"})
	if err != nil || found != (scraper.Found{URL: "https://acme.example/status.rss", Platform: scraper.Generic,
		Asked: 1}) {
		t.Errorf("the feed's own address: %+v, %v", found, err)
	}
	if _, err := platforms.Find(t.Context(), pages{}, scraper.Source{URL: "https://acme.example"}); errors.As(err,
		&unrecognised) || err == nil {
		t.Errorf("a page that is not there: %v", err)
	}
}

// TestFindKnowsAMirror holds that the documents of a company's own platform are found on a server of another name too,
// where that has no page beside them.
func TestFindKnowsAMirror(t *testing.T) {
	for name, document := range map[string]string{
		"vultr": `{"service_alerts":[{"id":"a-1","region":"atl","subject":"Atlanta Outage",` +
			`"start_date":"2026-11-18T10:00:00+00:00",` +
			`"updated_at":"","status":"ongoing","entries":[]}]}`,
		"googlecloud": `[{"id":"a1","begin":"2026-11-23T09:00:00+00:00","external_desc":"Disks are slow",` +
			`"updates":[{"when":"2026-11-23T09:05:00+00:00","text":"We look into it.",` +
			`"status":"SERVICE_DISRUPTION"}],"service_name":"Disks","severity":"medium"}]`,
	} {
		p, err := platforms.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		const mirror = "https://status.mirror.example"
		site := pages{p.Start(scraper.Source{URL: mirror})[0].URL: {body: document}}
		if found, err := platforms.Find(t.Context(), site, scraper.Source{URL: mirror}); err != nil ||
			found.Platform != name || found.URL != mirror {
			t.Errorf("%s: found %+v, %v", name, found, err)
		}
	}
	if _, err := platforms.Find(t.Context(), pages{},
		scraper.Source{URL: "https://status.mirror.example"}); err == nil || !strings.Contains(err.Error(),
		"nor where platforms would have it") {
		t.Errorf("nothing there: %v", err)
	}
}

// TestFindStaysWithinTheSite holds that a page of unknown make has only its own server asked for anything, and not
// often.
func TestFindStaysWithinTheSite(t *testing.T) {
	for _, address := range []string{"https://status.acme.example", "https://acme.example/status/page?id=5",
		"https://www.acme.example/a/b/c"} {
		list := platforms.All().Candidates(address)
		for _, candidate := range list {
			if u, err := url.Parse(candidate); err != nil || !strings.HasSuffix(u.Host, "acme.example") {
				t.Errorf("%s: %s would be asked for", address, candidate)
			}
		}
		if len(list) < 5 || len(list) > 60 {
			t.Errorf("%s: %d candidates", address, len(list))
		}
	}
	for _, name := range scraper.OfOneCompany {
		if _, err := platforms.Lookup(name); err != nil {
			t.Error(err)
		}
	}
}

// TestFindAsksNothingForDescriptions holds that pages described in files cost no request each: one that was fetched is
// tried against all of their marks.
func TestFindAsksNothingForDescriptions(t *testing.T) {
	const address = "https://status.acme.example"
	with, without := platforms.All(), platforms.All()
	for name, p := range with {
		if r, ok := p.(scraper.Recognised); ok && r.ByMarks() && name != scraper.Custom {
			delete(without, name)
		}
	}
	if len(with) == len(without) {
		t.Fatal("there is no description")
	}
	if more, fewer := with.Candidates(address), without.Candidates(address); !slices.Equal(more, fewer) {
		t.Errorf("with descriptions %d addresses would be asked for, without %d", len(more), len(fewer))
	}
	const algolia = `{"status":{"c1-de":"operational","c4-fr":"major_outage"}}`
	site := pages{address: {body: algolia}}
	if found, err := platforms.Find(t.Context(), site, scraper.Source{URL: address}); err != nil ||
		found.Platform != "algolia" || found.Asked != 1 {
		t.Errorf("found %+v, %v", found, err)
	}
}
