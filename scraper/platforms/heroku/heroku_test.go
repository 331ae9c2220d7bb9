package heroku

import (
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func now(incidents, scheduled string) string {
	return `{"status":[{"system":"Apps","status":"green"}],"incidents":[` + incidents + `],"scheduled":[` +
		scheduled + `]}`
}

const knot = `{"id":77,"title":"A knot","state":"issue","created_at":"2026-11-20T08:00:00.000Z",` +
	`"updated_at":"2026-11-20T08:30:00.000Z","resolved":false,"resolved_at":null,` +
	`"full_url":"https://status.heroku.com/incidents/77","systems":[{"name":"Apps","status":"yellow",` +
	`"services":[]}],"updates":[` +
	`{"id":2,"update_type":"update","created_at":"2026-11-20T08:30:00.000Z",` +
	`"contents":"Scissors are on their way."},` +
	`{"id":1,"update_type":"issue","created_at":"2026-11-20T08:00:00.000Z","contents":"Yarn is knotted."}]}`

func TestMeaning(t *testing.T) {
	tests := []struct {
		name     string
		change   []string
		planned  bool
		kind     normalize.Kind
		state    normalize.State
		resolved string
	}{
		{name: "open", kind: normalize.KindIncident, state: normalize.StateInvestigating},
		{name: "open, and an update tells more", change: []string{`"update_type":"update"`,
			`"update_type":"monitoring"`}, kind: normalize.KindIncident, state: normalize.StateMonitoring},
		{name: "an update that says resolved ends nothing", change: []string{`"update_type":"update"`,
			`"update_type":"resolved"`}, kind: normalize.KindIncident, state: normalize.StateInvestigating},
		{name: "the flag is not to be trusted", change: []string{`"resolved":false`, `"resolved":true`},
			kind: normalize.KindIncident, state: normalize.StateInvestigating},
		{name: "over, whatever the flag says", change: []string{`"state":"issue"`, `"state":"resolved"`},
			kind: normalize.KindIncident, state: normalize.StateResolved},
		{name: "over at a time that is told", change: []string{`"state":"issue"`, `"state":"resolved"`,
			`"resolved_at":null`, `"resolved_at":"2026-11-20T08:25:00.000Z"`},
			kind: normalize.KindIncident, state: normalize.StateResolved, resolved: "2026-11-20T08:25:00.000Z"},
		{name: "announced", change: []string{`"state":"issue"`, `"state":"upcoming"`}, planned: true,
			kind: normalize.KindMaintenance, state: normalize.StateScheduled},
		{name: "announced, and done by its text", change: []string{`"state":"issue"`, `"state":"upcoming"`,
			"Scissors are on their way.", "Maintenance is complete"}, planned: true,
			kind: normalize.KindMaintenance, state: normalize.StateCompleted},
		{name: "announced, with an older text of an end", change: []string{`"state":"issue"`, `"state":"upcoming"`,
			"Yarn is knotted.", "The last maintenance is complete"}, planned: true,
			kind: normalize.KindMaintenance, state: normalize.StateScheduled},
		{name: "an unknown state", change: []string{`"state":"issue"`, `"state":"tangled"`},
			kind: normalize.KindIncident, state: normalize.StateUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			entry := strings.NewReplacer(tt.change...).Replace(knot)
			body := now(entry, "")
			if tt.planned {
				body = now("", entry)
			}
			got := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "", body))[0]
			if got.Key != "77" || got.Kind != tt.kind || got.State != tt.state || len(got.Updates) != 2 ||
				got.Updates[0].Key != "1" {
				t.Errorf("got %s %s %s with %+v", got.Key, got.Kind, got.State, got.Updates)
			}
			if resolved := normalize.FormatTime(got.ResolvedAt); tt.resolved != "" && resolved != tt.resolved {
				t.Errorf("resolved at %s", resolved)
			}
		})
	}
}

func TestFollowsWhatIsNoLongerCurrent(t *testing.T) {
	page := page.Page{URL: "https://status.heroku.com/api/v4/current-status", Body: []byte(now(knot, ""))}
	for _, tt := range []struct {
		name  string
		known map[string]scraper.Known
		mode  scraper.Mode
		want  int
	}{
		{"nothing is known", nil, scraper.Poll, 1},
		{"all that is open is listed", map[string]scraper.Known{"77": {}, "70": {Over: true}}, scraper.Poll, 0},
		{"an open one is gone", map[string]scraper.Known{"77": {}, "76": {}}, scraper.Poll, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, err := Platform{}.Parse(scraper.Source{Known: tt.known, Mode: tt.mode}, page)
			if err != nil || len(res.Follow) != tt.want {
				t.Errorf("follows %+v, error %v", res.Follow, err)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	platformtest.Refuses(t, Platform{}, map[string]string{
		"version 3":                     `{"status":{"Production":"green","Development":"green"},"issues":[]}`,
		"no systems":                    strings.Replace(now("", ""), `{"system":"Apps","status":"green"}`, "", 1),
		"a system without a light":      strings.Replace(now("", ""), `"status":"green"`, `"light":"green"`, 1),
		"incidents that are null":       strings.Replace(now("", ""), `"incidents":[]`, `"incidents":null`, 1),
		"an incident without updates":   strings.Replace(now(knot, ""), `"updates"`, `"posts"`, 1),
		"an incident without a page":    strings.Replace(now(knot, ""), `"full_url"`, `"link"`, 1),
		"a maintenance without a state": strings.Replace(now("", knot), `"state"`, `"phase"`, 1),
		"an empty list of incidents":    `[]`,
		"a list of something else":      `[{"id":1,"title":"A","state":"open"}]`,
	})
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "heroku")
	f.Add([]byte(now(knot, knot)))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
