package custom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"github.com/ohler55/ojg/jp"
	"golang.org/x/net/html"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper/page"
)

// node is a place in a page: an element of an HTML page, or a value of a JSON page.
type node struct {
	element *html.Node // of an HTML page, else nil
	value   any        // of a JSON page

	// Of a JSON page, where places are noted: under which key the value stands, of which object. A list between the two
	// does not count.
	key    string
	around *node

	made string // text made of several selectors, in place of element and value
}

// finder is a selector.
type finder struct {
	text  string // as it is written
	self  bool   // the place itself
	up    int    // how many objects further out it is looked up, in JSON
	name  bool   // the key under which the place stands, in JSON
	parts []part // a text made of several selectors; nil: it is one selector
	place bool   // notes where in a JSON page its matches are
	each  bool   // names the entries of a list, none of which is a list of entries
	css   cascadia.SelectorGroup
	attr  string // the value of this attribute, in place of the text
	path  jp.Expr
	match *regexp.Regexp // what to take out of the text; nil: all of it
	form  *regexp.Regexp // what the text must match; nil: anything
	whole bool           // where match finds nothing, the whole text counts
}

var attributeForm = lazyregexp.New(`^(.*)@([A-Za-z_:][A-Za-z0-9_:.-]*)$`)

// htmlFinder reads a selector of an HTML page.
func htmlFinder(text string) (*finder, error) {
	f := &finder{text: text}
	css := strings.TrimSpace(text)
	if m := attributeForm.FindStringSubmatch(css); m != nil {
		css, f.attr = strings.TrimSpace(m[1]), strings.ToLower(m[2])
	}
	if css == "" && f.attr != "" || css == "." {
		f.self = true
		return f, nil
	}
	var err error
	if f.css, err = cascadia.ParseGroup(css); err != nil {
		return nil, err
	}
	return f, nil
}

// jsonFinder reads a path into a JSON page.
func jsonFinder(text string) (f *finder, err error) {
	f = &finder{text: text}
	path := strings.TrimSpace(text)
	for strings.HasPrefix(path, "^") {
		f.up, path = f.up+1, strings.TrimPrefix(path[1:], ".")
	}
	switch {
	case path == "" && f.up == 0:
		return nil, errors.New("it is empty")
	case path == "~":
		f.name = true
		return f, nil
	case path == "" || path == "." || path == "$":
		f.self = true
		return f, nil
	}
	if !strings.HasPrefix(path, "$") {
		path = "$." + path
		if strings.HasPrefix(path, "$.[") {
			path = "$" + path[2:]
		}
	}
	// A path comes from a person; what its reader does not expect must not end the program.
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("it is no path: %v", r)
		}
	}()
	if f.path, err = jp.ParseString(path); err != nil {
		return nil, err
	}
	f.path.Get(map[string]any{})
	_, f.each = f.path[len(f.path)-1].(jp.Wildcard)
	// A path with one of these finds the values of an object in any order, unless their places are known.
	f.place = slices.ContainsFunc(f.path, func(step jp.Frag) bool {
		switch step.(type) {
		case jp.Wildcard, jp.Descent, *jp.Filter:
			return true
		}
		return false
	})
	return f, nil
}

// parseNode reads a whole page.
func parseNode(format string, body []byte) (node, error) {
	if format == FormatJSON {
		if !json.Valid(body) {
			return node{}, errors.New("no JSON")
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil && !errors.Is(err, io.EOF) {
			return node{}, err
		}
		return node{value: plainNumbers(v)}, nil
	}
	doc, err := html.Parse(bytes.NewReader(body))
	return node{element: doc}, err
}

// plainNumbers makes numbers of json.Number, which a filter in a path does not compare, and leaves those that would
// lose a digit.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = plainNumbers(v[k])
		}
	case []any:
		for k := range v {
			v[k] = plainNumbers(v[k])
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil && strings.ContainsAny(string(v), ".eE") {
			return f
		}
		return string(v)
	}
	return v
}

// all returns what a selector matches at a place. A list in JSON counts as its elements.
func (f *finder) all(at node) (out []node) {
	if f == nil {
		return nil
	}
	if f.parts != nil {
		if text := f.join(at); text != "" {
			out = append(out, node{made: text})
		}
		return out
	}
	at, ok := f.climb(at)
	if !ok {
		return nil
	}
	if f.name {
		return []node{{made: at.key}}
	}
	if at.element != nil {
		found := []*html.Node{at.element}
		if !f.self {
			found = cascadia.QueryAll(at.element, f.css)
		}
		for _, e := range found {
			if _, has := attribute(e, f.attr); has || f.attr == "" {
				out = append(out, node{element: e})
			}
		}
		return out
	}
	found := []node{at}
	if !f.self {
		defer func() {
			// A filter may meet a value that its function was not made for.
			if recover() != nil {
				out = nil
			}
		}()
		found = f.values(at)
	}
	for _, n := range found {
		list, isList := n.value.([]any)
		if !isList || len(list) == 0 && f.each {
			list = []any{n.value}
		}
		for _, v := range list {
			if v != nil || isList || len(found) > 1 { // an entry that is null is one that cannot be read
				out = append(out, node{value: v, key: n.key, around: n.around})
			}
		}
	}
	return out
}

// values returns what a path leads to in a JSON page.
func (f *finder) values(at node) (out []node) {
	if !f.place {
		for _, v := range f.path.Get(at.value) {
			out = append(out, node{value: v})
		}
		return out
	}
	return places(f.path, at)
}

// there reports whether a selector finds anything at a place; an empty list in JSON is something, null is not.
func (f *finder) there(at node) (found bool) {
	if at.element != nil || f.self || f.name || f.parts != nil {
		return len(f.all(at)) > 0
	}
	at, ok := f.climb(at)
	if !ok {
		return false
	}
	defer func() {
		if recover() != nil {
			found = false
		}
	}()
	for _, v := range f.path.Get(at.value) {
		if v != nil {
			return true
		}
	}
	return false
}

// matches reports whether a selector finds anything at all at a place, null included. A value that a filter was not
// made for counts as found: it is nothing that is known.
func (f *finder) matches(at node) (found bool) {
	if f.path == nil {
		return f.there(at)
	}
	defer func() {
		if recover() != nil {
			found = true
		}
	}()
	at, ok := f.climb(at)
	return ok && len(f.values(at)) > 0
}

// of returns the text of a match.
func (f *finder) of(n node) string {
	switch {
	case n.made != "":
		return f.cut(n.made)
	case n.element != nil && f.attr != "":
		value, _ := attribute(n.element, f.attr)
		return f.cut(strings.TrimSpace(value))
	case n.element != nil:
		return f.cut(shownText(n.element))
	}
	return f.cut(strings.TrimSpace(jsonScalar(n.value)))
}

// cut takes out of a text what the first group of match or, without one, the whole of it matches.
func (f *finder) cut(text string) string {
	if f.match == nil {
		return text
	}
	m := f.match.FindStringSubmatch(text)
	switch {
	case m == nil && f.whole:
		return text
	case m == nil:
		return ""
	case len(m) > 1:
		return strings.TrimSpace(m[1])
	}
	return strings.TrimSpace(m[0])
}

// first returns the text of the first match that has any.
func (f *finder) first(at node) string {
	for _, n := range f.all(at) {
		if text := f.of(n); text != "" {
			return text
		}
	}
	return ""
}

// body returns the first match with its markup, and the format of it.
func (f *finder) body(at node) (string, string) {
	for _, n := range f.all(at) {
		if n.element == nil {
			if text := f.of(n); text != "" {
				return text, normalize.FormatMarkdown
			}
			continue
		}
		if f.attr != "" || f.match != nil {
			if text := f.of(n); text != "" {
				return text, normalize.FormatText
			}
			continue
		}
		markup, err := goquery.NewDocumentFromNode(n.element).Html()
		if err == nil && f.of(n) != "" {
			return strings.TrimSpace(markup), normalize.FormatHTML
		}
	}
	return "", ""
}

// inlineTags are those of elements that stand within a line; all others begin and end one.
var inlineTags = map[string]bool{
	"a": true, "abbr": true, "b": true, "bdi": true, "cite": true, "code": true, "em": true, "font": true, "i": true,
	"mark": true, "q": true,
	"s": true, "small": true, "span": true, "strong": true, "sub": true, "sup": true, "time": true, "u": true,
	"var": true,
}

// shownText returns the text of an element on one line, as it is shown: that of two blocks is not run together.
func shownText(e *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch n.Type {
		case html.TextNode:
			b.WriteString(n.Data)
			return
		case html.ElementNode:
			if n.Data == "script" || n.Data == "style" || n.Data == "template" {
				return
			}
		}
		block := n.Type == html.ElementNode && !inlineTags[n.Data]
		if block {
			b.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if block {
			b.WriteByte(' ')
		}
	}
	walk(e)
	return page.OneLine(b.String())
}

// attribute returns the value of an element's attribute.
func attribute(e *html.Node, name string) (string, bool) {
	for _, a := range e.Attr {
		if name != "" && a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// jsonScalar returns a string, number or boolean as text, and nothing for lists and objects.
func jsonScalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}
