package zendesk

import (
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

const (
	perch = `{"id":"7010","type":"incident","attributes":{"name":"Perch gone","impact":"major",` +
		`"degradation":false,"outage":true,"startedAt":"2026-11-23T07:30:00.000Z",` +
		`"status":"monitoring","resolvedAt":null},"relationships":{"incidentServices":{"data":[{"id":"94",` +
		`"type":"incidentService"}]}}}`
	perches = `{"data":[` + perch + `],"included":[{"id":"94","type":"incidentService",` +
		`"attributes":{"incidentId":7010,"serviceId":12,"serviceName":"Perches"}}]}`
	now = `{"data":[{"id":"7010","type":"incident","attributes":{"degradation":false,"impact":"major",` +
		`"outage":true,"postmortem":"","resolved_at":null,"started_at":"2026-11-23T07:30:00.000Z",` +
		`"status":"investigating","title":"Perch gone"},"relationships":{"incident_updates":{"data":[{"id":"2",` +
		`"type":"incident_update"},{"id":"1","type":"incident_update"}]}}}],` +
		`"included":[{"id":"1","type":"incident_update","attributes":{"created_at":"2026-11-23T07:40:00.000Z",` +
		`"description":"No perch."}},` +
		`{"id":"2","type":"incident_update","attributes":{"created_at":"2026-11-23T08:40:00.000Z",` +
		`"description":"Half a perch."}}]}`
)

func TestMeaning(t *testing.T) {
	tests := []struct {
		name     string
		change   []string
		severity normalize.Severity
		state    normalize.State
		resolved string
	}{
		{name: "open", severity: normalize.SeverityMajor, state: normalize.StateMonitoring},
		{name: "over", change: []string{`"monitoring","resolvedAt":null`,
			`"resolved","resolvedAt":"2026-11-23T09:00:00.000Z"`}, severity: normalize.SeverityMajor,
			state: normalize.StateResolved, resolved: "2026-11-23T09:00:00.000Z"},
		{name: "over, with the state of before", change: []string{`"resolvedAt":null`,
			`"resolvedAt":"2026-11-23T09:00:00.000Z"`}, severity: normalize.SeverityMajor,
			state: normalize.StateResolved, resolved: "2026-11-23T09:00:00.000Z"},
		{name: "over, with an unknown state of before", change: []string{`"monitoring","resolvedAt":null`,
			`"squawking","resolvedAt":"2026-11-23T09:00:00.000Z"`}, severity: normalize.SeverityMajor,
			state: normalize.StateResolved, resolved: "2026-11-23T09:00:00.000Z"},
		{name: "unknown words", change: []string{`"monitoring"`, `"squawking"`, `"major"`, `"noisy"`},
			severity: normalize.SeverityUnknown, state: normalize.StateUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "",
				strings.NewReplacer(tt.change...).Replace(perches)))[0]
			if got.Key != "7010" || got.Severity != tt.severity || got.State != tt.state ||
				normalize.FormatTime(got.ResolvedAt) != tt.resolved {
				t.Errorf("got %s %s %s, resolved at %q", got.Key, got.Severity, got.State,
					normalize.FormatTime(got.ResolvedAt))
			}
			if len(got.Components) != 1 || got.Components[0].Name != "Perches" {
				t.Errorf("affected: %+v", got.Components)
			}
		})
	}
}

func TestUpdatesAndPostmortem(t *testing.T) {
	body := strings.NewReplacer(`"postmortem":""`, `"postmortem":"A beaver did it."`, `"resolved_at":null`,
		`"resolved_at":"2026-11-23T09:00:00.000Z"`).Replace(now)
	got := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "", body))[0]
	if len(got.Updates) != 3 || got.Updates[0].Key != "1" || got.Updates[1].Key != "2" ||
		got.Updates[2].State != normalize.StatePostmortem {
		t.Errorf("the updates are %+v", got.Updates)
	}
}

// TestFollowsOpenIncidents holds that the updates are asked for only while there are any.
func TestFollowsOpenIncidents(t *testing.T) {
	closed := strings.Replace(perches, `"resolvedAt":null`, `"resolvedAt":"2026-11-23T09:00:00.000Z"`, 1)
	for _, tt := range []struct{ name, address, body, want string }{
		{"an open one", "https://status.zendesk.com/api/ssp/incidents.json", perches,
			"https://status.zendesk.com/api/incidents/active"},
		{"an open one of one account", "https://status.zendesk.com/api/ssp/incidents.json?subdomain=acme", perches,
			"https://status.zendesk.com/api/incidents/active?subdomain=acme"},
		{"none that is open", "https://status.zendesk.com/api/ssp/incidents.json", closed, ""},
		{"the updates themselves", "https://status.zendesk.com/api/incidents/active", now, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, r := range platformtest.Parsed(t, Platform{}, tt.address, tt.body).Follow {
				got += r.URL
			}
			if got != tt.want {
				t.Errorf("follows %q, want %q", got, tt.want)
			}
		})
	}
}

// TestEmptyLists holds that an empty list says nothing: it is read as the list of maintenances to come only,
// claims nothing there, and is told for Zendesk's by nobody.
func TestEmptyLists(t *testing.T) {
	const empty = `{"data":[],"included":[]}`
	res := platformtest.Parsed(t, Platform{}, "https://status.zendesk.com/api/incidents/maintenance?subdomain=acme",
		empty)
	if len(res.Incidents) > 0 || res.Coverage != (scraper.Coverage{}) || res.Indicator != "" {
		t.Errorf("read %+v", res)
	}
	if scraper.Detects(Platform{}, page.Page{URL: "https://status.zendesk.com/api/incidents/maintenance",
		Body: []byte(empty)}) {
		t.Error("an empty list is taken for Zendesk's")
	}
	for _, address := range []string{"", "https://status.zendesk.com/api/ssp/incidents.json",
		"https://status.zendesk.com/api/incidents/active"} {
		if res, err := (Platform{}).Parse(scraper.Source{}, page.Page{URL: address, Body: []byte(empty)}); err == nil {
			t.Errorf("%q: read %+v", address, res)
		}
	}
}

func TestRefuses(t *testing.T) {
	platformtest.Refuses(t, Platform{}, map[string]string{
		"nothing included":              strings.Replace(perches, `"included"`, `"extra"`, 1),
		"another type":                  strings.Replace(perches, `"type":"incident",`, `"type":"article",`, 1),
		"an incident without an end":    strings.Replace(perches, `"resolvedAt":null`, `"endedAt":null`, 1),
		"an incident without a start":   strings.Replace(now, `"started_at":"2026-11-23T07:30:00.000Z",`, "", 1),
		"an incident without its state": strings.Replace(perches, `"status":"monitoring",`, "", 1),
		"two lists in one":              strings.Replace(now, `"data":[`, `"data":[`+perch+`,`, 1),
	})
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "zendesk")
	f.Add([]byte(now))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
