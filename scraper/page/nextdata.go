package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// NextData is what a page made with Next.js was rendered from. Pages of the older router keep it as one
// JSON text (script#__NEXT_DATA__); those of the newer one as React's flight format: rows "id:value",
// cut into strings that scripts push to self.__next_f. A row is JSON in which a string that begins with
// "$" stands for something else: "$undefined" for a missing value, "$21" for row 21, "$5:1:props:summary"
// for a part of row 5, "$$" for a dollar sign.
// Format: https://github.com/facebook/react/blob/main/packages/react-client/src/ReactFlightClient.js
type NextData struct {
	ids    []string
	rows   map[string]string // text of a row, by id
	parsed map[string]any
	flight bool
	Cut    bool // the page breaks off before its end
	budget int  // values that may still be resolved: rows can refer to each other without end
}

// nextBudget bounds the values that references of one page may unfold to; real pages stay below 100,000.
const nextBudget = 2_000_000

var (
	nextPush   = regexp.MustCompile(`__next_f(?:=self\.__next_f\|\|\[\]\))?\.push\(`)
	nextScript = regexp.MustCompile(`<script id="?__NEXT_DATA__"?[^>]*>`)
)

// MayHoldNextData reports whether a page has what ReadNextData looks for; it is much the cheaper question.
func MayHoldNextData(body []byte) bool {
	return bytes.Contains(body, []byte("__next_f")) || bytes.Contains(body, []byte("__NEXT_DATA__"))
}

// ReadNextData returns the data of a page, nil if it carries none.
func ReadNextData(body []byte) *NextData {
	if !MayHoldNextData(body) {
		return nil
	}
	d := &NextData{rows: map[string]string{}, parsed: map[string]any{}, Cut: BreaksOff(body), budget: nextBudget}
	if at := nextScript.FindIndex(body); at != nil {
		text, _, ended := bytes.Cut(body[at[1]:], []byte("</script>"))
		if !ended {
			return nil
		}
		d.add("", string(text))
		return d
	}
	var stream strings.Builder
	for _, at := range nextPush.FindAllIndex(body, -1) {
		var chunk []json.RawMessage
		if json.NewDecoder(bytes.NewReader(body[at[1]:])).Decode(&chunk) != nil || len(chunk) < 2 ||
			string(chunk[0]) != "1" {
			continue
		}
		var text string
		if json.Unmarshal(chunk[1], &text) == nil {
			stream.WriteString(text)
		}
	}
	if stream.Len() == 0 {
		return nil
	}
	d.flight = true
	d.split(stream.String())
	return d
}

func (d *NextData) add(id, text string) {
	if _, known := d.rows[id]; !known {
		d.ids = append(d.ids, id)
	}
	d.rows[id] = text
}

// split cuts the stream into rows. A text row, "21:Ta27,", tells its length in bytes and has no line end
// of its own; any other row ends with its line.
func (d *NextData) split(stream string) {
	for stream != "" {
		id, rest, found := strings.Cut(stream, ":")
		if !found {
			d.Cut = true
			return
		}
		if length, after, ok := strings.Cut(rest, ","); ok && strings.HasPrefix(length, "T") {
			n, err := strconv.ParseUint(length[1:], 16, 31)
			if err == nil {
				if n > uint64(len(after)) {
					d.Cut = true
					return
				}
				text, _ := json.Marshal(escapeDollar(after[:n]))
				d.add(id, string(text))
				stream = after[n:]
				continue
			}
		}
		row, after, ended := strings.Cut(rest, "\n")
		d.Cut = d.Cut || !ended
		stream = after
		if row != "" && strings.ContainsRune(`[{"`, rune(row[0])) {
			d.add(id, row)
		}
	}
}

func escapeDollar(s string) string {
	if strings.HasPrefix(s, "$") {
		return "$" + s
	}
	return s
}

// row returns a row's value with its references unresolved, nil for a row that is no JSON.
func (d *NextData) row(id string) any {
	if v, ok := d.parsed[id]; ok {
		return v
	}
	var v any
	if json.Unmarshal([]byte(d.rows[id]), &v) != nil {
		v = nil
	}
	d.parsed[id] = v
	return v
}

// find returns the objects of the page for which match holds, row by row, references in them unresolved. Only rows
// that hold the text are looked through, and nothing inside an object found.
func (d *NextData) Find(text string, match func(map[string]any) bool) []map[string]any {
	var found []map[string]any
	for _, id := range d.ids {
		if strings.Contains(d.rows[id], text) {
			WalkObjects(d.row(id), func(o map[string]any) bool {
				if match(o) {
					found = append(found, o)
					return false
				}
				return true
			})
		}
	}
	return found
}

// WalkObjects visits the objects inside a value of JSON; visit tells whether to go on inside.
func WalkObjects(v any, visit func(map[string]any) bool) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			WalkObjects(e, visit)
		}
	case map[string]any:
		if !visit(v) {
			return
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			WalkObjects(v[key], visit)
		}
	}
}

// decode resolves a value's references and stores it in the struct that into points to.
func (d *NextData) Decode(v any, into any) error {
	resolved := d.Resolve(v, 0)
	if d.budget <= 0 {
		return errors.New("its data refers to itself without end")
	}
	text, err := json.Marshal(resolved)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

const maxDepth = 200

func (d *NextData) Resolve(v any, depth int) any {
	if d.budget--; d.budget <= 0 || depth > maxDepth {
		return nil
	}
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = d.Resolve(e, depth+1)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, e := range v {
			if e = d.Resolve(e, depth+1); e != nil {
				out[key] = e
			}
		}
		return out
	case string:
		if d.flight && strings.HasPrefix(v, "$") {
			return d.refer(v[1:], depth)
		}
	}
	return v
}

var nextReference = regexp.MustCompile(`^[0-9a-f]+(?::|$)`)

// refer returns what a string that began with "$" stands for; nil for what is no data, such as code.
func (d *NextData) refer(ref string, depth int) any {
	switch {
	case strings.HasPrefix(ref, "$"):
		return ref
	case strings.HasPrefix(ref, "D"), strings.HasPrefix(ref, "n"):
		return ref[1:] // a date, a big integer
	case !nextReference.MatchString(ref):
		return nil
	}
	path := strings.Split(ref, ":")
	if _, ok := d.rows[path[0]]; !ok {
		return nil
	}
	v := d.row(path[0])
	for _, step := range path[1:] {
		v = d.step(v, step, depth)
	}
	return d.Resolve(v, depth+1)
}

// step goes from a value to one of its parts. A React element is the list ["$", type, key, props].
func (d *NextData) step(v any, name string, depth int) any {
	if s, ok := v.(string); ok && strings.HasPrefix(s, "$") {
		if depth > maxDepth || d.budget <= 0 {
			return nil
		}
		v = d.Resolve(s, depth+1)
	}
	switch v := v.(type) {
	case map[string]any:
		return v[name]
	case []any:
		i, err := strconv.Atoi(name)
		if at, ok := map[string]int{"type": 1, "key": 2, "props": 3}[name]; ok && len(v) > 0 && v[0] == "$" {
			i, err = at, nil
		}
		if err == nil && i >= 0 && i < len(v) {
			return v[i]
		}
	}
	return nil
}
