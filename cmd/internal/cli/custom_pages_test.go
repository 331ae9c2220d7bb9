package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/normalize/goldentest"
	"vendorwatch/scraper/platforms/custom"
)

var fence = regexp.MustCompile("(?ms)^```(\\w+)(?: (\\S+))?\\n(.*?)^```$")

// TestCustomPagesDoc holds that the examples of docs/custom-pages.md print what stands there, and that every
// key is told of.
func TestCustomPagesDoc(t *testing.T) {
	path, err := filepath.Abs("../../../docs/custom-pages.md")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(data)
	t.Chdir(t.TempDir())
	commands := 0
	for _, m := range fence.FindAllStringSubmatch(doc, -1) {
		name, text := m[2], m[3]
		if name != "" {
			if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		line, want, _ := strings.Cut(text, "\n")
		args, ok := strings.CutPrefix(line, "$ vendorwatch ")
		if m[1] != "console" || !ok {
			t.Fatalf("a block without a file's name holds no command:\n%s", text)
		}
		commands++
		var stdout, stderr bytes.Buffer
		if code := cli.Run(t.Context(), strings.Fields(args), strings.NewReader(""), &stdout, &stderr); code != 0 {
			t.Fatalf("%s: exit code %d: %s", line, code, &stderr)
		}
		if goldentest.Update() {
			doc = strings.Replace(doc, m[0], "```console\n"+line+"\n"+stdout.String()+"```", 1)
			continue
		}
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(stdout.String(), "\n")); diff != "" {
			t.Errorf("%s prints something else; run with -update (-docs +printed):\n%s", line, diff)
		}
	}
	if commands != 3 {
		t.Errorf("%d commands in %s", commands, path)
	}
	for _, table := range []reflect.Type{reflect.TypeFor[custom.Page](), reflect.TypeFor[custom.Lookup](),
		reflect.TypeFor[custom.File]()} {
		for _, f := range reflect.VisibleFields(table) {
			key := f.Tag.Get("toml")
			if !strings.Contains(doc, "`"+key+"`") && !strings.Contains(doc, "`["+key+"]`") {
				t.Errorf("key %s is not told of", key)
			}
		}
	}
	if goldentest.Update() {
		if err := os.WriteFile(path, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
