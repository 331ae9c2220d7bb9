package statusiq

import (
	"errors"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestRefuses(t *testing.T) {
	const whole = `{"code":0,"message":"success","data":{"current_status":[],"active_incident_details":[],` +
		`"resolved_incident_details":[]}}`
	if _, err := (Platform{}).Parse(scraper.Source{}, page.Page{Body: []byte(whole)}); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"a code that is an error": {`"code":0`, `"code":1045`},
		"no code":                 {`"code":0,`, ``},
		"no data":                 {`"data"`, `"details"`},
		"no components":           {`"current_status":[],`, ``},
		"incidents that are null": {`"active_incident_details":[]`, `"active_incident_details":null`},
		"an incident without an id": {`"active_incident_details":[]`, `"active_incident_details":[{"incident_titl` +
			`e":"Down"}]`},
		"an ended one that is text": {`"resolved_incident_details":[]`, `"resolved_incident_details":[{"grp_by_in` +
			`cidents_list":["Down"]}]`},
		"a component without a name": {`"current_status":[]`, `"current_status":[{"enc_component_id":"a",` +
			`"component_status":1}]`},
		"a group within a group": {`"current_status":[]`, `"current_status":[{"componentgroup_display_name":"A",` +
			`"componentgroup_components":[{"componentgroup_display_name":"B"}]}]`},
	} {
		p := page.Page{Body: []byte(strings.Replace(whole, change[0], change[1], 1))}
		if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) ||
			scraper.Detects(Platform{}, p) {
			t.Errorf("%s: read as %+v (%v)", what, res, err)
		}
	}
}

// TestCodes holds that the numbers go before the words, which are in any language, and that a number which
// is in no table leaves the word.
func TestCodes(t *testing.T) {
	tests := []struct {
		severity, state page.Scalar
		word            string
		wantKind        normalize.Kind
		wantSeverity    normalize.Severity
		wantState       normalize.State
	}{
		{"6", "10", "Bestätigt", normalize.KindIncident, normalize.SeverityCritical, normalize.StateInvestigating},
		{"5", "12", "Erkannt", normalize.KindIncident, normalize.SeverityMajor, normalize.StateIdentified},
		{"3", "13", "", normalize.KindIncident, normalize.SeverityMinor, normalize.StateMonitoring},
		{"1", "14", "", normalize.KindIncident, normalize.SeverityNone, normalize.StateResolved},
		{"2", "11", "", normalize.KindNotice, normalize.SeverityNone, normalize.StateInvestigating},
		{"4", "21", "", normalize.KindMaintenance, normalize.SeverityNone, normalize.StateScheduled},
		{"6", "22", "", normalize.KindMaintenance, normalize.SeverityCritical, normalize.StateInProgress},
		{"4", "23", "", normalize.KindMaintenance, normalize.SeverityNone, normalize.StateVerifying},
		{"4", "24", "Resolved", normalize.KindMaintenance, normalize.SeverityNone, normalize.StateCompleted},
		{"9", "19", "Resolved", normalize.KindIncident, normalize.SeverityUnknown, normalize.StateResolved},
		{"", "19", "", normalize.KindIncident, normalize.SeverityUnknown, normalize.StateUnknown},
	}
	for _, tt := range tests {
		raw := incident{ID: "a", Title: "b", SeverityID: tt.severity, Updates: []update{{State: tt.word,
			StateID: tt.state, At: "2026-06-08T09:20:00+0200"}}}.raw()
		in, _ := normalize.Incidents([]normalize.Raw{raw}, scraper.WordsOf(Platform{}))
		if in[0].Kind != tt.wantKind || in[0].Severity != tt.wantSeverity || in[0].State != tt.wantState {
			t.Errorf("severity %s, state %s %q: %s, %s, %s", tt.severity, tt.state, tt.word, in[0].Kind,
				in[0].Severity, in[0].State)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "statusiq")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
