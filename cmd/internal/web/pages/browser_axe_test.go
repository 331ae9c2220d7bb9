//go:build browser

package pages_test

import (
	"os"
	"strings"
	"testing"
)

// axe checks those parts of accessibility that a program can check: names, roles, landmarks, contrast. It is the
// script of the npm package axe-core, at the path that AXE names.
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
				// What the protocol evaluates is not subject to the page's policy, which forbids foreign scripts.
				eval[bool](tb, string(script)+"\n;!!window.axe")
				for _, fault := range eval[[]string](tb, faults) {
					t.Error(strings.TrimSpace(fault))
				}
			})
		}
	}
}

// faults runs axe. A finding of serious or critical impact is a fault, and so is a rule that could not run. Lists are
// opened first.
const faults = `(async () => {
	const node = (n) => "\t" + n.target.join(" ") + ": " +
		n.any.concat(n.all, n.none).map((c) => c.message).join("; ") + "\n\t" + n.html.slice(0, 200);
	for (const d of document.querySelectorAll("details")) d.open = true;
	const found = await axe.run(document, { resultTypes: ["violations"] });
	return found.violations.filter((v) => v.impact === "serious" || v.impact === "critical" || !v.impact)
		.map((v) => v.id + " (" + v.impact + "): " + v.help + "\n" + v.nodes.slice(0, 5).map(node).join("\n"));
})()`
