package custom

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/ohler55/ojg/jp"
)

// part is a stretch of a text that is made of several selectors: what stands between them, or a selector.
type part struct {
	literal string
	finder  *finder
}

// newFinder reads a selector, or a text with selectors in braces, such as "/incidents/{id}".
func newFinder(read func(string) (*finder, error), text string) (*finder, error) {
	if !strings.Contains(text, "{") {
		return read(text)
	}
	made := &finder{text: text, parts: []part{}}
	rest := text
	for rest != "" {
		literal, after, open := strings.Cut(rest, "{")
		if literal != "" {
			made.parts = append(made.parts, part{literal: literal})
		}
		if !open {
			break
		}
		selector, end, closed := strings.Cut(after, "}")
		if !closed {
			return nil, errors.New("a brace is not closed")
		}
		f, err := read(selector)
		if err != nil {
			return nil, err
		}
		made.parts = append(made.parts, part{finder: f})
		rest = end
	}
	return made, nil
}

// join makes the text at a place; where one of its selectors finds nothing, there is none.
func (f *finder) join(at node) string {
	var b strings.Builder
	for _, p := range f.parts {
		text := p.literal
		if p.finder != nil {
			if text = p.finder.first(at); text == "" {
				return ""
			}
		}
		b.WriteString(text)
	}
	return b.String()
}

// climb returns the object that is so many further out; false where there is none.
func (f *finder) climb(at node) (node, bool) {
	for range f.up {
		if at.around == nil {
			return node{}, false
		}
		at = *at.around
	}
	return at, true
}

// outward reports whether a selector looks at where its place is, and not only into it.
func (f *finder) outward() bool {
	return f.up > 0 || f.name || slices.ContainsFunc(f.parts, func(p part) bool {
		return p.finder != nil && p.finder.outward()
	})
}

// places returns what a path leads to with the places of it, those of an object in the order of their keys.
func places(path jp.Expr, at node) []node {
	found := path.Locate(at.value, 0)
	slices.SortStableFunc(found, func(a, b jp.Expr) int {
		for n := range min(len(a), len(b)) {
			if order := compareSteps(a[n], b[n]); order != 0 {
				return order
			}
		}
		return cmp.Compare(len(a), len(b))
	})
	out := make([]node, 0, len(found))
	for _, steps := range found {
		n := at
		for _, step := range steps {
			switch step := step.(type) {
			case jp.Child:
				object, _ := n.value.(map[string]any)
				around := n
				n = node{value: object[string(step)], key: string(step), around: &around}
			case jp.Nth:
				list, _ := n.value.([]any)
				if int(step) < 0 || int(step) >= len(list) {
					n.value = nil
					continue
				}
				n.value = list[step]
			}
		}
		out = append(out, n)
	}
	return out
}

func compareSteps(a, b jp.Frag) int {
	switch a := a.(type) {
	case jp.Nth:
		if b, ok := b.(jp.Nth); ok {
			return cmp.Compare(a, b)
		}
	case jp.Child:
		if b, ok := b.(jp.Child); ok {
			return strings.Compare(string(a), string(b))
		}
	}
	return 0
}
