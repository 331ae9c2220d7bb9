package googlecloud

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	platformtest.ReadCaptures(t, Platform{}, func(t *testing.T, body []byte) platformtest.Tally {
		var n platformtest.Tally
		for _, in := range platformtest.MustJSON[[]map[string]any](t, body) {
			n.Incidents++
			if in["end"] == nil {
				n.Open++
			}
			n.Updates += len(in["updates"].([]any))
			ids := map[any]bool{}
			for _, list := range []string{"currently_affected_locations", "previously_affected_locations"} {
				parts, _ := in[list].([]any)
				for _, part := range parts {
					ids[part.(map[string]any)["id"]] = true
				}
			}
			products, listed := in["affected_products"].([]any)
			n.Affected += len(ids) + len(products)
			if !listed {
				n.Affected++ // its service_name
			}
		}
		return n
	}, "google-cloud/*.json")
}

// TestSpellingsAgree holds that the incidents of April 2021 are the same in the spelling of
// before and after the change of that month.
func TestSpellingsAgree(t *testing.T) {
	read := func(pattern string) scraper.Result {
		res, err := Platform{}.Parse(scraper.Source{}, platformtest.CapturePage(t, platformtest.CaptureFiles(t,
			pattern)[0]))
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	before, after := read("google-cloud/*2021-04-09*"), read("google-cloud/*2021-04-20*")
	incidents, updates := len(after.Incidents), 0
	for _, raw := range after.Incidents {
		updates += len(raw.Updates)
	}
	both, _ := normalize.Incidents(slices.Concat(before.Incidents, after.Incidents), Platform{}.Words())
	got := 0
	for _, i := range both {
		got += len(i.Updates)
	}
	if len(both) != incidents || got != updates {
		t.Errorf("%d incidents with %d updates, want %d with %d", len(both), got, incidents, updates)
	}
}

const one = `[{"id":"kAbc","number":"17","begin":"2026-11-20T08:00:00+00:00",` +
	`"created":"2026-11-20T08:30:00+00:00","end":"2026-11-20T09:00:00+00:00","modified":"2026-11-20T09:05:00+00:00",` +
	`"external_desc":"Lamps are dim","updates":[` +
	`{"created":"2026-11-20T09:00:30+00:00","modified":"2026-11-20T09:00:30+00:00",` +
	`"when":"2026-11-20T09:00:30+00:00","text":"**Summary**\nThe lamps shine.","status":"AVAILABLE",` +
	`"affected_locations":[]},` +
	`{"created":"2026-11-20T08:30:00+00:00","modified":"2026-11-20T08:30:00+00:00",` +
	`"when":"2026-11-20T08:30:00+00:00","text":"The lamps are dim.","status":"SERVICE_DISRUPTION",` +
	`"affected_locations":[]}],` +
	`"most_recent_update":{"created":"2026-11-20T09:00:30+00:00","when":"2026-11-20T09:00:30+00:00",` +
	`"text":"The lamps shine.","status":"AVAILABLE"},` +
	`"status_impact":"SERVICE_DISRUPTION","severity":"medium","service_key":"zall",` +
	`"service_name":"Multiple Products","affected_products":[{"title":"Lamps","id":"p1"},{"title":"Wicks",` +
	`"id":"p2"}],` +
	`"uri":"incidents/kAbc","currently_affected_locations":[],` +
	`"previously_affected_locations":[{"title":"Oslo (north-1)","id":"north-1"}]}]`

func TestMeaning(t *testing.T) {
	open := strings.Replace(one, `"end":"2026-11-20T09:00:00+00:00",`, "", 1)
	report := strings.Replace(one, `**Summary**\nThe lamps shine.`, `## \\# Incident Report\nNo oil.`, 1)
	tests := []struct {
		name, body string
		severity   normalize.Severity
		state      normalize.State
		last       normalize.State
	}{
		{"over", one, normalize.SeverityMajor, normalize.StateResolved, normalize.StateResolved},
		{"open, though available again", open, normalize.SeverityMajor, normalize.StateInvestigating,
			normalize.StateResolved},
		{"open by an end of null", strings.Replace(one, `"end":"2026-11-20T09:00:00+00:00"`, `"end":null`, 1),
			normalize.SeverityMajor, normalize.StateInvestigating, normalize.StateResolved},
		{"an outage", strings.Replace(one, `"status_impact":"SERVICE_DISRUPTION"`,
			`"status_impact":"SERVICE_OUTAGE"`, 1), normalize.SeverityCritical, normalize.StateResolved,
			normalize.StateResolved},
		{"for information, whatever its severity", strings.Replace(one, `"status_impact":"SERVICE_DISRUPTION"`,
			`"status_impact":"SERVICE_INFORMATION"`, 1), normalize.SeverityNone, normalize.StateResolved,
			normalize.StateResolved},
		{"severity where no impact is told", strings.Replace(one, `"status_impact":"SERVICE_DISRUPTION",`+
			`"severity":"medium"`, `"severity":"low"`, 1), normalize.SeverityMinor, normalize.StateResolved,
			normalize.StateResolved},
		{"an impact nobody knows", strings.Replace(one, `"status_impact":"SERVICE_DISRUPTION"`,
			`"status_impact":"SERVICE_GLOOM"`, 1), normalize.SeverityUnknown, normalize.StateResolved,
			normalize.StateResolved},
		{"a report after the end", report, normalize.SeverityMajor, normalize.StateResolved,
			normalize.StatePostmortem},
		{"an update that speaks of a report", strings.Replace(one, `The lamps shine.`,
			`The lamps shine. An incident report follows.`, 1), normalize.SeverityMajor, normalize.StateResolved,
			normalize.StateResolved},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{},
				"https://status.acme.example/board/incidents.json", tt.body))[0]
			last := got.Updates[len(got.Updates)-1]
			if got.Severity != tt.severity || got.State != tt.state || last.State != tt.last {
				t.Errorf("got %s %s, last update %s", got.Severity, got.State, last.State)
			}
			if got.State.Over() != (normalize.FormatTime(got.ResolvedAt) == "2026-11-20T09:00:00.000Z") {
				t.Errorf("resolved at %s", got.ResolvedAt)
			}
			if got.URL != "https://status.acme.example/board/incidents/kAbc" {
				t.Errorf("the page is %s", got.URL)
			}
		})
	}
}

// TestOldNumbers holds that incidents of one title and start, numbered by service, stay apart.
func TestOldNumbers(t *testing.T) {
	one := func(service, number string) string {
		return `{"begin":"2021-02-12T22:50:34Z","created":"2021-02-12T22:50:39Z","end":"2021-02-12T23:10:59Z",` +
			`"external_desc":"The oil is out","modified":"2021-02-12T23:10:59Z",` +
			`"most-recent-update":{},"number":` + number + `,"public":true,"service_key":"` + service +
			`","service_name":"` + service + `","severity":"high","updates":[],"uri":"/incident/` + service + `/` +
			number + `"}`
	}
	two := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "",
		`[`+one("lamps", "21001")+`,`+one("wicks", "21001")+`]`))
	if len(two) != 2 || two[0].Key != "#id/lamps/21001" || two[1].Key != "#id/wicks/21001" ||
		two[0].Severity != normalize.SeverityCritical {
		t.Errorf("got %+v", two)
	}
	alone := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "",
		`[`+one("lamps", "21001")+`]`))
	if len(alone) != 1 || !normalize.WeakKey(alone[0].Key) {
		t.Errorf("got %+v", alone)
	}
}

func TestHome(t *testing.T) {
	for page, want := range map[string]string{
		"https://status.cloud.google.com/":                       "https://status.cloud.google.com",
		"https://status.cloud.google.com/incidents.json":         "https://status.cloud.google.com",
		"https://status.cloud.google.com/incidents/kAbc":         "https://status.cloud.google.com",
		"https://status.cloud.google.com/incident/compute/20005": "https://status.cloud.google.com",
		"https://status.cloud.google.com/summary":                "https://status.cloud.google.com",
		"https://status.cloud.google.com/maps-platform": "https://status.cloud.google.com/" +
			"maps-platform",
		"https://www.google.com/appsstatus/dashboard/": "https://www.google.com/appsstatus/" +
			"dashboard",
		"https://www.google.com/appsstatus/dashboard/incidents.json": "https://www.google.com/appsstatus/" +
			"dashboard",
		"https://www.google.com/appsstatus/dashboard/incidents/kAbc?hl=de": "https://www.google.com/appsstatus/" +
			"dashboard",
		"https://www.google.com/appsstatus/dashboard/en/feed.atom": "https://www.google.com/appsstatus/dashboard",
	} {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Platform{}).Home(u); got != want {
			t.Errorf("%s is below %s, want %s", page, got, want)
		}
	}
}

func TestRefuses(t *testing.T) {
	platformtest.Refuses(t, Platform{}, map[string]string{
		"an empty list":           `[]`,
		"a list of another kind":  `[{"id":"a","title":"b"}]`,
		"updates that are null":   strings.Replace(one, `"updates":[`, `"updates":null,"olds":[`, 1),
		"begin under a new name":  strings.Replace(one, `"begin"`, `"beginning"`, 1),
		"one that is not like it": strings.TrimSuffix(one, "]") + `,{"id":"x"}]`,
	})
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "googlecloud")
	f.Add([]byte(one))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
