package scraper_test

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// TestDamagedSoleEntry leaves one entry in each list of each platform's documents and damages that. It holds that no
// incident is lost from a page that then passes for whole, and none without a finding, and that none is made up. A page
// that is refused is no calm one.
func TestDamagedSoleEntry(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	seen, tried := map[string]bool{}, map[string]int{}
	for _, f := range fixtures(t) {
		body := page.Body(f.page)
		if len(body) > 60_000 {
			continue
		}
		for _, e := range scraper.ListItems(body) {
			name := e.List[strings.Index(e.List, " "):]
			id := fmt.Sprint(f.platform, " ", f.page.URL[strings.LastIndex(f.page.URL, "/"):], name)
			labels := f.platform == "upptime" && name == " labels" // which decide whether an issue is an incident
			if seen[id] || e.Element || labels || !e.Markup && e.Item[0] != '{' {
				continue
			}
			sole, err := understand(f, e.Alone(e.Item))
			if err != nil || len(sole.incidents) == 0 {
				continue
			}
			none, err := understand(f, e.Alone(nil))
			if err == nil && len(none.incidents) != len(sole.incidents)-1 {
				continue // a list of something else, or of an incident that another list has, too
			}
			seen[id] = true
			try := func(what string, instead []byte) {
				tried[f.platform]++
				got, err := understand(f, e.Alone(instead))
				if err != nil {
					return
				}
				lost := slices.ContainsFunc(got.findings, func(f normalize.Finding) bool { return f.Lost })
				switch {
				case len(got.incidents) > len(sole.incidents):
					t.Errorf("%s/%s, %s, %s: %d incidents of %d", f.platform, f.name, e.List, what,
						len(got.incidents), len(sole.incidents))
				case len(got.incidents) < len(sole.incidents) && (got.open || !lost):
					t.Errorf("%s/%s, %s, %s: the incident is lost; covers what is open: %t, finding: %t", f.platform,
						f.name, e.List, what, got.open, lost)
				}
			}
			// A nameless list of a web page holds what the page is rendered from, and no entries.
			if rendered := name == " " && page.IsHTML(body); !e.Markup && !rendered {
				for _, instead := range []string{"null", "7", `"x"`, "[]", "{}", `[["bad"]]`, `{"x":1}`} {
					try(instead, []byte(instead))
				}
			}
			vals := jsonValues(e.Item)
			if e.Markup {
				vals = markupValues(e.Item, false)
			}
			for _, v := range vals {
				for what, instead := range damages(v, e.Markup) {
					if !*allDamages && crc32.ChecksumIEEE([]byte(f.platform+v.name+what))%32 != 0 {
						continue
					}
					try(v.name+" "+what, slices.Concat(e.Item[:v.from], []byte(instead), e.Item[v.to:]))
				}
			}
		}
	}
	for _, platform := range []string{"feed", "incidentio", "instatus", "statuspage"} {
		if tried[platform] == 0 {
			t.Errorf("no list of any document of %s was tried", platform)
		}
	}
	t.Log(tried)
}
