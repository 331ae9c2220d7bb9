package described_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/described"
	"vendorwatch/scraper/platforms/platformtest"
)

// Each description is recognised by marks, and says why another document is refused.
func TestEveryDescription(t *testing.T) {
	files, err := filepath.Glob("*.toml")
	if err != nil || len(files) != len(described.All()) {
		t.Fatalf("%d files, %d descriptions, %v", len(files), len(described.All()), err)
	}
	for name, s := range described.All() {
		if page := s.Page(); len(page.Marks) == 0 || !page.Complete {
			t.Errorf("%s has no marks, or does not say that it lists all", name)
		}
		platformtest.MustRefuse(t, name, s, scraper.Page{Status: 200, Body: []byte(`{"error":"gone"}`)})
		if _, err := os.Stat(filepath.Join("..", "..", "testdata", name)); err != nil {
			t.Errorf("%s has no cases: %v", name, err)
		}
	}
}

func FuzzDescriptions(f *testing.F) {
	for name := range described.All() {
		platformtest.Seeds(f, name)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, s := range described.All() {
			platformtest.CheckFuzzed(t, s, body)
		}
	})
}

func TestAlgoliaRefuses(t *testing.T) {
	const clusters = `{"status":{"c1-de":"operational","c4-fr":"major_outage"}}`
	s := described.All()["algolia"]
	if out := platformtest.Parsed(t, s, "", clusters); len(out.Components) != 2 || !out.Coverage.Components {
		t.Errorf("%+v", out)
	}
	bodies := map[string]string{}
	for what, swap := range map[string][2]string{
		"an error beside it":          {`{"status"`, `{"message":"no","status"`},
		"a list of incidents":         {`{"status"`, `{"incidents":[],"status"`},
		"another page's status":       {`"c1-de"`, `"indicator"`},
		"a word that is a number":     {`"major_outage"`, `3`},
		"a word that is a sentence":   {`"major_outage"`, `"All is well."`},
		"a word that is empty":        {`"major_outage"`, `""`},
		"a cluster that is an object": {`"major_outage"`, `{"state":"up"}`},
		"no cluster":                  {`"c1-de":"operational","c4-fr":"major_outage"`, ``},
	} {
		bodies[what] = platformtest.Swap(t, clusters, swap[0], swap[1])
	}
	platformtest.Refuses(t, s, bodies)
	if got := s.Start(scraper.Source{URL: "https://status.algolia.com"}); !strings.HasSuffix(got[0].URL, "/1/status") {
		t.Errorf("begins with %+v", got)
	}
}
