package config

import (
	"bytes"
	"fmt"
	"reflect"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"vendorwatch/cmd/internal/secret"
)

// entry is one key or table of the file.
type entry struct {
	path  string        // with a number for each element of an array: vendor[2].source[0].url
	line  int           // from 1
	start int           // offset of its first byte
	kind  unstable.Kind // of the value; Table and ArrayTable for headers
	text  string        // value of a scalar
	top   int           // number of the expression it stands in
}

// index knows where every key of a file is. Decoded values alone cannot tell the line of a mistake,
// nor a value that was not written from one that was written as zero.
type index struct {
	entries []entry
	byPath  map[string]int // the first entry of a path
	spans   [][2]int       // of each expression: a header, or a key with its value
}

// indexer walks a file's expressions.
type indexer struct {
	index
	parser unstable.Parser
	data   []byte
	lines  []int          // offset of the first byte of each line
	table  string         // path of the current header
	counts map[string]int // elements of each array of tables so far
}

// newIndex reads data, which must be free of syntax errors; what follows one is left out.
func newIndex(data []byte) *index {
	x := indexer{data: data, counts: map[string]int{}, lines: []int{0}}
	x.byPath = map[string]int{}
	for i, b := range data {
		if b == '\n' {
			x.lines = append(x.lines, i+1)
		}
	}
	x.parser.Reset(data)
	for x.parser.NextExpression() {
		x.expression(x.parser.Expression())
	}
	for i := range x.spans {
		if i > 0 {
			// Nothing says where an expression ends; the next one's brackets are not part of it.
			x.spans[i-1][1] = len(bytes.TrimRight(data[:x.spans[i][0]], " \t["))
		}
	}
	if n := len(x.spans); n > 0 {
		x.spans[n-1][1] = len(data)
	}
	return &x.index
}

func (x *indexer) expression(e *unstable.Node) {
	if e.Kind != unstable.Table && e.Kind != unstable.ArrayTable && e.Kind != unstable.KeyValue {
		return
	}
	it := e.Key()
	if !it.Next() {
		return
	}
	start := int(it.Node().Raw.Offset)
	x.spans = append(x.spans, [2]int{start, start})
	if e.Kind == unstable.KeyValue {
		x.keyValue(x.table, e)
		return
	}
	var path string
	it = e.Key()
	for it.Next() {
		path = join(path, string(it.Node().Data))
		if it.IsLast() && e.Kind == unstable.ArrayTable {
			x.counts[path]++
		}
		// A header below an array of tables means its last element.
		if n := x.counts[path]; n > 0 && (!it.IsLast() || e.Kind == unstable.ArrayTable) {
			path = fmt.Sprintf("%s[%d]", path, n-1)
		}
	}
	x.table = path
	x.add(entry{path: path, start: start, kind: e.Kind})
}

// keyValue adds a key and, where its value is a table or an array, what is in there.
func (x *indexer) keyValue(table string, e *unstable.Node) {
	path, start := table, -1
	it := e.Key()
	for it.Next() {
		path = join(path, string(it.Node().Data))
		if start < 0 {
			start = int(it.Node().Raw.Offset)
		}
	}
	v := e.Value()
	x.add(entry{path: path, start: start, kind: v.Kind, text: string(v.Data)})
	x.value(path, start, v)
}

func (x *indexer) value(path string, start int, v *unstable.Node) {
	switch v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			x.keyValue(path, it.Node())
		}
	case unstable.Array:
		n := 0
		for it := v.Children(); it.Next(); n++ {
			element, node := fmt.Sprintf("%s[%d]", path, n), it.Node()
			at := start
			if node.Raw.Length > 0 {
				at = int(node.Raw.Offset)
			}
			x.add(entry{path: element, start: at, kind: node.Kind, text: string(node.Data)})
			x.value(element, at, node)
		}
	}
}

func (x *indexer) add(e entry) {
	e.top = len(x.spans) - 1
	e.line = sort.SearchInts(x.lines, e.start+1)
	if _, known := x.byPath[e.path]; !known {
		x.byPath[e.path] = len(x.entries)
	}
	x.entries = append(x.entries, e)
}

// has reports whether the file sets the key or has the table.
func (x *index) has(path string) bool {
	_, ok := x.byPath[path]
	return ok
}

// line returns where path is or, if the file does not have it, the table it would be in; 0 if the
// file has neither.
func (x *index) line(path string) int {
	for ; path != ""; path = parent(path) {
		if i, ok := x.byPath[path]; ok {
			return x.entries[i].line
		}
	}
	return 0
}

// text returns the scalar that the file gives a key, as text.
func (x *index) text(path string) string {
	if i, ok := x.byPath[path]; ok {
		return x.entries[i].text
	}
	return ""
}

// at returns the entry at or last before an offset, in the same expression.
func (x *index) at(offset int) (entry, bool) {
	var found entry
	ok := false
	for _, e := range x.entries {
		span := x.spans[e.top]
		if e.start <= offset && span[0] <= offset && offset < max(span[1], span[0]+1) {
			found, ok = e, true
		}
	}
	return found, ok
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func parent(path string) string {
	if strings.HasSuffix(path, "]") {
		return path[:max(strings.LastIndex(path, "["), 0)]
	}
	return path[:max(strings.LastIndex(path, "."), 0)]
}

// schema is the type of each key and table that a file may have, by path without numbers; the file
// itself is "".
func schema() map[string]reflect.Type {
	types := map[string]reflect.Type{}
	var walk, fields func(path string, t reflect.Type)
	walk = func(path string, t reflect.Type) {
		types[path] = t
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() == reflect.Struct && !isScalar(t) {
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
	walk("", reflect.TypeFor[Config]())
	return types
}

func isScalar(t reflect.Type) bool {
	return t == reflect.TypeFor[Duration]() || t == reflect.TypeFor[secret.Text]()
}

// isTables reports whether t is an array of tables.
func isTables(t reflect.Type) bool {
	return t != nil && t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && !isScalar(t.Elem())
}

// isScalars reports whether t is a list of values that are read from text.
func isScalars(t reflect.Type) bool {
	return t != nil && t.Kind() == reflect.Slice && isScalar(t.Elem())
}

// isFree reports whether t is a table whose keys are the user's own.
func isFree(t reflect.Type) bool { return t != nil && t.Kind() == reflect.Map }

// inFree reports whether a path leads into a table whose keys are the user's own; such a key may have dots.
func inFree(types map[string]reflect.Type, path string) bool {
	for path = parent(path); path != ""; path = parent(path) {
		if isFree(types[path]) {
			return true
		}
	}
	return false
}

// isTable reports whether t is a table, or an array of them.
func isTable(t reflect.Type) bool {
	return isTables(t) || t != nil && t.Kind() == reflect.Struct && !isScalar(t)
}
