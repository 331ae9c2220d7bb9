package normalize

import (
	"html"
	"strings"
	"vendorwatch/normalize/markdown"
)

var smartQuotes = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`)

func unescape(s string) string { return html.UnescapeString(s) }

// caseFold returns what is left of a text for comparisons: its words in lower case.
func caseFold(s string) string { return strings.ToLower(smartQuotes.Replace(markdown.Plain(s))) }

// sameText reports whether two bodies say the same; their form is not looked at. Spaces are left out
// altogether, because converters disagree on them at the borders of tags.
func sameText(a, b string) bool {
	return a == b || squeeze(a) == squeeze(b)
}

// sameWords is sameText for two bodies that came in one format: runs of white space are one space, but a
// space that comes or goes is an edit.
func sameWords(a, b string) bool {
	return a == b || smartQuotes.Replace(markdown.Plain(a)) == smartQuotes.Replace(markdown.Plain(b))
}

func squeeze(s string) string {
	return strings.ReplaceAll(smartQuotes.Replace(markdown.Plain(s)), " ", "")
}

// cutOf reports whether short is the beginning of long and is marked as cut by an ellipsis, or is
// known to be cut.
func cutOf(short, long string, known bool) bool {
	s := squeeze(short)
	trimmed := strings.TrimSuffix(strings.TrimSuffix(s, "…"), "...")
	if !known && trimmed == s {
		return false
	}
	return trimmed != "" && len(trimmed) < len(squeeze(long)) && strings.HasPrefix(squeeze(long), trimmed)
}
