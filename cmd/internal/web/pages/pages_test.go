package pages_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/PuerkitoBio/goquery"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
)

func TestNowSaysWhatIsBroken(t *testing.T) {
	r := Story(t, web.Options{})
	a := r.Page("/")
	a.Wants(t, ".verdict", "1 open incident at 1 vendor", "2 of 3 vendors readable", "last checked",
		"23 Nov 2026, 11:59 UTC")
	if !a.Doc.Find(".verdict").HasClass("major") {
		t.Error("the verdict has not the colour of the worst incident")
	}
	a.Wants(t, `[data-part=open]`, "major", "Acme", "identified", "API answers are slow", "since", "for 3 h", "API",
		"A disk is full.", "1 h 35 min ago")
	a.Wants(t, `[data-part=blind]`, "unreadable", "Blindside", "for 1 h 30 min",
		"last read 13 Nov 2026, 12:00 UTC", "503 Service Unavailable")
	a.Wants(t, `[data-part=news]`, "Acme", "API answers are slow", "opened")
	a.Wants(t, `[data-part=news]`, "Blindside", "page cannot be read")
	a.Wants(t, ".cells", "Acme major", "Blindside unreadable", "Quiet Corp no open incident")
}

func TestNowWhenAllIsWell(t *testing.T) {
	r := NewRecord(t, web.Options{})
	r.Page("/").Wants(t, ".verdict", "Nothing is watched yet", "config.toml")
	quiet := r.Vendor(query.Vendor{Slug: "quiet", Name: "Quiet Corp"})
	r.Page("/").Wants(t, ".verdict", "Not known: no page was read when last due", "0 of 1 vendor readable")
	r.Save(record.Scrape{SourceID: quiet, At: Before(Minute), AllOpen: true})
	r.Page("/").Wants(t, ".verdict", "All quiet", "1 of 1 vendor readable, last checked 23 Nov 2026, 11:59 UTC")
}

// Silence is never taken for health: a record that is not kept up to date says nothing about now.
func TestNowWhenNothingWasCheckedLately(t *testing.T) {
	r := NewRecord(t, web.Options{})
	quiet := r.Vendor(query.Vendor{Slug: "quiet", Name: "Quiet Corp"})
	r.Save(record.Scrape{SourceID: quiet, At: Before(3 * Hour), AllOpen: true})
	a := r.Page("/")
	a.Wants(t, ".verdict", "Not known: no page was read when last due", "is vendorwatch serve running?")
	a.Wants(t, ".cells", "Quiet Corp unreadable")
}

func TestVendor(t *testing.T) {
	r := Story(t, web.Options{})
	a := r.Page("/vendors/acme")
	a.Wants(t, "main", "Acme", "major", "acme.example", "Status page: status.acme.example", "Runbook",
		"Owner: platform-team")
	a.Wants(t, `[data-part=open]`, "API answers are slow")
	a.Wants(t, `[data-part=numbers]`, "30 days", "90 days", "12 months", "Incidents", "2", "Total impact", "3.1 h",
		"Median time to resolve", "7 min", "Median time to first post")
	a.Wants(t, `[data-part=components]`, "Prod1 (US)", "Web Client", "partial outage", "Prod2 (EU)", "Web Client",
		"operational", "API")
	a.Wants(t, `[data-part=history]`, "API answers are slow", "Access denied for all users")
	a.Wants(t, `[data-part=coverage]`, "status.acme.example", "Every incident since 24 Sep 2026 is on record",
		"Coverage gap:", "not yet watched")
	bars := a.Doc.Find("svg.bar")
	if bars.Length() != 3 {
		t.Fatalf("%d bars, want 3", bars.Length())
	}
	bars.Each(func(_ int, bar *goquery.Selection) {
		if label := bar.AttrOr("aria-label", ""); !strings.HasPrefix(label, "90 days: ") {
			t.Errorf("a bar is called %q", label)
		}
	})
	if label := bars.First().AttrOr("aria-label", ""); !strings.Contains(label,
		"1 partial outage, 1 degraded performance") || !strings.Contains(label, "not on record") {
		t.Errorf("the first bar is called %q", label)
	}
	a.Wants(t, ".days", "23 Nov 2026: partial outage", "14 Nov 2026: degraded performance, 7 min – incident")
	filtered := r.Page("/vendors/acme?severity=major")
	if text := filtered.Says("[data-part=history] table"); strings.Contains(text, "Access denied") ||
		!strings.Contains(text, "API answers") {
		t.Errorf("severity=major shows %s", text)
	}
	r.Page("/vendors/blind").Wants(t, "main", "unreadable", "has been unreadable since 23 Nov 2026, 10:30 UTC",
		"What has happened since then is not known")
}

func TestIncident(t *testing.T) {
	r := Story(t, web.Options{DashboardURL: "https://watch.example.com"})
	path := r.IncidentPath("Access denied for all users")
	a := r.Page(path)
	a.Wants(t, ".summary", "Acme reported a minor incident on 14 November 2026 at 12:00 UTC, affecting Web Client "+
		"in Prod1 (US) and Prod2 (EU).",
		"It was resolved after 7 min.", "The postmortem states 26 min of impact, 19 min more than the page showed.",
		"The vendor edited it once")
	a.Wants(t, ".facts", "Started", "14 Nov 2026, 12:00 UTC", "Resolved", "14 Nov 2026, 12:07 UTC", "Duration",
		"7 min (postmortem: 26 min)",
		"First seen by us", "14 Nov 2026, 12:04 UTC", "+4 min after the start", "impact “minor”")
	a.Wants(t, ".tags", "Prod1 (US) › Web Client", "Prod2 (EU) › Web Client")
	a.Wants(t, ".timeline", "investigating", "12:00 UTC", "Users are answered with 403", "7 min later", "resolved",
		"12:07 UTC", "Fixed for most users")
	a.Wants(t, ".postmortem", "Postmortem", "Summary", "26 minutes", "picture: graph", "Details", "evil",
		"<script>alert(2)</script>")
	if got := a.Doc.Find(".timeline .s-postmortem").Length(); got != 0 {
		t.Error("the postmortem stands in the timeline")
	}
	a.Wants(t, ".edits", "post “resolved”", "Fixed for")
	if del, ins := a.Says(".diff del"), a.Says(".diff ins"); del != "all" || ins != "most" {
		t.Errorf("the edit takes out %q and puts in %q", del, ins)
	}
	a.Wants(t, ".links", "The vendor’s page for it", "Permalink", "JSON", "own words")
	if href, _ := a.Doc.Find("a:contains(Permalink)").Attr("href"); href != "https://watch.example.com"+path {
		t.Errorf("permalink %q", href)
	}
	if json := r.Get(path + "/json"); !strings.Contains(json.Text, `"title": "Access denied for all users"`) ||
		json.Header.Get("Content-Type") != "application/json" {
		t.Errorf("JSON: %s", json.Text)
	}
	if raw := r.Get(path + "/raw"); !strings.Contains(raw.Text, "Users are answered with 403") {
		t.Errorf("raw words: %s", raw.Text)
	}
	open := r.Page(r.IncidentPath("API answers are slow"))
	open.Wants(t, ".summary", "major incident", "It has been open for 3 h (identified); the last post is 1 h 35 min "+
		"old.")
	open.Wants(t, "[data-part=timeline]", "newest first", "1 h 35 min since the last post", "identified",
		"1 h 25 min without a post", "investigating")
	open.Wants(t, ".facts", "Duration", "ongoing", "3 h so far")
	open.Wants(t, ".facts", "Resolved", "not yet", "Duration", "ongoing")
	planned := r.Page(r.IncidentPath("Database upgrade"))
	planned.Wants(t, ".summary", "Acme scheduled maintenance for 24 November 2026 at 08:00 UTC", "It starts in 20 h.")
}

// An incident's page says what became of those that were like it, and how long half of them took.
func TestIncidentsLikeThis(t *testing.T) {
	r := NewRecord(t, web.Options{})
	id := r.Vendor(query.Vendor{Slug: "acme", Name: "Acme"})
	s := record.Scrape{SourceID: id, At: Before(Minute), AllOpen: true}
	for n, title := range []string{"Card payments are declined", "Dashboard is slow", "Webhooks arrive late",
		"Some card payments are declined", "Search finds nothing"} {
		began := Before(time.Duration(n+2) * Day)
		s.Incidents = append(s.Incidents, Read(Incident(title, title, "major", nil,
			Says("investigating", began, "We look."),
			Says("resolved", began.Add(time.Duration(n+1)*10*Minute), "Well again.")))...)
	}
	s.Incidents = append(s.Incidents, Read(Incident("now", "Card payments are declined in Europe", "major", nil,
		Says("investigating", Before(Hour), "We look.")))...)
	r.Save(s)
	a := r.Page(r.IncidentPath("Card payments are declined in Europe"))
	a.Wants(t, "[data-part=like]", "Half of this vendor’s major incidents were over after 30 min (of 5).",
		"Card payments are declined", "10 min", "Some card payments are declined", "40 min")
	if text := a.Says("[data-part=like]"); strings.Contains(text, "Dashboard") || strings.Contains(text, "in Europe") {
		t.Errorf("like this: %s", text)
	}
	if text := r.Page(r.IncidentPath("Search finds nothing")).Text; strings.Contains(text, "Webhooks arrive late") {
		t.Error("incidents are taken to be alike by words that all have")
	}
}

func TestHistory(t *testing.T) {
	r := Story(t, web.Options{})
	rows := func(query string) string {
		var titles []string
		r.Page("/history" + query).Doc.Find(".rows tbody a[href*='/incidents/']").Each(func(_ int,
			s *goquery.Selection) {
			titles = append(titles, s.Text())
		})
		return strings.Join(titles, "; ")
	}
	sorted := func(titles string) string {
		list := strings.Split(titles, "; ")
		slices.Sort(list)
		return strings.Join(list, "; ")
	}
	const slow, denied, work = "API answers are slow", "Access denied for all users", "Database upgrade"
	for query, want := range map[string]string{
		"":                        strings.Join([]string{work, slow, denied}, "; "),
		"?q=403":                  denied,
		"?q=strict":               denied,
		"?q=ans":                  strings.Join([]string{slow, denied}, "; "),
		"?q=disk+full":            slow,
		"?q=disk+403":             "",
		`?q="disk"+AND+(`:         "",
		"?q=%25":                  "",
		"?vendor=acme":            strings.Join([]string{work, slow, denied}, "; "),
		"?vendor=quiet":           "",
		"?severity=major":         slow,
		"?severity=minor":         strings.Join([]string{slow, denied}, "; "),
		"?kind=maintenance":       work,
		"?state=resolved":         denied,
		"?state=open":             strings.Join([]string{work, slow}, "; "),
		"?component=web+client":   denied,
		"?component=prod2":        denied,
		"?component=no-such":      "",
		"?until=2026-11-14":       denied,
		"?since=2026-11-15&q=api": slow,
		"?since=2026-11-14&until=2026-11-14&kind=incident":                     denied,
		"?kind=incident&until=2026-11-14T00:00:01Z":                            "",
		"?kind=incident&since=2026-11-14T00:00:01Z&until=2026-11-15T00:00:00Z": denied,
	} {
		got := rows(query)
		if query == "" || strings.Contains(query, "vendor=acme") || strings.Contains(query, "state=open") {
			// These begin at nearly the same minute: only what is shown is checked, not its order.
			want, got = sorted(want), sorted(got)
		}
		if got != want {
			t.Errorf("%s shows %q, want %q", query, got, want)
		}
	}
	for _, query := range []string{"?severity=purple", "?kind=party", "?state=asleep", "?since=yesterday",
		"?until=2026-13-01"} {
		if a := r.Get("/history" + query); a.Status != 400 || !strings.Contains(a.Says("main"), "write") {
			t.Errorf("%s: status %d, %s", query, a.Status, a.Says("main"))
		}
	}
	if a := r.Get("/history?after=nonsense"); a.Status != 404 {
		t.Errorf("a page that does not exist: status %d", a.Status)
	}
}

// The CSV and JSON of a page hold what the page shows, and the pages together hold everything once.
func TestHistoryPagesAndExports(t *testing.T) {
	r := NewRecord(t, web.Options{})
	acme := r.Vendor(query.Vendor{Slug: "acme", Name: "Acme"})
	s := record.Scrape{SourceID: acme, At: Before(Minute), AllOpen: true}
	const many = 120
	for n := range many {
		from := Before(time.Duration(n/3) * Hour) // three of each time
		s.Incidents = append(s.Incidents, Read(Incident("i"+string(rune('a'+n/26))+string(rune('a'+n%26)), "=Trouble",
			"minor", nil,
			Says("investigating", from, "x"), Says("resolved", from.Add(time.Minute), "y")))...)
	}
	r.Save(s)
	seen := map[string]bool{}
	path, pages := "/history", 0
	for path != "" && pages < 10 {
		pages++
		a := r.Page(path)
		shown := 0
		a.Doc.Find(".rows tbody a[href*='/incidents/']").Each(func(_ int, link *goquery.Selection) {
			href := link.AttrOr("href", "")
			if seen[href] {
				t.Errorf("%s is shown twice", href)
			}
			seen[href], shown = true, shown+1
		})
		csv := r.Get(a.Doc.Find("a:contains(CSV)").AttrOr("href", ""))
		if lines := strings.Count(csv.Text, "\n"); lines != many+1 {
			t.Errorf("the CSV of page %d has %d lines, of %d incidents", pages, lines, many)
		}
		if !strings.Contains(csv.Text, ",'=Trouble,") {
			t.Error("a title can be taken for a formula by a spreadsheet")
		}
		json := r.Get(a.Doc.Find("a:contains(JSON)").AttrOr("href", ""))
		if got := strings.Count(json.Text, `"incident_id"`); got != shown {
			t.Errorf("page %d shows %d, its JSON has %d", pages, shown, got)
		}
		path = a.Doc.Find("a[rel=next]").AttrOr("href", "")
	}
	if len(seen) != many || pages != 3 {
		t.Errorf("%d incidents on %d pages, want %d on 3", len(seen), pages, many)
	}
}

func TestMaintenance(t *testing.T) {
	r := Story(t, web.Options{})
	r.Page("/maintenance").Wants(t, "[data-part=ahead]", "November 2026", "maintenance", "Acme", "scheduled",
		"Database upgrade", "24 Nov 2026, 08:00 – 10:00 UTC (2 h)")
}

func TestHealth(t *testing.T) {
	r := Story(t, web.Options{Version: "v1.2.3"})
	a := r.Page("/health")
	a.Wants(t, "[data-part=sources]", "3 status pages", "Blindside", "503 Service Unavailable", "unreadable", "Acme",
		"ok", "Quiet Corp", "ok")
	a.Wants(t, "[data-part=scrapes]", "Acme", "changed", "120 ms", "4096")
	a.Wants(t, "[data-part=deliveries]", "No message has been sent yet")
	a.Wants(t, "[data-part=versions]", "v1.2.3", "SQLite", "Schema")
}

func TestWall(t *testing.T) {
	r := Story(t, web.Options{})
	a := r.Page("/wall")
	a.Wants(t, "main", "1 open incident at 1 vendor", "API answers are slow", "Blindside")
	if a.Doc.Find("noscript meta[http-equiv=refresh]").Length() == 0 &&
		!strings.Contains(a.Text, `<noscript><meta http-equiv="refresh"`) {
		t.Error("without a script the wall does not refresh itself")
	}
}

// Whoever reads an incident sees who of us looks after its vendor, and what to do.
func TestIncidentSaysWhoOwnsTheVendor(t *testing.T) {
	r := Story(t, web.Options{})
	r.Page(r.IncidentPath("API answers are slow")).Wants(t, ".facts", "Ownerplatform-team", "What to doRunbook")
}

// What is exported for spreadsheets is also read in terminals, and by programs that stop at a NUL.
func TestCSVOfAHostileVendor(t *testing.T) {
	a := Attack(t).Page("/history.csv")
	rows, err := csv.NewReader(strings.NewReader(a.Text)).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v:\n%s", len(rows), err, a.Text)
	}
	if bad := strings.IndexFunc(a.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }); bad >= 0 {
		t.Errorf("it holds the control character %q:\n%q", a.Text[bad], a.Text)
	}
	if !strings.Contains(a.Text, `\u202e`) {
		t.Errorf("it does not write out what turns the line: %q", a.Text)
	}
}

func TestServices(t *testing.T) {
	r := Rich(t, web.Options{})
	r.Page("/services").Wants(t, "main", "2 services", "Checkout", "critical", "acme: API", "2 in trouble",
		"Mails", "not known, never read")
	a := r.Page("/services/checkout")
	a.Wants(t, ".headline", "Checkout", "partial outage", "critical")
	a.Wants(t, "main", "Runbook", "Owner: payments")
	a.Wants(t, "[data-part=needs]", "acme: API", "moody: Nothing like it", "none on record")
	a.Wants(t, "[data-part=open]", "may touch Checkout", "API answers are slow",
		"touches Checkout")
	a.Wants(t, "[data-part=history]", "API answers are slow", "CSV")
	r.Page(r.IncidentPath("API answers are slow")).Wants(t, ".facts", "Our services",
		"may touch Checkout (it names no component)")
	if got := r.Get("/services/nobody").Status; got != 404 {
		t.Errorf("a service that there is not: %d", got)
	}
	r.Page("/history?service=checkout").Wants(t, "main", "API answers are slow")
}
