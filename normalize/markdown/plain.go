package markdown

import (
	"html"
	"strings"

	"vendorwatch/normalize/lazyregexp"
)

// mark is something of Markdown that is none of its words.
type mark struct {
	needs string // it has at least one of these characters: most texts have no marks, and are not searched for them
	form  *lazyregexp.Regexp
	word  string // what is left of it
}

var (
	marks = []mark{
		{"<", htmlTag, " "},
		{"<", lazyregexp.New(`<((?:https?://|mailto:)[^<>\s]+)>`), "$1"},
		{"[", lazyregexp.New(`!?\[([^\]\n]*)\]\([^()\s]*(?:\s+"[^"]*")?\)`), "$1"},
		{"-*_", lazyregexp.New(`(?m)^\s*(?:[-*_]\s*){3,}$`), " "},
		{">", lazyregexp.New(`(?m)^\s*>\s?`), ""},
		{"*+-.)", lazyregexp.New(`(?m)^\s*(?:[*+-]|\d+[.)])\s+`), ""},
		{"#", lazyregexp.New(`(?m)^\s{0,3}#{1,6}\s+`), ""},
		{"*_~`", lazyregexp.New("\\*\\*|__|~~|`+"), ""},
		{"*_", lazyregexp.New(`(^|[\s(])[*_]([^\s*_][^*_\n]*?)[*_]($|[\s).,;:!?])`), "$1$2$3"},
		{`\`, lazyregexp.New(`\\([\\` + "`" + `*_{}\[\]()#+\-.!<>|~])`), "$1"},
	}
	zeroWidth = strings.NewReplacer("\u200b", "", "\ufeff", "", "\u00ad", "")
)

// Plain returns the words of a Markdown text on one line: no marks, no addresses behind links, no
// HTML, white space folded. Two texts with the same Plain differ in form only.
func Plain(markdown string) string {
	s := markdown
	for _, m := range marks {
		if strings.ContainsAny(s, m.needs) {
			s = m.form.ReplaceAllString(s, m.word)
		}
	}
	return oneLine(DropZeroWidth(html.UnescapeString(s)))
}

// oneLine puts one space in the place of each run of white space, and none at the ends.
func oneLine(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	space := false
	for i := range len(s) {
		switch c := s[i]; c {
		case ' ', '\t', '\n', '\f', '\r':
			space = true
		default:
			if space {
				out.WriteByte(' ')
			}
			space = false
			out.WriteByte(c)
		}
	}
	return strings.TrimSpace(out.String())
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
