package scraper

import (
	"slices"
	"strings"
	"testing"

	"vendorwatch/normalize"
)

func TestSlackCaptures(t *testing.T) {
	readCloudCaptures(t, slack{}, func(t *testing.T, body []byte) tally {
		doc := mustJSON[map[string]any](t, body)
		var n tally
		for _, in := range doc["active_incidents"].([]any) {
			in := in.(map[string]any)
			n.Incidents++
			if in["status"] == "active" {
				n.Open++
			}
			n.Updates += len(in["notes"].([]any))
			n.Affected += len(in["services"].([]any))
		}
		return n
	}, "slack/*.json")
}

const slackBlot = `{"id":77,"date_created":"2026-11-20T08:00:00-08:00","date_updated":"2026-11-20T09:30:00-08:00","title":"Ink blots","type":"incident","status":"active",` +
	`"url":"https://status.acme.example/2026-11/aa11","services":["Quills"],"notes":[` +
	`{"date_created":"2026-11-20T09:30:00-08:00","body":"Half are gone.\r\n\r\nMore at noon."},{"date_created":"2026-11-20T08:00:00-08:00","body":"There are blots."}]}`

func slackNow(incidents string) string {
	return `{"status":"active","date_created":"2026-11-20T09:30:00-08:00","date_updated":"2026-11-20T09:30:00-08:00","active_incidents":[` + incidents + `]}`
}

func TestSlackMeaning(t *testing.T) {
	tests := []struct {
		name, old, new string
		kind           normalize.Kind
		severity       normalize.Severity
		state          normalize.State
	}{
		{"an incident", "", "", normalize.KindIncident, normalize.SeverityMinor, normalize.StateInvestigating},
		{"an outage", `"type":"incident"`, `"type":"outage"`, normalize.KindIncident, normalize.SeverityMajor, normalize.StateInvestigating},
		{"an active notice is an incident", `"type":"incident"`, `"type":"notice"`, normalize.KindIncident, normalize.SeverityNone, normalize.StateInvestigating},
		{"resolved", `"status":"active"`, `"status":"resolved"`, normalize.KindIncident, normalize.SeverityMinor, normalize.StateResolved},
		{"a maintenance to come", `"type":"incident","status":"active"`, `"type":"maintenance","status":"scheduled"`, normalize.KindMaintenance, normalize.SeverityNone, normalize.StateScheduled},
		{"a maintenance that goes on", `"type":"incident"`, `"type":"maintenance"`, normalize.KindMaintenance, normalize.SeverityNone, normalize.StateInProgress},
		{"a maintenance that is done", `"type":"incident","status":"active"`, `"type":"maintenance","status":"completed"`, normalize.KindMaintenance, normalize.SeverityNone, normalize.StateCompleted},
		{"an unknown type", `"type":"incident"`, `"type":"rumour"`, normalize.KindIncident, normalize.SeverityUnknown, normalize.StateInvestigating},
		{"an unknown status", `"status":"active"`, `"status":"brewing"`, normalize.KindIncident, normalize.SeverityMinor, normalize.StateUnknown},
		{"an id in quotes", `"id":77`, `"id":"77"`, normalize.KindIncident, normalize.SeverityMinor, normalize.StateInvestigating},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := parsed(t, slack{}, "", slackNow(strings.Replace(slackBlot, tt.old, tt.new, 1)))
			got := cloudIncidents(t, slack{}, res)[0]
			if got.Key != "77" || got.Kind != tt.kind || got.Severity != tt.severity || got.State != tt.state {
				t.Errorf("got %s %s %s %s", got.Key, got.Kind, got.Severity, got.State)
			}
			if len(got.Updates) != 2 || got.Updates[1].Body != "Half are gone.\n\nMore at noon." {
				t.Errorf("the notes are %+v", got.Updates)
			}
		})
	}
}

// TestSlackEndMovesNoNote holds that a note keeps its key when its incident ends.
func TestSlackEndMovesNoNote(t *testing.T) {
	active := cloudIncidents(t, slack{}, parsed(t, slack{}, "", slackNow(slackBlot)))[0]
	over := cloudIncidents(t, slack{}, parsed(t, slack{}, "", `[`+strings.Replace(slackBlot, `"status":"active"`, `"status":"resolved"`, 1)+`]`))[0]
	keys := func(i normalize.Incident) (keys []string) {
		for _, u := range i.Updates {
			keys = append(keys, u.Key)
		}
		return keys
	}
	if !slices.Equal(keys(active), keys(over)) {
		t.Errorf("the keys change from %q to %q", keys(active), keys(over))
	}
	if got := normalize.FormatTime(over.ResolvedAt); got != "2026-11-20T17:30:00.000Z" {
		t.Errorf("resolved at %s", got)
	}
}

func TestSlackFollowsWhatIsNoLongerActive(t *testing.T) {
	page := Page{URL: "https://status.acme.example/api/v2.0.0/current", Body: []byte(slackNow(slackBlot))}
	for _, tt := range []struct {
		name  string
		known map[string]Known
		mode  Mode
		want  int
	}{
		{"nothing is known", nil, Poll, 1},
		{"all that is open is listed", map[string]Known{"77": {}, "70": {Over: true}}, Poll, 0},
		{"an open one is gone", map[string]Known{"77": {}, "76": {}}, Poll, 1},
		{"a backfill reads the history anyway", nil, Backfill, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, err := slack{}.Parse(Source{Known: tt.known, Mode: tt.mode}, page)
			if err != nil || len(res.Follow) != tt.want {
				t.Errorf("follows %+v, error %v", res.Follow, err)
			}
		})
	}
}

func TestSlackRefuses(t *testing.T) {
	refuses(t, slack{}, map[string]string{
		"version 1, without a list":     `{"status":"ok","date_created":"2026-11-20T09:30:00-08:00","date_updated":"2026-11-20T09:30:00-08:00"}`,
		"a list that is null":           `{"status":"ok","date_created":"2026-11-20T09:30:00-08:00","active_incidents":null}`,
		"active, and nothing is listed": slackNow(""),
		"an incident without a status":  slackNow(strings.Replace(slackBlot, `"status":"active",`, "", 1)),
		"an empty history":              `[]`,
	})
}

func FuzzSlackParse(f *testing.F) {
	seeds(f, "slack")
	f.Add([]byte(slackNow(slackBlot)))
	f.Fuzz(func(t *testing.T, body []byte) { checkFuzzed(t, slack{}, body) })
}
