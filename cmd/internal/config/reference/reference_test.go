package reference_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/config/reference"
	"vendorwatch/cmd/internal/config/tomlcheck"
	"vendorwatch/cmd/internal/report/channel/kinds"
	"vendorwatch/normalize/goldentest"
)

// TestPage holds docs/config.md to the code that reads config files, and the example to every key of it.
func TestPage(t *testing.T) {
	for _, key := range reference.Missing() {
		t.Errorf("example.toml does not tell what %s is", key)
	}
	about := map[string]string{}
	for _, k := range kinds.All() {
		about[k.Type] = k.Doc
	}
	goldentest.Held(t, "../../../../docs/config.md", []byte(reference.Page(service.ChannelKinds(), about)))
}

// elsewhere is a mistake about something that is not on this machine.
var elsewhere = regexp.MustCompile(`is not set|there is no file|` +
	`(fetch\.ca_file: it|descriptions: the folder) cannot be read`)

// TestExample holds that the example can be used as it is, and so can every setting in it that is not in force, but for
// secrets and files that are not on this machine.
func TestExample(t *testing.T) {
	dir := t.TempDir()
	// Routes stand in place of [alerts].
	before, rest, _ := strings.Cut(reference.Whole(), "[alerts]\n")
	_, routes, _ := strings.Cut(rest, "[[route]]\n")
	whole := before + "[[route]]\n" + routes
	for name, text := range map[string]string{"as it is": reference.Example(), "whole": whole} {
		_, err := config.Parse(filepath.Join(dir, "config.toml"), []byte(text), service.ChannelKinds(), nil)
		mistakes, _ := err.(tomlcheck.Mistakes)
		for _, m := range mistakes {
			line := m.Error()
			if name == "as it is" || !elsewhere.MatchString(line) {
				t.Errorf("%s: %s", name, line)
			}
		}
		if err != nil && mistakes == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
