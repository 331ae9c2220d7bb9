package betterstack

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	for _, path := range platformtest.CaptureFiles(t, "betterstack/*") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			page := page.Page{Body: platformtest.ReadCapture(t, path)}
			text := string(page.Body)
			count := func(pattern string) int { return len(regexp.MustCompile(pattern).FindAllString(text, -1)) }
			want := platformtest.Counted{Incidents: count(`href='/incident/\d+'`),
				Components: count(`data-url='[^']*/r/[^']*'`)}
			res, err := Platform{}.Parse(scraper.Source{}, page)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, platformtest.CountRaws(res)); diff != "" {
				t.Errorf("(-in the file +read)\n%s", diff)
			}
			indicator := map[bool]string{true: "operational", false: "downtime"}[strings.Contains(path, "-good-")]
			if res.Indicator != indicator || res.PageName == "" || res.PageURL == "" || !scraper.Detects(Platform{},
				page) {
				t.Errorf("%q of %q at %q, detected: %v", res.Indicator, res.PageName, res.PageURL,
					scraper.Detects(Platform{}, page))
			}
			for _, c := range res.Components {
				if c.Name == "" || c.Group == "" || c.ID == "" {
					t.Errorf("component %+v", c)
				}
			}
			if res.Coverage != (scraper.Coverage{Components: true}) {
				t.Errorf("covers %+v", res.Coverage)
			}
		})
	}
}

// statusIndex is the shortest index.json that is read.
const statusIndex = `{"data":{"id":"1","type":"status_page","attributes":{"company_name":"Foxglove",` +
	`"aggregate_state":"operational"},` +
	`"relationships":{"status_reports":{"data":[]}}},"included":[]}`

func TestRefuses(t *testing.T) {
	for what, body := range map[string]string{
		"another type":               platformtest.Swap(t, statusIndex, `"status_page"`, `"monitor"`),
		"no state of the page":       platformtest.Swap(t, statusIndex, `,"aggregate_state":"operational"`, ``),
		"no list of reports":         platformtest.Swap(t, statusIndex, `"status_reports":{"data":[]}`, ``),
		"a list of reports of null":  platformtest.Swap(t, statusIndex, `"data":[]`, `"data":null`),
		"reports under another name": platformtest.Swap(t, statusIndex, `status_reports`, `reports`),
		"nothing included":           platformtest.Swap(t, statusIndex, `,"included":[]`, ``),
		"another's JSON:API":         `{"data":[],"included":[]}`,
		"a page that names it only": `<!DOCTYPE html><html><body><h1>All services are online</h1>` +
			`<a href="https://betterstack.com/">x</a></body></html>`,
		"sections of another product": `<!DOCTYPE html><html><body><h1>Fine</h1><div class="section"></div></body>` +
			`</html>`,
		"a report without a time": `<!DOCTYPE html><html><body><a href="https://betterstack.com/">x</a>` +
			`<div id="status-report-container"><h2>Down</h2></div></body></html>`,
	} {
		if res, err := (Platform{}).Parse(scraper.Source{}, page.Page{Body: []byte(body)}); !errors.Is(err,
			page.ErrShape) {
			t.Errorf("%s is read as %+v (%v)", what, res, err)
		}
	}
	if res, err := (Platform{}).Parse(scraper.Source{}, page.Page{Body: []byte(statusIndex)}); err != nil ||
		!res.Coverage.Open {
		t.Errorf("the shortest index.json gives %+v (%v)", res, err)
	}
}

// TestStates holds how a report stands, which the format says in no word of its own.
func TestStates(t *testing.T) {
	now := time.Date(2026, 2, 16, 15, 0, 0, 0, time.UTC)
	affected := func(word string) string { return `[{"status_page_resource_id":"8","status":"` + word + `"}]` }
	for what, tc := range map[string]struct {
		report, update string // attributes
		at             time.Time
		state          normalize.State
		severity       normalize.Severity
	}{
		"open, no update": {`"report_type":"manual","ends_at":null,"aggregate_state":"downtime"`, "", now,
			normalize.StateInvestigating, normalize.SeverityMajor},
		"open, nothing affected": {`"report_type":"manual","ends_at":null,"aggregate_state":"operational"`, "",
			now, normalize.StateUnknown, normalize.SeverityNone},
		"open, an update": {`"report_type":"manual","ends_at":null,"aggregate_state":"degraded"`,
			affected("degraded"), now, normalize.StateInvestigating, normalize.SeverityMinor},
		"resolved by an update": {`"report_type":"manual","ends_at":null,"aggregate_state":"operational"`,
			affected("resolved"), now, normalize.StateResolved, normalize.SeverityNone},
		"resolved by its end": {`"report_type":"automatic","ends_at":"2026-02-16T14:00:00Z",` +
			`"aggregate_state":"downtime"`, affected("downtime"), now, normalize.StateResolved,
			normalize.SeverityMajor},
		"an end to come": {`"report_type":"manual","ends_at":"2026-02-17T14:00:00Z",` +
			`"aggregate_state":"downtime"`, "", now, normalize.StateInvestigating, normalize.SeverityMajor},
		"an unknown word": {`"report_type":"manual","ends_at":null,"aggregate_state":"frozen"`, "", now,
			normalize.StateUnknown, normalize.SeverityUnknown},
		"maintenance to come": {`"report_type":"maintenance","ends_at":"2026-02-18T14:00:00Z",` +
			`"aggregate_state":"maintenance"`, "", now.AddDate(0, 0, -9), normalize.StateScheduled,
			normalize.SeverityNone},
		"maintenance under way": {`"report_type":"maintenance","ends_at":"2026-02-18T14:00:00Z",` +
			`"aggregate_state":"maintenance"`, affected("maintenance"), now, normalize.StateInProgress,
			normalize.SeverityNone},
		"maintenance over": {`"report_type":"maintenance","ends_at":"2026-02-16T14:00:00Z",` +
			`"aggregate_state":"maintenance"`, "", now, normalize.StateCompleted, normalize.SeverityNone},
		"maintenance, without clock": {`"report_type":"maintenance","ends_at":"2026-02-16T14:00:00Z",` +
			`"aggregate_state":"maintenance"`, "", time.Time{}, normalize.StateUnknown, normalize.SeverityNone},
	} {
		included := `[{"id":"7","type":"status_report","attributes":{"title":"A",` +
			`"starts_at":"2026-02-16T12:00:00Z",` + tc.report + `}}`
		if tc.update != "" {
			included += `,{"id":"9","type":"status_update","attributes":{"message":"m",` +
				`"published_at":"2026-02-16T12:30:00Z","status_report_id":7,"affected_resources":` + tc.update + `}}`
		}
		body := platformtest.Swap(t, statusIndex, `"included":[]`, `"included":`+included+`]`)
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(body), At: tc.at})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		incidents, _ := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
		if got := incidents[0]; got.State != tc.state || got.Severity != tc.severity {
			t.Errorf("%s: %s, %s; want %s, %s", what, got.State, got.Severity, tc.state, tc.severity)
		}
	}
}

// TestTimesOfReports holds that a report's own start and end go before the times of its posts.
func TestTimesOfReports(t *testing.T) {
	c := platformtest.ReadCase(t, "betterstack", filepath.Join(platformtest.Testdata(), "betterstack", "index_broken"))
	outcome, err := c.Scrape(t, Platform{})
	if err != nil {
		t.Fatal(err)
	}
	type known struct {
		start, end normalize.Basis
		lasted     time.Duration
	}
	got := map[string]known{}
	for _, raw := range outcome.Raws {
		for _, end := range []string{"", "2026-02-10T08:50:00.000Z"} { // as in the file, and before the last post
			if end != "" && !raw.Resolved.IsZero() {
				raw.Resolved.Text, raw.Started.Text, raw.ID = end, "2026-02-10T07:30:00.000Z", raw.ID+" corrected"
			}
			r := normalize.Fold([]normalize.Reading{{Seen: time.Date(2026, 2, 16, 15, 0, 0, 0, time.UTC),
				Raws: []normalize.Raw{raw}, Words: scraper.WordsOf(Platform{})}})
			k := known{start: r.StartedBasis, end: r.ResolvedBasis}
			if k.end != "" {
				k.lasted = r.Incident.ResolvedAt.Sub(r.Incident.StartedAt)
			}
			got[raw.ID] = k
		}
	}
	want := map[string]known{
		"901666": {"posted", "", 0}, "901700": {"", "", 0},
		"901500": {"posted", "posted", 70 * time.Minute}, "901500 corrected": {"stated", "stated", 80 * time.Minute},
		"901400": {"posted", "posted", 45 * time.Minute},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(known{})); diff != "" {
		t.Error(diff)
	}
}

func TestKeepsReportsThatAreNotIncluded(t *testing.T) {
	body := platformtest.Swap(t, statusIndex, `"data":[]`, `"data":[{"id":"77","type":"status_report"}]`)
	res, err := Platform{}.Parse(scraper.Source{URL: "https://status.foxglove.example"}, page.Page{Body: []byte(body)})
	if err != nil || len(res.Incidents) != 1 || res.Incidents[0].ID != "77" || len(res.Follow) != 1 ||
		res.Follow[0].URL != "https://status.foxglove.example/incident/77" {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestIDs(t *testing.T) {
	for text, want := range map[string]entityID{`"12"`: "12", `12`: "12", `null`: "", `""`: ""} {
		var got entityID
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is read as %q, want %q (%v)", text, got, want, err)
		}
	}
}

// TestBackfill walks the history to the product's first quarter.
func TestBackfill(t *testing.T) {
	const home = "https://status.foxglove.example"
	source := scraper.Source{URL: home, Mode: scraper.Backfill, FromPage: 4}
	start := Platform{}.Start(source)
	if len(start) != 1 || start[0].NextPage != 4 || !quarterPath.MatchString(start[0].URL) {
		t.Fatalf("starts with %+v", start)
	}
	body := `<!DOCTYPE html><html><body><a href='/incident/12'><p class='grow'>Slow &amp; late</p></a>` +
		`<a href="https://betterstack.com/">x</a></body></html>`
	address, asked := home+"/incidents/2020-04/2020-06", []string{}
	for n := source.FromPage; address != ""; n++ {
		source.FromPage = n
		res, err := Platform{}.Parse(source, page.Page{URL: address, Body: []byte(body)})
		if err != nil || len(res.Incidents) != 1 || res.Incidents[0].Title != "Slow & late" ||
			res.Coverage != (scraper.Coverage{}) {
			t.Fatalf("%+v, %v", res, err)
		}
		address = ""
		for _, r := range res.Follow {
			asked = append(asked, strings.TrimPrefix(r.URL, home)+" "+strconv.Itoa(r.NextPage))
			if r.NextPage > 0 {
				address = r.URL
			}
		}
	}
	want := []string{"/incident/12 0", "/incidents/2020-01/2020-03 5", "/incident/12 0",
		"/incidents/2019-10/2019-12 6", "/incident/12 0"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Error(diff)
	}
}

// TestResumedBackfillCountsQuartersFromItsClock takes up a backfill at each of its pages: none of them leaves out a
// quarter, nor reads one twice.
func TestResumedBackfillCountsQuartersFromItsClock(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 31, 23, 59, 59, 0, time.UTC),
		time.Date(2025, 12, 31, 20, 0, 0, 0, time.FixedZone("PST", -8*3600)), // 2026 in UTC
	} {
		for n, want := range []string{
			"2026-01/2026-03", "2026-01/2026-03", "2025-10/2025-12", "2025-07/2025-09", "2025-04/2025-06",
			"2025-01/2025-03",
		} {
			source := scraper.Source{
				URL: "https://status.foxglove.example", Mode: scraper.Backfill, FromPage: n,
				Now: func() time.Time { return now },
			}
			got := Platform{}.Start(source)
			if len(got) != 1 || got[0].URL != source.URL+"/incidents/"+want || got[0].NextPage != max(n, 1) {
				t.Errorf("page %d at %s begins with %+v, want %s", n, now, got, want)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "betterstack")
	f.Add([]byte(statusIndex))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
