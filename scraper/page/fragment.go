package page

import (
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Nodes returns the children of the selection's first element.
func Nodes(sel *goquery.Selection) []*html.Node {
	if len(sel.Nodes) == 0 {
		return nil
	}
	var out []*html.Node
	for n := sel.Nodes[0].FirstChild; n != nil; n = n.NextSibling {
		out = append(out, n)
	}
	return out
}

// significant reports whether a browser shows anything for a node.
func significant(n *html.Node) bool {
	switch n.Type {
	case html.CommentNode:
		return false
	case html.TextNode:
		return strings.TrimSpace(n.Data) != ""
	}
	return true
}

func isElement(n *html.Node, a atom.Atom) bool {
	return n != nil && n.Type == html.ElementNode && n.DataAtom == a
}

// TrimNodes leaves out what shows nothing at both ends of a list of nodes, line breaks included.
func TrimNodes(nodes []*html.Node) []*html.Node {
	empty := func(n *html.Node) bool { return !significant(n) || isElement(n, atom.Br) }
	for len(nodes) > 0 && empty(nodes[0]) {
		nodes = nodes[1:]
	}
	for len(nodes) > 0 && empty(nodes[len(nodes)-1]) {
		nodes = nodes[:len(nodes)-1]
	}
	return nodes
}

// TrimTail removes what shows nothing from the end of an element, however deep it lies.
func TrimTail(n *html.Node) {
	for last := n.LastChild; last != nil; last = n.LastChild {
		if significant(last) && !isElement(last, atom.Br) {
			TrimTail(last)
			return
		}
		n.RemoveChild(last)
	}
}

// CutState removes the state word from the beginning of an update such as "<strong>Resolved</strong> - text". If
// there is no such word, all nodes are returned: Statuspage leaves it out of a maintenance's only update.
func CutState(nodes []*html.Node) (state string, rest []*html.Node) {
	nodes = TrimNodes(nodes)
	if len(nodes) == 0 || !isElement(nodes[0], atom.Strong) {
		return "", nodes
	}
	state = OneLine(textIn(nodes[0]))
	if len(nodes) == 1 {
		return state, nil
	}
	if next := nodes[1]; next.Type == html.TextNode && strings.HasPrefix(strings.TrimSpace(next.Data), "-") {
		text := strings.TrimLeft(next.Data, " \t\r\n")
		return state, append([]*html.Node{{Type: html.TextNode, Data: strings.TrimPrefix(text, "-")}}, nodes[2:]...)
	}
	return "", nodes
}

func textIn(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textIn(c))
	}
	return b.String()
}

// RenderBody returns the HTML of an update's body. Newer pages of Statuspage keep it in <span
// class="whitespace-pre-wrap">, where a newline is visible and becomes a <br>. Elsewhere a newline shows as a space.
func RenderBody(nodes []*html.Node) string {
	nodes = TrimNodes(nodes)
	if len(nodes) == 1 && isElement(nodes[0], atom.Span) && hasClass(nodes[0], "whitespace-pre-wrap") {
		var inner []*html.Node
		for c := nodes[0].FirstChild; c != nil; c = c.NextSibling {
			inner = append(inner, c)
		}
		if inner = TrimNodes(inner); len(inner) == 0 {
			return ""
		}
		return strings.ReplaceAll(UnixLines(strings.TrimSpace(render(inner))), "\n", "<br/>")
	}
	return strings.TrimSpace(render(nodes))
}

func hasClass(n *html.Node, class string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "class" && slices.Contains(strings.Fields(a.Val), class)
	})
}

func render(nodes []*html.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		if n.Type == html.CommentNode {
			continue
		}
		if err := html.Render(&b, n); err != nil {
			b.WriteString(html.EscapeString(textIn(n)))
		}
	}
	return b.String()
}
