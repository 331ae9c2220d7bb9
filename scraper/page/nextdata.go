package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"vendorwatch/normalize/lazyregexp"
)

// NextData is the data that a page made with Next.js was rendered from. Pages of the older router keep it as one JSON
// text (script#__NEXT_DATA__). Pages of the newer router keep it in React's flight format: rows "id:value", cut into
// strings that scripts push to self.__next_f. A row is JSON in which a string that begins with "$" is a reference:
// "$undefined" to a missing value, "$21" to row 21, "$5:1:props:summary" to a part of row 5. "$$" stands for a dollar
// sign. Format: https://github.com/facebook/react/blob/main/packages/react-client/src/ReactFlightClient.js
type NextData struct {
	ids    []string
	rows   map[string]string // text of a row, by id
	parsed map[string]any
	flight bool
	Cut    bool // the page breaks off before its end
	budget int  // values that may still be resolved: rows can refer to each other without end
}

// nextBudget limits the values that the references of one page may resolve to; pages of vendors stay below 100,000.
const nextBudget = 2_000_000

var (
	nextPush   = lazyregexp.New(`__next_f(?:=self\.__next_f\|\|\[\]\))?\.push\(`)
	nextScript = lazyregexp.New(`<script id="?__NEXT_DATA__"?[^>]*>`)
)

// MayHoldNextData reports whether ReadNextData may find something in a page, which is much cheaper than to read it.
func MayHoldNextData(body []byte) bool {
	return bytes.Contains(body, []byte("__next_f")) || bytes.Contains(body, []byte("__NEXT_DATA__"))
}

// ReadNextData returns the data of a page, nil if it has none.
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
	// A control character in a row is written as "\\u0002" in the script, where nobody who cleans the page sees it.
	rows, _ := cleanCharacters([]byte(stream.String()), false)
	d.split(string(rows))
	return d
}

func (d *NextData) add(id, text string) {
	if _, known := d.rows[id]; !known {
		d.ids = append(d.ids, id)
	}
	d.rows[id] = text
}

// split cuts the stream into rows. A text row, "21:Ta27,", gives its length in bytes and does not end with a newline;
// every other row does.
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

// row returns a row's value with unresolved references, nil for a row that is not JSON.
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

// Find returns the objects of the page for which match returns true, with unresolved references. It searches only
// rows that contain the text, and not inside an object that matches.
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

// WalkObjects calls visit for the objects in a JSON value. If visit returns true, it goes on with the objects inside.
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

// Decode resolves the references in a value and stores the result in what into points to.
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

var nextReference = lazyregexp.New(`^[0-9a-f]+(?::|$)`)

// refer returns what a reference, without its "$", stands for; nil for what is not data, such as code.
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

// step returns the part of a value that has that name. A React element is the list ["$", type, key, props].
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
