package statusio

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

const testID = "64c1f0a2b7d9e80512f3a6b4"

func TestFindsItsPageID(t *testing.T) {
	const api = "https://api.status.io/1.0/status/" + testID
	for address, want := range map[string]string{
		"https://status.saltmarsh.example":                                          "https://status.saltmarsh.example",
		"https://status.saltmarsh.example/pages/" + testID:                          api,
		"https://status.saltmarsh.example/pages/history/" + testID:                  api,
		"https://status.saltmarsh.example/pages/incident/" + testID + "/66e5a1c09f": api,
		"https://hostedstatus.com/1.0/status/" + strings.ToUpper(testID):            api,
		"https://status.saltmarsh.example/" +
			"pages/about": "https://status.saltmarsh.example/pages/about",
	} {
		if got := (Platform{}).Start(scraper.Source{URL: address}); len(got) != 1 || got[0].URL != want {
			t.Errorf("%s starts with %+v, want %s", address, got, want)
		}
	}
	for page, want := range map[string]string{
		api: "https://status.io/pages/" + testID,
		"https://status.io/pages/incident/" + testID + "/66e5a1c09f": "https://status.io/pages/" +
			testID,
		"https://status.saltmarsh.example/pages/incident/" + testID +
			"/66e5a1c09f": "https://status.saltmarsh.example",
	} {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Platform{}).Home(u); got != want {
			t.Errorf("home of %s is %s", page, got)
		}
	}
}

// TestPageID holds where a web page may name its page id, and that two of them are none.
func TestPageID(t *testing.T) {
	for named, want := range map[string]string{
		`<a href="/pages/history/` + testID + `">`:                                   testID,
		`<link href="https://status.saltmarsh.example/pages/` + testID + `/rss">`:    testID,
		`<script>var statuspageId = '` + testID + `';</script>`:                      testID,
		`<script>{"statuspage":"` + testID + `"}</script>`:                           testID,
		`<script>get("https://api.status.io/1.0/status/` + testID + `")`:             testID,
		`<a href="/pages/incident/` + testID + `/66e5a1c09f1d2b0534c7e801">`:         testID,
		`<a href="/pages/` + testID + `"><a href="/pages/66e5a1c09f1d2b0534c7e801">`: "",
		`<a href="/commits/` + testID + `">`:                                         "",
		`<a href="/pages/about">`:                                                    "",
	} {
		if got := pageID([]byte("<!DOCTYPE html><html><body>" + named + "</body></html>")); got != want {
			t.Errorf("%s names %q, want %q", named, got, want)
		}
	}
	other := page.Page{Body: []byte(`<html><body><a href="/pages/` + testID + `">Anvils</a></body></html>`)}
	if scraper.Detects(Platform{}, other) {
		t.Error("a site whose pages have such ids is taken for Status.io")
	}
}

func TestRefuses(t *testing.T) {
	const whole = `{"result":{"status_overall":{"status":"Operational","status_code":100},"status":[],` +
		`"incidents":[],"maintenance":{"active":[],"upcoming":[]}}}`
	if _, err := (Platform{}).Parse(scraper.Source{}, page.Page{Body: []byte(whole)}); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"no overall status":            {`"status_overall"`, `"overall"`},
		"no code":                      {`"status_code":100`, `"code":100`},
		"no components":                {`"status":[]`, `"parts":[]`},
		"incidents that are null":      {`"incidents":[]`, `"incidents":null`},
		"incidents that are an object": {`"incidents":[]`, `"incidents":{}`},
		"no active maintenance":        {`"active":[],`, ``},
		"no upcoming maintenance":      {`,"upcoming":[]`, ``},
		"an incident without an id":    {`"incidents":[]`, `"incidents":[{"name":"Down","messages":[]}]`},
		"an incident that is a word":   {`"incidents":[]`, `"incidents":["Down"]`},
		"a component without a name":   {`"status":[]`, `"status":[{"id":"a","status_code":100}]`},
	} {
		p := page.Page{Body: []byte(strings.Replace(whole, change[0], change[1], 1))}
		if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) ||
			scraper.Detects(Platform{}, p) {
			t.Errorf("%s: read as %+v (%v)", what, res, err)
		}
	}
}

// TestCodes holds what the code tables mean; the same number is another state of a maintenance than of an
// incident, and one that is in no table is unknown.
func TestCodes(t *testing.T) {
	tests := []struct {
		kind          normalize.Kind
		state, status string
		wantState     normalize.State
		wantSeverity  normalize.Severity
	}{
		{normalize.KindIncident, "100", "300", normalize.StateInvestigating, normalize.SeverityMinor},
		{normalize.KindIncident, "200", "400", normalize.StateIdentified, normalize.SeverityMajor},
		{normalize.KindIncident, "300", "500", normalize.StateMonitoring, normalize.SeverityCritical},
		{normalize.KindIncident, "400", "600", normalize.StateResolved, normalize.SeverityCritical},
		{normalize.KindIncident, "500", "700", normalize.StateUnknown, normalize.SeverityUnknown},
		{normalize.KindMaintenance, "100", "200", normalize.StateScheduled, normalize.SeverityNone},
		{normalize.KindMaintenance, "200", "200", normalize.StateInProgress, normalize.SeverityNone},
		{normalize.KindMaintenance, "300", "100", normalize.StateCompleted, normalize.SeverityNone},
	}
	for _, tt := range tests {
		e := event{ID: "a", Name: "b", Messages: []message{{At: "2026-03-02T07:00:00Z", State: page.Scalar(tt.state),
			Status: page.Scalar(tt.status)}}}
		in, findings := normalize.Incidents([]normalize.Raw{e.raw(tt.kind, "", link{})}, scraper.WordsOf(Platform{}))
		if in[0].State != tt.wantState || in[0].Severity != tt.wantSeverity ||
			(len(findings) > 0) != (tt.wantState == normalize.StateUnknown) {
			t.Errorf("%s, state %s, status %s: %s, %s, findings %v", tt.kind, tt.state, tt.status, in[0].State,
				in[0].Severity, findings)
		}
	}
}

// TestMaintenanceIsComplete holds that the message which Status.io writes at the end ends a maintenance,
// though its code and the list in which it stands still say that it is ahead or under way.
func TestMaintenanceIsComplete(t *testing.T) {
	for message, want := range map[string]normalize.State{
		"Scheduled maintenance is complete.":                          normalize.StateCompleted,
		"Scheduled maintenance has been completed.":                   normalize.StateCompleted,
		"<p>The planned maintenance was completed successfully.</p>":  normalize.StateCompleted,
		"Maintenance complete":                                        normalize.StateCompleted,
		"Scheduled maintenance is starting.":                          normalize.StateScheduled,
		"Until the scheduled maintenance is complete, do not log in.": normalize.StateScheduled,
	} {
		res := platformtest.Parsed(t, Platform{}, "",
			`{"result":{"status_overall":{"status":"Operational","status_code":100},"status":[],"incidents":[],`+
				`"maintenance":{"active":[],"upcoming":[`+
				`{"_id":"m","name":"New pumps","datetime_open":"2026-11-01T00:00:00Z",`+
				`"datetime_planned_start":"2026-11-02T00:00:00Z","datetime_planned_end":"2026-11-02T02:00:00Z",`+
				`"messages":[{"datetime":"2026-11-01T00:00:00Z","details":"Soon.","state":100,`+
				`"status":200},{"datetime":"2026-11-02T01:30:00Z","details":"`+message+`","state":100,`+
				`"status":200}]}]}}}`)
		in := platformtest.Incidents(t, Platform{}, res)[0]
		if in.State != want || (want == normalize.StateCompleted) == in.ResolvedAt.IsZero() {
			t.Errorf("after %q it is %s, ended %s", message, in.State, in.ResolvedAt)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "statusio")
	f.Add([]byte(`<html><a href="/pages/history/` + testID + `"></html>`))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
