// Package platformtest helps to test platforms, with golden cases, recorded pages, and what must be true of every
// result.
package platformtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Case is testdata/<platform>/<case>/case.json: the pages of one source, and how to scrape them. It is the Fetcher of
// these pages; an address that is not listed answers 404.
type Case struct {
	Source struct {
		Name  string                   `json:"name"`
		URL   string                   `json:"url"`
		Mode  string                   `json:"mode"` // poll or backfill
		Known map[string]scraper.Known `json:"known"`
		Page  json.RawMessage          `json:"page"` // of the platform custom: its selectors
	} `json:"source"`
	At    time.Time            `json:"at"`
	Pages map[string]SavedPage `json:"pages"`

	Platform string          `json:"-"`
	Dir      string          `json:"-"`
	Asked    map[string]bool `json:"-"`
}

type SavedPage struct {
	File        string            `json:"file"` // beside case.json; none is an empty body
	Status      int               `json:"status"`
	ContentType string            `json:"content_type"`
	Headers     map[string]string `json:"headers"`  // Etag, Last-Modified; "Cf-Mitigated": "challenge" blocks
	Location    string            `json:"location"` // where redirects ended, if elsewhere
}

func ReadCase(t testing.TB, platform, dir string) *Case {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(dir, "case.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := &Case{Platform: platform, Dir: dir, Asked: map[string]bool{}}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		t.Fatalf("%s/case.json: %v", dir, err)
	}
	if c.Source.Name == "" || c.Source.URL == "" || c.At.IsZero() ||
		c.Source.Mode != "poll" && c.Source.Mode != "backfill" {
		t.Fatalf("%s/case.json: needs source.name, source.url, source.mode (poll or backfill) and at", dir)
	}
	return c
}

// Reading is the source that the case reads, without mode and known incidents.
func (c *Case) Reading() scraper.Source {
	return scraper.Source{Name: c.Source.Name, URL: c.Source.URL}
}

// DecodePage reads the case's selectors into a CustomPage.
func (c *Case) DecodePage(t testing.TB, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(c.Source.Page))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s/case.json: %v", c.Dir, err)
	}
}

// Fetch implements scraper.Fetcher.
func (c *Case) Fetch(_ context.Context, r scraper.Request) (page.Page, error) {
	c.Asked[r.URL] = true
	p, ok := c.Pages[r.URL]
	if !ok {
		return page.Page{}, &scraper.HTTPError{URL: r.URL, Status: http.StatusNotFound}
	}
	if p.Headers["Cf-Mitigated"] == "challenge" {
		return page.Page{}, fmt.Errorf("fetch %s: %w", r.URL, scraper.ErrBlocked)
	}
	if p.Status != 0 && p.Status/100 != 2 {
		return page.Page{}, &scraper.HTTPError{URL: r.URL, Status: p.Status}
	}
	return c.Page(r.URL)
}

func (c *Case) Page(url string) (page.Page, error) {
	p := c.Pages[url]
	page := page.Page{
		URL: url, Status: http.StatusOK, ContentType: p.ContentType, At: c.At,
		ETag: p.Headers["Etag"], LastModified: p.Headers["Last-Modified"],
	}
	if p.Location != "" {
		page.URL = p.Location
	}
	if p.File == "" {
		return page, nil
	}
	var err error
	page.Body, err = os.ReadFile(filepath.Join(c.Dir, p.File))
	return page, err
}

// Scrape runs the loop that serves live sources over the case's files; a backfill goes on to its end.
func (c *Case) Scrape(t *testing.T, p scraper.Platform) (scraper.Outcome, error) {
	s := c.Reading()
	s.Known = c.Source.Known
	if c.Source.Mode == "backfill" {
		s.Mode = scraper.Backfill
	}
	out, err := scraper.Scrape(t.Context(), c, p, s, nil)
	for rounds := 0; s.Mode == scraper.Backfill && err == nil && out.NextPage > 0; rounds++ {
		if rounds > 100 || out.NextPage <= s.FromPage {
			t.Fatalf("the backfill does not end: page %d leads to page %d", s.FromPage, out.NextPage)
		}
		s.FromPage = out.NextPage
		var more scraper.Outcome
		more, err = scraper.Scrape(t.Context(), c, p, s, nil)
		more.Raws = append(out.Raws, more.Raws...)
		more.Components = append(out.Components, more.Components...)
		more.Findings = append(out.Findings, more.Findings...)
		more.Requests += out.Requests
		more.Parsed += out.Parsed
		out = more
	}
	return out, err
}

// CaseDirs returns the case folders of testdata by platform; testdata/fuzz is the Go fuzzer's.
func CaseDirs(t testing.TB) map[string][]string {
	t.Helper()
	dirs := map[string][]string{}
	platforms, err := os.ReadDir(Testdata())
	if err != nil {
		t.Fatal(err)
	}
	for _, platform := range platforms {
		if !platform.IsDir() || platform.Name() == "fuzz" {
			continue
		}
		cases, err := os.ReadDir(filepath.Join(Testdata(), platform.Name()))
		if err != nil {
			t.Fatal(err)
		}
		dirs[platform.Name()] = nil
		for _, c := range cases {
			if !c.IsDir() {
				t.Errorf("testdata/%s/%s lies in no case folder", platform.Name(), c.Name())
				continue
			}
			dirs[platform.Name()] = append(dirs[platform.Name()], filepath.Join(Testdata(), platform.Name(), c.Name()))
		}
	}
	return dirs
}
