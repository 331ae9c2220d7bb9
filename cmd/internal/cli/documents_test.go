package cli_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/normalize/racetest"
)

// Each check imports dozens of pages into files. -rapid.checks on the command line still counts.
func init() { flag.Set("rapid.checks", "25") }

// The bodies that the vendors of these tests write: plain words, several lines, Markdown, what HTML has to
// escape, and addresses.
var bodies = []string{
	"We are looking into it.",
	"Logins fail for some people.\n\nExpect the next update within 30 minutes.",
	"It was a **security policy**, see [the note](https://acme.example/notes/17).",
	"Queues with > 1,000 entries & no worker stand still. Ask support@acme.example.",
	"Three things are slow:\n* searches\n* exports\n* logins",
	"Start: 10:00 UTC\nEnd: 11:30 UTC\n\nNothing is asked of you. https://acme.example/plans",
	"It's \"almost\" over – 95 % is back.",
}

const postmortem = `# Summary

For 40 minutes a **policy** was too strict.

* Test policies first.
* Write them down.

It will not happen again.`

var pageZones = []string{"", "America/New_York", "Europe/London", "Europe/Berlin"}

// drawVendor makes up a page with an incident, another of the same components, and a maintenance. All of it
// happens in the day after begin.
func drawVendor(t *rapid.T, begin time.Time, edits bool) simulate.Vendor {
	v := simulate.Vendor{
		Slug: "acme", Name: "Acme", Platform: simulate.PlatformStatuspage, CreatedAt: begin.AddDate(0, -2, 0),
		Zone: rapid.SampledFrom(pageZones).Draw(t, "zone"),
		Components: []simulate.Component{
			{ID: "cmpus0000001", Name: "Web Client", Group: "Prod1 (US)"},
			{ID: "cmpeu0000002", Name: "Web Client", Group: "Prod2 (EU)"},
			{ID: "cmpapi000003", Name: "API"}, {ID: "cmpmail00004", Name: "Channel - Email"},
		},
	}
	v.Incidents = []simulate.Incident{
		drawIncident(t, "Logins fail & searches are slow", begin, edits, "investigating", "identified", "monitoring",
			"resolved"),
		drawIncident(t, "Emails are late", begin, edits, "investigating", "monitoring", "resolved"),
	}
	m := drawIncident(t, "Database upgrade", begin, edits, "scheduled", "in_progress", "verifying", "completed")
	m.ScheduledFor = begin.Add(12 * time.Hour)
	m.ScheduledUntil = m.ScheduledFor.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour)
	v.Incidents = append(v.Incidents, m)
	return v
}

// drawIncident makes up a timeline through the states, each of them posted in once or more.
func drawIncident(t *rapid.T, name string, begin time.Time, edits bool, states ...string) simulate.Incident {
	i := simulate.Incident{Name: name, Impact: rapid.SampledFrom([]string{"none", "minor", "major", "critical"}).Draw(t,
		"impact")}
	at := begin.Add(time.Duration(rapid.IntRange(1, 3*3600*1000).Draw(t, "start")) * time.Millisecond)
	until := rapid.IntRange(1, len(states)).Draw(t, "until")
	for n, state := range states[:until] {
		if state == "in_progress" { // when its window begins
			at = begin.Add(12*time.Hour + 417*time.Millisecond)
		}
		for range rapid.IntRange(1, 2).Draw(t, "posts") {
			u := simulate.Update{State: state, At: at, Body: rapid.SampledFrom(bodies).Draw(t, "body")}
			component := rapid.SampledFrom([]string{"cmpus0000001", "cmpeu0000002", "cmpapi000003",
				"cmpmail00004"}).Draw(t, "component")
			switch {
			case n == len(states)-1:
				for _, c := range []string{"cmpus0000001", "cmpeu0000002", "cmpapi000003", "cmpmail00004"} {
					if slices.ContainsFunc(i.Updates, func(u simulate.Update) bool {
						return slices.ContainsFunc(u.Sets, func(s simulate.Status) bool { return s.Component == c })
					}) {
						u.Sets = append(u.Sets, simulate.Status{Component: c, Status: "operational"})
					}
				}
			case n == 0:
				u.Sets = []simulate.Status{{Component: component, Status: "degraded_performance"}}
			}
			if edits && rapid.IntRange(0, 2).Draw(t, "edited") == 0 {
				u.Edits = []simulate.Edit{{At: at.Add(time.Duration(rapid.IntRange(1, 300).Draw(t,
					"after")) * time.Minute), Text: u.Body + " More soon."}}
			}
			i.Updates = append(i.Updates, u)
			at = at.Add(time.Duration(rapid.IntRange(60*1000, 2*3600*1000).Draw(t, "gap")) * time.Millisecond)
			if n == len(states)-1 {
				break
			}
		}
	}
	if until == len(states) && states[0] == "investigating" && rapid.Bool().Draw(t, "postmortem") {
		i.Updates = append(i.Updates, simulate.Update{State: "postmortem", At: at.Add(2 * time.Hour), Body: postmortem})
	}
	if edits && rapid.Bool().Draw(t, "renamed") {
		i.Renames = []simulate.Edit{{At: i.Updates[0].At.Add(time.Duration(rapid.IntRange(1, 300).Draw(t,
			"renamed after")) * time.Minute), Text: i.Name + " in Europe"}}
	}
	return i
}

// documentsOf are the addresses of everything that tells of a page's incidents; "text:" stands for the
// visible text of a page.
func documentsOf(v simulate.Vendor) []string {
	out := []string{"/api/v2/summary.json", "/api/v2/incidents.json", "/api/v2/scheduled-maintenances.json",
		"/history.json?page=1", "/", "/history", "/history.atom", "/history.rss"}
	for _, i := range v.Incidents {
		page := "/incidents/" + i.ID
		out = append(out, page+".json", page, "text:"+page)
	}
	return out
}

const pageAddress = "http://status.acme.example"

// fetch returns a document as it is at the site's time, nil if there is none.
func fetch(site *simulate.Site, address string) []byte {
	path, text := strings.CutPrefix(address, "text:")
	answer := httptest.NewRecorder()
	site.ServeHTTP(answer, httptest.NewRequest("GET", pageAddress+path, nil))
	if answer.Code != 200 {
		return nil
	}
	if text {
		return visibleText(answer.Body.Bytes())
	}
	return answer.Body.Bytes()
}

var whiteSpace = regexp.MustCompile(`\s+`)

// visibleText is what a browser's copy of a page keeps.
func visibleText(page []byte) []byte {
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil
	}
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		block := false
		switch n.DataAtom {
		case atom.Head, atom.Script, atom.Style:
			return
		case atom.Br:
			b.WriteString("\n")
		case atom.Li:
			b.WriteString("\n  • ")
		case atom.P, atom.Div, atom.H1, atom.H2, atom.H3, atom.Ul:
			block = true
			b.WriteString("\n")
		}
		if n.Type == html.TextNode {
			b.WriteString(whiteSpace.ReplaceAllString(n.Data, " "))
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if block {
			b.WriteString("\n")
		}
	}
	walk(root)
	lines := strings.Split(b.String(), "\n")
	for n, line := range lines {
		lines[n] = strings.TrimSpace(line)
	}
	return []byte(strings.Join(slices.CompactFunc(lines, func(a, b string) bool { return a == "" && b == "" }), "\n"))
}

// imported is a database into which documents are imported one after the other.
type imported struct {
	t        *rapid.T
	dir      string
	database string
	n        int
}

func newImported(test testing.TB, t *rapid.T, dir, name string) *imported {
	dir, err := os.MkdirTemp(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	database := filepath.Join(dir, "vendorwatch.db")
	emptyFile(test, database)
	return &imported{t: t, dir: dir, database: database}
}

// add saves a document in the order in which it is to be read. Its address is known, as a crawler knows it.
func (i *imported) add(at time.Time, body []byte) {
	name := fmt.Sprintf("%03d-%s.page", i.n, at.UTC().Format("2006-01-02T15-04-05Z"))
	i.n++
	if err := os.MkdirAll(filepath.Join(i.dir, "pages"), 0o700); err != nil {
		i.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(i.dir, "pages", name), body, 0o600); err != nil {
		i.t.Fatal(err)
	}
}

// read imports what was added.
func (i *imported) read() {
	var out bytes.Buffer
	args := []string{"--db", i.database, "import", "--vendor", "acme", "--url", pageAddress,
		filepath.Join(i.dir, "pages")}
	if code := cli.Run(i.t.Context(), args, strings.NewReader(""), &out, &out); code != 0 ||
		!strings.Contains(out.String(), "unreadable 0;") {
		i.t.Fatalf("import: exit code %d\n%s", code, &out)
	}
}

// told is what the record says of the vendor's incidents.
func (i *imported) told() map[string][]string {
	const of = ` FROM (SELECT * FROM incidents WHERE origin = 'vendor') i `
	out, err := rowsOfAll(i.database, map[string]string{
		"incidents": `SELECT i.source_key, i.kind, i.title, i.url, i.severity, i.state, i.vendor_severity,
			i.vendor_state, i.started_at,
			i.resolved_at, i.scheduled_start_at, i.scheduled_end_at, i.created_at, i.stated_duration_seconds,
			i.start_given, i.excerpt` + of + `ORDER BY 1`,
		"updates": `SELECT i.source_key, u.source_key, u.position, u.state, u.vendor_state, u.posted_at, u.created_at,
			u.body, u.removed_at` + of +
			`JOIN incident_updates u USING (incident_id) ORDER BY 1, 3`,
		"incident_components": `SELECT i.source_key, c.source_key, c.name, c.group_name` + of +
			`JOIN incident_components USING (incident_id)
			JOIN components c USING (component_id) ORDER BY 1, 2`,
		"components": `SELECT source_key, name, group_name, gone_at FROM components ORDER BY 1`,
		"revisions": `SELECT i.source_key, r.update_id IS NULL, r.field, r.old_value, r.new_value` + of +
			`JOIN revisions r USING (incident_id) ORDER BY 1, 3, 4`,
		"findings": `SELECT source_key, field, value, problem FROM findings ORDER BY 1, 2, 3`,
	})
	if err != nil {
		i.t.Fatal(err)
	}
	return out
}

// TestMergingDocuments imports everything that a page serves at one moment, in any order, with repeats, and
// at any times of capture. The record is always the same, and nothing is taken for an edit of the vendor's.
func TestMergingDocuments(t *testing.T) {
	racetest.Skip(t, "imports documents one after the other")
	t.Parallel()
	dir := t.TempDir()
	begin := time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC) // the night in which Europe's clocks go back
	test := t
	rapid.Check(t, func(t *rapid.T) {
		now := begin.Add(30 * time.Hour)
		vendor := simulate.Complete(drawVendor(t, begin, false))
		site := simulate.NewSite(vendor, func() time.Time { return now })
		all := documentsOf(vendor)
		read := func(name string, order []string, times []int) *imported {
			i := newImported(test, t, dir, name)
			for n, address := range order {
				if body := fetch(site, address); body != nil {
					i.add(now.Add(time.Duration(times[n])*time.Minute), body)
				}
			}
			i.read()
			return i
		}
		one := read("one", all, make([]int, len(all)))
		order := append(rapid.Permutation(all).Draw(t, "order"),
			rapid.SliceOfN(rapid.SampledFrom(all), 0, 6).Draw(t, "repeats")...)
		times := make([]int, len(order))
		switch rapid.SampledFrom([]string{"at once", "one after the other", "in any order"}).Draw(t, "captured") {
		case "one after the other":
			for n := range times {
				times[n] = n
			}
		case "in any order":
			times = rapid.Permutation(func() []int {
				for n := range times {
					times[n] = n
				}
				return times
			}()).Draw(t, "times")
		}
		other := read("other", order, times)
		want, got := one.told(), other.told()
		if len(want["revisions"]) != 0 || len(want["findings"]) != 0 {
			t.Fatalf("documents of one moment were taken for edits %q, or not understood %q", want["revisions"],
				want["findings"])
		}
		compareTold(t, want, got)
	})
}

func compareTold(t *rapid.T, want, got map[string][]string) {
	for _, table := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(want[table], got[table]) {
			t.Errorf("%s\n- %s\n+ %s", table, strings.Join(without(want[table], got[table]), "\n- "),
				strings.Join(without(got[table], want[table]), "\n+ "))
		}
	}
}
