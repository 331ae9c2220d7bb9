package statuspage

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

const orbitdesk = "https://status.orbitdesk.example"

func fixture(t testing.TB, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(platformtest.Testdata(), "statuspage", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func parse(t testing.TB, s scraper.Source, p page.Page) scraper.Result {
	t.Helper()
	result, err := Platform{}.Parse(s, p)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// meaning is what two documents of one incident must agree on, whatever each of them shows beyond it.
type meaning struct {
	Kind, Title, URL, Severity, State string
	Updates                           []string
}

func meaningOf(in normalize.Incident) meaning {
	m := meaning{Kind: string(in.Kind), Title: in.Title, URL: in.URL, Severity: string(in.Severity),
		State: string(in.State)}
	for _, u := range in.Updates {
		m.Updates = append(m.Updates, fmt.Sprintf("%s %s %s", u.PostedAt.Format("2006-01-02T15:04"), u.State, u.Body))
	}
	return m
}

func meanings(t *testing.T, dir string) map[string]meaning {
	t.Helper()
	c := platformtest.ReadCase(t, "statuspage", filepath.Join(platformtest.Testdata(), "statuspage", dir))
	out, err := c.Scrape(t, Platform{})
	if err != nil {
		t.Fatal(err)
	}
	incidents, _ := normalize.Incidents(out.Raws, normalize.Words{})
	found := map[string]meaning{}
	for _, in := range incidents {
		found[in.Key] = meaningOf(in)
	}
	return found
}

// TestFormsAgree holds that the API, the crawl over HTML and the backfill give one and the
// same record of an incident.
func TestFormsAgree(t *testing.T) {
	api := meanings(t, "api")
	if len(api) != 5 {
		t.Fatalf("the API gave %d incidents, want 5", len(api))
	}
	if diff := cmp.Diff(api, meanings(t, "api_refused")); diff != "" {
		t.Errorf("API (-) and HTML (+) differ:\n%s", diff)
	}
	backfill := meanings(t, "backfill")
	for key, want := range api {
		if diff := cmp.Diff(want, backfill[key]); diff != "" {
			t.Errorf("API (-) and backfill (+) differ:\n%s", diff)
		}
	}
	atom, rss := meanings(t, "atom"), meanings(t, "rss")
	if diff := cmp.Diff(atom, rss); diff != "" {
		t.Errorf("Atom (-) and RSS (+) differ:\n%s", diff)
	}
	for key, feed := range atom {
		want, ok := backfill[key]
		if !ok {
			t.Errorf("the feed has %q, the backfill has not", key)
		}
		if feed.Severity != "unknown" {
			t.Errorf("severity of %q in a feed is %q: feeds do not say", key, feed.Severity)
		}
		feed.Severity = want.Severity
		if key == "7hq2m4xk9d3w" { // a feed keeps a postmortem's Markdown with its line ends as tags
			want.Updates, feed.Updates = want.Updates[:5], feed.Updates[:5]
		}
		if diff := cmp.Diff(want, feed); diff != "" {
			t.Errorf("backfill (-) and feed (+) differ:\n%s", diff)
		}
	}
}

func TestRefusals(t *testing.T) {
	summary, home := fixture(t, "api/summary.json"), fixture(t, "api_refused/home.html")
	incident, history := fixture(t, "backfill/incident-b8n5t1r6y2qc.json"), fixture(t, "api_refused/history.html")
	atom, rss := fixture(t, "atom/history.atom"), fixture(t, "rss/history.rss")
	var lists map[string]json.RawMessage
	if err := json.Unmarshal([]byte(summary), &lists); err != nil {
		t.Fatal(err)
	}
	delete(lists, "scheduled_maintenances")
	compatible, _ := json.Marshal(lists)
	for name, tc := range map[string]struct{ body, want string }{
		"nothing":                   {"", "an empty body"},
		"white space":               {" \n\t", "an empty body"},
		"a mark of byte order only": {"\ufeff", "an empty body"},
		"login page":                {fixture(t, "login_page/page.html"), "a login page"},
		"inactive page":             {fixture(t, "inactive_page/page.html"), "inactive"},
		"marketing page":            {fixture(t, "marketing_page/page.html"), "the marketing page"},
		"bot challenge": {`<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>` +
			`</body></html>`, "a bot challenge"},
		"parked domain": {`<html><head><title>orbitdesk.example</title></head>` +
			`<body>This domain is for sale!</body></html>`, "a parked domain"},
		"gateway's error page": {`<html><head><title>502 Bad Gateway</title></head><body>` +
			`<h1>502 Bad Gateway</h1></body></html>`, "an error page"},
		"page of Cachet": {`<html><body><footer>Powered by <a href="https://cachethq.io">Cachet</a>` +
			`</footer></body></html>`, "a page of Cachet"},
		"any other page": {`<html><head><title>Orbitdesk &amp; friends</title></head><body>Hi</body>` +
			`</html>`, `titled "Orbitdesk & friends"`},
		"error in JSON":         {`{"message":"Forbidden"}`, `a JSON error message, "Forbidden"`},
		"error object":          {`{"error":{"code":403}}`, `"{\"code\":403}"`},
		"JSON of another kind":  {`{"alerts":[],"zones":[]}`, "with the keys alerts, zones"},
		"JSON list":             {`[{"id":1}]`, "a list, not an object"},
		"empty JSON object":     {`{}`, "an empty JSON object"},
		"truncated JSON":        {summary[:400], "it breaks off at byte 400"},
		"broken JSON":           {`{"page":{"id":"a"} "x"}`, "invalid JSON"},
		"incident.io's summary": {string(compatible), "incident.io's Statuspage-compatible API"},
		"incident.io's incidents": {`{"page":{"id":"01HPSDNEQZM6R7MGPCN9VPZ83H","name":"X",` +
			`"url":"https://x.example"},"incidents":[]}`, "its ids are ULIDs"},
		"incidents are null": {platformtest.Swap(t, summary, `"incidents":[`, `"incidents":null,"x":[`),
			"without its list of incidents"},
		"components are missing": {platformtest.Swap(t, summary, `"components":[{"id":"c1`,
			`"parts":[{"id":"c1`), "without its list of components"},
		"incidents are an object": {platformtest.Swap(t, summary, `"incidents":[`, `"incidents":{},"x":[`),
			`JSON with "incidents" of type object`},
		"an id is a number": {platformtest.Swap(t, summary, `"id":"b8n5t1r6y2qc"`, `"id":7`),
			`JSON with "incidents.id" of type number`},
		"an incident is null": {`{"page":{"id":"a","name":"X"},"incidents":[null]}`,
			"entry 1 has neither id nor name"},
		"no indicator": {platformtest.Swap(t, summary, `"indicator":"major",`, ``),
			"without its indicator"},
		"incident without updates": {platformtest.Swap(t, incident, `"incident_updates":[`, `"updates":[`),
			"without id or incident_updates"},
		"history without its list": {platformtest.Swap(t, history, "HistoryIndex", "Elsewhere"),
			"without its list of incidents"},
		"history cut in its list": {platformtest.Swap(t, history, "&quot;timestamp&quot;", "&quot;timestamp"),
			"whose list of incidents is invalid JSON"},
		"month without its list": {platformtest.Swap(t, fixture(t, "backfill/history-1.json"),
			`"days":31,"incidents":[`, `"days":31,"lines":[`), "has no list of incidents"},
		"home without its list": {platformtest.Swap(t, home, `class="incidents-list `, `class="list `),
			"without its list of incidents"},
		"home without its days": {platformtest.Swap(t, home, `class="status-day `, `class="day `),
			"without its list of incidents"},
		"home cut before its list": {home[:strings.Index(home, "incidents-list")-12],
			"without its list of incidents"},
		"incident page without rows": {platformtest.Swap(t, fixture(t, "api_refused/incident-b8n5t1r6y2qc.html"),
			"update-row", "row"), "without its name or its updates"},
		"another page of Statuspage": {platformtest.Swap(t, home, "status-index", "status-uptime"),
			"shows no incidents"},
		"feed of another product": {platformtest.Swap(t, atom, "2005:/history", "2005:/blog"),
			"a feed of another kind"},
		"RSS of another product": {platformtest.Swap(t, rss, "<description>Statuspage</description>",
			"<description>Blog</description>"), "a feed of another kind"},
		"feed cut off":                {atom[:900], "a broken feed"},
		"feed without updates":        {platformtest.Swap(t, atom, "&lt;small&gt;", "&lt;b&gt;"), "hold no updates"},
		"text of something else":      {"Dear reader,\nnothing here.", "text of another kind"},
		"text without updates":        {"A title\nIncident Report for Orbitdesk\n", "without a single update"},
		"text without a title":        {"Incident Report for Orbitdesk\nResolved\nDone.\n", "text of another kind"},
		"bytes that are no text":      {"\xff\xfe{\x00}\x00", "not text"},
		"title that looks like JSON":  {"[EU] Delays\nNothing else.", "text of another kind"},
		"list of summaries elsewhere": {`{"page":{"name":"x"},"activeIncidents":[]}`, "a summary of Instatus"},
	} {
		t.Run(name, func(t *testing.T) {
			p := page.Page{Body: []byte(tc.body)}
			result, err := Platform{}.Parse(scraper.Source{URL: orbitdesk}, p)
			if !errors.Is(err, page.ErrShape) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want ErrShape with %q", err, tc.want)
			}
			if len(result.Incidents)+len(result.Follow) > 0 || result.Coverage != (scraper.Coverage{}) {
				t.Errorf("refused, and yet it says %+v", result)
			}
			if scraper.Detects(Platform{}, p) {
				t.Error("detected as Statuspage's")
			}
		})
	}
}

func TestHome(t *testing.T) {
	for in, want := range map[string]string{
		"https://status.orbitdesk.example":                              "https://status.orbitdesk.example",
		"https://status.orbitdesk.example/":                             "https://status.orbitdesk.example",
		"https://status.orbitdesk.example/incidents/7hq2m4xk9d3w#top":   "https://status.orbitdesk.example",
		"http://orbitdesk.statuspage.io/history?page=3":                 "http://orbitdesk.statuspage.io",
		"https://status.orbitdesk.example:8443/api/v2/summary.json?x=1": "https://status.orbitdesk.example:8443",
		"saved/page.html": "saved/page.html",
		"https://status.orbitdesk.example/history.atom":                      "https://status.orbitdesk.example",
		"https://status.orbitdesk.example/incidents/7hq2m4xk9d3w/postmortem": "https://status.orbitdesk.example",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Platform{}).Home(u); got != want {
			t.Errorf("Home(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIncidentID(t *testing.T) {
	for in, want := range map[string]string{
		"/incidents/7hq2m4xk9d3w":                              "7hq2m4xk9d3w",
		"https://x.statuspage.io/incidents/7hq2m4xk9d3w?u=1":   "7hq2m4xk9d3w",
		"https://x.example/incidents/7hq2m4xk9d3w.json":        "7hq2m4xk9d3w",
		"https://x.example/api/v2/incidents/7hq2m4xk9d3w.json": "7hq2m4xk9d3w",
		"https://x.example/incidents/7hq2m4xk9d3w/":            "7hq2m4xk9d3w",
		"https://x.example/api/v2/incidents/unresolved.json":   "",
		"https://x.example/api/v2/incidents.json":              "",
		"https://x.example/history":                            "",
		"":                                                     "",
	} {
		if got := page.IncidentID(in); got != want {
			t.Errorf("incidentID(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSplitPeriod(t *testing.T) {
	for in, want := range map[string][2]string{
		"Jan 30, 22:00 - Jan 31, 06:00 CET":             {"Jan 30, 22:00 CET", "Jan 31, 06:00 CET"},
		"Feb 29, 22:00 - 23:00 GMT":                     {"Feb 29, 22:00 GMT", "Feb 29, 23:00 GMT"},
		"Jan 23, 14:00-20:00 UTC":                       {"Jan 23, 14:00 UTC", "Jan 23, 20:00 UTC"},
		"Mar 1, 09:30 GMT+08":                           {"Mar 1, 09:30 GMT+08", ""},
		"Dec 31, 2025, 22:00 - Jan 1, 2026, 02:00 AEDT": {"Dec 31, 2025, 22:00 AEDT", "Jan 1, 2026, 02:00 AEDT"},
		"Jan 31, 22:31 - 22:31 UTC":                     {"Jan 31, 22:31 UTC", "Jan 31, 22:31 UTC"},
		"tomorrow morning":                              {"", ""},
	} {
		start, end, ok := splitPeriod(in)
		if got := [2]string{start, end}; got != want || ok != (want[0] != "") {
			t.Errorf("splitPeriod(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func TestAffectedBy(t *testing.T) {
	for in, want := range map[string][]string{
		"This incident affected: File uploads.":      {"|File uploads"},
		"This incident affects: Search and Exports.": {"|Search", "|Exports"},
		"This incident affected: Git Operations, Webhooks, and API Requests.": {"|Git Operations", "|Webhooks",
			"|API Requests"},
		"This incident affected: Alpha, Beta and Gamma.": {"|Alpha", "|Beta", "|Gamma"},
		"This incident affected: Prod 1 (Web Client, API) and Prod 2 (Web Client).": {"Prod 1|Web Client",
			"Prod 1|API", "Prod 2|Web Client"},
		"This scheduled maintenance affected: EU (API, Search, and more).": {"EU|API", "EU|Search",
			"EU|and more"},
		"This scheduled maintenance affects: Console " +
			"(console.orbitdesk.example).": {"|Console (console.orbitdesk.example)"},
		"This incident affected: Prod 1 (US) (Web Client, API).": {"Prod 1 (US)|Web Client",
			"Prod 1 (US)|API"},
		"This incident affected: Edge (Oslo (OSL), Lima (LIM)).": {"Edge|Oslo (OSL)", "Edge|Lima (LIM)"},
		"This incident affected: Routing and Rules, Search, and Exports.": {"|Routing and Rules", "|Search",
			"|Exports"},
		"This incident affected: Core (Routing and Rules) and Mail and Chat.": {"Core|Routing and Rules",
			"|Mail and Chat"},
		"This incident affected: Broken (name.":                               {"|Broken (name"},
		"\n      This incident affected: Search,\n      and   Exports.\n    ": {"|Search", "|Exports"},
		"We think this incident affected: nobody.":                            nil,
		"": nil,
	} {
		var got []string
		for _, c := range affectedBy(in) {
			got = append(got, c.Group+"|"+c.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("affectedBy(%q) (-want +got):\n%s", in, diff)
		}
	}
}

func TestJSONQuirks(t *testing.T) {
	read := func(t *testing.T, incident string) normalize.Raw {
		t.Helper()
		body := `{"page":{"id":"k3v9x2m7q4tz","name":"Orbitdesk","url":"http://status.orbitdesk.example",` +
			`"time_zone":"Etc/UTC"},"incident":` + incident + `}`
		return parse(t, scraper.Source{URL: orbitdesk}, page.Page{Body: []byte(body)}).Incidents[0]
	}
	t.Run("the source's scheme goes before the document's", func(t *testing.T) {
		if raw := read(t, `{"id":"a1","name":"T","incident_updates":[]}`); raw.URL != orbitdesk+"/incidents/a1" {
			t.Errorf("URL %q", raw.URL)
		}
	})
	t.Run("fields may be missing", func(t *testing.T) {
		raw := read(t, `{"id":"a1","name":"","status":null,"impact":null,"incident_updates":[{"id":"u",`+
			`"affected_components":null}]}`)
		if len(raw.Updates) != 1 || raw.Kind != "incident" || raw.Zone != "Etc/UTC" {
			t.Errorf("%+v", raw)
		}
	})
	t.Run("an update may be back-dated", func(t *testing.T) {
		raw := read(t, `{"id":"a1","name":"T","incident_updates":[{"id":"u","status":"resolved","body":"b",`+
			`"created_at":"2026-01-02T10:00:00.000Z","display_at":"2026-01-02T04:00:00.000-05:00"}]}`)
		want := normalize.RawUpdate{ID: "u", State: "resolved", Body: "b", Format: "markdown",
			Posted:  normalize.RawTime{Text: "2026-01-02T04:00:00.000-05:00"},
			Created: normalize.RawTime{Text: "2026-01-02T10:00:00.000Z"}}
		if diff := cmp.Diff([]normalize.RawUpdate{want}, raw.Updates); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("components come from the updates where the incident lists none", func(t *testing.T) {
		raw := read(t, `{"id":"a1","name":"T","incident_updates":[
			{"id":"u2","affected_components":[{"code":"c1","name":"EU - API","new_status":"operational"}]},
			{"id":"u1","affected_components":[{"code":"c1","name":"EU - API","new_status":"major_outage"},`+
			`{"code":"c2","name":"Mail","new_status":"major_outage"}]}]}`)
		want := []normalize.RawComponent{{ID: "c1", Name: "EU - API", Status: "operational"}, {ID: "c2",
			Name: "Mail", Status: "major_outage"}}
		if diff := cmp.Diff(want, raw.Components); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("an update's long name tells the group", func(t *testing.T) {
		raw := read(t,
			`{"id":"a1","name":"T","components":[{"id":"c1","name":"API","status":"operational","group_id":"g"}],
			"incident_updates":[{"id":"u","affected_components":[{"code":"c1","name":"EU - API",`+
				`"new_status":"operational"}]}]}`)
		if diff := cmp.Diff([]normalize.RawComponent{{ID: "c1", Name: "API", Group: "EU", Status: "operational"}},
			raw.Components); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a window makes a maintenance", func(t *testing.T) {
		raw := read(t, `{"id":"a1","name":"T","impact":"none","scheduled_for":"2026-01-02T10:00:00Z",`+
			`"scheduled_until":"2026-01-02T11:00:00Z","incident_updates":[]}`)
		if raw.Kind != "maintenance" || raw.ScheduledStart.Text != "2026-01-02T10:00:00Z" ||
			raw.ScheduledEnd.Text != "2026-01-02T11:00:00Z" {
			t.Errorf("%+v", raw)
		}
	})
	t.Run("a postmortem beside the updates is one of them, once", func(t *testing.T) {
		const body = `"postmortem_body":"# Why","postmortem_published_at":"2026-01-03T10:00:00Z"`
		raw := read(t, `{"id":"a1","name":"T",`+body+`,"incident_updates":[{"id":"u","status":"resolved",`+
			`"display_at":"2026-01-02T10:00:00Z"}]}`)
		if len(raw.Updates) != 2 || raw.Updates[1].State != "postmortem" || raw.Updates[1].Body != "# Why" ||
			raw.Updates[1].Posted.Text != "2026-01-03T10:00:00Z" {
			t.Errorf("%+v", raw.Updates)
		}
		raw = read(t, `{"id":"a1","name":"T",`+body+`,"incident_updates":[{"id":"u","status":"postmortem",`+
			`"body":""}]}`)
		if len(raw.Updates) != 1 || raw.Updates[0].Body != "# Why" || raw.Updates[0].ID != "u" {
			t.Errorf("%+v", raw.Updates)
		}
	})
	t.Run("lists say what they cover", func(t *testing.T) {
		body := []byte(fixture(t, "api/incident-list.json"))
		for address, since := range map[string]string{
			orbitdesk + "/api/v2/incidents.json":            "2025-12-29T23:15:00.000Z",
			orbitdesk + "/api/v2/incidents/unresolved.json": "",
			"": "2025-12-29T23:15:00.000Z",
		} {
			if got := parse(t, scraper.Source{}, page.Page{URL: address,
				Body: body}).Coverage; got != (scraper.Coverage{Since: since}) {
				t.Errorf("%q covers %+v", address, got)
			}
		}
	})
}

func TestHomeQuirks(t *testing.T) {
	home := fixture(t, "api_refused/home.html")
	byID := func(t *testing.T, body string) map[string]normalize.Raw {
		t.Helper()
		found := map[string]normalize.Raw{}
		for _, raw := range parse(t, scraper.Source{}, page.Page{Body: []byte(body)}).Incidents {
			found[raw.ID] = raw
		}
		return found
	}
	t.Run("posts lie before the page was made", func(t *testing.T) {
		raw := byID(t, platformtest.Swap(t, home, "Jan <var data-var='date'> 5</var>, <var "+
			"data-var='time'>03:50</var> EST", "Jan <var data-var='date'>20</var>, <var "+
			"data-var='time'>03:50</var> EST"))["b8n5t1r6y2qc"]
		if got := raw.Updates[0].Posted; got != (normalize.RawTime{Text: "Jan 20, 03:50 EST", Near: "2025-01-20"}) {
			t.Errorf("posted %+v", got)
		}
	})
	t.Run("without the page's own time the newest day dates it", func(t *testing.T) {
		raw := byID(t, platformtest.Swap(t, home, `name="issued"`, `name="other"`))["e4d7w9z3k1ph"]
		if got := raw.Updates[0].Posted; got != (normalize.RawTime{Text: "Dec 29, 18:15 EST", Near: "2025-12-29"}) {
			t.Errorf("posted %+v", got)
		}
	})
	t.Run("a tag the vendor leaves open keeps text and time apart", func(t *testing.T) {
		raw := byID(t, platformtest.Swap(t, home, "Webhooks arrive late.</span>",
			"Late:<br /></span><li>webhooks<br /><li>mails"))["e4d7w9z3k1ph"]
		if u := raw.Updates[0]; u.Posted.Text != "Dec 29, 18:15 EST" || strings.Contains(u.Body, "var") ||
			!strings.Contains(u.Body, "mails") {
			t.Errorf("%+v", u)
		}
	})
	t.Run("pages of 2021 have no span about the text", func(t *testing.T) {
		raw := byID(t, strings.NewReplacer(`<span class="whitespace-pre-wrap">`, "", "</span>\n",
			"\n").Replace(home))["7hq2m4xk9d3w"]
		if u := raw.Updates[1]; u.Body != "The index of <b>one</b> replica stopped &amp; fell behind.<br/>We are "+
			"rebuilding it." {
			t.Errorf("body %q", u.Body)
		}
	})
	t.Run("a newline in pre-wrapped text is a line end", func(t *testing.T) {
		raw := byID(t, platformtest.Swap(t, home, "fell behind.<br />We", "fell behind.\nWe"))["7hq2m4xk9d3w"]
		if u := raw.Updates[1]; !strings.Contains(u.Body, "fell behind.<br/>We") {
			t.Errorf("body %q", u.Body)
		}
	})
	t.Run("the postmortem's text is elsewhere", func(t *testing.T) {
		raw := byID(t, home)["7hq2m4xk9d3w"]
		if u := raw.Updates[5]; u.State != "Postmortem" || u.Body != "" || !raw.Excerpt || raw.State != "Postmortem" {
			t.Errorf("%+v", u)
		}
	})
	t.Run("the only update of a maintenance to come has no word", func(t *testing.T) {
		raw := byID(t, home)["q6j3p9f5s0gv"]
		want := normalize.RawUpdate{State: "Scheduled", Format: "html",
			Posted: normalize.RawTime{Text: "Jan 4, 05:00 EST", Near: "2026-01-04"},
			Body:   "<strong>Impact</strong><br/>The web client of Prod 2 may be slow."}
		if diff := cmp.Diff([]normalize.RawUpdate{want}, raw.Updates); diff != "" || raw.State != "Scheduled" ||
			raw.Kind != "maintenance" {
			t.Errorf("%s %s %s", raw.State, raw.Kind, diff)
		}
	})
	t.Run("a window without the machine's time", func(t *testing.T) {
		raw := byID(t, platformtest.Swap(t, home, "data-unix-time", "data-x"))["q6j3p9f5s0gv"]
		if raw.ScheduledStart != (normalize.RawTime{Text: "Jan 8, 22:00 EST", Near: "2026-01-05"}) ||
			raw.ScheduledEnd != (normalize.RawTime{Text: "Jan 9, 01:30 EST", Near: "2026-01-05"}) {
			t.Errorf("%+v %+v", raw.ScheduledStart, raw.ScheduledEnd)
		}
	})
	t.Run("collapsed days show a part", func(t *testing.T) {
		if raw := byID(t, platformtest.Swap(t, home, "format-expanded",
			"format-collapsed"))["e4d7w9z3k1ph"]; !raw.Excerpt {
			t.Error("no excerpt")
		}
	})
	t.Run("names repeat, groups tell them apart", func(t *testing.T) {
		result := parse(t, scraper.Source{}, page.Page{Body: []byte(home)})
		var got []string
		for _, c := range result.Components {
			got = append(got, c.Group+"|"+c.Name+"|"+c.Status)
		}
		want := []string{"Prod 1|Web Client|partial_outage", "Prod 1|Search|operational",
			"Prod 2|Web Client|operational",
			"|Console (console.orbitdesk.example)|under_maintenance", "|Exports, nightly|operational"}
		if diff := cmp.Diff(want, got); diff != "" || result.Indicator != "major" || result.PageName != "Orbitdesk" {
			t.Errorf("%q %q %s", result.Indicator, result.PageName, diff)
		}
	})
	t.Run("a page without components covers none", func(t *testing.T) {
		result := parse(t, scraper.Source{}, page.Page{Body: []byte(platformtest.Swap(t, home, "data-component-id",
			"data-x"))})
		if result.Coverage != (scraper.Coverage{Open: true}) {
			t.Errorf("%+v", result.Coverage)
		}
	})
}

func TestText(t *testing.T) {
	posted := func(text string) normalize.RawTime { return normalize.RawTime{Text: text} }
	for name, tc := range map[string]struct {
		text string
		want normalize.Raw
	}{
		"without blank lines": {
			"Delays\nIncident Report for Orbitdesk\nResolved\nDone.\nPosted Jan 03, 2026 - 12:00 " +
				"EST\nInvestigating\nWe look.\nTwice.\nPosted Jan 03, 2026 - 10:05 EST\n",
			normalize.Raw{Title: "Delays", State: "Resolved", Kind: "incident", Updates: []normalize.RawUpdate{
				{State: "Investigating", Body: "We look.\nTwice.", Posted: posted("Jan 03, 2026 - 10:05 EST"),
					Format: "text"},
				{State: "Resolved", Body: "Done.", Posted: posted("Jan 03, 2026 - 12:00 EST"), Format: "text"}}},
		},
		"heading in two lines, age, components, foot": {
			"Subscribe to updates\n\n# [EU] Delays\n\nScheduled Maintenance\n\nReport for " +
				"Orbitdesk\n\nCompleted\n\nDone.\n\nPosted 6 months ago. Jan 03, 2026 - 12:00 GMT+08\n\nThis " +
				"scheduled maintenance affected: EU (API, Mail).\n\n← Current Status\nPowered by Atlassian " +
				"Statuspage\n",
			normalize.Raw{Title: "[EU] Delays", State: "Completed", Kind: "maintenance",
				Components: []normalize.RawComponent{{Name: "API", Group: "EU"}, {Name: "Mail", Group: "EU"}},
				Updates: []normalize.RawUpdate{{State: "Completed", Body: "Done.",
					Posted: posted("Jan 03, 2026 - 12:00 GMT+08"), Format: "text"}}},
		},
		"cut within an update": {
			"Delays\r\nIncident Report for Orbitdesk\r\nUpdate\r\nStill at it.\r\nPosted Jan 03, 2026 - 12:00 " +
				"EST\r\nIdentified\r\nWe fou",
			normalize.Raw{Title: "Delays", State: "Update", Kind: "incident", Excerpt: true,
				Updates: []normalize.RawUpdate{
					{State: "Identified", Body: "We fou", Format: "text"},
					{State: "Update", Body: "Still at it.", Posted: posted("Jan 03, 2026 - 12:00 EST"),
						Format: "text"}}},
		},
		"cut right after a state word": {
			"Delays\nIncident Report for Orbitdesk\nUpdate\nStill at it.\nPosted Jan 03, 2026 - 12:00 EST\nIdentified",
			normalize.Raw{Title: "Delays", State: "Update", Kind: "incident", Excerpt: true,
				Updates: []normalize.RawUpdate{
					{State: "Identified", Format: "text"},
					{State: "Update", Body: "Still at it.", Posted: posted("Jan 03, 2026 - 12:00 EST"),
						Format: "text"}}},
		},
		"cut within a state word": {
			"Delays\nIncident Report for Orbitdesk\nUpdate\nStill at it.\nPosted Jan 03, 2026 - 12:00 EST\nIdenti",
			normalize.Raw{Title: "Delays", State: "Update", Kind: "incident", Excerpt: true,
				Updates: []normalize.RawUpdate{
					{State: "Update", Body: "Still at it.", Posted: posted("Jan 03, 2026 - 12:00 EST"),
						Format: "text"}}},
		},
		"an unknown word with a time, a state word within a text": {
			"Delays\nIncident Report for Orbitdesk\nReopened\nImpact\nResolved\nnot yet\nPosted Jan 03, 2026 - " +
				"12:00 EST\n",
			normalize.Raw{Title: "Delays", State: "Reopened", Kind: "incident", Updates: []normalize.RawUpdate{
				{State: "Reopened", Body: "Impact\nResolved\nnot yet", Posted: posted("Jan 03, 2026 - 12:00 EST"),
					Format: "text"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tc.want.Document, tc.want.ID, tc.want.URL = docIncidentText, "a1b2c3", orbitdesk+"/incidents/a1b2c3"
			result := parse(t, scraper.Source{}, page.Page{URL: orbitdesk + "/incidents/a1b2c3",
				Body: []byte(tc.text)})
			if diff := cmp.Diff([]normalize.Raw{tc.want}, result.Incidents); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if result.PageName != "Orbitdesk" {
				t.Errorf("page name %q", result.PageName)
			}
		})
	}
}

func TestFeedQuirks(t *testing.T) {
	entry := func(content string) normalize.Raw {
		t.Helper()
		body := `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>tag:status.orbitdesk.example,` +
			`2005:/history</id>
			<title>Orbitdesk Status - Incident History</title><entry><id>tag:status.orbitdesk.example,` +
			`2005:Incident/7</id><published>2026-01-03T12:00:00Z</published>
			<link rel="alternate" type="text/html" href="https://status.orbitdesk.example/incidents/a1b2c3"/><title>` +
			`T</title>
			<content type="html"><![CDATA[` + content + `]]></content></entry></feed>`
		return parse(t, scraper.Source{}, page.Page{Body: []byte(body)}).Incidents[0]
	}
	near := "2026-01-03T12:00:00Z"
	for name, tc := range map[string]struct {
		content string
		want    []normalize.RawUpdate
	}{
		"before 2015, without var": {
			`<p><small>Jan  1, 09:09 PST</small><br><strong>Resolved</strong> - Fixed.</p>`,
			[]normalize.RawUpdate{{State: "Resolved", Body: "Fixed.",
				Posted: normalize.RawTime{Text: "Jan 1, 09:09 PST", Near: near}, Format: "html"}},
		},
		"spaced, of 2026": {
			`<p> <small>Jan <var data-var='date'> 3</var>, <var data-var='time'>12:00</var> UTC</small>` +
				`<br> <strong>In progress</strong> - On it. </p> `,
			[]normalize.RawUpdate{{State: "In progress", Body: "On it.",
				Posted: normalize.RawTime{Text: "Jan 3, 12:00 UTC", Near: near}, Format: "html"}},
		},
		"an open tag swallows nothing": {
			`<p><small>Jan 3, 12:00 UTC</small><br><strong>Update</strong> - New:<li>one<li>two</p><p>` +
				`<small>Jan 3, 11:00 UTC</small><br><strong>Investigating</strong> - A &amp; B</p>`,
			[]normalize.RawUpdate{
				{State: "Investigating", Body: "A &amp; B", Posted: normalize.RawTime{Text: "Jan 3, 11:00 UTC",
					Near: near}, Format: "html"},
				{State: "Update", Body: "New:<li>one</li><li>two</li>",
					Posted: normalize.RawTime{Text: "Jan 3, 12:00 UTC", Near: near}, Format: "html"},
			},
		},
		"paragraphs and bold text within an update": {
			`<p><small>Jan 3, 12:00 UTC</small><br><strong>Update</strong> - First.</p><p>` +
				`<strong>Note</strong> - second.</p>`,
			[]normalize.RawUpdate{{State: "Update", Body: "First.<p></p><p><strong>Note</strong> - second.</p>",
				Posted: normalize.RawTime{Text: "Jan 3, 12:00 UTC", Near: near}, Format: "html"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, entry(tc.content).Updates); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	raw := entry(`<p><strong>THIS IS A SCHEDULED EVENT Jan <var>3</var>, <var>12:00</var> - <var>13:00</var> ` +
		`UTC</strong></p><p><small>Jan 2, 12:00 UTC</small><br><strong>Scheduled</strong> - Soon.</p>`)
	if raw.Kind != "maintenance" || raw.ScheduledStart.Text != "Jan 3, 12:00 UTC" ||
		raw.ScheduledEnd.Text != "Jan 3, 13:00 UTC" || len(raw.Updates) != 1 {
		t.Errorf("%+v", raw)
	}
}

func URLs(list []scraper.Request) []string {
	var out []string
	for _, r := range list {
		out = append(out, strings.TrimPrefix(r.URL, orbitdesk))
	}
	return out
}

func TestStart(t *testing.T) {
	poll := (Platform{}).Start(scraper.Source{URL: orbitdesk})
	want := []scraper.Request{{URL: orbitdesk + "/api/v2/summary.json", Fallback: []scraper.Request{{URL: orbitdesk}}}}
	if diff := cmp.Diff(want, poll); diff != "" {
		t.Error(diff)
	}
	for from, page := range map[int]int{0: 1, 1: 1, 7: 7} {
		n := fmt.Sprint(page)
		want := []scraper.Request{{URL: orbitdesk + "/history.json?page=" + n, NextPage: page,
			Fallback: []scraper.Request{{URL: orbitdesk + "/history?page=" + n, NextPage: page}}}}
		if diff := cmp.Diff(want, (Platform{}).Start(scraper.Source{URL: orbitdesk, Mode: scraper.Backfill,
			FromPage: from})); diff != "" {
			t.Error(diff)
		}
	}
}

func TestFollow(t *testing.T) {
	over := scraper.Known{Kind: normalize.KindIncident, Over: true, Updates: 6, Postmortem: true}
	all := func(change func(map[string]scraper.Known)) map[string]scraper.Known {
		known := map[string]scraper.Known{
			"7hq2m4xk9d3w": over, "e4d7w9z3k1ph": {Over: true, Updates: 2}, "b8n5t1r6y2qc": {Updates: 2},
			"m2x8c5v1j7ld": {Kind: normalize.KindMaintenance, Updates: 2},
			"q6j3p9f5s0gv": {Kind: normalize.KindMaintenance, Updates: 1},
		}
		if change != nil {
			change(known)
		}
		return known
	}
	for name, tc := range map[string]struct {
		file  string
		at    string // address of the page below the status page
		mode  scraper.Mode
		known map[string]scraper.Known
		want  []string
	}{
		"summary": {file: "api/summary.json", known: all(nil), want: []string{"/api/v2/incidents.json",
			"/api/v2/scheduled-maintenances.json"}},
		"incidents, all listed": {file: "api/incident-list.json", known: all(nil)},
		"incidents, an open one gone": {file: "api/incident-list.json",
			want: []string{"/api/v2/incidents/gone1.json", "/api/v2/incidents/gone2.json"},
			known: all(func(k map[string]scraper.Known) {
				k["gone1"], k["https://status.orbitdesk.example/incidents/gone2"] = scraper.Known{}, scraper.Known{}
				k["past1"], k["#0f3a"], k["work1"] = scraper.Known{Over: true}, scraper.Known{},
					scraper.Known{Kind: normalize.KindMaintenance}
			})},
		"maintenances, an open one gone": {file: "api/scheduled-maintenances.json",
			want: []string{"/api/v2/incidents/work1.json"},
			known: all(func(k map[string]scraper.Known) {
				k["work1"] = scraper.Known{Kind: normalize.KindMaintenance}
			})},
		"home, first visit": {file: "api_refused/home.html", want: []string{"/incidents/b8n5t1r6y2qc",
			"/incidents/m2x8c5v1j7ld", "/incidents/q6j3p9f5s0gv", "/incidents/7hq2m4xk9d3w",
			"/incidents/e4d7w9z3k1ph", "/history"}},
		"home, nothing new": {file: "api_refused/home.html", known: all(nil)},
		"home, an update more": {file: "api_refused/home.html", want: []string{"/incidents/b8n5t1r6y2qc"},
			known: all(func(k map[string]scraper.Known) { k["b8n5t1r6y2qc"] = scraper.Known{Updates: 1} })},
		"home, a postmortem": {file: "api_refused/home.html", want: []string{"/incidents/7hq2m4xk9d3w"},
			known: all(func(k map[string]scraper.Known) {
				k["7hq2m4xk9d3w"] = scraper.Known{Over: true,
					Updates: 6}
			})},
		"home, over now": {file: "api_refused/home.html", want: []string{"/incidents/e4d7w9z3k1ph"},
			known: all(func(k map[string]scraper.Known) { k["e4d7w9z3k1ph"] = scraper.Known{Updates: 2} })},
		"home, known in part": {file: "api_refused/home.html", want: []string{"/incidents/e4d7w9z3k1ph"},
			known: all(func(k map[string]scraper.Known) {
				k["e4d7w9z3k1ph"] = scraper.Known{Over: true, Updates: 2, Excerpt: true}
			})},
		"home, an open one gone": {file: "api_refused/home.html", want: []string{"/incidents/gone1"},
			known: all(func(k map[string]scraper.Known) {
				k["gone1"], k["past1"] = scraper.Known{},
					scraper.Known{Over: true}
			})},
		"history": {file: "api_refused/history.html", want: []string{"/incidents/m2x8c5v1j7ld"},
			known: all(func(k map[string]scraper.Known) { delete(k, "m2x8c5v1j7ld") })},
		"incident page": {file: "api_refused/incident-b8n5t1r6y2qc.html", want: nil},
		"backfill, page 1": {file: "backfill/history-1.json", at: "/history.json?page=1", mode: scraper.Backfill,
			want: []string{"/api/v2/incidents/q6j3p9f5s0gv.json", "/api/v2/incidents/m2x8c5v1j7ld.json",
				"/api/v2/incidents/b8n5t1r6y2qc.json", "/api/v2/incidents/7hq2m4xk9d3w.json",
				"/api/v2/incidents/e4d7w9z3k1ph.json", "/history.json?page=2"}},
		"backfill, whole and in part": {file: "backfill/history-1.json", at: "/history.json?page=1",
			mode: scraper.Backfill,
			known: all(func(k map[string]scraper.Known) {
				k["e4d7w9z3k1ph"] = scraper.Known{Over: true,
					Excerpt: true}
			}),
			want: []string{"/api/v2/incidents/q6j3p9f5s0gv.json", "/api/v2/incidents/m2x8c5v1j7ld.json",
				"/api/v2/incidents/b8n5t1r6y2qc.json", "/api/v2/incidents/e4d7w9z3k1ph.json", "/history.json?page=2"}},
		"backfill over HTML": {file: "api_refused/history.html", at: "/history?page=4", mode: scraper.Backfill,
			known: map[string]scraper.Known{"q6j3p9f5s0gv": over, "m2x8c5v1j7ld": over, "b8n5t1r6y2qc": over,
				"7hq2m4xk9d3w": over, "e4d7w9z3k1ph": over},
			want: []string{"/history.json?page=5"}},
		"backfill, the first day": {file: "backfill/history-2.json", at: "/history.json?page=2",
			mode: scraper.Backfill, known: map[string]scraper.Known{"z1y8x6w4v2ut": over, "d3f5h7k9m1np": over}},
		"backfill, an incident": {file: "backfill/bare.json", mode: scraper.Backfill},
	} {
		t.Run(name, func(t *testing.T) {
			source := scraper.Source{Name: "orbitdesk", URL: orbitdesk, Mode: tc.mode, Known: tc.known}
			page := page.Page{URL: "https://orbitdesk.statuspage.io" + tc.at, Body: []byte(fixture(t, tc.file)),
				At: time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)}
			result := parse(t, source, page)
			if diff := cmp.Diff(tc.want, URLs(result.Follow)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, r := range result.Follow {
				if r.NextPage == 0 && !r.Optional {
					t.Errorf("%s is not optional", r.URL)
				}
			}
		})
	}
}

// TestStandIns holds that a document is refused where another was asked for.
func TestStandIns(t *testing.T) {
	home, summary := fixture(t, "api_refused/home.html"), fixture(t, "api/summary.json")
	incident, history := fixture(t, "api_refused/incident-b8n5t1r6y2qc.html"), fixture(t, "api_refused/history.html")
	const status = `{"page":{"id":"k7m2p9x4q1zz","name":"Orbitdesk"},"status":{"indicator":"none",` +
		`"description":"All Systems Operational"}}`
	for name, tc := range map[string]struct {
		mode          scraper.Mode
		address, body string
		want          string
	}{
		"home for the summary": {scraper.Poll, "/api/v2/summary.json", home, "where JSON was asked for"},
		"page for an incident's JSON": {scraper.Backfill, "/incidents/b8n5t1r6y2qc.json", incident,
			"where JSON was asked for"},
		"home for the history's JSON": {scraper.Backfill, "/history.json?page=2", home, "where JSON was asked for"},
		"home for the history": {scraper.Backfill, "/history?page=2", home,
			"home where its history was expected"},
		"summary for the history": {scraper.Backfill, "/history.json?page=2", summary,
			"summary where its history was expected"},
		"the history for the history":   {scraper.Backfill, "/history?page=2", history, ""},
		"an incident's page":            {scraper.Backfill, "/incidents/b8n5t1r6y2qc", incident, ""},
		"home, redirected from an API":  {scraper.Poll, "/", home, ""},
		"summary at an unusual address": {scraper.Poll, "/status", summary, ""},
		"status for the summary": {scraper.Poll, "/api/v2/summary.json", status,
			"does not say which incidents are open"},
		"status for the home page": {scraper.Poll, "", status, "does not say which incidents are open"},
		"components for the summary": {scraper.Poll, "/api/v2/summary.json", `{"page":{"id":"k7m2p9x4q1zz"},` +
			`"components":[]}`, "does not say which incidents are open"},
		"status itself": {scraper.Poll, "/api/v2/status.json", status, ""},
	} {
		_, err := Platform{}.Parse(scraper.Source{URL: orbitdesk, Mode: tc.mode},
			page.Page{URL: orbitdesk + tc.address, Body: []byte(tc.body)})
		if tc.want == "" && err != nil || tc.want != "" && (!errors.Is(err, page.ErrShape) ||
			!strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: error %v, want %q", name, err, tc.want)
		}
	}
}

func TestIncidentRequest(t *testing.T) {
	got := crawl{base: orbitdesk}.incidentRequest("a1")
	want := scraper.Request{URL: orbitdesk + "/api/v2/incidents/a1.json", Optional: true, Fallback: []scraper.Request{{
		URL: orbitdesk + "/incidents/a1.json", Optional: true,
		Fallback: []scraper.Request{{URL: orbitdesk + "/incidents/a1", Optional: true}},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBackfillEnds(t *testing.T) {
	month := func(name string, year int, incidents string) string {
		return fmt.Sprintf(`{"name":%q,"year":%d,"incidents":[%s]}`, name, year, incidents)
	}
	const line = `{"code":"a1","name":"T","message":"m","impact":"none","timestamp":"x"}`
	for name, tc := range map[string]struct {
		created, months string
		page            int
		more            bool
	}{
		"before the first day": {"2025-09-18T07:45:02.640-04:00", month("October", 2025, ""), 1,
			true},
		"the month of the first day": {"2025-09-18T07:45:02.640-04:00", month("September", 2025, ""), 1,
			false},
		"incidents entered for days before it": {"2025-09-18T07:45:02.640-04:00", month("September", 2025, "") +
			"," + month("July", 2025, line), 1, true},
		"first day unknown, 2013":               {"", month("January", 2013, ""), 55, true},
		"first day unknown, 2012":               {"", month("December", 2012, ""), 55, false},
		"no months":                             {"2025-09-18T07:45:02.640-04:00", "", 2, false},
		"months in another language, year over": {"2025-09-18T07:45:02.640-04:00", month("Juli", 2024, ""), 2, false},
		"one answer to every page": {"2025-09-18T07:45:02.640-04:00", month("January", 2026, ""), 40,
			false},
	} {
		t.Run(name, func(t *testing.T) {
			body := fmt.Sprintf(`{"page_status":{"page":{"name":"Orbitdesk","domain":"status.orbitdesk.example",`+
				`"created_at":%q}},"months":[%s]}`, tc.created, tc.months)
			page := page.Page{URL: fmt.Sprintf("%s/history.json?page=%d", orbitdesk, tc.page), Body: []byte(body),
				At: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)}
			known := map[string]scraper.Known{"a1": {Over: true}}
			follow := parse(t, scraper.Source{URL: orbitdesk, Mode: scraper.Backfill, Known: known}, page).Follow
			if (len(follow) > 0) != tc.more {
				t.Errorf("follows %v, want more: %v", URLs(follow), tc.more)
			}
		})
	}
}

func TestHistoryCovers(t *testing.T) {
	body := []byte(fixture(t, "backfill/history-1.json"))
	for at, want := range map[string]scraper.Coverage{
		"2026-01-05T10:00:00Z": {Since: "2025-11-01T00:00:00-04:00"},
		"2026-03-05T10:00:00Z": {Since: "2025-11-01T00:00:00-04:00",
			Until: "2026-01-31T23:59:59-05:00"}, // the months end before
	} {
		made, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := parse(t, scraper.Source{}, page.Page{Body: body, At: made}).Coverage; got != want {
			t.Errorf("at %s it covers %+v, want %+v", at, got, want)
		}
	}
}

func TestPageHome(t *testing.T) {
	for name, tc := range map[string]struct{ source, page, own, want string }{
		"the document's own": {"https://a.example", "https://a.example/x", "https://b.example",
			"https://b.example"},
		"the source's scheme":        {"https://a.example", "", "http://a.example", "https://a.example"},
		"the page's scheme":          {"", "https://a.example/history", "http://a.example", "https://a.example"},
		"nothing but the source":     {"https://a.example", "", "", "https://a.example"},
		"nothing but the page":       {"", "https://a.example/incidents/b", "", "https://a.example"},
		"a saved file":               {"", "/home/me/page.html", "", ""},
		"no address in the document": {"https://a.example", "", "javascript:void(0)", "https://a.example"},
	} {
		if got := page.Home(tc.own, tc.source, tc.page); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
