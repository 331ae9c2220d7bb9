package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/scraper"
)

// TestVendorsByName holds which addresses a vendor without a url has.
func TestVendorsByName(t *testing.T) {
	type source struct{ URL, Platform string }
	tests := []struct {
		name, vendor string
		want         []source
	}{
		{"the name is in the catalogue", `name = "GitHub"`, []source{{"https://www.githubstatus.com", "statuspage"}}},
		{"an alias of it is", `name = "aws"`, []source{{"https://health.aws.amazon.com", "aws"}}},
		{"case and punctuation do not count", `name = "digital-ocean"`,
			[]source{{"https://status.digitalocean.com", "statuspage"}}},
		{"a url of the file comes first", `name = "GitHub"
url = "https://github.acme.test"`, []source{{"https://github.acme.test", "statuspage"}}},
		{"a platform of the file comes first", `name = "AWS"
platform = "feed"`, []source{{"https://health.aws.amazon.com", "feed"}}},
		{"a platform of the file stands in for one that is not known", `name = "Signal"
platform = "feed"`, []source{{"https://status.signal.org", "feed"}}},
		{"a platform that is not known is found at the first reading, until when it counts as the most common",
			`name = "Signal"`,
			[]source{{"https://status.signal.org", "statuspage"}}},
		{"sources of the file stand for the page", `name = "AWS"
[[vendor.source]]
url = "https://aws.acme.test"`, []source{{"https://aws.acme.test", "statuspage"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := parse(t, "fetch.contact = \"ops@acme.test\"\n[[vendor]]\n"+tt.vendor+"\n").Vendors[0]
			var got []source
			for _, s := range v.Sources {
				if s.Cron == nil {
					t.Errorf("source %s is never scraped", s.URL)
				}
				got = append(got, source{s.URL, s.Platform})
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("sources (-want +got):\n%s", diff)
			}
			if v.URL != got[0].URL {
				t.Errorf("URL = %s; want that of the first source", v.URL)
			}
		})
	}
}

// TestEveryEntryOfTheCatalogueIsAnAddress holds that the catalogue's pages stand in the one form that
// addresses have in the record.
func TestEveryEntryOfTheCatalogueIsAnAddress(t *testing.T) {
	for _, e := range scraper.Catalogue() {
		if got, err := parseURL(e.Page); err != nil || got != e.Page {
			t.Errorf("%s: %s is written %s, %v", e.Name, e.Page, got, err)
		}
		if Slug(e.Name) == "" {
			t.Errorf("%s has no slug", e.Name)
		}
	}
}

// TestCataloguePlatforms holds that an entry whose platform is not known, or read by none, leaves it to detection: the
// vendor may have moved since.
func TestCataloguePlatforms(t *testing.T) {
	for _, e := range []scraper.Entry{
		{Name: "Acme", Page: "https://status.acme.test", Platform: "cachet"},
		{Name: "Acme", Page: "https://status.acme.test"},
		{Name: "Acme", Page: "https://status.acme.test", ServedBy: []string{"carrierpigeon"}},
	} {
		var c checker
		if _, err := c.decode(nil); err != nil {
			t.Fatal(err)
		}
		v := Vendor{Name: "Acme"}
		c.catalogued(&v, e, "vendor[0]")
		if v.URL != e.Page || v.Platform != e.Platform || len(c.Mistakes()) > 0 {
			t.Errorf("%+v gives %q, %q, and the mistakes %v", e, v.URL, v.Platform, c.Mistakes())
		}
	}
}
