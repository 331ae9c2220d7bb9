package db

import (
	"testing"
	"time"
)

func TestFirstScrapeIsTheBaseline(t *testing.T) {
	f := newFile(t)
	saved := f.save(Scrape{At: t0, AllOpen: true, Incidents: read(
		outage("old", after(-48*time.Hour), "investigating", "resolved"),
		outage("open", after(-2*time.Hour), "investigating"),
		work("soon", after(3*time.Hour), "scheduled"),
		work("now", after(-10*time.Minute), "in_progress"),
	)})
	if got, want := kinds(saved.Events), "incident_opened(already_open) maintenance_scheduled(already_open) maintenance_started(already_open)"; got != want {
		t.Errorf("events: %s\nwant %s", got, want)
	}
	if saved.Incidents != 4 || saved.Updates != 5 || saved.Outcome != OutcomeChanged {
		t.Errorf("saved %+v", saved)
	}
}
