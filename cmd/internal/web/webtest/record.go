// Package webtest is what the tests of the dashboard share: real files with a story in them, a server over each, and
// checks of answers.
package webtest

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/db"
	"vendorwatch/db/dbtest"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
)

// Now is the moment at which the tests look at the pages.
var Now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func Before(d time.Duration) time.Time { return Now.Add(-d) }

const (
	Minute = time.Minute
	Hour   = time.Hour
	Day    = 24 * time.Hour
)

// Record is a real file, and a server over it.
type Record struct {
	*query.DB
	*record.Recorder
	*ledger.Ledger
	File    *db.DB
	URL     string  // of the server
	Watched []int64 // pages of the vendors, in the order in which they were made
	Server  *web.Server

	t testing.TB
}

// emptyFile puts a migrated file at a path.
var emptyFile = dbtest.Empty(db.Open)

// NewRecord is an empty record. Its server logs nothing unless the options have a log.
func NewRecord(t testing.TB, o web.Options) *Record {
	t.Helper()
	path := filepath.Join(t.TempDir(), "web.db")
	emptyFile(t, path)
	return serve(openFile(t, path), o)
}

func openFile(t testing.TB, path string) *Record {
	t.Helper()
	file, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return &Record{DB: query.New(file), Recorder: record.New(file), Ledger: ledger.New(file), File: file, t: t}
}

// serve starts a server over a record, which is closed with the server when the test ends.
func serve(r *Record, o web.Options) *Record {
	if o.Now == nil {
		o.Now = func() time.Time { return Now }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Signals = r.Recorder.Signals()
	r.Server = web.New(r.File, o)
	listening := httptest.NewServer(r.Server.Handler())
	r.URL = listening.URL
	r.t.Cleanup(func() {
		listening.Close()
		if err := r.File.Close(); err != nil {
			r.t.Error(err)
		}
	})
	return r
}

// At is the record as served by another server at this address.
func (r *Record) At(url string) *Record {
	other := *r
	other.URL = url
	return &other
}

// Vendor makes a vendor with one watched page, and returns the page's number.
func (r *Record) Vendor(v query.Vendor) int64 {
	r.t.Helper()
	return r.Vendors(v)[0]
}

// Vendors makes vendors with one watched page each, and returns the numbers of the pages.
func (r *Record) Vendors(list ...query.Vendor) []int64 {
	r.t.Helper()
	for _, v := range list {
		id, err := r.EnsureVendor(r.t.Context(), v)
		if err != nil {
			r.t.Fatal(err)
		}
		source, err := r.EnsureSource(r.t.Context(), id, "https://status."+v.Slug+".example", "statuspage")
		if err != nil {
			r.t.Fatal(err)
		}
		r.Watched = append(r.Watched, source)
	}
	if err := r.SetWatched(r.t.Context(), r.Watched); err != nil {
		r.t.Fatal(err)
	}
	return r.Watched[len(r.Watched)-len(list):]
}

func (r *Record) Save(s record.Scrape) {
	r.t.Helper()
	if s.Interval == 0 {
		s.Interval = 5 * Minute
	}
	if _, err := r.SaveScrape(r.t.Context(), s); err != nil {
		r.t.Fatal(err)
	}
}

// Answer is the answer to a request.
type Answer struct {
	Status int
	Header http.Header
	Text   string
	Doc    *goquery.Document // of what is HTML
}

// Get requests a path. change may change the request.
func (r *Record) Get(path string, change ...func(*http.Request)) Answer {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.URL+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, c := range change {
		c(req)
	}
	client := &http.Client{CheckRedirect: func(*http.Request,
		[]*http.Request) error {
		return http.ErrUseLastResponse
	}}
	res, err := client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	a := Answer{Status: res.StatusCode, Header: res.Header, Text: string(body)}
	if a.Doc, err = goquery.NewDocumentFromReader(strings.NewReader(a.Text)); err != nil {
		r.t.Fatal(err)
	}
	return a
}

// Page requests a page that must exist.
func (r *Record) Page(path string) Answer {
	r.t.Helper()
	a := r.Get(path)
	if a.Status != http.StatusOK {
		r.t.Fatalf("%s: status %d\n%s", path, a.Status, a.Text)
	}
	return a
}

var spaces = regexp.MustCompile(`\s+`)

// Says is the visible text under a selector, on one line.
func (a Answer) Says(selector string) string {
	return strings.TrimSpace(spaces.ReplaceAllString(a.Doc.Find(selector).Text(), " "))
}

// Wants checks that the text under a selector contains these texts, in this order.
func (a Answer) Wants(t *testing.T, selector string, texts ...string) {
	t.Helper()
	rest := a.Says(selector)
	for _, text := range texts {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			t.Errorf("%s does not say %q at its place; it says:\n%s", selector, text, a.Says(selector))
			return
		}
		rest = after
	}
}

// IDOf is the number of the incident with this title.
func (r *Record) IDOf(title string) int64 {
	r.t.Helper()
	list, err := r.Incidents(r.t.Context(), query.Filter{AllSources: true})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, i := range list {
		if i.Title == title {
			return i.IncidentID
		}
	}
	r.t.Fatalf("no incident %q", title)
	return 0
}

func (r *Record) IncidentPath(title string) string {
	return fmt.Sprintf("/incidents/%d", r.IDOf(title))
}
