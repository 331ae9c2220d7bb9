package tomlcheck

import (
	"bytes"
	"fmt"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// An entry is one key or table of the file.
type entry struct {
	path  string        // with a number for each element of an array: vendor[2].source[0].url
	line  int           // from 1
	start int           // offset of its first byte
	kind  unstable.Kind // of the value; Table and ArrayTable for headers
	text  string        // value of a scalar
	top   int           // number of the expression that it stands in
}

// isHeader reports whether the entry is a table's header.
func (e entry) isHeader() bool { return e.kind == unstable.Table || e.kind == unstable.ArrayTable }

// An expression is a table's header, or a key with its value.
type expression struct {
	start, end int // offsets
	first      int // number of its first entry
}

// An index knows where every key of a file is. Decoded values alone cannot tell the line of a mistake, nor a value
// that was not written from one that was written as zero. It is made by one walk over the file.
type index struct {
	entries     []entry
	expressions []expression
	byPath      map[string]int  // the first entry of a path
	tables      map[string]bool // every path that another one lies under
}

// An indexer walks a file's expressions.
type indexer struct {
	index
	parser unstable.Parser
	lines  []int          // offset of the first byte of each line
	table  string         // path of the current header
	counts map[string]int // elements of each array of tables so far
}

// newIndex reads data, which must be free of syntax errors; what follows one is left out.
func newIndex(data []byte) *index {
	x := indexer{counts: map[string]int{}, lines: []int{0}}
	x.byPath, x.tables = map[string]int{}, map[string]bool{}
	for i, b := range data {
		if b == '\n' {
			x.lines = append(x.lines, i+1)
		}
	}
	x.parser.Reset(data)
	for x.parser.NextExpression() {
		x.expression(x.parser.Expression())
	}
	for i := range x.expressions {
		if i > 0 {
			// Nothing says where an expression ends; the next one's brackets are not part of it.
			before := &x.expressions[i-1]
			before.end = before.start + len(bytes.TrimRight(data[before.start:x.expressions[i].start], " \t["))
		}
	}
	if n := len(x.expressions); n > 0 {
		x.expressions[n-1].end = len(data)
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
	x.expressions = append(x.expressions, expression{start: start, end: start, first: len(x.entries)})
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
			path = element(path, n-1)
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
			at, node := start, it.Node()
			if node.Raw.Length > 0 {
				at = int(node.Raw.Offset)
			}
			x.add(entry{path: element(path, n), start: at, kind: node.Kind, text: string(node.Data)})
			x.value(element(path, n), at, node)
		}
	}
}

func (x *indexer) add(e entry) {
	e.top = len(x.expressions) - 1
	e.line = sort.SearchInts(x.lines, e.start+1)
	if _, known := x.byPath[e.path]; !known {
		x.byPath[e.path] = len(x.entries)
	}
	for table := above(e.path); table != "" && !x.tables[table]; table = above(table) {
		x.tables[table] = true
	}
	x.entries = append(x.entries, e)
}

// at returns the entry at or last before an offset, in the same expression.
func (x *index) at(offset int) (entry, bool) {
	top := sort.Search(len(x.expressions), func(i int) bool { return x.expressions[i].start > offset }) - 1
	if top < 0 || offset >= max(x.expressions[top].end, x.expressions[top].start+1) {
		return entry{}, false
	}
	var found entry
	ok := false
	for _, e := range x.of(top) {
		if e.start <= offset {
			found, ok = e, true
		}
	}
	return found, ok
}

// of returns the entries of an expression.
func (x *index) of(top int) []entry {
	end := len(x.entries)
	if top+1 < len(x.expressions) {
		end = x.expressions[top+1].first
	}
	return x.entries[x.expressions[top].first:end]
}

// isHeader reports whether an expression is a table's header.
func (x *index) isHeader(top int) bool { return x.entries[x.expressions[top].first].isHeader() }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func element(path string, n int) string { return fmt.Sprintf("%s[%d]", path, n) }

// parent returns the table or the array that a path stands in, "" for the file itself.
func parent(path string) string {
	if strings.HasSuffix(path, "]") {
		return path[:max(strings.LastIndex(path, "["), 0)]
	}
	return above(path)
}

// above returns the part of a path before its last dot.
func above(path string) string { return path[:max(strings.LastIndex(path, "."), 0)] }

// generic returns a path without its numbers.
func generic(path string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(path, "[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		number, after, closed := strings.Cut(rest, "]")
		if !closed || number == "" || strings.Trim(number, "0123456789") != "" {
			b.WriteByte('[')
			path = rest
			continue
		}
		path = after
	}
}
