package event

import (
	"testing"
	"time"

	"vendorwatch/normalize"
)

func TestSame(t *testing.T) {
	const telling = "A queue in our European region is not being emptied, so that workflows and routing lag behind " +
		"by up to an hour. Write to help@acme.example."
	at := func(clock string) time.Time {
		when, err := time.Parse(time.RFC3339, "2026-03-01T"+clock+":00Z")
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	record := func(title, start, end, text string) normalize.Incident {
		i := normalize.Incident{Kind: normalize.KindIncident, Title: title, Updates: []normalize.Update{{Body: text}}}
		if start != "" {
			i.StartedAt = at(start)
		}
		if end != "" {
			i.ResolvedAt = at(end)
		}
		return i
	}
	base := record("[Workflows] Delays in Prod 2", "14:09", "15:16", telling)
	tests := []struct {
		name  string
		other normalize.Incident
		want  bool
	}{
		{"the same in every way", record("[Workflows] Delays in Prod 2", "14:09", "15:16", telling), true},
		{"title and start alone", record("[WORKFLOWS]  delays in prod 2", "14:12", "15:16", "Short."), true},
		{"another title, the same start and words", record("Something lags", "14:09", "15:16", telling), true},
		{"a hidden mail address", record("[Workflows] Delays in Prod 2", "14:09", "",
			"A queue in our European region is not being emptied, so that workflows and routing lag behind by up to "+
				"an hour. Write to [email protected]."), true},
		{"another title, the same start, and words that are cut", record("Something lags", "14:09", "15:16",
			telling[:len(telling)-30]), true},
		{"its beginning is not shown, all else agrees", record("[Workflows] Delays in Prod 2", "15:16", "15:16",
			telling), true},
		{"the end and the title alone", record("[Workflows] Delays in Prod 2", "15:10", "15:16", "Short."), false},
		{"the same title later on the day", record("[Workflows] Delays in Prod 2", "18:30", "19:00", telling), false},
		{"together, but of another matter", record("[Chat] Messages are lost", "14:09", "15:16",
			"Chat messages are lost between the widget and the console for some of our customers in the east."), false},
		{"a ready-made sentence is no shared text", record("Chat is down", "14:09", "15:16",
			"We are currently investigating this issue."), false},
		{"begun together, ended hours apart, other words", record("[Workflows] Delays in Prod 2", "14:09", "20:00",
			"Short."), false},
		{"begun together, closed late, the same words", record("[Workflows] Delays in Prod 2", "14:09", "20:00",
			telling), true},
		{"no times at all", record("[Workflows] Delays in Prod 2", "", "", telling), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Same(base, tt.other); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if Same(base, tt.other) != Same(tt.other, base) {
				t.Error("it depends on which of the two is asked")
			}
		})
	}
	ready := "We are currently investigating this issue."
	if Same(record("API errors", "14:09", "", ready), record("Chat is down", "14:09", "", ready)) {
		t.Error("a platform's ready-made sentence linked two incidents")
	}
	planned := base
	planned.Kind, planned.ScheduledStartAt = normalize.KindMaintenance, at("14:09")
	if Same(base, planned) {
		t.Error("an incident and a maintenance are never one event")
	}
	// Two records of planned work are compared by their windows, whatever else they show of the time.
	a, b := planned, planned
	a.StartedAt, b.StartedAt = at("09:00"), at("19:00")
	a.ResolvedAt, b.ResolvedAt = time.Time{}, time.Time{}
	if !Same(a, b) {
		t.Error("one window was taken for two")
	}
	b.ScheduledStartAt = at("17:09")
	if Same(a, b) {
		t.Error("two windows were taken for one")
	}
}
