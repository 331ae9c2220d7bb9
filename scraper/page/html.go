package page

import (
	"bytes"
	"html"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
)

var (
	tagStart  = lazyregexp.New(`^<[a-zA-Z!?/]`)
	htmlSign  = lazyregexp.New(`(?i)^<!doctype html|<html[\s>]|<body[\s>]|<head[\s>]`)
	anyTag    = lazyregexp.New(`<[a-zA-Z/!][^>]*>|&(?:[a-z]+|#\d+);`)
	tag       = lazyregexp.New(`</?[a-zA-Z][^<>]*>`)
	lineBreak = lazyregexp.New(`(?i)<br\s*/?>|</p>`)
	// blockBreak is a tag at which a browser begins a new line. Bold words count, since vendors use them as labels.
	blockBreak = lazyregexp.New(
		`(?i)<br ?/?>|</?(?:p|div|li|ul|ol|h[1-6]|tr|td|table|blockquote|strong|b)\b[^>]*>`)
	selBody  = cascadia.MustCompile("body")
	selTitle = cascadia.MustCompile("title")
)

// IsHTML reports whether a body is a web page. Text with a tag somewhere in it is not.
func IsHTML(body []byte) bool {
	return tagStart.Match(body) || htmlSign.Match(body[:min(len(body), 2000)])
}

// BreaksOff reports whether an HTML document lacks its end, </html>. What is missing from such a page may have been
// cut off, so that it covers nothing.
func BreaksOff(body []byte) bool {
	lower := bytes.ToLower(body)
	return bytes.Contains(lower, []byte("<html")) && !bytes.Contains(lower, []byte("</html"))
}

// Title returns the title of a web page, on one line.
func Title(doc *goquery.Document) string { return OneLine(doc.FindMatcher(selTitle).First().Text()) }

// ClassWord returns what follows a prefix in one of an element's classes: with the prefix "impact-", "minor" for the
// class "impact-minor". It returns "" if no class has the prefix.
func ClassWord(sel *goquery.Selection, prefix string) string {
	class, _ := sel.Attr("class")
	for _, name := range strings.Fields(class) {
		if word, ok := strings.CutPrefix(name, prefix); ok {
			return word
		}
	}
	return ""
}

// Visible returns the words of an HTML fragment on one line.
func Visible(fragment string) string {
	return OneLine(html.UnescapeString(tag.ReplaceAllString(fragment, "")))
}

// StripTags returns the text of a small HTML fragment, with a line end for each line break.
func StripTags(fragment string) string {
	text := lineBreak.ReplaceAllString(fragment, "\n")
	return html.UnescapeString(tag.ReplaceAllString(text, ""))
}

// BreakBlocks replaces the tags at which a browser begins a new line, so that the words around them stay apart when
// the other tags are removed.
func BreakBlocks(fragment, with string) string { return blockBreak.ReplaceAllString(fragment, with) }

// FormatOf returns normalize.FormatHTML for a text with tags or entities in it, else normalize.FormatText.
func FormatOf(body string) string {
	if anyTag.MatchString(body) {
		return normalize.FormatHTML
	}
	return normalize.FormatText
}
