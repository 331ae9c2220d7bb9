package lazyregexp_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/normalize/lazyregexp"
)

// A mistake is not left to whoever uses the expression first.
func TestAMistakeIsFoundInTests(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("New takes an expression that cannot be compiled")
		}
	}()
	lazyregexp.New("(")
}

// No package of the program compiles a regular expression when the program starts.
func TestNothingIsCompiledAtTheStart(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	for _, layer := range []string{"normalize", "scraper", "db", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, layer), func(path string, d fs.DirEntry, err error) error {
			ofTests := strings.HasSuffix(filepath.Dir(path), "test") || strings.HasSuffix(path, "_test.go")
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || ofTests {
				return err
			}
			files++
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			for _, decl := range file.Decls {
				if vars, ok := decl.(*ast.GenDecl); ok {
					ast.Inspect(vars, func(n ast.Node) bool {
						if _, inFunction := n.(*ast.FuncLit); inFunction {
							return false
						}
						if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "MustCompile" {
							if from, ok := call.X.(*ast.Ident); ok && from.Name == "regexp" {
								t.Errorf("%s: compile it with lazyregexp.New", set.Position(n.Pos()))
							}
						}
						return true
					})
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files == 0 {
		t.Fatal("no files found")
	}
}
