package markdown

import (
	"html"
	"strings"

	"vendorwatch/normalize/lazyregexp"
)

var lineEnds = lazyregexp.New(`[ \t]*[\r\n\t\v\f]\s*`)

// A title is no Markdown, but may have been cut from a post that is: Google's tools leave its heading in.
var (
	titleHead = lazyregexp.New(`(?i)^\s*(?:#{1,6}\s+)?(?:\*\*|__)(?:title|subject|summary|description)\s*:?\s*` +
		`(?:\*\*|__)\s*:?\s*|^\s*#{1,6}\s+`)
	titleBold = lazyregexp.New(`\*\*([^\s*](?:[^*]*[^\s*])?)\*\*`)
	titleLink = lazyregexp.New(`\[([^\[\]]+)\]\(https?://[^\s()]+\)`)
)

// unmarked returns a title without the marks of Markdown that show nothing of their own.
func unmarked(s string) string {
	if without := titleHead.ReplaceAllString(s, ""); strings.TrimSpace(without) != "" {
		s = without
	}
	if strings.Contains(s, "**") {
		s = titleBold.ReplaceAllString(s, "$1")
	}
	if strings.Contains(s, "](") {
		s = titleLink.ReplaceAllString(s, "$1")
	}
	return s
}

// Title puts a title on one line and leaves its spaces as the vendor wrote them.
func Title(s string) string {
	s = unmarked(s)
	if isOneLine(s) {
		return strings.TrimSpace(s)
	}
	s = strings.ReplaceAll(DropZeroWidth(html.UnescapeString(s)), "\u00a0", " ")
	return strings.TrimSpace(lineEnds.ReplaceAllString(s, " "))
}

// Line puts a text on one line: references resolved, runs of white space made one space.
func Line(s string) string {
	if isOneLine(s) {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.Fields(DropZeroWidth(html.UnescapeString(s))), " ")
}

// isOneLine reports whether a text holds nothing that Line would change but at its ends, as most names
// do; looking costs a tenth of changing nothing.
func isOneLine(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '&' || c == ' ' && i > 0 && s[i-1] == ' ' {
			return false
		}
	}
	return true
}
