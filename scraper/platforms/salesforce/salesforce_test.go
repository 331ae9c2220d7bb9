package salesforce

import (
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/platformtest"
)

const (
	fox = `{"id":9,"externalId":"99","message":{"rootCause":null},"affectsAll":false,"status":"Active",` +
		`"type":"Disruption","createdAt":"2026-11-23T10:20:00.000Z","updatedAt":"2026-11-23T11:05:00.000Z",` +
		`"IncidentImpacts":[{"id":1,"startTime":"2026-11-23T10:30:00.000Z","endTime":null,` +
		`"type":"serviceDisruption","severity":"major"},` +
		`{"id":2,"startTime":"2026-11-23T10:02:00.000Z","endTime":"2026-11-23T10:30:00.000Z",` +
		`"type":"performanceDegradation","severity":"minor"}],` +
		`"IncidentEvents":[{"id":22,"type":"update","message":"A fox.",` +
		`"createdAt":"2026-11-23T11:05:00.000Z"},{"id":21,"type":"update","message":"Hens are missing.",` +
		`"createdAt":"2026-11-23T10:20:00.000Z"}],` +
		`"instanceKeys":["HEN4"],"serviceKeys":["henService"]}`
	fence = `{"id":9,"message":{"maintenanceType":"release","eventStatus":"confirmed"},"name":"Fence repair",` +
		`"plannedStartTime":"2026-12-14T02:00:00.000Z","plannedEndTime":"2026-12-14T06:00:00.000Z",` +
		`"createdAt":"2026-11-01T10:00:00.000Z","updatedAt":"2026-11-01T10:00:00.000Z","MaintenanceImpacts":[],` +
		`"MaintenanceEvents":[],"instanceKeys":["HEN4"],"serviceKeys":[]}`
)

func TestIncidents(t *testing.T) {
	tests := []struct {
		name     string
		change   []string
		title    string
		severity normalize.Severity
		state    normalize.State
		resolved string
		affected int
	}{
		{name: "open", title: "henService: Disruption", severity: normalize.SeverityMajor,
			state: normalize.StateInvestigating, affected: 2},
		{name: "over with its last impact", change: []string{`"Active"`, `"Resolved"`, `"endTime":null`,
			`"endTime":"2026-11-23T11:00:00.000Z"`}, title: "henService: Disruption",
			severity: normalize.SeverityMajor, state: normalize.StateResolved, resolved: "2026-11-23T11:00:00.000Z",
			affected: 2},
		{name: "impacts that ended end nothing", change: []string{`"endTime":null`,
			`"endTime":"2026-11-23T11:00:00.000Z"`}, title: "henService: Disruption",
			severity: normalize.SeverityMajor, state: normalize.StateInvestigating, affected: 2},
		{name: "the severest impact counts, wherever it stands", change: []string{`"severity":"minor"`,
			`"severity":"critical"`}, title: "henService: Disruption",
			severity: normalize.SeverityCritical, state: normalize.StateInvestigating, affected: 2},
		{name: "an unknown severity hides no greater one", change: []string{`"severity":"minor"`,
			`"severity":"moo"`}, title: "henService: Disruption",
			severity: normalize.SeverityMajor, state: normalize.StateInvestigating, affected: 2},
		{name: "an unknown state", change: []string{`"Active"`, `"Grazing"`}, title: "henService: Disruption",
			severity: normalize.SeverityMajor, state: normalize.StateUnknown, affected: 2},
		{name: "all instances, and none named", change: []string{`"affectsAll":false`, `"affectsAll":true`,
			`["HEN4"]`, `[]`}, title: "henService: Disruption",
			severity: normalize.SeverityMajor, state: normalize.StateInvestigating},
		{name: "no services and no type", change: []string{`["henService"]`, `[]`, `"type":"Disruption",`, ``},
			title:    "serviceDisruption",
			severity: normalize.SeverityMajor, state: normalize.StateInvestigating, affected: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := "[" + strings.NewReplacer(tt.change...).Replace(fox) + "]"
			got := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{},
				"https://api.status.salesforce.com/v1/incidents?limit=100", body))[0]
			if got.Key != "9" || got.Title != tt.title || got.Severity != tt.severity || got.State != tt.state ||
				len(got.Components) != tt.affected {
				t.Errorf("got %s %q %s %s, affected %+v", got.Key, got.Title, got.Severity, got.State, got.Components)
			}
			if start, end := normalize.FormatTime(got.StartedAt),
				normalize.FormatTime(got.ResolvedAt); start != "2026-11-23T10:02:00.000Z" || end != tt.resolved {
				t.Errorf("from %q to %q", start, end)
			}
			if got.URL != "https://status.salesforce.com/incidents/9" || len(got.Updates) != 2 ||
				got.Updates[0].Key != "21" {
				t.Errorf("at %s with %+v", got.URL, got.Updates)
			}
		})
	}
}

// TestMaintenances holds that a maintenance is no incident of the same number.
func TestMaintenances(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change []string
		state  normalize.State
	}{
		{"confirmed, without events", nil, normalize.StateScheduled},
		{"by its newest event", []string{`"MaintenanceEvents":[]`,
			`"MaintenanceEvents":[{"id":3,"type":"completed","message":"Done.",` +
				`"createdAt":"2026-12-14T05:00:00.000Z"},{"id":2,"type":"scheduled","message":"To come.",` +
				`"createdAt":"2026-11-01T10:00:00.000Z"}]`}, normalize.StateCompleted},
		{"by its state", []string{`"name"`, `"status":"Canceled","name"`}, normalize.StateCancelled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "",
				"["+strings.NewReplacer(tt.change...).Replace(fence)+"]"))[0]
			if got.Key != "maintenances/9" || got.Kind != normalize.KindMaintenance || got.State != tt.state ||
				normalize.FormatTime(got.ScheduledStartAt) != "2026-12-14T02:00:00.000Z" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	var got []string
	for _, r := range (Platform{}).Start(scraper.Source{URL: "https://status.salesforce.com"}) {
		got = append(got, r.URL)
	}
	if want := "https://api.status.salesforce.com/v1/incidents?limit=100 " +
		"https://api.status.salesforce.com/v1/maintenances?limit=100"; strings.Join(got, " ") != want {
		t.Errorf("begins with %v", got)
	}
	if got := scraper.HomeOf(Platform{}, "https://api.status.salesforce.com/v1/"+
		"incidents"); got != "https://status.salesforce.com" {
		t.Errorf("the API belongs to %s", got)
	}
}

func TestRefuses(t *testing.T) {
	platformtest.Refuses(t, Platform{}, map[string]string{
		"an empty list":                    `[]`,
		"an error":                         `{"error":"Direct API access not allowed"}`,
		"an incident without its impacts":  "[" + strings.Replace(fox, `"IncidentImpacts"`, `"Impacts"`, 1) + "]",
		"an incident without its state":    "[" + strings.Replace(fox, `"status":"Active",`, "", 1) + "]",
		"a maintenance without its window": "[" + strings.Replace(fence, `"plannedStartTime"`, `"start"`, 1) + "]",
		"two lists in one":                 "[" + fox + "," + fence + "]",
		"instances in place of incidents": `[{"key":"HEN4","location":"NA","environment":"production",` +
			`"status":"OK","isActive":true}]`,
		"an incident among something else's": "[" + fox + `,{"id":1,"createdAt":"2026-11-23T10:20:00.000Z"}]`,
	})
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "salesforce")
	f.Add([]byte("[" + fox + "]"))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
