package scraper

import (
	"encoding/json"
	"errors"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
)

// flightText puts the strings of a page's scripts together by a pattern, without the reader of rows.
func flightText(t *testing.T, body []byte) string {
	t.Helper()
	var text strings.Builder
	for _, m := range regexp.MustCompile(`__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)`).FindAllSubmatch(body, -1) {
		var part string
		if err := json.Unmarshal(m[1], &part); err != nil {
			t.Fatal(err)
		}
		text.WriteString(part)
	}
	return text.String()
}

// distinct counts the texts that differ among those a pattern's group finds.
func distinct(text, pattern string) int {
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		seen[m[1]] = true
	}
	return len(seen)
}

func countRaws(res Result) counted {
	n := counted{Incidents: len(res.Incidents), Components: len(res.Components)}
	for _, raw := range res.Incidents {
		n.Updates += len(raw.Updates)
	}
	return n
}

// TestIncidentIOCaptures counts what each recorded page holds: incidents by the ids that the history's
// titles and the timelines name, updates by the times of those that have a new state, components by the
// page's structure.
func TestIncidentIOCaptures(t *testing.T) {
	for _, path := range captureFiles(t, "incident.io/*") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			page := Page{Body: readCapture(t, path)}
			want := countJSONOrFlight(t, page.Body)
			res, err := incidentIO{}.Parse(Source{}, page)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, countRaws(res)); diff != "" {
				t.Errorf("(-in the file +read)\n%s", diff)
			}
			if !Detects(incidentIO{}, page) {
				t.Error("it is not detected")
			}
			if _, err := (statuspage{}).Parse(Source{}, page); !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), "incident.io") {
				t.Errorf("statuspage says %v", err)
			}
			incidents, findings := normalize.Incidents(res.Incidents, WordsOf(incidentIO{}))
			if len(findings) > 0 {
				t.Errorf("findings %+v", findings)
			}
			if len(incidents) != want.Incidents {
				t.Errorf("%d incidents are meant, the file has %d", len(incidents), want.Incidents)
			}
			for _, in := range incidents {
				if in.Title == "" || strings.Contains(in.Title, "$") || in.StartedAt.IsZero() && in.Kind != normalize.KindMaintenance {
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

func countJSONOrFlight(t *testing.T, body []byte) counted {
	t.Helper()
	if body[0] == '{' {
		return countJSON(t, body)
	}
	text := flightText(t, body)
	n := counted{
		Incidents: distinct(text, `"id":"(\w+)","name":"(?:[^"\\]|\\.)*","p(?:ermalink|ublished_at)":"`),
		Updates:   distinct(text, `"id":"(\w+)","message":\{`),
	}
	if strings.Contains(text, `"page_type":"parent"`) {
		n.Components = distinct(text, `"redirect_countries":\[\],"subpath":"(\w+)"`)
	} else {
		n.Components = distinct(text, `"component_id":"(\w+)","data_available_since":"[^"]*","description"`)
	}
	return n
}

// TestIncidentIOCaptureOpen holds what readers of the two broken pages see.
func TestIncidentIOCaptureOpen(t *testing.T) {
	type state struct {
		severity normalize.Severity
		state    normalize.State
		started  string
		covers   Coverage
	}
	all := Coverage{Open: true, Components: true}
	for file, want := range map[string]state{
		"aiven-home-minor-2026-03-16.html":  {normalize.SeverityMajor, normalize.StateMonitoring, "2026-03-01T23:12:45.176Z", all},
		"openai-home-major-2026-03-17.html": {normalize.SeverityMinor, normalize.StateMonitoring, "2026-03-17T02:42:00.000Z", all},
	} {
		res, err := incidentIO{}.Parse(Source{}, Page{Body: readCapture(t, filepath.Join(capturesDir(), "incident.io", file))})
		if err != nil {
			t.Fatal(err)
		}
		incidents, _ := normalize.Incidents(res.Incidents, WordsOf(incidentIO{}))
		first := incidents[0]
		if got := (state{first.Severity, first.State, normalize.FormatTime(first.StartedAt), res.Coverage}); got != want {
			t.Errorf("%s: %+v, want %+v", file, got, want)
		}
	}
}

const ioCompatible = `{"page":{"id":"01HPSDNEQZM6R7MGPCN9VPZ83H","name":"Quayside","url":"https://status.quayside.example/"},`

func TestIncidentIORefuses(t *testing.T) {
	list := `"components":[],"incidents":[]`
	for what, body := range map[string]string{
		"Statuspage's summary":            `{"page":{"id":"a1b2c3d4e5f6","name":"X","url":"https://x.example"},"status":{"indicator":"none"},` + list + `,"scheduled_maintenances":[]}`,
		"a summary whose list is null":    ioCompatible + `"status":{"indicator":"none"},"components":[],"incidents":null}`,
		"a summary without its incidents": ioCompatible + `"status":{"indicator":"none"},"components":[]}`,
		"a summary without its state":     ioCompatible + `"status":{},` + list + `}`,
		"a list anybody could have made":  `{"incidents":[]}`,
		"another's list":                  `{"incidents":[{"id":"a1","name":"b","updates":[],"published_at":"2026-03-01T00:00:00Z"}]}`,
		"a proxy's answer without a list": `{"summary":{"name":"Quayside","affected_components":[],"structure":{"items":[]}}}`,
		"a list that is no list":          `{"summary":{"name":"Quayside","affected_components":[],"structure":{"items":[]},"ongoing_incidents":"2"}}`,
		"no affected components":          `{"summary":{"name":"Quayside","structure":{"items":[]},"ongoing_incidents":[]}}`,
		"a page of another product":       `<!DOCTYPE html><html><body><script>self.__next_f.push([1,"0:{\"a\":1}\n"])</script></body></html>`,
		"a page that refers to itself": `<!DOCTYPE html><html><body><script>self.__next_f.push([1,"5:{\"name\":\"a\",\"affected_components\":[],` +
			`\"ongoing_incidents\":[],\"structure\":\"$6\"}\n6:[\"$6\",\"$6\",\"$6\",\"$6\"]\n"])</script></body></html>`,
	} {
		if res, err := (incidentIO{}).Parse(Source{}, Page{Body: []byte(body)}); !errors.Is(err, ErrShape) {
			t.Errorf("%s is read as %+v (%v)", what, res, err)
		}
	}
}

func TestIncidentIOSummaryCoversNoMaintenances(t *testing.T) {
	rest := `"status":{"indicator":"none"},"components":[],"incidents":[]`
	for body, want := range map[string]Coverage{
		ioCompatible + rest + `}`:                             {Components: true},
		ioCompatible + rest + `,"scheduled_maintenances":[]}`: {Components: true, Open: true},
		ioCompatible + `"incidents":[]}`:                      {},
		ioCompatible + `"components":[]}`:                     {Components: true},
		ioCompatible + `"status":{"indicator":"none"}}`:       {},
		ioCompatible + `"scheduled_maintenances":[]}`:         {},
		`{"component_impacts":[],"incident_links":[]}`:        {},
		`{"summary":{"name":"Q","affected_components":[],"structure":{"items":[]},"ongoing_incidents":[]}}`:                                                  {Components: true},
		`{"summary":{"name":"Q","affected_components":[],"structure":{"items":[]},"ongoing_incidents":[],"scheduled_maintenances":[]}}`:                      {Components: true, Open: true},
		`{"summary":{"name":"Q","page_type":"parent","affected_components":[],"structure":{"items":[]},"ongoing_incidents":[],"scheduled_maintenances":[]}}`: {},
	} {
		res, err := incidentIO{}.Parse(Source{}, Page{Body: []byte(body)})
		if err != nil || res.Coverage != want {
			t.Errorf("%s covers %+v, want %+v (%v)", body, res.Coverage, want, err)
		}
	}
}

func TestIncidentIOImpact(t *testing.T) {
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

func TestIncidentIOMessages(t *testing.T) {
	for text, want := range map[string]string{
		`"plain"`: "plain",
		`{"text_node":{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"One"},{"type":"lineBreak"},{"type":"text","text":"line."}]},{"type":"paragraph","content":[{"type":"text","text":"Two."}]}]}}`: "One\nline.\n\nTwo.",
		`{"type":"doc","content":[{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"a"}]}]}]}]}`:                                                                  "- a",
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

func TestIncidentIOAddresses(t *testing.T) {
	const root = "https://status.quayside.example"
	for page, want := range map[string]string{
		root: root, root + "/": root, root + "/history": root, root + "/incidents/01J": root, root + "/api/v2/summary.json": root,
		root + "/proxy/status.quayside.example/incidents": root, root + "/east": root + "/east", root + "/east/incidents/01J": root + "/east",
		root + "/feed.rss": root, root + "/east/feed.atom": root + "/east",
		"https://statuspage.incident.io/quayside/incidents/a1b2": "https://statuspage.incident.io/quayside",
	} {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if got := (incidentIO{}).Home(u); got != want {
			t.Errorf("home of %s is %s, want %s", page, got, want)
		}
	}
	for source, want := range map[string]string{root: root + "/proxy/status.quayside.example", root + "/east": root + "/east"} {
		if got := (incidentIO{}).Start(Source{URL: source})[0].URL; got != want {
			t.Errorf("%s starts with %s, want %s", source, got, want)
		}
	}
}

func FuzzIncidentIOParse(f *testing.F) {
	seeds(f, "incidentio")
	f.Add([]byte(ioCompatible + `"incidents":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) { checkFuzzed(t, incidentIO{}, body) })
}
