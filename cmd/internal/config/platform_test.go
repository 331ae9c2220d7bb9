package config

import "testing"

func TestPlatformOfAPageThatTheCatalogueKnows(t *testing.T) {
	for text, want := range map[string]string{
		`url = "https://status.openai.com"`:                              "incidentio",
		`url = "https://status.openai.com/"`:                             "incidentio",
		"url = \"https://status.openai.com\"\nplatform = \"statuspage\"": "statuspage",
		`url = "https://status.vendorwatch.test"`:                        "statuspage",
	} {
		c, err := Parse("config.toml",
			[]byte("[fetch]\ncontact = \"ops@vendorwatch.test\"\n[[vendor]]\nname = \"A vendor\"\n"+text+"\n"),
			testKinds, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Vendors[0].Sources[0].Platform; got != want {
			t.Errorf("%s: platform %q, want %q", text, got, want)
		}
	}
}
