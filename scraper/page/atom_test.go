package page

import (
	"testing"

	"vendorwatch/normalize"
)

// TestAtomTexts holds what a title and a text of Atom say: no markup, unless their type says so (RFC 4287 §3.1.1).
func TestAtomTexts(t *testing.T) {
	tests := []struct{ name, title, content, wantTitle, wantBody string }{
		{"a text in brackets", `<title>Calls to &lt;zone&gt;.api fail</title>`, `<content type="text">The header ` +
			`&lt;X-Id&gt; is lost if a&lt;b &amp; c&gt;d</content>`, "Calls to <zone>.api fail",
			"The header <X-Id> is lost if a<b & c>d"},
		{"a text that shows markup", `<title type='text'>Use of &lt;b&gt; fails</title>`,
			`<summary type="text">Write &lt;p&gt; &amp; wait</summary>`, "Use of <b> fails", "Write &lt;p> & wait"},
		{"a text in CDATA", `<title><![CDATA[a<b and <Zone>]]></title>`,
			`<content><![CDATA[the <Zone> is down]]></content>`, "a<b and <Zone>", "the <Zone> is down"},
		{"HTML by its type", `<title type="html">Mail &lt;b&gt;late&lt;/b&gt; &amp;amp; lost</title>`,
			`<content type="html">&lt;p&gt;We &lt;b&gt;look&lt;/b&gt;.&lt;/p&gt;</content>`, "Mail late & lost",
			"We **look**."},
		{"HTML without a type", `<title>Mail</title>`, `<content>` +
			`&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content>`,
			"Mail", "One.\n\nTwo."},
		{"joiners", "<title>\u0645\u06cc\u200c\u0634\u0648\u062f \U0001f469\u200d\U0001f467 so\u00adft ze\u200cro" +
			"</title>", "",
			"\u0645\u06cc\u200c\u0634\u0648\u062f \U0001f469\u200d\U0001f467 soft zero", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Page{URL: "https://status.acme.example/feed", Body: []byte(
				`<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>Acme</title><entry><id>1</id>` + tt.title +
					`<updated>2026-03-01T10:00:00Z</updated>` + tt.content + `</entry></feed>`)}
			feed, err := ReadFeed(p, "a feed")
			if err != nil || len(feed.Items) != 1 {
				t.Fatalf("%+v, %v", feed, err)
			}
			incidents, _ := normalize.Incidents([]normalize.Raw{ReadItem(feed.Items[0], p, SharedLinks(feed))},
				normalize.Words{})
			if got := incidents[0].Title; got != tt.wantTitle {
				t.Errorf("title %q, want %q", got, tt.wantTitle)
			}
			body := ""
			if len(incidents[0].Updates) > 0 {
				body = incidents[0].Updates[0].Body
			}
			if body != tt.wantBody {
				t.Errorf("body %q, want %q", body, tt.wantBody)
			}
		})
	}
}

func TestTitlesOfRSS(t *testing.T) {
	for written, want := range map[string]string{
		`Use of x&lt;y in queries fails; y&gt;z too`:        "Use of x<y in queries fails; y>z too",
		`Errors on &lt;zone&gt;.api`:                        "Errors on <zone>.api",
		`Mail &lt;b&gt;late&lt;/b&gt;`:                      "Mail late",
		`<![CDATA[Mail <i class="x">late</i> &amp; lost]]>`: "Mail late & lost",
	} {
		p := Page{Body: []byte(`<rss version="2.0"><channel><title>Acme</title><item><title>` + written +
			`</title></item></channel></rss>`)}
		feed, err := ReadFeed(p, "a feed")
		if err != nil || len(feed.Items) != 1 {
			t.Fatalf("%s: %+v, %v", written, feed, err)
		}
		incidents, _ := normalize.Incidents([]normalize.Raw{ReadItem(feed.Items[0], p, SharedLinks(feed))},
			normalize.Words{})
		if got := incidents[0].Title; got != want {
			t.Errorf("%s: %q, want %q", written, got, want)
		}
	}
}
