package feed

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func parse(t *testing.T, body string) scraper.Result {
	t.Helper()
	res, err := Platform{}.Parse(scraper.Source{}, page.Page{URL: "https://status.acme.example/feed",
		Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestKeys holds what an item is known by: it must stay the same while the feed around it changes.
func TestKeys(t *testing.T) {
	tests := []struct{ name, items, id, url string }{
		{"a guid", `<item><guid isPermaLink="false">e-1</guid><link>https://status.acme.example/e/1</link></item>`,
			"e-1", "https://status.acme.example/e/1"},
		{"a guid that is the link", `<item><guid>https://status.acme.example/e/1</guid>` +
			`<link>https://status.acme.example/e/1</link></item>`, "", "https://status.acme.example/e/1"},
		{"a guid that is the link, but for the scheme", `<item><guid>https://status.acme.example/e/1</guid>` +
			`<link>http://status.acme.example/e/1/</link></item>`, "", "https://status.acme.example/e/1"},
		{"a guid that is another address", `<item><guid>https://status.acme.example/#e1</guid>` +
			`<link>https://status.acme.example/</link></item>`, "https://status.acme.example/#e1",
			"https://status.acme.example/"},
		{"a guid that is an address, no link", `<item><guid>https://status.acme.example/e/1</guid></item>`, "",
			"https://status.acme.example/e/1"},
		{"a link only", `<item><link>https://status.acme.example/e/1</link></item>`, "",
			"https://status.acme.example/e/1"},
		{"a relative link only", `<item><link>/e/1</link></item>`, "", "https://status.acme.example/e/1"},
		{"the front page for a link", `<item><title>Late</title><link>https://status.acme.example/</link></item>`,
			"", ""},
		{"a link that another item has", `<item><title>Late</title><link>https://status.acme.example/now</link>` +
			`</item><item><title>Lost</title><link>https://status.acme.example/now</link></item>`, "", ""},
		{"nothing", `<item><title>Late</title></item>`, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := parse(t, platformtest.RSS(tt.items)).Incidents[0]
			if raw.ID != tt.id || raw.URL != tt.url {
				t.Errorf("id %q, url %q; want %q, %q", raw.ID, raw.URL, tt.id, tt.url)
			}
		})
	}
}

// TestPosts holds which items are posts of one incident.
func TestPosts(t *testing.T) {
	item := func(title, guid, link, day string) string {
		return "<item><title>" + title + `</title><guid isPermaLink="false">` + guid + "</guid><link>" + link +
			"</link><pubDate>" + day + " Mar 2026 10:00:00 GMT</pubDate><description>" + title + "</description></item>"
	}
	const one, two = "https://status.acme.example/e/1", "https://status.acme.example/e/2"
	tests := []struct{ name, items, want string }{
		{"one guid in all items", item("Mail late", "g", one, "2") + item("Web down", "g", two, "1"),
			"Mail late unknown 1, Web down unknown 1"},
		{"one guid in all items, no links", item("Mail late", "g", "", "2") + item("Web slow", "g", "", "1"),
			"Mail late unknown 1, Web slow unknown 1"},
		{"one guid, two posts", item("Mail recovered", "g", one, "2") + item("Mail went down", "g", one, "1"),
			"Mail went down resolved 2"},
		{"one guid, one link to the page", item("Mail is back to normal", "g", "https://status.acme.example/", "2") +
			item("Mail went down", "g", "https://status.acme.example/", "1"), "Mail went down resolved 2"},
		{"one link, two guids", item("Mail recovered", "g2", one, "2") + item("Mail went down", "g1", one, "1"),
			"Mail went down resolved 2"},
		{"one link to the page, two guids", item("Mail late", "g2", "https://status.acme.example/", "2") +
			item("Mail late", "g1", "https://status.acme.example/", "1"), "Mail late unknown 1, Mail late unknown 1"},
		{"one link to the page, two guids, down and up again",
			item("Mail recovered", "g2", "https://status.acme.example/", "2") +
				item("Mail went down", "g1", "https://status.acme.example/", "1"), "Mail went down resolved 2"},
		{"no link, two outages of one thing, another goes on",
			item("Mail is down", "g5", "", "6") + item("Mail is back to normal", "g4", "", "5") +
				item("Web went down", "g3", "", "4") + item("Mail went down", "g2", "", "3") +
				item("Mail recovered", "g1", "", "2"),
			"Mail is down unknown 1, Mail went down resolved 2, Web went down investigating 1, " +
				"Mail recovered resolved 1"},
		{"one link to a list, two things", item("Mail late", "g2", one, "2") + item("Web slow", "g1", one, "1"),
			"Mail late unknown 1, Web slow unknown 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			incidents, _ := normalize.Incidents(parse(t, platformtest.RSS(tt.items)).Incidents,
				scraper.WordsOf(Platform{}))
			var got []string
			for _, i := range incidents {
				got = append(got, fmt.Sprintf("%s %s %d", i.Title, i.State, len(i.Updates)))
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestStatedEndAndSeverity holds what a feed like xAI's says: the severity in a category and in the text, and the end.
func TestStatedEndAndSeverity(t *testing.T) {
	raws := parse(t, platformtest.RSS(`<item><title>[Mail] Sending fails</title><guid isPermaLink="false">m1</guid>`+
		`<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate><category>unavailable</category><category>Mail</category>`+
		`<category>resolved</category><description><![CDATA[<h3>Status: RESOLVED</h3><p>Severity: unavailable</p>`+
		`<p>Resolved: Mon, 02 Mar 2026 11:30:00 GMT</p><p>It works.</p>]]></description></item>`)).Incidents
	incidents, findings := normalize.Incidents(raws, scraper.WordsOf(Platform{}))
	i := incidents[0]
	if i.State != normalize.StateResolved || i.Severity != normalize.SeverityMajor || len(i.Components) != 1 ||
		i.Components[0].Name != "Mail" || normalize.FormatTime(i.ResolvedAt) != "2026-03-02T11:30:00.000Z" {
		t.Errorf("%+v, findings %+v", i, findings)
	}
}

// TestDatesOfItems holds that the date of an item, in whatever form, gives its timeline the year, and the feed its
// reach.
func TestDatesOfItems(t *testing.T) {
	for _, date := range []string{"Fri, 27 Nov 26 10:00 UT", "(note) Fri, 27 Nov 2026 (late) 10:00:00 Z",
		"27. November 2026 11:00 CET", "2026-11-27T10:00:00Z"} {
		res := parse(t, platformtest.RSS("<item><title>Late</title><guid>1</guid><pubDate>"+date+"</pubDate>"+
			"<description>&lt;p&gt;&lt;small&gt;Nov 27, 09:00 UTC&lt;/small&gt;&lt;br&gt;"+
			"&lt;strong&gt;Resolved&lt;/strong&gt; - Done.&lt;/p&gt;</description></item>"))
		incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
		if got := normalize.FormatTime(incidents[0].Updates[0].PostedAt); got != "2026-11-27T09:00:00.000Z" ||
			len(findings) > 0 || res.Coverage.Since != "2026-11-27T10:00:00Z" {
			t.Errorf("%s: %s, since %s, findings %+v", date, got, res.Coverage.Since, findings)
		}
	}
}

func TestDatedUpdates(t *testing.T) {
	at := func(s string) normalize.RawTime { return normalize.RawTime{Text: s, Near: "2026-01-05T10:00:00Z"} }
	post := func(state, posted, body string) normalize.RawUpdate {
		return normalize.RawUpdate{State: state, Posted: at(posted), Body: body, Format: normalize.FormatHTML}
	}
	tests := []struct {
		name, body string
		want       []normalize.RawUpdate
	}{
		{"newest first", "<p><small>Jan <var data-var='date'> 5</var>, <var data-var='time'>10:00</var> " +
			"UTC</small><br><strong>Resolved</strong> - Done.</p><p><small>Jan <var data-var='date'> 5</var>, " +
			"<var data-var='time'>09:00</var> UTC</small><br><strong>Investigating</strong> - Late.</p>",
			[]normalize.RawUpdate{post("Investigating", "Jan 5, 09:00 UTC", "Late."), post("Resolved",
				"Jan 5, 10:00 UTC", "Done.")}},
		{"oldest first, with spaces", "<p> <small>Jan 5, 09:00 UTC</small><br> <strong>Investigating</strong> - " +
			"Late. </p> <p> <small>Jan 5, 10:00 UTC</small><br /> <strong>In progress</strong> - " +
			"<b>More</b>.<br>Soon. </p>",
			[]normalize.RawUpdate{post("Investigating", "Jan 5, 09:00 UTC", "Late."), post("In progress",
				"Jan 5, 10:00 UTC", "<b>More</b>.<br>Soon.")}},
		{"machine times", `<time datetime="x">2026-01-05T09:00:00Z</time> <b>Monitoring:</b> Watched.`,
			[]normalize.RawUpdate{post("Monitoring", "2026-01-05T09:00:00Z", "Watched.")}},
		{"bold words of a body", "<p>Late. <strong>Impact</strong> - some.</p>", nil},
		{"nothing", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, page.DatedUpdates(tt.body, "2026-01-05T10:00:00Z")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIsReadWholeOrNotAtAll(t *testing.T) {
	whole := platformtest.RSS(`<item><guid>a</guid><title>Late &nbsp; mail & more</title></item><item>` +
		`<guid>b</guid></item>`)
	if res := parse(t, whole); len(res.Incidents) != 2 {
		t.Errorf("%d incidents", len(res.Incidents))
	}
	for n := range len(whole) {
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(whole[:n])})
		if !errors.Is(err, page.ErrShape) {
			t.Fatalf("cut after %q: %d incidents, %v", whole[max(0, n-20):n], len(res.Incidents), err)
		}
	}
}

func TestEmptyButReal(t *testing.T) {
	for name, body := range map[string]string{
		"rss": platformtest.RSS(""),
		"rdf": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"` +
			`><channel><title>Acme</title></channel></rdf:RDF>`,
		"atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>Acme</title><id>urn:acme</id></feed>`,
		"json": `{"version":"https://jsonfeed.org/version/1","title":"Acme","items":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			page := page.Page{Body: []byte(body)}
			if !scraper.Detects(Platform{}, page) {
				t.Error("it is not detected")
			}
			if res := parse(t, body); len(res.Incidents) != 0 || res.Coverage != (scraper.Coverage{}) ||
				res.PageName != "Acme" {
				t.Errorf("read %+v", res)
			}
		})
	}
	for _, body := range []string{`<feed></feed>`, `<rss/>`, `<feed><x/></feed>`, `{"version":"https://jsonfeed.or` +
		`g/version/1"}`, `{"version":"https://jsonfeed.org/version/1","items":null}`, `{"version":"2","items":[]}`} {
		if _, err := (Platform{}).Parse(scraper.Source{}, page.Page{Body: []byte(body)}); !errors.Is(err,
			page.ErrShape) {
			t.Errorf("%s gives %v", body, err)
		}
	}
}

// TestCharsets holds that a body that was decoded on arrival is not decoded again.
func TestCharsets(t *testing.T) {
	latin := strings.Replace(platformtest.RSS(`<item><title>Caf`+"\xe9"+`</title></item>`), `version="1.0"`,
		`version="1.0" encoding="ISO-8859-1"`, 1)
	decoded := strings.Replace(platformtest.RSS(`<item><title>Café</title></item>`), `version="1.0"`,
		`version="1.0" encoding="ISO-8859-1"`, 1)
	for name, body := range map[string]string{"as sent": latin, "decoded": decoded} {
		if got := parse(t, body).Incidents[0].Title; got != "Café" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "feed")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}

func BenchmarkParseFeedRSS(b *testing.B) {
	platformtest.BenchmarkParse(b, Platform{}, platformtest.FixtureBytes(b, "feed/rss_open_items/feed.xml"))
}

func BenchmarkParseFeedAtom(b *testing.B) {
	platformtest.BenchmarkParse(b, Platform{}, platformtest.FixtureBytes(b, "feed/atom_dated_timeline/feed.atom"))
}

func BenchmarkParseFeedJSON(b *testing.B) {
	platformtest.BenchmarkParse(b, Platform{}, platformtest.FixtureBytes(b, "feed/json_feed/feed.json"))
}
