package normalize

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func printedAt(s string) RawTime { return RawTime{Text: s} }

func utc(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// outage is a raw in the words of a JSON document.
func outage() Raw {
	return Raw{
		Document: "summary", ID: "abc123", URL: "https://status.acme.example/incidents/abc123",
		Title: "Logins fail", State: "resolved", Impact: "minor",
		Started: printedAt("2026-03-01T10:00:00.368Z"), Resolved: printedAt("2026-03-01T10:30:00.448Z"),
		Components: []RawComponent{{ID: "c1", Name: "Web", Group: "EU"}, {ID: "c2", Name: "Web", Group: "US"}},
		Updates: []RawUpdate{
			{ID: "u1", State: "investigating", Posted: printedAt("2026-03-01T10:00:00.478Z"), Body: "We look into it.",
				Format: FormatMarkdown},
			{ID: "u2", State: "investigating", Posted: printedAt("2026-03-01T10:10:00.000Z"), Body: "Still looking.",
				Format: FormatMarkdown},
			{ID: "u3", State: "resolved", Posted: printedAt("2026-03-01T10:30:00.448Z"), Body: "It is over.",
				Format: FormatMarkdown},
		},
	}
}

func read(t *testing.T, raws ...Raw) (Incident, []Finding) {
	t.Helper()
	incidents, findings := Incidents(raws, Words{})
	if len(incidents) != 1 {
		t.Fatalf("%d raws gave %d incidents, want one", len(raws), len(incidents))
	}
	return incidents[0], findings
}

func TestAPostmortemNeverMovesTheEnd(t *testing.T) {
	for _, given := range []bool{true, false} {
		raw := outage()
		if !given {
			raw.Resolved = RawTime{}
		}
		raw.State = "postmortem"
		raw.Updates = append(raw.Updates, RawUpdate{ID: "u4", State: "postmortem",
			Posted: printedAt("2026-03-10T09:00:00Z"), Body: "Users saw errors for 26 minutes.",
			Format: FormatMarkdown})
		i, findings := read(t, raw)
		if i.State != StateResolved || FormatTime(i.ResolvedAt) != "2026-03-01T10:30:00.448Z" {
			t.Errorf("end stated %v: %s at %s", given, i.State, FormatTime(i.ResolvedAt))
		}
		if i.StatedDuration != 26*time.Minute {
			t.Errorf("the postmortem says 26 minutes, read %s", i.StatedDuration)
		}
		if len(findings) != 0 {
			t.Errorf("findings: %v", findings)
		}
	}
}

func TestResolvedBeforeStartedIsAFinding(t *testing.T) {
	raw := outage()
	raw.Resolved = printedAt("Feb 28, 2026, 01:04 PM UTC")
	i, findings := read(t, raw)
	if i.State != StateResolved || !i.ResolvedAt.IsZero() {
		t.Errorf("state %s, resolved at %q; want resolved at an unknown time", i.State, FormatTime(i.ResolvedAt))
	}
	if len(findings) != 1 || findings[0].Field != "resolved_at" || findings[0].Value != "Feb 28, 2026, 01:04 PM UTC" ||
		findings[0].Key != "abc123" {
		t.Errorf("findings: %+v", findings)
	}
}

func TestUnknownWordsStayUnknownAndAreQuoted(t *testing.T) {
	raw := outage()
	raw.State, raw.Impact, raw.Components[0].Status = "Smouldering", "Gruesome", "wobbly"
	raw.Updates[1].State = "Pondering"
	i, findings := read(t, raw)
	if i.State != StateUnknown || i.Severity != SeverityUnknown || i.Components[0].Status != StatusUnknown ||
		i.Updates[1].State != StateUnknown {
		t.Errorf("state %s, severity %s, status %s, update %s: all must be unknown", i.State, i.Severity,
			i.Components[0].Status, i.Updates[1].State)
	}
	quoted := map[string]bool{}
	for _, f := range findings {
		quoted[f.Value] = true
	}
	for _, word := range []string{"Smouldering", "Gruesome", "wobbly", "Pondering"} {
		if !quoted[word] {
			t.Errorf("no finding quotes %q", word)
		}
	}
}

func TestWhatCannotBeReadKeepsTheIncident(t *testing.T) {
	i, findings := read(t, Raw{Document: "incident_text", Updates: []RawUpdate{{State: "Monitoring",
		Body: "cut off in the mid"}}, Started: printedAt("teatime")})
	if len(i.Updates) != 1 || !i.Updates[0].PostedAt.IsZero() || i.Updates[0].State != StateMonitoring {
		t.Errorf("updates: %+v", i.Updates)
	}
	var fields []string
	for _, f := range findings {
		fields = append(fields, f.Field)
	}
	if got := strings.Join(fields, " "); got != "posted_at started_at title" {
		t.Errorf("findings on %q", got)
	}
	if !WeakKey(i.Key) {
		t.Errorf("key %q", i.Key)
	}
}

func TestTheExamplePostIsAFinding(t *testing.T) {
	raw := outage()
	raw.Title = "This is an example incident"
	raw.Updates[0].Body = "When your product or service isn’t functioning as expected, let your customers know"
	i, findings := read(t, raw)
	if i.Kind != KindIncident || len(findings) != 1 || findings[0].Field != "title" {
		t.Errorf("kind %s, findings %+v", i.Kind, findings)
	}
}

func TestPrintedDurationIsCheckedAgainstTheTimes(t *testing.T) {
	raw := outage()
	raw.Duration = "30m"
	if _, findings := read(t, raw); len(findings) != 0 {
		t.Errorf("30m between 10:00 and 10:30: %+v", findings)
	}
	raw.Duration = "1h"
	if _, findings := read(t, raw); len(findings) != 0 {
		t.Errorf("half an hour printed as 1h is within its grain: %+v", findings)
	}
	raw.Duration = "1h 45m"
	if _, findings := read(t, raw); len(findings) != 1 || findings[0].Field != "duration" {
		t.Errorf("1h 45m between 10:00 and 10:30: %+v", findings)
	}
}

func TestMaintenanceTimes(t *testing.T) {
	raw := Raw{Document: "maintenances", ID: "m1", Kind: "maintenance", Title: "Disks", State: "scheduled",
		Impact:  "maintenance",
		Started: printedAt("2026-03-01T08:00:00Z"), ScheduledStart: printedAt("2026-03-04T09:00:00Z"),
		ScheduledEnd: printedAt("2026-03-04T15:00:00Z"),
		Updates:      []RawUpdate{{ID: "a", State: "scheduled", Posted: printedAt("2026-03-01T08:00:00Z"), Body: "x"}}}
	i, _ := read(t, raw)
	if !i.StartedAt.IsZero() || i.Severity != SeverityNone || i.State != StateScheduled {
		t.Errorf("planned: started %q, severity %s, state %s", FormatTime(i.StartedAt), i.Severity, i.State)
	}
	raw.State = "completed"
	raw.Updates = append(raw.Updates,
		RawUpdate{ID: "b", State: "in_progress", Posted: printedAt("2026-03-04T09:01:00Z"), Body: "x"},
		RawUpdate{ID: "c", State: "completed", Posted: printedAt("2026-03-04T11:00:00Z"), Body: "x"})
	i, _ = read(t, raw)
	if FormatTime(i.StartedAt) != "2026-03-04T09:01:00.000Z" || FormatTime(i.ResolvedAt) != "2026-03-04T11:00:00.000Z" {
		t.Errorf("done: %s to %s", FormatTime(i.StartedAt), FormatTime(i.ResolvedAt))
	}
}

func TestIdenticalUpdatesStayTwo(t *testing.T) {
	raw := outage()
	post := RawUpdate{State: "identified", Posted: printedAt("May 01, 2026, 01:39 PM UTC"), Body: "Same words.",
		Format: FormatText}
	raw.Updates = []RawUpdate{post, post}
	i, _ := read(t, raw, raw)
	if len(i.Updates) != 2 || i.Updates[0].Key == i.Updates[1].Key {
		t.Errorf("updates: %+v", i.Updates)
	}
}

func TestAWeakKeyJoinsTheIncidentOfThatTitleAndStart(t *testing.T) {
	text := outage()
	text.Document, text.ID, text.URL = "incident_text", "", ""
	text.Started, text.Resolved = printedAt("Mar 1, 2026 - 05:00 EST"), RawTime{}
	i, _ := read(t, text, outage())
	if i.Key != "abc123" || len(i.Updates) != 3 || len(i.Raws) != 2 {
		t.Errorf("key %s, %d updates, %d raws", i.Key, len(i.Updates), len(i.Raws))
	}
}

func TestNewsOfTwoReadings(t *testing.T) {
	edited := func(change func(*Raw)) Raw {
		raw := outage()
		change(&raw)
		return raw
	}
	kinds := func(raw Raw) string {
		first := Reading{Raws: []Raw{outage()}, Seen: day.AddDate(0, 1, 0)}
		was := Fold([]Reading{first}).Incident
		seen := []Reading{first, {Raws: []Raw{raw}, Seen: day.AddDate(0, 2, 0)}}
		known := &was
		if raw.ID != outage().ID {
			seen, known = seen[1:], nil
		}
		r := Fold(seen)
		var out []string
		for _, n := range NewsOf(known, r.Incident, r.Revisions) {
			out = append(out, string(n.Kind))
		}
		for _, e := range r.Revisions {
			out = append(out, "edit:"+e.Field)
		}
		return strings.Join(out, " ")
	}
	tests := []struct {
		name string
		seen Raw
		want string
	}{
		{"the same again", edited(func(*Raw) {}), ""},
		{"white space and entities are noise",
			edited(func(r *Raw) { r.Title = " Logins  fail "; r.Updates[0].Body = "We look into\nit." }), ""},
		{"components in another order", edited(func(r *Raw) {
			r.Components[0], r.Components[1] = r.Components[1],
				r.Components[0]
		}), ""},
		{"a new title", edited(func(r *Raw) { r.Title = "Logins fail in the EU" }), "incident_edited edit:title"},
		{"a new text", edited(func(r *Raw) { r.Updates[0].Body = "We look into the matter." }),
			"incident_edited edit:body"},
		{"a text that lost its end", edited(func(r *Raw) { r.Updates[0].Body = "We look." }),
			"incident_edited edit:body"},
		{"a space more", edited(func(r *Raw) { r.Updates[0].Body = "We look in to it." }), "incident_edited edit:body"},
		{"sub-seconds are noise", edited(func(r *Raw) { r.Updates[0].Posted = printedAt("2026-03-01T10:00:00.000Z") }),
			""},
		{"an update's time moved", edited(func(r *Raw) { r.Updates[1].Posted = printedAt("2026-03-01T10:20:00.000Z") }),
			"incident_edited edit:posted_at"},
		{"a new severity", edited(func(r *Raw) { r.Impact = "critical" }), "severity_changed edit:severity"},
		{"a component less", edited(func(r *Raw) { r.Components = r.Components[:1] }),
			"incident_edited edit:components"},
		{"a postmortem", edited(func(r *Raw) {
			r.Updates = append(r.Updates, RawUpdate{ID: "u4", State: "postmortem",
				Posted: printedAt("2026-03-10T09:00:00Z"), Body: "Why."})
		}), "postmortem_posted"},
		{"broken again", edited(func(r *Raw) {
			r.State, r.Resolved = "investigating", RawTime{}
			r.Updates = append(r.Updates, RawUpdate{ID: "u4", State: "investigating",
				Posted: printedAt("2026-03-01T11:00:00Z"), Body: "Again."})
		}), "update_posted incident_reopened"},
		{"another incident", edited(func(r *Raw) { r.ID = "other" }), "incident_opened incident_resolved"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := kinds(tt.seen); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNoiseLeavesTheRecordAlone(t *testing.T) {
	base, _ := read(t, outage())
	raw := outage()
	raw.Updates[0].Body = "We look  into it."
	noisy, _ := read(t, raw)
	merged := Merge(base, noisy)
	if diff := cmp.Diff(base.Updates, merged.Updates); diff != "" {
		t.Errorf("(-known +merged):\n%s", diff)
	}
}

func TestAPrintedEndSaysThatItIsOver(t *testing.T) {
	raw := outage()
	raw.State, raw.Document, raw.Excerpt = "", "outage_history", true
	raw.Updates = raw.Updates[:2]
	if i, _ := read(t, raw); i.State != StateResolved || FormatTime(i.ResolvedAt) != "2026-03-01T10:30:00.448Z" {
		t.Errorf("state %s, resolved at %q", i.State, FormatTime(i.ResolvedAt))
	}
	raw.Resolved = RawTime{}
	if i, _ := read(t, raw); i.State != StateInvestigating {
		t.Errorf("without a printed end: state %s", i.State)
	}
}

func TestAHistoryLineOfAMaintenanceIsOverIfItsWordsSaySo(t *testing.T) {
	line := Raw{Document: "history", Kind: "maintenance", ID: "m1", Title: "Disks", Impact: "maintenance",
		Excerpt:        true,
		ScheduledStart: printedAt("2026-03-04T09:00:00Z"), ScheduledEnd: printedAt("2026-03-04T15:00:00Z")}
	if i, _ := read(t, line); i.State != StateUnknown {
		t.Errorf("a window alone says nothing, got %s", i.State)
	}
	line.Message = "The scheduled maintenance has been completed."
	if i, _ := read(t, line); i.State != StateCompleted {
		t.Errorf("got %s", i.State)
	}
}
