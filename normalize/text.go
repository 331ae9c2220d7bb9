package normalize

import (
	"strings"
	"vendorwatch/normalize/markdown"
)

// sameText reports whether two bodies say the same; their form is not looked at. Spaces are left out
// altogether, because converters disagree on them at the borders of tags.
func sameText(a, b string) bool {
	return a == b || markdown.Squeeze(a) == markdown.Squeeze(b)
}

// sameWords is sameText for two bodies that came in one format: runs of white space are one space, but a
// space that comes or goes is an edit.
func sameWords(a, b string) bool {
	return a == b || markdown.PlainQuotes(markdown.Plain(a)) == markdown.PlainQuotes(markdown.Plain(b))
}

// cutOf reports whether short is the beginning of long and is marked as cut by an ellipsis, or is known to be cut.
func cutOf(short, long string, known bool) bool {
	s := markdown.Squeeze(short)
	trimmed := strings.TrimSuffix(strings.TrimSuffix(s, "…"), "...")
	if !known && trimmed == s {
		return false
	}
	whole := markdown.Squeeze(long)
	return trimmed != "" && len(trimmed) < len(whole) && strings.HasPrefix(whole, trimmed)
}
