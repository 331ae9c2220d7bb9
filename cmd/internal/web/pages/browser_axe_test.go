//go:build browser

package pages_test

import (
	"os"
	"strings"
	"testing"
)

// axe checks what a program can check of accessibility: names, roles, landmarks, contrast. It is the script of
// the npm package axe-core, at the path that AXE names.
func TestBrowserAxe(t *testing.T) {
	path := os.Getenv("AXE")
	if path == "" {
		cannot(t, "AXE does not name axe.min.js of the npm package axe-core; .ci/run fetches it")
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	browser := startBrowser(t)
	r := scene(t)
	for _, l := range []look{light, dark, phone} {
		tb := openTab(t, browser, r.URL, l)
		for name, path := range pagesOf(r) {
			t.Run(name+" "+l.name, func(t *testing.T) {
				tb.t = t
				tb.open(path)
				// What the protocol evaluates stands above the page's policy, which forbids scripts of others.
				eval[bool](tb, string(script)+"\n;!!window.axe")
				for _, fault := range eval[[]string](tb, faults) {
					t.Error(strings.TrimSpace(fault))
				}
			})
		}
	}
}

// faults runs axe. Whatever it finds of serious and critical impact is a fault; so is a rule that it could not
// run. Open lists are looked at too.
const faults = `(async () => {
	const node = (n) => "\t" + n.target.join(" ") + ": " +
		n.any.concat(n.all, n.none).map((c) => c.message).join("; ") + "\n\t" + n.html.slice(0, 200);
	for (const d of document.querySelectorAll("details")) d.open = true;
	const found = await axe.run(document, { resultTypes: ["violations"] });
	return found.violations.filter((v) => v.impact === "serious" || v.impact === "critical" || !v.impact)
		.map((v) => v.id + " (" + v.impact + "): " + v.help + "\n" + v.nodes.slice(0, 5).map(node).join("\n"));
})()`
