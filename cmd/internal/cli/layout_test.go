package cli_test

import (
	"bytes"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	maxColumns = 120  // a tab counts as four
	maxLines   = 3500 // of a package, without its tests
)

// TestCodeFits holds the width of lines of code and the size of packages. A line may be wider where a literal crosses
// the limit: text of a page, an address or a pattern is not cut. A package has fewer than 3,500 lines without its
// tests, comments and empty lines counted: one that grows past that is divided, and what is moved out gets a name and
// a few functions that others call.
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

// wide returns the numbers of the lines that go past the limit outside a string literal.
func wide(src []byte) []int {
	file := token.NewFileSet().AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, scanner.ScanComments)
	text := make([]bool, len(src))
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.STRING {
			for at := file.Offset(pos); at < file.Offset(pos)+len(literal); at++ {
				text[at] = true
			}
		}
	}
	var found []int
	number, column := 1, 0
	for at, r := range string(src) {
		switch r {
		case '\n':
			number, column = number+1, 0
			continue
		case '\t':
			column += 4
		default:
			column++
		}
		if column == maxColumns+1 && !text[at] {
			found = append(found, number)
		}
	}
	return found
}

func TestWideLinesAreFound(t *testing.T) {
	long := strings.Repeat("a", maxColumns)
	for src, want := range map[string]int{
		"package p // " + long:              1,
		"package p\nvar " + long + " int":   1,
		"package p\nvar s = `" + long + "`": 0,
		"package p\nvar s int":              0,
	} {
		if got := wide([]byte(src)); len(got) != want {
			t.Errorf("%d wide lines found in %q, not %d", len(got), src, want)
		}
	}
}
