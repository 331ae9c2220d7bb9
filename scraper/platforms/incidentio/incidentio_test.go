package incidentio

import (
	"encoding/json"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
	"vendorwatch/scraper/platforms/statuspage"
)

// TestCaptures counts what each recorded page holds: incidents by the ids that the history's
// titles and the timelines name, updates by the times of those that have a new state, components by the
// page's structure.
func TestCaptures(t *testing.T) {
	for _, path := range platformtest.CaptureFiles(t, "incident.io/*") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			p := page.Page{Body: platformtest.ReadCapture(t, path)}
			want := countJSONOrFlight(t, p.Body)
			res, err := Platform{}.Parse(scraper.Source{}, p)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, platformtest.CountRaws(res)); diff != "" {
				t.Errorf("(-in the file +read)\n%s", diff)
			}
			if !scraper.Detects(Platform{}, p) {
				t.Error("it is not detected")
			}
			if _, err := (statuspage.Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) ||
				!strings.Contains(err.Error(), "incident.io") {
				t.Errorf("statuspage says %v", err)
			}
			incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
			if len(findings) > 0 {
				t.Errorf("findings %+v", findings)
			}
			if len(incidents) != want.Incidents {
				t.Errorf("%d incidents are meant, the file has %d", len(incidents), want.Incidents)
			}
			for _, in := range incidents {
				if in.Title == "" || strings.Contains(in.Title, "$") || in.StartedAt.IsZero() &&
					in.Kind != normalize.KindMaintenance {
					t.Errorf("incident %q began %s", in.Title, in.StartedAt)
				}
				for _, u := range in.Updates {
					if u.Body == "" || strings.HasPrefix(u.Body, "$") || u.PostedAt.IsZero() {
						t.Errorf("update %s of %q of %s says %q", u.Key, in.Title, u.PostedAt, u.Body)
					}
				}
			}
		})
	}
}

func countJSONOrFlight(t *testing.T, body []byte) platformtest.Counted {
	t.Helper()
	if body[0] == '{' {
		return platformtest.CountJSON(t, body)
	}
	text := platformtest.FlightText(t, body)
	n := platformtest.Counted{
		Incidents: platformtest.Distinct(text, `"id":"(\w+)","name":"(?:[^"\\]|\\.)*","p(?:ermalink|ublished_at)":"`),
		Updates:   platformtest.Distinct(text, `"id":"(\w+)","message":\{`),
	}
	if strings.Contains(text, `"page_type":"parent"`) {
		n.Components = platformtest.Distinct(text, `"redirect_countries":\[\],"subpath":"(\w+)"`)
	} else {
		n.Components = platformtest.Distinct(text, `"component_id":"(\w+)","data_available_since":"[^"]*",`+
			`"description"`)
	}
	return n
}

// TestCaptureOpen holds what readers of the two broken pages see.
func TestCaptureOpen(t *testing.T) {
	type state struct {
		severity normalize.Severity
		state    normalize.State
		started  string
		covers   scraper.Coverage
	}
	all := scraper.Coverage{Open: true, Components: true}
	for file, want := range map[string]state{
		"aiven-home-minor-2026-03-16.html": {normalize.SeverityMajor, normalize.StateMonitoring,
			"2026-03-01T23:12:45.176Z", all},
		"openai-home-major-2026-03-17.html": {normalize.SeverityMinor, normalize.StateMonitoring,
			"2026-03-17T02:42:00.000Z", all},
	} {
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: platformtest.ReadCapture(t,
			filepath.Join(platformtest.Captures(), "incident.io", file))})
		if err != nil {
			t.Fatal(err)
		}
		incidents, _ := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
		first := incidents[0]
		if got := (state{first.Severity, first.State, normalize.FormatTime(first.StartedAt),
			res.Coverage}); got != want {
			t.Errorf("%s: %+v, want %+v", file, got, want)
		}
	}
}

const compatibleSummary = `{"page":{"id":"01HPSDNEQZM6R7MGPCN9VPZ83H","name":"Quayside",` +
	`"url":"https://status.quayside.example/"},`

func TestRefuses(t *testing.T) {
	list := `"components":[],"incidents":[]`
	for what, body := range map[string]string{
		"Statuspage's summary": `{"page":{"id":"a1b2c3d4e5f6","name":"X","url":"https://x.example"},` +
			`"status":{"indicator":"none"},` + list + `,"scheduled_maintenances":[]}`,
		"a summary whose list is null": compatibleSummary + `"status":{"indicator":"none"},"components":[],` +
			`"incidents":null}`,
		"a summary without its incidents": compatibleSummary + `"status":{"indicator":"none"},"components":[]}`,
		"a summary without its state":     compatibleSummary + `"status":{},` + list + `}`,
		"a list anybody could have made":  `{"incidents":[]}`,
		"another's list": `{"incidents":[{"id":"a1","name":"b","updates":[],` +
			`"published_at":"2026-03-01T00:00:00Z"}]}`,
		"a proxy's answer without a list": `{"summary":{"name":"Quayside","affected_components":[],` +
			`"structure":{"items":[]}}}`,
		"a list that is no list": `{"summary":{"name":"Quayside","affected_components":[],` +
			`"structure":{"items":[]},"ongoing_incidents":"2"}}`,
		"no affected components": `{"summary":{"name":"Quayside","structure":{"items":[]},"ongoing_incidents":[]}}`,
		"a page of another product": `<!DOCTYPE html><html><body><script>self.__next_f.push([1,` +
			`"0:{\"a\":1}\n"])</script></body></html>`,
		"a page that refers to itself": `<!DOCTYPE html><html><body><script>self.__next_f.push([1,` +
			`"5:{\"name\":\"a\",\"affected_components\":[],` +
			`\"ongoing_incidents\":[],\"structure\":\"$6\"}\n6:[\"$6\",\"$6\",\"$6\",\"$6\"]\n"])</script></body>` +
			`</html>`,
	} {
		if res, err := (Platform{}).Parse(scraper.Source{}, page.Page{Body: []byte(body)}); !errors.Is(err,
			page.ErrShape) {
			t.Errorf("%s is read as %+v (%v)", what, res, err)
		}
	}
}

func TestSummaryCoversNoMaintenances(t *testing.T) {
	rest := `"status":{"indicator":"none"},"components":[],"incidents":[]`
	for body, want := range map[string]scraper.Coverage{
		compatibleSummary + rest +
			`}`: {Components: true},
		compatibleSummary + rest +
			`,"scheduled_maintenances":[]}`: {Components: true, Open: true},
		compatibleSummary + `"incidents":[]}`: {},
		compatibleSummary +
			`"components":[]}`: {Components: true},
		compatibleSummary +
			`"status":{"indicator":"none"}}`: {},
		compatibleSummary +
			`"scheduled_maintenances":[]}`: {},
		`{"component_impacts":[],` +
			`"incident_links":[]}`: {},
		`{"summary":{"name":"Q","affected_components":[],"structure":{"items":[]},` +
			`"ongoing_incidents":[]}}`: {Components: true},
		`{"summary":{"name":"Q","affected_components":[],"structure":{"items":[]},"ongoing_incidents":[],` +
			`"scheduled_maintenances":[]}}`: {Components: true, Open: true},
		`{"summary":{"name":"Q","page_type":"parent","affected_components":[],"structure":{"items":[]},` +
			`"ongoing_incidents":[],"scheduled_maintenances":[]}}`: {},
	} {
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(body)})
		if err != nil || res.Coverage != want {
			t.Errorf("%s covers %+v, want %+v (%v)", body, res.Coverage, want, err)
		}
	}
}

func TestImpact(t *testing.T) {
	for want, words := range map[string][]string{
		"":                  {},
		"operational":       {"operational"},
		"partial_outage":    {"degraded_performance", "partial_outage", "operational"},
		"full_outage":       {"under_maintenance", "full_outage", "partial_outage"},
		"frozen_solid":      {"full_outage", "frozen_solid"},
		"under_maintenance": {"operational", "under_maintenance"},
	} {
		if got := worstOf(words); got != want {
			t.Errorf("the worst of %v is %q, want %q", words, got, want)
		}
	}
}

func TestMessages(t *testing.T) {
	for text, want := range map[string]string{
		`"plain"`: "plain",
		`{"text_node":{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text",` +
			`"text":"One"},{"type":"lineBreak"},{"type":"text","text":"line."}]},{"type":"paragraph",` +
			`"content":[{"type":"text","text":"Two."}]}]}}`: "One\nline.\n\nTwo.",
		`{"type":"doc","content":[{"type":"bulletList","content":[{"type":"listItem",` +
			`"content":[{"type":"paragraph","content":[{"type":"text","text":"a"}]}]}]}]}`: "- a",
		`{"markdown":"**a**"}`: "**a**",
		`null`:                 "",
		`12`:                   "",
	} {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if got := richText(v); got != want {
			t.Errorf("%s says %q, want %q", text, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	const root = "https://status.quayside.example"
	for page, want := range map[string]string{
		root: root, root + "/": root, root + "/history": root, root + "/incidents/01J": root,
		root + "/api/v2/summary.json":                     root,
		root + "/proxy/status.quayside.example/incidents": root, root + "/east": root + "/east",
		root + "/east/incidents/01J": root + "/east",
		root + "/feed.rss":           root, root + "/east/feed.atom": root + "/east",
		"https://statuspage.incident.io/quayside/incidents/a1b2": "https://statuspage.incident.io/quayside",
	} {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Platform{}).Home(u); got != want {
			t.Errorf("home of %s is %s, want %s", page, got, want)
		}
	}
	for source, want := range map[string]string{root: root + "/proxy/status.quayside.example",
		root + "/east": root + "/east"} {
		if got := (Platform{}).Start(scraper.Source{URL: source})[0].URL; got != want {
			t.Errorf("%s starts with %s, want %s", source, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "incidentio")
	f.Add([]byte(compatibleSummary + `"incidents":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
