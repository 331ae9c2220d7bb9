package prose

import (
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	const base = "https://status.acme.example/incidents/1"
	for name, c := range map[string]struct{ in, want string }{
		"words":                     {"Some *words*.", `<p>Some <em>words</em>.</p>`},
		"a heading goes below ours": {"# Summary", `<h4>Summary</h4>`},
		"line ends are kept":        {"one\ntwo", "<p>one<br>\ntwo</p>"},
		"a link": {"[a](https://x.example/?a=1&b=2)",
			`<p><a href="https://x.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow">a</a></p>`},
		"a relative link": {"[a](/x)",
			`<p><a href="https://status.acme.example/x" rel="noopener noreferrer nofollow">a</a></p>`},
		"a bare address": {"see https://x.example now",
			`<p>see <a href="https://x.example" rel="noopener noreferrer nofollow">https://x.example</a> now</p>`},
		"a mail address": {"[m](mailto:a@b.example)",
			`<p><a href="mailto:a@b.example" rel="noopener noreferrer nofollow">m</a></p>`},
		"a script as a link": {"[a](javascript:alert(1))", `<p>a</p>`},
		"disguised": {"[a](JaVaScRiPt&colon;alert(1)) [b](&#106;avascript:alert(1)) " +
			"[c](\\javascript:x)", `<p>a b c</p>`},
		"data as a link":   {"[a](data:text/html;base64,xxx)", `<p>a</p>`},
		"a file as a link": {"[a](file:///etc/passwd)", `<p>a</p>`},
		"a script in brackets": {"<javascript:alert(1)>",
			`<p><a href="" rel="noopener noreferrer nofollow">javascript:alert(1)</a></p>`},
		"a picture": {"![graph](https://x.example/g.png)",
			`<p><a href="https://x.example/g.png" rel="noopener noreferrer nofollow">picture: graph</a></p>`},
		"a picture without words": {"![](https://x.example/g.png)",
			`<p><a href="https://x.example/g.png" rel="noopener noreferrer nofollow">` +
				`picture: https://x.example/g.png</a></p>`},
		"a picture in a link": {"[![g](https://x.example/g.png)](https://y.example)", `picture: g`},
		"a script": {"a <script>alert(1)</script> b",
			`<p>a &lt;script&gt;alert(1)&lt;/script&gt; b</p>`},
		"a block of HTML": {"<div onclick=x>\nwords\n</div>",
			"<p>&lt;div onclick=x&gt;\nwords\n&lt;/div&gt;</p>"},
		"a block with an end":  {"<script>\nx()\n</script>", "<p>&lt;script&gt;\nx()\n&lt;/script&gt;</p>"},
		"a title with a quote": {`[a](https://x.example "t\" onclick=x")`, `title="t&quot; onclick=x"`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.TrimSpace(string(Markdown(c.in, base))); !strings.Contains(got, c.want) {
				t.Errorf("%q gives\n%s\nwant\n%s", c.in, got, c.want)
			}
		})
	}
	if got := string(Markdown(strings.Repeat(">", maxMarkdown+1)+"<b>", base)); !strings.HasSuffix(got,
		"&lt;b&gt;</p>") {
		t.Error("a text too long to be rendered is not shown as it is")
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{"# a", "<script>x", "[a](javascript:x)", "![x](data:x)", "<a@b.c>", "|a|\n|-|\n|b|",
		"[a]: javascript:x\n\n[a]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := strings.ToLower(string(Markdown(text, "https://status.acme.example")))
		for _, bad := range []string{"<script", "<img", "<iframe", "<style", `href="javascript:`, `href="data:`,
			`href="vbscript:`} {
			if strings.Contains(got, bad) {
				t.Errorf("%q gives %s", text, got)
			}
		}
	})
}
