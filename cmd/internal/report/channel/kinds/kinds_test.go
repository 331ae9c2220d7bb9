package kinds

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/channel"
)

// folderOf is the folder of the package that makes a kind.
func folderOf(k channel.Kind) string {
	at := reflect.ValueOf(k.New).Pointer()
	file, _ := runtime.FuncForPC(at).FileLine(at)
	return filepath.Base(filepath.Dir(file))
}

// Every kind has a folder of its own, and a row in the battery there; every folder with a kind is on the list.
func TestEveryKindIsInTheBattery(t *testing.T) {
	var listed []string
	for _, k := range All() {
		folder := folderOf(k)
		if slices.Contains(listed, folder) {
			t.Errorf("the kinds %v share the folder %s", listed, folder)
		}
		listed = append(listed, folder)
		if !callsBattery(t, filepath.Join("..", folder)) {
			t.Errorf("channel/%s: no test calls channeltest.Battery with its Kind", folder)
		}
	}
	all, err := filepath.Glob("../*/kind.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		if folder := filepath.Base(filepath.Dir(file)); !slices.Contains(listed, folder) {
			t.Errorf("channel/%s is not in the list of kinds", folder)
		}
	}
	if len(all) != len(listed) {
		t.Errorf("%d folders have a kind.go, and %d kinds are listed", len(all), len(listed))
	}
}

// callsBattery reports whether a test of a folder calls channeltest.Battery with a row that names Kind().
func callsBattery(t *testing.T, folder string) bool {
	t.Helper()
	tests, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range tests {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		called, named := false, false
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch fun := call.Fun.(type) {
			case *ast.SelectorExpr:
				x, _ := fun.X.(*ast.Ident)
				called = called || x != nil && x.Name == "channeltest" && fun.Sel.Name == "Battery"
			case *ast.Ident:
				named = named || fun.Name == "Kind"
			}
			return true
		})
		if called && named {
			return true
		}
	}
	return false
}

// docs/reporting.md has a row for each kind, in the order of the list, that says what a reader gets.
func TestEveryKindIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../../../docs/reporting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(page), "## Channels\n")
	last := -1
	for _, k := range All() {
		at := strings.Index(rows, "\n| `"+k.Type+"` | "+k.Doc)
		if at <= last {
			t.Errorf("docs/reporting.md lacks the row of %s, or has it elsewhere: | `%s` | %s", k.Type, k.Type, k.Doc)
		}
		last = max(last, at)
		row, _, _ := strings.Cut(rows[max(at, 0)+1:], "\n")
		for _, key := range k.Keys {
			if key.Required && !strings.Contains(row, "`"+key.Name) {
				t.Errorf("the row of %s in docs/reporting.md does not name the key %s", k.Type, key.Name)
			}
		}
	}
}
