package normalize

import (
	"strings"
	"testing"
)

// summary writes the events of a change on one line.
func summary(news []News) string {
	var out []string
	for _, n := range news {
		text := string(n.Kind)
		if from := n.Detail["from"]; from != "" {
			text += "(" + from + ">" + n.Detail["to"] + ")"
		}
		if n.UpdateKey != "" {
			text += "=" + n.UpdateKey
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// TestNewsOfAChangedState holds which event a change of state is.
func TestNewsOfAChangedState(t *testing.T) {
	for _, c := range []struct {
		kind     Kind
		from, to State
		want     EventKind
	}{
		{KindIncident, StateInvestigating, StateIdentified, EventStateChanged},
		{KindIncident, StateMonitoring, StateResolved, EventIncidentResolved},
		{KindIncident, StateMonitoring, StateCompleted, EventIncidentResolved},
		{KindIncident, StateResolved, StateCompleted, EventStateChanged},
		{KindIncident, StateCompleted, StateResolved, EventStateChanged},
		{KindIncident, StateResolved, StateMonitoring, EventIncidentReopened},
		{KindIncident, StateScheduled, StateInProgress, EventStateChanged},
		{KindMaintenance, StateScheduled, StateInProgress, EventMaintenanceStarted},
		{KindMaintenance, StateCompleted, StateInProgress, EventMaintenanceStarted},
		{KindMaintenance, StateInProgress, StateVerifying, EventStateChanged},
		{KindMaintenance, StateVerifying, StateCompleted, EventMaintenanceCompleted},
		{KindMaintenance, StateInProgress, StateResolved, EventMaintenanceCompleted},
		{KindMaintenance, StateScheduled, StateCancelled, EventStateChanged},
		{KindMaintenance, StateCancelled, StateScheduled, EventMaintenanceScheduled},
		{KindMaintenance, StateInProgress, StateScheduled, EventStateChanged},
		{KindMaintenance, StateCompleted, StateVerifying, EventStateChanged},
	} {
		got := stateNews(Incident{Kind: c.kind, State: c.from}, Incident{Kind: c.kind, State: c.to})
		if got.Kind != c.want || got.Detail["from"] != string(c.from) || got.Detail["to"] != string(c.to) {
			t.Errorf("%s from %s to %s is %+v, want %s", c.kind, c.from, c.to, got, c.want)
		}
	}
}

// TestNewsOfANewIncident holds what is told of an incident that was not known.
func TestNewsOfANewIncident(t *testing.T) {
	postmortem := []Update{{Key: "p", State: StatePostmortem}}
	for _, c := range []struct {
		of   Incident
		want string
	}{
		{Incident{Kind: KindIncident, State: StateMonitoring}, "incident_opened"},
		{Incident{Kind: KindNotice, State: StateUnknown}, "incident_opened"},
		{Incident{Kind: KindIncident, State: StateResolved, Updates: postmortem},
			"incident_opened incident_resolved postmortem_posted=p"},
		{Incident{Kind: KindMaintenance, State: StateScheduled}, "maintenance_scheduled"},
		{Incident{Kind: KindMaintenance, State: StateUnknown}, "maintenance_scheduled"},
		{Incident{Kind: KindMaintenance, State: StateInProgress}, "maintenance_started"},
		{Incident{Kind: KindMaintenance, State: StateVerifying}, "maintenance_started"},
		{Incident{Kind: KindMaintenance, State: StateCompleted}, "maintenance_completed"},
		{Incident{Kind: KindMaintenance, State: StateCancelled}, "maintenance_completed"},
	} {
		if got := summary(newsOfNew(c.of)); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.of.Kind, c.of.State, got, c.want)
		}
	}
}

// TestNewsComesInOrder holds that posts come before the state they bring, postmortems after it, edits last, and that a
// severity which nobody had told before has not changed.
func TestNewsComesInOrder(t *testing.T) {
	known := Incident{Kind: KindIncident, State: StateMonitoring, Severity: SeverityUnknown,
		Updates: []Update{{Key: "a"}, {Key: "@b"}}}
	now := known
	now.State, now.Severity, now.VendorSeverity = StateResolved, SeverityMajor, "major"
	now.Updates = []Update{{Key: "a"}, {Key: "b", Was: "@b"}, {Key: "p", State: StatePostmortem},
		{Key: "c", State: StateResolved}}
	edits := []Revision{{Field: "title"}, {Field: "severity"}, {UpdateKey: "a", Field: "body"}, {Field: "title"}}
	got := news(known, now, edits)
	want := "update_posted=c incident_resolved(monitoring>resolved) postmortem_posted=p incident_edited"
	if summary(got) != want {
		t.Errorf("got  %q\nwant %q", summary(got), want)
	}
	if fields := got[len(got)-1].Detail["fields"]; fields != "title, body" {
		t.Errorf("edited: %q", fields)
	}
	known.VendorSeverity = "odd"
	if got := summary(news(known, now, nil)); !strings.HasPrefix(got, "severity_changed(unknown>major) ") {
		t.Errorf("a word that was not known: %q", got)
	}
}
