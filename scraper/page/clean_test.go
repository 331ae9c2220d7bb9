package page

import (
	"strings"
	"testing"
)

func TestDecodedLeavesOutWhatIsNotAllowed(t *testing.T) {
	rss := func(title string) string {
		return "<rss><channel><title>Acme</title><item><title>" + title + "</title></item></channel></rss>"
	}
	tests := []struct {
		name, body, want string
		problems         []string // one for each finding, in it
	}{
		{"nothing", rss("Mail is late"), rss("Mail is late"), nil},
		{"line ends and tabs stay", rss("a\tb\r\nc"), rss("a\tb\r\nc"), nil},
		{"a control character", rss("Mail\x0b is\x00 late"), rss("Mail is late"), []string{"U+000B", "U+0000"}},
		{"references to them", rss("Mail&#11; is&#x1F; late&#xFFFE;"), rss("Mail is late"),
			[]string{"&#11;", "&#x1F;", "&#xFFFE;"}},
		{"references to others", rss("&#233;&#x1F525;&#10;&amp;"), rss("&#233;&#x1F525;&#10;&amp;"), nil},
		{"bytes that are no UTF-8", rss("Störung im Caf\xe9"), rss("Störung im Caf\uFFFD"), []string{"0xe9"}},
		{"an element of HTML without an end", rss("one<br>two<BR clear='all'><img src='x'/>"),
			rss("one<br/>two<BR clear='all'/><img src='x'/>"), nil},
		{"not in CDATA", rss("<![CDATA[one<br>]]>two<br>"), rss("<![CDATA[one<br>]]>two<br/>"), nil},
		{"nor in a comment", "<!-- <br> -->" + rss("<br>"),
			"<!-- <br> -->" + rss("<br/>"), nil},
		{"JSON with a control character", "{\"a\":\"Mail\x08 is late\"}", `{"a":"Mail is late"}`, []string{"U+0008"}},
		{"JSON with line ends in a text", "{\n\"a\":\"one\ntwo\t\\\"\n\"\n}", "{\n\"a\":\"one\\ntwo\\t\\\"\\n\"\n}",
			nil},
		{"JSON with a broken byte", "{\"a\":\"caf\xe9 ü\"}", "{\"a\":\"caf\uFFFD ü\"}", []string{"0xe9"}},
		{"a web page", "<html>Mail\x08 is late</html>", "<html>Mail is late</html>", []string{"U+0008"}},
		{"what is none of these", "\x89PNG\x01ü", "\x89PNG\x01ü", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Decoded(Page{Body: []byte(tt.body), ContentType: "x/y; charset=utf-8"}, 1<<20)
			if err != nil || string(got.Body) != tt.want {
				t.Errorf("%q, %v; want %q", got.Body, err, tt.want)
			}
			if len(got.Findings) != len(tt.problems) {
				t.Fatalf("findings %+v; want %q", got.Findings, tt.problems)
			}
			for i, f := range got.Findings {
				if !strings.Contains(f.Problem, tt.problems[i]) || f.Value == "" {
					t.Errorf("finding %+v; want %q in it", f, tt.problems[i])
				}
			}
		})
	}
	got, _ := Decoded(Page{Body: []byte(rss(strings.Repeat("\x01", 500)))}, 1<<20)
	if len(got.Findings) != mostCleaned {
		t.Errorf("%d findings of one page", len(got.Findings))
	}
}

func TestReadFeedWithMarkupInAnItem(t *testing.T) {
	feed, err := ReadFeed(Page{Body: []byte(`<rss version="2.0"><channel><title>Acme</title><item>` +
		`<title>R&D & more</title><description>We look <p>into it <br> now & then</description><guid>a</guid>` +
		`</item><item><title>Two</title></item></channel></rss>`)}, "a feed")
	if err != nil || len(feed.Items) != 2 || feed.Items[0].Title != "R&D & more" || feed.Items[0].GUID != "a" ||
		!strings.Contains(feed.Items[0].Description, "now & then") {
		t.Errorf("%+v, %v", feed, err)
	}
}
