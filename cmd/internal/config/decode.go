package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"vendorwatch/cmd/internal/secret"
	"vendorwatch/cmd/internal/words"
)

// checker turns a file into a Config and collects its mistakes.
type checker struct {
	file           string
	env            func(string) string
	config         *Config
	index          *index          // nil if the file is no TOML
	painted        map[int]bool    // expressions that were painted over, because a mistake of theirs is noted
	unknown        map[string]bool // paths of unknown keys that are noted
	withoutSecrets bool            // secrets of pages are not looked up
	broken         bool            // not all of the file could be decoded, so that what is missing says nothing
	mistakes       Mistakes
}

// decode reads data into c.config. The decoder stops at the first value of a wrong type, so what is
// wrong is noted, painted over with spaces, and the rest is read again.
func (c *checker) decode(data []byte) {
	if m, ok := c.syntaxError(data); ok {
		c.mistakes = append(c.mistakes, m)
		return
	}
	c.index, c.painted, c.unknown = newIndex(data), map[int]bool{}, map[string]bool{}
	types := schema()
	rest := bytes.Clone(data)
	c.structure(types, rest)
	for range len(c.index.spans) + 1 {
		c.config = defaults()
		decoder := toml.NewDecoder(bytes.NewReader(rest)).DisallowUnknownFields()
		err := decoder.Decode(c.config)
		var unknown *toml.StrictMissingError
		var wrong *toml.DecodeError
		switch {
		case err == nil:
			return
		case errors.As(err, &unknown):
			for _, e := range unknown.Errors {
				if found, ok := c.entryAt(rest, &e); ok {
					c.unknownKey(types, found)
				}
			}
			return
		case errors.As(err, &wrong):
			found, ok := c.entryAt(rest, wrong)
			if !ok || !c.paint(rest, found.top) {
				c.fail(message(wrong))
				return
			}
			c.wrongValue(types, found, wrong)
		default:
			c.fail(err.Error())
			return
		}
	}
}

// fail gives up on a file that the decoder refuses for a reason without a place.
func (c *checker) fail(problem string) {
	c.broken = true
	if len(c.mistakes) == 0 {
		c.mistakes = append(c.mistakes, Mistake{File: c.file, Problem: problem})
	}
}

// syntaxError returns the mistake that keeps data from being TOML at all.
func (c *checker) syntaxError(data []byte) (Mistake, bool) {
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
	}
	if p.Error() == nil {
		return Mistake{}, false
	}
	m := Mistake{File: c.file, Problem: "not TOML: " + p.Error().Error()}
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

// structure notes what the decoder would leave out or misread in silence, and paints it over: keys
// that it does not know or knows in another case, keys and tables that stand there twice, tables
// with the wrong number of brackets, and numbers where a length of time is needed.
func (c *checker) structure(types map[string]reflect.Type, data []byte) {
	for i, e := range c.index.entries {
		if c.painted[e.top] {
			continue
		}
		name := generic(e.path)
		t, known := types[name]
		header := e.kind == unstable.Table || e.kind == unstable.ArrayTable
		first := c.index.byPath[e.path]
		switch {
		case !known && inFree(types, name):
			continue
		case !known:
			if isTable(types[parent(name)]) {
				c.unknownKey(types, e)
			}
			if e.start != c.index.spans[e.top][0] {
				continue // within an inline table, whose other keys are to be read
			}
		case e.kind == unstable.Table && isTables(t):
			c.note(e.line, e.path, fmt.Sprintf("[%s] is one of several", name), fmt.Sprintf("write [[%s]], in two brackets", name))
		case e.kind == unstable.ArrayTable && isTable(t) && !isTables(t):
			c.note(e.line, name, fmt.Sprintf("there is one [%s] only", name), fmt.Sprintf("write [%s], in single brackets", name))
		case first != i:
			c.note(e.line, e.path, fmt.Sprintf("it is written twice, first on line %d", c.index.entries[first].line), "keep one of the two")
		case (isScalar(t) || isScalars(t) && strings.HasSuffix(e.path, "]")) && e.kind != unstable.String && !header:
			c.notText(types, e)
		default:
			continue
		}
		c.paint(data, e.top)
	}
}

// notText notes a value that is read from text and is none. The decoder would say so without a line.
func (c *checker) notText(types map[string]reflect.Type, e entry) {
	want, example := expected(types, generic(e.path))
	if e.kind == unstable.Integer && (want == "a duration" || want == "a list of durations") {
		var d Duration
		problem, write, _ := strings.Cut(d.UnmarshalText([]byte(e.text)).Error(), "; write ")
		c.note(e.line, e.path, problem, "write "+write)
		return
	}
	c.note(e.line, e.path, fmt.Sprintf("%s stands where %s is needed", kindWords[e.kind], want), "write for example "+example)
}

// isHeader reports whether an expression is a table's header.
func (x *index) isHeader(top int) bool {
	for _, e := range x.entries {
		if e.top == top {
			return e.kind == unstable.Table || e.kind == unstable.ArrayTable
		}
	}
	return false
}

// paint covers an expression with spaces so that all others keep their line and column; with a
// header goes all that stands under it, for it would fall to the table before. It reports whether
// there was anything to cover.
func (c *checker) paint(data []byte, top int) bool {
	last := top
	if c.index.isHeader(top) {
		for last+1 < len(c.index.spans) && !c.index.isHeader(last+1) {
			last++
		}
	}
	start, end := c.index.spans[top][0], c.index.spans[last][1]
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
		c.painted[top] = true
	}
	return anything
}

// entryAt returns the key that a decoder's error is about.
func (c *checker) entryAt(data []byte, e *toml.DecodeError) (entry, bool) {
	line, column := e.Position()
	offset := 0
	for ; line > 1; line-- {
		offset += bytes.IndexByte(data[offset:], '\n') + 1
	}
	return c.index.at(offset + column - 1)
}

func (c *checker) unknownKey(types map[string]reflect.Type, e entry) {
	if c.unknown[e.path] {
		return
	}
	c.unknown[e.path] = true
	path := generic(e.path)
	table := parent(path)
	key := strings.TrimPrefix(strings.TrimPrefix(path, table), ".")
	keys := keysOf(types, table)
	near := words.Nearest(key, keys)
	// A key of another table is more often in the wrong place than misspelt.
	var homes []string
	for _, p := range slices.Sorted(maps.Keys(types)) {
		if p != "" && !isTable(types[p]) && p == join(parent(p), key) {
			homes = append(homes, heading(types, parent(p)))
		}
	}
	var write string
	switch {
	case len(homes) > 0 && e.kind != unstable.Table && e.kind != unstable.ArrayTable:
		write = fmt.Sprintf("%s belongs %s", key, strings.Join(homes, " or "))
	case near != "" && isTable(types[join(table, near)]):
		write = "write " + brackets(types, join(table, near))
	case near != "":
		write = fmt.Sprintf("write %q", near)
	default:
		write = "there are: " + strings.Join(keys, ", ")
	}
	c.note(e.line, e.path, "unknown key", write)
}

// keysOf returns the names that may stand in a table.
func keysOf(types map[string]reflect.Type, table string) []string {
	var keys []string
	for path, t := range types {
		if path != "" && parent(path) == table && t != reflect.TypeFor[secret.Text]() {
			keys = append(keys, strings.TrimPrefix(strings.TrimPrefix(path, table), "."))
		}
	}
	slices.Sort(keys)
	return keys
}

func heading(types map[string]reflect.Type, table string) string {
	if table == "" {
		return "at the top of the file, above the first [table]"
	}
	return "under " + brackets(types, table)
}

func brackets(types map[string]reflect.Type, table string) string {
	if isTables(types[table]) {
		return "[[" + table + "]]"
	}
	return "[" + table + "]"
}

func (c *checker) wrongValue(types map[string]reflect.Type, e entry, err *toml.DecodeError) {
	problem, write, ok := strings.Cut(message(err), "; write ")
	if ok {
		c.note(e.line, e.path, problem, "write "+write)
		return
	}
	if c.index.isHeader(e.top) {
		c.note(e.line, e.path, problem, "write all keys of a table in one place")
		return
	}
	want, example := expected(types, generic(e.path))
	if strings.HasSuffix(e.path, "]") && !isTable(types[generic(e.path)]) {
		want, example = "a text", `"…", in quotes`
	}
	if strings.HasPrefix(problem, "cannot ") {
		problem = fmt.Sprintf("%s stands where %s is needed", kindWords[e.kind], want)
	}
	c.note(e.line, e.path, problem, "write for example "+example)
}

var kindWords = map[unstable.Kind]string{
	unstable.Array: "a list", unstable.InlineTable: "a table", unstable.String: "a text", unstable.Bool: "true or false",
	unstable.Float: "a number with a point", unstable.Integer: "a number", unstable.LocalDate: "a date", unstable.LocalTime: "a time",
	unstable.LocalDateTime: "a time", unstable.DateTime: "a time", unstable.Table: "a table", unstable.ArrayTable: "a list of tables",
}

// expected returns what a key's value has to be, and an example of it.
func expected(types map[string]reflect.Type, path string) (want, example string) {
	t, ok := types[path]
	if !ok {
		// An element of a list of texts.
		return "a text", `"…", in quotes`
	}
	name := path[strings.LastIndex(path, ".")+1:]
	switch {
	case t == reflect.TypeFor[Duration]():
		return "a duration", name + ` = "90s"`
	case isScalars(t):
		return "a list of durations", name + ` = ["24h", "1h"]`
	case isFree(t):
		return "a table of texts", name + ` = { "X-Team" = "ops" }`
	case t == reflect.TypeFor[Size]():
		return "a size", name + ` = "16MiB"`
	case isTable(t):
		return "a table", brackets(types, path)
	case t.Kind() == reflect.String, t == reflect.TypeFor[secret.Text]():
		return "a text", name + ` = "…", in quotes`
	case t.Kind() == reflect.Bool:
		return "true or false", name + " = true"
	case t.Kind() == reflect.Int:
		return "a whole number", name + " = 5"
	default:
		return "a list of texts", name + ` = ["a", "b"]`
	}
}

// message returns the decoder's words without its prefix. They never hold a value of the file but
// for one that our own types refuse, and none of those is secret.
func message(e *toml.DecodeError) string { return strings.TrimPrefix(e.Error(), "toml: ") }

// generic returns a path without its numbers.
func generic(path string) string { return numbers.ReplaceAllString(path, "") }

var numbers = regexp.MustCompile(`\[\d+\]`)

// note adds a mistake on a line. Messages quote values, and a secret may stand where none belongs.
func (c *checker) note(line int, path, problem, write string) {
	c.mistakes = append(c.mistakes, Mistake{File: c.file, Line: line, Key: secret.Mask(c.where(path)), Problem: secret.Mask(problem), Write: secret.Mask(write)})
}

// add adds a mistake about a key, or about the table that lacks it.
func (c *checker) add(path, problem, write string) {
	c.note(c.index.line(path), path, problem, write)
}

// where says in words where a path is: vendor "GitHub": source 2: url.
func (c *checker) where(path string) string {
	var words []string
	prefix := ""
	for part := range strings.SplitSeq(path, ".") {
		prefix = join(prefix, part)
		name, number, ok := strings.Cut(part, "[")
		if !ok {
			words = append(words, part)
			continue
		}
		var n int
		if _, err := fmt.Sscanf(number, "%d]", &n); err != nil {
			words = append(words, part)
			continue
		}
		if given := c.index.text(prefix + ".name"); given != "" {
			words = append(words, fmt.Sprintf("%s %q:", name, given))
		} else {
			words = append(words, fmt.Sprintf("%s %d:", name, n+1))
		}
	}
	// Tables that there is one of keep their dots: fetch.delay.
	text := ""
	for i, w := range words {
		if i > 0 && strings.HasSuffix(words[i-1], ":") {
			text += " " + w
		} else {
			text = join(text, w)
		}
	}
	return strings.TrimSuffix(text, ":")
}
