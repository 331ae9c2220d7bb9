package db

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

// now is how views ask for the time.
const now = `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`

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
	var out strings.Builder
	for {
		before, name, rest := cutView(body)
		out.WriteString(before)
		if name == "" {
			return strings.ReplaceAll(out.String(), now, parameter)
		}
		inner := ViewAt(name, parameter)
		switch {
		case !strings.Contains(inner, parameter):
			out.WriteString(name)
		case aliased(rest):
			out.WriteString("(" + inner + ")")
		default:
			out.WriteString("(" + inner + ") " + name)
		}
		body = rest
	}
}

// cutView cuts a text at the first view that it reads: what is before its name, the name, and what is after it. The
// name is empty if it reads none. It is a loop, since a regular expression over all views would take as long as the
// rest of the program's start.
func cutView(text string) (before, name, rest string) {
	for from := 0; ; {
		n := strings.Index(text[from:], " v_")
		if n < 0 {
			return text, "", ""
		}
		from += n + 1
		before = text[:from]
		if strings.HasSuffix(before, "FROM ") || strings.HasSuffix(before, "JOIN ") {
			name = word(text[from:])
			return before, name, text[from+len(name):]
		}
	}
}

// aliased reports whether what comes after the name of a view is another name for it.
func aliased(rest string) bool {
	rest, spaced := strings.CutPrefix(rest, " ")
	return spaced && rest != "" && rest[0] >= 'a' && rest[0] <= 'z'
}

// word returns the letters, digits and underscores with which a text begins.
func word(text string) string {
	n := strings.IndexFunc(text, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if n < 0 {
		return text
	}
	return text[:n]
}
