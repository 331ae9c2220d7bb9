//go:build browser

package pages_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// maxWeight is the limit for a page with its style sheet, script and icon, in bytes as sent.
const maxWeight = 60_000

// Every page is loaded in light, in dark and on a phone: the browser reports no error, no request goes elsewhere,
// nothing is cut off at the side, and the page is small. If SCREENSHOTS names a folder, pictures of all pages are put
// there.
func TestBrowserPages(t *testing.T) {
	browser := startBrowser(t)
	r := scene(t)
	for _, l := range []look{light, dark, phone} {
		tb := openTab(t, browser, r.URL, l)
		for name, path := range pagesOf(r) {
			t.Run(name+" "+l.name, func(t *testing.T) {
				tb.t = t
				tb.forget()
				if weight := tb.open(path); weight < 5_000 || weight > maxWeight {
					t.Errorf("%d bytes came, want at most %d", weight, maxWeight)
				}
				if over := eval[[]string](tb, overflowing); len(over) > 0 {
					t.Errorf("the page is wider than the window of %d px, by %s", l.width, strings.Join(over, " and "))
				}
				tb.picture(name + "-" + l.name)
				tb.fine()
			})
		}
	}
}

// Every page in the table of routes is among those that the browser loads.
func TestBrowserLooksAtEveryPage(t *testing.T) {
	r := scene(t)
	page := func(route web.Route) bool { return route.Form == web.Page }
	for _, pattern := range Untried(r, slices.Collect(maps.Values(pagesOf(r))), page) {
		t.Errorf("%s is looked at by no browser test: add it to pagesOf", pattern)
	}
}

// pagesOf are all pages of the scene, by the names of their pictures.
func pagesOf(r *Record) map[string]string {
	return map[string]string{
		"now": "/", "wall": "/wall", "vendors": "/vendors", "vendor": "/vendors/ledgerline",
		"trends": "/trends", "trends-beside": "/trends?vendor=ledgerline,mailferry",
		"services": "/services", "service": "/services/checkout",
		"vendor-quiet": "/vendors/tessera", "vendor-unreadable": "/vendors/parcelwise",
		"incident":             r.IncidentPath("Merchants are signed out and see “403 Forbidden”"),
		"incident-open":        r.IncidentPath("Card payments are declined in Europe"),
		"incident-maintenance": r.IncidentPath("Router upgrade, Oregon"), "history": "/history",
		"history-search": "/history?q=payments&severity=major",
		"history-empty":  "/history?q=zebra", "maintenance": "/maintenance", "health": "/health",
		"not-found": "/nowhere",
	}
}

// overflowing lists what extends beyond the right edge of the window, if the page scrolls sideways.
const overflowing = `(() => {
	const root = document.documentElement;
	if (root.scrollWidth <= root.clientWidth) return [];
	return [...document.querySelectorAll("body *")]
		.filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1)
		.map((e) => e.tagName.toLowerCase() + "." + e.className).slice(0, 5)
		.concat(["in all " + root.scrollWidth + " px"]);
})()`

// forget clears the browser's cache.
func (tb *tab) forget() {
	tb.t.Helper()
	call(tb, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.ClearBrowserCache, cdp.Empty{})
		return err
	})
}

// picture writes a PNG of the whole page to the folder that SCREENSHOTS names, if it names one.
func (tb *tab) picture(name string) {
	tb.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	size := eval[[]float64](tb, `[document.documentElement.clientWidth, document.documentElement.scrollHeight]`)
	beyond := true
	call(tb, func(ctx context.Context) error {
		shot, err := chromedp.Call(ctx, page.CaptureScreenshot,
			page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond,
				Clip: &page.Viewport{Width: size[0], Height: size[1], Scale: 1}})
		if err != nil {
			return err
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, name+".png"), shot.Data, 0o644)
	})
}

// With the keys Tab and Enter alone one gets from Now to the vendor to the incident, with the focus visible at each
// step.
func TestBrowserKeyboard(t *testing.T) {
	tb := openTab(t, startBrowser(t), scene(t).URL, light)
	walk := func(href string) {
		t.Helper()
		for range 80 {
			tb.do(chromedp.KeyEvent(kb.Tab))
			if eval[bool](tb, `document.activeElement === document.body`) {
				continue // the way leads over the browser itself
			}
			if !eval[bool](tb, focusSeen) {
				t.Fatalf("the focus cannot be seen on %s", eval[string](tb, `document.activeElement.outerHTML`))
			}
			if eval[bool](tb,
				`(document.activeElement.getAttribute("href") || "").startsWith("`+href+`") &&
					document.getElementById("main").contains(document.activeElement)`) {
				return
			}
		}
		t.Fatalf("80 times Tab lead to no link to %s", href)
	}
	enter := func(path string) {
		t.Helper()
		tb.do(chromedp.KeyEvent(kb.Enter))
		tb.until(`location.pathname.startsWith("` + path + `") && document.readyState === "complete"`)
	}
	tb.open("/")
	tb.do(chromedp.KeyEvent(kb.Tab))
	if at := eval[string](tb, `document.activeElement.className`); at != "skip" || !eval[bool](tb, focusSeen) {
		t.Errorf("the first Tab leads to %q and not, to be seen, to the link that skips to the content", at)
	}
	tb.do(chromedp.KeyEvent(kb.Enter))
	tb.until(`document.activeElement.id === "main"`)
	walk("/vendors/ledgerline")
	enter("/vendors/ledgerline")
	walk("/incidents/")
	enter("/incidents/")
	if title := eval[string](tb, `document.querySelector("h1").textContent`); title != "Card payments are declined "+
		"in Europe" {
		t.Errorf("the walk ends at %q", title)
	}
	tb.open("/vendors/ledgerline")
	tb.do(chromedp.Focus(`#main .components summary`), chromedp.KeyEvent(kb.Enter))
	tb.until(`document.querySelector("#main .components details").open`)
	tb.fine()
}

// focusSeen tells whether the element with the focus is marked, and within the window.
const focusSeen = `(() => {
	const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
	return e.matches(":focus-visible") && s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 &&
		b.height > 0 && b.top >= 0 && b.bottom <= innerHeight;
})()`

// An open page shows what is learned meanwhile, without being loaded again, and the reader's place stays.
func TestBrowserLive(t *testing.T) {
	r := Story(t, web.Options{Poll: 100 * time.Millisecond})
	tb := openTab(t, startBrowser(t), r.URL, light)
	tb.open("/")
	tb.do(chromedp.Focus(`#main a[href="/vendors/quiet"]`))
	tb.do(chromedp.Evaluate[chromedp.Void](`window.sameDocument = true`))
	quiet := r.Watched[1]
	down := Incident("down", "Nothing works any more", "critical", nil,
		Says("investigating", Before(2*Minute), "We are looking into it."))
	r.Save(record.Scrape{SourceID: quiet, At: Now, AllOpen: true, Incidents: Read(down)})
	tb.until(
		`document.querySelector("[data-part=open]").textContent.includes("Nothing works any more") &&
			document.querySelector(".verdict").className.includes("critical")`)
	if !eval[bool](tb, `window.sameDocument && document.title.startsWith("2 open incidents at 2 vendors")`) {
		t.Errorf("the page was loaded anew, or its title is old: %q", eval[string](tb, `document.title`))
	}
	if at := eval[string](tb, `document.activeElement.getAttribute("href")`); at != "/vendors/quiet" {
		t.Errorf("the focus went to %q", at)
	}
	down.Updates = append(down.Updates, Says("resolved", Now, "All is well again."))
	down.State = "resolved"
	r.Save(record.Scrape{SourceID: quiet, At: Now.Add(Minute), AllOpen: true, Incidents: Read(down)})
	tb.until(
		`window.sameDocument &&
			!document.querySelector("[data-part=open]").textContent.includes("Nothing works any more")`)
	tb.fine()
	tb.open(r.IncidentPath("API answers are slow"))
	tb.do(chromedp.Evaluate[chromedp.Void](`window.sameDocument = true`))
	slow := Incident("slow", "API answers are slow", "major", []normalize.RawComponent{{ID: "api", Name: "API"}},
		Says("investigating", Before(3*Hour), "Calls take seconds."), Says("identified", Before(95*Minute),
			"A disk is full."), Says("monitoring", Now, "The disk was exchanged."))
	r.Save(record.Scrape{SourceID: r.Watched[0], At: Now.Add(Minute), Incidents: Read(slow)})
	tb.until(
		`window.sameDocument &&
			document.querySelector("[data-part=timeline]").textContent.includes("The disk was exchanged.")`)
	tb.fine()
}

// The script tells times in the reader's zone, and what the server wrote when one points at them.
func TestBrowserLocalTime(t *testing.T) {
	r := scene(t)
	tb := openTab(t, startBrowser(t), r.URL, light)
	call(tb, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetTimezoneOverride,
			emulation.SetTimezoneOverrideParams{TimezoneID: "America/New_York"})
		return err
	})
	tb.open(r.IncidentPath("Card payments are declined in Europe"))
	for script, want := range map[string][]string{
		`document.querySelector(".facts time").textContent`: {"23", "2026", "05:24", "EST"},
		`document.querySelector(".facts time").title`:       {"23 Nov 2026, 10:24 UTC"},
		`document.querySelector(".foot").innerText`:         {"America/New_York"},
	} {
		for _, text := range want {
			if got := eval[string](tb, script); !strings.Contains(got, text) {
				t.Errorf("%s is %q, want %q in it", script, got, text)
			}
		}
	}
	tb.open("/")
	if got := eval[string](tb, `document.querySelector("main time").textContent`); !strings.Contains(got, "6:59") {
		t.Errorf("the time of the last check is told as %q", got)
	}
	tb.fine()
}

// Typing into the box finds vendors that the grid does not show.
func TestBrowserFindsEveryVendor(t *testing.T) {
	r := crowd(t, 300)
	tb := openTab(t, startBrowser(t), r.URL, light)
	tb.open("/")
	shown := `[...document.querySelectorAll("#cells b")].map((e) => e.textContent).join()`
	if strings.Contains(eval[string](tb, shown), "Tessera CDN 30") {
		t.Fatal("the grid shows all vendors")
	}
	tb.do(chromedp.Focus(`input[data-filter]`), chromedp.KeyEvent("tessera 30"))
	tb.until(shown + ` === "Tessera CDN 30"`)
	for range "tessera 30" {
		tb.do(chromedp.KeyEvent(kb.Backspace))
	}
	tb.until(`document.querySelectorAll("#cells li").length === 150`)
	tb.fine()
}

// Typing into the box above the vendors leaves only those that match.
func TestBrowserFilter(t *testing.T) {
	r := scene(t)
	tb := openTab(t, startBrowser(t), r.URL, light)
	for _, path := range []string{"/", "/vendors"} {
		tb.open(path)
		shown := func(want string) {
			t.Helper()
			tb.until(
				`[...document.querySelectorAll("#cells > li")].filter((e) => e.checkVisibility())
					.map((e) => e.querySelector("b").textContent).join() === "` + want + `"`)
		}
		tb.do(chromedp.Focus(`input[data-filter]`), chromedp.KeyEvent("LEDG"))
		shown("Ledgerline")
		told := eval[string](tb,
			`document.querySelector("input[data-filter]").form.querySelector("[role=status]").textContent`)
		if told != "1 of 12" {
			t.Errorf("%s tells a screen reader %q", path, told)
		}
		for range "LEDG" {
			tb.do(chromedp.KeyEvent(kb.Backspace))
		}
		tb.do(chromedp.KeyEvent("unread"))
		shown("Parcelwise")
	}
	tb.fine()
}
