package apple

import (
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

const (
	rain = `{"startDate":"11/23/2026 00:15 PST","endDate":null,"eventStatus":"ongoing",` +
		`"usersAffected":"Some users are affected","epochStartDate":1795421700000,"epochEndDate":null,` +
		`"messageId":"411","statusType":"Outage","datePosted":"11/23/2026 01:02 PST","message":"It rains in."}`
	pears = `{"drpost":false,"drMessage":null,"services":[{"serviceName":"Pear Mail","redirectUrl":null,"events":[` +
		rain + `]},` +
		`{"serviceName":"Pear Maps","redirectUrl":null,"events":[]}]}`
)

func TestMeaning(t *testing.T) {
	tests := []struct {
		name     string
		change   []string
		kind     normalize.Kind
		severity normalize.Severity
		state    normalize.State
		start    string
		resolved string
	}{
		{name: "an outage", kind: normalize.KindIncident, severity: normalize.SeverityMajor,
			state: normalize.StateInvestigating, start: "2026-11-23T08:15:00.000Z"},
		{name: "an issue", change: []string{`"Outage"`, `"Issue"`}, kind: normalize.KindIncident,
			severity: normalize.SeverityMinor, state: normalize.StateInvestigating, start: "2026-11-23T08:15:00.000Z"},
		{name: "over", change: []string{`"ongoing"`, `"resolved"`, `"epochEndDate":null`,
			`"epochEndDate":1795428900000`}, kind: normalize.KindIncident, severity: normalize.SeverityMajor,
			state: normalize.StateResolved, start: "2026-11-23T08:15:00.000Z", resolved: "2026-11-23T10:15:00.000Z"},
		{name: "an end that is expected ends nothing", change: []string{`"epochEndDate":null`,
			`"epochEndDate":1795428900000`}, kind: normalize.KindIncident, severity: normalize.SeverityMajor,
			state: normalize.StateInvestigating, start: "2026-11-23T08:15:00.000Z"},
		{name: "a maintenance to come", change: []string{`"Outage"`, `"Maintenance"`, `"ongoing"`, `"upcoming"`},
			kind: normalize.KindMaintenance, severity: normalize.SeverityNone, state: normalize.StateScheduled},
		{name: "a maintenance that goes on, since the post that says so", change: []string{`"Outage"`,
			`"Maintenance"`}, kind: normalize.KindMaintenance, severity: normalize.SeverityNone,
			state: normalize.StateInProgress, start: "2026-11-23T09:02:00.000Z"},
		{name: "a maintenance that is done", change: []string{`"Outage"`, `"Maintenance"`, `"ongoing"`,
			`"completed"`, `"epochEndDate":null`, `"epochEndDate":1795428900000`}, kind: normalize.KindMaintenance,
			severity: normalize.SeverityNone, state: normalize.StateCompleted, start: "2026-11-23T08:15:00.000Z",
			resolved: "2026-11-23T10:15:00.000Z"},
		{name: "printed times only", change: []string{`"epochStartDate":1795421700000`, `"epochStartDate":null`},
			kind: normalize.KindIncident, severity: normalize.SeverityMajor, state: normalize.StateInvestigating,
			start: "2026-11-23T08:15:00.000Z"},
		{name: "unknown words", change: []string{`"Outage"`, `"Hiccup"`, `"ongoing"`, `"simmering"`},
			kind: normalize.KindIncident, severity: normalize.SeverityUnknown, state: normalize.StateUnknown,
			start: "2026-11-23T08:15:00.000Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "",
				strings.NewReplacer(tt.change...).Replace(pears)))[0]
			if got.Key != "411" || got.Kind != tt.kind || got.Severity != tt.severity || got.State != tt.state {
				t.Errorf("got %s %s %s %s", got.Key, got.Kind, got.Severity, got.State)
			}
			if start, resolved := normalize.FormatTime(got.StartedAt),
				normalize.FormatTime(got.ResolvedAt); tt.start != start || tt.resolved != resolved {
				t.Errorf("started at %q, resolved at %q", start, resolved)
			}
			if len(got.Updates) != 1 || normalize.FormatTime(got.Updates[0].PostedAt) != "2026-11-23T09:02:00.000Z" {
				t.Errorf("the updates are %+v", got.Updates)
			}
		})
	}
}

// TestBanner holds that the banner above the services is told as the page's own word, unless it is switched off.
func TestBanner(t *testing.T) {
	for body, want := range map[string]string{
		strings.Replace(pears, `"drpost":false,"drMessage":null`, `"drpost":true,"drMessage":"<b>Mail</b> is late."`,
			1): "Mail is late.",
		strings.Replace(pears, `"drpost":false,"drMessage":null`, `"drMessage":"Mail is late."`, 1): "Mail is late.",
		strings.Replace(pears, `"drMessage":null`, `"drMessage":"Mail is late."`, 1):                "",
		pears: "",
	} {
		res := platformtest.Parsed(t, Platform{}, "", body)
		if res.Headline != want || (res.Indicator != "") != (want != "") {
			t.Errorf("%s\nis read as %q, %q", body, res.Indicator, res.Headline)
		}
	}
}

// TestMessageOfSeveralServices holds that one message with several services is one incident, and that one of
// them for which it says something else is not lost in it.
func TestMessageOfSeveralServices(t *testing.T) {
	with := func(second string) string {
		return strings.Replace(pears, `"Pear Maps","redirectUrl":null,"events":[]`,
			`"Pear Maps","redirectUrl":null,"events":[`+second+`]`, 1)
	}
	res := platformtest.Parsed(t, Platform{}, "", with(rain))
	if len(res.Incidents) != 1 || len(res.Incidents[0].Components) != 2 ||
		res.Incidents[0].Title != "Pear Mail and other services - Outage" {
		t.Errorf("read %+v", res.Incidents)
	}
	got := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "", with(strings.Replace(rain,
		"ongoing", "resolved", 1))))
	if len(got) != 2 || got[0].Key != "411" || got[0].State.Over() || got[1].Key != "411/Pear Maps" ||
		!got[1].State.Over() {
		t.Errorf("read %+v", got)
	}
}

func TestAddresses(t *testing.T) {
	for _, tt := range []struct{ page, data string }{
		{"https://www.apple.com/support/systemstatus", "https://www.apple.com/support/systemstatus/data/" +
			"system_status_en_US.js"},
		{"https://developer.apple.com/system-status", "https://www.apple.com/support/systemstatus/data/developer/" +
			"system_status_en_US.js"},
	} {
		if got := (Platform{}).Start(scraper.Source{URL: tt.page}); len(got) != 1 || got[0].URL != tt.data {
			t.Errorf("%s begins with %+v", tt.page, got)
		}
		if got := scraper.HomeOf(Platform{}, tt.data); got != tt.page {
			t.Errorf("%s belongs to %s", tt.data, got)
		}
		if got := (Platform{}).Start(scraper.Source{URL: tt.data}); len(got) != 1 || got[0].URL != tt.data {
			t.Errorf("%s begins with %+v", tt.data, got)
		}
	}
}

// TestDevelopersHaveNoDrpost holds that the developers' data, which have no drpost, are read and told by their
// other keys.
func TestDevelopersHaveNoDrpost(t *testing.T) {
	body := "jsonCallback(" + strings.Replace(pears, `"drpost":false,`, "", 1) + ");"
	if res := platformtest.Parsed(t, Platform{}, "", body); len(res.Components) != 2 || len(res.Incidents) != 1 {
		t.Errorf("read %+v", res)
	}
	if !scraper.Detects(Platform{}, page.Page{Body: []byte(body)}) {
		t.Error("it is not detected")
	}
}

func TestCalls(t *testing.T) {
	for _, body := range []string{pears, "jsonCallback(" + pears + ");", "jsonCallback( " + pears + " )\n"} {
		if res := platformtest.Parsed(t, Platform{}, "", body); len(res.Components) != 2 || len(res.Incidents) != 1 {
			t.Errorf("read %+v", res)
		}
	}
}

func TestRefuses(t *testing.T) {
	platformtest.Refuses(t, Platform{}, map[string]string{
		"no services":                  `{"drpost":false,"drMessage":null,"services":[]}`,
		"services that are null":       `{"drpost":false,"drMessage":null,"services":null}`,
		"drpost and drMessage renamed": strings.NewReplacer("drpost", "posted", "drMessage", "message").Replace(pears),
		"a service without events":     strings.Replace(pears, `"events":[]`, `"events":null`, 1),
		"an event without an id":       strings.Replace(pears, `"messageId":"411",`, "", 1),
		"an event without a state":     strings.Replace(pears, `"eventStatus":"ongoing",`, "", 1),
		"a call that breaks off":       "jsonCallback(" + pears,
		"a call of another function":   `alert("drpost")`,
		"a script":                     `window.drpost = ` + pears,
	})
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "apple")
	f.Add([]byte(pears))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
