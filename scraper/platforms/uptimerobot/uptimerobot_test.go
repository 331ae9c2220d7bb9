package uptimerobot

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

const (
	listText = `{"status":"ok","data":[{"monitorId":71,"name":"Locks","statusClass":"success"}],` +
		`"statistics":{"counts":{"total":1}}}`
	feedText = `{"status":true,"results":[{"eventType":"ann","title":"Fog","content":"Wait.","ts":1773229200}],` +
		`"meta":{"count":1,"total":1}}`
)

func TestRefuses(t *testing.T) {
	list := func(old, new string) string { return strings.Replace(listText, old, new, 1) }
	feed := func(old, new string) string { return strings.Replace(feedText, old, new, 1) }
	for what, body := range map[string]string{
		"a list that failed":            list(`"ok"`, `"fail"`),
		"a list without monitors":       `{"status":"ok","data":[]}`,
		"a list under another name":     list(`"data"`, `"items"`),
		"a monitor without its number":  list(`"monitorId"`, `"id"`),
		"a monitor without its name":    list(`"name"`, `"title"`),
		"a monitor without its status":  list(`"statusClass"`, `"class"`),
		"a feed that failed":            feed(`true`, `false`),
		"a feed that does not say much": feed(`"total"`, `"sum"`),
		"a feed that is null":           `{"status":true,"results":null,"meta":{"count":0,"total":0}}`,
		"an event without its title":    feed(`"title"`, `"head"`),
		"an event without its time":     feed(`"ts"`, `"when"`),
		"an event without its type":     feed(`"eventType"`, `"sort"`),
		"a page of another product": `<html><head><title>Status</title></head>` +
			`<body>Status page by UptimeRobot</body></html>`,
		"a page that leads elsewhere": `<html><script>window.pspApiPath = 'https://evil.example/api/getMonitorList` +
			`/abc';</script></html>`,
		"a page that breaks off": `<html><script>window.pspApiPath = '/api/getMonitorList/abc';</script>`,
	} {
		p := page.Page{URL: "https://status.tidemark.example/", Body: []byte(body)}
		if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) {
			t.Errorf("%s is read as %+v (%v)", what, res, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	const list, own = "https://stats.uptimerobot.com/api/getMonitorList/" +
		"Tm7dE9k", "https://status.tidemark.example/api/getMonitorList/Tm7dE9k"
	for address, want := range map[string][2]string{ // to home and first request
		"https://stats.uptimerobot.com/Tm7dE9k":                  {"https://stats.uptimerobot.com/Tm7dE9k", list},
		"https://stats.uptimerobot.com/Tm7dE9k/796288296":        {"https://stats.uptimerobot.com/Tm7dE9k", list},
		"https://stats.uptimerobot.com/api/getEventFeed/Tm7dE9k": {"https://stats.uptimerobot.com/Tm7dE9k", list},
		own:                                {own, own},
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

// TestFollowsItsPage holds which addresses of a home page's script are asked.
func TestFollowsItsPage(t *testing.T) {
	for script, want := range map[string]string{
		`window.pspApiPath = 'https://stats.uptimerobot.com/api/getMonitorList` +
			`/abc';`: "https://stats.uptimerobot.com/api/getMonitorList/abc " +
			"https://stats.uptimerobot.com/api/getEventFeed/abc",
		`var pspApiPath="/api/getMonitorList/a-b_c"`: "https://status.tidemark.example/api/getMonitorList/a-b_c " +
			"https://status.tidemark.example/api/getEventFeed/a-b_c",
		`window.pspApiPath='/api/getMonitorList/a';window.eventsApiPath='/x/api/getEventFe` +
			`ed/b';`: "https://status.tidemark.example/api/getMonitorList/a " +
			"https://status.tidemark.example/x/api/getEventFeed/b",
	} {
		page := page.Page{URL: "https://status.tidemark.example/", Body: []byte("<html><script>" + script +
			"</script></html>")}
		res, err := Platform{}.Parse(scraper.Source{}, page)
		if err != nil || len(res.Follow) != 2 || res.Follow[0].URL+" "+res.Follow[1].URL != want || !res.Part {
			t.Errorf("%s leads to %+v (%v)", script, res.Follow, err)
		}
	}
}

// TestPages holds when a list is known to be whole, and what comes after a page of it.
func TestPages(t *testing.T) {
	const address = "https://stats.uptimerobot.com/api/getMonitorList/abc"
	for _, c := range []struct {
		what, at, totals string
		whole            bool
		next             string
	}{
		{"the only page", address, `"psp":{"totalMonitors":1}`, true, ""},
		{"the first of two", address, `"psp":{"totalMonitors":2}`, false, address + "?page=2#after=1"},
		{"the second of two", address + "?page=2#after=1", `"psp":{"totalMonitors":2}`, true, ""},
		{"the second of three", address + "?page=2#after=1", `"psp":{"totalMonitors":3}`, false,
			address + "?page=3#after=2"},
		{"the only page, counted by status", address, `"statistics":{"counts":{"up":1,"down":0,"paused":0}}`, true,
			""},
		{"a page that does not say how many there are", address, `"psp":{}`, false, ""},
		{"a page far behind", address + "?page=100#after=99", `"psp":{"totalMonitors":500}`, false, ""},
	} {
		body := fmt.Sprintf(`{"status":"ok","data":[{"monitorId":71,"name":"Locks","statusClass":"success"}],%s}`,
			c.totals)
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{URL: c.at, Body: []byte(body)})
		next := ""
		if len(res.Follow) > 0 {
			next = res.Follow[0].URL
		}
		if err != nil || res.Coverage.Components != c.whole || next != c.next || len(res.Components) != 1 {
			t.Errorf("%s covers %+v and leads to %q (%v)", c.what, res.Coverage, next, err)
		}
	}
}

// TestEndOfEvent holds that an event's end ends it once it has passed, whatever its words say.
func TestEndOfEvent(t *testing.T) {
	for _, c := range []struct {
		kind, end, at string
		state         normalize.State
		resolved      string
	}{
		{"ann", `null,"endDate":"April 25, 2025, 02:10"`, "2025-04-25T02:00:00Z", normalize.StateResolved,
			"2025-04-25T00:10:00.000Z"}, // the page's zone is two hours ahead
		{"ann", `null,"endDate":1745543400`, "2025-04-25T02:00:00Z", normalize.StateResolved,
			"2025-04-25T01:10:00.000Z"},
		{"ann", `null,"endDate":null`, "2025-04-25T02:00:00Z", normalize.StateInvestigating, ""},
		{"ann", `"April 25, 2025, 01:10"`, "2025-04-25T02:00:00Z", normalize.StateResolved,
			"2025-04-25T01:10:00.000Z"},
		{"ann", `"Apr 25, 2025, 01:10"`, "2025-04-25T02:00:00Z", normalize.StateResolved, "2025-04-25T01:10:00.000Z"},
		{"ann", `"April 25, 2025, 03:10"`, "2025-04-25T02:00:00Z", normalize.StateInvestigating, ""},
		{"ann", `null`, "2025-04-25T02:00:00Z", normalize.StateInvestigating, ""},
		{"maintenance", `"April 25, 2025, 01:10"`, "2025-04-25T02:00:00Z", normalize.StateCompleted,
			"2025-04-25T01:10:00.000Z"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		body := `{"status":true,"results":[{"eventType":"` + c.kind +
			`","title":"Fog","content":"We are investigating the fog.","ts":1745537880,` +
			`"date":"April 25, 2025","time":"01:38","endDateGMT":` + c.end +
			`}],"meta":{"count":1,"total":1}}`
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{At: at, Body: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		in := platformtest.Incidents(t, Platform{}, res)[0]
		if got := normalize.FormatTime(in.ResolvedAt); in.State != c.state || got != c.resolved {
			t.Errorf("%s that ends %s is %s at %s, ended %q", c.kind, c.end, in.State, c.at, got)
		}
	}
}

func TestWords(t *testing.T) {
	for class, want := range map[string]normalize.ComponentStatus{
		"success": normalize.StatusOperational, "warning": normalize.StatusDegraded, "danger": normalize.StatusMajor,
		"paused": normalize.StatusUnknown, "black": normalize.StatusUnknown, "purple": normalize.StatusUnknown,
	} {
		body := strings.Replace(listText, "success", class, 1)
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		components, findings := normalize.Components(res.Components, scraper.WordsOf(Platform{}))
		if components[0].Status != want || len(findings) > 0 != (class == "purple") {
			t.Errorf("%s means %s, findings %v", class, components[0].Status, findings)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "uptimerobot")
	f.Add([]byte(listText))
	f.Add([]byte(feedText))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
