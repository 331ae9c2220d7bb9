package tomlcheck

import (
	"encoding"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"vendorwatch/cmd/internal/secret"
)

// A Described type says in a mistake what a value of it is, and how one is written in TOML: "a duration", `"90s"`.
type Described interface {
	Describe() (what, example string)
}

// A schema is the type of each key and table that a file may have, by path without numbers; the file itself is "".
type schema map[string]reflect.Type

// schemaOf returns the schema of a struct with toml tags.
func schemaOf(t reflect.Type) schema {
	types := schema{}
	var walk, fields func(path string, t reflect.Type)
	walk = func(path string, t reflect.Type) {
		types[path] = t
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() == reflect.Struct && !isText(t) {
			fields(path, t)
		}
	}
	fields = func(path string, t reflect.Type) {
		for i := range t.NumField() {
			switch key := t.Field(i).Tag.Get("toml"); {
			case t.Field(i).Anonymous:
				fields(path, t.Field(i).Type)
			case key != "-":
				walk(join(path, key), t.Field(i).Type)
			}
		}
	}
	walk("", t)
	return types
}

// isText reports whether t is a struct that is read from text.
func isText(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// isTexts reports whether t is a list of values that are read from text.
func isTexts(t reflect.Type) bool { return t != nil && t.Kind() == reflect.Slice && isText(t.Elem()) }

func isSecret(t reflect.Type) bool { return t == reflect.TypeFor[secret.Text]() }

// isTables reports whether t is an array of tables.
func isTables(t reflect.Type) bool {
	return t != nil && t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && !isText(t.Elem())
}

// isTable reports whether t is a table, or an array of them.
func isTable(t reflect.Type) bool {
	return isTables(t) || t != nil && t.Kind() == reflect.Struct && !isText(t)
}

// isFree reports whether t is a table whose keys are the user's own.
func isFree(t reflect.Type) bool { return t != nil && t.Kind() == reflect.Map }

// inFree reports whether a path leads into a table whose keys are the user's own; such a key may have dots.
func (s schema) inFree(path string) bool {
	for path = parent(path); path != ""; path = parent(path) {
		if isFree(s[path]) {
			return true
		}
	}
	return false
}

// keys returns the names that may stand in a table, sorted.
func (s schema) keys(table string) []string {
	var keys []string
	for path, t := range s {
		if path != "" && parent(path) == table && !isSecret(t) {
			keys = append(keys, strings.TrimPrefix(strings.TrimPrefix(path, table), "."))
		}
	}
	slices.Sort(keys)
	return keys
}

// homes returns where in a file a key of this name may stand: "under [fetch]".
func (s schema) homes(key string) []string {
	var tables []string
	for path, t := range s {
		if path != "" && !isTable(t) && path == join(parent(path), key) {
			tables = append(tables, path)
		}
	}
	slices.Sort(tables)
	for i, path := range tables {
		tables[i] = s.heading(parent(path))
	}
	return tables
}

func (s schema) heading(table string) string {
	if table == "" {
		return "at the top of the file, above the first [table]"
	}
	return "under " + s.brackets(table)
}

func (s schema) brackets(table string) string {
	if isTables(s[table]) {
		return "[[" + table + "]]"
	}
	return "[" + table + "]"
}

var kindWords = map[unstable.Kind]string{
	unstable.Array: "a list", unstable.InlineTable: "a table", unstable.String: "a string",
	unstable.Bool:  "true or false",
	unstable.Float: "a number with a point", unstable.Integer: "a number", unstable.LocalDate: "a date",
	unstable.LocalTime: "a time", unstable.LocalDateTime: "a time", unstable.DateTime: "a time",
	unstable.Table: "a table", unstable.ArrayTable: "a list of tables",
}

// expected returns what the value of a key has to be, and an example of it.
func (s schema) expected(path string) (what, example string) {
	t, ok := s[path]
	if !ok {
		// An element of a list of strings.
		return "a string", `"…", in quotes`
	}
	name := path[strings.LastIndex(path, ".")+1:]
	if what, example = describe(t); what != "" {
		return what, name + " = " + example
	}
	switch {
	case isFree(t):
		return "a table of strings", name + ` = { "X-Team" = "ops" }`
	case isTable(t):
		return "a table", s.brackets(path)
	case t.Kind() == reflect.String, isText(t):
		return "a string", name + ` = "…", in quotes`
	case t.Kind() == reflect.Bool:
		return "true or false", name + " = true"
	case t.Kind() == reflect.Int:
		return "a whole number", name + " = 5"
	case t.Kind() == reflect.Float64:
		return "a number", name + " = 2.5"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Int:
		return "a list of whole numbers", name + " = [5, 10]"
	default:
		return "a list of strings", name + ` = ["a", "b"]`
	}
}

// describe returns what a type says of its values; nothing if it says nothing.
func describe(t reflect.Type) (what, example string) {
	if d, ok := reflect.Zero(t).Interface().(Described); ok {
		return d.Describe()
	}
	return "", ""
}
