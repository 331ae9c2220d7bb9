package web

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

	"vendorwatch/db"
	"vendorwatch/db/dbtest"
	"vendorwatch/normalize"
)

// now is the moment at which the tests look at the pages.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func before(d time.Duration) time.Time { return now.Add(-d) }

const (
	minute = time.Minute
	hour   = time.Hour
	day24  = 24 * time.Hour
)

// record is a real file, and a server over it.
type record struct {
	*db.DB
	t       testing.TB
	url     string
	server  *httptest.Server
	watched []int64
}

// emptyFile puts a migrated file at a path.
var emptyFile = dbtest.Empty(db.Open)

func newRecord(t testing.TB, o Options) *record {
	t.Helper()
	path := filepath.Join(t.TempDir(), "web.db")
	emptyFile(t, path)
	file, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if o.Now == nil {
		o.Now = func() time.Time { return now }
	}
	o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	server := httptest.NewServer(New(file, o).Handler())
	t.Cleanup(func() {
		server.Close()
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	return &record{DB: file, t: t, url: server.URL, server: server}
}

// vendor makes a vendor with one watched page.
func (r *record) vendor(v db.Vendor) int64 {
	r.t.Helper()
	id, err := r.EnsureVendor(r.t.Context(), v)
	if err != nil {
		r.t.Fatal(err)
	}
	source, err := r.EnsureSource(r.t.Context(), id, "https://status."+v.Slug+".example", "statuspage")
	if err != nil {
		r.t.Fatal(err)
	}
	r.watched = append(r.watched, source)
	if err := r.SetWatched(r.t.Context(), r.watched); err != nil {
		r.t.Fatal(err)
	}
	return source
}

func (r *record) save(s db.Scrape) {
	r.t.Helper()
	if s.Interval == 0 {
		s.Interval = 5 * minute
	}
	if _, err := r.SaveScrape(r.t.Context(), s); err != nil {
		r.t.Fatal(err)
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
	doc    *goquery.Document
}

// get asks for a path. change may change the request.
func (r *record) get(path string, change ...func(*http.Request)) answer {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, c := range change {
		c(req)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, text: string(body)}
	if a.doc, err = goquery.NewDocumentFromReader(strings.NewReader(a.text)); err != nil {
		r.t.Fatal(err)
	}
	return a
}

// page asks for a page that must be there.
func (r *record) page(path string) answer {
	r.t.Helper()
	a := r.get(path)
	if a.status != http.StatusOK {
		r.t.Fatalf("%s: status %d\n%s", path, a.status, a.text)
	}
	return a
}

var spaces = regexp.MustCompile(`\s+`)

// says is the visible text under a selector, on one line.
func (a answer) says(selector string) string {
	return strings.TrimSpace(spaces.ReplaceAllString(a.doc.Find(selector).Text(), " "))
}

// wants checks that the texts stand under a selector, in this order.
func (a answer) wants(t *testing.T, selector string, texts ...string) {
	t.Helper()
	rest := a.says(selector)
	for _, text := range texts {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			t.Errorf("%s does not say %q at its place; it says:\n%s", selector, text, a.says(selector))
			return
		}
		rest = after
	}
}

func at(t time.Time) normalize.RawTime { return normalize.RawTime{Text: normalize.FormatTime(t)} }

// says is one update: state, time and text.
func says(state string, t time.Time, body string) normalize.RawUpdate {
	return normalize.RawUpdate{ID: state + normalize.FormatTime(t), State: state, Posted: at(t), Body: body, Format: normalize.FormatMarkdown}
}

// incident is what a page tells of one. The last post decides the state.
func incident(id, title, impact string, components []normalize.RawComponent, posts ...normalize.RawUpdate) normalize.Raw {
	raw := normalize.Raw{Document: "incidents", ID: id, URL: "https://status.acme.example/incidents/" + id, Title: title, Impact: impact,
		Created: posts[0].Posted, Updated: posts[len(posts)-1].Posted, Components: components, Updates: posts}
	for _, p := range posts {
		if p.State != "postmortem" {
			raw.State = p.State
		}
	}
	return raw
}

func read(raws ...normalize.Raw) []normalize.Incident {
	incidents, _ := normalize.Incidents(raws, normalize.Words{})
	return incidents
}

// idOf is the number of the incident with this title.
func (r *record) idOf(title string) int64 {
	r.t.Helper()
	list, err := r.Incidents(r.t.Context(), db.Filter{AllSources: true})
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

func (r *record) incidentPath(title string) string {
	return fmt.Sprintf("/incidents/%d", r.idOf(title))
}

var clientWeb = []normalize.RawComponent{{ID: "us-web", Name: "Web Client", Group: "Prod1 (US)"}, {ID: "eu-web", Name: "Web Client", Group: "Prod2 (EU)"}}

func components(status normalize.ComponentStatus) []normalize.Component {
	return []normalize.Component{
		{Key: "us-web", Name: "Web Client", Group: "Prod1 (US)", Status: status, VendorStatus: string(status)},
		{Key: "eu-web", Name: "Web Client", Group: "Prod2 (EU)", Status: normalize.StatusOperational, VendorStatus: "operational"},
		{Key: "api", Name: "API", Status: normalize.StatusOperational, VendorStatus: "operational"},
	}
}

// story is a vendor with a history, an open incident, an edit, a postmortem and a maintenance, one that is quiet
// and one that cannot be read.
func story(t testing.TB, o Options) *record {
	r := newRecord(t, o)
	acme := r.vendor(db.Vendor{Slug: "acme", Name: "Acme", Homepage: "https://acme.example", Owner: "platform-team", RunbookURL: "https://wiki.example/acme"})
	quiet := r.vendor(db.Vendor{Slug: "quiet", Name: "Quiet Corp"})
	blind := r.vendor(db.Vendor{Slug: "blind", Name: "Blindside"})

	denied := incident("denied", "Access denied for all users", "minor", clientWeb,
		says("investigating", before(9*day24), "Users are answered with 403. We are looking into it."),
		says("resolved", before(9*day24-7*minute), "Fixed for all users."))
	r.save(db.Scrape{SourceID: acme, At: before(10 * day24), AllOpen: true, AllComponents: true, CoverageStart: before(60 * day24), Components: components(normalize.StatusOperational)})
	r.save(db.Scrape{SourceID: quiet, At: before(10 * day24), AllOpen: true})
	r.save(db.Scrape{SourceID: blind, At: before(10 * day24), AllOpen: true})
	r.save(db.Scrape{SourceID: acme, At: before(9*day24 - 4*minute), AllOpen: true, Incidents: read(denied)})
	denied.Updates[1].Body = "Fixed for most users."
	r.save(db.Scrape{SourceID: acme, At: before(9*day24 - hour), AllOpen: true, Incidents: read(denied)})
	denied.Updates = append(denied.Updates, says("postmortem", before(2*hour),
		"# Summary\nA rule was too strict for **26 minutes**.\n\n![graph](https://img.example/g.png)\n\n[Details](/post/1) [evil](javascript:alert(1))\n\n<script>alert(2)</script>"))
	slow := incident("slow", "API answers are slow", "major", []normalize.RawComponent{{ID: "api", Name: "API"}},
		says("investigating", before(3*hour), "Calls take seconds."),
		says("identified", before(95*minute), "A disk is full."))
	work := incident("work", "Database upgrade", "maintenance", nil, says("scheduled", before(hour), "Planned."))
	work.Kind, work.ScheduledStart, work.ScheduledEnd = "maintenance", at(now.Add(20*hour)), at(now.Add(22*hour))
	r.save(db.Scrape{SourceID: acme, At: before(minute), AllOpen: true, AllComponents: true, Took: 120 * time.Millisecond, HTTPStatus: 200, Requests: 1, Bytes: 4096,
		Incidents: read(denied, slow, work), Components: components(normalize.StatusPartial)})
	r.save(db.Scrape{SourceID: quiet, At: before(minute), AllOpen: true})
	for n := range 3 {
		r.save(db.Scrape{SourceID: blind, At: before(time.Duration(90-n) * minute), HTTPStatus: 503, Requests: 1, Err: fmt.Errorf("fetch: 503 Service Unavailable")})
	}
	return r
}
