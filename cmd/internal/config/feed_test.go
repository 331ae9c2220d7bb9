package config

import (
	"os"
	"strings"
	"testing"
)

// TestFeedOfAVendor holds that the example of docs/feeds.md is a vendor as it stands, and that a source has the
// vendor's zone and dialect unless it has its own.
func TestFeedOfAVendor(t *testing.T) {
	text, err := os.ReadFile("../../../docs/feeds.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "```toml\n")
	example, _, _ = strings.Cut(example, "```")
	c, err := Parse("config.toml", []byte("[fetch]\ncontact = \"ops@vendorwatch.test\"\n"+example+`
[[vendor.source]]
url = "https://harbour.example/english.xml"
time_zone = "UTC"
feed = { state = "resolved" }
[[vendor.source]]
url = "https://harbour.example/planned.xml"
[[vendor.source]]
url = "https://harbour.example"
platform = "statuspage"
`), testKinds, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Vendors[0].Sources
	if len(s) != 4 || s[0].Dialect == nil || s[1].Dialect == nil || s[2].Dialect != s[0].Dialect ||
		s[3].Dialect != nil || s[0].Dialect.Fingerprint() == s[1].Dialect.Fingerprint() {
		t.Errorf("dialects: %+v", s)
	}
	for n, want := range []string{"Europe/Berlin", "UTC", "Europe/Berlin", "Europe/Berlin"} {
		if s[n].TimeZone != want {
			t.Errorf("source %d has the zone %q, want %q", n, s[n].TimeZone, want)
		}
	}
}
