package route

import (
	"strings"
	"testing"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// TestWhyARouteMatches holds both what a route decides and what it says of it.
func TestWhyARouteMatches(t *testing.T) {
	places := map[string][]string{"eu": {"*Frankfurt*", "EU *"}, "us": {"*Virginia*"}}
	outage := func(change func(*Subject)) News {
		s := Subject{Incident: query.Incident{IncidentID: 1, Kind: "incident", Severity: "major",
			Components: "EU › API"},
			Parts: []query.Component{{Name: "API", GroupName: "EU West", Status: "partial_outage"}}}
		if change != nil {
			change(&s)
		}
		return News{Event: query.Event{Kind: normalize.EventIncidentOpened, Vendor: "acme", VendorName: "Acme Inc."},
			Subject:  &s,
			Vendor:   Vendor{Name: "Acme Inc.", Owner: "platform", Tags: []string{"core", "eu"}, Places: places},
			Severity: normalize.Severity(s.Severity)}
	}
	page := News{Event: query.Event{Kind: normalize.EventSourceUnreadable, Vendor: "acme"},
		Severity: normalize.SeverityMajor}
	nowhere := func(s *Subject) { s.Parts, s.Components = nil, "" }
	tests := []struct {
		name  string
		match Match
		news  News
		want  bool
		why   string
	}{
		{"nothing asked", Match{}, outage(nil), true, "it has no conditions"},
		{"vendor by slug", Match{Vendors: []string{"a?me"}}, outage(nil), true, `vendors "a?me" matches "acme"`},
		{"vendor by name", Match{Vendors: []string{"*INC."}}, outage(nil), true, `matches "Acme Inc."`},
		{"other vendor", Match{Vendors: []string{"bolt", "c*"}}, outage(nil), false,
			`vendors "bolt", "c*" do not match "acme", "Acme Inc."`},
		{"tag", Match{Tags: []string{"co*"}}, outage(nil), true, `tags "co*" matches "core"`},
		{"no owner", Match{Owners: []string{"x"}}, page, false, `owners "x" do not match a vendor without any`},
		{"component by name", Match{Components: []string{"api"}}, outage(nil), true, "components match"},
		{"component by group", Match{Components: []string{"EU*"}}, outage(nil), true, "components match"},
		{"component by both", Match{Components: []string{"EU West › *"}}, outage(nil), true, "components match"},
		{"other component", Match{Components: []string{"Web"}}, outage(nil), false,
			`components "Web" match none of EU › API`},
		{"no component named", Match{Components: []string{"Web"}}, outage(nowhere), true,
			"the incident names no component, so any may be affected"},
		{"region by its group of places", Match{Regions: []string{"EU"}}, outage(nil), true, "regions match"},
		{"other region", Match{Regions: []string{"us"}}, outage(nil), false, `regions "us" match none of`},
		{"region in the vendor's words", Match{Regions: []string{"EU West"}}, outage(nil), true, "regions match"},
		{"no place named", Match{Regions: []string{"us"}}, outage(func(s *Subject) { s.Parts[0].GroupName = "Core" }),
			true, "regions match"},
		{"kind", Match{Kinds: []normalize.Kind{"notice"}}, outage(nil), false, "its kind incident is none of [notice]"},
		{"severity", Match{Severity: normalize.SeverityCritical}, outage(nil), false,
			"severity major is below critical"},
		{"severity of planned work", Match{Severity: normalize.SeverityCritical},
			outage(func(s *Subject) { s.Kind = "maintenance" }), true, "it has no conditions"},
		{"severity of a page", Match{Severity: normalize.SeverityCritical}, page, false,
			"severity major is below critical"},
		{"a page concerns every component", Match{Components: []string{"Web"}, Regions: []string{"us"}}, page, true,
			"it has no conditions"},
		{"as bad itself", Match{ComponentStatus: "partial_outage"}, outage(nil), true,
			"in partial_outage or worse itself"},
		{"not as bad itself", Match{ComponentStatus: "major_outage"}, outage(nil), false,
			"none of its components is in major_outage or worse itself"},
		{"another one is as bad", Match{Components: []string{"API"}, ComponentStatus: "partial_outage"},
			outage(func(s *Subject) {
				s.Parts[0].Status = "operational"
				s.Parts = append(s.Parts, query.Component{Name: "Web", Status: "major_outage"})
			}), false, "none of its components"},
		{"another place is as bad", Match{Regions: []string{"eu"}, ComponentStatus: "partial_outage"},
			outage(func(s *Subject) {
				s.Parts[0].Status = "operational"
				s.Parts = append(s.Parts, query.Component{Name: "Virginia", Status: "major_outage"})
			}), false, "none of its components"},
		{"status not known", Match{ComponentStatus: "major_outage"},
			outage(func(s *Subject) { s.Parts[0].Status = "unknown" }), true, "or worse itself"},
		{"status of what is over", Match{ComponentStatus: "major_outage"},
			outage(func(s *Subject) { s.State = "resolved" }), true, "it has no conditions"},
		{"status where no component is named", Match{ComponentStatus: "major_outage"}, outage(nowhere), true,
			"it has no conditions"},
		{"status of planned work", Match{ComponentStatus: "major_outage"},
			outage(func(s *Subject) { s.Kind = "maintenance" }), true, "it has no conditions"},
		{"event", Match{Events: []normalize.EventKind{"update_posted"}}, outage(nil), false,
			"its events do not include incident_opened"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, why := Route{Match: tt.match}.Judge(tt.news)
			if got != tt.want || !strings.Contains(why, tt.why) {
				t.Errorf("matched = %v, %q; want %v, %q", got, why, tt.want, tt.why)
			}
		})
	}
}
