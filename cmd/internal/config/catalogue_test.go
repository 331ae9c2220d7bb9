package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/config/tomlcheck"
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

// TestCataloguePlatforms holds what is said where the platform of an entry is of no use. The entries are
// made up, since those of the catalogue may be known or read one day.
func TestCataloguePlatforms(t *testing.T) {
	tests := []struct {
		name, platform string
		want           []tomlcheck.Mistake
	}{
		{"it is read", "statuspage", nil},
		{"it is not known, and will be found", "", nil},
		{"it cannot be read", "carrierpigeon", []tomlcheck.Mistake{{Key: "vendor 1: platform",
			Problem: "the page of Acme, https://status.acme.test, is made with carrierpigeon, which this version " +
				"cannot read",
			Write: `remove the vendor, or give the address of its RSS or Atom feed as url, ` +
				`with platform = "feed"`}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c checker
			if _, err := c.decode(nil); err != nil {
				t.Fatal(err)
			}
			v := Vendor{Name: "Acme"}
			c.catalogued(&v, scraper.Entry{Name: "Acme", Page: "https://status.acme.test", Platform: tt.platform},
				"vendor[0]")
			if v.URL != "https://status.acme.test" {
				t.Errorf("URL = %q", v.URL)
			}
			got := []tomlcheck.Mistake(c.Mistakes())
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}
