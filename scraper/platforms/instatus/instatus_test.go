package instatus

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
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

// TestCaptures counts what each recorded page holds by patterns in its data: notices by the ids of
// objects that have a start, updates by those that have a message, components where the
// page lists them first.
func TestCaptures(t *testing.T) {
	for _, path := range platformtest.CaptureFiles(t, "instatus/*") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			page := page.Page{Body: platformtest.ReadCapture(t, path)}
			text := string(page.Body)
			if flight := platformtest.FlightText(t, page.Body); flight != "" {
				text = flight
			}
			want := platformtest.Counted{Updates: platformtest.Distinct(text, `"id":"(\w+)",(?:"started":"[^"]*",`+
				`"status":"\w+",)?"message":`)}
			want.Incidents = len(noticeIDs(text))
			before, _, _ := strings.Cut(text, `"activeIncidents"`)
			want.Components = platformtest.Distinct(before, `"id":"(\w+)","name":(?:"[^"]*"|\{[^}]*\}),`+
				`"(?:nameHtml|showUptime|isCollapsed)"`)
			res, err := Platform{}.Parse(scraper.Source{}, page)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, platformtest.CountRaws(res)); diff != "" {
				t.Errorf("(-in the file +read)\n%s", diff)
			}
			if !scraper.Detects(Platform{}, page) {
				t.Error("it is not detected")
			}
			if !res.Coverage.Open || res.PageName == "" || res.PageURL == "" || res.Indicator == "" {
				t.Errorf("covers %+v of %q at %q, %q", res.Coverage, res.PageName, res.PageURL, res.Indicator)
			}
			incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
			if len(findings) > 0 || len(incidents) != want.Incidents {
				t.Errorf("%d incidents are meant, findings %+v", len(incidents), findings)
			}
			open := 0
			for _, in := range incidents {
				if in.StartedAt.IsZero() || in.State == normalize.StateUnknown ||
					in.State.Over() == in.ResolvedAt.IsZero() {
					t.Errorf("%q is %s, from %s to %s", in.Title, in.State, in.StartedAt, in.ResolvedAt)
				}
				if !in.State.Over() {
					open++
				}
			}
			if healthy := strings.Contains(path, "-good-") || strings.HasSuffix(path,
				"-up.json"); healthy == (open > 0) {
				t.Errorf("%d are open", open)
			}
		})
	}
}

// noticeIDs finds the notices of a page in every place that shows one.
func noticeIDs(text string) map[string]bool {
	ids := map[string]bool{}
	for _, pattern := range []string{
		`"(\w{20,})":\{"id":"\w+","name":`,
		`"id":"(\w+)","name":(?:"(?:[^"\\]|\\.)*"|\{[^}]*\}),(?:"nameTranslation(?:Id)?":null,)?(?:"notify":\w+,` +
			`"status":"\w+",)?"started":`,
	} {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			ids[m[1]] = true
		}
	}
	return ids
}

func TestRefuses(t *testing.T) {
	address := `"page":{"name":"Larkspur","url":"https://status.larkspur.example","status":"UP"}`
	for what, body := range map[string]string{
		"a list that is null":          `{` + address + `,"activeIncidents":null}`,
		"a list that is an object":     `{` + address + `,"activeIncidents":{}}`,
		"a list under another name":    `{` + address + `,"active_incidents":[]}`,
		"an entry without a state":     `{` + address + `,"activeIncidents":[{"id":"a","name":"b"}]}`,
		"an entry without id and name": `{` + address + `,"activeIncidents":[{"status":"MONITORING"}]}`,
		"a page without its state":     `{"page":{"name":"L","url":"https://l.example"},"activeIncidents":[]}`,
		"a page without its address":   `{"page":{"name":"L","status":"UP"}}`,
		"Statuspage's summary": `{"page":{"id":"a","name":"L","url":"https://l.example"},` +
			`"status":{"indicator":"none"},"incidents":[]}`,
		"another's components":    `{"components":[{"id":"a","name":"b","status":"operational"}]}`,
		"no components":           `{"components":[]}`,
		"a month without notices": `{"month":{"isLastPage":true}}`,
		"a page of Next.js": `<html><script id="__NEXT_DATA__" type="application/json">{"props":{"p` +
			`ageProps":{"site":{"name":"x"}}}}</script></html>`,
		"a page whose list is null": `<html><script id="__NEXT_DATA__" type="application/json">{"props":{"p` +
			`ageProps":{"site":{"subdomain":"x","mainStatus":"UP"},"activeIncidents":null}}}</script></html>`,
		"a page without maintenances": `<html><script id="__NEXT_DATA__" type="application/json">{"props":{"p` +
			`ageProps":{"site":{"subdomain":"x","status":"UP","components":[]},"activeIncidents":[]}}}</script>` +
			`</html>`,
		"a page whose data breaks off": `<html><script id="__NEXT_DATA__" type="application/json">{"props":{"p` +
			`ageProps":{"site":`,
		"a page whose data is not JSON": `<html><script id="__NEXT_DATA__" type="application/json">{"activeInci` +
			`dents":[],"site":}</script></html>`,
		"a page whose component is no one": `<html><script id="__NEXT_DATA__" type="application/json">{"site":{"st` +
			`atus":"UP","components":[1]},"activeIncidents":[],"activeMaintenances":[]}</script></html>`,
	} {
		if res, err := (Platform{}).Parse(scraper.Source{}, page.Page{Body: []byte(body)}); !errors.Is(err,
			page.ErrShape) {
			t.Errorf("%s is read as %+v (%v)", what, res, err)
		}
	}
}

// TestIssuesWithoutIncident holds that trouble which the page shows and does not list is told, and that such a page
// proves nothing about the incidents that it listed before.
func TestIssuesWithoutIncident(t *testing.T) {
	for _, c := range []struct {
		rest, word string
		open       bool
	}{
		{``, "HASISSUES", false}, {``, "UNDERMAINTENANCE", false}, {``, "UP", true},
		{``, "ALLMAJOROUTAGE", false}, {`,"activeIncidents":[]`, "HASISSUES", true},
	} {
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(`{"page":{"name":"L",` +
			`"url":"https://l.example","status":"` + c.word + `"}` + c.rest + `}`)})
		if err != nil || res.Indicator != c.word || res.Coverage.Open != c.open || len(res.Incidents) > 0 {
			t.Errorf("%s%s is read as %+v (%v)", c.word, c.rest, res, err)
		}
	}
}

func TestTexts(t *testing.T) {
	for text, want := range map[string]textValue{
		`"a"`: "a", `null`: "", `{"en":"b","default":"a"}`: "a", `{"en":"b"}`: "b", `{"fr":"c","default":""}`: "c",
		`{}`: "", `{"default":null}`: "",
	} {
		var got textValue
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is read as %q, want %q (%v)", text, got, want, err)
		}
	}
}

func TestWindow(t *testing.T) {
	length := func(n float64) *float64 { return &n }
	for _, tc := range []struct {
		start   string
		minutes *float64
		want    string
	}{
		{"2026-03-17T05:00:00.000Z", length(90), "2026-03-17T06:30:00Z"},
		{"2026-03-17T05:00:00.5Z", length(0.5), "2026-03-17T05:00:30.5Z"},
		{"2026-03-17T05:00:00.000Z", nil, ""},
		{"2026-03-17T05:00:00.000Z", length(0), ""},
		{"2026-03-17T05:00:00.000Z", length(1e300), ""},
		{"soon", length(90), ""},
	} {
		if got := windowEnd(tc.start, tc.minutes).Text; got != tc.want {
			t.Errorf("from %s it ends at %q, want %q", tc.start, got, tc.want)
		}
	}
}

// TestBackfill walks from the home page to the product's first month.
func TestBackfill(t *testing.T) {
	source := scraper.Source{URL: "https://larkspur.instatus.com", Mode: scraper.Backfill}
	home, err := Platform{}.Parse(source, page.Page{
		URL: source.URL, At: time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC),
		Body: []byte(`<html><script id="__NEXT_DATA__" type="application/json">{"site":{"status":"UP",` +
			`"components":[]},"activeIncidents":[],"activeMaintenances":[]}</script></html>`),
	})
	if err != nil {
		t.Fatal(err)
	}
	at := func(y int, m time.Month, part string) string {
		return "https://api.instatus.com/public/larkspur/notices/monthly/" + strconv.FormatInt(time.Date(y, m, 1, 0,
			0, 0, 0, time.UTC).UnixMilli(), 10) + "?page_no=" + part
	}
	walked := []string{}
	for follow, last := home.Follow, false; len(follow) > 0; last = true {
		if len(follow) != 1 || follow[0].NextPage < source.FromPage {
			t.Fatalf("from page %d on to %+v", source.FromPage, follow)
		}
		walked = append(walked, follow[0].URL)
		source.FromPage = follow[0].NextPage
		body := `{"month":{"notices":[{"id":"a","name":"b","status":"RESOLVED","started":"2020-02-01T00:00:00Z"}],` +
			`"isLastPage":` + strconv.FormatBool(last) + `}}`
		res, err := Platform{}.Parse(source, page.Page{URL: follow[0].URL, Body: []byte(body)})
		if err != nil || len(res.Incidents) != 1 || res.Coverage != (scraper.Coverage{}) {
			t.Fatalf("%+v, %v", res, err)
		}
		follow = res.Follow
	}
	want := []string{at(2020, 2, "1"), at(2020, 2, "2"), at(2020, 1, "1"), at(2019, 12, "1")}
	if diff := cmp.Diff(want, walked); diff != "" {
		t.Error(diff)
	}
	resumed := Platform{}.Start(source)
	if len(resumed) != 1 || resumed[0].NextPage != source.FromPage || !strings.HasPrefix(resumed[0].URL,
		"https://api.instatus.com/public/larkspur/notices/monthly/") {
		t.Errorf("goes on with %+v", resumed)
	}
}

// TestResumedBackfillBeginsEachMonthAtItsFirstPage takes up a backfill at each of its pages, as a run does that was
// stopped there, on days of a month that are hard to count back from.
func TestResumedBackfillBeginsEachMonthAtItsFirstPage(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 31, 23, 59, 59, 0, time.UTC),
		time.Date(2026, 3, 31, 20, 0, 0, 0, time.FixedZone("PDT", -7*3600)), // April in UTC
	} {
		newest := time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
		for n := 2; n < 30; n++ {
			source := scraper.Source{
				URL: "https://larkspur.instatus.com", Mode: scraper.Backfill, FromPage: n,
				Now: func() time.Time { return now },
			}
			want := fmt.Sprintf("https://api.instatus.com/public/larkspur/notices/monthly/%d?page_no=1",
				newest.AddDate(0, 2-n, 0).UnixMilli())
			got := Platform{}.Start(source)
			if len(got) != 1 || got[0].URL != want || got[0].NextPage != n {
				t.Errorf("page %d at %s begins with %+v, want %s", n, now, got, want)
			}
		}
	}
}

func TestHome(t *testing.T) {
	for page, want := range map[string]string{
		"https://status.larkspur.example/": "https://status.larkspur.example",
		"https://status.larkspur.example/" +
			"clx1y2z3": "https://status.larkspur.example",
		"https://api.instatus.com/public/status.larkspur.example/notices/monthly/" +
			"1?page_no=1": "https://status.larkspur.example",
		"https://api.instatus.com/public/larkspur/notices/monthly/" +
			"1580515200000?page_no=1": "https://larkspur.instatus.com",
	} {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Platform{}).Home(u); got != want {
			t.Errorf("home of %s is %s, want %s", page, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "instatus")
	f.Add([]byte(`{"month":{"notices":[]}}`))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
