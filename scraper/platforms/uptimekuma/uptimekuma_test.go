package uptimekuma

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

const (
	pageText = `{"config":{"slug":"harbour","title":"Tidemark"},"incident":{"id":7,"style":"danger","title":"Fog",` +
		`"content":"Wait.",` +
		`"pin":1,"createdDate":"2026-03-11 06:20:00","lastUpdatedDate":null},"publicGroupList":[{"id":1,` +
		`"name":"Harbour",` +
		`"monitorList":[{"id":1,"name":"Locks"}]}],"maintenanceList":[{"id":3,"title":"Gates",` +
		`"status":"under-maintenance","timeslotList":[]}]}`
	beatsText = `{"heartbeatList":{"1":[{"status":1,"time":"2026-03-11 11:59:00.120","msg":"","ping":9}]},` +
		`"uptimeList":{"1_24":1}}`
	historyText = `{"ok":true,"incidents":[{"id":8,"style":"info","title":"Fog","content":"","pin":false,` +
		`"active":false,` +
		`"createdDate":"2026-03-01 06:20:00","lastUpdatedDate":"2026-03-01 07:00:00"}],"total":1,` +
		`"nextCursor":null,"hasMore":false}`
)

func TestRefuses(t *testing.T) {
	for what, body := range map[string]string{
		"a page without its slug":    strings.Replace(pageText, `"slug"`, `"name"`, 1),
		"a page without incidents":   strings.Replace(pageText, `"incident"`, `"note"`, 1),
		"a page without maintenance": strings.Replace(pageText, `"maintenanceList"`, `"works"`, 1),
		"a page with groups that are null": `{"config":{"slug":"a"},"incident":null,"publicGroupList":null,` +
			`"maintenanceList":[]}`,
		"an incident without its id":           strings.Replace(pageText, `"id":7`, `"no":7`, 1),
		"an incident without its date":         strings.Replace(pageText, `"createdDate"`, `"date"`, 1),
		"a maintenance without its state":      strings.Replace(pageText, `"status"`, `"state"`, 1),
		"a monitor without its name":           strings.Replace(pageText, `{"id":1,"name":"Locks"}`, `{"id":1}`, 1),
		"heartbeats of nothing":                `{"heartbeatList":{},"uptimeList":{}}`,
		"heartbeats beside something else":     strings.Replace(beatsText, `"uptimeList"`, `"x":1,"uptimeList"`, 1),
		"a heartbeat without its status":       strings.Replace(beatsText, `"status"`, `"state"`, 1),
		"a heartbeat without its time":         strings.Replace(beatsText, `"time"`, `"at"`, 1),
		"a history that failed":                strings.Replace(historyText, `"ok":true`, `"ok":false`, 1),
		"a history that does not say its end":  strings.Replace(historyText, `"hasMore":false`, `"hasMore":null`, 1),
		"a history with an incident not known": strings.Replace(historyText, `"active":false,`, ``, 1),
		"the page of another slug":             `{"ok":false,"msg":"Status Page Not Found"}`,
		"the page of the dashboard": `<!DOCTYPE html><html><head>` +
			`<link rel="manifest" href="/manifest.json"><title>Uptime Kuma</title></head><body></body></html>`,
		"a home page that breaks off": `<!DOCTYPE html><html><head>` +
			`<link rel="manifest" href="/api/status-page/harbour/manifest.json">` +
			`<script id="preload-data">`,
	} {
		p := page.Page{URL: "https://uptime.tidemark.example/status/harbour", Body: []byte(body)}
		if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) {
			t.Errorf("%s is read as %+v (%v)", what, res, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	const api = "https://uptime.tidemark.example/api/status-page/harbour"
	for address, want := range map[string][2]string{ // to home and first request
		"https://uptime.tidemark.example/status/harbour": {"https://uptime.tidemark.example/" +
			"status/harbour", api},
		"https://uptime.tidemark.example/status/harbour/rss": {"https://uptime.tidemark.example/" +
			"status/harbour", api},
		"https://uptime.tidemark.example/api/status-page/harbour": {"https://uptime.tidemark.example/" +
			"status/harbour", api},
		"https://uptime.tidemark.example/api/status-page/heartbeat/harbour": {"https://uptime.tidemark.example/" +
			"status/harbour", api},
		"https://uptime.tidemark.example/api/status-page/harbour/badge?x=true": {"https://uptime.tidemark.example/" +
			"status/harbour", api},
		"https://status.tidemark.example/": {"https://status.tidemark.example", "https://status.tidemark.example"},
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		home := (Platform{}).Home(u)
		if got := [2]string{home, (Platform{}).Start(scraper.Source{URL: home})[0].URL}; got != want {
			t.Errorf("%s has the home and the request %q, want %q", address, got, want)
		}
	}
}

// TestNamesMonitors holds that the names that the page tells come to the numbers that heartbeats have.
func TestNamesMonitors(t *testing.T) {
	from := strings.Replace(pageText, `{"id":1,"name":"Locks"}`, `{"id":12,"name":"a/b & c=d #1"},{"id":1,`+
		`"name":"Löcks +"}`, 1)
	res, err := Platform{}.Parse(scraper.Source{}, page.Page{URL: "https://uptime.tidemark.example/api/" +
		"status-page/harbour", Body: []byte(from)})
	if err != nil || len(res.Follow) != 1 || !res.Part {
		t.Fatalf("the page leads to %+v (%v)", res.Follow, err)
	}
	beats := `{"heartbeatList":{"1":[0,{"status":3,"time":"t"},0],"12":[{"status":1,"time":"t"},{"status":0,` +
		`"time":"t"}],"4":[]},"uptimeList":{}}`
	address, err := url.Parse(res.Follow[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string][]normalize.RawComponent{
		address.String(): {{ID: "12", Name: "a/b & c=d #1", Group: "Harbour", Status: "0"},
			{ID: "1", Name: "Löcks +", Group: "Harbour", Status: "3"}, {ID: "4", Name: "monitor 4"}},
		"": {{ID: "1", Name: "monitor 1", Status: "3"}, {ID: "12", Name: "monitor 12", Status: "0"},
			{ID: "4", Name: "monitor 4"}},
	} {
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{URL: at, Body: []byte(beats)})
		if diff := cmp.Diff(want, res.Components); diff != "" || err != nil || res.Coverage.Components {
			t.Errorf("%s: %v, covers %+v (-want +got)\n%s", at, err, res.Coverage, diff)
		}
	}
}

// TestStatus holds which check of a monitor tells how it is.
func TestStatus(t *testing.T) {
	const up, down = `{"status":1,"time":"t"}`, `{"status":0,"time":"t"}`
	for beats, want := range map[string]string{
		"": "", "0": "", "0,0": "", up: "1", down + "," + up: "1", up + "," + down: "0", up + ",0": "1",
		up + ",0,0": "",
	} {
		body := `{"heartbeatList":{"1":[` + beats + `]},"uptimeList":{}}`
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(body)})
		if err != nil || res.Components[0].Status != want {
			t.Errorf("[%s] is read as %+v (%v), want %q", beats, res.Components, err, want)
		}
	}
}

// TestWindows holds which window of a maintenance is the running one.
func TestWindows(t *testing.T) {
	at := time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ strategy, start, key, text string }{
		{"single", "2026-03-11T10:00", "maintenance-3", "2026-03-11T10:00"},
		{"single", "2026-03-11T13:30", "maintenance-3", "2026-03-11T13:30"},
		{"recurring-interval", "2026-03-11T11:00:00.000Z", "maintenance-3@2026-03-11T11:00:00.000Z",
			"2026-03-11T11:00:00.000Z"},
		{"recurring-interval", "2026-03-12T11:00:00.000Z", "maintenance-3", ""},
		{"cron", "soon", "maintenance-3", ""},
	} {
		body := strings.Replace(pageText, `"timeslotList":[]`,
			`"strategy":"`+c.strategy+`","timeslotList":[{"startDate":"`+c.start+`","endDate":"2026-03-30T15:00"}]`, 1)
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(body), At: at})
		if err != nil {
			t.Fatal(err)
		}
		if raw := res.Incidents[1]; raw.ID != c.key || raw.ScheduledStart.Text != c.text {
			t.Errorf("%s at %s has the key %q and begins at %q", c.strategy, c.start, raw.ID, raw.ScheduledStart.Text)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "uptimekuma")
	for _, body := range []string{pageText, beatsText, historyText} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
