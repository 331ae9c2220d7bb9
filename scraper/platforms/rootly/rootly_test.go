package rootly

import (
	"fmt"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper/platforms/platformtest"
)

const pier = `{"page":{"name":"Kelpworks Status","url":"https://status.acme.example","time_zone":"Etc/UTC",` +
	`"updated_at":"2026-11-23T11:58:00Z"},"incidents":[` +
	`{"name":"Pier closed","status":"started","impact":"major","started_at":"2026-11-23T09:00:00Z",` +
	`"resolved_at":null,"url":"https://status.acme.example/incidents/p1",` +
	`"incident_updates":[{"body":"It sways.","status":"investigating","created_at":"2026-11-23T09:05:00Z"}]}]}`

func TestMeaning(t *testing.T) {
	tests := []struct {
		name, old, new string
		kind           normalize.Kind
		severity       normalize.Severity
		state          normalize.State
	}{
		{"the newest update tells the state", "", "", normalize.KindIncident, normalize.SeverityMajor,
			normalize.StateInvestigating},
		{"it does of what is mitigated", `"started",`, `"mitigated",`, normalize.KindIncident,
			normalize.SeverityMajor, normalize.StateInvestigating},
		{"resolved", `"started",`, `"resolved",`, normalize.KindIncident, normalize.SeverityMajor,
			normalize.StateResolved},
		{"a maintenance that goes on", `"started",`, `"in_progress",`, normalize.KindMaintenance,
			normalize.SeverityMajor, normalize.StateInProgress},
		{"a maintenance to come", `"started",`, `"scheduled",`, normalize.KindMaintenance, normalize.SeverityMajor,
			normalize.StateScheduled},
		{"an unknown state", `"started",`, `"bubbling",`, normalize.KindIncident, normalize.SeverityMajor,
			normalize.StateUnknown},
		{"an unknown impact", `"major"`, `"soggy"`, normalize.KindIncident, normalize.SeverityUnknown,
			normalize.StateInvestigating},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := platformtest.Parsed(t, Platform{}, "", strings.Replace(pier, tt.old, tt.new, 1))
			got := platformtest.Incidents(t, Platform{}, res)[0]
			if got.Key != "https://status.acme.example/incidents/p1" || got.Kind != tt.kind ||
				got.Severity != tt.severity || got.State != tt.state {
				t.Errorf("got %s %s %s %s", got.Key, got.Kind, got.Severity, got.State)
			}
		})
	}
}

func TestMitigatedWithoutUpdates(t *testing.T) {
	from := strings.Index(pier, `"incident_updates"`)
	body := strings.Replace(pier[:from], `"started",`, `"mitigated",`, 1) + `"incident_updates":[]}]}`
	if got := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "",
		body))[0]; got.State != normalize.StateMonitoring {
		t.Errorf("the state is %s", got.State)
	}
}

// TestFollowsFullPages holds that a list which fills its page is read on.
func TestFollowsFullPages(t *testing.T) {
	full := func(n int) string {
		var incidents []string
		for i := range n {
			incidents = append(incidents, fmt.Sprintf(`{"name":"Pier %d","status":"started",`+
				`"url":"https://status.acme.example/incidents/p%d","incident_updates":[]}`, i, i))
		}
		return pier[:strings.Index(pier, `[`)] + "[" + strings.Join(incidents, ",") + "]}"
	}
	for _, tt := range []struct {
		name, address, body, want string
	}{
		{"a full page", "https://status.acme.example/api/v1/incidents.json?page=2&per_page=100", full(100),
			"https://status.acme.example/api/v1/incidents.json?page=3&per_page=100"},
		{"a page with room left", "https://status.acme.example/api/v1/incidents.json?page=2&per_page=100", full(99),
			""},
		{"a saved page", "", full(100), ""},
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

func TestRefuses(t *testing.T) {
	platformtest.Refuses(t, Platform{}, map[string]string{
		"a page with an id, as Statuspage's": strings.Replace(pier, `"page":{`, `"page":{"id":"abc",`, 1),
		"an incident with an id": strings.Replace(pier, `{"name":"Pier closed"`,
			`{"id":"abc","name":"Pier closed"`, 1),
		"an incident without an address": strings.Replace(pier, `"url":"https://status.acme.example/inciden`+
			`ts/p1",`, "", 1),
		"a list of components beside it": strings.Replace(pier, `"incidents":[`,
			`"components":[],"incidents":[`, 1),
		"a state without an indicator": strings.Replace(pier, `"incidents":[`, `"status":{},"incidents":[`,
			1),
		"a list that is null":                   pier[:strings.Index(pier, `[`)] + "null}",
		"a page without the time it is made at": strings.Replace(pier, `,"updated_at":"2026-11-23T11:58:00Z"`, "", 1),
	})
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "rootly")
	f.Add([]byte(pier))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}

// A status document with as many incidents as a page may have may be cut: what it lacks may be open.
func TestAFullListProvesNoEnd(t *testing.T) {
	from, to := strings.Index(pier, `{"name":"Pier closed"`), strings.LastIndex(pier, `]}`)
	for _, count := range []int{0, 1, perPage - 1, perPage, perPage + 1} {
		var list []string
		for n := range count {
			list = append(list, strings.ReplaceAll(pier[from:to], "incidents/p1", fmt.Sprintf("incidents/p%d", n)))
		}
		body := strings.Replace(pier[:from], `"incidents":[`, `"status":{"indicator":"major","description":"x"},`+
			`"incidents":[`, 1) + strings.Join(list, ",") + pier[to:]
		res := platformtest.Parsed(t, Platform{}, "", body)
		if len(res.Incidents) != count || res.Coverage.Open != (count < perPage) {
			t.Errorf("%d incidents, %d read, %+v", count, len(res.Incidents), res.Coverage)
		}
	}
}
