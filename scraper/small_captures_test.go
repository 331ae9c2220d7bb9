package scraper_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

func counts(incidents, open, updates, affected, components int) platformtest.Tally {
	return platformtest.Tally{Incidents: incidents, Open: open, Updates: updates, Affected: affected,
		Components: components}
}

// TestSmallCaptures reads the pages that platforms are known by from one document or two, and compares with what
// stands in their bytes, counted by hand.
func TestSmallCaptures(t *testing.T) {
	for file, want := range map[string]struct {
		platformtest.Tally
		states []normalize.State
	}{
		"apple/developer-asc-outage.js": {counts(1, 1, 1, 1, 2),
			[]normalize.State{normalize.StateInvestigating}},
		"cachet/demo-components.json": {platformtest.Tally{Components: 6}, nil},
		"cachet/demo-groups.json":     {},
		"cachet/demo-incidents.json": {counts(2, 1, 6, 0, 0),
			[]normalize.State{normalize.StateResolved, normalize.StateMonitoring}},
		"cstate/tor-index-disrupted-without-issue.json": {platformtest.Tally{Components: 6}, nil},
		"heroku/current-status-2026-09-23-trimmed.json": {counts(1, 0, 2, 1, 3),
			[]normalize.State{normalize.StateCompleted}},
		"hund/feed-fixture.xml": {counts(3, 1, 3, 0, 0),
			[]normalize.State{normalize.StateCompleted, normalize.StateInvestigating, normalize.StateResolved}},
		"instatus/instatus-summary-hasissues.json": {counts(2, 2, 0, 0, 0),
			[]normalize.State{normalize.StateInvestigating, normalize.StateInvestigating}},
		"instatus/wistia-summary-up.json":         {},
		"statusio/nintex-healthy-2026-04-24.json": {platformtest.Tally{Components: 87}, nil},
		"uptimecom/uptime-ajax.json":              {platformtest.Tally{Components: 5}, nil},
		"uptimecom/uptime-history.json": {counts(3, 1, 3, 6, 0),
			[]normalize.State{normalize.StateResolved, normalize.StateResolved, normalize.StateScheduled}},
		"uptimekuma/kuma1-heartbeat.json": {platformtest.Tally{Components: 2}, nil},
		"uptimekuma/kuma1-status-page.json": {counts(2, 2, 2, 0, 0),
			[]normalize.State{normalize.StateInvestigating, normalize.StateInProgress}},
		"uptimekuma/whiterabbit-status-page.json": {},
		"uptimerobot/bluesky-getEventFeed-2025-04-25.json": {counts(2, 2, 2, 0, 0),
			[]normalize.State{normalize.StateIdentified, normalize.StateInvestigating}},
		"zendesk/ssp-incidents-fixture.json": {counts(2, 1, 0, 2, 0), []normalize.State{normalize.StateResolved,
			normalize.StateInvestigating}},
		"statusio/nintex-open-incident-active-and-upcoming-maintenance-2026-05-21.json": {
			counts(3, 3, 5, 13, 64), []normalize.State{normalize.StateIdentified, normalize.StateInProgress,
				normalize.StateScheduled},
		},
	} {
		for _, path := range platformtest.CaptureFiles(t, file) {
			t.Run(file, func(t *testing.T) {
				name := capturedPlatforms[filepath.Dir(file)]
				p, err := platforms.Lookup(name)
				if err != nil {
					t.Fatal(err)
				}
				res, err := p.Parse(scraper.Source{URL: "https://status.acme.example"}, platformtest.CapturePage(t,
					path))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want.Tally, platformtest.TallyOf(t, p, res)); diff != "" {
					t.Errorf("(-in the file +read)\n%s", diff)
				}
				var states []normalize.State
				for _, in := range platformtest.Incidents(t, p, res) {
					states = append(states, in.State)
				}
				if diff := cmp.Diff(want.states, states); diff != "" {
					t.Errorf("states (-in the file +read)\n%s", diff)
				}
			})
		}
	}
}
