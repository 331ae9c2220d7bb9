package pingoru

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

// lateMail is one incident as Pingoru's text shows it; the tests below show the same in other shapes.
const lateMail = `Acme incident

Mail is late [EU]

Minor Resolved View vendor source →

Acme experienced a minor incident on March 9, 2025 affecting Mail and Web Client, lasting 1h 2m. The incident has ` +
	`been resolved; the full update timeline is below.

Started
Mar 09, 2025, 05:12 PM UTC
Resolved
Mar 09, 2025, 06:14 PM UTC
Duration
1h 2m
Detected by Pingoru
Mar 09, 2025, 05:13 PM UTC

Affected components

MailWeb Client

Update timeline

  1. investigating Mar 09, 2025, 05:12 PM UTC

    Mail waits.

  2. resolved Mar 09, 2025, 06:14 PM UTC

    Mail flows. All of it arrived.
`

func lateMailRaw() normalize.Raw {
	at := func(s string) normalize.RawTime { return normalize.RawTime{Text: s} }
	return normalize.Raw{
		Title: "Mail is late [EU]", State: "Resolved", Impact: "Minor", Duration: "1h 2m",
		Started: at("Mar 09, 2025, 05:12 PM UTC"), Resolved: at("Mar 09, 2025, 06:14 PM UTC"),
		Detected:   at("Mar 09, 2025, 05:13 PM UTC"),
		Components: []normalize.RawComponent{{Name: "Mail"}, {Name: "Web Client"}},
		Updates: []normalize.RawUpdate{
			{State: "investigating", Posted: at("Mar 09, 2025, 05:12 PM UTC"), Body: "Mail waits.",
				Format: normalize.FormatText},
			{State: "resolved", Posted: at("Mar 09, 2025, 06:14 PM UTC"), Body: "Mail flows. All of it arrived.",
				Format: normalize.FormatText},
		},
	}
}

func TestReadsOneIncidentInEveryShape(t *testing.T) {
	sentence := "Acme experienced a minor incident on March 9, 2025 affecting Mail and Web Client, lasting 1h 2m. " +
		"The incident has been resolved; the full update timeline is below."
	tests := []struct {
		name, body string
		change     func(*normalize.Raw)
	}{
		{name: "text", body: lateMail},
		{name: "text without empty lines", body: strings.ReplaceAll(lateMail, "\n\n", "\n")},
		{name: "text with a byte order mark and CRLF", body: "\xef\xbb\xbf" + strings.ReplaceAll(lateMail, "\n",
			"\r\n")},
		{name: "text with dashes for numbers", body: strings.NewReplacer("  1. ", "- ", "  2. ",
			"- ").Replace(lateMail)},
		{name: "text with other spaces", body: strings.ReplaceAll(lateMail, " PM", "\u202fPM"), change: nil},
		{name: "text without a vendor's link", body: strings.ReplaceAll(lateMail, " View vendor source →", "")},
		{name: "text without its head", body: lateMail[strings.Index(lateMail, "Acme experienced"):],
			change: func(r *normalize.Raw) {
				r.Title, r.State, r.Impact = "", "resolved", "minor"
			}},
		{name: "text without the sentence", body: strings.Replace(lateMail, sentence, "", 1)},
		{name: "text without chips", body: strings.Replace(lateMail, "\nMailWeb Client\n", "", 1)},
		{name: "text from the sections on", body: lateMail[strings.Index(lateMail, "Affected components"):],
			change: func(r *normalize.Raw) {
				r.Title, r.State, r.Impact, r.Duration = "", "", "", ""
				r.Started, r.Resolved, r.Detected = normalize.RawTime{}, normalize.RawTime{}, normalize.RawTime{}
			}},
		{name: "text without a resolution", body: strings.Replace(strings.Replace(lateMail,
			"Resolved\nMar 09, 2025, 06:14 PM UTC\n", "", 1), "1h 2m\nDetected", "—\nDetected", 1),
			change: func(r *normalize.Raw) {
				r.Resolved = normalize.RawTime{} // the duration is still in the sentence
			}},
		{name: "text cut inside the next update's time", body: lateMail + "\n  3. postmortem Mar 12, 2025, 0",
			change: func(r *normalize.Raw) { r.Excerpt = true }},
		{name: "text cut before the next update's half of the day",
			body:   lateMail + "\n  3. postmortem Mar 12, 2025, 05:10",
			change: func(r *normalize.Raw) { r.Excerpt = true }},
		{name: "text that announces more updates", body: strings.Replace(lateMail, "Update timeline",
			"Timeline · 3 updates", 1), change: func(r *normalize.Raw) { r.Excerpt = true }},
		{name: "text, newest update first", body: strings.Replace(lateMail[:strings.Index(lateMail, "  1. ")]+
			"  1. resolved Mar 09, 2025, 06:14 PM UTC\n\n    Mail flows. All of it arrived.\n\n  2. investigating "+
			"Mar 09, 2025, 05:12 PM UTC\n\n    Mail waits.\n", "\r", "", 1)},
		{name: "HTML of spans in divisions",
			body: `<html><body><div><div>Acme incident</div><h1>Mail is late <i>[EU]</i></h1><div><span>Minor</span>` +
				`<span>Resolved</span><a href="https://status.acme.example">` +
				`View vendor source<span aria-hidden="true">→</span></a></div>
			<p>` + sentence +
				`</p><div><span>Started</span><span>Mar 09, 2025, 05:12 PM UTC</span><span>Resolved</span><span>` +
				`Mar 09, 2025, 06:14 PM UTC</span><span>Duration</span><span>1h 2m</span><span>Detected by ` +
				`Pingoru</span><span>Mar 09, 2025, 05:13 PM UTC</span></div>
			<h2>Affected components</h2><div><span>Mail</span><span>Web Client</span></div><h2>Update timeline</h2>
			<div><div><span>investigating</span><span>Mar 09, 2025, 05:12 PM UTC</span></div><p>Mail ` +
				`waits.</p></div><div><div><span>resolved</span><span>Mar 09, 2025, 06:14 PM ` +
				`UTC</span></div><p>Mail flows. All of it arrived.</p></div></div></body></html>`},
		{name: "HTML of tables and lists",
			body: `<html><body><header>Acme incident</header><h1>Mail is late [EU]</h1><ul><li>Minor</li>` +
				`<li>Resolved</li></ul><p>` + sentence + `</p>
			<table><tr><th>Started</th><td>Mar 09, 2025, 05:12 PM UTC</td></tr><tr><th>Resolved</th><td>Mar 09,` +
				` 2025, 06:14 PM UTC</td></tr><tr><th>Duration</th><td>1h 2m</td></tr><tr><th>Detected by ` +
				`Pingoru</th><td>Mar 09, 2025, 05:13 PM UTC</td></tr></table>
			<h3>Affected components</h3><ul><li>Mail</li><li>Web Client</li></ul><h3>Update timeline</h3>
			<ol><li><b>investigating</b> <time datetime="2025-03-09T17:12:00Z">Mar 09, 2025, 05:12 PM ` +
				`UTC</time><br>Mail waits.</li><li><b>resolved</b> <time>Mar 09, 2025, 06:14 PM UTC</time><br>Mail ` +
				`flows. All of it arrived.</li></ol>
			<h3>More incidents</h3><p>Another day.</p></body></html>`},
		{name: "HTML whose times are relative", body: `<html><body><p>Acme incident</p><h1>Mail is late [EU]</h1>` +
			`<p><span>Minor</span> <span>Resolved</span></p><p>` + sentence + `</p>
			<dl><dt>Started</dt><dd><time datetime="2025-03-09T17:12:00Z">9 months ago</time></dd><dt>Resolved</dt>` +
			`<dd>Mar 09, 2025, 06:14 PM UTC</dd><dt>Duration</dt><dd>1h 2m</dd><dt>Detected by Pingoru</dt><dd>` +
			`Mar 09, 2025, 05:13 PM UTC</dd></dl>
			<h2>Affected components</h2><p><span>Mail</span><span>Web Client</span></p><h2>Update timeline</h2>
			<ol><li><p><span>investigating</span> <time>Mar 09, 2025, 05:12 PM UTC</time></p><p>Mail ` +
			`waits.</p></li><li><p><span>resolved</span> <time>Mar 09, 2025, 06:14 PM UTC</time></p><p>Mail flows. ` +
			`All of it arrived.</p></li></ol></body></html>`, change: func(r *normalize.Raw) {
			r.Started.Text = "2025-03-09T17:12:00Z"
		}},
		{name: "HTML with the title on top",
			body: `<html><body><div>Providers / Acme</div><h1>Mail is late [EU]</h1><div>Acme incident</div><div>` +
				`<span>Minor</span><span>Resolved</span></div><p>` + sentence + `</p>
			<dl><dt>Started</dt><dd>Mar 09, 2025, 05:12 PM UTC</dd><dt>Resolved</dt><dd>Mar 09, 2025,` +
				` 06:14 PM UTC</dd><dt>Duration</dt><dd>1h 2m</dd><dt>Detected by Pingoru</dt><dd>Mar 09, 2025, ` +
				`05:13 PM UTC</dd></dl>
			<div>Affected components</div><p><span>Mail</span><span>Web Client</span></p><div>Update timeline</div>
			<ul><li>investigating Mar 09, 2025, 05:12 PM UTC<p>Mail waits.</p></li><li>resolved Mar 09, 2025, 06:14 ` +
				`PM UTC<p>Mail flows. All of it arrived.</p></li></ul></body></html>`},
		{name: "HTML that was cut", body: `<html><body><p>Acme incident</p><h1>Mail is late [EU]</h1>` +
			`<p>Minor Resolved</p><p>` + sentence + `</p>
			<dl><dt>Started</dt><dd>Mar 09, 2025, 05:12 PM UTC</dd><dt>Resolved</dt><dd>Mar 09, 2025,` +
			` 06:14 PM UTC</dd><dt>Duration</dt><dd>1h 2m</dd><dt>Detected by Pingoru</dt><dd>Mar 09, 2025, 05:13 ` +
			`PM UTC</dd></dl>
			<h2>Affected components</h2><p><span>Mail</span><span>Web Client</span></p><h2>Update timeline</h2>
			<ol><li><p>investigating Mar 09, 2025, 05:12 PM UTC</p><p>Mail waits.</p></li><li><p>resolved Mar 09, ` +
			`2025, 06:14 PM UTC</p><p>Mail flows. All of it arr`, change: func(r *normalize.Raw) {
			r.Excerpt = true
			r.Updates[1].Body = "Mail flows. All of it arr"
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := page.Page{URL: "https://pingoru.example/providers/acme/incidents/77", Body: []byte(tt.body)}
			if !scraper.Detects(Platform{}, page) {
				t.Error("it is not detected")
			}
			res, err := Platform{}.Parse(scraper.Source{}, page)
			if err != nil {
				t.Fatal(err)
			}
			want := lateMailRaw()
			want.ID, want.URL, want.Document = "77", "https://pingoru.example/providers/acme/"+
				"incidents/77", res.Document
			if tt.change != nil {
				tt.change(&want)
			}
			if diff := cmp.Diff([]normalize.Raw{want}, res.Incidents); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestKeepsMarkupOfBodies(t *testing.T) {
	page := func(body string) page.Page {
		return page.Page{Body: []byte(`<html><body><h1>Acme incident</h1><h2>Update timeline</h2><ol><li><div>` +
			`<b>resolved</b><i>Mar 09, 2025, 06:14 PM UTC</i></div>` + body + `</li></ol><footer>Pingoru</footer>` +
			`</body></html>`)}
	}
	tests := []struct{ name, body, want, format string }{
		{"bare text", `<div>All is well.</div>`, "All is well.", normalize.FormatText},
		{"a paragraph", `<div><p>All is well.</p></div>`, "All is well.", normalize.FormatText},
		{"a link", `<p>See <a href="https://acme.example/x">this</a>.</p>`, `<p>See <a href="https://acme.example/` +
			`x">this</a>.</p>`, normalize.FormatHTML},
		{"two paragraphs", `<p>One.</p><p>Two.</p>`, `<p>One.</p><p>Two.</p>`, normalize.FormatHTML},
		{"a list", `<div><ul><li>One</li></ul></div>`, `<div><ul><li>One</li></ul></div>`, normalize.FormatHTML},
		{"a script", `<div>All is well.<script>alert(1)</script></div>`, "All is well.", normalize.FormatText},
		{"no words", ``, "", normalize.FormatText},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, err := Platform{}.Parse(scraper.Source{}, page(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			got := res.Incidents[0].Updates[0]
			if got.Body != tt.want || got.Format != tt.format {
				t.Errorf("got %s %q, want %s %q", got.Format, got.Body, tt.format, tt.want)
			}
		})
	}
}

func TestSplitNames(t *testing.T) {
	tests := []struct {
		name, glued, sentence string
		mixed                 []string
		want                  []string
	}{
		{"one name", "Cloud Services", "Cloud Services", nil, []string{"Cloud Services"}},
		{"one name, no sentence", "Kustomer Voice", "", nil, []string{"Kustomer Voice"}},
		{"a name twice", "Web ClientWeb Client", "Web Client and Web Client", nil, []string{"Web Client",
			"Web Client"}},
		{"a name twice, no sentence", "Channel - EmailChannel - Email", "", nil, []string{"Channel - Email",
			"Channel - Email"}},
		{"an acronym twice", "APIAPI", "", nil, []string{"API", "API"}},
		{"two names without a sign between them", "APIWEB", "API and WEB", nil, []string{"API", "WEB"}},
		{"a name with an and", "Send and ReceiveInbox", "Send and Receive and Inbox", nil,
			[]string{"Send and Receive", "Inbox"}},
		{"one name with an and", "Send and Receive", "Send and Receive", nil, []string{"Send and Receive"}},
		{"the second name with an and", "InboxSend and Receive", "Inbox and Send and Receive", nil, []string{"Inbox",
			"Send and Receive"}},
		{"more than the sentence names", "API OneTwo & ThreeCDN FourSix", "API One and Two & Three and 1 more " +
			"component", nil, []string{"API One", "Two & Three", "CDN Four", "Six"}},
		{"a brand at the end", "Channel - SMSChannel - WhatsApp", "", nil, []string{"Channel - SMS",
			"Channel - WhatsApp"}},
		{"names that begin alike", "Pool 1 EUPool 2 USPool 3 EU", "", nil, []string{"Pool 1 EU", "Pool 2 US",
			"Pool 3 EU"}},
		{"an acronym before another name cannot be told", "Chat APIWeb Client", "", nil,
			[]string{"Chat APIWeb Client"}},
		{"a brand by the sentence", "Channel - SMSChannel - WhatsApp", "Channel - SMS and Channel - WhatsApp", nil,
			[]string{"Channel - SMS", "Channel - WhatsApp"}},
		{"a brand beside another name", "WhatsAppEmail", "", nil, []string{"WhatsApp", "Email"}},
		{"a brand after another name", "EmailWhatsApp", "", nil, []string{"Email", "WhatsApp"}},
		{"a word of the page's own", "AnvilWorksRope", "", []string{"AnvilWorks"}, []string{"AnvilWorks", "Rope"}},
		{"a bracket ends a name", "Mail (EU)Chat (US)", "", nil, []string{"Mail (EU)", "Chat (US)"}},
		{"letters beyond ASCII", "CaféÉtude", "", nil, []string{"Café", "Étude"}},
		{"nothing", "", "", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := splitNames(tt.glued, tt.sentence, append(tt.mixed, brands...))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOutageHistoryWithoutOutages(t *testing.T) {
	tests := []struct{ name, body, since string }{
		{"counted", "Acme Outage History\n\nAcme is up right now\n\nThere were no Acme outages since March 1, " +
			"2025.\n", "March 1, 2025"},
		{"zero", "Acme Outage History\nAcme is up right now\nThere were 0 Acme outages since March 1, 2025 " +
			"totaling 0m of downtime.\n", "March 1, 2025"},
		{"without the vendor in its heading", "Outage History\nAcme is up right now\nNo outages since March 1, " +
			"2025\n", "March 1, 2025"},
		{"not counted", "Acme Outage History\nAcme is up right now\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(tt.body)})
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Incidents) != 0 || res.Document != "outage_history" || res.Indicator != "up" ||
				res.PageName != "Acme" {
				t.Errorf("read %+v", res)
			}
			if res.Coverage != (scraper.Coverage{Since: tt.since}) {
				t.Errorf("covers %+v, want since %q", res.Coverage, tt.since)
			}
			if tt.since == "" {
				return
			}
			if _, err := times.Parse(normalize.RawTime{Text: res.Coverage.Since}, "UTC"); err != nil {
				t.Errorf("the day cannot be read: %v", err)
			}
		})
	}
	for _, body := range []string{"Acme Outage History\n", "Acme is up right now\n",
		"Acme Outage History\nThere were 3 Acme outages since March 1, 2025.\n"} {
		if _, err := (Platform{}).Parse(scraper.Source{}, page.Page{Body: []byte(body)}); !errors.Is(err,
			page.ErrShape) {
			t.Errorf("%q gives %v", body, err)
		}
	}
}

func TestHomeAndStart(t *testing.T) {
	const home = "https://pingoru.example/providers/acme"
	for _, page := range []string{home, home + "/", home + "/outage-history", home + "/incidents/12",
		home + "/incidents/12?x=1#y"} {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Platform{}).Home(u); got != home {
			t.Errorf("home of %s is %s", page, got)
		}
	}
	starts := map[string]string{home: home + "/outage-history", home + "/outage-history": home + "/outage-history",
		home + "/incidents/12": home + "/incidents/12"}
	for source, want := range starts {
		if got := (Platform{}).Start(scraper.Source{URL: source}); len(got) != 1 || got[0].URL != want {
			t.Errorf("%s starts with %+v", source, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "pingoru")
	f.Add([]byte(lateMail))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}

func BenchmarkParsePingoruText(b *testing.B) {
	platformtest.BenchmarkParse(b, Platform{}, []byte(lateMail))
}

func BenchmarkParsePingoruPage(b *testing.B) {
	platformtest.BenchmarkParse(b, Platform{}, platformtest.FixtureBytes(b, "pingoru/incident_page/incident.html"))
}

func BenchmarkParsePingoruHistory(b *testing.B) {
	platformtest.BenchmarkParse(b, Platform{}, platformtest.FixtureBytes(b, "pingoru/history_crawl/history.html"))
}
