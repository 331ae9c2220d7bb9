package cli_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	maxColumns = 120  // a tab counts as four
	maxLines   = 3500 // of a package, without its tests
)

// TestCodeFits holds the width of lines of code and the size of packages. A package has fewer than 3,500 lines without
// its tests, comments and empty lines counted: one that grows past that is divided, and what is moved out gets a name
// and a few functions that others call.
func TestCodeFits(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	files := 0
	packages := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		if !strings.HasSuffix(path, "_test.go") {
			packages[filepath.Dir(path)] += bytes.Count(src, []byte("\n"))
		}
		for _, n := range wide(src) {
			name := strings.TrimPrefix(path, root+string(filepath.Separator))
			t.Errorf("%s:%d is over %d columns", name, n, maxColumns)
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files found in %s: %v", files, root, err)
	}
	for dir, lines := range packages {
		if lines >= maxLines {
			name := strings.TrimPrefix(dir, root+string(filepath.Separator))
			t.Errorf("package %s has %d lines; divide it before it has %d", name, lines, maxLines)
		}
	}
}

// wide returns the numbers of the lines that go past the limit.
func wide(src []byte) []int {
	var found []int
	number := 0
	for line := range strings.Lines(string(src)) {
		number++
		line = strings.TrimRight(line, "\n")
		if columns := utf8.RuneCountInString(line) + 3*strings.Count(line, "\t"); columns > maxColumns {
			found = append(found, number)
		}
	}
	return found
}

func TestWideLinesAreFound(t *testing.T) {
	long := strings.Repeat("a", maxColumns)
	for src, want := range map[string]int{
		"package p // " + long:                1,
		"package p\nvar " + long + " int":     1,
		"package p\nvar s = `" + long + "`":   1,
		"// " + strings.Repeat("ä", 117):      0,
		"// " + strings.Repeat("ä", 118):      1,
		"\t// " + strings.Repeat("a", 113):    0,
		"\t// " + strings.Repeat("a", 114):    1,
		"package p\nvar s int":                0,
		"package p\n\n// " + long + "\nvar s": 1,
	} {
		if got := wide([]byte(src)); len(got) != want {
			t.Errorf("%d wide lines found in %q, not %d", len(got), src, want)
		}
	}
}
