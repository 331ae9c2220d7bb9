package scraper

import (
	"fmt"
	"strings"
	"testing"

	"vendorwatch/normalize"
)

const rootlyPier = `{"page":{"name":"Kelpworks Status","url":"https://status.acme.example","time_zone":"Etc/UTC","updated_at":"2026-11-23T11:58:00Z"},"incidents":[` +
	`{"name":"Pier closed","status":"started","impact":"major","started_at":"2026-11-23T09:00:00Z","resolved_at":null,"url":"https://status.acme.example/incidents/p1",` +
	`"incident_updates":[{"body":"It sways.","status":"investigating","created_at":"2026-11-23T09:05:00Z"}]}]}`

func TestRootlyMeaning(t *testing.T) {
	tests := []struct {
		name, old, new string
		kind           normalize.Kind
		severity       normalize.Severity
		state          normalize.State
	}{
		{"the newest update tells the state", "", "", normalize.KindIncident, normalize.SeverityMajor, normalize.StateInvestigating},
		{"it does of what is mitigated", `"started",`, `"mitigated",`, normalize.KindIncident, normalize.SeverityMajor, normalize.StateInvestigating},
		{"resolved", `"started",`, `"resolved",`, normalize.KindIncident, normalize.SeverityMajor, normalize.StateResolved},
		{"a maintenance that goes on", `"started",`, `"in_progress",`, normalize.KindMaintenance, normalize.SeverityMajor, normalize.StateInProgress},
		{"a maintenance to come", `"started",`, `"scheduled",`, normalize.KindMaintenance, normalize.SeverityMajor, normalize.StateScheduled},
		{"an unknown state", `"started",`, `"bubbling",`, normalize.KindIncident, normalize.SeverityMajor, normalize.StateUnknown},
		{"an unknown impact", `"major"`, `"soggy"`, normalize.KindIncident, normalize.SeverityUnknown, normalize.StateInvestigating},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := parsed(t, rootly{}, "", strings.Replace(rootlyPier, tt.old, tt.new, 1))
			got := cloudIncidents(t, rootly{}, res)[0]
			if got.Key != "https://status.acme.example/incidents/p1" || got.Kind != tt.kind || got.Severity != tt.severity || got.State != tt.state {
				t.Errorf("got %s %s %s %s", got.Key, got.Kind, got.Severity, got.State)
			}
		})
	}
}

func TestRootlyMitigatedWithoutUpdates(t *testing.T) {
	from := strings.Index(rootlyPier, `"incident_updates"`)
	body := strings.Replace(rootlyPier[:from], `"started",`, `"mitigated",`, 1) + `"incident_updates":[]}]}`
	if got := cloudIncidents(t, rootly{}, parsed(t, rootly{}, "", body))[0]; got.State != normalize.StateMonitoring {
		t.Errorf("the state is %s", got.State)
	}
}

// TestRootlyFollowsFullPages holds that a list which fills its page is read on.
func TestRootlyFollowsFullPages(t *testing.T) {
	full := func(n int) string {
		var incidents []string
		for i := range n {
			incidents = append(incidents, fmt.Sprintf(`{"name":"Pier %d","status":"started","url":"https://status.acme.example/incidents/p%d","incident_updates":[]}`, i, i))
		}
		return rootlyPier[:strings.Index(rootlyPier, `[`)] + "[" + strings.Join(incidents, ",") + "]}"
	}
	for _, tt := range []struct {
		name, address, body, want string
	}{
		{"a full page", "https://status.acme.example/api/v1/incidents.json?page=2&per_page=100", full(100), "https://status.acme.example/api/v1/incidents.json?page=3&per_page=100"},
		{"a page with room left", "https://status.acme.example/api/v1/incidents.json?page=2&per_page=100", full(99), ""},
		{"a saved page", "", full(100), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, r := range parsed(t, rootly{}, tt.address, tt.body).Follow {
				got += r.URL
			}
			if got != tt.want {
				t.Errorf("follows %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRootlyRefuses(t *testing.T) {
	refuses(t, rootly{}, map[string]string{
		"a page with an id, as Statuspage's":    strings.Replace(rootlyPier, `"page":{`, `"page":{"id":"abc",`, 1),
		"an incident with an id":                strings.Replace(rootlyPier, `{"name":"Pier closed"`, `{"id":"abc","name":"Pier closed"`, 1),
		"an incident without an address":        strings.Replace(rootlyPier, `"url":"https://status.acme.example/incidents/p1",`, "", 1),
		"a list of components beside it":        strings.Replace(rootlyPier, `"incidents":[`, `"components":[],"incidents":[`, 1),
		"a state without an indicator":          strings.Replace(rootlyPier, `"incidents":[`, `"status":{},"incidents":[`, 1),
		"a list that is null":                   rootlyPier[:strings.Index(rootlyPier, `[`)] + "null}",
		"a page without the time it is made at": strings.Replace(rootlyPier, `,"updated_at":"2026-11-23T11:58:00Z"`, "", 1),
	})
}

func FuzzRootlyParse(f *testing.F) {
	seeds(f, "rootly")
	f.Add([]byte(rootlyPier))
	f.Fuzz(func(t *testing.T, body []byte) { checkFuzzed(t, rootly{}, body) })
}
