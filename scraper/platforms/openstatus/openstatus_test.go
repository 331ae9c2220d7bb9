package openstatus

import (
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/platformtest"
)

const pier = `{"title":"Kelpworks","description":"","status":"degraded","updatedAt":"2026-11-23T11:58:00Z",` +
	`"monitors":[{"id":4,"name":"Pier","status":"degraded"}],` +
	`"pageComponents":[{"id":1,"name":"Pier","monitorId":4,"groupId":null}],"pageComponentGroups":[],` +
	`"maintenances":[{"id":2,"name":"Paint","message":"Wet.","from":"2026-11-24T00:00:00Z",` +
	`"to":"2026-11-24T01:00:00Z","updatedAt":null,"pageComponents":[]}],` +
	`"statusReports":[{"id":2,"title":"Pier closed","updatedAt":null,"status":"monitoring","pageComponents":[1],` +
	`"statusReportUpdates":[{"id":5,"status":"monitoring","message":"Calm.","date":"2026-11-23T09:05:00Z"}]}]}`

func TestWords(t *testing.T) {
	for word, want := range map[string]struct {
		severity normalize.Severity
		status   normalize.ComponentStatus
	}{
		"success":  {normalize.SeverityNone, normalize.StatusOperational},
		"info":     {normalize.SeverityNone, normalize.StatusMaintenance},
		"degraded": {normalize.SeverityMinor, normalize.StatusDegraded},
		"error":    {normalize.SeverityMajor, normalize.StatusMajor},
		"empty":    {normalize.SeverityUnknown, normalize.StatusUnknown},
	} {
		res := platformtest.Parsed(t, Platform{}, "", platformtest.Swap(t, pier, `"degraded"`, `"`+word+`"`))
		severity, _ := Platform{}.Words().Severity(res.Indicator)
		components, _ := normalize.Components(res.Components, Platform{}.Words())
		if severity != want.severity || components[0].Status != want.status {
			t.Errorf("%s: the page is %s, its component %s", word, severity, components[0].Status)
		}
	}
}

// A component without a monitor, or with one that is not listed, is not called healthy.
func TestComponentOfWhichNothingIsSaid(t *testing.T) {
	for _, id := range []string{`null`, `9`} {
		res := platformtest.Parsed(t, Platform{}, "", platformtest.Swap(t, pier, `"monitorId":4`, `"monitorId":`+id))
		got, _ := normalize.Components(res.Components, Platform{}.Words())
		if got[0].Status != normalize.StatusUnknown {
			t.Errorf("the component of monitor %s is %s", id, got[0].Status)
		}
	}
}

func TestKeysOfReportsAndMaintenancesDiffer(t *testing.T) {
	res := platformtest.Parsed(t, Platform{}, "https://status.acme.example/feed/json", pier)
	got := platformtest.Incidents(t, Platform{}, res)
	if len(got) != 2 || got[0].Key != "maintenance/2" || got[1].Key != "report/2" ||
		got[1].URL != "https://status.acme.example/events/report/2" {
		t.Errorf("got %+v", got)
	}
}

func TestStart(t *testing.T) {
	const want = "https://status.acme.example/feed/json"
	const event = "https://status.acme.example/events/report/2"
	for _, address := range []string{"https://status.acme.example", event, want} {
		if got := (Platform{}).Start(scraper.Source{URL: address}); len(got) != 1 || got[0].URL != want {
			t.Errorf("%s begins with %+v", address, got)
		}
	}
}

func TestRefuses(t *testing.T) {
	bodies := map[string]string{}
	for what, swap := range map[string][2]string{
		"no title":              {`"title":"Kelpworks",`, ``},
		"no status":             {`"status":"degraded","updatedAt"`, `"updatedAt"`},
		"no time it is made at": {`"updatedAt":"2026-11-23T11:58:00Z",`, ``},
		"no monitors":           {`"monitors"`, `"checks"`},
		"components that are null": {`"pageComponents":[{"id":1,"name":"Pier","monitorId":4,"groupId":null}]`,
			`"pageComponents":null`},
		"no groups":                      {`"pageComponentGroups":[],`, ``},
		"the lists of an older version":  {`"maintenances"`, `"maintenance"`},
		"no reports":                     {`"statusReports"`, `"statusReports":null,"reports"`},
		"a component without a name":     {`"name":"Pier","monitorId"`, `"monitorId"`},
		"a maintenance without an end":   {`"to":"2026-11-24T01:00:00Z",`, ``},
		"a report without a state":       {`"status":"monitoring","pageComponents"`, `"pageComponents"`},
		"a report without its updates":   {`"statusReportUpdates"`, `"updates"`},
		"a report that is a number":      {`"statusReports":[`, `"statusReports":[7,`},
		"a report that names no id":      {`{"id":2,"title"`, `{"title"`},
		"a report without its component": {`"pageComponents":[1],`, ``},
	} {
		bodies[what] = platformtest.Swap(t, pier, swap[0], swap[1])
	}
	platformtest.Refuses(t, Platform{}, bodies)
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "openstatus")
	f.Add([]byte(pier))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
