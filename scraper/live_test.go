package scraper_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

// live fetches the pages of a case from a real server, under the addresses that the case gives them.
type live struct {
	collector *scraper.Collector
	server    string
	of        *platformtest.Case
}

func (l live) Fetch(ctx context.Context, r scraper.Request) (page.Page, error) {
	asked := r.URL
	r.URL, r.Page = l.server+"/?page="+url.QueryEscape(asked), l.server
	p, err := l.collector.Fetch(ctx, r)
	p.URL, p.At = asked, l.of.At
	if to := l.of.Pages[asked].Location; to != "" {
		p.URL = to
	}
	return p, err
}

// TestLiveCases scrapes each case over HTTP, by the fetcher that reads vendors' pages, and holds that the same is read
// as from its files.
func TestLiveCases(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	var of *platformtest.Case
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, known := of.Pages[r.URL.Query().Get("page")]
		saved, err := of.Page(r.URL.Query().Get("page"))
		if !known || err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header()["Content-Type"] = nil
		for name, value := range p.Headers {
			w.Header().Set(name, value)
		}
		if p.ContentType != "" {
			w.Header().Set("Content-Type", p.ContentType)
		}
		if p.Status != 0 {
			w.WriteHeader(p.Status)
		}
		_, _ = w.Write(saved.Body)
	}))
	t.Cleanup(server.Close)
	collector := scraper.NewCollector(scraper.FetchOptions{})
	dirs := platformtest.CaseDirs(t)
	for _, name := range platforms.Names() {
		for _, dir := range dirs[name] {
			of = platformtest.ReadCase(t, name, dir)
			s := of.Reading()
			s.Known = of.Source.Known
			reader := readerOf(t, of)
			saved, errSaved := scraper.Scrape(t.Context(), of, reader, s, nil)
			got, err := scraper.Scrape(t.Context(), live{collector, server.URL, of}, reader, s, nil)
			test := name + "/" + filepath.Base(dir)
			if (err == nil) != (errSaved == nil) {
				t.Errorf("%s: live %v, saved %v", test, err, errSaved)
				continue
			}
			if diff := cmp.Diff(saved.Raws, got.Raws); diff != "" {
				t.Errorf("%s: incidents (-saved +live)\n%s", test, diff)
			}
			if diff := cmp.Diff(saved.Components, got.Components); diff != "" {
				t.Errorf("%s: components (-saved +live)\n%s", test, diff)
			}
			if got.Coverage != saved.Coverage || got.Indicator != saved.Indicator || got.Parsed != saved.Parsed {
				t.Errorf("%s: live %+v %q, saved %+v %q", test, got.Coverage, got.Indicator, saved.Coverage,
					saved.Indicator)
			}
			for _, f := range saved.Findings {
				if !slices.Contains(got.Findings, f) && !strings.Contains(f.Problem, "fetch ") {
					t.Errorf("%s: live lacks the finding %+v", test, f)
				}
			}
		}
	}
}
