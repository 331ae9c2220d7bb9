package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/scraper/platforms/custom"
)

const described = `
[fetch]
contact = "ops@vendorwatch.test"
[[vendor]]
name = "Lanternpost"
url = "https://lanternpost.vendorwatch.test/status"
platform = "custom"
[vendor.page]
anchor = "#status"
complete = true
list = ".incident"
title = "h3"
state = ".badge"
[vendor.page.states]
"Fixed in v1.2" = "resolved"
"at work" = "identified"
[[vendor.source]]
url = "https://lanternpost.vendorwatch.test/eu"
[[vendor.source]]
url = "https://lanternpost.vendorwatch.test/api"
page = { format = "json", anchor = "incidents", list = "incidents", title = "name" }
[[vendor.source]]
url = "https://lanternpost.vendorwatch.test/feed"
platform = "feed"
`

func TestPageOfAVendor(t *testing.T) {
	c, err := Parse("config.toml", []byte(described), testKinds, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Vendors[0].Sources
	if len(s) != 4 || s[0].Selectors == nil || s[0].Selectors != s[1].Selectors {
		t.Fatalf("the vendor's page is not that of its sources without one: %+v", s)
	}
	page := s[0].Selectors.Page()
	if page.States["Fixed in v1.2"] != "resolved" || page.States["at work"] != "identified" ||
		page.Format != custom.FormatHTML || !page.Complete {
		t.Errorf("page %+v", page)
	}
	if s[2].Selectors == nil || s[2].Selectors.Page().Format != custom.FormatJSON ||
		s[2].Selectors.Fingerprint() == s[0].Selectors.Fingerprint() {
		t.Errorf("the page of a source is not its own: %+v", s[2])
	}
	if s[3].Selectors != nil {
		t.Error("a feed has selectors")
	}
}

// TestLoadPage holds that what is tried out in a file of its own is what stands in a config file later.
func TestLoadPage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.toml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, vendor, _ := strings.Cut(described, "[[vendor]]")
	write("[[vendor]]" + vendor)
	v, err := LoadPage(path)
	if err != nil {
		t.Fatal(err)
	}
	if v.Name != "Lanternpost" || v.Sources[0].Selectors == nil {
		t.Errorf("vendor %+v", v)
	}
	for text, want := range map[string]string{
		"[[vendor]]" + vendor + "\n[[vendor]]\n" +
			"name=\"Two\"\nurl=\"https://two.vendorwatch.test\"\n": "there are 2 vendors",
		"[[vendor]]\nname=\"A\"\nurl=\"https://a.vendorwatch.test\"\nplatform=\"custom\"\n[vendor.page]\n" +
			"anchor=\"#a\"\ntitle=\"b\"\nlist=\"li[\"\n": ":8: vendor \"A\": page.list: \"li[\" cannot be read",
		"list = \".incident\"": "unknown key",
		"=":                    "not TOML",
		"":                     "there is no vendor",
	} {
		write(text)
		if _, err := LoadPage(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
