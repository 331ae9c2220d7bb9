package cstate

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

// A list of issues with one issue, which the tests vary.
const list = `{"is":"issues","title":"Issues","pages":[{"is":"issue","title":"Lock gate two does not open",` +
	`"createdAt":"2026-03-10 06:20:00 +0000 UTC","lastMod":"2026-03-10 06:20:00 +0000 UTC",` +
	`"permalink":"https://status.tidemark.example/issues/lock-gate/","severity":"disrupted","resolved":false,` +
	`"informational":false,"resolvedAt":"<no value>","affected":["Locks"],"filename":"lock-gate.md"}]}`

func TestRefuses(t *testing.T) {
	vary := func(old, new string) string { return strings.Replace(list, old, new, 1) }
	for what, body := range map[string]string{
		"a list that is null":          `{"is":"issues","title":"Issues","pages":null}`,
		"the list under another name":  vary(`"pages"`, `"items"`),
		"an issue without its state":   vary(`"resolved":false,`, ``),
		"an issue without its address": vary(`"permalink"`, `"link"`),
		"an issue without its systems": vary(`"affected"`, `"concerns"`),
		"an entry of another kind":     vary(`"is":"issue",`, `"is":"page",`),
		"an index without systems": `{"is":"index","cStateVersion":"5.6.1","summaryStatus":"ok",` +
			`"systems":null}`,
		"an index of another program": `{"is":"index","summaryStatus":"ok","systems":[]}`,
		"an index with a system without status": `{"is":"index","cStateVersion":"5.6.1","summaryStatus":"ok",` +
			`"systems":[{"name":"Locks","unresolvedIssues":[]}]}`,
		"an index with a system without issues": `{"is":"index","cStateVersion":"5.6.1","summaryStatus":"ok",` +
			`"systems":[{"name":"Locks","status":"ok"}]}`,
		"an issue without a text": `{"is":"issue","title":"a","createdAt":"b","permalink":"c","resolved":true,` +
			`"affected":[]}`,
		"a feed of another program": `<rss><channel><generator>Hugo</generator></channel></rss>`,
		"a feed without a channel":  `<rss><generator>github.com/cstate</generator></rss>`,
		"a feed that breaks off":    `<rss><channel><generator>github.com/cstate</generator>`,
	} {
		p := page.Page{URL: "https://status.tidemark.example/index.json", Body: []byte(body)}
		if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) {
			t.Errorf("%s is read as %+v (%v)", what, res, err)
		}
	}
}

// TestFetchesTheTextsThatAreMissing holds which issues' own documents are asked for.
func TestFetchesTheTextsThatAreMissing(t *testing.T) {
	ended := strings.NewReplacer(`"resolved":false`, `"resolved":true`, "<no value>",
		"2026-03-10T09:00:00Z").Replace(list)
	const key = "issues/lock-gate"
	for _, c := range []struct {
		what, body string
		source     scraper.Source
		want       int
	}{
		{"an open issue", list, scraper.Source{}, 1},
		{"an open issue that is known", list, scraper.Source{Known: map[string]scraper.Known{key: {Updates: 1}}}, 1},
		{"an ended issue that is not known", ended, scraper.Source{}, 1},
		{"an issue that has ended since", ended, scraper.Source{Known: map[string]scraper.Known{key: {Updates: 1}}},
			1},
		{"an ended issue that is known", ended, scraper.Source{Known: map[string]scraper.Known{key: {Over: true,
			Updates: 1}}}, 0},
		{"an ended issue of which the text is missing", ended,
			scraper.Source{Known: map[string]scraper.Known{key: {Over: true}}}, 1},
		{"an ended issue in a backfill", ended, scraper.Source{Mode: scraper.Backfill,
			Known: map[string]scraper.Known{key: {Over: true, Updates: 1}}}, 1},
	} {
		// The site was built for another host than the one it is read from.
		res, err := Platform{}.Parse(c.source, page.Page{URL: "https://tidemark.example/issues/index.json",
			Body: []byte(c.body)})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Follow) != c.want || c.want > 0 && res.Follow[0].URL != "https://tidemark.example/issues/"+
			"lock-gate/index.json" {
			t.Errorf("%s leads to %+v", c.what, res.Follow)
		}
		if len(res.Incidents) != 1 || res.Incidents[0].ID != key || !res.Coverage.Open {
			t.Errorf("%s is read as %+v", c.what, res)
		}
	}
}

// TestPosts holds how a text, which people write as they like, becomes a timeline.
func TestPosts(t *testing.T) {
	issue := normalize.Raw{
		ID: "issues/a", Title: "A", State: "resolved",
		Started:  normalize.RawTime{Text: "2026-12-31 23:10:00 +0000"},
		Resolved: normalize.RawTime{Text: "2027-01-01 01:30:00 +0000"},
	}
	for text, want := range map[string][]string{
		"":                        nil,
		"<p>The ink ran out.</p>": {"2026-12-31T23:10 update The ink ran out."},
		`<p><em>Resolved</em> - All well. <span class="faded">(01:20 — Jan 1)</span></p><p>` +
			`<em>Investigating</em> - We look.</p>`: {
			"2026-12-31T23:10 investigating We look.", "2027-01-01T01:20 resolved All well."},
		`<p><strong>Resolved:</strong> All well.</p><p><strong>Monitoring:</strong> We watch. <span ` +
			`class="faded">(00:05 — Jan 1)</span></p>`: {
			"2027-01-01T00:05 monitoring We watch.", "2027-01-01T01:30 resolved All well."},
		`<p>Sorry!</p><p><em>Update</em> - Still dark. <span class="faded">(23:40 — Dec 31)</span></p>`: {
			"2026-12-31T23:10 update Sorry!", "2026-12-31T23:40 update Still dark."},
		"<p><em>Everything</em> - is as it was.</p>": {"2026-12-31T23:10 update *Everything* - is as it was."},
	} {
		raw := issue
		raw.Updates = posts(text, raw)
		incidents, findings := normalize.Incidents([]normalize.Raw{raw}, scraper.WordsOf(Platform{}))
		var got []string
		for _, u := range incidents[0].Updates {
			got = append(got, u.PostedAt.Format("2006-01-02T15:04 ")+string(u.State)+" "+u.Body)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") || len(findings) > 0 {
			t.Errorf("%s\nis read as %q (%v), want %q", text, got, findings, want)
		}
	}
}

func TestHome(t *testing.T) {
	for page, want := range map[string]string{
		"https://status.tidemark.example/":                          "https://status.tidemark.example",
		"https://status.tidemark.example/index.json":                "https://status.tidemark.example",
		"https://status.tidemark.example/issues/2026-lock/":         "https://status.tidemark.example",
		"https://tidemark.example/status/affected/tide-tables/":     "https://tidemark.example/status",
		"https://tidemark.example/status/issues/a/index.json":       "https://tidemark.example/status",
		"https://tidemark.example/status":                           "https://tidemark.example/status",
		"https://status.tidemark.example/issues/2026-lock/?from=me": "https://status.tidemark.example",
	} {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Platform{}).Home(u); got != want {
			t.Errorf("home of %s is %s, want %s", page, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "cstate")
	f.Add([]byte(list))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
