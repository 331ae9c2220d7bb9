package normalize

import (
	"slices"
	"strings"
	"testing"
)

// posts makes updates of state words, ten minutes apart from 10:00 on.
func posts(words ...string) []RawUpdate {
	var out []RawUpdate
	for n, word := range words {
		at := utc("2026-03-01T10:00:00Z").Add(minutes(10 * n))
		out = append(out, RawUpdate{State: word, Posted: printedAt(FormatTime(at)), Body: "Post."})
	}
	return out
}

func TestStateOfAnIncident(t *testing.T) {
	period := RawTime{Text: "Mar 1, 10:00 - 10:30 UTC", Near: "March 2026"}
	begun := RawTime{Text: "Mar 1, 10:00 UTC", Near: "March 2026"}
	for _, c := range []struct {
		name string
		raw  Raw
		want State
	}{
		{"its word", Raw{State: "Identified", Updates: posts("resolved")}, StateIdentified},
		{"its word is unknown", Raw{State: "Smouldering", Updates: posts("resolved")}, StateUnknown},
		{"the newest post", Raw{Updates: posts("investigating", "identified")}, StateIdentified},
		{"a post that changes nothing", Raw{Updates: posts("identified", "update")}, StateIdentified},
		{"a post without a word", Raw{Updates: posts("identified", "")}, StateIdentified},
		{"only posts that change nothing", Raw{Updates: posts("update", "update")}, StateUnknown},
		{"the word update leaves it to the posts", Raw{State: "Update", Updates: posts("monitoring")}, StateMonitoring},
		{"a postmortem after the end", Raw{State: "postmortem", Updates: posts("resolved", "postmortem")},
			StateResolved},
		{"a postmortem without an end", Raw{Updates: posts("monitoring", "postmortem")}, StateResolved},
		{"a postmortem and nothing else", Raw{State: "postmortem"}, StateResolved},
		{"a postmortem of planned work", Raw{Kind: "maintenance", Updates: posts("in_progress", "postmortem")},
			StateCompleted},
		{"a postmortem of planned work that was cancelled", Raw{Kind: "maintenance",
			Updates: posts("cancelled", "postmortem")}, StateCancelled},
		{"a printed end", Raw{Resolved: printedAt("2026-03-01T10:30:00Z"), Updates: posts("monitoring")},
			StateResolved},
		{"a printed end of planned work", Raw{Kind: "maintenance", Resolved: printedAt("2026-03-01T10:30:00Z")},
			StateCompleted},
		{"a printed end of what was cancelled", Raw{Kind: "maintenance", Resolved: printedAt("2026-03-01T10:30:00Z"),
			Updates: posts("cancelled")}, StateCancelled},
		{"a period", Raw{Period: period}, StateResolved},
		{"a period without an end", Raw{Period: begun}, StateUnknown},
		{"a period that cannot be read", Raw{Period: printedAt("teatime")}, StateUnknown},
		{"a period of planned work is its window", Raw{Kind: "maintenance", Period: period}, StateUnknown},
		{"a period, and a post", Raw{Period: period, Updates: posts("monitoring")}, StateMonitoring},
		{"planned work whose words end it", Raw{Kind: "maintenance",
			Message: "We have completed the scheduled maintenance."}, StateCompleted},
		{"planned work whose words do not", Raw{Kind: "maintenance", Message: "The maintenance is going on."},
			StateUnknown},
		{"an incident is not ended by such words", Raw{Message: "The maintenance was completed."}, StateUnknown},
		{"nothing", Raw{}, StateUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.raw.ID, c.raw.Title = "a", "Logins fail"
			if i, _ := read(t, c.raw); i.State != c.want {
				t.Errorf("got %s, want %s", i.State, c.want)
			}
		})
	}
}

func TestKindOfAnIncident(t *testing.T) {
	for _, c := range []struct {
		name    string
		raw     Raw
		want    Kind
		finding bool
	}{
		{"nothing says otherwise", Raw{State: "investigating", Impact: "major"}, KindIncident, false},
		{"the document says so", Raw{Kind: "notice", State: "scheduled"}, KindNotice, false},
		{"the document says incident", Raw{Kind: "incident", State: "scheduled"}, KindIncident, false},
		{"a state of planned work", Raw{State: "Scheduled"}, KindMaintenance, false},
		{"in progress", Raw{State: "in_progress"}, KindMaintenance, false},
		{"verifying", Raw{State: "verifying"}, KindMaintenance, false},
		{"completed", Raw{State: "completed"}, KindMaintenance, false},
		{"cancelled may be either", Raw{State: "cancelled"}, KindIncident, false},
		{"the impact of planned work", Raw{Impact: "Maintenance"}, KindMaintenance, false},
		{"a window", Raw{ScheduledStart: printedAt("2026-03-01T10:00:00Z")}, KindMaintenance, false},
		{"a post about planned work", Raw{Updates: posts("scheduled", "update")}, KindMaintenance, false},
		{"a word that is no kind", Raw{Kind: "party", State: "scheduled"}, KindMaintenance, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.raw.ID, c.raw.Title = "a", "Logins fail"
			i, findings := read(t, c.raw)
			found := slices.ContainsFunc(findings, func(f Finding) bool {
				return f.Field == "kind" &&
					f.Value == c.raw.Kind
			})
			if i.Kind != c.want || found != c.finding {
				t.Errorf("got %s with %v, want %s", i.Kind, findings, c.want)
			}
		})
	}
}

func TestStatesOfUpdates(t *testing.T) {
	raw := Raw{ID: "a", Title: "Logins fail", Updates: posts("Update", "identified", "Update", "weird", "Update",
		"postmortem", "Update", "")}
	i, findings := read(t, raw)
	var got []string
	for _, u := range i.Updates {
		got = append(got, string(u.State))
	}
	if got := strings.Join(got,
		" "); got != "update identified identified unknown identified postmortem identified unknown" {
		t.Error(got)
	}
	if len(findings) != 1 || findings[0].Value != "weird" || findings[0].Key != "a" {
		t.Errorf("findings: %+v", findings)
	}
	if i.Updates[3].VendorState != "weird" {
		t.Errorf("the vendor's word became %q", i.Updates[3].VendorState)
	}
}

// TestUpdatesAreInOrder holds that posts are sorted by time, that those without a time come first, and what they are
// called if they have no id.
func TestUpdatesAreInOrder(t *testing.T) {
	raw := Raw{ID: "a", Title: "Logins fail", Updates: []RawUpdate{
		{State: "resolved", Posted: printedAt("2026-03-01T10:30:40Z")},
		{State: "investigating", Posted: printedAt("2026-03-01T10:00:10Z"), ID: "own"},
		{State: "monitoring", Body: "One."},
		{State: "identified", Posted: printedAt("2026-03-01T10:20:00Z"), Body: "One."},
		{State: "monitoring", Body: "Two."},
		{State: "identified", Posted: printedAt("2026-03-01T10:20:50Z"), Body: "Two."},
	}}
	i, findings := read(t, raw)
	var keys []string
	for _, u := range i.Updates {
		keys = append(keys, u.Key)
	}
	want := []string{
		"@monitoring", "@monitoring#2", "own", "@2026-03-01T10:20Z/identified", "@2026-03-01T10:20Z/identified#2",
		"@2026-03-01T10:30Z/resolved",
	}
	if !slices.Equal(keys, want) {
		t.Errorf("got %v, want %v", keys, want)
	}
	// The two findings are the same, and told once.
	if len(findings) != 1 || findings[0].Field != "posted_at" || findings[0].Value != "monitoring" {
		t.Errorf("findings: %+v", findings)
	}
	if FormatTime(i.StartedAt) != "2026-03-01T10:00:10.000Z" || FormatTime(i.ResolvedAt) != "2026-03-01T10:30:40.000Z" {
		t.Errorf("%s to %s", FormatTime(i.StartedAt), FormatTime(i.ResolvedAt))
	}
}
