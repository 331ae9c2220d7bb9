package normalize

import (
	"path"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"api", "API", true},
		{"api", "API v2", false},
		{"api*", "API v2", true},
		{"*prod 1*", "Prod 1 (US)", true},
		{"prod?", "Prod1", true},
		{"prod?", "Prod", false},
		{"eu-*", "eu-central-1", true},
		{"*(europe-*", "Frankfurt (europe-west3)", true},
		{"*a*b", "xaxxab", true},
		{"*a*b", "xaxxa", false},
		{"*", "", true},
		{"", "", true},
		{"", "x", false},
		{"Zürich", "ZÜRICH", true},
		{"web  client", "Web Client", true},
		{"[abc]", "a", false},
		{"[PROD]", "[prod]", true},
		{strings.Repeat("a*", 60) + "b", strings.Repeat("a", 3000), false},
	} {
		if got := Glob(c.pattern, c.text); got != c.want {
			t.Errorf("Glob(%q, %q) = %v, want %v", c.pattern, c.text, got, c.want)
		}
	}
}

// What path.Match says of patterns that mean the same in both, Glob says too.
func TestGlobAgreesWithPathMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringOfN(rapid.SampledFrom([]rune("ab*?")), 0, 8, -1).Draw(t, "pattern")
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab")), 0, 12, -1).Draw(t, "text")
		want, err := path.Match(pattern, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Glob(pattern, text); got != want {
			t.Fatalf("Glob(%q, %q) = %v, path.Match says %v", pattern, text, got, want)
		}
	})
}

func TestFilter(t *testing.T) {
	web := Component{Name: "Web Client", Group: "Prod1 (US)"}
	api := Component{Name: "API", Group: "Prod2 (EU)"}
	frankfurt := Component{Name: "EC2", Group: "eu-central-1"}
	ohio := Component{Name: "EC2", Group: "us-east-2"}
	global := Component{Name: "IAM", Group: "Global"}
	places := []string{"eu-*", "us-*", "ap-*"}
	incident := func(severity Severity, parts ...Component) Incident {
		return Incident{Kind: KindIncident, Severity: severity, Components: parts}
	}
	maintenance := Incident{Kind: KindMaintenance, Severity: SeverityNone, Components: []Component{web}}
	for _, c := range []struct {
		name   string
		filter Filter
		of     Incident
		hidden bool
	}{
		{"no filter hides nothing", Filter{}, incident(SeverityNone, web), false},
		{"a component that is wanted", Filter{Components: []string{"web*"}}, incident(SeverityMinor, web), false},
		{"one wanted among others", Filter{Components: []string{"web*"}}, incident(SeverityMinor, api, web), false},
		{"none that is wanted", Filter{Components: []string{"web*"}}, incident(SeverityMinor, api), true},
		{"a component by its label", Filter{Components: []string{"prod1* › web*"}}, incident(SeverityMinor, web),
			false},
		{"the label of another group", Filter{Components: []string{"prod2* › web*"}}, incident(SeverityMinor, web),
			true},
		{"a group that is wanted", Filter{Groups: []string{"prod1*"}}, incident(SeverityMinor, web), false},
		{"a group that is not", Filter{Groups: []string{"prod1*"}}, incident(SeverityMinor, api), true},
		{"component and group of one and the same part", Filter{Components: []string{"web*"},
			Groups: []string{"prod2*"}}, incident(SeverityMinor, web, api), true},
		{"no component named: it may be all of them", Filter{Components: []string{"web*"}, Groups: []string{"x"},
			Regions: []string{"eu-*"}, Places: places}, incident(SeverityCritical), false},
		{"our region", Filter{Regions: []string{"eu-*"}, Places: places}, incident(SeverityMinor, frankfurt), false},
		{"another region", Filter{Regions: []string{"eu-*"}, Places: places}, incident(SeverityMinor, ohio), true},
		{"ours among others", Filter{Regions: []string{"eu-*"}, Places: places},
			incident(SeverityMinor, ohio, frankfurt), false},
		{"no place named: it may be everywhere", Filter{Regions: []string{"eu-*"}, Places: places},
			incident(SeverityMinor, global), false},
		{"a service without a place beside one in another region", Filter{Regions: []string{"eu-*"}, Places: places},
			incident(SeverityMinor, ohio, global), true},
		{"severe enough", Filter{Severity: SeverityMajor}, incident(SeverityMajor, web), false},
		{"not severe enough", Filter{Severity: SeverityMajor}, incident(SeverityMinor, web), true},
		{"not severe enough, and without a component", Filter{Severity: SeverityMajor}, incident(SeverityMinor), true},
		{"of unknown severity", Filter{Severity: SeverityCritical}, incident(SeverityUnknown, web), false},
		{"planned work has no severity", Filter{Severity: SeverityMajor}, maintenance, false},
		{"a kind that is not wanted", Filter{Kinds: []Kind{KindIncident}}, maintenance, true},
		{"a kind that is", Filter{Kinds: []Kind{KindIncident, KindMaintenance}}, maintenance, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.filter.Hides(c.of); got != c.hidden {
				t.Errorf("hides %v, want %v", got, c.hidden)
			}
		})
	}
}

func TestFilterOfComponents(t *testing.T) {
	f := Filter{Components: []string{"EC2"}, Regions: []string{"eu-*"}, Places: []string{"eu-*", "us-*"}}
	for _, c := range []struct {
		of     Component
		hidden bool
	}{
		{Component{Name: "EC2", Group: "eu-west-1"}, false},
		{Component{Name: "EC2", Group: "us-east-1"}, true},
		{Component{Name: "S3", Group: "eu-west-1"}, true},
		{Component{Name: "EC2"}, false},
	} {
		if got := f.HidesComponent(c.of); got != c.hidden {
			t.Errorf("%s: hides %v, want %v", c.of.Label(), got, c.hidden)
		}
	}
}
