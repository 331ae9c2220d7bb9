package db_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var statement = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b`)

// Every statement that stands whole in the source is prepared against the schema; those put together from
// pieces are run by the tests of their functions.
func TestEveryStatementFitsTheSchema(t *testing.T) {
	f := newFile(t)
	var files []string
	for _, folder := range []string{".", "query", "ledger", "record", "stories"} {
		found, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d files, %v", folder, len(found), err)
		}
		files = append(files, found...)
	}
	prepared := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if _, pieces := n.(*ast.BinaryExpr); pieces {
				return false
			}
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			query, err := strconv.Unquote(lit.Value)
			if err != nil || !statement.MatchString(query) {
				return true
			}
			prepared++
			stmt, err := f.file.Writer().PrepareContext(t.Context(), query)
			if err != nil {
				t.Errorf("%s: %v\n%s", set.Position(lit.Pos()), err, query)
				return true
			}
			stmt.Close()
			return true
		})
	}
	if prepared < 40 {
		t.Errorf("found %d statements, there must be more", prepared)
	}
}
