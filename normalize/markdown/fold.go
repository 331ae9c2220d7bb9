package markdown

import "strings"

var smartQuotes = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`)

// PlainQuotes returns a text with its typographic quotation marks made plain.
func PlainQuotes(s string) string { return smartQuotes.Replace(s) }

// Fold returns what is left of a text for comparisons: its words in lower case.
func Fold(s string) string { return strings.ToLower(PlainQuotes(Plain(s))) }

// Squeeze returns the words of a text without any space.
func Squeeze(s string) string { return strings.ReplaceAll(PlainQuotes(Plain(s)), " ", "") }
