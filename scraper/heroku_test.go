package scraper

import (
	"strings"
	"testing"

	"vendorwatch/normalize"
)

func herokuNow(incidents, scheduled string) string {
	return `{"status":[{"system":"Apps","status":"green"}],"incidents":[` + incidents + `],"scheduled":[` + scheduled + `]}`
}

const herokuKnot = `{"id":77,"title":"A knot","state":"issue","created_at":"2026-11-20T08:00:00.000Z","updated_at":"2026-11-20T08:30:00.000Z","resolved":false,"resolved_at":null,` +
	`"full_url":"https://status.heroku.com/incidents/77","systems":[{"name":"Apps","status":"yellow","services":[]}],"updates":[` +
	`{"id":2,"update_type":"update","created_at":"2026-11-20T08:30:00.000Z","contents":"Scissors are on their way."},` +
	`{"id":1,"update_type":"issue","created_at":"2026-11-20T08:00:00.000Z","contents":"Yarn is knotted."}]}`

func TestHerokuMeaning(t *testing.T) {
	tests := []struct {
		name     string
		change   []string
		planned  bool
		kind     normalize.Kind
		state    normalize.State
		resolved string
	}{
		{name: "open", kind: normalize.KindIncident, state: normalize.StateInvestigating},
		{name: "open, and an update tells more", change: []string{`"update_type":"update"`, `"update_type":"monitoring"`}, kind: normalize.KindIncident, state: normalize.StateMonitoring},
		{name: "an update that says resolved ends nothing", change: []string{`"update_type":"update"`, `"update_type":"resolved"`}, kind: normalize.KindIncident, state: normalize.StateInvestigating},
		{name: "the flag is not to be trusted", change: []string{`"resolved":false`, `"resolved":true`}, kind: normalize.KindIncident, state: normalize.StateInvestigating},
		{name: "over, whatever the flag says", change: []string{`"state":"issue"`, `"state":"resolved"`}, kind: normalize.KindIncident, state: normalize.StateResolved},
		{name: "over at a time that is told", change: []string{`"state":"issue"`, `"state":"resolved"`, `"resolved_at":null`, `"resolved_at":"2026-11-20T08:25:00.000Z"`},
			kind: normalize.KindIncident, state: normalize.StateResolved, resolved: "2026-11-20T08:25:00.000Z"},
		{name: "announced", change: []string{`"state":"issue"`, `"state":"upcoming"`}, planned: true, kind: normalize.KindMaintenance, state: normalize.StateScheduled},
		{name: "announced, and done by its text", change: []string{`"state":"issue"`, `"state":"upcoming"`, "Scissors are on their way.", "Maintenance is complete"}, planned: true,
			kind: normalize.KindMaintenance, state: normalize.StateCompleted},
		{name: "announced, with an older text of an end", change: []string{`"state":"issue"`, `"state":"upcoming"`, "Yarn is knotted.", "The last maintenance is complete"}, planned: true,
			kind: normalize.KindMaintenance, state: normalize.StateScheduled},
		{name: "an unknown state", change: []string{`"state":"issue"`, `"state":"tangled"`}, kind: normalize.KindIncident, state: normalize.StateUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			entry := strings.NewReplacer(tt.change...).Replace(herokuKnot)
			body := herokuNow(entry, "")
			if tt.planned {
				body = herokuNow("", entry)
			}
			got := cloudIncidents(t, heroku{}, parsed(t, heroku{}, "", body))[0]
			if got.Key != "77" || got.Kind != tt.kind || got.State != tt.state || len(got.Updates) != 2 || got.Updates[0].Key != "1" {
				t.Errorf("got %s %s %s with %+v", got.Key, got.Kind, got.State, got.Updates)
			}
			if resolved := normalize.FormatTime(got.ResolvedAt); tt.resolved != "" && resolved != tt.resolved {
				t.Errorf("resolved at %s", resolved)
			}
		})
	}
}

func TestHerokuFollowsWhatIsNoLongerCurrent(t *testing.T) {
	page := Page{URL: "https://status.heroku.com/api/v4/current-status", Body: []byte(herokuNow(herokuKnot, ""))}
	for _, tt := range []struct {
		name  string
		known map[string]Known
		mode  Mode
		want  int
	}{
		{"nothing is known", nil, Poll, 1},
		{"all that is open is listed", map[string]Known{"77": {}, "70": {Over: true}}, Poll, 0},
		{"an open one is gone", map[string]Known{"77": {}, "76": {}}, Poll, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, err := heroku{}.Parse(Source{Known: tt.known, Mode: tt.mode}, page)
			if err != nil || len(res.Follow) != tt.want {
				t.Errorf("follows %+v, error %v", res.Follow, err)
			}
		})
	}
}

func TestHerokuRefuses(t *testing.T) {
	refuses(t, heroku{}, map[string]string{
		"version 3":                     `{"status":{"Production":"green","Development":"green"},"issues":[]}`,
		"no systems":                    strings.Replace(herokuNow("", ""), `{"system":"Apps","status":"green"}`, "", 1),
		"a system without a light":      strings.Replace(herokuNow("", ""), `"status":"green"`, `"light":"green"`, 1),
		"incidents that are null":       strings.Replace(herokuNow("", ""), `"incidents":[]`, `"incidents":null`, 1),
		"an incident without updates":   strings.Replace(herokuNow(herokuKnot, ""), `"updates"`, `"posts"`, 1),
		"an incident without a page":    strings.Replace(herokuNow(herokuKnot, ""), `"full_url"`, `"link"`, 1),
		"a maintenance without a state": strings.Replace(herokuNow("", herokuKnot), `"state"`, `"phase"`, 1),
		"an empty list of incidents":    `[]`,
		"a list of something else":      `[{"id":1,"title":"A","state":"open"}]`,
	})
}

func FuzzHerokuParse(f *testing.F) {
	seeds(f, "heroku")
	f.Add([]byte(herokuNow(herokuKnot, herokuKnot)))
	f.Fuzz(func(t *testing.T, body []byte) { checkFuzzed(t, heroku{}, body) })
}
