package cachet

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

// fixture reads a page of the cases.
func fixture(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(platformtest.Testdata(), "cachet", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestRefuses renames each key by which a list of Cachet is known.
func TestRefuses(t *testing.T) {
	for name, keys := range map[string][]string{
		"v2_broken/incident-list.json": {"pagination", "total", "total_pages", "current_page", "links", "data",
			"human_status", "visible", "status", "id", "created_at"},
		"v2_broken/components.json": {"status_name", "status", "enabled", "name"},
		"v2_broken/groups.json":     {"enabled_components", "name", "id"},
		"v2_broken/schedules.json":  {"scheduled_at", "status", "human_status"},
		"v3_broken/incident-list.json": {"data", "links", "meta", "path", "per_page", "current_page", "type",
			"attributes", "name", "status", "created"},
		"v3_broken/components.json": {"type", "name", "status", "created"},
		"v3_broken/schedules.json":  {"type", "name", "status", "scheduled"},
	} {
		whole := fixture(t, name)
		for _, key := range keys {
			body := strings.ReplaceAll(whole, `"`+key+`":`, `"`+key+`_":`)
			if body == whole {
				t.Fatalf("%s has no %q", name, key)
			}
			p := page.Page{URL: "https://status.tidemark.example/api/v1/incidents", Body: []byte(body)}
			if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) {
				t.Errorf("%s without %q is read as %q with %d incidents (%v)", name, key, res.Document,
					len(res.Incidents), err)
			}
		}
	}
	for what, body := range map[string]string{
		"a pong":   `{"data":"Pong!"}`,
		"an error": `{"errors":[{"id":"a","status":404,"title":"Not Found"}]}`,
		"any paged list": `{"data":[{"id":1,"name":"a"}],"links":{"next":null},` +
			`"meta":{"current_page":1,"path":"https://acme.example/api/users","per_page":15}}`,
		"an empty list of anything": `{"data":[],"links":{"next":null},"meta":{"current_page":1,` +
			`"path":"https://acme.example/api/users","per_page":15}}`,
		"no component of 3.x": `{"data":[],"links":{"next":null},"meta":{"current_page":1,` +
			`"path":"https://acme.example/api/components","per_page":15}}`,
		"a list whose entries are of kinds": `{"meta":{"pagination":{"total":2,"count":2,"current_page":1,` +
			`"total_pages":1,"links":{"next_page":null}}},"data":[{"id":1,"name":"a","created_at":"b",` +
			`"enabled_components":[]},{"id":1,"name":"a","status":1,"enabled":true,"created_at":"b",` +
			`"status_name":"c"}]}`,
	} {
		if res, err := (Platform{}).Parse(scraper.Source{}, page.Page{URL: "https://status.tidemark.example/api/" +
			"incidents", Body: []byte(body)}); !errors.Is(err, page.ErrShape) {
			t.Errorf("%s is read as %+v (%v)", what, res, err)
		}
	}
}

// TestPages holds which pages follow a page.
func TestPages(t *testing.T) {
	const list = "https://status.tidemark.example/api/v1/"
	more := strings.NewReplacer(`"total_pages":1`, `"total_pages":3`)
	for _, c := range []struct {
		what, fixture, at string
		mode              scraper.Mode
		want              string
		part              bool
	}{
		{"newest incidents", "v2_broken/incident-list.json", list + "incidents?per_page=100", scraper.Poll, "", false},
		{"incidents of a backfill", "v2_broken/incident-list.json", list + "incidents?per_page=100",
			scraper.Backfill, list + "incidents?per_page=100&page=2", false},
		{"components", "v2_broken/components.json", list + "components?per_page=100#1=Harbour", scraper.Poll,
			list + "components?per_page=100&page=2#1=Harbour", true},
	} {
		page := page.Page{URL: c.at, Body: []byte(more.Replace(fixture(t, c.fixture)))}
		res, err := Platform{}.Parse(scraper.Source{Mode: c.mode}, page)
		got := ""
		if len(res.Follow) > 0 {
			got = res.Follow[0].URL
		}
		if err != nil || got != c.want || res.Part != c.part || res.Coverage != (scraper.Coverage{}) {
			t.Errorf("%s lead to %q, part %v, cover %+v (%v)", c.what, got, res.Part, res.Coverage, err)
		}
	}
}

func TestWords(t *testing.T) {
	for number, want := range map[string]normalize.ComponentStatus{
		"1": normalize.StatusOperational,
		"2": normalize.StatusDegraded,
		"3": normalize.StatusPartial,
		"4": normalize.StatusMajor,
		"5": normalize.StatusUnknown,
		"6": normalize.StatusMaintenance,
		"7": normalize.StatusUnknown,
	} {
		components, findings := normalize.Components([]normalize.RawComponent{{ID: "1", Name: "Locks",
			Status: number}}, scraper.WordsOf(Platform{}))
		if components[0].Status != want || len(findings) > 0 != (number == "7") {
			t.Errorf("%s means %s, findings %v", number, components[0].Status, findings)
		}
	}
	for number, want := range map[string]normalize.State{
		"0": normalize.StateScheduled,
		"1": normalize.StateInProgress,
		"2": normalize.StateCompleted,
		"3": normalize.StateUnknown,
	} {
		incidents, findings := normalize.Incidents([]normalize.Raw{{ID: "a", Title: "a",
			State: scheduleWord(number)}}, scraper.WordsOf(Platform{}))
		if incidents[0].State != want || len(findings) > 0 != (number == "3") {
			t.Errorf("the schedule's state %s means %s, findings %v", number, incidents[0].State, findings)
		}
	}
}

// TestPostsOfOneTime holds that posts of one time stand in the order in which they were written, which the id of the
// latest one tells.
func TestPostsOfOneTime(t *testing.T) {
	post := func(id, status string) string {
		return `{"id":` + id + `,"status":` + status + `,"message":"post ` + id +
			`","created_at":"2026-11-20 08:00:00"}`
	}
	for name, c := range map[string]struct{ posts, latest, want string }{
		"newest first":        {post("1", "4") + "," + post("2", "3") + "," + post("3", "2"), "1", "0321"},
		"oldest first":        {post("1", "2") + "," + post("2", "3") + "," + post("3", "4"), "3", "0123"},
		"no latest one named": {post("1", "2") + "," + post("2", "3") + "," + post("3", "4"), "null", "0123"},
	} {
		body := `{"meta":{"pagination":{"total":1,"count":1,"per_page":20,"current_page":1,"total_pages":1,` +
			`"links":{}}},"data":[{"id":9,"name":"Leak","status":1,"visible":1,"message":"post 0",` +
			`"human_status":"Investigating",` +
			`"occurred_at":"2026-11-20 08:00:00","created_at":"2026-11-20 08:00:00",` +
			`"updated_at":"2026-11-20 08:00:00","latest_status":4,"latest_update_id":` + c.latest +
			`,"updates":[` + c.posts + `]}]}`
		got := ""
		for _, u := range platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{},
			"https://status.acme.example/api/v1/incidents", body))[0].Updates {
			got += strings.TrimPrefix(u.Body, "post ")
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestHome(t *testing.T) {
	for page, want := range map[string]string{
		"https://status.tidemark.example/":                            "https://status.tidemark.example",
		"https://status.tidemark.example/api/v1/incidents?per_page=1": "https://status.tidemark.example",
		"https://status.tidemark.example/incidents/9":                 "https://status.tidemark.example",
		"https://status.tidemark.example/rss":                         "https://status.tidemark.example",
		"https://tidemark.example/status/api/components":              "https://tidemark.example/status",
		"https://tidemark.example/status":                             "https://tidemark.example/status",
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
	platformtest.Seeds(f, "cachet")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
