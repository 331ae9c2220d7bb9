package feeds_test

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/cmd/internal/web/feeds"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

// atom reads a feed, and checks what RFC 4287 requires.
func atom(t *testing.T, a Answer) *gofeed.Feed {
	t.Helper()
	if got := a.Header.Get("Content-Type"); got != "application/atom+xml; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	var f feeds.AtomFeed
	if err := xml.Unmarshal([]byte(a.Text), &f); err != nil {
		t.Fatal(err)
	}
	timed := func(what, text string) {
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	linked := func(what, id string, links []feeds.AtomLink) {
		if u, err := url.Parse(id); err != nil || u.Scheme == "" {
			t.Errorf("%s: id %q is no IRI", what, id)
		}
		alternates := 0
		for _, l := range links {
			if u, err := url.Parse(l.Href); err != nil || u.Scheme != "http" && u.Scheme != "https" {
				t.Errorf("%s: link %q", what, l.Href)
			}
			if l.Rel == "alternate" {
				alternates++
			}
		}
		if alternates != 1 {
			t.Errorf("%s has %d alternate links", what, alternates)
		}
	}
	linked("feed", f.ID, f.Links)
	timed("feed", f.Updated)
	if f.Title == "" || f.Author.Name == "" {
		t.Error("a feed needs a title and an author")
	}
	seen := map[string]bool{}
	for _, e := range f.Entries {
		linked(e.Title, e.ID, e.Links)
		timed(e.Title, e.Updated)
		timed(e.Title, e.Published)
		if seen[e.ID] || e.Title == "" || e.Author.Name == "" || e.Content.Type != "html" || e.Published > e.Updated {
			t.Errorf("entry %+v", e)
		}
		seen[e.ID] = true
	}
	parsed, err := gofeed.NewParser().ParseString(a.Text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func titles(f *gofeed.Feed) []string {
	out := []string{}
	for _, i := range f.Items {
		out = append(out, i.Title)
	}
	return out
}

func TestFeeds(t *testing.T) {
	r := Story(t, web.Options{DashboardURL: "https://watch.example/status"})
	const (
		slow   = "Acme: API answers are slow"
		denied = "Acme: Access denied for all users"
		work   = "Acme: Database upgrade"
		blind  = "Blindside: status page cannot be read"
	)
	for name, c := range map[string]struct {
		path string
		want []string
	}{
		"all, what changed last first":        {"/feed.atom", []string{work, slow, denied, blind}},
		"a vendor":                            {"/vendors/acme/feed.atom", []string{work, slow, denied}},
		"a quiet vendor":                      {"/vendors/quiet/feed.atom", []string{}},
		"an unreadable vendor is not quiet":   {"/vendors/blind/feed.atom", []string{blind}},
		"a severity, and what cannot be seen": {"/feed.atom?severity=major", []string{slow, blind}},
		"a kind":                              {"/vendors/acme/feed.atom?kind=maintenance", []string{work}},
	} {
		t.Run(name, func(t *testing.T) {
			got := titles(atom(t, r.Page(c.path)))
			slices.Sort(got)
			slices.Sort(c.want)
			if diff := gocmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	t.Run("order", func(t *testing.T) {
		f := atom(t, r.Page("/feed.atom"))
		for n := range f.Items[1:] {
			if f.Items[n].UpdatedParsed.Before(*f.Items[n+1].UpdatedParsed) {
				t.Errorf("%s comes before %s, which is newer", f.Items[n].Title, f.Items[n+1].Title)
			}
		}
		if f.Updated != f.Items[0].Updated {
			t.Errorf("the feed was updated at %s, its newest entry at %s", f.Updated, f.Items[0].Updated)
		}
	})
	t.Run("an entry", func(t *testing.T) {
		f := atom(t, r.Page("/vendors/acme/feed.atom"))
		i := f.Items[slices.Index(titles(f), denied)]
		if want := "https://watch.example/status" + r.IncidentPath("Access denied for all users"); i.Link != want {
			t.Errorf("links to %q, want %q", i.Link, want)
		}
		if text := r.Page("/vendors/acme/feed.atom").Text; !strings.Contains(text,
			`<link rel="related" type="text/html" href="https://status.acme.example/incidents/denied"`) {
			t.Error("no link to the vendor's page")
		}
		if diff := gocmp.Diff([]string{"minor", "resolved", "incident", "Prod1 (US) › Web Client",
			"Prod2 (EU) › Web Client"}, i.Categories); diff != "" {
			t.Errorf("categories (-want +got)\n%s", diff)
		}
		rest := i.Content
		for _, text := range []string{"affecting Web Client in Prod1 (US) and Prod2 (EU)",
			"<strong>Postmortem</strong>", "<strong>26 minutes</strong>",
			`<a href="https://img.example/g.png"`, `<a href="https://status.acme.example/post/1"`, "&lt;script&gt;",
			"Fixed for most users.", "<strong>Investigating</strong>"} {
			_, after, ok := strings.Cut(rest, text)
			if !ok {
				t.Errorf("%q is not at its place in\n%s", text, i.Content)
				break
			}
			rest = after
		}
		if i.Author.Name != "Acme" {
			t.Errorf("author %q", i.Author.Name)
		}
	})
	for name, path := range map[string]string{"no vendor": "/vendors/nobody/feed.atom",
		"no calendar of it": "/vendors/nobody/maintenance.ics", "no badge of it": "/vendors/nobody/badge.svg"} {
		t.Run(name, func(t *testing.T) {
			if a := r.Get(path); a.Status != http.StatusNotFound {
				t.Errorf("status %d", a.Status)
			}
		})
	}
	for name, path := range map[string]string{"severity": "/feed.atom?severity=bad",
		"parameter": "/feed.atom?severty=major", "of a calendar": "/maintenance.ics?x=1",
		"JSON": "/feed.json?kind=bad", "RSS": "/feed.rss?x=1", "alarm": "/maintenance.ics?alarm=soon",
		"alarm long before": "/maintenance.ics?alarm=169h"} {
		t.Run("wrong "+name, func(t *testing.T) {
			if a := r.Get(path); a.Status != http.StatusBadRequest {
				t.Errorf("status %d", a.Status)
			}
		})
	}
}

func TestFeedsKeepTheirIDs(t *testing.T) {
	r := Story(t, web.Options{})
	before, again := r.Page("/feed.atom"), r.Page("/feed.atom")
	if before.Text != again.Text {
		t.Error("the same feed is written differently the second time")
	}
	for _, path := range []string{"/feed.atom", "/vendors/acme/feed.atom?kind=incident", "/feed.json", "/feed.rss",
		"/maintenance.ics",
		"/vendors/acme/badge.svg"} {
		tag := r.Page(path).Header.Get("ETag")
		same := r.Get(path, func(q *http.Request) { q.Header.Set("If-None-Match", tag) })
		if tag == "" || same.Status != http.StatusNotModified || same.Text != "" {
			t.Errorf("%s: ETag %q, status %d", path, tag, same.Status)
		}
	}
	slow := Incident("slow", "API answers were slow, and are well", "major", nil,
		Says("investigating", Now.Add(-3*Hour), "Calls take seconds."),
		Says("resolved", Now, "Done."))
	r.Save(record.Scrape{SourceID: r.Watched[0], At: Now.Add(Minute), Incidents: Read(slow)})
	old, changed := atom(t, before), atom(t, r.Page("/feed.atom"))
	if changed.Items[0].Title != "Acme: API answers were slow, and are well" {
		t.Fatalf("first is %q", changed.Items[0].Title)
	}
	was := old.Items[slices.Index(titles(old), "Acme: API answers are slow")]
	if is := changed.Items[0]; is.GUID != was.GUID || is.Published != was.Published || is.Updated <= was.Updated {
		t.Errorf("%s published %s updated %s, was %s %s %s", is.GUID, is.Published, is.Updated, was.GUID,
			was.Published, was.Updated)
	}
}

// Our own reader of feeds reads our feed: what it learns about an incident is what the record holds.
func TestFeedIsReadByTheScraper(t *testing.T) {
	r := Story(t, web.Options{})
	a := r.Page("/vendors/acme/feed.atom?kind=incident")
	platform, err := platforms.Lookup("feed")
	if err != nil {
		t.Fatal(err)
	}
	address := r.URL + "/vendors/acme/feed.atom"
	result, err := platform.Parse(scraper.Source{URL: address}, scraper.Page{URL: address, Status: a.Status,
		ContentType: a.Header.Get("Content-Type"), Body: []byte(a.Text)})
	if err != nil {
		t.Fatal(err)
	}
	incidents, _ := normalize.Incidents(result.Incidents, normalize.Words{})
	var got []string
	for _, i := range incidents {
		line := []string{i.Title, string(i.Severity), string(i.State)}
		for _, u := range i.Updates {
			line = append(line, string(u.State)+" "+normalize.FormatTime(u.PostedAt))
		}
		got = append(got, strings.Join(line, ", "))
	}
	want := []string{
		"Acme: API answers are slow, major, identified, investigating " + normalize.FormatTime(Before(3*Hour)) +
			", identified " + normalize.FormatTime(Before(95*Minute)),
		"Acme: Access denied for all users, minor, resolved, investigating " + normalize.FormatTime(Before(9*Day)) +
			", resolved " + normalize.FormatTime(Before(9*Day-7*Minute)) + ", postmortem " +
			normalize.FormatTime(Before(2*Hour)),
	}
	slices.Sort(got)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

var activeHTML = regexp.MustCompile(
	`(?i)<(?:script|img|iframe|svg|style|object|form)|href="(?:javascript|data)|\son\w+\s*=\s*"?alert`)

func TestFeedOfHostileText(t *testing.T) {
	r := Attack(t)
	for _, path := range []string{"/feed.atom", "/feed.json", "/feed.rss"} {
		f, err := gofeed.NewParser().ParseString(r.Page(path).Text)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Items) != 2 {
			t.Fatalf("%s: %d items", path, len(f.Items))
		}
		for _, i := range f.Items {
			content := strings.ReplaceAll(cmp.Or(i.Content, i.Description), "&lt;", "[lt]")
			if found := activeHTML.FindString(content); found != "" || content == "" {
				t.Errorf("%s: %q in\n%s", path, found, content)
			}
			for _, link := range i.Links {
				if strings.HasPrefix(link, "javascript:") {
					t.Errorf("%s: link %q", path, link)
				}
			}
		}
	}
}

// The three forms of a feed tell the same.
func TestFormsOfFeed(t *testing.T) {
	type item struct {
		ID, Title, Link, Author, Content, Published, Updated string
		Categories                                           []string
	}
	read := func(r *Record, path string) (string, []item) {
		t.Helper()
		a := r.Page(path)
		f, err := gofeed.NewParser().ParseString(a.Text)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		var items []item
		for _, i := range f.Items {
			updated := i.UpdatedParsed
			if updated == nil { // gofeed leaves elements of Atom in RSS to extensions
				at := words.Time(i.Extensions["atom"]["updated"][0].Value)
				updated = &at
			}
			items = append(items, item{i.GUID, i.Title, i.Link, i.Authors[0].Name, cmp.Or(i.Content, i.Description),
				i.PublishedParsed.UTC().Truncate(time.Second).String(), updated.UTC().String(), i.Categories})
		}
		return strings.Join([]string{f.Title, f.Link, f.Description, a.Header.Get("Content-Type")}, ", "), items
	}
	r := Story(t, web.Options{DashboardURL: "https://watch.example/status"})
	for _, q := range []string{"", "?kind=maintenance", "?severity=major"} {
		head, want := read(r, "/feed.atom"+q)
		for form, media := range map[string]string{"json": "application/feed+json",
			"rss": "application/rss+xml; charset=utf-8"} {
			gotHead, got := read(r, "/feed."+form+q)
			if is := strings.Replace(head, "application/atom+xml; charset=utf-8", media, 1); gotHead != is {
				t.Errorf("%s: head %s, want %s", form, gotHead, is)
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s%s (-atom +%s)\n%s", form, q, form, diff)
			}
		}
	}
}

func TestPagesTellOfFeeds(t *testing.T) {
	r := Story(t, web.Options{Prefix: "/status"})
	for path, want := range map[string][]string{
		"/status/":             {"/status/feed.atom"},
		"/status/vendors/acme": {"/status/feed.atom", "/status/vendors/acme/feed.atom"},
	} {
		var got []string
		for _, n := range r.Page(path).Doc.Find(`link[rel=alternate][type="application/atom+xml"]`).EachIter() {
			href, _ := n.Attr("href")
			got = append(got, href)
			atom(t, r.Page(href))
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", path, diff)
		}
	}
}
