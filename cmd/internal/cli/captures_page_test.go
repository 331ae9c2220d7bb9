package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize/racetest"
)

// Real pages whose own word said that something was wrong while they showed no incident, and some that had both, or
// incidents under a calm word.
func TestPageIncidentsOfRealPages(t *testing.T) {
	racetest.Skip(t, "imports documents one after the other")
	if _, err := os.Stat(sharedCaptures); err != nil {
		t.Skip("the captures are not beside the repository: there is no ../shared/captures")
	}
	const (
		netlifyRaised  = "netlify-summary-2026-08-17-indicator-minor-no-incident.json"
		netlifyTwo     = "netlify-summary-2026-06-14-two-incidents.json"
		netlifyCalm    = "netlify-summary-2026-06-14-indicator-none-incident-monitoring.json"
		oracleRaised   = "oracle-cloud-summary-2021-11-12-indicator-major-no-incidents.json"
		oracleIncident = "oracle-cloud-summary-2022-03-14-major-investigating.json"
		metaRaised     = "metastatuspage-summary-2026-07-16-indicator-minor-no-incident.json"
	)
	const (
		netlifyTitle = "Third-Party Services › GitHub Git Operations: degraded performance, no incident posted"
		oracleTitle  = "Cloud Shell › US East (Ashburn) and 4 more: major outage, no incident posted"
		metaTitle    = "AWS cloudfront: degraded performance, no incident posted"
	)
	for name, c := range map[string]struct {
		captures [][2]string // when, and which
		want     []string
	}{
		"the first look at a page that is not well": {[][2]string{{"2026-08-17T17:40:00Z", netlifyRaised}},
			[]string{"incident_opened | minor | " + netlifyTitle + " | true"}},
		"of another page": {[][2]string{{"2021-11-12T16:40:00Z", oracleRaised}},
			[]string{"incident_opened | major | " + oracleTitle + " | true"}},
		"of a third": {[][2]string{{"2026-07-16T09:00:00Z", metaRaised}},
			[]string{"incident_opened | minor | " + metaTitle + " | true"}},
		"incidents say why, then they are gone": {[][2]string{{"2026-06-14T12:00:00Z", netlifyTwo},
			{"2026-08-17T17:40:00Z", netlifyRaised}, {"2026-08-17T17:50:00Z", netlifyRaised}},
			[]string{"incident_opened | minor | " + netlifyTitle + " | NULL"}},
		"a calm word over an open incident is no news": {[][2]string{{"2026-06-14T12:00:00Z", netlifyCalm}},
			[]string{}},
		"an incident that says so comes later": {[][2]string{{"2021-11-12T16:40:00Z", oracleRaised},
			{"2022-03-14T12:00:00Z", oracleIncident}},
			[]string{"incident_opened | major | " + oracleTitle + " | true",
				"update_posted | major | " + oracleTitle + " | NULL",
				"incident_resolved | major | " + oracleTitle + " | NULL"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			for _, capture := range c.captures {
				run(t, "--db", path, "import", "--vendor", "acme", "--at", capture[0],
					filepath.Join(sharedCaptures, "statuspage", capture[1]))
			}
			got := mustQuery(t, path,
				`SELECT e.kind, i.severity, i.title, json_extract(e.detail, '$.already_open')
				FROM events e JOIN v_incidents i USING (incident_id) WHERE i.origin = 'page' ORDER BY event_id`)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("news of what the page shows (-want +got)\n%s", diff)
			}
		})
	}
}

// The components of a page that is read as a whole have ids; an incident's page names them only. They are the
// same ones, and none is there twice.
func TestComponentsOfRealPagesAreThereOnce(t *testing.T) {
	if _, err := os.Stat(sharedCaptures); err != nil {
		t.Skip("the captures are not beside the repository: there is no ../shared/captures")
	}
	path := filepath.Join(t.TempDir(), "test.db")
	for _, capture := range []string{"home", "history", "incident"} {
		run(t, "--db", path, "import", "--vendor", "notify", "--at", "2025-11-12T12:00:00Z",
			filepath.Join(sharedCaptures, "statuspage", "govuk-notify-"+capture+"-2025-11-12.html"))
	}
	if twice := mustQuery(t, path,
		`SELECT lower(name), group_name, count(*) FROM components GROUP BY 1, 2 HAVING count(*) > 1`); len(twice) > 0 {
		t.Errorf("components that are there twice: %v", twice)
	}
	if made := mustQuery(t, path,
		`SELECT c.source_key FROM components c JOIN components o ON lower(o.name) = lower(c.name)
			AND o.component_id <> c.component_id
		WHERE c.source_key LIKE '@%' AND o.source_key NOT LIKE '@%'`); len(made) > 0 {
		t.Errorf("known by name only, beside one with an id: %v", made)
	}
}
