package vultr

import (
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	platformtest.ReadCaptures(t, Platform{}, func(t *testing.T, body []byte) platformtest.Tally {
		doc := platformtest.MustJSON[map[string]any](t, body)
		var n platformtest.Tally
		count := func(alerts []any) {
			for _, a := range alerts {
				a := a.(map[string]any)
				n.Incidents++
				n.Affected++
				if a["status"] == "ongoing" {
					n.Open++
				}
				if entries, ok := a["entries"].([]any); ok {
					n.Updates += len(entries)
				}
			}
		}
		count(doc["service_alerts"].([]any))
		if regions, ok := doc["regions"].(map[string]any); ok {
			n.Components = len(regions)
			for _, r := range regions {
				count(r.(map[string]any)["alerts"].([]any))
			}
		}
		return n
	}, "vultr/*.json")
}

func alertsWith(status, subject, message string) string {
	return `{"service_alerts":[{"id":"a-1","region":"atl","subject":"` + subject + `","start_date":"2026-11-18T10:` +
		`00:00+00:00","updated_at":"","status":"` + status +
		`","entries":[{"updated_at":"2026-11-18T10:00:00+00:00","message":"` + message + `"}]}]}`
}

func TestMaintenances(t *testing.T) {
	window := `We lift the roof.\r\n\r\nStart Time: 2026-11-23 07:00:00 UTC\r\nEnd Time: 2026-11-23 11:00:00 ` +
		`UTC\r\n\r\nMind your heads.`
	tests := []struct {
		name, status, subject, message string
		at                             time.Time
		kind                           normalize.Kind
		state                          normalize.State
		start                          string
	}{
		{"an incident", "ongoing", "Atlanta Outage", "No roof.", time.Time{}, normalize.KindIncident,
			normalize.StateInvestigating, ""},
		{"announced", "ongoing", "Atlanta Scheduled Maintenance", window, time.Date(2026, 11, 20, 0, 0, 0, 0,
			time.UTC), normalize.KindMaintenance, normalize.StateScheduled, "2026-11-23T07:00:00.000Z"},
		{"begun", "ongoing", "Atlanta Scheduled Maintenance", window, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC),
			normalize.KindMaintenance, normalize.StateInProgress, "2026-11-23T07:00:00.000Z"},
		{"begun at a time not known", "ongoing", "Atlanta Scheduled Maintenance", "We lift the roof.",
			time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), normalize.KindMaintenance, normalize.StateScheduled, ""},
		{"a window under another title", "ongoing", "Atlanta roof", window, time.Time{}, normalize.KindMaintenance,
			normalize.StateScheduled, "2026-11-23T07:00:00.000Z"},
		{"over", "resolved", "Atlanta Outage", "A roof.", time.Time{}, normalize.KindIncident,
			normalize.StateResolved, ""},
		{"a maintenance that is over", "resolved", "Atlanta Scheduled Maintenance", window, time.Time{},
			normalize.KindMaintenance, normalize.StateCompleted, "2026-11-23T07:00:00.000Z"},
		{"an unknown status", "smouldering", "Atlanta Outage", "No roof.", time.Time{}, normalize.KindIncident,
			normalize.StateUnknown, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, err := Platform{}.Parse(scraper.Source{}, page.Page{At: tt.at, Body: []byte(alertsWith(tt.status,
				tt.subject, tt.message))})
			if err != nil {
				t.Fatal(err)
			}
			got := platformtest.Incidents(t, Platform{}, res)[0]
			if got.Kind != tt.kind || got.State != tt.state || normalize.FormatTime(got.ScheduledStartAt) != tt.start {
				t.Errorf("got %s %s, window from %q", got.Kind, got.State, normalize.FormatTime(got.ScheduledStartAt))
			}
			if !strings.HasPrefix(got.VendorState, tt.status) {
				t.Errorf("the vendor's word is kept as %q", got.VendorState)
			}
		})
	}
}

// TestAlertOfTwoRegions holds that one alert in the lists of two regions is one incident.
func TestAlertOfTwoRegions(t *testing.T) {
	alert := `{"id":"a-1","subject":"No roofs","status":"ongoing","start_date":"2026-11-18T10:00:00+00:00",` +
		`"updated_at":"","entries":null}`
	res := platformtest.Parsed(t, Platform{}, "",
		`{"service_alerts":[],"regions":{"atl":{"location":"Atlanta","country":"US",`+
			`"country_name":"United States","alerts":[`+alert+`]},`+
			`"sao":{"location":"São Paulo","country":"BR","country_name":"Brazil","alerts":[`+alert+`]}}}`)
	if len(res.Incidents) != 1 || len(res.Incidents[0].Components) != 2 || len(res.Components) != 2 {
		t.Errorf("read %+v", res)
	}
}

func TestRefuses(t *testing.T) {
	platformtest.Refuses(t, Platform{}, map[string]string{
		"no list of alerts": `{"service_alerts":null}`,
		"no regions":        `{"service_alerts":[],"regions":{}}`,
		"a region without a list": `{"service_alerts":[],"regions":{"atl":{"location":"Atlanta","country":"US",` +
			`"country_name":"United States"}}}`,
		"an alert without a state": strings.Replace(alertsWith("ongoing", "a", "b"), `"status":"ongoing",`, "", 1),
	})
}

// TestAlertThatLacksSomething holds that an alert without what every alert has costs that alert at the most, with a
// finding, and never the page. One without an id is read.
func TestAlertThatLacksSomething(t *testing.T) {
	const alerts = `{"service_alerts":[{"id":null,"region":"sgp","subject":"Partial Outage",` +
		`"start_date":"2026-11-18T10:00:00+00:00","updated_at":"","status":"ongoing","entries":null},` +
		`{"id":"a-2","region":"atl","subject":"No roofs","start_date":"2026-11-18T10:00:00+00:00","updated_at":"",` +
		`"status":"ongoing","entries":null}]}`
	for what, c := range map[string]struct {
		body            string
		incidents       int
		whole           bool
		findingsMention string
	}{
		"no id": {alerts, 2, true, "no id"},
		"no state": {strings.Replace(alerts, `"updated_at":"","status":"ongoing"`, `"updated_at":"","status":null`,
			1), 1, false, "not read"},
		"no start": {strings.Replace(alerts, `"start_date":"2026-11-18T10:00:00+00:00"`, `"start_date":null`, 1), 1,
			false, "not read"},
	} {
		res := platformtest.Parsed(t, Platform{}, "", c.body)
		got := platformtest.Incidents(t, Platform{}, res)
		if len(got) != c.incidents || res.Coverage.Open != c.whole || len(res.Findings) != 1 ||
			!strings.Contains(res.Findings[0].Problem, c.findingsMention) {
			t.Errorf("%s: %d incidents, covers %+v, findings %+v", what, len(got), res.Coverage, res.Findings)
		}
	}
}

// Both documents have a list of alerts of their own, which is empty where regions have them all.
func TestStatusWithoutRegionsIsRefused(t *testing.T) {
	page := page.Page{URL: "https://status.vultr.example/status.json",
		Body: []byte(`{"service_alerts":[],"areas":{"atl":{"alerts":[]}}}`)}
	platformtest.MustRefuse(t, "a status without regions", Platform{}, page)
	page.URL = "https://status.vultr.example/alerts.json"
	if _, err := (Platform{}).Parse(scraper.Source{}, page); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "vultr")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
