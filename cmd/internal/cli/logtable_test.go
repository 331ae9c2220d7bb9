package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestLogLines holds the table of docs/operate.md to what the program logs: each message stands there, and no other.
func TestLogLines(t *testing.T) {
	logged := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && forTests(d.Name()) {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := messageOf(n); ok {
				logged[text] = true
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "## What the lines of the log mean")
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(.+?)` \\|").FindAllStringSubmatch(table, -1) {
		told = append(told, row[1])
	}
	if len(logged) < 30 {
		t.Errorf("only %d messages are found in the code", len(logged))
	}
	for text := range logged {
		if !slices.Contains(told, text) {
			t.Errorf("docs/operate.md does not say what the line %q means", text)
		}
	}
	for _, text := range told {
		if !logged[text] {
			t.Errorf("docs/operate.md tells of the line %q, which nothing logs", text)
		}
	}
}

// messageOf returns the message of a call of a logger, Log.Info("…"), that a user of serve may see.
func messageOf(n ast.Node) (string, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return "", false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Info", "Warn", "Error"}, method.Sel.Name) {
		return "", false
	}
	if of, ok := method.X.(*ast.SelectorExpr); !ok || of.Sel.Name != "Log" {
		return "", false
	}
	return literal(call.Args[0])
}

// literal is a text that stands in the code, also in several parts.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		a, ok := literal(e.X)
		b, also := literal(e.Y)
		return a + b, ok && also
	}
	return "", false
}
