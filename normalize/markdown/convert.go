// Package markdown turns what vendors write into Markdown, and Markdown into plain words.
package markdown

import (
	"html"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vendorwatch/normalize/lazyregexp"
)

var (
	htmlTag = lazyregexp.New(`(?i)</?(?:a|b|i|u|s|p|br|div|span|strong|em|ul|ol|li|h[1-6]|code|pre|table|thead|` +
		`tbody|tr|td|th|blockquote|hr|small|var|img|font|del|sub|sup)(?:\s[^<>]*)?/?>`)

	trailingSpace = lazyregexp.New(`[ \t]+\n`)
	blankLines    = lazyregexp.New(`\n{3,}`)

	// A backslash before punctuation that has no meaning there is litter of the vendor's editor.
	// Kept where taking it away would make an emphasis, a heading, a code span, a tag or a list.
	escapedPunctuation = lazyregexp.New(`\\([()!,.:;'"/?%&=+@$^{}|~-])`)
	escapedBracket     = lazyregexp.New(`\\\[([^\[\]\\\n]*)\\\]`)
	escapedListNumber  = lazyregexp.New(`(?m)^(\s*\d+)\\([.)])`)
)

// The formats of a text.
const (
	HTML = "html"
	Text = "text" // no marks, or Markdown whose line ends are lost
)

// Convert turns a text in one of the formats into Markdown; any other format is Markdown already: HTML becomes
// Markdown, text that lost its line ends gets its headings and lists back, and escapes that
// mean nothing are taken away. Raw HTML that is left in it is for the renderer to refuse.
func Convert(body, format string) string {
	body = strings.ReplaceAll(body, "\r\n", "\n")
	body = strings.ReplaceAll(body, "\r", "\n")
	body = strings.ReplaceAll(body, "\u00a0", " ")
	switch format {
	case HTML:
		body = fromHTML(body)
	case Text:
		body = restoreLineEnds(bullets(body))
	default:
		if strings.Contains(body, "<") && htmlTag.MatchString(body) {
			// Line ends carry meaning in Markdown and none in HTML.
			body = fromHTML(strings.ReplaceAll(keepBreaks(body), "\n", "<br>"))
		}
	}
	body = dropNeedlessEscapes(body)
	if strings.Contains(body, " \n") || strings.Contains(body, "\t\n") {
		body = trailingSpace.ReplaceAllString(body, "\n")
	}
	if strings.Contains(body, "\n\n\n") {
		body = blankLines.ReplaceAllString(body, "\n\n")
	}
	return strings.TrimSpace(body)
}

var breakThenNewline = lazyregexp.New(`(?i)<br\s*/?>[ \t]*\n`)

// keepBreaks makes one line end of a <br> that is followed by one.
func keepBreaks(s string) string { return breakThenNewline.ReplaceAllString(s, "<br>") }

// toMarkdown is set up once, since that takes longer than most conversions; it may be used concurrently.
var toMarkdown = converter.NewConverter(
	converter.WithPlugins(
		base.NewBasePlugin(),
		commonmark.NewCommonmarkPlugin(commonmark.WithBulletListMarker("*")),
		table.NewTablePlugin(),
	),
	converter.WithEscapeMode(converter.EscapeModeDisabled),
)

func fromHTML(s string) string {
	root := &nethtml.Node{Type: nethtml.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := nethtml.ParseFragment(strings.NewReader(s), root)
	if err != nil {
		return html.UnescapeString(htmlTag.ReplaceAllString(s, " "))
	}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	removeWordless(root)
	out, err := toMarkdown.ConvertNode(root)
	if err != nil {
		return html.UnescapeString(htmlTag.ReplaceAllString(s, " "))
	}
	return bareLinks(plainAngles(string(out)))
}

var (
	referenceGreater = lazyregexp.New(`([^\n> \t][ \t]*)&gt;`)
	referenceLess    = lazyregexp.New(`&lt;([^a-zA-Z/!?]|$)`)
)

// plainAngles writes < and > as such, as the vendor did, where they begin neither a tag nor a quotation.
func plainAngles(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	return referenceLess.ReplaceAllString(referenceGreater.ReplaceAllString(s, "$1>"), "<$1")
}

// removeWordless takes out what carries no words (images, scripts) and unwraps <var> and <small>, which the
// converter would turn into code.
func removeWordless(n *nethtml.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		removeWordless(c)
		if c.Type == nethtml.ElementNode {
			switch c.DataAtom {
			case atom.Img, atom.Script, atom.Style, atom.Iframe:
				n.RemoveChild(c)
			case atom.Var, atom.Small, atom.Span, atom.Font:
				for c.FirstChild != nil {
					child := c.FirstChild
					c.RemoveChild(child)
					n.InsertBefore(child, c)
				}
				n.RemoveChild(c)
			}
		}
		c = next
	}
}

var linkToItself = lazyregexp.New(`\[([^\]\n]+)\]\(([^()\s]+)\)`)

// bareLinks writes a link whose text is its address as the address.
func bareLinks(s string) string {
	return linkToItself.ReplaceAllStringFunc(s, func(link string) string {
		m := linkToItself.FindStringSubmatch(link)
		if m[1] == m[2] || "mailto:"+m[1] == m[2] || m[1]+"/" == m[2] {
			return m[1]
		}
		return link
	})
}

func dropNeedlessEscapes(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	s = escapedListNumber.ReplaceAllString(s, "$1\x00$2")
	var out strings.Builder
	for i, part := range strings.Split(s, "```") {
		if i > 0 {
			out.WriteString("```")
		}
		if i%2 == 1 { // a code block
			out.WriteString(part)
			continue
		}
		part = replaceUnlessLink(part)
		out.WriteString(escapedPunctuation.ReplaceAllString(part, "$1"))
	}
	return strings.ReplaceAll(out.String(), "\x00", `\`)
}

// replaceUnlessLink unescapes \[words\] except where that would make a link of it.
func replaceUnlessLink(s string) string {
	var out strings.Builder
	last := 0
	for _, m := range escapedBracket.FindAllStringSubmatchIndex(s, -1) {
		rest := s[m[1]:]
		if strings.HasPrefix(rest, "(") || strings.HasPrefix(rest, ":") {
			continue
		}
		out.WriteString(s[last:m[0]])
		out.WriteString("[" + s[m[2]:m[3]] + "]")
		last = m[1]
	}
	out.WriteString(s[last:])
	return out.String()
}

var bullet = lazyregexp.New(`(?m)^([ \t]*)[•▪◦‣·]\s+`)

func bullets(s string) string { return bullet.ReplaceAllString(s, "$1* ") }

var (
	flatHeading       = lazyregexp.New(`(?:^|\s)(#{1,6})\s+(\*\*[^*]+\*\*|(?:` + headings + `)\b:?)?`)
	flatListItem      = lazyregexp.New(`\s([*-])\s+(\*\*|\[|[A-Z0-9])`)
	flatBoldTime      = lazyregexp.New(`\s(\*\*~?\d{1,2}[:.]\d{2}[^*]*\*\*)`)
	beginsWithHeading = lazyregexp.New(`^#{1,6}\s`)
	headingOnlyLine   = lazyregexp.New(`(?m)^#{1,6}$`)
)

// headings are the words with which postmortems head their sections; where the line ends are lost
// they tell where a heading stops.
const headings = `Executive Summary|Incident Summary|Summary|Overview|Background|Root Cause Analysis|Root ` +
	`Cause|Impact|Customer Impact|Timeline|` +
	`What [Hh]appened|Resolution|Detection|Remediation|Mitigation|Lessons Learned|Lessons/Improvements|Next ` +
	`Steps|Action Items|Corrective Actions|Conclusion|Follow[- ]?[Uu]ps?`

// restoreLineEnds gives a Markdown text whose line ends were lost its headings, lists and timeline
// lines back. A text that still has line ends, or does not begin with a heading, is left as it is.
func restoreLineEnds(s string) string {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "\n") || !beginsWithHeading.MatchString(s) {
		return s
	}
	s = flatHeading.ReplaceAllStringFunc(s, func(h string) string {
		m := flatHeading.FindStringSubmatch(h)
		if m[2] == "" {
			return "\n\n" + m[1] + " "
		}
		return "\n\n" + m[1] + " " + m[2] + "\n\n"
	})
	s = flatListItem.ReplaceAllString(s, "\n$1 $2")
	s = flatBoldTime.ReplaceAllString(s, "\n\n$1")
	s = headingOnlyLine.ReplaceAllString(s, "")
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(l)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
