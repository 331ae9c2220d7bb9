//go:build browser

package web

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"vendorwatch/db"
)

// maxWeight is what a page may weigh with its style sheet, script and icon, in bytes as they are sent.
const maxWeight = 60_000

// every page is read in light, in dark and on a phone: nothing is complained of or asked elsewhere, nothing is
// cut off at the side, it is small, and axe finds no serious fault. Where SCREENSHOTS names a folder, pictures of
// all are put there.
func TestBrowserPages(t *testing.T) {
	browser := startBrowser(t)
	r := scene(t)
	paths := map[string]string{
		"now": "/", "wall": "/wall", "vendors": "/vendors", "vendor": "/vendors/ledgerline", "vendor-quiet": "/vendors/tessera", "vendor-unreadable": "/vendors/parcelwise",
		"incident": r.incidentPath("Merchants are signed out and see “403 Forbidden”"), "incident-open": r.incidentPath("Card payments are declined in Europe"),
		"incident-maintenance": r.incidentPath("Router upgrade, Oregon"), "history": "/history", "history-search": "/history?q=payments&severity=major",
		"history-empty": "/history?q=zebra", "maintenance": "/maintenance", "health": "/health", "not-found": "/nowhere",
	}
	axe := axeScript(t)
	for _, l := range []look{light, dark, phone} {
		for name, path := range paths {
			t.Run(name+" "+l.name, func(t *testing.T) {
				call(openTab(t, browser, r.url, l), func(context.Context) error { return nil })
				tb := openTab(t, browser, r.url, l)
				if _, err := chromedp.Call(tb.ctx, clearCache, struct{}{}); err != nil {
					t.Fatal(err)
				}
				weight := tb.open(path)
				if weight < 5_000 || weight > maxWeight {
					t.Errorf("%d bytes came, want at most %d", weight, maxWeight)
				}
				if over := eval[[]string](tb, overflowing); len(over) > 0 {
					t.Errorf("the page is wider than the window of %d px, by %s", l.width, strings.Join(over, " and "))
				}
				tb.fine()
				screenshot(tb, name+"-"+l.name)
				if axe != "" && l.name != "phone" {
					accessible(tb, axe)
				}
				tb.fine()
			})
		}
	}
}
