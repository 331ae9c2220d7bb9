package uptimecom

import (
	"errors"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestStart(t *testing.T) {
	const host = "https://status.harrowgate.example"
	for address, want := range map[string]string{
		host:                                  host,
		host + "/":                            host,
		host + "/history":                     host,
		host + "/statuspage/harrow-eu":        host + "/statuspage/harrow-eu",
		host + "/statuspage/harrow-eu/ajax":   host + "/statuspage/harrow-eu",
		host + "/statuspage/harrow-eu/551/up": host + "/statuspage/harrow-eu",
	} {
		got := Platform{}.Start(scraper.Source{URL: address})
		if got[0].URL != want+"/ajax" || got[0].Fallback[0].URL != want || got[1].URL != want+"/history" {
			t.Errorf("%s starts with %+v", address, got)
		}
	}
}

func TestRefuses(t *testing.T) {
	const whole = `{"error":null,"data":{"global_is_operational":true,"components":[],"active_incidents":[],` +
		`"upcoming_maintenance":[]}}`
	res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(whole)})
	if err != nil || !res.Coverage.Open {
		t.Fatalf("coverage %+v, error %v", res.Coverage, err)
	}
	for what, change := range map[string][2]string{
		"an error beside the data":    {`"error":null`, `"error":"Page is private"`},
		"no data":                     {`"data"`, `"page"`},
		"no flag":                     {`"global_is_operational":true,`, ``},
		"a flag that is null":         {`"global_is_operational":true`, `"global_is_operational":null`},
		"no components":               {`"components":[],`, ``},
		"incidents that are null":     {`"active_incidents":[]`, `"active_incidents":null`},
		"an incident without a name":  {`"active_incidents":[]`, `"active_incidents":[{"id":1}]`},
		"a component without an id":   {`"components":[]`, `"components":[{"name":"API","status":"operational"}]`},
		"a maintenance that is a day": {`"upcoming_maintenance":[]`, `"upcoming_maintenance":["2026-02-28"]`},
	} {
		p := page.Page{Body: []byte(strings.Replace(whole, change[0], change[1], 1))}
		if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) ||
			scraper.Detects(Platform{}, p) {
			t.Errorf("%s: read as %+v (%v)", what, res, err)
		}
	}
	platformtest.Refuses(t, Platform{}, map[string]string{
		"a history whose open incident has no id": `{"data":{"past_incidents":[{"id":1,"name":"API down"}],` +
			`"active_incidents":[{"name":"Site down"}]}}`,
	})
	// Without the list of what is planned, nothing can be concluded from a maintenance's absence.
	res, err = Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(strings.Replace(whole,
		`,"upcoming_maintenance":[]`, ``, 1))})
	if err != nil || res.Coverage.Open {
		t.Errorf("coverage %+v, error %v", res.Coverage, err)
	}
}

// TestImpact holds that an incident has the impact of its worst component while it lasts.
func TestImpact(t *testing.T) {
	part := func(words ...string) (parts []component) {
		for _, w := range words {
			parts = append(parts, component{ID: "1", Name: w, Status: w})
		}
		return parts
	}
	tests := []struct {
		list  string
		parts []component
		want  normalize.Severity
	}{
		{"active_incidents", part("operational", "partial-outage", "degraded-performance"), normalize.SeverityMajor},
		{"active_incidents", part("major-outage", "under-maintenance"), normalize.SeverityCritical},
		{"active_incidents", part("operational"), normalize.SeverityUnknown},
		{"active_incidents", part("on fire"), normalize.SeverityUnknown},
		{"active_incidents", nil, normalize.SeverityUnknown},
		{"past_incidents", part("major-outage"), normalize.SeverityUnknown},
	}
	for _, tt := range tests {
		raw := incident{ID: "1", Name: "a", Type: "INCIDENT", Components: tt.parts}.raw(docPage, tt.list,
			page.Page{}.At)
		in, _ := normalize.Incidents([]normalize.Raw{raw}, scraper.WordsOf(Platform{}))
		if in[0].Severity != tt.want {
			t.Errorf("%s %+v: %s, want %s", tt.list, tt.parts, in[0].Severity, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "uptimecom")
	f.Add([]byte(`<html>createElement(StatusPageDisplayController,{"statuspage":{}})</html>`))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
