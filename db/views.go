package db

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// now is how views ask for the time.
const now = `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`

// ViewAt returns the SELECT of a view of the schema with a parameter, such as ?1, in place of the present time. A query
// with a clock of its own so has the view's own text; so have the views that it reads.
// It panics if there is no view of that name.
func ViewAt(view, parameter string) string {
	text, err := fs.ReadFile(migrationFiles, "migrations/00001_first.sql")
	if err != nil {
		panic(err) // the file is part of the program
	}
	_, rest, found := strings.Cut(string(text), "\nCREATE VIEW "+view+" AS -- ")
	_, rest, _ = strings.Cut(rest, "\n")
	body, _, ended := strings.Cut(rest, ";\n")
	if !found || !ended {
		panic(fmt.Sprintf("there is no view %q", view))
	}
	for _, ref := range viewRefs.FindAllString(body, -1) {
		if _, inner, _ := strings.Cut(ref, " "); inner != view {
			if text := ViewAt(inner, parameter); strings.Contains(text, parameter) {
				keyword, _, _ := strings.Cut(ref, " ")
				body = strings.ReplaceAll(body, ref+" ", keyword+" ("+text+") ")
			}
		}
	}
	return strings.ReplaceAll(body, now, parameter)
}

// viewRefs finds the views that a view reads, each of which has an alias.
var viewRefs = regexp.MustCompile(`(?:FROM|JOIN) v_[a-z_]+\b`)
