package db

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"sync"
)

// now is how views ask for the time.
const now = `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`

var fromView = regexp.MustCompile(`\b(FROM|JOIN) (v_\w+)( [a-z]\w*)?`)

// viewTexts has the SELECT of each view of the schema, by name.
var viewTexts = sync.OnceValue(func() map[string]string {
	text, err := fs.ReadFile(migrationFiles, "migrations/00001_first.sql")
	if err != nil {
		panic(err) // the file is part of the program
	}
	views := map[string]string{}
	for _, rest := range strings.Split(string(text), "\nCREATE VIEW ")[1:] {
		head, rest, _ := strings.Cut(rest, "\n")
		name, _, _ := strings.Cut(head, " AS -- ")
		body, _, ended := strings.Cut(rest, ";\n")
		if !ended {
			panic(fmt.Sprintf("the view %q has no end", name))
		}
		views[name] = body
	}
	return views
})

// ViewAt returns the SELECT of a view of the schema with a parameter, such as ?1, in place of the present time, also in
// the views that it reads. A query with a clock of its own so has the view's own text. It panics if there is no view
// of that name.
func ViewAt(view, parameter string) string {
	body, found := viewTexts()[view]
	if !found {
		panic(fmt.Sprintf("there is no view %q", view))
	}
	body = fromView.ReplaceAllStringFunc(body, func(text string) string {
		m := fromView.FindStringSubmatch(text)
		if inner := ViewAt(m[2], parameter); strings.Contains(inner, parameter) {
			alias := m[3]
			if alias == "" {
				alias = " " + m[2]
			}
			return m[1] + " (" + inner + ")" + alias
		}
		return text
	})
	return strings.ReplaceAll(body, now, parameter)
}
