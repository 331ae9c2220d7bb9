package cli_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// question is one of docs/analysis.md: a heading, its SQL, and the columns of the answer's table.
var question = regexp.MustCompile("(?m)^### (\\d+\\. .*)\n\n```sql\n([^`]*)\n```\n\n" +
	`\| (.*) \|\n\|(?:---\|)+\n(\|?)`)

// scriptAnswers asks a file of the demo every question of docs/analysis.md. The answers change with the day and with
// the length of the demo, so that of them only the columns are compared, and that nearly all that have rows there have
// some.
func scriptAnswers(ts *testscript.TestScript, args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "analysis.md"))
	if err != nil {
		return err
	}
	found := question.FindAllSubmatch(page, -1)
	if headings := strings.Count(string(page), "\n### "); len(found) != headings || headings < 20 {
		return fmt.Errorf("docs/analysis.md: %d headings, %d questions with an answer", headings, len(found))
	}
	file, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0])+"?mode=ro")
	if err != nil {
		return err
	}
	defer file.Close()
	empty := []string{}
	for _, m := range found {
		columns, rows, err := columnsOf(file, string(m[2]))
		if err != nil {
			return fmt.Errorf("%s: %w", m[1], err)
		}
		if told := strings.Split(string(m[3]), " | "); !slices.Equal(told, columns) {
			return fmt.Errorf("%s: the columns are %q, not %q", m[1], columns, told)
		}
		if len(m[4]) > 0 && rows == 0 {
			empty = append(empty, string(m[1]))
		}
	}
	if len(empty) > 3 {
		return fmt.Errorf("no rows: %q", empty)
	}
	return nil
}

func columnsOf(file *sql.DB, query string) (columns []string, rows int, err error) {
	r, err := file.Query(query)
	if err != nil {
		return nil, 0, err
	}
	defer r.Close()
	if columns, err = r.Columns(); err != nil {
		return nil, 0, err
	}
	for r.Next() {
		rows++
	}
	return columns, rows, r.Err()
}
