package page

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Visible returns an HTML fragment's words on one line.
func Visible(s string) string { return OneLine(html.UnescapeString(tag.ReplaceAllString(s, ""))) }

var BlockBreak = regexp.MustCompile(`(?i)<br ?/?>|</?(?:p|div|li|ul|ol|h[1-6]|tr|td|table|blockquote|strong|b)\b[^>]*>`)

// OneLine joins the words of a text with single spaces, as a browser shows it.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Clip shortens a text to at most n characters.
func Clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.ToValidUTF8(string([]rune(s)[:n]), "") + "…"
}
