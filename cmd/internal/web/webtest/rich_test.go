package webtest_test

import (
	"testing"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
)

// The rich record has what it promises, so that tests of it see it.
func TestRichRecord(t *testing.T) {
	r := Rich(t, web.Options{})
	list, err := r.Incidents(t.Context(), query.Filter{AllSources: true})
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, i := range list {
		has["kind "+i.Kind], has["state "+i.State], has["severity "+i.Severity] = true, true, true
		has["filtered"] = has["filtered"] || i.Filtered == 1
		has["same event"] = has["same event"] || i.SameEventID != 0 && i.SameEventID != i.IncidentID
		has["left"] = has["left"] || i.LeftFeedAt != ""
		whole, err := r.IncidentByID(t.Context(), i.IncidentID, Now)
		if err != nil {
			t.Fatal(err)
		}
		has["findings"] = has["findings"] || len(whole.Findings) > 0
		has["revisions"] = has["revisions"] || len(whole.Revisions) > 0
		has["components"] = has["components"] || len(whole.AffectedComponents) > 0
		for _, u := range whole.Updates {
			has["update "+u.State] = true
			has["removed"] = has["removed"] || u.RemovedAt != ""
		}
	}
	for _, want := range []string{"kind incident", "kind maintenance", "kind notice", "state unknown",
		"state scheduled", "state in_progress", "state completed", "state cancelled",
		"severity unknown", "severity minor", "severity major", "severity none", "filtered", "same event", "left",
		"findings", "revisions", "components", "update postmortem", "update update"} {
		if !has[want] {
			t.Errorf("no incident has: %s", want)
		}
	}
	if t.Failed() {
		for _, i := range list {
			t.Logf("%+v", i)
		}
	}
}
