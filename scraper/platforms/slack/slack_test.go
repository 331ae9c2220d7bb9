package slack

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	platformtest.ReadCaptures(t, Platform{}, func(t *testing.T, body []byte) platformtest.Tally {
		doc := platformtest.MustJSON[map[string]any](t, body)
		var n platformtest.Tally
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

const blot = `{"id":77,"date_created":"2026-11-20T08:00:00-08:00","date_updated":"2026-11-20T09:30:00-08:00",` +
	`"title":"Ink blots","type":"incident","status":"active",` +
	`"url":"https://status.acme.example/2026-11/aa11","services":["Quills"],"notes":[` +
	`{"date_created":"2026-11-20T09:30:00-08:00",` +
	`"body":"Half are gone.\r\n\r\nMore at noon."},{"date_created":"2026-11-20T08:00:00-08:00",` +
	`"body":"There are blots."}]}`

func now(incidents string) string {
	return `{"status":"active","date_created":"2026-11-20T09:30:00-08:00",` +
		`"date_updated":"2026-11-20T09:30:00-08:00","active_incidents":[` + incidents + `]}`
}

func TestMeaning(t *testing.T) {
	tests := []struct {
		name, old, new string
		kind           normalize.Kind
		severity       normalize.Severity
		state          normalize.State
	}{
		{"an incident", "", "", normalize.KindIncident, normalize.SeverityMinor, normalize.StateInvestigating},
		{"an outage", `"type":"incident"`, `"type":"outage"`, normalize.KindIncident, normalize.SeverityMajor,
			normalize.StateInvestigating},
		{"an active notice is an incident", `"type":"incident"`, `"type":"notice"`, normalize.KindIncident,
			normalize.SeverityNone, normalize.StateInvestigating},
		{"resolved", `"status":"active"`, `"status":"resolved"`, normalize.KindIncident, normalize.SeverityMinor,
			normalize.StateResolved},
		{"a maintenance to come", `"type":"incident","status":"active"`, `"type":"maintenance","status":"scheduled"`,
			normalize.KindMaintenance, normalize.SeverityNone, normalize.StateScheduled},
		{"a maintenance that goes on", `"type":"incident"`, `"type":"maintenance"`, normalize.KindMaintenance,
			normalize.SeverityNone, normalize.StateInProgress},
		{"a maintenance that is done", `"type":"incident","status":"active"`,
			`"type":"maintenance","status":"completed"`, normalize.KindMaintenance, normalize.SeverityNone,
			normalize.StateCompleted},
		{"an unknown type", `"type":"incident"`, `"type":"rumour"`, normalize.KindIncident,
			normalize.SeverityUnknown, normalize.StateInvestigating},
		{"an unknown status", `"status":"active"`, `"status":"brewing"`, normalize.KindIncident,
			normalize.SeverityMinor, normalize.StateUnknown},
		{"an id in quotes", `"id":77`, `"id":"77"`, normalize.KindIncident, normalize.SeverityMinor,
			normalize.StateInvestigating},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := platformtest.Parsed(t, Platform{}, "", now(strings.Replace(blot, tt.old, tt.new, 1)))
			got := platformtest.Incidents(t, Platform{}, res)[0]
			if got.Key != "77" || got.Kind != tt.kind || got.Severity != tt.severity || got.State != tt.state {
				t.Errorf("got %s %s %s %s", got.Key, got.Kind, got.Severity, got.State)
			}
			if len(got.Updates) != 2 || got.Updates[1].Body != "Half are gone.\n\nMore at noon." {
				t.Errorf("the notes are %+v", got.Updates)
			}
		})
	}
}

// TestEndMovesNoNote holds that a note keeps its key when its incident ends.
func TestEndMovesNoNote(t *testing.T) {
	active := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "", now(blot)))[0]
	over := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "",
		`[`+strings.Replace(blot, `"status":"active"`, `"status":"resolved"`, 1)+`]`))[0]
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

// TestOrderOfNotes holds that notes come oldest first from either document, also notes of one time, and have the same
// keys.
func TestOrderOfNotes(t *testing.T) {
	notes := []string{}
	for n, at := range []string{"08:00", "09:00", "09:00", "09:30"} {
		notes = append(notes, fmt.Sprintf(`{"date_created":"2026-11-20T%s:00-08:00","body":"note %d"}`, at, n))
	}
	read := func(body string) (out []string) {
		res := platformtest.Parsed(t, Platform{}, "", body)
		for _, u := range platformtest.Incidents(t, Platform{}, res)[0].Updates {
			out = append(out, u.Key+" "+u.Body)
		}
		return out
	}
	with := func(notes []string) string {
		before, _, _ := strings.Cut(blot, `"notes":`)
		return before + `"notes":[` + strings.Join(notes, ",") + `]}`
	}
	past := read(`[` + with(notes) + `]`)
	slices.Reverse(notes)
	current := read(now(with(notes)))
	if !slices.Equal(past, current) || len(past) != 4 || !strings.HasSuffix(past[1], "-08:00 note 1") ||
		!strings.HasSuffix(past[2], "#2 note 2") {
		t.Errorf("the history has %q, the current status %q", past, current)
	}
}

func TestFollowsWhatIsNoLongerActive(t *testing.T) {
	page := page.Page{URL: "https://status.acme.example/api/v2.0.0/current", Body: []byte(now(blot))}
	for _, tt := range []struct {
		name  string
		known map[string]scraper.Known
		mode  scraper.Mode
		want  int
	}{
		{"nothing is known", nil, scraper.Poll, 1},
		{"all that is open is listed", map[string]scraper.Known{"77": {}, "70": {Over: true}}, scraper.Poll, 0},
		{"an open one is gone", map[string]scraper.Known{"77": {}, "76": {}}, scraper.Poll, 1},
		{"a backfill reads the history anyway", nil, scraper.Backfill, 0},
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
		"version 1, without a list": `{"status":"ok","date_created":"2026-11-20T09:30:00-08:00",` +
			`"date_updated":"2026-11-20T09:30:00-08:00"}`,
		"a list that is null": `{"status":"ok","date_created":"2026-11-20T09:30:00-08:00",` +
			`"active_incidents":null}`,
		"active, and nothing is listed": now(""),
		"an incident without a status":  now(strings.Replace(blot, `"status":"active",`, "", 1)),
		"an empty history":              `[]`,
	})
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "slack")
	f.Add([]byte(now(blot)))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
