package message

import (
	"testing"

	"vendorwatch/db/query"
)

// What is not known to be over is never in the colour of what is.
func TestColor(t *testing.T) {
	for name, c := range map[string]struct {
		incident query.Incident
		want     string
	}{
		"open":              {query.Incident{State: "investigating", Severity: "critical"}, "#b42318"},
		"of unknown bounds": {query.Incident{State: "unknown", Severity: "major"}, "#c4540a"},
		"without severity":  {query.Incident{State: "monitoring"}, "#5b6472"},
		"over":              {query.Incident{State: "resolved", Severity: "critical"}, ColorOver},
		"gone from its page": {query.Incident{State: "investigating", Severity: "critical",
			LeftFeedAt: "2026-11-23T08:00:00.000Z"}, "#b42318"},
		"planned work":    {query.Incident{State: "in_progress", Kind: "maintenance"}, ColorPlain},
		"work that ended": {query.Incident{State: "completed", Kind: "maintenance"}, ColorOver},
	} {
		if got := (Item{Incident: c.incident}).Color(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestTheLastLineLinksToExactlyTheTimeOfTheDigest(t *testing.T) {
	d := Digest{UntilAt: "2026-11-24T09:00:00.123Z", DashboardURL: "https://watch.example/status/"}
	if got := d.WindowURL(); got != "https://watch.example/status/history" {
		t.Errorf("of the whole record: %s", got)
	}
	d.FromAt = "2026-11-21T09:00:00.000Z"
	want := "https://watch.example/status/history?since=2026-11-21T09%3A00%3A00Z&until=2026-11-24T09%3A00%3A00Z"
	if got := d.WindowURL(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := (Digest{}).WindowURL(); got != "" {
		t.Errorf("without a dashboard: %s", got)
	}
}
