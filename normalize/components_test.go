package normalize

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestComponentsOfOneNameStayTwo holds how components are told apart: by id, by group, else by an ordinal.
func TestComponentsOfOneNameStayTwo(t *testing.T) {
	own := Words{Statuses: map[string]ComponentStatus{"limping": StatusDegraded}}
	components, findings := Components([]RawComponent{
		{ID: "c1", Name: "Web", Status: "operational"},
		{ID: "c2", Name: "Web", Group: "EU", Status: " Limping "},
		{Name: "Web", Group: "EU", Status: "wobbly"},
		{Name: "Web", Group: "EU"},
		{Name: " Web  App ", Group: "EU &amp; US"},
		{ID: "c1", Name: "Web", Status: "major_outage"},
		{Name: "Web", Group: "EU"},
	}, own)
	var got []string
	for _, c := range components {
		got = append(got, c.Key+"|"+c.Label()+"|"+string(c.Status)+"|"+c.VendorStatus)
	}
	want := []string{
		"c1|Web|operational|operational", "c2|EU › Web|degraded_performance|Limping", "@EU/Web|EU › Web|unknown|wobbly",
		"@EU/Web#2|EU › Web|unknown|", "@EU & US/Web App|EU & US › Web App|unknown|", "@EU/Web#3|EU › Web|unknown|",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(findings) != 1 || findings[0].Field != "status" || findings[0].Value != "wobbly" ||
		!strings.Contains(findings[0].Problem, `"Web"`) {
		t.Errorf("findings: %+v", findings)
	}
	if list, found := Components(nil, own); list != nil || found != nil {
		t.Errorf("of nothing: %v, %v", list, found)
	}
}

// Whatever a page lists, no two components have one key, and each one listed is there.
func TestEveryComponentHasItsKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.Custom(func(t *rapid.T) RawComponent {
			return RawComponent{
				ID:    rapid.SampledFrom([]string{"", "", "1", "2"}).Draw(t, "id"),
				Name:  rapid.SampledFrom([]string{"Web", "API", "web"}).Draw(t, "name"),
				Group: rapid.SampledFrom([]string{"", "EU"}).Draw(t, "group"),
			}
		})
		raws := rapid.SliceOfN(raw, 0, 12).Draw(t, "components")
		components, _ := Components(raws, Words{})
		keys := map[string]bool{}
		for _, c := range components {
			if keys[c.Key] || c.Key == "" {
				t.Fatalf("%q is the key of two in %v", c.Key, components)
			}
			keys[c.Key] = true
		}
		ids := map[string]bool{}
		want := 0
		for _, r := range raws {
			if r.ID == "" || !ids[r.ID] {
				want++
			}
			ids[r.ID] = true
		}
		if len(components) != want {
			t.Fatalf("%v became %v", raws, components)
		}
	})
}

// TestAffectedComponentsOfTwoDocuments holds that the document with ids makes the other's names exact, and which list
// takes components away.
func TestAffectedComponentsOfTwoDocuments(t *testing.T) {
	known, _ := Components([]RawComponent{{ID: "c1", Name: "Web", Group: "EU", Status: "operational"},
		{ID: "c2", Name: "API"}}, Words{})
	names := func(list []Component) string {
		var out []string
		for _, c := range list {
			out = append(out, c.Key+"="+c.Label()+":"+string(c.Status))
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		name    string
		seen    []RawComponent
		older   bool
		excerpt bool
		want    string
		edited  bool
	}{
		{"nothing shown", nil, false, false, "c1=EU › Web:operational c2=API:unknown", false},
		{"names only", []RawComponent{{Name: "API"}, {Name: "Web"}}, false, false,
			"c2=API:unknown c1=EU › Web:operational", false},
		{"one less", []RawComponent{{Name: "Web", Group: "EU", Status: "major_outage"}}, false, false,
			"c1=EU › Web:major_outage", true},
		{"one more", []RawComponent{{ID: "c1", Name: "Web", Group: "EU"}, {ID: "c2", Name: "API"}, {Name: "Mail"}},
			false, false, "c2=API:unknown @/Mail=Mail:unknown c1=EU › Web:operational", true},
		{"a part of the list takes nothing away", []RawComponent{{Name: "API", Status: "partial_outage"}}, false, true,
			"c1=EU › Web:operational c2=API:partial_outage", false},
		{"an older list takes nothing away", []RawComponent{{Name: "API"}, {Name: "Mail"}}, true, false,
			"c1=EU › Web:operational c2=API:unknown", false},
		{"another group is another component", []RawComponent{{Name: "Web", Group: "US"}, {Name: "API"}}, false, false,
			"c2=API:unknown @US/Web=US › Web:unknown", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen, _ := Components(c.seen, Words{})
			g := &merging{fresh: !c.older}
			got := g.components(known, Incident{Components: seen, Excerpt: c.excerpt})
			if names(got) != c.want || len(g.edits) > 0 != c.edited {
				t.Errorf("got %s with edits %v, want %s", names(got), g.edits, c.want)
			}
		})
	}
}

// TestJoinedComponents holds what is kept of a component that two documents name.
func TestJoinedComponents(t *testing.T) {
	known := Component{Key: "c1", Name: "Web", Group: "EU", Status: StatusDegraded, VendorStatus: "limping"}
	for name, c := range map[string]struct{ seen, want Component }{
		"a newer status": {
			Component{Key: "c1", Name: "Web", Group: "EU", Status: StatusOperational, VendorStatus: "up"},
			Component{Key: "c1", Name: "Web", Group: "EU", Status: StatusOperational, VendorStatus: "up"}},
		"no id and no group": {
			Component{Key: "@Web", Name: "Web", Status: StatusOperational, VendorStatus: "up"},
			Component{Key: "c1", Name: "Web", Group: "EU", Status: StatusOperational, VendorStatus: "up"}},
		"no status": {
			Component{Key: "c1", Name: "Web", Group: "EU", Status: StatusUnknown}, known},
		"a status in a word that nobody knows": {
			Component{Key: "c1", Name: "Web", Group: "EU", Status: StatusUnknown, VendorStatus: "wobbly"},
			Component{Key: "c1", Name: "Web", Group: "EU", Status: StatusUnknown, VendorStatus: "wobbly"}},
		"a status that was set without a word": {
			Component{Key: "c1", Name: "Web", Group: "EU", Status: StatusMajor},
			Component{Key: "c1", Name: "Web", Group: "EU", Status: StatusMajor}},
	} {
		if got := refine([]Component{known}, []Component{c.seen}); !slices.Equal(got, []Component{c.want}) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
