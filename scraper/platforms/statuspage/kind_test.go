package statuspage

import (
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// The kind follows the list in which the vendor put the entry, and not its impact.
func TestKindFollowsTheList(t *testing.T) {
	const head = `{"page":{"id":"k3v9x2m7q4tz","name":"Orbitdesk","url":"https://status.orbitdesk.example"},` +
		`"status":{"indicator":"none","description":"All Systems Operational"},"components":[],`
	for name, c := range map[string]struct{ lists, want string }{
		"an incident with the impact maintenance": {`"incidents":[{"id":"a","name":"T","impact":"maintenance",
			"incident_updates":[]}],"scheduled_maintenances":[]`, "incident"},
		"planned work that was moved to the incidents": {`"incidents":[{"id":"a","name":"T","impact":"critical",
			"scheduled_for":"2026-01-02T10:00:00Z","incident_updates":[{"id":"u2","status":"investigating","body":"b"},
			{"id":"u1","status":"in_progress","body":"b"}]}],"scheduled_maintenances":[]`, "incident"},
		"planned work with another impact": {`"incidents":[],"scheduled_maintenances":[{"id":"a","name":"T",
			"impact":"major","incident_updates":[{"id":"u","status":"resolved","body":"b"}]}]`, "maintenance"},
	} {
		t.Run(name, func(t *testing.T) {
			raws := parse(t, scraper.Source{}, page.Page{Body: []byte(head + c.lists + "}")}).Incidents
			if len(raws) != 1 || raws[0].Kind != c.want {
				t.Errorf("%+v, want the kind %s", raws, c.want)
			}
		})
	}
}

// A document without lists tells the kind by its newest post that has a word of its own.
func TestKindOf(t *testing.T) {
	posts := func(states ...string) (out []normalize.RawUpdate) {
		for _, s := range states {
			out = append(out, normalize.RawUpdate{State: s})
		}
		return out
	}
	for name, c := range map[string]struct {
		impact string
		posts  []normalize.RawUpdate
		want   string
	}{
		"planned work":                    {"maintenance", posts("Scheduled", "In progress", "Update"), "maintenance"},
		"planned work of another impact":  {"minor", posts("Scheduled"), "maintenance"},
		"an incident":                     {"minor", posts("Investigating"), "incident"},
		"an incident called maintenance":  {"maintenance", posts("Identified", "Update"), "incident"},
		"planned work that failed":        {"critical", posts("Scheduled", "In progress", "Investigating"), "incident"},
		"nothing but an impact":           {"major", nil, "incident"},
		"nothing but maintenance":         {"maintenance", nil, ""},
		"maintenance with nothing to say": {"maintenance", posts("Update", "Postmortem"), ""},
	} {
		if got := kindOf(c.impact, c.posts); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
