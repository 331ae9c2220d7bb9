package tomlcheck

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"vendorwatch/cmd/internal/secret"
	"vendorwatch/cmd/internal/words"
)

// Decode reads the text of a file into a struct with toml tags, and notes every key that is unknown, misplaced or
// written twice, and every value of a wrong type; what such a key sets keeps its default. fresh returns a pointer to
// a struct with the defaults; the first result is such a pointer. The name is that of the file in mistakes. The error
// is Mistakes, and only for a file that is no TOML.
func Decode(name string, data []byte, fresh func() any) (any, *Document, error) {
	// Editors on Windows put a byte order mark in front, which is no mistake of the user's.
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if m, wrong := syntaxError(name, data); wrong {
		return nil, nil, Mistakes{m}
	}
	d := &Document{name: name, index: newIndex(data), painted: map[int]bool{}, unknown: map[string]bool{}}
	d.types = schemaOf(reflect.TypeOf(fresh()).Elem())
	return d.decode(bytes.Clone(data), fresh), d, nil
}

// syntaxError returns the mistake that keeps data from being TOML at all.
func syntaxError(name string, data []byte) (Mistake, bool) {
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
	}
	if p.Error() == nil {
		return Mistake{}, false
	}
	m := Mistake{File: name, Problem: "not TOML: " + p.Error().Error()}
	var e *toml.DecodeError
	if err := toml.Unmarshal(data, &map[string]any{}); errors.As(err, &e) {
		m.Problem = "not TOML: " + message(e)
		m.Line, m.Column = e.Position()
		m.Text = lineOf(data, m.Line)
	}
	return m, true
}

// lineOf returns one line of the file for a message, without what may be a secret in it.
func lineOf(data []byte, line int) string {
	lines := strings.Split(string(data), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return secret.Mask(strings.TrimRight(lines[line-1], "\r"))
}

// decode reads data into a fresh value. The decoder stops at the first value that it cannot use, so what is wrong
// is noted, painted over with spaces, and the rest is read again.
func (d *Document) decode(data []byte, fresh func() any) any {
	d.structure(data)
	for {
		value := fresh()
		err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(value)
		if err == nil || !d.refuse(data, err) {
			return value
		}
	}
}

// refuse notes what the decoder could not use. It reports whether something was painted over, so that another try
// is of use.
func (d *Document) refuse(data []byte, err error) bool {
	var unknown *toml.StrictMissingError
	var wrong *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		for _, e := range unknown.Errors {
			if found, ok := d.entryAt(data, &e); ok {
				d.unknownKey(found)
			}
		}
		return false
	case errors.As(err, &wrong):
		found, ok := d.entryAt(data, wrong)
		if ok && d.paint(data, found.top) {
			d.wrongValue(found, message(wrong))
			return true
		}
		d.fail(message(wrong))
	default:
		d.fail(err.Error())
	}
	return false
}

// fail gives up on a file that the decoder refuses for a reason without a place.
func (d *Document) fail(problem string) {
	d.broken = true
	if len(d.mistakes) == 0 {
		d.mistakes = append(d.mistakes, Mistake{File: d.name, Problem: problem})
	}
}

// structure notes what the decoder would stop at, leave out or misread in silence, and paints it over: keys that it
// does not know or knows in another case, keys and tables that stand there twice, tables with the wrong number of
// brackets, and values of a wrong type.
func (d *Document) structure(data []byte) {
	for i, e := range d.index.entries {
		if d.painted[e.top] {
			continue
		}
		path := generic(e.path)
		t, known := d.types[path]
		first := d.index.byPath[e.path]
		switch {
		case !known && d.types.inFree(path):
			continue
		case !known:
			if isTable(d.types[parent(path)]) {
				d.unknownKey(e)
			}
			if e.start != d.index.expressions[e.top].start {
				continue // within an inline table, whose other keys are to be read
			}
		case isTables(t) && (e.kind == unstable.Table || e.kind == unstable.InlineTable &&
			!strings.HasSuffix(e.path, "]")):
			d.note(e.line, e.path, fmt.Sprintf("there can be several of [%s]", path),
				fmt.Sprintf("write [[%s]], in double brackets", path))
		case e.kind == unstable.ArrayTable && isTable(t) && !isTables(t):
			d.note(e.line, path, fmt.Sprintf("there can be only one [%s]", path),
				fmt.Sprintf("write [%s], in single brackets", path))
		case first != i:
			d.note(e.line, e.path, fmt.Sprintf("it appears twice, first on line %d", d.index.entries[first].line),
				"keep one of the two")
		case (isText(t) || isTexts(t) && strings.HasSuffix(e.path, "]")) && e.kind != unstable.String && !e.isHeader():
			d.notText(e, t)
		case !e.isHeader() && !fits(e, t):
			d.wrongValue(e, misfit)
		default:
			problem := unreadable(e, t)
			if problem == "" {
				continue
			}
			d.wrongValue(e, problem)
		}
		d.paint(data, e.top)
	}
}

// fits reports whether the kind of an entry's value is that of its type. What is in a table whose keys are the
// user's own, and what no kind alone can tell, is left to the decoder.
func fits(e entry, t reflect.Type) bool {
	if strings.HasSuffix(e.path, "]") {
		if t.Kind() != reflect.Slice {
			return true
		}
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Slice:
		return e.kind == unstable.Array
	case isTable(t), isFree(t):
		return e.kind == unstable.InlineTable
	case t.Kind() == reflect.String:
		return e.kind == unstable.String
	case t.Kind() == reflect.Bool:
		return e.kind == unstable.Bool
	case t.Kind() == reflect.Int:
		return e.kind == unstable.Integer
	case t.Kind() == reflect.Int64: // a type of our own, which also reads text
		return e.kind == unstable.Integer || e.kind == unstable.String
	}
	return true
}

// unreadable returns what a type that is read from text says of an entry's text, "" if it can read it.
func unreadable(e entry, t reflect.Type) string {
	if strings.HasSuffix(e.path, "]") && t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if e.kind != unstable.String {
		return ""
	}
	reader, ok := reflect.New(t).Interface().(encoding.TextUnmarshaler)
	if !ok {
		return ""
	}
	if err := reader.UnmarshalText([]byte(e.text)); err != nil {
		return err.Error()
	}
	return ""
}

// misfit stands for the decoder's words on a value of a wrong kind, which name types of Go.
const misfit = "cannot be used"

// notText notes a value that is read from text and is none. The decoder would say so without a line.
func (d *Document) notText(e entry, t reflect.Type) {
	if isTexts(t) {
		t = t.Elem()
	}
	if _, described := reflect.Zero(t).Interface().(Described); described && e.kind == unstable.Integer {
		e.kind = unstable.String
		if problem := unreadable(e, t); problem != "" {
			d.wrongValue(e, problem)
			return
		}
	}
	what, example := d.types.expected(generic(e.path))
	d.note(e.line, e.path, fmt.Sprintf("%s where %s is needed", kindWords[e.kind], what), "write for example "+example)
}

// wrongValue notes a value that cannot be used; problem is what the type or the decoder says of it.
func (d *Document) wrongValue(e entry, problem string) {
	problem, write, ok := strings.Cut(problem, "; write ")
	path := generic(e.path)
	what, example := d.types.expected(path)
	switch {
	case ok:
		d.note(e.line, e.path, problem, "write "+write)
		return
	case d.index.isHeader(e.top):
		d.note(e.line, e.path, problem, "write all keys of the table in one place")
		return
	case strings.HasSuffix(e.path, "]") && !isTable(d.types[path]):
		what, example = "a string", `"…", in quotes`
	}
	if strings.HasPrefix(problem, "cannot ") {
		problem = fmt.Sprintf("%s where %s is needed", kindWords[e.kind], what)
	}
	d.note(e.line, e.path, problem, "write for example "+example)
}

func (d *Document) unknownKey(e entry) {
	if d.unknown[e.path] {
		return
	}
	d.unknown[e.path] = true
	path := generic(e.path)
	table := parent(path)
	key := strings.TrimPrefix(strings.TrimPrefix(path, table), ".")
	keys := d.types.keys(table)
	near, homes := words.Nearest(key, keys), d.types.homes(key)
	var write string
	switch {
	case len(homes) > 0 && !e.isHeader():
		// A key of another table is more often in the wrong place than misspelt.
		write = fmt.Sprintf("%s belongs %s", key, strings.Join(homes, " or "))
	case near != "" && isTable(d.types[join(table, near)]):
		write = "write " + d.types.brackets(join(table, near))
	case near != "":
		write = fmt.Sprintf("write %q", near)
	default:
		write = "write one of: " + strings.Join(keys, ", ")
	}
	d.note(e.line, e.path, "unknown key", write)
}

// paint covers an expression with spaces so that all others keep their line and column. With a header goes all
// that stands under it, for it would fall to the table before. It reports whether there was anything to cover.
func (d *Document) paint(data []byte, top int) bool {
	last := top
	if d.index.isHeader(top) {
		for last+1 < len(d.index.expressions) && !d.index.isHeader(last+1) {
			last++
		}
	}
	start, end := d.index.expressions[top].start, d.index.expressions[last].end
	for start > 0 && strings.IndexByte("[ \t", data[start-1]) >= 0 {
		start--
	}
	anything := len(bytes.TrimSpace(data[start:end])) > 0
	for i := start; i < end; i++ {
		if data[i] != '\n' {
			data[i] = ' '
		}
	}
	for ; top <= last; top++ {
		d.painted[top] = true
	}
	return anything
}

// entryAt returns the key that a decoder's error is about.
func (d *Document) entryAt(data []byte, e *toml.DecodeError) (entry, bool) {
	line, column := e.Position()
	offset := 0
	for ; line > 1; line-- {
		offset += bytes.IndexByte(data[offset:], '\n') + 1
	}
	return d.index.at(offset + column - 1)
}

// message returns the decoder's words without its prefix. They never hold a value of the file but for one that a
// type read from text refuses, and none of those is secret.
func message(e *toml.DecodeError) string { return strings.TrimPrefix(e.Error(), "toml: ") }
