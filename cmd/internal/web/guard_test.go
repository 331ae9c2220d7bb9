package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
)

// everyPage are addresses of pages, every page at least once.
func everyPage(r *Record) []string {
	return slices.DeleteFunc(Addresses(r), func(address string) bool { return RouteOf(r, address).Form != web.Page })
}

func TestEveryPage(t *testing.T) {
	racetest.Skip(t, "every page, asked for one after the other")
	r := Rich(t, web.Options{})
	for _, path := range everyPage(r) {
		t.Run(path, func(t *testing.T) {
			a := r.Get(path)
			h := a.Header
			policy := h.Get("Content-Security-Policy")
			for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'",
				"frame-ancestors 'none'", "base-uri 'none'"} {
				if !strings.Contains(policy, want) {
					t.Errorf("the policy %q lacks %s", policy, want)
				}
			}
			if strings.Contains(policy, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" ||
				h.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("headers: %v", h)
			}
			if at := strings.Index(a.Text, "%!"); at >= 0 {
				t.Errorf("a value is not written as text: %s", a.Text[max(0, at-60):at+10])
			}
			if len(a.Text) > 60_000 {
				t.Errorf("%d bytes", len(a.Text))
			}
			d := a.Doc
			if d.Find("html[lang]").Length() != 1 || d.Find("main").Length() != 1 || d.Find("h1").Length() != 1 ||
				d.Find("a.skip[href='#main']").Length() != 1 || d.Find("title").Text() == "" {
				t.Error("language, main landmark, one h1, skip link and title are not all there")
			}
			if n := d.Find("[style], style, script:not([src]), [onclick], [onload], iframe, object").Length(); n != 0 {
				t.Errorf("%d elements that the policy forbids", n)
			}
			d.Find("[src], link[href], form[action]").Each(func(_ int, s *goquery.Selection) {
				for _, name := range []string{"src", "href", "action"} {
					if v := s.AttrOr(name, "/"); !strings.HasPrefix(v, "/") {
						t.Errorf("%s=%q is not on our own server", name, v)
					}
				}
			})
			d.Find("time").Each(func(_ int, s *goquery.Selection) {
				if _, err := time.Parse(time.RFC3339Nano, s.AttrOr("datetime", "")); err != nil {
					t.Errorf("a time without a machine's form: %v", err)
				}
			})
			ids := map[string]bool{}
			d.Find("[id]").Each(func(_ int, s *goquery.Selection) {
				if id := s.AttrOr("id", ""); ids[id] {
					t.Errorf("id %q stands twice", id)
				} else {
					ids[id] = true
				}
			})
			d.Find("input:not([aria-label]), select").Each(func(_ int, s *goquery.Selection) {
				if s.Closest("label").Length() == 0 {
					t.Errorf("a field %q without a label", s.AttrOr("name", ""))
				}
			})
			d.Find("a[href^='http']").Each(func(_ int, s *goquery.Selection) {
				if s.Text() != "Permalink" && !strings.Contains(s.AttrOr("rel", ""), "noreferrer") {
					t.Errorf("a link to %s tells where one comes from", s.AttrOr("href", ""))
				}
			})
		})
	}
}

func TestETag(t *testing.T) {
	racetest.Skip(t, "asks for hundreds of pages, one after the other")
	r := Rich(t, web.Options{})
	for _, path := range append(everyPage(r), "/history.csv", "/history.json", "/static/style.css") {
		first := r.Get(path)
		if first.Status == http.StatusNotFound {
			continue // what is not there has no tag
		}
		tag := first.Header.Get("ETag")
		if tag == "" {
			t.Errorf("%s has no ETag", path)
			continue
		}
		again := r.Get(path, func(q *http.Request) { q.Header.Set("If-None-Match", `"other", W/`+tag) })
		if again.Status != http.StatusNotModified || again.Text != "" {
			t.Errorf("%s asked again: status %d", path, again.Status)
		}
		if other := r.Get(path,
			func(q *http.Request) { q.Header.Set("If-None-Match", `"other"`) }); other.Status != http.StatusOK {
			t.Errorf("%s with another tag: status %d", path, other.Status)
		}
	}
}

func TestNotFound(t *testing.T) {
	r := Story(t, web.Options{})
	for _, path := range []string{"/nowhere", "/vendors/nobody", "/incidents/999", "/incidents/x",
		"/incidents/999/json", "/static/x.js", r.IncidentPath("API answers are slow") + "?part=9"} {
		if a := r.Get(path); a.Status != http.StatusNotFound ||
			!strings.Contains(a.Says("main"), "There is no such page") {
			t.Errorf("%s: status %d, %s", path, a.Status, a.Says("main"))
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodDelete, http.MethodPut} {
		a := r.Get("/vendors/acme", func(q *http.Request) { q.Method = method })
		if a.Status < 400 {
			t.Errorf("%s is answered with %d", method, a.Status)
		}
	}
	if a := r.Get("/?" + strings.Repeat("x", 5000)); a.Status != http.StatusRequestURITooLong {
		t.Errorf("a long address: status %d", a.Status)
	}
}

func TestPrefix(t *testing.T) {
	r := Story(t, web.Options{Prefix: "/status/"})
	for _, path := range []string{"/status/", "/", "/status/vendors/acme"} {
		a := r.Page(path)
		a.Doc.Find("a[href^='/'], link[href], script[src], img[src], form[action]").Each(func(_ int,
			s *goquery.Selection) {
			for _, name := range []string{"href", "src", "action"} {
				if v := s.AttrOr(name, "/status/"); !strings.HasPrefix(v, "/status/") {
					t.Errorf("%s: %s=%q leads past the proxy", path, name, v)
				}
			}
		})
		if v := a.Doc.Find("body").AttrOr("data-events", ""); v != "/status/events" {
			t.Errorf("the stream of news is at %q", v)
		}
	}
	if a := r.Get("/status"); a.Status != http.StatusMovedPermanently || a.Header.Get("Location") != "/status/" {
		t.Errorf("the prefix alone: status %d to %q", a.Status, a.Header.Get("Location"))
	}
	if a := r.Get("/status/nowhere"); a.Status != http.StatusNotFound {
		t.Errorf("status %d", a.Status)
	}
	css := r.Page("/status/").Doc.Find("link[rel=stylesheet]").AttrOr("href", "")
	if a := r.Page(css); !strings.Contains(a.Header.Get("Cache-Control"), "immutable") ||
		!strings.HasPrefix(a.Header.Get("Content-Type"), "text/css") {
		t.Errorf("style sheet: %v", a.Header)
	}
}

func TestAuth(t *testing.T) {
	token, both := web.Auth{}.Bearer("sesame"), web.Auth{}.Bearer("sesame").Basic("oncall", "pass word")
	bearer := func(token string) func(*http.Request) {
		return func(q *http.Request) { q.Header.Set("Authorization", "Bearer "+token) }
	}
	basic := func(user, password string) func(*http.Request) {
		return func(q *http.Request) { q.SetBasicAuth(user, password) }
	}
	none := func(*http.Request) {}
	for _, c := range []struct {
		name string
		auth web.Auth
		with func(*http.Request)
		path string
		want int
	}{
		{"none asked for", web.Auth{}, none, "/", 200},
		{"no token", token, none, "/", 401},
		{"no token for a file of ours", token, none, "/static/style.css", 401},
		{"no token for news", token, none, "/events", 401},
		{"no token for readyz", token, none, "/readyz", 401},
		{"healthz is for all", token, none, "/healthz", 200},
		{"the token", token, bearer("sesame"), "/", 200},
		{"another token", token, bearer("sesam"), "/", 401},
		{"an empty token", token, bearer(""), "/", 401},
		{"the token from a browser", token, basic("anybody", "sesame"), "/", 200},
		{"the password", both, basic("oncall", "pass word"), "/", 200},
		{"another user", both, basic("oncal", "lpass word"), "/", 401},
		{"the token beside a password", both, bearer("sesame"), "/", 200},
		{"nothing where both are known", both, none, "/", 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewRecord(t, web.Options{Auth: c.auth})
			a := r.Get(c.path, c.with)
			if a.Status != c.want {
				t.Errorf("status %d, want %d", a.Status, c.want)
			}
			if c.want == 401 && a.Header.Get("WWW-Authenticate") == "" {
				t.Error("the browser is not told to ask")
			}
		})
	}
	if text := fmt.Sprintf("%v %+v %#v", both, both, both); strings.Contains(text, "sesame") ||
		strings.Contains(text, "pass word") {
		t.Error("a secret can be printed")
	}
}

func TestHostileVendor(t *testing.T) {
	r := NewRecord(t, web.Options{})
	const evil = `<script>alert(1)</script><img src=x onerror=alert(1)>"'</title>{{.}}`
	id := r.Vendor(query.Vendor{Slug: "acme", Name: evil, Homepage: "javascript:alert(1)", Owner: evil,
		RunbookURL: "data:text/html,x"})
	raw := Incident("evil", "Title "+evil, evil, []normalize.RawComponent{{ID: "c", Name: evil, Group: evil}},
		Says("investigating", Before(Hour), evil+"\n\n<style>*{}</style>\n\n[a](javascript:alert(1)) "+
			"[b](data:text/html,x) [c](//host.example/x) ![p](https://track.example/p.png) <https://a.example> "+
			"[d](vbscript:x)\n\n<iframe src=https://x.example></iframe>"))
	raw.URL = "javascript:alert(1)"
	r.Save(record.Scrape{SourceID: id, At: Before(Minute), AllOpen: true, AllComponents: true, Incidents: Read(raw),
		Indicator: evil,
		Components: []normalize.Component{{Key: "c", Name: evil, Group: evil,
			Status: normalize.StatusMajor}}, Err: nil})
	r.Save(record.Scrape{SourceID: id, At: Now, Err: fmt.Errorf("fetch: %s", evil)})
	for _, path := range []string{"/", "/wall", "/vendors", "/vendors/acme", "/history", "/maintenance", "/health",
		"/history?q=" + "%3Cscript%3Ealert(1)%3C/script%3E", "/incidents/1"} {
		a := r.Page(path)
		d := a.Doc
		if n := d.Find("script:not([src]), style, iframe, [onerror], main img").Length(); n != 0 {
			t.Errorf("%s: %d elements are the vendor's", path, n)
		}
		d.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
			href := s.AttrOr("href", "")
			for _, ok := range []string{"/", "http://", "https://", "?", "#"} {
				if strings.HasPrefix(href, ok) {
					return
				}
			}
			t.Errorf("%s: a link to %q", path, href)
		})
		if d.Find("h1").Length() != 1 {
			t.Errorf("%s: the vendor's text ended one of our elements", path)
		}
	}
	prose := r.Page("/incidents/1")
	prose.Wants(t, ".prose", "a b c picture: p", "d")
}

func TestPagesStaySmall(t *testing.T) {
	racetest.Skip(t, "writes 400 vendors, and asks for one page after the other")
	r := NewRecord(t, web.Options{})
	long := strings.Repeat("A long sentence that a vendor wrote, with many words in it. ", 40)
	var vendors []query.Vendor
	for n := range 400 {
		vendors = append(vendors, query.Vendor{Slug: fmt.Sprintf("vendor-%d", n),
			Name: fmt.Sprintf("Vendor number %d with a name", n)})
	}
	for n, id := range r.Vendors(vendors...) {
		s := record.Scrape{SourceID: id, At: Before(Minute), AllOpen: true, AllComponents: true}
		if n%5 == 0 {
			s.Incidents = Read(Incident("open", "Trouble: "+long, "major", nil,
				Says("investigating", Before(Hour), long)))
		}
		if n == 0 {
			for k := range 60 {
				c := normalize.Component{Key: fmt.Sprint(k), Name: fmt.Sprintf("Component %d %s", k, long[:80]),
					Group: fmt.Sprintf("Group %d", k/4), Status: normalize.StatusOperational}
				s.Components = append(s.Components, c)
				s.Incidents = append(s.Incidents, Read(Incident(fmt.Sprint("old", k),
					fmt.Sprintf("Old trouble %d %s", k, long), "critical",
					[]normalize.RawComponent{{ID: fmt.Sprint(k), Name: c.Name, Group: c.Group},
						{ID: fmt.Sprint((k + 1) % 60), Name: "x"}},
					Says("investigating", Before(time.Duration(k)*Day+2*Hour), long), Says("resolved",
						Before(time.Duration(k)*Day+Hour), long)))...)
			}
			var posts []normalize.RawUpdate
			for k := range 60 {
				posts = append(posts, Says("investigating", Before(time.Duration(6000-k)*Minute), long))
			}
			s.Incidents = append(s.Incidents, Read(Incident("epic", "A saga", "major", nil, posts...))...)
		}
		r.Save(s)
	}
	paths := []string{"/", "/wall", "/vendors", "/vendors?page=2", "/vendors/vendor-0",
		"/vendors/vendor-0?components=2", "/history", "/maintenance", "/health", r.IncidentPath(
			"A saga"), r.IncidentPath("A saga") + "?part=2"}
	for _, path := range paths {
		if a := r.Page(path); len(a.Text) > 60_000 {
			t.Errorf("%s has %d bytes", path, len(a.Text))
		}
	}
	shown := 0
	saga := r.Page(r.IncidentPath("A saga"))
	for saga.Doc != nil {
		shown += saga.Doc.Find(".timeline .post").Length()
		next := saga.Doc.Find("a[rel=next]").AttrOr("href", "")
		if next == "" {
			break
		}
		saga = r.Page(r.IncidentPath("A saga") + next)
	}
	if shown != 60 {
		t.Errorf("the parts of a long timeline show %d posts of 60", shown)
	}
}

// Reading does not change the file.
func TestReadsNeverWrite(t *testing.T) {
	racetest.Skip(t, "asks for hundreds of pages, one after the other")
	r := Rich(t, web.Options{})
	changes := func() string {
		facts, err := r.FileFacts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		counts, err := r.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(facts, counts)
	}
	was := changes()
	for _, path := range Addresses(r) {
		begin(t, r, path)
	}
	if is := changes(); is != was {
		t.Errorf("before %s\nafter  %s", was, is)
	}
}
