package page

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"vendorwatch/normalize"
)

var anyTag = regexp.MustCompile(`<[a-zA-Z/!][^>]*>|&(?:[a-z]+|#\d+);`)

// FormatOf tells whether a text is HTML or plain, in the words of normalize.RawUpdate.
func FormatOf(body string) string {
	if anyTag.MatchString(body) {
		return normalize.FormatHTML
	}
	return normalize.FormatText
}

var tag = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)

// BreaksOff reports whether an HTML document lacks the end of what it began.
func BreaksOff(body []byte) bool {
	lower := bytes.ToLower(body)
	return bytes.Contains(lower, []byte("<html")) && !bytes.Contains(lower, []byte("</html"))
}

var tagPattern = regexp.MustCompile(`</?[a-zA-Z][^>]*>`)

var breakPattern = regexp.MustCompile(`(?i)<br\s*/?>|</p>`)

// StripTags returns the visible text of a small HTML fragment.
func StripTags(fragment string) string {
	text := breakPattern.ReplaceAllString(fragment, "\n")
	return html.UnescapeString(tagPattern.ReplaceAllString(text, ""))
}

var BodySelector = cascadia.MustCompile("body")

// ClassWord returns what follows the prefix in a class of the element: "minor" of "impact-minor"; "" if no class has it.
func ClassWord(sel *goquery.Selection, prefix string) string {
	class, _ := sel.Attr("class")
	for _, name := range strings.Fields(class) {
		if word, ok := strings.CutPrefix(name, prefix); ok {
			return word
		}
	}
	return ""
}

var TitleSelector = cascadia.MustCompile("title")

var tagStart = regexp.MustCompile(`^<[a-zA-Z!?/]`)

var htmlSign = regexp.MustCompile(`(?i)^<!doctype html|<html[\s>]|<body[\s>]|<head[\s>]`)

// IsHTML reports whether a body is a web page, not text that merely has a tag in it.
func IsHTML(body []byte) bool {
	return tagStart.Match(body) || htmlSign.Match(body[:min(len(body), 2000)])
}
