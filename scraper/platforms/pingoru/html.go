package pingoru

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vendorwatch/scraper/page"
)

// textLine is one line of a page as a reader sees it, spaces collapsed.
type textLine struct {
	text    string
	parts   []textPart // the line's inline elements, which a reader sees apart although no space parts them
	gap     bool       // an empty line stands before it
	heading bool       // it is a heading (HTML)
}

// textPart is the text of one inline element; from and to are the range of its leaves in an htmlView.
type textPart struct {
	text     string
	from, to int
}

// spaced returns the line with its inline elements set apart by spaces.
func (l textLine) spaced() string {
	if len(l.parts) < 2 {
		return l.text
	}
	words := make([]string, len(l.parts))
	for i, p := range l.parts {
		words[i] = p.text
	}
	return strings.Join(words, " ")
}

func (l textLine) from() int { return l.parts[0].from }

func (l textLine) to() int { return l.parts[len(l.parts)-1].to }

// split makes every inline element a line of its own.
func (l textLine) split() []textLine {
	out := make([]textLine, len(l.parts))
	for i, p := range l.parts {
		out[i] = textLine{text: p.text, parts: []textPart{p}, gap: l.gap && i == 0, heading: l.heading}
	}
	return out
}

// textLines returns the lines of a page's plain text that are not empty.
func textLines(s string) []textLine {
	var out []textLine
	gap := false
	for raw := range strings.Lines(s) {
		text := page.OneLine(raw)
		if text == "" {
			gap = true
			continue
		}
		out = append(out, textLine{text: text, parts: []textPart{{text: text}}, gap: gap})
		gap = false
	}
	return out
}

// htmlView is the visible text of an HTML document in lines, and the way back from a line to its markup.
type htmlView struct {
	lines  []textLine
	leaves []*html.Node          // text nodes that are not empty, in order
	span   map[*html.Node][2]int // each node's range of leaves
	links  []htmlLink            //
	line   []string              // texts of the line being built, with their spaces
	parts  []textPart            //
	open   bool                  // the last part may still grow
	inHead int                   // depth of headings around
}

type htmlLink struct {
	href     string
	from, to int
}

// newHTMLView lays out a document. What a reader does not see is removed from the tree.
func newHTMLView(root *html.Node) *htmlView {
	v := &htmlView{span: map[*html.Node][2]int{}}
	v.walk(root)
	v.endLine()
	return v
}

// unseen are elements whose text is not part of what a page says: code, controls and the site's own frame.
func unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Head, atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Nav, atom.Footer, atom.Form,
		atom.Iframe, atom.Select, atom.Textarea, atom.Object, atom.Video, atom.Audio, atom.Canvas, atom.Dialog:
		return true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "aria-hidden":
			return a.Val == "true"
		case "style":
			if strings.Contains(strings.ReplaceAll(strings.ToLower(a.Val), " ", ""), "display:none") {
				return true
			}
		}
	}
	return false
}

// inline are elements that do not start a line of their own.
func inline(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A,
		atom.Abbr,
		atom.B,
		atom.Bdi,
		atom.Bdo,
		atom.Button,
		atom.Cite,
		atom.Code,
		atom.Data,
		atom.Del,
		atom.Dfn,
		atom.Em,
		atom.Font,
		atom.I,
		atom.Img,
		atom.Ins,
		atom.Kbd,
		atom.Label,
		atom.Mark,
		atom.Q,
		atom.S,
		atom.Samp,
		atom.Small,
		atom.Span,
		atom.Strong,
		atom.Sub,
		atom.Sup,
		atom.Time,
		atom.Tt,
		atom.U,
		atom.Var,
		atom.Wbr:
		return true
	}
	return false
}

func (v *htmlView) walk(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		v.text(n, n.Data)
		return
	case html.ElementNode:
	case html.DocumentNode:
	default:
		return
	}
	if n.Type == html.ElementNode && unseen(n) {
		n.Parent.RemoveChild(n)
		return
	}
	from := len(v.leaves)
	switch {
	case n.DataAtom == atom.Br:
		v.endLine()
	case n.DataAtom == atom.Time && machineTime(n) != "":
		v.open = false
		v.text(n.FirstChild, machineTime(n))
		v.open = false
	case inline(n):
		v.open = false
		v.children(n)
		v.open = false
	default:
		heading := n.DataAtom == atom.H1 || n.DataAtom == atom.H2 || n.DataAtom == atom.H3 || n.DataAtom == atom.H4
		v.endLine()
		if heading {
			v.inHead++
		}
		v.children(n)
		v.endLine()
		if heading {
			v.inHead--
		}
	}
	v.span[n] = [2]int{from, len(v.leaves)}
	if n.DataAtom == atom.A && attr(n, "href") != "" {
		v.links = append(v.links, htmlLink{href: attr(n, "href"), from: from, to: len(v.leaves)})
	}
}

func (v *htmlView) children(n *html.Node) {
	for c, next := n.FirstChild, (*html.Node)(nil); c != nil; c = next {
		next = c.NextSibling
		v.walk(c)
	}
}

// machineTime returns the datetime attribute of a <time> that shows readers something else than a
// time, such as "3 days ago".
func machineTime(n *html.Node) string {
	if n.FirstChild == nil || n.FirstChild.Type != html.TextNode || timeOnly.MatchString(page.OneLine(textOf(n))) {
		return ""
	}
	if at := attr(n, "datetime"); timeOnly.MatchString(at) {
		return at
	}
	return ""
}

func (v *htmlView) text(n *html.Node, s string) {
	v.line = append(v.line, s)
	if strings.TrimSpace(s) == "" {
		return
	}
	at := len(v.leaves)
	v.leaves = append(v.leaves, n)
	v.span[n] = [2]int{at, at + 1}
	if v.open && len(v.parts) > 0 {
		last := &v.parts[len(v.parts)-1]
		last.text += s
		last.to = at + 1
		return
	}
	v.parts = append(v.parts, textPart{text: s, from: at, to: at + 1})
	v.open = true
}

func (v *htmlView) endLine() {
	if len(v.parts) > 0 {
		for i := range v.parts {
			v.parts[i].text = page.OneLine(v.parts[i].text)
		}
		v.lines = append(v.lines, textLine{
			text: page.OneLine(strings.Join(v.line, "")), parts: v.parts, gap: true, heading: v.inHead > 0,
		})
	}
	v.line, v.parts, v.open = nil, nil, false
}

// markup returns the HTML of a range of leaves: the largest elements that lie wholly within it, and
// whether that markup says more than the lines of text do.
func (v *htmlView) markup(from, to int) (string, bool) {
	var out bytes.Buffer
	var last *html.Node
	rich := false
	for i := from; i < to; {
		n := v.leaves[i]
		for p := n.Parent; p != nil; p = p.Parent {
			s, ok := v.span[p]
			if !ok || s[0] < from || s[1] > to {
				break
			}
			n = p
		}
		first := n
		if last != nil && last.Parent == n.Parent {
			first = last.NextSibling
		}
		for c := first; c != nil; c = c.NextSibling {
			rich = rich || tells(c)
			if html.Render(&out, c) != nil {
				return "", false
			}
			if c == n {
				break
			}
		}
		last = n
		i = max(i+1, v.span[n][1])
	}
	return strings.TrimSpace(out.String()), rich
}

// tells reports whether an element or one below it carries meaning that its bare text loses.
func tells(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A,
		atom.B,
		atom.Strong,
		atom.Em,
		atom.I,
		atom.Code,
		atom.Pre,
		atom.Ul,
		atom.Ol,
		atom.Blockquote,
		atom.Table,
		atom.H1,
		atom.H2,
		atom.H3,
		atom.H4,
		atom.H5,
		atom.H6,
		atom.Br:
		return true
	case atom.P:
		if n.NextSibling != nil && n.NextSibling.DataAtom == atom.P {
			return true
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if tells(c) {
			return true
		}
	}
	return false
}

// within returns the range of leaves of the element that holds all the given leaves: of one leaf, the
// list it stands in, else the element that it shares with the leaf before.
func (v *htmlView) within(before int, leaves []int) [2]int {
	last := leaves[len(leaves)-1]
	first := leaves[0]
	if len(leaves) == 1 {
		for p := v.leaves[first].Parent; p != nil; p = p.Parent {
			if p.DataAtom == atom.Ol || p.DataAtom == atom.Ul {
				return v.span[p]
			}
			if s := v.span[p]; s[0] <= before {
				break
			}
		}
		first = before
	}
	for p := v.leaves[last].Parent; p != nil; p = p.Parent {
		if s, ok := v.span[p]; ok && s[0] <= first && last < s[1] {
			return s
		}
	}
	return [2]int{0, len(v.leaves)}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return b.String()
}

// canonicalURL returns the address a page gives for itself: <link rel="canonical">, else og:url.
func canonicalURL(root *html.Node) string {
	var og string
	for n := range root.Descendants() {
		switch {
		case n.DataAtom == atom.Link && strings.EqualFold(attr(n, "rel"), "canonical") && attr(n, "href") != "":
			return attr(n, "href")
		case n.DataAtom == atom.Meta && attr(n, "property") == "og:url":
			og = attr(n, "content")
		}
	}
	return og
}
