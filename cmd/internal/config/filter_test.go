package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"vendorwatch/normalize"
)

func TestFilters(t *testing.T) {
	parse := func(text string) normalize.Filter {
		t.Helper()
		c, err := Parse("config.toml", []byte("[fetch]\ncontact = \"ops@acme.test\"\n[[vendor]]\n"+text), testKinds,
			nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Vendors[0].Filter.Of
	}
	if got := parse(`name = "GitHub"`); !got.IsZero() {
		t.Errorf("a vendor without a filter has %+v", got)
	}
	got := parse(`name = "Acme"
url = "https://status.acme.test"
[vendor.filter]
components = ["API*"]
groups = ["Prod1*"]
kinds = ["incident"]
severity = "major"
component_status = "partial_outage"
regions = ["Frankfurt*"]`)
	want := normalize.Filter{Components: []string{"API*"}, Groups: []string{"Prod1*"},
		Kinds:    []normalize.Kind{normalize.KindIncident},
		Severity: normalize.SeverityMajor, Regions: []string{"Frankfurt*"}, Places: []string{"Frankfurt*"},
		Status: normalize.StatusPartial}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The large clouds' own words for places come from the catalogue.
func TestRegionsOfLargeClouds(t *testing.T) {
	for _, c := range []struct{ vendor, of, place string }{
		{"AWS", "eu", "eu-central-1"}, {"AWS", "us", "us-east-1"}, {"Azure", "eu", "Germany West Central"},
		{"Google Cloud", "us", "Iowa (us-central1)"}, {"Cloudflare", "eu", "Europe"}, {"aws", "EU", "eu-west-1"},
	} {
		cfg, err := Parse("config.toml", []byte("[fetch]\ncontact = \"ops@acme.test\"\n[[vendor]]\nname = \""+c.vendor+
			"\"\nfilter = { regions = [\""+c.of+"\"] }\n"), testKinds, nil)
		if err != nil {
			t.Errorf("%s: %v", c.vendor, err)
			continue
		}
		f := cfg.Vendors[0].Filter.Of
		in := func(place string) normalize.Incident {
			return normalize.Incident{Kind: normalize.KindIncident,
				Components: []normalize.Component{{Name: "Compute", Group: place}}}
		}
		if f.Hides(in(c.place)) {
			t.Errorf("%s: regions %q hide %s", c.vendor, c.of, c.place)
		}
		elsewhere := map[string]string{"AWS": "ap-south-1", "aws": "ap-south-1", "Azure": "Japan East",
			"Google Cloud": "Tokyo (asia-northeast1)", "Cloudflare": "Asia"}[c.vendor]
		if !f.Hides(in(elsewhere)) {
			t.Errorf("%s: regions %q show %s", c.vendor, c.of, elsewhere)
		}
		if f.Hides(in("Global services")) {
			t.Errorf("%s: regions %q hide what names no region", c.vendor, c.of)
		}
	}
}

func TestRegionsByThePage(t *testing.T) {
	cfg, err := Parse("config.toml",
		[]byte("[fetch]\ncontact = \"ops@acme.test\"\n[[vendor]]\nname = \"Our CDN\"\nurl = "+
			"\"https://www.cloudflarestatus.com\"\nfilter = { regions = [\"eu\"] }\n"), testKinds, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Europe"}, cfg.Vendors[0].Filter.Of.Regions, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}
