package page

import (
	"strings"
	"unicode/utf8"
)

// OneLine joins the words of a text with single spaces, as a browser does.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Clip shortens a text to n characters and an ellipsis.
func Clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.ToValidUTF8(string([]rune(s)[:n]), "") + "…"
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// UnixLines returns a text with \n for every line end.
func UnixLines(s string) string { return lineEnds.Replace(s) }
