package markdown

import (
	"html"
	"regexp"
	"strings"
)

var (
	mdLink     = regexp.MustCompile(`!?\[([^\]\n]*)\]\([^()\s]*(?:\s+"[^"]*")?\)`)
	mdAutolink = regexp.MustCompile(`<((?:https?://|mailto:)[^<>\s]+)>`)
	mdHeading  = regexp.MustCompile(`(?m)^\s{0,3}#{1,6}\s+`)
	mdListMark = regexp.MustCompile(`(?m)^\s*(?:[*+-]|\d+[.)])\s+`)
	mdQuote    = regexp.MustCompile(`(?m)^\s*>\s?`)
	mdEmphasis = regexp.MustCompile("\\*\\*|__|~~|`+")
	mdItalic   = regexp.MustCompile(`(^|[\s(])[*_]([^\s*_][^*_\n]*?)[*_]($|[\s).,;:!?])`)
	mdRule     = regexp.MustCompile(`(?m)^\s*(?:[-*_]\s*){3,}$`)
	mdEscape   = regexp.MustCompile(`\\([\\` + "`" + `*_{}\[\]()#+\-.!<>|~])`)
	spaceRun   = regexp.MustCompile(`\s+`)
	zeroWidth  = strings.NewReplacer("\u200b", "", "\ufeff", "", "\u00ad", "")
)

// Plain returns the words of a Markdown text on one line: no marks, no addresses behind links, no
// HTML, white space folded. Two texts with the same Plain differ in form only.
func Plain(markdown string) string {
	s := htmlTag.ReplaceAllString(markdown, " ")
	s = mdAutolink.ReplaceAllString(s, "$1")
	s = mdLink.ReplaceAllString(s, "$1")
	s = mdRule.ReplaceAllString(s, " ")
	s = mdQuote.ReplaceAllString(s, "")
	s = mdListMark.ReplaceAllString(s, "")
	s = mdHeading.ReplaceAllString(s, "")
	s = mdEmphasis.ReplaceAllString(s, "")
	s = mdItalic.ReplaceAllString(s, "$1$2$3")
	s = mdEscape.ReplaceAllString(s, "$1")
	s = html.UnescapeString(s)
	s = DropZeroWidth(s)
	return strings.TrimSpace(spaceRun.ReplaceAllString(s, " "))
}

// Joiners take no room either. They stay beside characters of the scripts and the emoji that need them: without them,
// Persian and Hindi words are other words, and a family is three people.
const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
	// firstJoined is the first character that a joiner may stand beside: those before it are Latin.
	firstJoined = '\u0300'
)

// DropZeroWidth drops what takes no room on the page and would only part the letters of a word.
func DropZeroWidth(s string) string {
	s = zeroWidth.Replace(s)
	if !strings.ContainsAny(s, string(nonJoiner)+string(joiner)) {
		return s
	}
	runes := []rune(s)
	var out strings.Builder
	for i, r := range runes {
		if r == nonJoiner || r == joiner {
			before, after := rune(0), rune(0)
			if i > 0 {
				before = runes[i-1]
			}
			if i+1 < len(runes) {
				after = runes[i+1]
			}
			if before < firstJoined && after < firstJoined {
				continue
			}
		}
		out.WriteRune(r)
	}
	return out.String()
}
