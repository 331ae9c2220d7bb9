package normalize

import "testing"

// TestMaintenanceEndsCompleted holds that planned work ends as completed, whatever word its vendor has for the end.
func TestMaintenanceEndsCompleted(t *testing.T) {
	for _, raw := range []Raw{
		{ID: "a", Title: "x", Kind: "maintenance", State: "resolved"},
		{ID: "a", Title: "x", Kind: "maintenance", State: "Fixed"},
		{ID: "a", Title: "x", Kind: "maintenance", Updates: []RawUpdate{{State: "Closed"}}},
		{ID: "a", Title: "x", Kind: "maintenance", Resolved: RawTime{Text: "2026-03-01T10:00:00Z"}},
	} {
		if incidents, _ := Incidents([]Raw{raw}, Words{}); incidents[0].State != StateCompleted {
			t.Errorf("%+v is %s", raw, incidents[0].State)
		}
		raw.Kind = "incident"
		if incidents, _ := Incidents([]Raw{raw}, Words{}); incidents[0].State != StateResolved {
			t.Errorf("%+v is %s", raw, incidents[0].State)
		}
	}
}
