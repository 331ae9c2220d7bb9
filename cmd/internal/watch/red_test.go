package watch

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/platformtest"
)

// redPage is a saved page on which all is well, and how its platform says that something is not.
type redPage struct {
	platform, saved string
	word            *regexp.Regexp // the status of a component, as its group; one match for each component
	// of the page: where "down" is the status of one component, "all down" of all, and "page down" only its own word
	severities map[string]string
	overall    *regexp.Regexp    // the page's own word, as its group; nil: it has none, or it stays the same
	says       map[string]string // that word, by the keys of severities
}

var redPages = []redPage{
	{platform: "uptimekuma", saved: "healthy", word: regexp.MustCompile(`"status":(1),"time":"2026-03-11 11:59`),
		severities: map[string]string{"0": "major", "all 0": "critical"}},
	{platform: "gatus", saved: "healthy", word: regexp.MustCompile(`"success":(true),"timestamp":"[^"]+"\}\]\}`),
		severities: map[string]string{"false": "major", "all false": "critical"}},
	{platform: "uptimerobot", saved: "healthy", word: regexp.MustCompile(`"statusClass":"(success)"`),
		severities: map[string]string{"danger": "major", "all danger": "critical", "warning": "minor"}},
	{platform: "betterstack", saved: "index_healthy",
		word:       regexp.MustCompile(`"availability":[\d.]+,"status":"(operational)"`),
		severities: map[string]string{"downtime": "major", "all downtime": "major", "degraded": "minor"},
		overall:    regexp.MustCompile(`"aggregate_state":"(operational)"`),
		says:       map[string]string{"downtime": "downtime", "all downtime": "downtime", "degraded": "degraded"}},
	{platform: "cachet", saved: "v2_healthy", word: regexp.MustCompile(`"status":(1),"order"`),
		severities: map[string]string{"4": "major", "all 4": "critical", "3": "major", "2": "minor"}},
	{platform: "cachet", saved: "v3_healthy", word: regexp.MustCompile(`"human":"Operational","value":(1)`),
		severities: map[string]string{"4": "major", "all 4": "critical", "3": "major", "2": "minor"}},
	{platform: "heroku", saved: "healthy", word: regexp.MustCompile(`"system": "\w+",\s+"status": "(green)"`),
		severities: map[string]string{"red": "major", "all red": "critical", "yellow": "minor"}},
	{platform: "upptime", saved: "healthy", word: regexp.MustCompile(`"status": "(up)"`),
		severities: map[string]string{"down": "major", "all down": "critical", "degraded": "minor"}},
	{platform: "cstate", saved: "healthy", word: regexp.MustCompile(`"status": "(ok)",`),
		severities: map[string]string{"down": "minor"}}, // its own word still says that all is well
	{platform: "instatus", saved: "summary_up", word: regexp.MustCompile(`"description":"","status":"(OPERATIONAL)"`),
		severities: map[string]string{"MAJOROUTAGE": "critical", "PARTIALOUTAGE": "major",
			"DEGRADEDPERFORMANCE": "minor"},
		overall: regexp.MustCompile(`example","status":"(UP)"`),
		says: map[string]string{"MAJOROUTAGE": "ALLMAJOROUTAGE", "PARTIALOUTAGE": "ONEPARTIALOUTAGE",
			"DEGRADEDPERFORMANCE": "SOMEDEGRADEDPERFORMANCE"}},
	{platform: "statusio", saved: "healthy",
		word:       regexp.MustCompile(`"status": "Operational",\s+"status_code": (100)`),
		severities: map[string]string{"500": "critical", "400": "major", "300": "minor"},
		overall:    regexp.MustCompile(`All Tides Normal",\s+"status_code": (100)`),
		says:       map[string]string{"500": "500", "400": "400", "300": "300"}},
	{platform: "statuspage", saved: "healthy", word: regexp.MustCompile(`"name":"[^"]+","status":"(operational)"`),
		severities: statuspageSeverities, overall: regexp.MustCompile(`"indicator":"(none)"`), says: statuspageSays},
	{platform: "incidentio", saved: "compatible_healthy",
		word:       regexp.MustCompile(`"name":"[^"]+","status":"(operational)"`),
		severities: statuspageSeverities, overall: regexp.MustCompile(`"indicator":"(none)"`), says: statuspageSays},
}

// What Statuspage's JSON says of itself, whoever serves it. A component alone, beside a page that says that all is
// well, is minor.
var (
	statuspageSeverities = map[string]string{"major_outage": "major", "all major_outage": "critical",
		"degraded_performance": "minor", "partial_outage": "minor", "page minor": "minor", "page major": "major",
		"page critical": "critical", "page wobbly": "unknown"}
	statuspageSays = map[string]string{"major_outage": "major", "all major_outage": "critical",
		"degraded_performance": "minor", "partial_outage": "none", "page minor": "minor", "page major": "major",
		"page critical": "critical", "page wobbly": "wobbly"}
)

// shown is the bodies of a page, with one or all of its components red.
func (p redPage) shown(t *testing.T, body []byte, how string) []byte {
	word, all := strings.CutPrefix(how, "all ")
	text := string(body)
	put := func(pattern *regexp.Regexp, word string, most int) {
		if found := pattern.FindAllStringSubmatchIndex(text, most); pattern != nil {
			for n := len(found) - 1; n >= 0; n-- {
				text = text[:found[n][2]] + word + text[found[n][3]:]
			}
		}
	}
	most := 1
	if all {
		most = -1
	}
	if !strings.HasPrefix(how, "page ") {
		put(p.word, word, most)
	}
	if p.overall != nil {
		put(p.overall, p.says[how], -1)
	}
	return []byte(text)
}

// TestAPageThatTurnsRedWithoutAWordIsAnIncident reads pages of every kind that is the vendor's only way to say that
// it is down. Two readings in a row that are red open an incident, and the first that is well ends it.
func TestAPageThatTurnsRedWithoutAWordIsAnIncident(t *testing.T) {
	racetest.Skip(t, "a table of many pages, read one after the other in one goroutine")
	for _, p := range redPages {
		for how, severity := range p.severities {
			t.Run(p.platform+"/"+p.saved+"/"+how, func(t *testing.T) {
				c := platformtest.ReadCase(t, p.platform, filepath.Join(platformtest.Testdata(), p.platform, p.saved))
				now, red := c.At, false
				w, s := watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
					page, err := c.Fetch(ctx, r)
					if red {
						page.Body = p.shown(t, page.Body, how)
					}
					page.At = now
					return page, err
				})
				w.Now = func() time.Time { return now }
				vendor, err := w.Record.EnsureVendor(t.Context(), query.Vendor{Slug: "red", Name: "Red"})
				if err != nil {
					t.Fatal(err)
				}
				s.Vendor, s.URL, s.Platform = "red", c.Source.URL, p.platform
				if s.ID, err = w.Record.EnsureSource(t.Context(), vendor, s.URL, s.Platform); err != nil {
					t.Fatal(err)
				}
				read := func(isRed bool) []query.Incident {
					t.Helper()
					red = isRed
					if _, err := w.Scrape(t.Context(), s); err != nil {
						t.Fatal(err)
					}
					now = now.Add(5 * time.Minute)
					list, err := w.DB.Incidents(t.Context(), query.Filter{AllSources: true})
					if err != nil {
						t.Fatal(err)
					}
					var ofPage []query.Incident
					for _, i := range list {
						if i.Origin == "page" {
							ofPage = append(ofPage, i)
						}
					}
					return ofPage
				}
				if got := read(false); len(got) > 0 {
					t.Fatalf("a page that is well has %+v", got)
				}
				since := normalize.FormatTime(now)
				if got := read(true); len(got) > 0 {
					t.Fatalf("after one reading that is red there is %+v", got)
				}
				got := read(true)
				if len(got) != 1 || got[0].Severity != severity || got[0].State != "investigating" ||
					got[0].StartedAt != since || got[0].StartedBasis != string(normalize.BasisSeen) ||
					!strings.HasSuffix(got[0].Title, ", no incident posted") ||
					(got[0].Components == "") != strings.HasPrefix(how, "page ") {
					t.Fatalf("after two there is %+v, want one of severity %s since %s", got, severity, since)
				}
				over := normalize.FormatTime(now)
				if got = read(false); len(got) != 1 || got[0].State != "resolved" || got[0].ResolvedAt != over ||
					got[0].ResolvedBasis != string(normalize.BasisSeen) {
					t.Fatalf("when the page is well again there is %+v", got)
				}
			})
		}
	}
}
