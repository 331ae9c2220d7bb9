package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/config/tomlcheck"
	"vendorwatch/scraper"
)

const quarryFile = `name = "Quarry"
home = ["Quarryboard"]
[page]
format = "json"
path = "/api/faults"
marks = ['"faults"', '"quarry"']
anchor = "faults"
list = "faults"
id = "nr"
title = "name"
state = "phase"
lookup.state = { list = "phases", id = "nr", take = "word" }
[page.states]
"dug out" = "resolved"
[second]
format = "json"
path = "/api/works"
anchor = "works"
list = "works"
title = "name"
`

// describing loads a config file with a folder of descriptions, of which each file is given by its name and text.
func describing(t *testing.T, platform string, files map[string]string) (*Config, error) {
	t.Helper()
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "pages"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, "pages", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := "descriptions = \"pages\"\n[fetch]\ncontact = \"ops@vendorwatch.test\"\n" +
		"[[vendor]]\nname = \"Quarry\"\nurl = \"https://quarry.vendorwatch.test\"\nplatform = \"" + platform + "\"\n"
	path := filepath.Join(folder, "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path, testKinds)
}

func TestDescriptions(t *testing.T) {
	c, err := describing(t, "quarry", map[string]string{"quarry.toml": quarryFile, "README.md": "notes"})
	if err != nil {
		t.Fatal(err)
	}
	s := c.Vendors[0].Sources[0]
	if s.Platform != scraper.Custom || s.Selectors == nil || s.Selectors != c.Described["quarry"] {
		t.Fatalf("the vendor's page is not read by the description: %+v", s)
	}
	requests := s.Selectors.Start(scraper.Source{URL: s.URL})
	if len(requests) != 2 || requests[1].URL != "https://quarry.vendorwatch.test/api/works" {
		t.Errorf("asks for %+v", requests)
	}
}

func TestBadDescriptions(t *testing.T) {
	for what, c := range map[string]struct {
		file, text, platform string
		want                 string
	}{
		"a key that does not exist": {"quarry.toml", strings.Replace(quarryFile, "anchor =", "ancor =", 1), "quarry",
			`quarry.toml:7: page.ancor: unknown key; write "anchor"`},
		"a selector that is none": {"quarry.toml", strings.Replace(quarryFile, `"nr"`, `"nr["`, 1), "quarry",
			`quarry.toml:9: page.id: "nr[" cannot be read`},
		"no anchor": {"quarry.toml", strings.Replace(quarryFile, "anchor = \"works\"\n", "", 1), "quarry",
			"quarry.toml:15: second.anchor: it is missing"},
		"a lookup without a list": {"quarry.toml", strings.Replace(quarryFile, `list = "phases", `, "", 1), "quarry",
			"quarry.toml:12: page.lookup.state.list: it is missing"},
		"a word of theirs": {"quarry.toml", strings.Replace(quarryFile, `"resolved"`, `"ended"`, 1), "quarry",
			`quarry.toml:14: page.states.dug out: "ended" is none of our words; write one of: `},
		"no name": {"quarry.toml", strings.Replace(quarryFile, "name = \"Quarry\"\n", "", 1), "quarry",
			`quarry.toml: name: it is missing: whose page it is; write for example name = "Lanternpost"`},
		"one path for two documents": {"quarry.toml", strings.Replace(quarryFile, "/api/works", "/api/faults", 1),
			"quarry", "quarry.toml:17: second.path: it is that of the first document"},
		"no TOML": {"quarry.toml", "name = ", "quarry", "quarry.toml:1"},
		"a name of ours": {"statuspage.toml", quarryFile, "statuspage",
			`statuspage.toml: there is a platform of the name "statuspage" already; rename the file`},
		"a name that is none": {"The Quarry.toml", quarryFile, "statuspage",
			`The Quarry.toml: "The Quarry" is no name of a platform`},
		"another name": {"quarry.toml", quarryFile, "query",
			`vendor "Quarry": platform: platform "query" is unknown; write one of: `},
	} {
		_, err := describing(t, c.platform, map[string]string{c.file: c.text})
		var mistakes tomlcheck.Mistakes
		if !errors.As(err, &mistakes) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
		if what != "a key that does not exist" && len(mistakes) != 1 {
			t.Errorf("%s: %d mistakes: %v", what, len(mistakes), err)
		}
	}
}
